//! A roster commit. It compares the roster before with the one after and writes the groups and teams that
//! differ: rosters are small and change seldom.

use std::collections::BTreeSet;

use incident_core::ids::Version;
use incident_core::ports::RosterCommit;
use incident_core::roster::{Group, Roster, RosterEvent, Team};
use incident_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::commit::Refusal;
use crate::error::Fault;
use crate::messages;
use crate::outbox;
use crate::owing::{Debt, Owing};
use crate::requests::Request;
use crate::roster_rows as rows;
use crate::rows::{Record, actor, tag};

/// A roster commit with what takes time to put into the form of its rows.
pub(crate) struct RosterDraft {
    expected: Version,
    request: Option<Request>,
    company: String,
    roster: Roster,
    wake_at: Option<Timestamp>,
    events: Vec<(RosterEvent, String)>,
    owing: Owing,
}

impl RosterDraft {
    pub(crate) fn new(commit: RosterCommit) -> Result<Self, Fault> {
        let RosterCommit { expected, origin, roster, events, effects, wake_at, at, .. } = commit;
        let company = roster.company;
        let with_body = |event: RosterEvent| {
            let body = serde_json::to_string(&event.fact)?;
            Ok::<_, Fault>((event, body))
        };
        let debts: Result<Vec<_>, _> =
            effects.iter().map(|effect| Debt::of_roster(&roster, effect)).collect();
        Ok(Self {
            expected,
            request: origin.map(|origin| Request::new(origin, company, None, at)),
            company: company.to_string(),
            events: events.into_iter().map(with_body).collect::<Result<_, _>>()?,
            owing: Owing::new(company, at, None, debts?.into_iter().flatten().collect()),
            roster,
            wake_at,
        })
    }

    /// Writes the commit into the transaction that is open.
    pub(crate) fn write(&self, connection: &Connection) -> Result<Result<(), Refusal>, Fault> {
        if let Some(request) = &self.request
            && let Some(answered) = request.write(connection)?
        {
            return Ok(Err(Refusal::AlreadyApplied(answered)));
        }
        let (expected, actual) = (self.expected, version(connection, &self.company)?);
        if actual != expected {
            self.request.as_ref().map_or(Ok(()), |request| request.undo(connection))?;
            return Ok(Err(Refusal::Conflict { expected, actual }));
        }
        self.check_chats(connection)?;
        let before = rows::load(connection, self.roster.company)?;
        rows::write_company(connection, &self.company, &self.roster, self.wake_at)?;
        self.write_groups(connection, before.as_ref())?;
        self.write_teams(connection, before.as_ref())?;
        if before.as_ref().map(|before| &before.settings) != Some(&self.roster.settings) {
            rows::write_settings(connection, &self.company, &self.roster.settings)?;
            rows::write_mirrors(connection, &self.company, &self.roster)?;
        }
        if before.as_ref().map(|before| &before.schedules) != Some(&self.roster.schedules) {
            rows::write_schedules(connection, &self.company, &self.roster.schedules)?;
        }
        self.write_events(connection)?;
        self.move_chats(connection, before.as_ref())?;
        self.owing.write(connection, &self.company)?;
        Ok(Ok(()))
    }

    /// Refuses a chat that would belong to two groups.
    fn check_chats(&self, connection: &Connection) -> Result<(), Fault> {
        let mut own = BTreeSet::new();
        let mut select = connection.prepare_cached(
            "SELECT 1 FROM groups WHERE chat = ?1 AND company <> ?2
             UNION ALL SELECT 1 FROM mirrors WHERE chat = ?1 AND company <> ?2",
        )?;
        for (chat, _) in self.roster.all_chats() {
            let theirs = select.exists([&chat.to_string(), &self.company])?;
            if theirs || !own.insert(chat) {
                return Err(Fault::Refused("the chat belongs to another group"));
            }
        }
        Ok(())
    }

    /// Writes the groups that differ; all rows go before any comes, since chats may swap.
    fn write_groups(&self, connection: &Connection, before: Option<&Roster>) -> Result<(), Fault> {
        let old = |group: &Group| before.and_then(|before| before.groups.get(&group.id));
        for group in before.into_iter().flat_map(|before| before.groups.values()) {
            if self.roster.groups.get(&group.id) != Some(group) {
                rows::delete_group(connection, &self.company, group.id)?;
            }
        }
        for group in self.roster.groups.values().filter(|group| old(group) != Some(group)) {
            rows::insert_group(connection, &self.company, group)?;
        }
        Ok(())
    }

    fn write_teams(&self, connection: &Connection, before: Option<&Roster>) -> Result<(), Fault> {
        let old = |team: &Team| before.and_then(|before| before.teams.get(&team.id));
        for team in before.into_iter().flat_map(|before| before.teams.values()) {
            if self.roster.teams.get(&team.id) != Some(team) {
                rows::delete_team(connection, &self.company, team.id)?;
            }
        }
        for team in self.roster.teams.values().filter(|team| old(team) != Some(team)) {
            rows::insert_team(connection, &self.company, team)?;
        }
        Ok(())
    }

    fn write_events(&self, connection: &Connection) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO roster_events (company, seq, at, actor, person, type, body, request)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let mut version = self.expected;
        for (event, body) in &self.events {
            version = version.next();
            let (actor, person) = actor(event.by);
            let (version, at) = (version.get(), event.at.as_micros());
            let request = self.request.as_ref().map(Request::key);
            insert.execute(params![self.company, version, at, actor, person, tag(body)?, body, request])?;
        }
        Ok(())
    }

    /// Lets what is owed and parked follow the chats that moved, and forgets the messages left behind. What is owed in a
    /// chat that was left is owed no more, but for what needs no chat.
    fn move_chats(&self, connection: &Connection, before: Option<&Roster>) -> Result<(), Fault> {
        let Some(before) = before else {
            return Ok(());
        };
        for chat in before.left_in(&self.roster) {
            outbox::forget_chat(connection, &self.company, &chat)?;
        }
        let moves = before.moves_to(&self.roster);
        if moves.is_empty() {
            return Ok(());
        }
        for (from, _) in &moves {
            messages::forget_chat(connection, &self.company, from)?;
        }
        outbox::move_chats(connection, &self.company, &moves)
    }
}

/// Returns the version of a roster, [`Version::NONE`] if there is none.
pub(crate) fn version(connection: &Connection, company: &str) -> Result<Version, Fault> {
    let mut select = connection.prepare_cached("SELECT version FROM companies WHERE id = ?1")?;
    let version = select.query_row([company], |row| row.get(0)).optional()?;
    Ok(version.map_or(Version::NONE, Version::new))
}

/// Reads the journal of a roster.
pub(crate) fn history(connection: &Connection, company: &str) -> Result<Vec<RosterEvent>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT seq, at, actor, person, body FROM roster_events WHERE company = ?1 ORDER BY seq",
    )?;
    let mut rows = select.query([company])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let key = format!("{company} {}", events.len() + 1);
        let record = Record::new(row, "roster_events", &key);
        record.check_sequence(events.len())?;
        events.push(RosterEvent { at: record.instant("at")?, by: record.by()?, fact: record.json("body")? });
    }
    Ok(events)
}
