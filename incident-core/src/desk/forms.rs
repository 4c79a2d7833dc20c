//! What is asked in words before a press or a report is put to the desk, where a platform shows forms.
//!
//! A form is a courtesy: what comes back is judged like everything else, and a platform that cannot show one, or a
//! store that is too slow for it, costs nobody anything. Nothing is written here.

use super::handle::Scene;
use super::press::worded;
use super::{Ask, Desk, HandleError, Request, Sender};
use crate::incident::{Command, Input, step};
use crate::policy::{Actor, Summary};
use crate::view::{Action, ButtonCode, Form, Locale, ReportForm};

/// Words that are long enough for everything and too long for nothing.
const SAMPLE: &str = "sample";

impl Desk {
    /// Returns what a press must be accompanied by: `None` where it needs no words, or would be refused with the best.
    pub async fn form(&self, press: &Request) -> Option<Form> {
        let Ask::Press { code, .. } = &press.ask else {
            return None;
        };
        let code = code.parse().ok()?;
        self.form_for(press, code).await.ok().flatten()
    }

    /// Returns the form of a report. Where the store does not answer it is in English and offers no teams.
    pub async fn report_form(&self, request: &Request) -> ReportForm {
        let Ok(Some(scene)) = self.surveyed(request).await else {
            return ReportForm::new(self.own_language(request), []);
        };
        let locale = self.words(request.chat.platform, scene.roster.locale(scene.group.id));
        let chosen = scene.policy.is_routed_by_people();
        ReportForm::new(locale, scene.roster.teams.values().filter(|team| chosen && !team.restricted))
    }

    async fn form_for(&self, press: &Request, code: ButtonCode) -> Result<Option<Form>, HandleError> {
        let Some(scene) = self.surveyed(press).await? else {
            return Ok(None);
        };
        let Some(filed) = self.store.load(scene.company, code.incident).await? else {
            return Ok(None);
        };
        let person = self.store.by_account(scene.company, &scene.profile.identity).await?;
        let (Some(person), true) = (person, filed.incident.group == scene.group.id) else {
            return Ok(None);
        };
        let Some(command) = sample(&scene, code.action) else {
            return Ok(None);
        };
        let actor = Actor::Person(self.member(&scene, person).await?);
        let input = Input { incident: code.incident, at: scene.now, actor, seen: Some(code.seen), command };
        let accepted = step(&scene.policy, Some(&filed.incident), &input).is_ok();
        let locale = self.words(press.chat.platform, scene.roster.locale(scene.group.id));
        Ok(accepted.then(|| Form::new(locale, code.action, &filed.number)).flatten())
    }

    /// Says where something is asked, without writing anything down; `None` in a chat that may not work.
    async fn surveyed<'a>(&self, request: &'a Request) -> Result<Option<Scene<'a>>, HandleError> {
        let Sender::Person(profile) = &request.from else {
            return Ok(None);
        };
        let Some(tenancy) = self.store.tenancy(&request.chat).await? else {
            return Ok(None);
        };
        let Some(roster) = self.store.roster(tenancy.company).await? else {
            return Ok(None);
        };
        let Some(group) = roster.group(tenancy.group).filter(crate::roster::Group::is_configured) else {
            return Ok(None);
        };
        let policy = roster.policy_of(tenancy.group, &self.policy);
        let now = self.clock.now();
        Ok(Some(Scene { now, request, profile, company: tenancy.company, roster, group, policy }))
    }

    fn own_language(&self, request: &Request) -> &Locale {
        let tag = match &request.from {
            Sender::Person(profile) => profile.locale.as_ref(),
            Sender::AnonymousAdmin | Sender::Channel | Sender::Bot | Sender::Platform => None,
        };
        self.words(request.chat.platform, tag)
    }
}

/// What a button would mean with the best of words, where it needs some.
fn sample(scene: &Scene<'_>, action: Action) -> Option<Command> {
    let optional = scene.policy.rules().summary == Summary::Optional;
    if action == Action::Resolve && optional { None } else { worded(action, SAMPLE).ok().flatten() }
}
