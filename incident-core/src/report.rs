//! Reports: figures as a page for people to look at, and as a table for programs to compute with.
//!
//! What the figures are and which incidents count is said in [`figures`](crate::figures). Here they are given the names
//! of people, teams and groups, put into the words of a language, and written as HTML or CSV. Whoever gathered the
//! figures, a desk that was asked in a chat or a program at a prompt, gets the same files.

mod chart;
mod csv;
mod html;
mod table;
mod transcript;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::figures::{Figures, PersonFigures, Window};
use crate::ids::{GroupId, PersonId, TeamId};
use crate::ports::{File, FileContent};
use crate::roster::{GroupStatus, Roster};
use crate::view::{Locale, Phrase, Span};

pub use csv::csv;
pub use html::html;
pub(crate) use transcript::transcript;

/// How many people a report lists at most, in each of its tables.
const PEOPLE: usize = 50;

/// In which form a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One HTML file with everything in it.
    Html,
    /// Comma-separated values, as RFC 4180 has them.
    Csv,
}

/// Figures, with the names that they are about.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the company is called, and the group if it is about one.
    pub title: String,
    /// The figures.
    pub figures: Figures,
    people: BTreeMap<PersonId, String>,
    teams: BTreeMap<TeamId, String>,
    groups: BTreeMap<GroupId, String>,
    /// The groups that are told even if they reported nothing.
    expected: BTreeSet<GroupId>,
}

impl Report {
    /// Names what figures of a company, or of one of its groups, are about.
    pub fn new(
        figures: Figures,
        roster: &Roster,
        group: Option<GroupId>,
        people: BTreeMap<PersonId, String>,
    ) -> Self {
        let title = match group.and_then(|group| roster.groups.get(&group)) {
            Some(group) => format!("{}: {}", roster.name, group.title),
            None => roster.name.to_string(),
        };
        let teams = roster.teams.values().map(|team| (team.id, team.name.to_string())).collect();
        let groups = roster.groups.values().map(|group| (group.id, group.title.to_string())).collect();
        let asked = |id: GroupId| group.is_none_or(|group| group == id);
        let works = roster.groups.values().filter(|own| own.status == GroupStatus::Active && asked(own.id));
        let expected = works.map(|own| own.id).collect();
        Self { title, figures, people, teams, groups, expected }
    }

    /// Writes it as a file, with the days in its name. The table is in English whatever the language of people, so that
    /// programs find the same names in it everywhere.
    pub fn file(&self, form: Form, locale: &Locale) -> File {
        let (first, last) = self.ends();
        let (extension, media_type, text) = match form {
            Form::Html => ("html", "text/html", html(self, locale)),
            Form::Csv => ("csv", "text/csv", csv(self)),
        };
        let name = format!("report-{first}-{last}.{extension}");
        let bytes: Arc<[u8]> = text.into_bytes().into();
        let phrase = match form {
            Form::Html => Phrase::ReportCaption,
            Form::Csv => Phrase::ReportCaptionTable,
        };
        let about = [("title", self.title.as_str().into()), ("days", self.days(locale).into())];
        let caption = locale.line(phrase, &about);
        File { content: FileContent::Made { name, media_type, bytes }, caption }
    }

    /// Returns what somebody is called, or their number if they may not be named or are not known any more.
    fn person(&self, id: PersonId) -> String {
        self.people.get(&id).cloned().unwrap_or_else(|| format!("#{}", id.get()))
    }

    /// Says which days it is about.
    fn days(&self, locale: &Locale) -> String {
        spelled(&self.figures.window, locale)
    }

    /// Returns the first and the last day as people write them.
    fn ends(&self) -> (String, String) {
        ends(&self.figures.window)
    }
}

/// Says which days a window has.
fn spelled(window: &Window, locale: &Locale) -> String {
    let (first, last) = ends(window);
    if first == last {
        return first;
    }
    let ends = [("first", first.into()), ("last", last.into())];
    locale.line(Phrase::ReportDaysSpan, &ends).iter().map(Span::as_plain).collect()
}

fn ends(window: &Window) -> (String, String) {
    let days = || window.days().map(|day| day.to_string());
    (days().next().unwrap_or_default(), days().last().unwrap_or_default())
}

/// Lists the people whom a report on these figures names: those who resolved most, those in whose hands most was
/// escalated, and those who reported most.
pub fn named(figures: &Figures) -> Vec<PersonId> {
    let reporters = figures.reporters.iter().map(|own| own.person);
    let named: BTreeSet<_> =
        resolvers(figures).into_iter().chain(dispatchers(figures)).chain(reporters).collect();
    named.into_iter().collect()
}

/// Lists those who resolved most, in the order of the report.
fn resolvers(figures: &Figures) -> Vec<PersonId> {
    most(figures, |own| Some((own.resolved, own.active)))
}

/// Lists those who held incidents at the first level, with those in whose hands most was escalated first.
fn dispatchers(figures: &Figures) -> Vec<PersonId> {
    most(figures, |own| (own.first_level_claims > 0).then_some((own.escalations, own.first_level_claims)))
}

fn most<K: Ord>(figures: &Figures, rank: impl Fn(&PersonFigures) -> Option<K>) -> Vec<PersonId> {
    let ranked = figures.people.iter().filter_map(|(id, own)| Some((Reverse(rank(own)?), *id)));
    let mut people: Vec<_> = ranked.collect();
    people.sort();
    people.into_iter().take(PEOPLE).map(|(_, id)| id).collect()
}
