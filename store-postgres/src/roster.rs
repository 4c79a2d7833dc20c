//! A roster commit. It compares the roster before with the one after and writes the groups and teams that
//! differ: rosters are small and change seldom, so this takes as many round trips as there are differences.

use std::collections::BTreeSet;

use incident_core::ids::{CompanyId, Version};
use incident_core::ports::RosterCommit;
use incident_core::roster::{Group, Roster, RosterEvent, Team};
use incident_core::time::Timestamp;
use sqlx::{Connection, PgConnection};

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

    /// Names the request that it answers.
    pub(crate) fn key(&self) -> Option<&str> {
        self.request.as_ref().map(Request::key)
    }

    pub(crate) const fn company(&self) -> CompanyId {
        self.roster.company
    }

    /// Writes the commit, as a transaction of its own.
    pub(crate) async fn write(&self, db: &mut PgConnection) -> Result<Result<(), Refusal>, Fault> {
        let begun = db.begin().await;
        let mut transaction = begun.map_err(|error| Fault::from(error).before_commit())?;
        let written = self.write_into(&mut transaction).await;
        let written = written.map_err(|fault| taken_chat(fault).before_commit())?;
        match written {
            Ok(()) => transaction.commit().await?,
            Err(_) => transaction.rollback().await?,
        }
        Ok(written)
    }

    async fn write_into(&self, db: &mut PgConnection) -> Result<Result<(), Refusal>, Fault> {
        if let Some(request) = &self.request
            && let Some(answered) = request.write(db).await?
        {
            return Ok(Err(Refusal::AlreadyApplied(answered)));
        }
        lock(db, "roster of", &self.company).await?;
        let (expected, actual) = (self.expected, version(db, &self.company).await?);
        if actual != expected {
            return Ok(Err(Refusal::Conflict { expected, actual }));
        }
        let before = rows::load(db, self.roster.company).await?;
        self.check_chats(db, before.as_ref()).await?;
        rows::write_company(db, &self.company, &self.roster, self.wake_at).await?;
        self.write_groups(db, before.as_ref()).await?;
        self.write_teams(db, before.as_ref()).await?;
        if before.as_ref().map(|before| &before.settings) != Some(&self.roster.settings) {
            rows::write_settings(db, &self.company, &self.roster.settings).await?;
            rows::write_mirrors(db, &self.company, &self.roster).await?;
        }
        if before.as_ref().map(|before| &before.schedules) != Some(&self.roster.schedules) {
            rows::write_schedules(db, &self.company, &self.roster.schedules).await?;
        }
        self.write_events(db).await?;
        self.move_chats(db, before.as_ref()).await?;
        self.owing.write(db, &self.company).await?;
        Ok(Ok(()))
    }

    /// Refuses a chat that would belong to two groups. Whoever takes one has its name to themselves until they have it,
    /// since it may stand in two tables.
    async fn check_chats(&self, db: &mut PgConnection, before: Option<&Roster>) -> Result<(), Fault> {
        let mut own = BTreeSet::new();
        if !self.roster.all_chats().all(|(chat, _)| own.insert(chat.to_string())) {
            return Err(TAKEN_CHAT);
        }
        let known: BTreeSet<String> =
            before.into_iter().flat_map(Roster::all_chats).map(|(chat, _)| chat.to_string()).collect();
        for chat in own.difference(&known) {
            lock(db, "chat", chat).await?;
        }
        let own: Vec<String> = own.into_iter().collect();
        let select = sqlx::query(
            "SELECT FROM groups WHERE chat = ANY ($1) AND company <> $2
             UNION ALL SELECT FROM mirrors WHERE chat = ANY ($1) AND company <> $2 LIMIT 1",
        );
        let theirs = select.bind(own).bind(&self.company).fetch_optional(db).await?;
        theirs.map_or(Ok(()), |_| Err(TAKEN_CHAT))
    }

    /// Writes the groups that differ; all rows go before any comes, since chats may swap.
    async fn write_groups(&self, db: &mut PgConnection, before: Option<&Roster>) -> Result<(), Fault> {
        let old = |group: &Group| before.and_then(|before| before.groups.get(&group.id));
        for group in before.into_iter().flat_map(|before| before.groups.values()) {
            if self.roster.groups.get(&group.id) != Some(group) {
                rows::delete_group(db, &self.company, group.id).await?;
            }
        }
        for group in self.roster.groups.values().filter(|group| old(group) != Some(group)) {
            rows::insert_group(db, &self.company, group).await?;
        }
        Ok(())
    }

    async fn write_teams(&self, db: &mut PgConnection, before: Option<&Roster>) -> Result<(), Fault> {
        let old = |team: &Team| before.and_then(|before| before.teams.get(&team.id));
        for team in before.into_iter().flat_map(|before| before.teams.values()) {
            if self.roster.teams.get(&team.id) != Some(team) {
                rows::delete_team(db, &self.company, team.id).await?;
            }
        }
        for team in self.roster.teams.values().filter(|team| old(team) != Some(team)) {
            rows::insert_team(db, &self.company, team).await?;
        }
        Ok(())
    }

    async fn write_events(&self, db: &mut PgConnection) -> Result<(), Fault> {
        let mut version = self.expected;
        for (event, body) in &self.events {
            version = version.next();
            let (actor, person) = actor(event.by);
            let insert = sqlx::query(
                "INSERT INTO roster_events (company, seq, at, actor, person, type, body, request)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            );
            let insert = insert.bind(&self.company).bind(i64::from(version.get())).bind(event.at.as_micros());
            let insert = insert.bind(actor).bind(person).bind(tag(body)?).bind(body).bind(self.key());
            insert.execute(&mut *db).await?;
        }
        Ok(())
    }

    /// Lets what is owed and parked follow the chats that moved, and forgets the messages left behind. What is owed in a
    /// chat that was left is owed no more, but for what needs no chat.
    async fn move_chats(&self, db: &mut PgConnection, before: Option<&Roster>) -> Result<(), Fault> {
        let Some(before) = before else {
            return Ok(());
        };
        for chat in before.left_in(&self.roster) {
            outbox::forget_chat(db, &self.company, &chat).await?;
        }
        let moves = before.moves_to(&self.roster);
        if moves.is_empty() {
            return Ok(());
        }
        for (from, _) in &moves {
            messages::forget_chat(db, &self.company, from).await?;
        }
        outbox::move_chats(db, &self.company, &moves).await
    }
}

const TAKEN_CHAT: Fault = Fault::Refused("the chat belongs to another group");

/// Says what it means that two rows would have one chat.
fn taken_chat(fault: Fault) -> Fault {
    if let Fault::Postgres(failure) = &fault
        && matches!(failure.constraint(), Some("groups_chat_key" | "mirrors_pkey"))
    {
        return TAKEN_CHAT;
    }
    fault
}

/// Locks a name until the transaction ends that is open.
pub(crate) async fn lock(db: &mut PgConnection, what: &str, company: &str) -> Result<(), Fault> {
    let lock = sqlx::query("SELECT lock_name($1)").bind(format!("{what} {company}"));
    Ok(lock.execute(db).await.map(drop)?)
}

/// Returns the version of a roster, [`Version::NONE`] if there is none.
pub(crate) async fn version(db: &mut PgConnection, company: &str) -> Result<Version, Fault> {
    let select = sqlx::query("SELECT version FROM companies WHERE id = $1").bind(company);
    let row = select.fetch_optional(db).await?;
    let version = row.map(|row| Record::new(&row, "companies", &company).integer("version"));
    Ok(version.transpose()?.map_or(Version::NONE, Version::new))
}

/// Reads the journal of a roster.
pub(crate) async fn history(db: &mut PgConnection, company: &str) -> Result<Vec<RosterEvent>, Fault> {
    let select =
        sqlx::query("SELECT seq, at, actor, person, body FROM roster_events WHERE company = $1 ORDER BY seq");
    let rows = select.bind(company).fetch_all(db).await?;
    let event = |(before, row)| {
        let key = format!("{company} {}", before + 1);
        let record = Record::new(row, "roster_events", &key);
        record.check_sequence(before)?;
        Ok(RosterEvent { at: record.instant("at")?, by: record.by()?, fact: record.json("body")? })
    };
    rows.iter().enumerate().map(event).collect()
}
