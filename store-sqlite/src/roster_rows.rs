//! The rows of a roster: one each for company, setting, group, refused right, grant, team, member and schedule.

use std::collections::{BTreeMap, BTreeSet};

use incident_core::ids::{ChatRef, CompanyId, GroupId, TeamId, Version};
use incident_core::ports::Tenancy;
use incident_core::roster::{Grant, Grantee, Group, Right, Roster, Schedule, Settings, Team};
use incident_core::time::Timestamp;
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::error::Fault;
use crate::rows::{Record, holder, word};

/// Reads a roster. Its rows are of one instant only if a transaction is open.
pub(crate) fn load(connection: &Connection, company: CompanyId) -> Result<Option<Roster>, Fault> {
    let key = company.to_string();
    let Some(mut roster) = bare(connection, company, &key)? else {
        return Ok(None);
    };
    roster.groups = groups(connection, &key)?;
    roster.teams = teams(connection, &key)?;
    roster.settings = settings(connection, &key)?;
    roster.schedules = schedules(connection, &key)?;
    Ok(Some(roster))
}

/// Reads the row of the company itself.
fn bare(connection: &Connection, company: CompanyId, key: &str) -> Result<Option<Roster>, Fault> {
    let mut select = connection
        .prepare_cached("SELECT name, version, updated_at, watched_until FROM companies WHERE id = ?1")?;
    let mut rows = select.query([key])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let record = Record::new(row, "companies", &key);
    Ok(Some(Roster {
        company,
        name: record.text_of("name")?,
        version: Version::new(record.value("version")?),
        updated_at: record.instant("updated_at")?,
        groups: BTreeMap::new(),
        teams: BTreeMap::new(),
        settings: Settings::default(),
        schedules: Vec::new(),
        watched_until: record.value::<Option<i64>>("watched_until")?.map(Timestamp::from_micros),
    }))
}

fn groups(connection: &Connection, company: &str) -> Result<BTreeMap<GroupId, Group>, Fault> {
    let mut groups = BTreeMap::new();
    let mut select =
        connection.prepare_cached("SELECT id, chat, title, status FROM groups WHERE company = ?1")?;
    let mut rows = select.query([company])?;
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "groups", &company);
        let group = Group {
            id: record.id("id")?,
            chat: record.chat("chat")?,
            title: record.text_of("title")?,
            status: record.word("status")?,
            grants: BTreeSet::new(),
            refused: BTreeSet::new(),
        };
        groups.insert(group.id, group);
    }
    let mut select =
        connection.prepare_cached("SELECT group_id, role, person, handle FROM grants WHERE company = ?1")?;
    let mut rows = select.query([company])?;
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "grants", &company);
        let grant = Grant { role: record.word("role")?, to: record.grantee()? };
        if let Some(group) = groups.get_mut(&record.id("group_id")?) {
            group.grants.insert(grant);
        }
    }
    let mut select =
        connection.prepare_cached("SELECT group_id, \"right\" FROM refused_rights WHERE company = ?1")?;
    let mut rows = select.query([company])?;
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "refused_rights", &company);
        let right: Right = record.word("right")?;
        if let Some(group) = groups.get_mut(&record.id("group_id")?) {
            group.refused.insert(right);
        }
    }
    Ok(groups)
}

fn teams(connection: &Connection, company: &str) -> Result<BTreeMap<TeamId, Team>, Fault> {
    let mut teams = BTreeMap::new();
    let mut select =
        connection.prepare_cached("SELECT id, name, restricted FROM teams WHERE company = ?1")?;
    let mut rows = select.query([company])?;
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "teams", &company);
        let id = TeamId::new(record.value("id")?);
        let (name, restricted) = (record.text_of("name")?, record.value("restricted")?);
        teams.insert(id, Team { id, name, restricted, members: BTreeSet::new() });
    }
    let mut select =
        connection.prepare_cached("SELECT team, person, handle FROM team_members WHERE company = ?1")?;
    let mut rows = select.query([company])?;
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "team_members", &company);
        let member = record.grantee()?;
        if let Some(team) = teams.get_mut(&TeamId::new(record.value("team")?)) {
            team.members.insert(member);
        }
    }
    Ok(teams)
}

/// Each setting is a row with its value as JSON, so that a new one needs no new column.
fn settings(connection: &Connection, company: &str) -> Result<Settings, Fault> {
    let mut select = connection.prepare_cached("SELECT setting, value FROM settings WHERE company = ?1")?;
    let mut rows = select.query([company])?;
    let mut settings = Map::new();
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "settings", &company);
        settings.insert(record.value("setting")?, record.json("value")?);
    }
    serde_json::from_value(Value::Object(settings)).map_err(|error| Fault::Unreadable {
        table: "settings",
        column: "value",
        key: company.to_owned(),
        source: error.into(),
    })
}

/// Reads who is on duty when, in the order of groups, teams and people.
fn schedules(connection: &Connection, company: &str) -> Result<Vec<Schedule>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT group_id, team, person, handle, since, week FROM schedules WHERE company = ?1",
    )?;
    let mut rows = select.query([company])?;
    let mut schedules = Vec::new();
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "schedules", &company);
        schedules.push(Schedule {
            group: record.id("group_id")?,
            team: record.value::<Option<u16>>("team")?.map(TeamId::new),
            who: record.grantee()?,
            since: record.instant("since")?,
            week: record.json("week")?,
        });
    }
    schedules.sort_by_key(|schedule| (schedule.group, schedule.team, schedule.who.clone()));
    Ok(schedules)
}

/// Writes who is on duty when.
pub(crate) fn write_schedules(
    connection: &Connection,
    company: &str,
    schedules: &[Schedule],
) -> Result<(), Fault> {
    connection.execute("DELETE FROM schedules WHERE company = ?1", [company])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO schedules (company, group_id, team, person, handle, since, week)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for Schedule { group, team, who, since, week } in schedules {
        let ((person, handle), week) = (holder(who), serde_json::to_string(week)?);
        let team = team.map(TeamId::get);
        insert.execute(params![company, group.to_string(), team, person, handle, since.as_micros(), week])?;
    }
    Ok(())
}

/// Moves the wake of a company; `false` if its roster has another version.
pub(crate) fn reschedule(
    connection: &Connection,
    company: &str,
    version: Version,
    wake_at: Option<Timestamp>,
) -> Result<bool, Fault> {
    let mut update =
        connection.prepare_cached("UPDATE companies SET wake_at = ?3 WHERE id = ?1 AND version = ?2")?;
    Ok(update.execute(params![company, version.get(), wake_at.map(Timestamp::as_micros)])? == 1)
}

/// Writes the company itself, and when it must be looked at again.
pub(crate) fn write_company(
    connection: &Connection,
    company: &str,
    roster: &Roster,
    wake_at: Option<Timestamp>,
) -> Result<(), Fault> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO companies (id, name, version, updated_at, wake_at, watched_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET name = excluded.name, version = excluded.version,
            updated_at = excluded.updated_at, wake_at = excluded.wake_at,
            watched_until = excluded.watched_until",
    )?;
    let (version, updated_at) = (roster.version.get(), roster.updated_at.as_micros());
    let [wake_at, watched] = [wake_at, roster.watched_until].map(|at| at.map(Timestamp::as_micros));
    Ok(upsert
        .execute(params![company, roster.name.as_str(), version, updated_at, wake_at, watched])
        .map(drop)?)
}

/// Writes all settings that have a value.
pub(crate) fn write_settings(
    connection: &Connection,
    company: &str,
    settings: &Settings,
) -> Result<(), Fault> {
    let Value::Object(settings) = serde_json::to_value(settings)? else {
        return Err(Fault::Refused("settings are not written as an object"));
    };
    // What a newer program has set stays as it is: this one knows nothing of it.
    for setting in Settings::NAMES {
        connection.execute("DELETE FROM settings WHERE company = ?1 AND setting = ?2", [company, setting])?;
    }
    for (setting, value) in settings.iter().filter(|(_, value)| !value.is_null()) {
        connection.execute(
            "INSERT INTO settings (company, setting, value) VALUES (?1, ?2, ?3)",
            [company, setting, &value.to_string()],
        )?;
    }
    Ok(())
}

/// Deletes a group with everything that belongs to it.
pub(crate) fn delete_group(connection: &Connection, company: &str, group: GroupId) -> Result<(), Fault> {
    let sql = "DELETE FROM groups WHERE company = ?1 AND id = ?2";
    Ok(connection.execute(sql, [company, &group.to_string()]).map(drop)?)
}

/// Inserts a group with everything that belongs to it.
pub(crate) fn insert_group(connection: &Connection, company: &str, group: &Group) -> Result<(), Fault> {
    let id = group.id.to_string();
    connection.execute(
        "INSERT INTO groups (company, id, chat, title, status) VALUES (?1, ?2, ?3, ?4, ?5)",
        [company, &id, &group.chat.to_string(), group.title.as_str(), group.status.as_str()],
    )?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO grants (company, group_id, role, person, handle) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for Grant { role, to } in &group.grants {
        let (person, handle) = holder(to);
        insert.execute(params![company, id, word(role)?, person, handle])?;
    }
    for right in &group.refused {
        connection.execute(
            "INSERT INTO refused_rights (company, group_id, \"right\") VALUES (?1, ?2, ?3)",
            [company, &id, &word(right)?],
        )?;
    }
    Ok(())
}

/// Deletes a team with its members.
pub(crate) fn delete_team(connection: &Connection, company: &str, team: TeamId) -> Result<(), Fault> {
    let sql = "DELETE FROM teams WHERE company = ?1 AND id = ?2";
    Ok(connection.execute(sql, params![company, team.get()]).map(drop)?)
}

/// Inserts a team with its members.
pub(crate) fn insert_team(connection: &Connection, company: &str, team: &Team) -> Result<(), Fault> {
    connection.execute(
        "INSERT INTO teams (company, id, name, restricted) VALUES (?1, ?2, ?3, ?4)",
        params![company, team.id.get(), team.name.as_str(), team.restricted],
    )?;
    let mut insert = connection
        .prepare_cached("INSERT INTO team_members (company, team, person, handle) VALUES (?1, ?2, ?3, ?4)")?;
    for (person, handle) in team.members.iter().map(|member: &Grantee| holder(member)) {
        insert.execute(params![company, team.id.get(), person, handle])?;
    }
    Ok(())
}

/// Writes which chats are linked with which groups.
pub(crate) fn write_mirrors(connection: &Connection, company: &str, roster: &Roster) -> Result<(), Fault> {
    connection.execute("DELETE FROM mirrors WHERE company = ?1", [company])?;
    let mut insert =
        connection.prepare_cached("INSERT INTO mirrors (chat, company, group_id) VALUES (?1, ?2, ?3)")?;
    for (group, mirrors) in &roster.settings.links.mirrors {
        for mirror in mirrors {
            insert.execute([&mirror.chat.to_string(), company, &group.to_string()])?;
        }
    }
    Ok(())
}

pub(crate) const TENANCY: &str = "SELECT company, id FROM groups WHERE chat = ?1
    UNION ALL SELECT company, group_id FROM mirrors WHERE chat = ?1";

/// Tells which company and group a chat belongs to.
pub(crate) fn tenancy(connection: &Connection, chat: &ChatRef) -> Result<Option<Tenancy>, Fault> {
    let chat = chat.to_string();
    let mut select = connection.prepare_cached(TENANCY)?;
    let mut rows = select.query([&chat])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let record = Record::new(row, "groups", &chat);
    Ok(Some(Tenancy { company: record.id("company")?, group: record.id("id")? }))
}

/// Lists all companies, in the order of their ids.
pub(crate) fn companies(connection: &Connection) -> Result<Vec<CompanyId>, Fault> {
    let mut select = connection.prepare_cached("SELECT id FROM companies ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut companies = Vec::new();
    while let Some(row) = rows.next()? {
        companies.push(Record::new(row, "companies", &companies.len()).id("id")?);
    }
    Ok(companies)
}
