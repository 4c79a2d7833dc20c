//! What is asked in words before a press or a report is put to the desk, where a platform shows forms.
//!
//! A form is a courtesy: what comes back is judged like everything else, and a platform that cannot show one, or a
//! store that is too slow for it, costs nobody anything. Nothing is written here.

use super::choices::{assigning, teams_for};
use super::handle::Scene;
use super::press::worded;
use super::{Ask, Desk, HandleError, Request, Sender};
use crate::incident::{Command, Input, step};
use crate::policy::{Act, Actor, Summary};
use crate::ports::Filed;
use crate::view::{Action, ButtonCode, CommandWord, Form, Locale, OrderForm, ReportForm};

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

    /// Returns the form behind a press that asks for an order: `None` where the button asks for none, or whoever pressed
    /// may not give it.
    pub async fn order_form(&self, press: &Request) -> Option<OrderForm> {
        let Ask::Press { code, .. } = &press.ask else {
            return None;
        };
        let code: ButtonCode = code.parse().ok()?;
        let orders = matches!(code.action, Action::ChoosePerson | Action::ChooseTeam | Action::Comment);
        if orders { self.order_form_for(press, code).await.ok().flatten() } else { None }
    }

    async fn order_form_for(
        &self,
        press: &Request,
        code: ButtonCode,
    ) -> Result<Option<OrderForm>, HandleError> {
        let Some((scene, filed, actor)) = self.pressed_by(press, code).await? else {
            return Ok(None);
        };
        let locale = &self.locale_in(&press.chat, (&scene.roster, scene.group.id));
        let (incident, number) = (&filed.incident, filed.number);
        if code.action == Action::ChooseTeam {
            let teams = teams_for(&scene, &actor, incident, code.seen).ok();
            return Ok(teams.map(|teams| OrderForm::team(locale, number, (code, teams))));
        }
        let (word, _) = assigning(incident, &actor);
        let (act, form) = match (code.action, word) {
            (Action::Comment, _) => (Act::Annotate, OrderForm::comment(locale, number)),
            (_, CommandWord::Reassign) => (Act::Reassign, OrderForm::person(locale, number, word)),
            (_, _) => (Act::Assign, OrderForm::person(locale, number, word)),
        };
        Ok(scene.policy.may(&actor, act, Some(incident)).then_some(form))
    }

    /// Returns the form of a report. Where the store does not answer it is in English and offers no teams.
    pub async fn report_form(&self, request: &Request) -> ReportForm {
        let Ok(Some(scene)) = self.surveyed(request).await else {
            return ReportForm::new(self.own_language(request), []);
        };
        let locale = &self.locale_in(&request.chat, (&scene.roster, scene.group.id));
        let chosen = scene.policy.is_routed_by_people();
        ReportForm::new(locale, scene.roster.teams.values().filter(|team| chosen && !team.restricted))
    }

    async fn form_for(&self, press: &Request, code: ButtonCode) -> Result<Option<Form>, HandleError> {
        let Some((scene, filed, actor)) = self.pressed_by(press, code).await? else {
            return Ok(None);
        };
        let Some(command) = sample(&scene, code.action) else {
            return Ok(None);
        };
        let input = Input { incident: code.incident, at: scene.now, actor, seen: Some(code.seen), command };
        let accepted = step(&scene.policy, Some(&filed.incident), &input).is_ok();
        let locale = &self.locale_in(&press.chat, (&scene.roster, scene.group.id));
        Ok(accepted.then(|| Form::new(locale, code.action, &filed.number)).flatten())
    }

    /// Finds out what was pressed by whom; `None` if either is unknown here.
    async fn pressed_by<'a>(
        &self,
        press: &'a Request,
        code: ButtonCode,
    ) -> Result<Option<(Scene<'a>, Filed, Actor)>, HandleError> {
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
        let actor = Actor::Person(self.member(&scene, scene.roster.who(person)).await?);
        Ok(Some((scene, filed, actor)))
    }

    /// Says where something is asked, without writing anything down; `None` in a chat that may not work.
    async fn surveyed<'a>(&self, request: &'a Request) -> Result<Option<Scene<'a>>, HandleError> {
        let Sender::Person(profile) = &request.from else {
            return Ok(None);
        };
        let Some(tenancy) = self.whereabouts(request).await?.tenancy else {
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
        let Some(chats) = roster.chats(tenancy.group) else {
            return Ok(None);
        };
        let (company, room) = (tenancy.company, None);
        Ok(Some(Scene { now, request, profile, company, roster, group, chats, room, policy }))
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
