//! What replies to messages of ours mean, and what is said to a request that comes twice.

use super::change::Changed;
use super::handle::{Answer, Scene};
use super::{Desk, HandleError};
use crate::ids::{CompanyId, IncidentId, MessageRef};
use crate::incident::{Attachment, Command, Lane, Prompt, Rejection};
use crate::policy::Act;
use crate::ports::{Answered, Origin, Posted, PostedKind, RequestKey};
use crate::text::{Limits, Text};
use crate::view::{ButtonCode, CommandWord, Done, Said};

/// The lanes whose messages people reply to.
pub(super) const ANSWERED: [Lane; 3] = [Lane::Page, Lane::Notice, Lane::Card];

impl Desk {
    /// A reply to a message of ours: an answer, if that message was a question.
    pub(super) async fn answered(
        &self,
        scene: &mut Scene<'_>,
        to: &MessageRef,
        (text, attachments): (&str, &[Attachment]),
    ) -> Result<Answer, HandleError> {
        let posted = self.known(scene.company, to, &ANSWERED).await?;
        let asked = posted.as_ref().is_some_and(|posted| matches!(posted.kind, PostedKind::Prompt { .. }));
        if let (Some(room), false) = (scene.room, asked) {
            return self.said_in_room(scene, room).await;
        }
        let Some(posted) = posted else {
            return Ok(Answer::of(Said::Nothing));
        };
        let prompt = match posted.kind {
            PostedKind::Prompt { prompt, .. } => Some(prompt),
            PostedKind::Card { .. } | PostedKind::Notice => None,
        };
        let mut attached = None;
        for (nth, attachment) in attachments.iter().enumerate() {
            let answer = self.attach(scene, posted.incident, attachment, nth).await?;
            attached = attached.or(Some(answer));
        }
        let (Some(Prompt::Summary), false) = (prompt, text.is_empty() && attached.is_some()) else {
            let said = match posted.kind {
                PostedKind::Card { .. } if !text.trim().is_empty() => {
                    self.commented(scene, posted.incident, text).await?
                }
                PostedKind::Card { .. } | PostedKind::Prompt { .. } | PostedKind::Notice => None,
            };
            return Ok(attached.or(said).unwrap_or_else(|| Answer::of(Said::Nothing)));
        };
        self.summarised(scene, posted.incident, text).await
    }

    /// Takes what somebody wrote for the summary of an incident.
    pub(super) async fn summarised(
        &self,
        scene: &mut Scene<'_>,
        incident: IncidentId,
        text: &str,
    ) -> Result<Answer, HandleError> {
        let summary = match Text::new(text, Limits::SUMMARY) {
            Ok(summary) => summary,
            Err(error) => return Ok(Answer::of(Said::Refused(error.into()))),
        };
        let actor = self.actor(scene).await?;
        let command = Command::SubmitSummary { summary };
        let order = scene.order(incident, actor, command, "summary".to_owned());
        Ok(match self.change(order, scene.now).await? {
            Changed::Done(filed) => Answer::about(Said::Done(Done::Summarised), Some(filed)),
            Changed::Refused(rejection, filed) => {
                Answer::about(Said::Refused(rejection), filed).asking(Act::Summarise)
            }
            Changed::Before(answered) => self.repeated(scene, &answered).await?,
        })
    }

    /// What is said in the thread of a message of ours: an answer to a question, or a part of the incident's story. Whoever
    /// may add nothing to that only talks.
    pub(super) async fn said_in_thread(
        &self,
        scene: &mut Scene<'_>,
        of: &MessageRef,
        (text, attachments): (&str, &[Attachment]),
    ) -> Result<Answer, HandleError> {
        let Some(posted) = self.known(scene.company, of, &ANSWERED).await? else {
            return Ok(Answer::of(Said::Nothing));
        };
        if !matches!(posted.kind, PostedKind::Card { .. }) {
            return self.answered(scene, of, (text, attachments)).await;
        }
        self.talked(scene, posted.incident, (text, attachments)).await
    }

    /// Keeps what the reporter says in reply to the card, for everybody to read; what others say there is talk.
    async fn commented(
        &self,
        scene: &mut Scene<'_>,
        incident: IncidentId,
        text: &str,
    ) -> Result<Option<Answer>, HandleError> {
        let person = self.store.by_account(scene.company, &scene.profile.identity).await?;
        let person = person.map(|person| scene.roster.who(person));
        let filed = self.store.load(scene.company, incident).await?;
        let Some(filed) = filed.filter(|filed| person == Some(filed.incident.reporter)) else {
            return Ok(None);
        };
        let text = match Text::new(text, Limits::NOTE) {
            Ok(text) => text,
            Err(error) => return Ok(Some(Answer::about(Said::Refused(error.into()), Some(filed)))),
        };
        let actor = self.actor(scene).await?;
        let answer = format!("command {}", CommandWord::Note.word());
        let order = scene.order(incident, actor, Command::ReporterReply { text }, answer);
        Ok(match self.change(order, scene.now).await? {
            Changed::Done(filed) => {
                Some(Answer::about(Said::Done(Done::Typed(CommandWord::Note)), Some(filed)))
            }
            // Thanks for what is over need no answer.
            Changed::Refused(Rejection::WrongState { .. }, _) => None,
            Changed::Refused(rejection, now) => {
                Some(Answer::about(Said::Refused(rejection), now.or(Some(filed))))
            }
            Changed::Before(answered) => Some(self.repeated(scene, &answered).await?),
        })
    }

    /// Keeps a file that somebody replied with, the so-manieth. It is a request of its own beside the words that came with
    /// it.
    pub(super) async fn attach(
        &self,
        scene: &mut Scene<'_>,
        incident: IncidentId,
        attachment: &Attachment,
        nth: usize,
    ) -> Result<Answer, HandleError> {
        let actor = self.actor(scene).await?;
        let command = Command::Attach { attachment: attachment.clone() };
        let mut order = scene.order(incident, actor, command, "file".to_owned());
        let suffix = if nth == 0 { String::new() } else { nth.to_string() };
        let key = RequestKey::new(format!("{}:file{suffix}", scene.request.key.as_str()));
        order.origin = Some(Origin { key, answer: "file".to_owned() });
        Ok(match self.change(order, scene.now).await? {
            Changed::Done(filed) => Answer::about(Said::Done(Done::Attached), Some(filed)),
            Changed::Refused(rejection, filed) => Answer::about(Said::Refused(rejection), filed),
            Changed::Before(answered) => self.repeated(scene, &answered).await?,
        })
    }

    /// Says what a message of ours is. Whoever is quick answers one before it is written down that it was sent, so
    /// one that is unknown is judged only while nothing is being sent in these lanes that it could be.
    pub(super) async fn known(
        &self,
        company: CompanyId,
        message: &MessageRef,
        lanes: &[Lane],
    ) -> Result<Option<Posted>, HandleError> {
        if let Some(posted) = self.store.posted(company, message).await? {
            return Ok(Some(posted));
        }
        for lane in lanes {
            if self.store.is_sending(company, &message.chat, *lane).await? {
                return Err(HandleError::Unsettled);
            }
        }
        // What was being sent until just now is known since.
        Ok(self.store.posted(company, message).await?)
    }

    /// The answer to a request that was applied before: what was said then, about how things are now.
    pub(super) async fn repeated(
        &self,
        scene: &Scene<'_>,
        answered: &Answered,
    ) -> Result<Answer, HandleError> {
        let filed = match answered.incident {
            Some((incident, _)) => self.store.load(scene.company, incident).await?,
            None => None,
        };
        let said = match (answered.answer.split_once(' '), answered.answer.as_str(), answered.incident) {
            (Some(("press", code)), _, _) => match code.parse::<ButtonCode>() {
                Ok(code) => Said::Done(Done::Pressed(code.action)),
                Err(_) => Said::Nothing,
            },
            (Some(("command", word)), _, _) => match CommandWord::parse(word) {
                Some(word) => Said::Done(Done::Typed(word)),
                None => Said::Nothing,
            },
            (_, "file", _) => Said::Done(Done::Attached),
            (_, "thread", _) => Said::Nothing,
            (_, "summary", _) => Said::Done(Done::Summarised),
            (_, "report", Some((_, number))) => Said::Reported(number),
            (_, _, _) => Said::Rostered,
        };
        Ok(Answer::about(said, filed))
    }
}
