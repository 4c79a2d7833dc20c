//! What the typed commands do. Checks come in the order that people expect: the chat, the group, the
//! arguments, the person; nothing is remembered of anybody before a command makes sense.

use std::time::Duration;

use super::change::{Changed, RosterOrder};
use super::handle::{Answer, Scene};
use super::request::{Ask, Named, Quoted, Request};
use super::{Desk, HandleError, Onboarding};
use crate::ids::{CompanyId, GroupId, Handle, IncidentId, Number, Platform};
use crate::incident::{Attachment, Command, Priority, Rejection, Report};
use crate::policy::{Act, Actor, Member, Role};
use crate::ports::{Origin, Profile};
use crate::roster::{Grantee, Group, RosterCommand};
use crate::text::{Limits, Text};
use crate::time::Timestamp;
use crate::view::{About, CommandWord, People, Reply, Said, say};

/// Why a command's arguments name nobody.
enum Nobody {
    Missing,
    Bad(String),
}

impl Desk {
    pub(super) async fn command(
        &self,
        scene: &mut Scene<'_>,
        word: CommandWord,
    ) -> Result<Answer, HandleError> {
        match word {
            CommandWord::Start | CommandWord::Help => Ok(Answer::of(Said::Help)),
            CommandWord::NewIssue => self.new_issue(scene).await,
            CommandWord::Status => self.status(scene).await,
            CommandWord::RegisterDriver => self.register(scene).await,
            CommandWord::Language => self.language(scene).await,
            CommandWord::ConfigureManagers | CommandWord::AddDispatcher | CommandWord::RemoveDispatcher => {
                self.administer(scene, word).await
            }
        }
    }

    async fn new_issue(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
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

    async fn status(&self, scene: &Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Command { text, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let word = text.trim();
        if word.is_empty() {
            return Ok(Answer::of(Said::Usage(CommandWord::Status)));
        }
        let Ok(number) = Number::said(word, scene.now.year()) else {
            return Ok(Answer::of(Said::BadNumber(word.chars().take(64).collect())));
        };
        let filed = match self.store.find(scene.company, number).await? {
            Some(incident) => self.store.load(scene.company, incident).await?,
            None => None,
        };
        let filed = filed.filter(|filed| filed.incident.group == scene.group.id);
        if let Some(filed) = &filed {
            self.owe_card(scene, &filed.incident).await?;
        }
        Ok(match filed {
            Some(filed) => Answer::about(Said::Status, Some(filed)),
            None => Answer::of(Said::Refused(Rejection::Unknown)),
        })
    }

    async fn register(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let actor = self.actor(scene).await?;
        let Some(person) = actor.person() else {
            return Ok(Answer::of(Said::Nothing));
        };
        let to = Grantee::Person(person);
        let command = RosterCommand::Grant { group: scene.group.id, role: Role::Reporter, to };
        self.roster_answer(scene, actor, vec![command]).await
    }

    async fn administer(&self, scene: &mut Scene<'_>, word: CommandWord) -> Result<Answer, HandleError> {
        match named(scene.request) {
            Ok(_) => {}
            Err(Nobody::Missing) => return Ok(Answer::of(Said::Usage(word))),
            Err(Nobody::Bad(text)) => return Ok(Answer::of(Said::BadHandle(text))),
        }
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let role = if word == CommandWord::ConfigureManagers { Role::Manager } else { Role::Responder };
        let people =
            self.grantees(scene.company, Some((&scene.group, role)), scene.request, scene.now).await?;
        let group = scene.group.id;
        let commands = match word {
            CommandWord::ConfigureManagers => {
                vec![RosterCommand::ConfigureManagers { group, managers: people }]
            }
            CommandWord::AddDispatcher => {
                people.into_iter().map(|to| RosterCommand::Grant { group, role, to }).collect()
            }
            CommandWord::RemoveDispatcher => {
                people.into_iter().map(|from| RosterCommand::Revoke { group, role, from }).collect()
            }
            CommandWord::Start
            | CommandWord::Help
            | CommandWord::RegisterDriver
            | CommandWord::NewIssue
            | CommandWord::Status
            | CommandWord::Language => Vec::new(),
        };
        self.roster_answer(scene, actor, commands).await
    }

    /// Whoever asks, if they may administer the group; else the answer that says why not.
    pub(super) async fn administrator(
        &self,
        scene: &mut Scene<'_>,
    ) -> Result<Result<Actor, Answer>, HandleError> {
        let Some(admin) = self.is_admin(scene.request, &scene.profile.identity).await else {
            return Ok(Err(Answer::of(Said::TryAgain)));
        };
        let mut actor = self.actor(scene).await?;
        if let (true, Actor::Person(member)) = (admin, &mut actor) {
            member.standing.roles = member.standing.roles.with(Role::Admin);
        }
        if scene.policy.may(&actor, Act::Administer, None) {
            return Ok(Ok(actor));
        }
        Ok(Err(Answer::of(Said::Refused(Rejection::NotAuthorized)).asking(Act::Administer)))
    }

    pub(super) async fn roster_answer(
        &self,
        scene: &mut Scene<'_>,
        actor: Actor,
        commands: Vec<RosterCommand>,
    ) -> Result<Answer, HandleError> {
        let origin = Some(Origin { key: scene.request.key.clone(), answer: "roster".to_owned() });
        let order = RosterOrder { company: scene.company, actor, commands, origin };
        let changed = self.change_roster(order, scene.now).await?;
        Ok(match changed {
            Ok(roster) => {
                scene.take(roster);
                Answer::of(Said::Rostered)
            }
            Err(rejection) => Answer::of(Said::Refused(rejection)).asking(Act::Administer),
        })
    }

    /// A chat that no company has: an administrator can make it a group by naming its managers.
    pub(super) async fn in_unknown_chat(
        &self,
        request: &Request,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Reply, HandleError> {
        let said = match &request.ask {
            Ask::Command { word: CommandWord::ConfigureManagers, .. } => {
                return self.found(request, profile, now).await;
            }
            Ask::Command { .. } => self.not_founded(),
            Ask::Press { .. } => Said::UnknownButton,
            Ask::Answer { .. }
            | Ask::ChatMoved { .. }
            | Ask::BotRemoved
            | Ask::BotPresent { .. }
            | Ask::MemberLeft { .. } => Said::Nothing,
        };
        Ok(self.plainly(request, said))
    }

    fn not_founded(&self) -> Said {
        match self.onboarding {
            Onboarding::Open => Said::Refused(Rejection::TenantInactive),
            Onboarding::Approval => Said::NeedsApproval,
        }
    }

    /// Founds a company of one group, at the word of whoever may let a group work.
    async fn found(
        &self,
        request: &Request,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Reply, HandleError> {
        let platform_admin = self.platform_admins.contains(&profile.identity);
        match (platform_admin, self.onboarding) {
            (true, _) => {}
            (false, Onboarding::Approval) => return Ok(self.plainly(request, Said::NeedsApproval)),
            (false, Onboarding::Open) => match self.is_admin(request, &profile.identity).await {
                Some(true) => {}
                Some(false) => return Ok(self.unauthorised_admin(profile)),
                None => return Ok(self.plainly(request, Said::TryAgain)),
            },
        }
        let (company, group) = (CompanyId::from_u128(request.fresh), GroupId::from_u128(request.fresh));
        match named(request) {
            Ok(_) => {}
            Err(Nobody::Missing) => {
                return Ok(self.plainly(request, Said::Usage(CommandWord::ConfigureManagers)));
            }
            Err(Nobody::Bad(text)) => return Ok(self.plainly(request, Said::BadHandle(text))),
        }
        let managers = self.grantees(company, None, request, now).await?;
        let person = self.store.identify(company, profile, now).await?;
        let title = request.chat_title.as_ref().map_or_else(|| request.chat.to_string(), ToString::to_string);
        let name: String = title.chars().take(Limits::NAME.max).collect();
        let name = Text::new(&name, Limits::NAME).unwrap_or_else(|_| Text::erased());
        let commands = vec![
            RosterCommand::Found { name: name.clone() },
            RosterCommand::AddGroup { group, chat: request.chat.clone(), title: name, active: true },
            RosterCommand::ConfigureManagers { group, managers },
        ];
        let actor = Actor::Person(Member::new(person, Role::Admin));
        let origin = Some(Origin { key: request.key.clone(), answer: "roster".to_owned() });
        let order = RosterOrder { company, actor, commands, origin };
        let said = match self.change_roster(order, now).await? {
            Ok(_) => Said::Rostered,
            Err(rejection) => Said::Refused(rejection),
        };
        Ok(self.plainly(request, said))
    }

    fn unauthorised_admin(&self, profile: &Profile) -> Reply {
        let locale = self.phrasebook.locale(profile.locale.as_ref().map(Text::as_str));
        let about = About { filed: None, people: &People::default(), act: Some(Act::Administer), locale };
        say(&about, Said::Refused(Rejection::NotAuthorized))
    }

    /// The people that a command names.
    ///
    /// A handle is kept as a handle until its owner appears, since whoever was last seen with it may have given
    /// it up. Only where somebody holds the role already, the handle they were last seen with means them.
    async fn grantees(
        &self,
        company: CompanyId,
        holding: Option<(&Group, Role)>,
        request: &Request,
        now: Timestamp,
    ) -> Result<Vec<Grantee>, HandleError> {
        let mut grantees = Vec::new();
        for name in named(request).unwrap_or_default() {
            grantees.push(match name {
                Person::Known(profile) => Grantee::Person(self.store.identify(company, profile, now).await?),
                Person::Called(handle) => self.called(company, holding, handle).await?,
            });
        }
        Ok(grantees)
    }

    async fn called(
        &self,
        company: CompanyId,
        holding: Option<(&Group, Role)>,
        handle: Handle,
    ) -> Result<Grantee, HandleError> {
        let known = self.store.by_handle(company, &handle).await?.map(Grantee::Person);
        let unbound = Grantee::Handle(handle);
        let Some((group, role)) = holding else {
            return Ok(unbound);
        };
        let holds = |grantee: &Grantee| group.holders(role).any(|holder| holder == grantee);
        Ok(if holds(&unbound) { unbound } else { known.filter(holds).unwrap_or(unbound) })
    }
}

/// Somebody a command names.
enum Person<'a> {
    Known(&'a Profile),
    Called(Handle),
}

/// Reads the names that follow a command, before anybody is remembered.
fn named(request: &Request) -> Result<Vec<Person<'_>>, Nobody> {
    let Ask::Command { named, .. } = &request.ask else {
        return Err(Nobody::Missing);
    };
    if named.is_empty() {
        return Err(Nobody::Missing);
    }
    named.iter().map(|name| read(request.chat.platform, name)).collect()
}

fn read(platform: Platform, name: &Named) -> Result<Person<'_>, Nobody> {
    match name {
        Named::Account(profile) => Ok(Person::Known(profile)),
        Named::Word(word) => match Handle::parse(platform, word) {
            Ok(handle) => Ok(Person::Called(handle)),
            Err(_) => Err(Nobody::Bad(word.chars().take(64).collect())),
        },
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

/// How long before a delivery that failed is tried again: doubling from a second to five minutes.
pub(super) fn back_off(attempt: u32) -> Duration {
    const LONGEST: Duration = Duration::from_secs(300);
    let doublings = attempt.saturating_sub(1).min(10);
    Duration::from_secs(1 << doublings).min(LONGEST)
}
