//! From a request to its answer: whose chat is it, who asks, what do they want.

use super::admission::Judge;
use super::change::{Order, RosterOrder};
use super::commands::links_chat;
use super::request::{Ask, ChatKind, Request, Sender};
use super::rooms::Whereabouts;
use super::{Desk, HandleError};
use crate::ids::{ChatRef, CompanyId, Handle, Identity, IncidentId, PersonId};
use crate::incident::{Command, Rejection};
use crate::policy::{Act, Actor, Member, Policy, Role, Standing};
use crate::ports::{Filed, Origin, Profile, Tenancy};
use crate::roster::{Chats, Group, GroupStatus, Roster, RosterCommand};
use crate::text::Text;
use crate::time::Timestamp;
use crate::view::{About, CommandWord, Locale, People, Reply, Said, say};

/// A request in a group that is known, by a person who may be known.
pub(super) struct Scene<'a> {
    pub(super) now: Timestamp,
    pub(super) request: &'a Request,
    pub(super) profile: &'a Profile,
    pub(super) company: CompanyId,
    pub(super) roster: Roster,
    pub(super) group: Group,
    pub(super) chats: Chats,
    /// The incident whose room it is in, if it is in one.
    pub(super) room: Option<IncidentId>,
    pub(super) policy: Policy,
}

/// An answer, with what it speaks of.
pub(super) struct Answer {
    pub(super) said: Said,
    pub(super) filed: Option<Filed>,
    pub(super) act: Option<Act>,
}

impl Answer {
    pub(super) const fn of(said: Said) -> Self {
        Self { said, filed: None, act: None }
    }

    pub(super) const fn about(said: Said, filed: Option<Filed>) -> Self {
        Self { said, filed, act: None }
    }

    pub(super) const fn asking(mut self, act: Act) -> Self {
        self.act = Some(act);
        self
    }
}

impl Desk {
    /// Answers a request. When it returns, everything the request caused is committed, and a redelivery of
    /// the same request gets the same answer and changes nothing.
    ///
    /// # Errors
    /// If the store fails or too many others are faster; the request must then be delivered again.
    pub async fn handle(&self, request: Request) -> Result<Reply, HandleError> {
        let (now, request) = (self.clock.now(), request.spelled_out());
        if let Ask::Remark { message, text, .. } = &request.ask
            && self.room_of(&request).await?.is_none()
        {
            // If it is lost, little is; people must not wait for a store because others talk.
            drop(self.overhear(&request, (message, text), now).await);
            return Ok(self.plainly(&request, Said::Nothing));
        }
        let Whereabouts { tenancy, room } = self.whereabouts(&request).await?;
        if self.is_applicant(tenancy, &request) {
            self.apply(&request, now).await?;
            return Ok(self.plainly(&request, Said::Nothing));
        }
        let profile = match (&request.from, &request.ask) {
            (Sender::Person(profile), _) => profile,
            (
                _,
                Ask::ChatMoved { .. } | Ask::BotRemoved | Ask::BotPresent { .. } | Ask::MemberLeft { .. },
            ) => {
                match (tenancy, room) {
                    (Some(tenancy), Some(room)) => self.room_event(tenancy, room, &request).await?,
                    (_, _) => self.chat_event(tenancy, &request, now).await?,
                }
                return Ok(self.plainly(&request, Said::Nothing));
            }
            (
                Sender::AnonymousAdmin | Sender::Channel,
                Ask::Command { .. } | Ask::Press { .. } | Ask::Form { .. } | Ask::Report { .. },
            ) => {
                return Ok(self.plainly(&request, Said::Anonymous));
            }
            (
                Sender::Bot,
                Ask::Command { .. } | Ask::Press { .. } | Ask::Form { .. } | Ask::Report { .. },
            ) => {
                return Ok(self.plainly(&request, Said::Bot));
            }
            (
                Sender::AnonymousAdmin | Sender::Channel | Sender::Bot,
                Ask::Answer { .. } | Ask::Thread { .. } | Ask::Remark { .. } | Ask::Album { .. },
            )
            | (Sender::Platform, _) => {
                return Ok(self.plainly(&request, Said::Nothing));
            }
        };
        if let Ask::Command { word, .. } = &request.ask
            && word.governs()
        {
            return self.govern(tenancy, &request, profile, now).await;
        }
        if links_chat(&request) && (tenancy.is_none() || self.applicant(tenancy).await?.is_some()) {
            return self.link_here(tenancy, (&request, profile), now).await;
        }
        if let Ask::Press { code, .. } = &request.ask
            && let Ok(code) = code.parse()
        {
            return self.judge_press(code, &Judge { request: &request, profile, now }).await;
        }
        if let Some(said) = Self::without_group(&request, tenancy.is_some())
            && room.is_none()
        {
            return Ok(self.plainly(&request, said));
        }
        match tenancy {
            Some(tenancy) => self.in_group((tenancy, room), &request, profile, now).await,
            None => self.in_unknown_chat(&request, profile, now).await,
        }
    }

    /// What is answered alike in every chat.
    fn without_group(request: &Request, known: bool) -> Option<Said> {
        let group = request.chat_kind == ChatKind::Group;
        match &request.ask {
            Ask::Command { word: CommandWord::Help, .. } => Some(Said::Help),
            Ask::Command { word: CommandWord::Start, .. } if !(group && known) => Some(Said::Help),
            Ask::Command { .. } | Ask::Report { .. } if !group => Some(Said::OnlyInGroups),
            Ask::Answer { .. } | Ask::Thread { .. } | Ask::Album { .. } if !group => Some(Said::Nothing),
            Ask::Remark { .. } => Some(Said::Nothing),
            Ask::Command { .. }
            | Ask::Press { .. }
            | Ask::Form { .. }
            | Ask::Report { .. }
            | Ask::Thread { .. }
            | Ask::Answer { .. }
            | Ask::Album { .. }
            | Ask::ChatMoved { .. }
            | Ask::BotRemoved
            | Ask::BotPresent { .. }
            | Ask::MemberLeft { .. } => None,
        }
    }

    async fn in_group(
        &self,
        (tenancy, room): (Tenancy, Option<IncidentId>),
        request: &Request,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Reply, HandleError> {
        let roster = self.store.roster(tenancy.company).await?;
        let known = |roster: Roster| {
            Some((roster.group(tenancy.group)?, roster.chats(tenancy.group)?)).map(|known| (roster, known))
        };
        let Some((roster, (group, chats))) = roster.and_then(known) else {
            return Ok(self.plainly(request, Said::Refused(Rejection::TenantInactive)));
        };
        let policy = roster.policy_of(tenancy.group, &self.policy);
        let company = tenancy.company;
        let mut scene = Scene { now, request, profile, company, roster, group, chats, room, policy };
        let answer = match (&request.ask, scene.group.status) {
            (
                Ask::ChatMoved { .. } | Ask::BotRemoved | Ask::BotPresent { .. } | Ask::MemberLeft { .. },
                _,
            ) => {
                self.chat_event(Some(tenancy), request, now).await?;
                Answer::of(Said::Nothing)
            }
            (Ask::Remark { .. } | Ask::Thread { .. }, GroupStatus::Active) if let Some(room) = room => {
                self.said_in_room(&mut scene, room).await?
            }
            (Ask::Remark { .. }, _) => Answer::of(Said::Nothing),
            (
                Ask::Command { word: CommandWord::Start, .. },
                GroupStatus::Suspended | GroupStatus::Pending,
            ) => Answer::of(Said::Help),
            // Whoever sends pictures about has not asked us for anything.
            (Ask::Album { .. }, GroupStatus::Suspended | GroupStatus::Pending) => Answer::of(Said::Nothing),
            (_, GroupStatus::Suspended) => Answer::of(Said::Suspended),
            (_, GroupStatus::Pending) => self.waiting(&mut scene).await?,
            (Ask::Command { word, .. }, GroupStatus::Active) => self.command(&mut scene, *word).await?,
            (Ask::Press { code, message }, GroupStatus::Active) => {
                self.press(&mut scene, (code, None), message).await?
            }
            (Ask::Form { code, message, text }, GroupStatus::Active) => {
                self.press(&mut scene, (code, Some(text)), message).await?
            }
            (Ask::Report { .. }, GroupStatus::Active) => self.filled_in(&mut scene).await?,
            (Ask::Thread { of, text, attachments }, GroupStatus::Active) => {
                self.said_in_thread(&mut scene, of, (text, attachments)).await?
            }
            (Ask::Answer { to, text, attachments }, GroupStatus::Active) => {
                self.answered(&mut scene, to, (text, attachments)).await?
            }
            (Ask::Album { of, attachments }, GroupStatus::Active) => {
                self.gathered(&mut scene, of, attachments).await?
            }
        };
        self.put(&scene, answer).await
    }

    /// Registers who asks, binds what was granted to their handle, and says what they are here.
    pub(super) async fn actor(&self, scene: &mut Scene<'_>) -> Result<Actor, HandleError> {
        let person = self.store.identify(scene.company, scene.profile, scene.now).await?;
        let person = scene.roster.who(person);
        if let Some(handle) = scene.profile.handle.as_ref().filter(|handle| scene.roster.awaits(handle)) {
            self.bind(scene, handle.clone(), person).await?;
        }
        let mut member = self.member(scene, person).await?;
        if self.platform_admins.contains(&scene.profile.identity) {
            member.standing.roles = member.standing.roles.with(Role::PlatformAdmin);
        }
        Ok(Actor::Person(member))
    }

    async fn bind(&self, scene: &mut Scene<'_>, handle: Handle, person: PersonId) -> Result<(), HandleError> {
        let commands = vec![RosterCommand::Bind { handle, person }];
        if let Ok(roster) = self.change_roster(RosterOrder::own(scene.company, commands), scene.now).await? {
            scene.take(roster);
        }
        Ok(())
    }

    /// Says an answer in words, with the names it speaks of.
    pub(super) async fn put(&self, scene: &Scene<'_>, answer: Answer) -> Result<Reply, HandleError> {
        let mut ids = answer.filed.as_ref().map(|filed| People::of(&filed.incident)).unwrap_or_default();
        ids.extend(answer.said.people());
        let people = self.people(&scene.roster, scene.request.chat.platform, &ids).await?;
        let locale = &self.locale(scene);
        let about = About { filed: answer.filed.as_ref(), people: &people, act: answer.act, locale };
        Ok(say(&about, answer.said))
    }

    /// The group's language if it has one, else that of who asks; with the words of the group.
    fn locale(&self, scene: &Scene<'_>) -> Locale {
        let own = scene.roster.locale(scene.group.id).or(scene.profile.locale.as_ref());
        self.words(scene.request.chat.platform, own).of_group(&scene.roster, scene.group.id)
    }

    /// Says an answer that speaks of no incident and no company.
    pub(super) fn plainly(&self, request: &Request, said: Said) -> Reply {
        let tag = match &request.from {
            Sender::Person(profile) => profile.locale.as_ref(),
            Sender::AnonymousAdmin | Sender::Channel | Sender::Bot | Sender::Platform => None,
        };
        let locale = self.words(request.chat.platform, tag);
        say(&About { filed: None, people: &People::default(), act: None, locale }, said)
    }

    /// Tells whether the platform says that an account administers a chat; `None` if it does not answer.
    pub(super) async fn is_admin(&self, request: &Request, who: &Identity) -> Option<bool> {
        let directory = self.directories.get(&request.chat.platform)?;
        directory.is_admin(&request.chat, who).await.ok()
    }
}

impl<'a> Scene<'a> {
    pub(super) fn order(
        &'a self,
        incident: IncidentId,
        actor: Actor,
        command: Command,
        answer: String,
    ) -> Order<'a> {
        let origin = Some(Origin { key: self.request.key.clone(), answer });
        let (company, policy, chats, asked) = (self.company, &self.policy, &self.chats, Some(self.chat()));
        Order { company, policy, chats, asked, incident, actor, seen: None, command, origin, quiet: false }
    }

    /// The chat in which it was asked.
    pub(super) fn chat(&self) -> &ChatRef {
        if self.chats.has(&self.request.chat) { &self.request.chat } else { &self.group.chat }
    }

    /// The chat in which it was asked, if that is not the group's own.
    pub(super) fn mirror(&self) -> Option<ChatRef> {
        Some(self.chat()).filter(|chat| **chat != self.group.chat).cloned()
    }

    /// The topic in which it was asked. Those of a linked chat are not kept: cards go to its top.
    pub(super) fn topic(&self) -> Option<Text> {
        self.request.topic.clone().filter(|_| *self.chat() == self.group.chat)
    }

    pub(super) fn member(&self, person: PersonId) -> Member {
        let standing: Standing = self.roster.standing(self.group.id, person);
        Member { id: person, standing }
    }

    pub(super) fn team(&self, team: crate::ids::TeamId) -> Option<crate::incident::TeamChoice> {
        let team = self.roster.teams.get(&team)?;
        Some(crate::incident::TeamChoice { team: team.id, restricted: team.restricted })
    }

    pub(super) fn take(&mut self, roster: Roster) {
        if let (Some(group), Some(chats)) = (roster.group(self.group.id), roster.chats(self.group.id)) {
            (self.group, self.chats) = (group, chats);
        }
        self.roster = roster;
    }
}
