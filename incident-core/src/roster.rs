//! The roster: a company with its groups, roles, teams and settings. The second aggregate, built like the
//! first: [`step`] judges commands, [`evolve`] folds what happened, every change is in a journal.
//!
//! It knows people by id only. A role may be granted to a handle that nobody has seen yet; the first time its
//! owner appears, the grant is bound to the person and the handle no longer matters.

mod admission;
mod calendar;
mod changes;
mod decide;
mod duty;
mod effective;
mod effects;
mod emoji;
mod everywhere;
mod evolve;
mod landmark;
mod linking;
mod own_settings;
mod report_limit;
mod schedule;
mod setting_name;
mod settings;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use admission::{Admission, AdmissionFact, AdmissionNews, AdmissionOrder, Went};
pub use calendar::{Calendar, WeekStart, ZoneName};
pub use changes::{SettingChange, changes, undoable};
pub use decide::step;
pub use duty::Present;
pub use effects::{Announcement, RosterEffect};
pub use emoji::{Emoji, NotOneEmoji, Sign};
pub use everywhere::RoleChange;
pub use evolve::{evolve, fold};
pub use landmark::{Landmark, NotAName, PlatformName};
pub use linking::{CODE_LASTS, Chats, Code, LinkFact, LinkOrder, Links, Mirror, Offer, With};
pub use own_settings::OwnSettings;
pub use report_limit::{NoLimit, ReportLimit};
pub use schedule::{Hours, NoSchedule, Schedule, ShiftStart, Week};
pub use setting_name::SettingName;
pub use settings::{OwnSetting, Setting, Settings};
pub use words::{MOST_WORDS, NoWords, OwnWords, Saying};

use crate::ids::{ChatRef, Circle, CompanyId, GroupId, Handle, PersonId, TeamId, Version};
use crate::incident::By;
use crate::policy::{Actor, Role, Standing};
use crate::text::Text;
use crate::time::Timestamp;

/// Whether a group may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupStatus {
    /// Waits for approval.
    Pending,
    /// Works.
    Active,
    /// Does not work any more: the bot was removed, or an administrator said so.
    Suspended,
}

impl GroupStatus {
    /// Returns the word used in stored rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// Who holds a role: somebody known, whoever turns out to own a handle, or all of a circle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// Somebody known.
    Person(PersonId),
    /// The owner of a handle, not seen yet.
    Handle(Handle),
    /// Whoever belongs to a circle of people that a platform keeps.
    Circle(Circle),
}

/// A role that somebody holds in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Who holds it.
    pub to: Grantee,
}

/// A right of ours in a chat that the platform may withhold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To pin messages.
    Pin,
    /// To write.
    Write,
    /// To open rooms for incidents, where and as the group wants them.
    Room,
    /// To keep in the log what was said in rooms.
    Log,
}

/// A chat where incidents live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its chat.
    pub chat: ChatRef,
    /// What the chat is called.
    pub title: Text,
    /// Whether it may work.
    pub status: GroupStatus,
    /// Who holds which role.
    pub grants: BTreeSet<Grant>,
    /// The rights we were refused there.
    pub refused: BTreeSet<Right>,
}

/// A responsible group of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// What it is called; unique in its company.
    pub name: Text,
    /// Whether only members of some team may choose it.
    pub restricted: bool,
    /// Who belongs to it.
    pub members: BTreeSet<Grantee>,
}

/// A company: always the fold of its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Its id.
    pub company: CompanyId,
    /// What it is called.
    pub name: Text,
    /// How many events it is the fold of.
    pub version: Version,
    /// When the last of them happened.
    pub updated_at: Timestamp,
    /// Its groups.
    pub groups: BTreeMap<GroupId, Group>,
    /// Its teams.
    pub teams: BTreeMap<TeamId, Team>,
    /// What it has set for itself.
    pub settings: Settings,
    /// When people are on duty, in the order of groups, teams and people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
    /// Up to when shifts that began were dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_until: Option<Timestamp>,
}

/// What may be asked of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum RosterCommand {
    /// Found the company.
    Found { name: Text },
    /// Add a group; it works at once, or waits for approval.
    AddGroup { group: GroupId, chat: ChatRef, title: Text, active: bool },
    /// Let a group work.
    Activate { group: GroupId },
    /// Stop a group until the bot is added again.
    Suspend { group: GroupId },
    /// Stop a group until it is approved again.
    Withdraw { group: GroupId },
    /// Name the managers of a group; those not named are managers no more.
    ConfigureManagers { group: GroupId, managers: Vec<Grantee> },
    /// Give a role.
    Grant { group: GroupId, role: Role, to: Grantee },
    /// Take a role away.
    Revoke { group: GroupId, role: Role, from: Grantee },
    /// The owner of a handle appeared.
    Bind { handle: Handle, person: PersonId },
    /// A group's chat has a new address.
    MigrateChat { group: GroupId, to: ChatRef },
    /// A right in a group's chat was refused, or works again.
    ReportRight { group: GroupId, right: Right, held: bool },
    /// Found a team.
    AddTeam { name: Text, restricted: bool },
    /// Put somebody into a team.
    JoinTeam { team: TeamId, member: Grantee },
    /// Take somebody out of a team.
    LeaveTeam { team: TeamId, member: Grantee },
    /// Say when somebody is on duty; `None` says it no more.
    SetSchedule { group: GroupId, team: Option<TeamId>, who: Grantee, week: Option<Week> },
    /// Shifts began up to an instant, these people's among them.
    BeginShifts { until: Timestamp, begun: Vec<ShiftStart> },
    /// Change a setting.
    Set { setting: Setting },
    /// Put a setting back to what it was before its last change, unless anything changed since that was looked up.
    Restore { setting: Setting, seen: Version },
    /// Lead a group on the way to being admitted.
    Admission { group: GroupId, order: AdmissionOrder },
    /// Change who has a role in the whole company.
    Everywhere { change: RoleChange },
    /// Link chats with groups, and accounts with people.
    Linking { order: LinkOrder },
}

/// Several commands that are accepted or refused together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterInput {
    /// Which company; minted by the caller where it is to be founded.
    pub company: CompanyId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// What, in this order.
    pub commands: Vec<RosterCommand>,
}

/// Something that happened to a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterEvent {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
    /// What.
    pub fact: RosterFact,
}

/// What happened, without when and by whom. The stored form is a promise, as for incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum RosterFact {
    /// The company was founded.
    CompanyFounded { name: Text },
    /// A group was added.
    GroupAdded { group: GroupId, chat: ChatRef, title: Text, active: bool },
    /// A group may work.
    GroupActivated { group: GroupId },
    /// A group may not work any more.
    GroupSuspended { group: GroupId },
    /// A group may not work until it is approved again.
    GroupWithdrawn { group: GroupId },
    /// A role was given.
    RoleGranted { group: GroupId, role: Role, to: Grantee },
    /// A role was taken away.
    RoleRevoked { group: GroupId, role: Role, from: Grantee },
    /// What was granted to a handle belongs to a person now.
    HandleBound { handle: Handle, person: PersonId },
    /// A group's chat has a new address.
    ChatMigrated { group: GroupId, to: ChatRef },
    /// A right in a group's chat was refused, or works again.
    RightChanged { group: GroupId, right: Right, held: bool },
    /// A team was founded.
    TeamAdded { team: TeamId, name: Text, restricted: bool },
    /// Somebody belongs to a team now.
    TeamJoined { team: TeamId, member: Grantee },
    /// Somebody belongs to it no more.
    TeamLeft { team: TeamId, member: Grantee },
    /// It was said when somebody is on duty.
    ScheduleSet { group: GroupId, team: Option<TeamId>, who: Grantee, week: Week },
    /// It is said no more.
    ScheduleCleared { group: GroupId, team: Option<TeamId>, who: Grantee },
    /// Shifts that began up to an instant were dealt with.
    ShiftsBegan { until: Timestamp },
    /// A setting was changed.
    SettingChanged { setting: Setting },
    /// The last change of a setting was undone.
    SettingRestored { setting: Setting },
    /// A group came further on the way to being admitted.
    Admission { group: GroupId, fact: AdmissionFact },
    /// A role was given in the whole company.
    CompanyRoleGranted { role: Role, to: Grantee },
    /// A role in the whole company was taken away.
    CompanyRoleRevoked { role: Role, from: Grantee },
    /// Something happened to chats linked with groups, or to accounts linked with people.
    Linking { fact: LinkFact },
}

/// What follows from accepted commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterStep {
    /// The roster afterwards.
    pub roster: Roster,
    /// What happened; empty if everything was so already.
    pub events: Vec<RosterEvent>,
    /// What is owed for it.
    pub effects: Vec<RosterEffect>,
}

impl Group {
    /// Lists who holds a role, by id or handle.
    pub fn holders(&self, role: Role) -> impl Iterator<Item = &Grantee> {
        self.grants.iter().filter(move |grant| grant.role == role).map(|grant| &grant.to)
    }

    /// Tells whether somebody was named manager, which is what makes a group ready to work.
    pub fn is_configured(&self) -> bool {
        self.holders(Role::Manager).next().is_some()
    }
}

impl Roster {
    /// Returns what a person is in a group. Chat and platform administrators are known elsewhere.
    pub fn standing(&self, group: GroupId, person: PersonId) -> Standing {
        self.standing_of(group, &Grantee::Person(person))
    }

    /// Tells whether anything was granted to a handle that nobody has been bound to yet.
    pub fn awaits(&self, handle: &Handle) -> bool {
        let grantee = Grantee::Handle(handle.clone());
        self.groups.values().any(|group| group.grants.iter().any(|grant| grant.to == grantee))
            || self.teams.values().any(|team| team.members.contains(&grantee))
            || self.schedules.iter().any(|schedule| schedule.who == grantee)
            || self.settings.company_grants.iter().any(|grant| grant.to == grantee)
    }

    /// Finds the group that lives in a chat, whether that is its own or one linked with it.
    pub fn group_in(&self, chat: &ChatRef) -> Option<&Group> {
        let known = self.all_chats().find(|(known, _)| *known == chat);
        known.and_then(|(_, group)| self.groups.get(&group))
    }
}
