//! What is kept about one person: written out for them, and erased where they ask for it.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use anyhow::{Context, bail};
use incident_core::desk::Desk;
use incident_core::ids::{CompanyId, Identity, PersonId};
use incident_core::incident::{By, Event};
use incident_core::policy::Role;
use incident_core::ports::{Called, Filed, Listing, Page, Person, Renaming, Store};
use incident_core::roster::{Grantee, Roster};
use serde::Serialize;

use crate::assemble;
use crate::cli::{self, Whose};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database::Opened;

/// How many incidents are read at once.
const PAGE: u32 = 500;

/// One line.
#[derive(Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
enum Line<'a> {
    Person {
        company: CompanyId,
        named: &'a str,
        person: &'a Person,
    },
    Role {
        company: CompanyId,
        group: &'a str,
        role: Role,
    },
    Renamed {
        company: CompanyId,
        #[serde(flatten)]
        renaming: &'a Renaming,
    },
    Team {
        company: CompanyId,
        team: &'a str,
    },
    Event {
        company: CompanyId,
        number: String,
        seq: usize,
        event: &'a Event,
    },
}

/// Does what is asked.
///
/// # Errors
/// If nobody has that account, or the database cannot be read or written.
pub async fn run(config: &Config, asked: &cli::Person) -> anyhow::Result<()> {
    match &asked.what {
        cli::About::Export(whose) => {
            let store = Opened::beside(config).await?.store();
            let mut out = BufWriter::new(io::stdout());
            export(&*store, whose, &mut out).await?;
            Ok(out.flush()?)
        }
        cli::About::Names(whose) => {
            let store = Opened::beside(config).await?.store();
            let mut out = BufWriter::new(io::stdout());
            names(&*store, whose, &mut out).await?;
            Ok(out.flush()?)
        }
        cli::About::Erase(whose) => {
            let opened = Opened::open(config).await?;
            let desk = Desk::new(opened.store(), Arc::new(SystemClock), assemble::policy(config)?);
            let changed = erase(&desk, whose).await?;
            opened.close().await;
            writeln!(io::stdout(), "erased what they had written in {changed} incidents, and their name")?;
            Ok(())
        }
    }
}

/// Writes everything that is kept about a person as JSON lines: who they are, what they may do, what they were called before,
/// and all that they did or wrote, in the order in which it happened.
///
/// # Errors
/// If nobody has that account, or the database cannot be read.
pub async fn export(store: &dyn Store, whose: &Whose, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    for (roster, person) in known(store, whose).await? {
        let company = roster.company;
        for profile in &store.people(company, &[person]).await? {
            put(out, &Line::Person { company, named: roster.name.as_str(), person: profile })?;
        }
        for renaming in &store.renamings(company, person).await? {
            put(out, &Line::Renamed { company, renaming })?;
        }
        standing(&roster, person, out)?;
        let mut after = None;
        loop {
            let page = store.list(company, &Listing::default(), Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.incident.id);
            for filed in &page {
                doings(store, filed, person, out).await?;
            }
        }
    }
    Ok(())
}

/// Writes what a person is called in each company, and how that changed, a line each, oldest first.
///
/// # Errors
/// If nobody has that account, or the database cannot be read.
pub async fn names(store: &dyn Store, whose: &Whose, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    for (roster, person) in known(store, whose).await? {
        for known in store.people(roster.company, &[person]).await? {
            writeln!(out, "{}: {}", roster.name, shown(&Called::from(&known.profile)))?;
        }
        for Renaming { at, from, to } in store.renamings(roster.company, person).await? {
            writeln!(out, "  {at}  {} -> {}", shown(&from), shown(&to))?;
        }
    }
    Ok(())
}

fn shown(called: &Called) -> String {
    let handle = called.handle.as_ref().map_or_else(String::new, |handle| format!(" @{}", handle.name()));
    format!("{}{handle}", called.name)
}

/// Writes what a person did and wrote about an incident.
async fn doings(
    store: &dyn Store,
    filed: &Filed,
    person: PersonId,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let company = filed.incident.company;
    let journal = store.history(company, filed.incident.id).await?;
    for (index, event) in journal.iter().enumerate().filter(|(_, event)| event.by == By::Person(person)) {
        put(out, &Line::Event { company, number: filed.number.to_string(), seq: index + 1, event })?;
    }
    Ok(())
}

fn standing(roster: &Roster, person: PersonId, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let (company, own) = (roster.company, Grantee::Person(person));
    for group in roster.groups.values() {
        for grant in group.grants.iter().filter(|grant| grant.to == own) {
            put(out, &Line::Role { company, group: group.title.as_str(), role: grant.role })?;
        }
    }
    for team in roster.teams.values().filter(|team| team.members.contains(&own)) {
        put(out, &Line::Team { company, team: team.name.as_str() })?;
    }
    Ok(())
}

fn put(out: &mut (dyn Write + Send), line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Erases what a person wrote; returns in how many incidents they had written anything.
///
/// # Errors
/// If nobody has that account, or the database cannot be written.
pub async fn erase(desk: &Desk, whose: &Whose) -> anyhow::Result<u64> {
    let mut changed = 0;
    let mut companies: Vec<CompanyId> =
        known(&**desk.store(), whose).await?.into_iter().map(|(roster, _)| roster.company).collect();
    companies.dedup();
    for company in companies {
        changed += desk.forget_person(company, &whose.account).await?.unwrap_or(0);
    }
    Ok(changed)
}

/// Finds the companies that know an account, and everybody who that person is known as there.
async fn known(store: &dyn Store, whose: &Whose) -> anyhow::Result<Vec<(Roster, PersonId)>> {
    let Identity { platform, user } = &whose.account;
    let mut known = Vec::new();
    for company in store.companies().await? {
        let roster = store.roster(company).await?.context("a company has no roster: see `verify`")?;
        let wanted = whose.company.as_deref();
        if wanted.is_some_and(|wanted| roster.name.as_str() != wanted && company.to_string() != wanted) {
            continue;
        }
        if let Some(person) = store.by_account(company, &whose.account).await? {
            // Whoever has several accounts is one person, whichever of them is named.
            let accounts: Vec<PersonId> = roster.known_as(roster.who(person)).collect();
            known.extend(accounts.into_iter().map(|person| (roster.clone(), person)));
        }
    }
    if known.is_empty() {
        bail!("no company knows the account {platform}:{user}");
    }
    Ok(known)
}
