//! What an old bot has kept, in words that say nothing about how it was kept: companies, people, and tales of what
//! was done to each incident. Whoever reads another bot's file makes these; the rest of the import knows only them.

use std::collections::{BTreeMap, BTreeSet};

use incident_core::incident::{Level, StateKind};
use incident_core::roster::Week;
use incident_core::time::Timestamp;

/// Names a person as Telegram does.
pub type UserId = i64;

/// Everything but the incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct House {
    /// The companies, with their groups and teams.
    pub companies: Vec<OldCompany>,
    /// The people that were known.
    pub people: BTreeMap<UserId, OldPerson>,
    /// What was not understood, or is not taken over.
    pub remarks: Vec<String>,
}

/// A company; a group of its own where the old bot knew no companies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldCompany {
    /// What it is recognised by in a second import.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Its groups.
    pub groups: Vec<OldGroup>,
    /// Its teams.
    pub teams: Vec<OldTeam>,
}

/// A Telegram group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldGroup {
    /// Its Telegram id.
    pub chat: i64,
    /// What it is called.
    pub title: String,
    /// Whether it worked.
    pub active: bool,
    /// Its managers.
    pub managers: BTreeSet<UserId>,
    /// Managers of whom only the handle is known.
    pub manager_handles: BTreeSet<String>,
    /// Its dispatchers.
    pub responders: BTreeSet<UserId>,
    /// Who is on duty when.
    pub duties: Vec<OldDuty>,
}

/// When somebody is on duty in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldDuty {
    /// Who.
    pub user: UserId,
    /// For which department, by its number in the old file.
    pub team: Option<i64>,
    /// When.
    pub week: Week,
}

/// A department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldTeam {
    /// Its number in the old file.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Whether only members of some team may choose it.
    pub restricted: bool,
    /// Who belongs to it.
    pub members: BTreeSet<UserId>,
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OldPerson {
    /// The handle they were last seen with.
    pub handle: Option<String>,
    /// Their name, as far as it is known.
    pub name: Option<String>,
    /// Their language.
    pub locale: Option<String>,
}

/// An incident: how it began, what was done to it, and where that must have led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tale {
    /// The number it had.
    pub number: String,
    /// The Telegram id of its group.
    pub chat: i64,
    /// Who reported it.
    pub reporter: UserId,
    /// The handle of the reporter at that time.
    pub reporter_handle: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The time that is written there, as if it were in UTC: the same, whatever zone it is read in.
    pub written: Timestamp,
    /// What was reported.
    pub description: String,
    /// The message that showed it.
    pub card: Option<i64>,
    /// By which rules it was handled.
    pub rules: OldRules,
    /// What was done, oldest first.
    pub deeds: Vec<Deed>,
    /// The state it is said to have.
    pub ends: StateKind,
    /// The level it is said to have.
    pub level: Level,
    /// What was not understood.
    pub remarks: Vec<String>,
}

/// By which rules an incident was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldRules {
    /// Two tiers, one holder.
    TwoTier,
    /// Departments, several holders; whether it began by waiting for one.
    Departments {
        /// Whether it did.
        routed: bool,
    },
}

/// Something that was done to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// By whom, if that is known.
    pub by: Option<UserId>,
    /// What.
    pub what: Doing,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// It was claimed, or joined.
    Claim,
    /// The claim was given back.
    Release,
    /// It came to a department.
    Route(i64),
    /// The managers were asked.
    Escalate,
    /// A summary was promised.
    Promise,
    /// It was resolved, with a summary if one was kept.
    Resolve(Option<String>),
    /// The summary never came.
    TimeOut,
    /// Something that the desk has no word for.
    Note(String),
}
