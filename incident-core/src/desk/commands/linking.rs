//! Chats linked with groups, and accounts linked with people: one side asks for a code, the other one types it.

use std::time::Duration;

use crate::desk::admission::alone;
use crate::desk::change::RosterOrder;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::{Ask, ChatKind, Request};
use crate::desk::wake::LIVE;
use crate::desk::{Desk, HandleError};
use crate::ids::{CompanyId, PersonId};
use crate::incident::{Incident, Invalid, Rejection, State};
use crate::policy::{Act, Actor, Member, Role};
use crate::ports::{Filed, Listing, Origin, Page, Profile, Tenancy};
use crate::roster::{
    self, Announcement, CODE_LASTS, Code, LinkOrder, Offer, RosterCommand, RosterEffect, RosterInput, With,
};
use crate::time::Timestamp;
use crate::view::{CommandWord, LinkReply, Reply, Said};

/// The word that ends a link of accounts.
const OFF: &str = "off";
/// How long a code is told again that was asked for again.
const SOON: Duration = Duration::from_secs(60);

/// Tells whether a request says with a code that a chat should be linked.
pub(in crate::desk) fn links_chat(request: &Request) -> bool {
    request.chat_kind == ChatKind::Group
        && matches!(request.ask, Ask::Command { word: CommandWord::Link, .. })
        && !request.typed().is_empty()
}

const fn said(reply: LinkReply) -> Answer {
    Answer::of(Said::Linking(reply))
}

impl Desk {
    /// Gives an administrator of a group a code. Typed here, a code is of no use: the chat is a group already.
    pub(super) async fn link(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        if !scene.request.typed().is_empty() {
            let repeated = self.store.applied(&scene.request.key).await?.is_some();
            return Ok(if repeated { Answer::of(Said::Rostered) } else { said(LinkReply::ChatTaken) });
        }
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        if self.lodging(&scene.policy, &scene.chats.own).is_some() {
            return Ok(said(LinkReply::InRooms));
        }
        let Some(code) = Code::of(scene.request.fresh) else {
            return Ok(Answer::of(Said::TryAgain));
        };
        // Delivered again it is a new code; the one before may be used no more.
        let offer =
            Offer { code: code.clone(), with: With::Group(scene.group.id), until: scene.now + CODE_LASTS };
        self.offer(scene, actor, offer, LinkReply::ChatCode(scene.company, code)).await
    }

    /// Makes a chat that is no group one of the group whose code is typed there.
    pub(in crate::desk) async fn link_here(
        &self,
        tenancy: Option<Tenancy>,
        (request, profile): (&Request, &Profile),
        now: Timestamp,
    ) -> Result<Reply, HandleError> {
        let bad = || self.plainly(request, Said::Linking(LinkReply::BadCode));
        let Some((company, code)) = Code::read_in(request.typed()) else {
            return Ok(bad());
        };
        match self.is_admin(request, &profile.identity).await {
            Some(true) => {}
            Some(false) => return Ok(self.unauthorised(profile, Act::Administer)),
            None => return Ok(self.plainly(request, Said::TryAgain)),
        }
        let Some(roster) = self.store.roster(company).await? else {
            return Ok(bad());
        };
        let (chat, title) = (request.chat.clone(), request.title());
        let order = LinkOrder::Chat { chat, title, code, at: now };
        let commands = vec![RosterCommand::Linking { order }];
        let tried = RosterInput { company, at: now, actor: Actor::System, commands: commands.clone() };
        if let Err(rejection) = roster::step(&self.policy, Some(&roster), &tried) {
            return Ok(self.plainly(request, refused(rejection).said));
        }
        if tenancy.is_some() {
            self.vacate(&request.chat, company, now).await?;
        }
        let person = self.store.identify(company, profile, now).await?;
        let actor = Actor::Person(Member::new(roster.who(person), Role::Admin));
        let origin = Some(Origin { key: request.key.clone(), answer: "linked".to_owned() });
        let order = RosterOrder { company, actor, commands, origin };
        Ok(match self.change_roster(order, now).await? {
            Ok(_) => self.plainly(request, Said::Rostered),
            Err(rejection) => self.plainly(request, refused(rejection).said),
        })
    }

    /// Takes this chat from its group; said in the group's own, all others.
    pub(super) async fn unlink(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let group = scene.group.id;
        let leaving = match scene.mirror() {
            Some(chat) => vec![chat],
            None => scene.chats.linked.clone(),
        };
        if leaving.is_empty() && self.store.applied(&scene.request.key).await?.is_none() {
            return Ok(said(LinkReply::NotLinked));
        }
        let leave = |chat| LinkOrder::Leave { group, chat, lost: false };
        let commands = leaving.into_iter().map(|chat| RosterCommand::Linking { order: leave(chat) });
        self.roster_answer(scene, actor, commands.collect()).await
    }

    /// Gives somebody a code for another account of theirs, or takes the one that they type with it.
    pub(super) async fn link_me(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        match scene.request.typed() {
            "" => self.offer_to_be(scene).await,
            word if word.eq_ignore_ascii_case(OFF) => self.part(scene).await,
            code => self.link_person(scene, Code::read(code)).await,
        }
    }

    async fn link_person(&self, scene: &mut Scene<'_>, code: Option<Code>) -> Result<Answer, HandleError> {
        let actor = self.actor(scene).await?;
        let Some(person) = actor.person() else {
            return Ok(Answer::of(Said::TryAgain));
        };
        if self.store.applied(&scene.request.key).await?.is_some() {
            return self.linked(scene, person).await;
        }
        let offered = code.as_ref().and_then(|code| scene.roster.offered(code, scene.now));
        let (Some(code), Some(with @ With::Person(to))) = (code, offered) else {
            return Ok(said(LinkReply::BadCode));
        };
        let hindrance = if person == scene.roster.who(to) {
            Some(LinkReply::Same)
        } else {
            self.unfinished(scene.company, person).await?.map(|filed| LinkReply::Busy(filed.number))
        };
        let (order, origin) = match hindrance {
            // Others may have seen it: it is typed once, whatever becomes of that.
            Some(_) => (LinkOrder::Spend { with }, None),
            None => {
                let origin = Origin { key: scene.request.key.clone(), answer: "linked".to_owned() };
                (LinkOrder::Person { person, code, at: scene.now }, Some(origin))
            }
        };
        let commands = vec![RosterCommand::Linking { order }];
        let order = RosterOrder { company: scene.company, actor, commands, origin };
        match (self.change_roster(order, scene.now).await?, hindrance) {
            (Ok(roster), None) => {
                scene.take(roster);
                self.linked(scene, to).await
            }
            (Ok(_), Some(hindrance)) => Ok(said(hindrance)),
            (Err(rejection), _) => Ok(refused(rejection)),
        }
    }

    /// Says whose account it is now: whoever typed a code may have been talked into it.
    async fn linked(&self, scene: &Scene<'_>, person: PersonId) -> Result<Answer, HandleError> {
        let known = self.store.people(scene.company, &[scene.roster.who(person)]).await?.pop();
        Ok(known.map_or(Answer::of(Said::TryAgain), |known| {
            said(LinkReply::Linked(known.profile.name.to_string(), known.profile.identity.platform))
        }))
    }

    /// Lets the account be a person of its own again.
    async fn part(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        if self.store.applied(&scene.request.key).await?.is_some() {
            return Ok(said(LinkReply::Parted));
        }
        let actor = self.actor(scene).await?;
        let account = self.store.by_account(scene.company, &scene.profile.identity).await?;
        let links = &scene.roster.settings.links.people;
        let linked =
            |person: &PersonId| links.iter().any(|(account, behind)| account == person || behind == person);
        let Some(person) = account.filter(linked) else {
            return Ok(said(LinkReply::Alone));
        };
        let commands = vec![RosterCommand::Linking { order: LinkOrder::Part { person } }];
        let origin = Some(Origin { key: scene.request.key.clone(), answer: "parted".to_owned() });
        let order = RosterOrder { company: scene.company, actor, commands, origin };
        Ok(match self.change_roster(order, scene.now).await? {
            Ok(roster) => {
                scene.take(roster);
                said(LinkReply::Parted)
            }
            Err(rejection) => refused(rejection),
        })
    }

    /// Whoever uses the code is taken for who asked for it, so nobody else may see it. Asked for again soon it is the
    /// same: nobody fills the journal of a company with codes.
    async fn offer_to_be(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let actor = self.actor(scene).await?;
        let (Some(person), Some(code)) = (actor.person(), Code::of(scene.request.fresh)) else {
            return Ok(Answer::of(Said::TryAgain));
        };
        let (with, until) = (With::Person(person), scene.now + CODE_LASTS);
        if let Some(offer) = scene.roster.offer_with(with, scene.now + (CODE_LASTS - SOON)) {
            let code = offer.code.clone();
            if self.answers_in_private.contains(&scene.request.chat.platform) {
                return Ok(said(LinkReply::AccountCode(code)));
            }
            // What was sent before may not have come: whoever had never written to the bot could be sent nothing.
            let (group, chat) = (scene.group.id, alone(&scene.profile.identity));
            let announcement = Announcement::Code { code };
            self.owe_group(scene, vec![RosterEffect::TellIn { group, chat, announcement }]).await?;
            return Ok(said(LinkReply::CodeSent));
        }
        let offer = Offer { code: code.clone(), with, until };
        self.offer(scene, actor, offer, LinkReply::AccountCode(code)).await
    }

    /// Lets a code be used, and shows it to whoever asked for it: in the answer where nobody else sees that, else in a chat
    /// with them alone.
    async fn offer(
        &self,
        scene: &Scene<'_>,
        actor: Actor,
        offer: Offer,
        shown: LinkReply,
    ) -> Result<Answer, HandleError> {
        let in_private = self.answers_in_private.contains(&scene.request.chat.platform);
        let tell = (!in_private).then(|| (scene.group.id, alone(&scene.profile.identity)));
        let origin = Origin { key: scene.request.key.clone(), answer: "code".to_owned() };
        let origin = tell.is_some().then_some(origin);
        let commands = vec![RosterCommand::Linking { order: LinkOrder::Offer { offer, tell } }];
        let order = RosterOrder { company: scene.company, actor, commands, origin };
        Ok(match self.change_roster(order, scene.now).await? {
            Ok(_) if in_private => said(shown),
            Ok(_) => said(LinkReply::CodeSent),
            Err(rejection) => refused(rejection),
        })
    }

    /// Finds an incident that is not over and that somebody reported, holds or promised something for.
    async fn unfinished(&self, company: CompanyId, person: PersonId) -> Result<Option<Filed>, HandleError> {
        const PAGE: u32 = 200;
        let listing = Listing { states: LIVE.to_vec(), ..Listing::default() };
        let mut after = None;
        loop {
            let page = self.store.list(company, &listing, Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else {
                return Ok(None);
            };
            after = Some(last.incident.id);
            if let Some(filed) = page.into_iter().find(|filed| concerns(&filed.incident, person)) {
                return Ok(Some(filed));
            }
        }
    }
}

fn concerns(incident: &Incident, person: PersonId) -> bool {
    let holds = incident.stints.iter().any(|stint| stint.is_open() && stint.person == person);
    let asked = matches!(&incident.state, State::Open(waiting) if waiting.expected == Some(person));
    holds || asked || incident.reporter == person || incident.resolver() == Some(person)
}

fn refused(rejection: Rejection) -> Answer {
    if rejection == Rejection::Unknown {
        return said(LinkReply::BadCode);
    }
    if let Rejection::InvalidInput { reason: Invalid::TooMany } = rejection {
        return said(LinkReply::TooMany);
    }
    if let Rejection::InvalidInput { reason: Invalid::NoChange } = rejection {
        return said(LinkReply::Same);
    }
    Answer::of(Said::Refused(rejection))
}
