//! What is said in a room: it belongs to the incident, whoever says it.

use crate::desk::change::Changed;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::{Ask, Request};
use crate::desk::{Desk, HandleError};
use crate::ids::{ChatRef, CompanyId, IncidentId};
use crate::incident::{Command, State};
use crate::ports::Tenancy;
use crate::text::{Limits, Text};
use crate::view::Said;

/// Where something was done.
#[derive(Debug, Clone, Copy)]
pub(in crate::desk) struct Whereabouts {
    /// Whose chat it is.
    pub(in crate::desk) tenancy: Option<Tenancy>,
    /// Whose room, if it is one.
    pub(in crate::desk) room: Option<IncidentId>,
}

impl Desk {
    /// Finds out where something was done: in a group's chat, or in a room of one of its incidents.
    pub(in crate::desk) async fn whereabouts(&self, request: &Request) -> Result<Whereabouts, HandleError> {
        if let Some((company, incident)) = self.room_of(request).await?
            && let Some(filed) = self.store.load(company, incident).await?
        {
            let tenancy = Some(Tenancy { company, group: filed.incident.group });
            return Ok(Whereabouts { tenancy, room: Some(incident) });
        }
        Ok(Whereabouts { tenancy: self.store.tenancy(&request.chat).await?, room: None })
    }

    /// A room may be a chat of its own, or a thread of the group's.
    pub(in crate::desk) async fn room_of(
        &self,
        request: &Request,
    ) -> Result<Option<(CompanyId, IncidentId)>, HandleError> {
        let Some(lodging) = self.rooms.get(&request.chat.platform) else {
            return Ok(None);
        };
        let chat = match &request.topic {
            Some(topic) => ChatRef::new(request.chat.platform, topic.as_str()),
            None => request.chat.clone(),
        };
        Ok(lodging.book.room_in(&chat).await?)
    }

    /// Takes note of what befell a room.
    pub(in crate::desk) async fn room_event(
        &self,
        tenancy: Tenancy,
        incident: IncidentId,
        request: &Request,
    ) -> Result<(), HandleError> {
        let (Ask::BotRemoved, Some(lodging)) = (&request.ask, self.rooms.get(&request.chat.platform)) else {
            return Ok(());
        };
        lodging.book.forget_room(tenancy.company, incident, &request.chat).await?;
        let roster = self.store.roster(tenancy.company).await?;
        if let Some(chats) = roster.and_then(|roster| roster.chats(tenancy.group)) {
            // While there is work to do, another one is opened.
            let to = chats.address(&chats.own);
            self.store.owe_card(tenancy.company, incident, &to, self.clock.now()).await?;
            (self.nudge)(crate::desk::Nudge::Deliver(crate::incident::Lane::Card));
        }
        Ok(())
    }

    /// What somebody said in a room.
    pub(in crate::desk) async fn said_in_room(
        &self,
        scene: &mut Scene<'_>,
        incident: IncidentId,
    ) -> Result<Answer, HandleError> {
        let (text, attachments) = match &scene.request.ask {
            Ask::Remark { text, attachments, .. }
            | Ask::Thread { text, attachments, .. }
            | Ask::Answer { text, attachments, .. } => (text, attachments),
            Ask::Command { .. }
            | Ask::Press { .. }
            | Ask::Form { .. }
            | Ask::Report { .. }
            | Ask::Album { .. }
            | Ask::ChatMoved { .. }
            | Ask::BotRemoved
            | Ask::BotPresent { .. }
            | Ask::MemberLeft { .. } => return Ok(Answer::of(Said::Nothing)),
        };
        self.talked(scene, incident, (text, attachments)).await
    }

    /// Keeps what somebody said where all talk belongs to an incident: the reporter's answer, anybody else's note. Whoever
    /// may add nothing to the incident only talks.
    pub(in crate::desk) async fn talked(
        &self,
        scene: &mut Scene<'_>,
        incident: IncidentId,
        (text, attachments): (&str, &[crate::incident::Attachment]),
    ) -> Result<Answer, HandleError> {
        for (nth, attachment) in attachments.iter().enumerate() {
            self.attach(scene, incident, attachment, nth).await?;
        }
        let filed = self.store.load(scene.company, incident).await?;
        let actor = self.actor(scene).await?;
        let state = filed.as_ref().map(|filed| &filed.incident.state);
        let reported = filed.as_ref().is_some_and(|filed| actor.person() == Some(filed.incident.reporter));
        let waits = matches!(state, Some(State::OnHold(_)));
        if text.trim().is_empty() && !(reported && waits && !attachments.is_empty()) {
            return Ok(Answer::of(Said::Nothing));
        }
        if let Some(State::PendingSummary(pending)) = state
            && actor.person() == Some(pending.resolver)
        {
            // Where questions are asked in the thread of the card, they are answered there.
            return self.summarised(scene, incident, text).await;
        }
        // A picture may be the whole answer.
        let words = if text.trim().is_empty() { "📎" } else { text.trim() };
        let cut: String = words.chars().take(Limits::NOTE.max).collect();
        let Ok(text) = Text::new(&cut, Limits::NOTE) else {
            return Ok(Answer::of(Said::Nothing));
        };
        let command = if reported {
            Command::ReporterReply { text }
        } else {
            Command::AddNote { text, internal: false }
        };
        let order = scene.order(incident, actor, command, "thread".to_owned());
        let (Changed::Done(_) | Changed::Refused(..) | Changed::Before(_)) =
            self.change(order, scene.now).await?;
        Ok(Answer::of(Said::Nothing))
    }
}
