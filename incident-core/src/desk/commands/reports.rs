//! Reports, and how they stand.

use std::cmp::Reverse;
use std::time::Duration;

use crate::desk::change::Changed;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::{Ask, Quoted};
use crate::desk::{Desk, HandleError};
use crate::ids::IncidentId;
use crate::incident::{Attachment, Command, Incident, Priority, Rejection, Report};
use crate::policy::Actor;
use crate::ports::{Origin, RequestKey, Scope};
use crate::text::{Limits, Text};
use crate::time::Timestamp;
use crate::view::{CommandWord, Said};

const HOUR: Duration = Duration::from_secs(3_600);

impl Desk {
    pub(super) async fn new_issue(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Command { text, attachments, quoted, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let (mut written, mut attachments) = reported(text, attachments, quoted.as_ref());
        if text.trim().is_empty() {
            written = self.in_context(scene, quoted.as_ref()).await?;
        }
        attachments.extend(self.albums.before(&scene.request.key));
        if written.trim().is_empty() {
            return Ok(Answer::of(Said::Usage(CommandWord::NewIssue)));
        }
        self.filing(scene, &written, attachments, Priority::Normal).await
    }

    /// Files what was written into a form, and gives it to the team that was chosen there. These are two commits; the
    /// request is not done before both are, and the card has buttons for the second.
    pub(in crate::desk) async fn filled_in(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Report { text, priority, team } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let answer = self.filing(scene, text, Vec::new(), priority.unwrap_or_default()).await?;
        let filed = answer.filed.as_ref().map(|filed| filed.incident.id);
        if let (Some(incident), Some(to)) = (filed, team.and_then(|team| scene.team(team))) {
            let actor = self.actor(scene).await?;
            let mut order = scene.order(incident, actor, Command::Route { to }, "routed".to_owned());
            let key = RequestKey::new(format!("{}:team", scene.request.key.as_str()));
            order.origin = Some(Origin { key, answer: "routed".to_owned() });
            self.change(order, scene.now).await?;
        }
        Ok(answer)
    }

    async fn filing(
        &self,
        scene: &mut Scene<'_>,
        written: &str,
        attachments: Vec<Attachment>,
        priority: Priority,
    ) -> Result<Answer, HandleError> {
        let description = match Text::new(written, Limits::DESCRIPTION) {
            Ok(description) => description,
            Err(error) => return Ok(Answer::of(Said::Refused(error.into()))),
        };
        if scene.policy.is_routed_by_people() && scene.roster.teams.is_empty() {
            return Ok(Answer::of(Said::NoTeams));
        }
        let actor = self.actor(scene).await?;
        let recent = self.recent_reports(scene, &actor).await?;
        let recent_here = self.recent_here(scene).await?;
        let report = Report {
            company: scene.company,
            group: scene.group.id,
            group_active: scene.group.is_configured(),
            topic: scene.topic(),
            description,
            attachments,
            priority,
            recent,
            recent_here,
        };
        let incident = IncidentId::from_u128(scene.request.fresh);
        let order = scene.order(incident, actor, Command::Create { report }, "report".to_owned());
        Ok(match self.change(order, scene.now).await? {
            Changed::Done(filed) => {
                let answer = Answer::about(Said::Reported(filed.number), Some(filed));
                self.led_to_room(scene, answer).await?
            }
            Changed::Refused(rejection, _) => Answer::of(Said::Refused(rejection)),
            Changed::Before(answered) => self.repeated(scene, &answered).await?,
        })
    }

    async fn recent_reports(&self, scene: &Scene<'_>, actor: &Actor) -> Result<Vec<Timestamp>, HandleError> {
        let rules = scene.policy.rules();
        let quota = rules.reports.map(|quota| (quota.within, u32::from(quota.count)));
        let limits = quota.into_iter().chain(rules.hourly.person.map(|count| (HOUR, u32::from(count))));
        let most = limits.reduce(|one, other| (one.0.max(other.0), one.1.max(other.1)));
        let (Some((within, count)), Some(person)) = (most, actor.person()) else {
            return Ok(Vec::new());
        };
        Ok(self.store.reports(scene.company, person, before(scene.now, within), count).await?)
    }

    /// When anybody reported in the group within the last hour, newest first, where the group has a limit.
    async fn recent_here(&self, scene: &Scene<'_>) -> Result<Vec<Timestamp>, HandleError> {
        if scene.policy.rules().hourly.group.is_none() {
            return Ok(Vec::new());
        }
        let (from, until) = (before(scene.now, HOUR), scene.now + Duration::from_micros(1));
        let scope = Scope { company: scene.company, group: Some(scene.group.id), from, until };
        let mut recent = self.reported_within(&scope).await?;
        recent.sort_unstable_by_key(|at| Reverse(*at));
        Ok(recent)
    }

    pub(super) async fn status(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Command { text, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let word = text.trim();
        let bad = || Answer::of(Said::BadNumber(word.chars().take(64).collect()));
        let target = match self.target(scene).await? {
            Some((target, rest)) if rest.text.is_empty() => target,
            None if word.is_empty() => return Ok(Answer::of(Said::Usage(CommandWord::Status))),
            Some(_) | None => return Ok(bad()),
        };
        let filed = self.filed(scene, target).await?;
        if let Some(filed) = &filed {
            self.owe_card(scene, &filed.incident).await?;
        }
        Ok(match filed {
            Some(filed) => {
                let zone = scene.roster.calendar(scene.group.id, &self.calendar).zone;
                let reopen = reopens(scene, &filed.incident);
                Answer::about(Said::Status { zone, reopen }, Some(filed))
            }
            None => Answer::of(Said::Refused(Rejection::Unknown)),
        })
    }
}

/// Tells whether an incident is over and may still be opened again.
fn reopens(scene: &Scene<'_>, incident: &Incident) -> bool {
    let ended = incident.clocks.closed_at.max(incident.clocks.resolved_at);
    let window = scene.policy.rules().reopen_window;
    incident.state.is_terminal() && ended.zip(window).is_some_and(|(at, window)| scene.now < at + window)
}

/// The instant so long before another.
fn before(now: Timestamp, span: Duration) -> Timestamp {
    let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.as_micros().saturating_sub(span))
}

/// What somebody wrote without the command before it: what they reported where nothing could be filed yet.
pub(in crate::desk) fn without_command(text: &str) -> &str {
    let text = text.trim();
    let Some((word, rest)) =
        text.strip_prefix('/').map(|text| text.split_once(char::is_whitespace).unwrap_or((text, "")))
    else {
        return text;
    };
    let word = word.split('@').next().unwrap_or(word);
    if CommandWord::parse(word) == Some(CommandWord::NewIssue) { rest.trim() } else { text }
}

/// What was reported: the command's own words, and the message it replies to.
fn reported(text: &str, attachments: &[Attachment], quoted: Option<&Quoted>) -> (String, Vec<Attachment>) {
    let mut files = attachments.to_vec();
    let mut words = text.trim().to_owned();
    if let Some(quoted) = quoted {
        let said = without_command(&quoted.text);
        if !words.is_empty() && !said.is_empty() {
            words.push('\n');
        }
        words.push_str(said);
        files.extend(quoted.attachments.iter().cloned());
    }
    (words, files)
}
