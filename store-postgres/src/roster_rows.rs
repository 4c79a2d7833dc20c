//! The rows of a roster: one each for company, setting, group, refused right, grant, team, member and schedule.

use std::collections::{BTreeMap, BTreeSet};

use incident_core::ids::{ChatRef, CompanyId, GroupId, TeamId, Version};
use incident_core::ports::Tenancy;
use incident_core::roster::{Grant, Grantee, Group, Right, Roster, Schedule, Settings, Team};
use incident_core::time::Timestamp;
use serde_json::{Map, Value};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::error::Fault;
use crate::rows::{Record, holder, word};

/// Reads a roster. Its rows are of one instant only if a transaction is open.
pub(crate) async fn load(db: &mut PgConnection, company: CompanyId) -> Result<Option<Roster>, Fault> {
    let key = company.to_string();
    let Some(mut roster) = bare(db, company, &key).await? else {
        return Ok(None);
    };
    roster.groups = groups(db, &key).await?;
    roster.teams = teams(db, &key).await?;
    roster.settings = settings(db, &key).await?;
    roster.schedules = schedules(db, &key).await?;
    Ok(Some(roster))
}

/// Reads the row of the company itself.
async fn bare(db: &mut PgConnection, company: CompanyId, key: &str) -> Result<Option<Roster>, Fault> {
    let sql = "SELECT name, version, updated_at, watched_until FROM companies WHERE id = $1";
    let Some(row) = rows(db, sql, key).await?.pop() else {
        return Ok(None);
    };
    let record = Record::new(&row, "companies", &key);
    Ok(Some(Roster {
        company,
        name: record.text_of("name")?,
        version: Version::new(record.integer("version")?),
        updated_at: record.instant("updated_at")?,
        groups: BTreeMap::new(),
        teams: BTreeMap::new(),
        settings: Settings::default(),
        schedules: Vec::new(),
        watched_until: record.value::<Option<i64>>("watched_until")?.map(Timestamp::from_micros),
    }))
}

async fn groups(db: &mut PgConnection, company: &str) -> Result<BTreeMap<GroupId, Group>, Fault> {
    let mut groups = BTreeMap::new();
    let sql = "SELECT id, chat, title, status FROM groups WHERE company = $1";
    for row in &rows(db, sql, company).await? {
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
    let sql = "SELECT group_id, role, person, handle FROM grants WHERE company = $1";
    for row in &rows(db, sql, company).await? {
        let record = Record::new(row, "grants", &company);
        let grant = Grant { role: record.word("role")?, to: record.grantee()? };
        if let Some(group) = groups.get_mut(&record.id("group_id")?) {
            group.grants.insert(grant);
        }
    }
    let sql = "SELECT group_id, \"right\" FROM refused_rights WHERE company = $1";
    for row in &rows(db, sql, company).await? {
        let record = Record::new(row, "refused_rights", &company);
        let right: Right = record.word("right")?;
        if let Some(group) = groups.get_mut(&record.id("group_id")?) {
            group.refused.insert(right);
        }
    }
    Ok(groups)
}

async fn teams(db: &mut PgConnection, company: &str) -> Result<BTreeMap<TeamId, Team>, Fault> {
    let mut teams = BTreeMap::new();
    let sql = "SELECT id, name, restricted FROM teams WHERE company = $1";
    for row in &rows(db, sql, company).await? {
        let record = Record::new(row, "teams", &company);
        let id = TeamId::new(record.integer("id")?);
        let (name, restricted) = (record.text_of("name")?, record.value("restricted")?);
        teams.insert(id, Team { id, name, restricted, members: BTreeSet::new() });
    }
    let sql = "SELECT team, person, handle FROM team_members WHERE company = $1";
    for row in &rows(db, sql, company).await? {
        let record = Record::new(row, "team_members", &company);
        let member = record.grantee()?;
        if let Some(team) = teams.get_mut(&TeamId::new(record.integer("team")?)) {
            team.members.insert(member);
        }
    }
    Ok(teams)
}

/// Each setting is a row with its value as JSON, so that a new one needs no new column.
async fn settings(db: &mut PgConnection, company: &str) -> Result<Settings, Fault> {
    let mut settings = Map::new();
    let sql = "SELECT setting, value FROM settings WHERE company = $1";
    for row in &rows(db, sql, company).await? {
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
async fn schedules(db: &mut PgConnection, company: &str) -> Result<Vec<Schedule>, Fault> {
    let sql = "SELECT group_id, team, person, handle, since, week FROM schedules WHERE company = $1";
    let mut schedules = Vec::new();
    for row in &rows(db, sql, company).await? {
        let record = Record::new(row, "schedules", &company);
        let team = record.value::<Option<i64>>("team")?.map(u16::try_from).transpose();
        let team = team.map_err(|error| record.unreadable("team", error))?;
        schedules.push(Schedule {
            group: record.id("group_id")?,
            team: team.map(TeamId::new),
            who: record.grantee()?,
            since: record.instant("since")?,
            week: record.json("week")?,
        });
    }
    schedules.sort_by_key(|schedule| (schedule.group, schedule.team, schedule.who.clone()));
    Ok(schedules)
}

/// Writes who is on duty when.
pub(crate) async fn write_schedules(
    db: &mut PgConnection,
    company: &str,
    schedules: &[Schedule],
) -> Result<(), Fault> {
    sqlx::query("DELETE FROM schedules WHERE company = $1").bind(company).execute(&mut *db).await?;
    for Schedule { group, team, who, since, week } in schedules {
        let ((person, handle), week) = (holder(who), serde_json::to_string(week)?);
        let insert = sqlx::query(
            "INSERT INTO schedules (company, group_id, team, person, handle, since, week)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        );
        let insert =
            insert.bind(company).bind(group.to_string()).bind(team.map(|team| i64::from(team.get())));
        let insert = insert.bind(person).bind(handle).bind(since.as_micros()).bind(week);
        insert.execute(&mut *db).await?;
    }
    Ok(())
}

/// Moves the wake of a company; `false` if its roster has another version.
pub(crate) async fn reschedule(
    db: &mut PgConnection,
    company: &str,
    version: Version,
    wake_at: Option<Timestamp>,
) -> Result<bool, Fault> {
    let update = sqlx::query("UPDATE companies SET wake_at = $3 WHERE id = $1 AND version = $2");
    let update = update.bind(company).bind(i64::from(version.get())).bind(wake_at.map(Timestamp::as_micros));
    Ok(update.execute(db).await?.rows_affected() == 1)
}

/// Reads what belongs to a company.
async fn rows(db: &mut PgConnection, sql: &'static str, company: &str) -> Result<Vec<PgRow>, Fault> {
    Ok(sqlx::query(sql).bind(company).fetch_all(db).await?)
}

/// Writes the company itself.
pub(crate) async fn write_company(
    db: &mut PgConnection,
    company: &str,
    roster: &Roster,
    wake_at: Option<Timestamp>,
) -> Result<(), Fault> {
    let upsert = sqlx::query(
        "INSERT INTO companies (id, name, version, updated_at, wake_at, watched_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version,
            updated_at = excluded.updated_at, wake_at = excluded.wake_at,
            watched_until = excluded.watched_until",
    );
    let upsert = upsert.bind(company).bind(roster.name.as_str()).bind(i64::from(roster.version.get()));
    let upsert = upsert.bind(roster.updated_at.as_micros()).bind(wake_at.map(Timestamp::as_micros));
    Ok(upsert.bind(roster.watched_until.map(Timestamp::as_micros)).execute(db).await.map(drop)?)
}

/// Writes all settings that have a value.
pub(crate) async fn write_settings(
    db: &mut PgConnection,
    company: &str,
    settings: &Settings,
) -> Result<(), Fault> {
    // What a newer program has set stays as it is: this one knows nothing of it.
    let known = Settings::NAMES.map(str::to_owned).to_vec();
    let delete = sqlx::query("DELETE FROM settings WHERE company = $1 AND setting = ANY ($2)");
    delete.bind(company).bind(known).execute(&mut *db).await?;
    let Value::Object(settings) = serde_json::to_value(settings)? else {
        return Err(Fault::Refused("settings are not written as an object"));
    };
    for (setting, value) in settings.iter().filter(|(_, value)| !value.is_null()) {
        let insert = sqlx::query("INSERT INTO settings (company, setting, value) VALUES ($1, $2, $3)");
        insert.bind(company).bind(setting).bind(value.to_string()).execute(&mut *db).await?;
    }
    Ok(())
}

/// Deletes a group with everything that belongs to it.
pub(crate) async fn delete_group(db: &mut PgConnection, company: &str, group: GroupId) -> Result<(), Fault> {
    let delete = sqlx::query("DELETE FROM groups WHERE company = $1 AND id = $2");
    Ok(delete.bind(company).bind(group.to_string()).execute(db).await.map(drop)?)
}

/// Inserts a group with everything that belongs to it.
pub(crate) async fn insert_group(db: &mut PgConnection, company: &str, group: &Group) -> Result<(), Fault> {
    let id = group.id.to_string();
    let insert =
        sqlx::query("INSERT INTO groups (company, id, chat, title, status) VALUES ($1, $2, $3, $4, $5)");
    let insert = insert.bind(company).bind(&id).bind(group.chat.to_string());
    insert.bind(group.title.as_str()).bind(group.status.as_str()).execute(&mut *db).await?;
    for Grant { role, to } in &group.grants {
        let (person, handle) = holder(to);
        let insert = sqlx::query(
            "INSERT INTO grants (company, group_id, role, person, handle) VALUES ($1, $2, $3, $4, $5)",
        );
        let insert = insert.bind(company).bind(&id).bind(word(role)?).bind(person).bind(handle);
        insert.execute(&mut *db).await?;
    }
    for right in &group.refused {
        let insert =
            sqlx::query("INSERT INTO refused_rights (company, group_id, \"right\") VALUES ($1, $2, $3)");
        insert.bind(company).bind(&id).bind(word(right)?).execute(&mut *db).await?;
    }
    Ok(())
}

/// Deletes a team with its members.
pub(crate) async fn delete_team(db: &mut PgConnection, company: &str, team: TeamId) -> Result<(), Fault> {
    let delete = sqlx::query("DELETE FROM teams WHERE company = $1 AND id = $2");
    Ok(delete.bind(company).bind(i64::from(team.get())).execute(db).await.map(drop)?)
}

/// Inserts a team with its members.
pub(crate) async fn insert_team(db: &mut PgConnection, company: &str, team: &Team) -> Result<(), Fault> {
    let id = i64::from(team.id.get());
    let insert = sqlx::query("INSERT INTO teams (company, id, name, restricted) VALUES ($1, $2, $3, $4)");
    let insert = insert.bind(company).bind(id).bind(team.name.as_str()).bind(team.restricted);
    insert.execute(&mut *db).await?;
    for (person, handle) in team.members.iter().map(|member: &Grantee| holder(member)) {
        let insert =
            sqlx::query("INSERT INTO team_members (company, team, person, handle) VALUES ($1, $2, $3, $4)");
        insert.bind(company).bind(id).bind(person).bind(handle).execute(&mut *db).await?;
    }
    Ok(())
}

/// Writes which chats are linked with which groups.
pub(crate) async fn write_mirrors(
    db: &mut PgConnection,
    company: &str,
    roster: &Roster,
) -> Result<(), Fault> {
    sqlx::query("DELETE FROM mirrors WHERE company = $1").bind(company).execute(&mut *db).await?;
    for (group, mirrors) in &roster.settings.links.mirrors {
        for mirror in mirrors {
            let insert = sqlx::query("INSERT INTO mirrors (chat, company, group_id) VALUES ($1, $2, $3)");
            let insert = insert.bind(mirror.chat.to_string()).bind(company).bind(group.to_string());
            insert.execute(&mut *db).await?;
        }
    }
    Ok(())
}

pub(crate) const TENANCY: &str = "SELECT company, id FROM groups WHERE chat = $1
    UNION ALL SELECT company, group_id FROM mirrors WHERE chat = $1";

/// Tells which company and group a chat belongs to.
pub(crate) async fn tenancy(db: &mut PgConnection, chat: &ChatRef) -> Result<Option<Tenancy>, Fault> {
    let chat = chat.to_string();
    let select = sqlx::query(TENANCY).bind(&chat);
    let Some(row) = select.fetch_optional(db).await? else {
        return Ok(None);
    };
    let record = Record::new(&row, "groups", &chat);
    Ok(Some(Tenancy { company: record.id("company")?, group: record.id("id")? }))
}

/// Lists all companies, in the order of their ids.
pub(crate) async fn companies(db: &mut PgConnection) -> Result<Vec<CompanyId>, Fault> {
    let rows = sqlx::query("SELECT id FROM companies ORDER BY id").fetch_all(db).await?;
    rows.iter().enumerate().map(|(n, row)| Record::new(row, "companies", &n).id("id")).collect()
}
