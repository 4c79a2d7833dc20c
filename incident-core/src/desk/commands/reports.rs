//! Reports, and how they stand.

use crate::desk::change::Changed;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::{Ask, Quoted};
use crate::desk::{Desk, HandleError};
use crate::ids::IncidentId;
use crate::incident::{Attachment, Command, Priority, Rejection, Report};
use crate::policy::Actor;
use crate::text::{Limits, Text};
use crate::time::Timestamp;
use crate::view::{CommandWord, Said};

impl Desk {
    pub(super) async fn new_issue(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Command { text, attachments, quoted, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let (written, attachments) = reported(text, attachments, quoted.as_ref());
        if written.trim().is_empty() {
            return Ok(Answer::of(Said::Usage(CommandWord::NewIssue)));
        }
        let description = match Text::new(&written, Limits::DESCRIPTION) {
            Ok(description) => description,
            Err(error) => return Ok(Answer::of(Said::Refused(error.into()))),
        };
        let actor = self.actor(scene).await?;
        let recent = self.recent_reports(scene, &actor).await?;
        let report = Report {
            company: scene.company,
            group: scene.group.id,
            group_active: scene.group.is_configured(),
            topic: scene.request.topic.clone(),
            description,
            attachments,
            priority: Priority::Normal,
            recent,
        };
        let incident = IncidentId::from_u128(scene.request.fresh);
        let order = scene.order(incident, actor, Command::Create { report }, "report".to_owned());
        Ok(match self.change(order, scene.now).await? {
            Changed::Done(filed) => Answer::about(Said::Reported(filed.number), Some(filed)),
            Changed::Refused(rejection, _) => Answer::of(Said::Refused(rejection)),
            Changed::Before(answered) => self.repeated(scene, &answered).await?,
        })
    }

    async fn recent_reports(&self, scene: &Scene<'_>, actor: &Actor) -> Result<Vec<Timestamp>, HandleError> {
        let (Some(quota), Some(person)) = (scene.policy.rules().reports, actor.person()) else {
            return Ok(Vec::new());
        };
        let within = i64::try_from(quota.within.as_micros()).unwrap_or(i64::MAX);
        let since = Timestamp::from_micros(scene.now.as_micros().saturating_sub(within));
        Ok(self.store.reports(scene.company, person, since, u32::from(quota.count)).await?)
    }

    pub(super) async fn status(&self, scene: &Scene<'_>) -> Result<Answer, HandleError> {
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
            Some(filed) => Answer::about(Said::Status, Some(filed)),
            None => Answer::of(Said::Refused(Rejection::Unknown)),
        })
    }
}

/// What was reported: the command's own words, and the message it replies to.
fn reported(text: &str, attachments: &[Attachment], quoted: Option<&Quoted>) -> (String, Vec<Attachment>) {
    let mut files = attachments.to_vec();
    let mut words = text.trim().to_owned();
    if let Some(quoted) = quoted {
        if !words.is_empty() && !quoted.text.trim().is_empty() {
            words.push('\n');
        }
        words.push_str(quoted.text.trim());
        files.extend(quoted.attachments.iter().cloned());
    }
    (words, files)
}
