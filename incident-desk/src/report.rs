//! Reports: the figures of a company for people to look at and for programs to compute with.
//!
//! What the figures are and which incidents count is said in [`incident_core::figures`], how they are written in
//! [`incident_core::report`]. Here they are gathered from a database page by page.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use incident_core::figures::{Tally, Targets, Window};
use incident_core::ids::{CompanyId, GroupId};
use incident_core::policy::Policy;
use incident_core::ports::{Cases, Scope, Store, each_page};
use incident_core::report::named;
pub use incident_core::report::{Form, Report, csv, html};
use incident_core::roster::{Calendar, Roster};
use incident_core::time::Timestamp;

/// How many incidents are read at once.
const PAGE: u32 = 5_000;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The name or id of a company; `None` where there is only one.
    pub company: Option<&'a str>,
    /// The title or id of one of its groups; `None` for all.
    pub group: Option<&'a str>,
    /// About which days.
    pub window: &'a Window,
    /// The rules that companies start from.
    pub policy: &'a Policy,
    /// The present instant.
    pub now: Timestamp,
}

/// Answers a question.
///
/// # Errors
/// If there is no such company or group, or the database cannot be read; a text that says what to do about it.
pub async fn report(store: &dyn Store, cases: &dyn Cases, asked: &Question<'_>) -> anyhow::Result<Report> {
    let roster = company(store, asked.company).await?;
    let group = asked.group.map(|named| group(&roster, named)).transpose()?;
    let targets = Targets::from(&roster.policy(asked.policy));
    let mut tally = Tally::compared(asked.window.clone(), targets, asked.now);
    let scope = Scope { from: tally.from(), ..Scope::new(roster.company, group, asked.window) };
    each_page(cases, &scope, PAGE, |page| page.iter().for_each(|case| tally.add(case))).await?;
    let figures = tally.finish();
    let people = store.people(roster.company, &named(&figures)).await?;
    let people: BTreeMap<_, _> =
        people.into_iter().map(|person| (person.id, person.profile.name.to_string())).collect();
    Ok(Report::new(figures, &roster, group, people))
}

/// Returns by which calendar a report is made if nobody says otherwise: the group's, or that of the installation.
///
/// # Errors
/// As [`report`].
pub async fn calendar(
    store: &dyn Store,
    (of_company, of_group): (Option<&str>, Option<&str>),
    base: &Calendar,
) -> anyhow::Result<Calendar> {
    let Some(named) = of_group else {
        return Ok(base.clone());
    };
    let roster = company(store, of_company).await?;
    Ok(roster.calendar(group(&roster, named)?, base))
}

async fn company(store: &dyn Store, named: Option<&str>) -> anyhow::Result<Roster> {
    let id = named.and_then(|named| named.parse::<CompanyId>().ok());
    let mut found = Vec::new();
    let mut names = Vec::new();
    for company in store.companies().await? {
        let roster = store.roster(company).await?.context("a company has no roster: see `verify`")?;
        names.push(format!("{} ({company})", roster.name));
        if named.is_none_or(|named| id == Some(company) || roster.name.as_str() == named) {
            found.push(roster);
        }
    }
    let known = if names.is_empty() { "there is none yet".to_owned() } else { names.join(", ") };
    match (found.pop(), found.is_empty(), named) {
        (Some(roster), true, _) => Ok(roster),
        (None, _, Some(_)) => bail!("no company has that name or id; the companies: {known}"),
        (None, _, None) => bail!("there is no company yet to report on"),
        (Some(_), false, _) => bail!("several companies could be meant, say which by --company: {known}"),
    }
}

fn group(roster: &Roster, named: &str) -> anyhow::Result<GroupId> {
    let id = named.parse::<GroupId>().ok();
    let mut found =
        roster.groups.values().filter(|group| id == Some(group.id) || group.title.as_str() == named);
    match (found.next(), found.next()) {
        (Some(group), None) => Ok(group.id),
        (None, _) => bail!("no group of {} has that title or id", roster.name),
        (Some(_), Some(_)) => bail!("several groups of {} have that title: say its id", roster.name),
    }
}
