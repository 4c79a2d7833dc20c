//! Commands that change an incident. What they say is read first and is the whole of what is checked here; who
//! may do it, and whether it makes sense now, is for the machine to judge.

use super::naming::{Nobody, Person, read};
use super::target::{Target, Words};
use crate::desk::change::Changed;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::Named;
use crate::desk::{Desk, HandleError};
use crate::ids::{Number, PersonId, Platform};
use crate::incident::{Command, HoldReason, Incident, Invalid, Priority, Rejection, StateKind, Tag};
use crate::policy::{Act, Actor, Role};
use crate::ports::Filed;
use crate::text::{Limits, Text, TextError};
use crate::view::{CommandWord, Done, Said};

/// What a command asks for, before it is known who is meant.
enum Wanted<'a> {
    Plain(Command),
    /// Whoever is chosen by a button.
    Choice,
    Assign(Person<'a>),
    Reassign {
        from: Option<Person<'a>>,
        to: Person<'a>,
    },
    Revoke {
        who: Person<'a>,
        reason: Text,
    },
    Duplicate(Number),
}

/// Why what a command says makes no sense.
enum Unclear {
    Usage,
    Handle(String),
    Text(TextError),
}

impl From<TextError> for Unclear {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl From<Nobody> for Unclear {
    fn from(nobody: Nobody) -> Self {
        match nobody {
            Nobody::Missing => Self::Usage,
            Nobody::Bad(text) => Self::Handle(text),
        }
    }
}

impl Desk {
    pub(super) async fn order_typed(
        &self,
        scene: &mut Scene<'_>,
        word: CommandWord,
    ) -> Result<Answer, HandleError> {
        let Some((target, words)) = self.target(scene).await? else {
            return Ok(Answer::of(Said::Usage(word)));
        };
        let here = (scene.request.chat.platform, scene.now.year());
        let wanted = match wanted(word, words, here) {
            Ok(wanted) => wanted,
            Err(Unclear::Usage) => return Ok(Answer::of(Said::Usage(word))),
            Err(Unclear::Handle(text)) => return Ok(Answer::of(Said::BadHandle(text))),
            Err(Unclear::Text(error)) => return Ok(Answer::of(Said::Refused(error.into()))),
        };
        let Some(filed) = self.filed(scene, target).await? else {
            return Ok(Answer::of(Said::Refused(Rejection::Unknown)));
        };
        let actor = match administered(word) {
            Some(act) => self.actor_for(scene, act, Some(&filed.incident)).await?,
            None => Some(self.actor(scene).await?),
        };
        let Some(actor) = actor else {
            return Ok(Answer::about(Said::TryAgain, Some(filed)));
        };
        if matches!(wanted, Wanted::Choice) {
            let from = holder_meant(&filed.incident, &actor);
            return Ok(Self::whom(scene, word, &actor, filed, from));
        }
        let command = match self.meant_by(scene, wanted, &filed, &actor).await? {
            Ok(command) => command,
            Err(said) => return Ok(Answer::about(said, Some(filed))),
        };
        let asked = act_of(&command);
        let order = scene.order(filed.incident.id, actor, command, format!("command {}", word.word()));
        Ok(match self.change(order, scene.now).await? {
            Changed::Done(filed) => Answer::about(Said::Done(Done::Typed(word)), Some(filed)),
            Changed::Refused(Rejection::AlreadyAcknowledged { by }, now) if word == CommandWord::Assign => {
                Answer::about(Said::Held(by), now.or(Some(filed)))
            }
            Changed::Refused(rejection, now) => {
                Answer { said: Said::Refused(rejection), filed: now.or(Some(filed)), act: asked }
            }
            Changed::Before(answered) => self.repeated(scene, &answered).await?,
        })
    }

    /// Whoever asks, as an administrator of the group if they are one. The platform is asked only where their roles do
    /// not allow the act; nothing is returned if it cannot be asked.
    pub(in crate::desk) async fn actor_for(
        &self,
        scene: &mut Scene<'_>,
        act: Act,
        incident: Option<&Incident>,
    ) -> Result<Option<Actor>, HandleError> {
        let mut actor = self.actor(scene).await?;
        if scene.policy.may(&actor, act, incident) {
            return Ok(Some(actor));
        }
        let admin = self.is_admin(scene.request, &scene.profile.identity).await;
        if let (Some(true), Actor::Person(member)) = (admin, &mut actor) {
            member.standing.roles = member.standing.roles.with(Role::Admin);
        }
        Ok(admin.map(|_| actor))
    }

    /// Finds whom and what a command means; else what to answer.
    async fn meant_by(
        &self,
        scene: &Scene<'_>,
        wanted: Wanted<'_>,
        filed: &Filed,
        actor: &Actor,
    ) -> Result<Result<Command, Said>, HandleError> {
        let member = async |who: Person<'_>| -> Result<Result<PersonId, Said>, HandleError> {
            let shown = who.shown();
            Ok(self.seen(scene, who).await?.ok_or(Said::Unseen(shown)))
        };
        Ok(match wanted {
            Wanted::Plain(command) => Ok(command),
            Wanted::Choice => Err(Said::Nothing),
            Wanted::Assign(to) => match member(to).await? {
                Ok(to) => Ok(Command::Assign { to: self.member(scene, to).await? }),
                Err(said) => Err(said),
            },
            Wanted::Revoke { who, reason } => {
                member(who).await?.map(|person| Command::RevokeClaim { person, reason })
            }
            Wanted::Reassign { from, to } => {
                let from = match from {
                    Some(from) => member(from).await?.map(Some),
                    None => Ok(holder_meant(&filed.incident, actor)),
                };
                match (from, member(to).await?) {
                    (Ok(from), Ok(to)) => Ok(Command::Reassign { from, to: self.member(scene, to).await? }),
                    (Err(said), _) | (_, Err(said)) => Err(said),
                }
            }
            Wanted::Duplicate(of) => {
                let viewer = self.viewer_as(scene, actor);
                match self.filed_for(scene, &viewer, Target::Numbered(of)).await? {
                    None => Err(Said::Refused(Rejection::Unknown)),
                    Some(original) if original.incident.id == filed.incident.id => {
                        Err(Said::Refused(Invalid::Unreachable.into()))
                    }
                    Some(original) => Ok(Command::MarkDuplicate { of: original.number }),
                }
            }
        })
    }
}

/// From whom it is taken if nobody is named: from the asker, or from the only one who holds it.
pub(in crate::desk) fn holder_meant(incident: &Incident, actor: &Actor) -> Option<PersonId> {
    let mut holders = incident.assignees();
    let (first, second) = (holders.next(), holders.next());
    let own = actor.person().is_some_and(|person| incident.holds_at(person, incident.level));
    first.filter(|_| second.is_none() && !own)
}

/// What a command needs permission for, as far as a refusal can say who has it.
pub(in crate::desk) const fn act_of(command: &Command) -> Option<Act> {
    match command {
        Command::Assign { .. } => Some(Act::Assign),
        Command::Reassign { .. } => Some(Act::Reassign),
        Command::RevokeClaim { .. } => Some(Act::Revoke),
        Command::Escalate | Command::Deescalate { .. } => Some(Act::Escalate),
        Command::RequestResolve | Command::Resolve { .. } => Some(Act::Resolve),
        Command::CancelResolve => Some(Act::Withdraw),
        Command::AmendSummary { .. } => Some(Act::Amend),
        Command::SubmitSummary { .. } => Some(Act::Summarise),
        Command::Hold { .. } | Command::Resume => Some(Act::Hold),
        Command::SetPriority { .. }
        | Command::SetSeverity { .. }
        | Command::Tag { .. }
        | Command::Untag { .. } => Some(Act::Classify),
        Command::Route { .. } => Some(Act::Route),
        Command::Transfer { .. } => Some(Act::Transfer),
        Command::Cancel { .. } => Some(Act::Cancel),
        Command::Close { .. } | Command::MarkDuplicate { .. } => Some(Act::Close),
        Command::Confirm => Some(Act::Confirm),
        Command::Reopen { .. } => Some(Act::Reopen),
        Command::KeepOpen | Command::ReporterReply { .. } => Some(Act::Answer),
        Command::EditDescription { .. } => Some(Act::Edit),
        Command::AddNote { .. } | Command::Attach { .. } => Some(Act::Annotate),
        Command::RepairSurface => Some(Act::Repair),
        Command::OverrideState { .. } => Some(Act::Override),
        Command::Create { .. }
        | Command::Triage { .. }
        | Command::TriageFailed { .. }
        | Command::Acknowledge
        | Command::Release
        | Command::Archive
        | Command::RoleLost { .. }
        | Command::MemberLeft { .. }
        | Command::ChannelMigrated
        | Command::ChannelLost
        | Command::EraseSubject { .. }
        | Command::PageOutcome { .. }
        | Command::Wake => None,
    }
}

/// For which act somebody counts who administers the chat, whatever their role in the group.
fn administered(word: CommandWord) -> Option<Act> {
    let acts = [
        (CommandWord::Revoke, Act::Revoke),
        (CommandWord::Pin, Act::Repair),
        (CommandWord::Override, Act::Override),
    ];
    acts.into_iter().find_map(|(command, act)| (command == word).then_some(act))
}

fn wanted(word: CommandWord, words: Words<'_>, here: (Platform, i16)) -> Result<Wanted<'_>, Unclear> {
    let (platform, year) = here;
    let plain = |command| Ok(Wanted::Plain(command));
    match word {
        CommandWord::Reopen => plain(Command::Reopen { reason: text(words.text, Limits::REASON)? }),
        CommandWord::Cancel => plain(Command::Cancel { reason: text(words.text, Limits::REASON)? }),
        CommandWord::Hold => plain(Command::Hold { reason: hold_reason(words.only())? }),
        CommandWord::Resume if words.text.is_empty() => plain(Command::Resume),
        CommandWord::Pin if words.text.is_empty() => plain(Command::RepairSurface),
        CommandWord::Priority => plain(Command::SetPriority { priority: priority(words.only())? }),
        CommandWord::Tag => plain(Command::Tag { tag: tag(words.only())? }),
        CommandWord::Untag => plain(Command::Untag { tag: tag(words.only())? }),
        CommandWord::Edit => {
            plain(Command::EditDescription { description: text(words.text, Limits::DESCRIPTION)? })
        }
        CommandWord::Note | CommandWord::NoteInternal => {
            let internal = word == CommandWord::NoteInternal;
            plain(Command::AddNote { text: text(words.text, Limits::NOTE)?, internal })
        }
        CommandWord::Assign | CommandWord::Reassign if words.text.is_empty() => Ok(Wanted::Choice),
        CommandWord::Assign => {
            let [to] = words.named else { return Err(Unclear::Usage) };
            Ok(Wanted::Assign(read(platform, to)?))
        }
        CommandWord::Reassign => match words.named {
            [to] => Ok(Wanted::Reassign { from: None, to: read(platform, to)? }),
            [from, to] => Ok(Wanted::Reassign { from: Some(read(platform, from)?), to: read(platform, to)? }),
            _ => Err(Unclear::Usage),
        },
        CommandWord::Revoke => revoke(words, platform),
        CommandWord::Override => plain(overriding(words)?),
        CommandWord::Duplicate => {
            let (first, rest) = words.part();
            let said = if first.eq_ignore_ascii_case("of") { rest.only() } else { words.only() };
            let number = said.and_then(|said| Number::said(said, year).ok()).ok_or(Unclear::Usage)?;
            Ok(Wanted::Duplicate(number))
        }
        CommandWord::Resume
        | CommandWord::Pin
        | CommandWord::Start
        | CommandWord::AddTeam
        | CommandWord::AddRestrictedTeam
        | CommandWord::Teams
        | CommandWord::AddTeamMember
        | CommandWord::RemoveTeamMember
        | CommandWord::Link
        | CommandWord::Unlink
        | CommandWord::LinkMe
        | CommandWord::AddCompany
        | CommandWord::AddGroup
        | CommandWord::ListGroups
        | CommandWord::SuspendGroup
        | CommandWord::ActivateGroup
        | CommandWord::Help
        | CommandWord::ConfigureManagers
        | CommandWord::AddDispatcher
        | CommandWord::RemoveDispatcher
        | CommandWord::RegisterDriver
        | CommandWord::NewIssue
        | CommandWord::Status
        | CommandWord::Language
        | CommandWord::Settings
        | CommandWord::Panel
        | CommandWord::Schedule
        | CommandWord::Stats
        | CommandWord::Report
        | CommandWord::Open
        | CommandWord::Mine
        | CommandWord::History
        | CommandWord::Files => Err(Unclear::Usage),
    }
}

fn text(words: &str, limits: Limits) -> Result<Text, Unclear> {
    if words.is_empty() { Err(Unclear::Usage) } else { Ok(Text::new(words, limits)?) }
}

fn tag(word: Option<&str>) -> Result<Tag, Unclear> {
    Ok(Tag::new(word.ok_or(Unclear::Usage)?)?)
}

fn priority(word: Option<&str>) -> Result<Priority, Unclear> {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("low") => Ok(Priority::Low),
        Some("normal") => Ok(Priority::Normal),
        Some("high") => Ok(Priority::High),
        Some("urgent") => Ok(Priority::Urgent),
        Some(_) | None => Err(Unclear::Usage),
    }
}

fn overriding(words: Words<'_>) -> Result<Command, Unclear> {
    let (target, reason) = words.part();
    Ok(Command::OverrideState { target: state(target)?, reason: text(reason.text, Limits::REASON)? })
}

/// A state that an administrator may ask for: the others need people who hold or promise something.
fn state(word: &str) -> Result<StateKind, Unclear> {
    match word.to_ascii_lowercase().as_str() {
        "open" => Ok(StateKind::Open),
        "resolved" => Ok(StateKind::Resolved),
        "closed" => Ok(StateKind::Closed),
        _ => Err(Unclear::Usage),
    }
}

fn hold_reason(word: Option<&str>) -> Result<HoldReason, Unclear> {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("reporter") => Ok(HoldReason::Reporter),
        Some("external") => Ok(HoldReason::External),
        Some(_) | None => Err(Unclear::Usage),
    }
}

/// A person and a reason. Behind an account that the platform names, the reason is put together from its words.
fn revoke(words: Words<'_>, platform: Platform) -> Result<Wanted<'_>, Unclear> {
    let (who, others) = words.named.split_first().ok_or(Unclear::Usage)?;
    let reason = match who {
        Named::Word(_) => words.part().1.text.to_owned(),
        Named::Account(_) | Named::Circle(_) => {
            let words = others.iter().map(|named| match named {
                Named::Word(word) => word.as_str(),
                Named::Account(profile) => profile.name.as_str(),
                Named::Circle(circle) => circle.name(),
            });
            words.collect::<Vec<_>>().join(" ")
        }
    };
    let who = read(platform, who)?;
    Ok(Wanted::Revoke { who, reason: text(&reason, Limits::REASON)? })
}
