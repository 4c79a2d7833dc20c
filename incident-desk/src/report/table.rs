//! What a report says, as tables: both forms of it are written from these, so that they never tell different things.

use std::time::Duration;

use incident_core::figures::{Figures, Promise, Summary, Weekday};
use incident_core::incident::{CloseReason, StateKind};

use super::Report;

/// How many people are listed, those who resolved most.
const PEOPLE: usize = 50;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Words, perhaps somebody's.
    Text(String),
    /// How many.
    Count(u64),
    /// How many of how many.
    Share(u64, u64),
    /// How long.
    Time(Duration),
    /// Nothing to say.
    Empty,
}

/// Some rows under a heading. The first cell of a row says what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) note: &'static str,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

pub(super) const TOTALS: &str = "totals";
pub(super) const DAYS: &str = "days";
pub(super) const HOURS: &str = "hours";

/// Lists what a report says.
pub(super) fn tables(report: &Report) -> Vec<Table> {
    let figures = &report.figures;
    vec![
        totals(figures),
        times(figures),
        promises(figures),
        days(figures),
        hours(figures),
        states(figures),
        people(report),
        teams(report),
        groups(report),
        waiting(figures),
    ]
}

fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

fn totals(figures: &Figures) -> Table {
    let all = figures.counted;
    let waiting =
        figures.states.iter().filter(|(state, _)| !state.is_terminal()).map(|(_, count)| count).sum();
    let given_up = [CloseReason::Idle, CloseReason::NoSummary];
    let given_up = given_up.iter().filter_map(|reason| figures.closed.get(reason)).sum();
    let parts = [
        ("Claimed", figures.claimed),
        ("A higher level was asked", figures.escalated),
        ("Resolved", figures.resolved),
        ("Resolved at the first level", figures.resolved_first_level),
        ("Not over yet", waiting),
        ("Closed because nobody answered", given_up),
        ("Opened again", figures.reopened),
        ("Held by several people", figures.shared),
    ];
    let mut rows = vec![vec![text("Reported"), Cell::Count(all), Cell::Empty]];
    rows.extend(parts.map(|(name, count)| vec![text(name), Cell::Count(count), Cell::Share(count, all)]));
    rows.push(vec![text("Left out: cancelled or duplicates"), Cell::Count(figures.left_out), Cell::Empty]);
    let note = "Every figure is about the incidents reported on these days, without those cancelled or closed as \
        duplicates; every share is a part of all of them.";
    Table { name: TOTALS, title: "In total", note, columns: vec!["", "Incidents", "Share"], rows }
}

fn times(figures: &Figures) -> Table {
    let times = &figures.times;
    let row = |name, summary: &Summary| {
        let Summary { count, mean, p50, p90, p95, longest } = *summary;
        let mut row = vec![text(name), Cell::Count(count)];
        let times = [mean, p50, p90, p95, longest];
        row.extend(times.map(|time| if count == 0 { Cell::Empty } else { Cell::Time(time) }));
        row
    };
    let rows = vec![
        row("Report to first claim (MTTA)", &times.until_claimed),
        row("Escalation to claim above", &times.until_escalation_claimed),
        row("Report to resolution (MTTR)", &times.until_resolved),
        row("The same without time on hold", &times.until_resolved_unheld),
    ];
    let columns = vec!["", "Incidents", "Mean", "p50", "p90", "p95", "Longest"];
    let note = "Of those where it happened; where an incident was opened again, since then. h:mm:ss.";
    Table { name: "times", title: "How long it took", note, columns, rows }
}

fn promises(figures: &Figures) -> Table {
    let row = |name, promise: &Promise| {
        let Promise { within, kept, broken, undecided } = *promise;
        let all = figures.counted;
        let within = within.map_or(Cell::Empty, Cell::Time);
        let mut row = vec![text(name), within, Cell::Count(kept), Cell::Share(kept, all)];
        row.extend([Cell::Count(broken), Cell::Share(broken, all), Cell::Count(undecided)]);
        row
    };
    let promised = [
        ("Claimed", &figures.response),
        ("Claimed above after an escalation", &figures.escalation),
        ("Resolved", &figures.resolve),
    ];
    let rows = promised.into_iter().filter(|(_, promise)| promise.within.is_some());
    let rows = rows.map(|(name, promise)| row(name, promise)).collect();
    let columns = vec!["", "Within", "In time", "Share in time", "Late", "Share late", "Neither"];
    let note = "What was never done counts as late once its time is over. Neither: the time still runs, or it was never \
        asked for.";
    Table { name: "promises", title: "In time", note, columns, rows }
}

fn days(figures: &Figures) -> Table {
    let row = |day: &incident_core::figures::Day| {
        let share = Cell::Share(day.resolved, day.reported);
        vec![Cell::Text(day.date.to_string()), Cell::Count(day.reported), Cell::Count(day.resolved), share]
    };
    let rows = figures.days.iter().map(row).collect();
    let columns = vec!["", "Reported", "Resolved since", "Share of the day"];
    Table { name: DAYS, title: "Day by day", note: "By the day of the report.", columns, rows }
}

fn hours(figures: &Figures) -> Table {
    let mut columns = vec!["Hour"];
    columns.extend(Weekday::ALL.map(Weekday::as_str));
    let row = |hour: usize| {
        let mut row = vec![Cell::Text(format!("{hour:02}"))];
        row.extend(figures.hours.iter().map(|day| Cell::Count(day[hour])));
        row
    };
    let rows = (0..24).map(row).collect();
    Table { name: HOURS, title: "Hours and weekdays", note: "When they were reported.", columns, rows }
}

fn states(figures: &Figures) -> Table {
    let all = figures.counted;
    let mut rows = Vec::new();
    for state in StateKind::ALL {
        let count = figures.states.get(&state).copied().unwrap_or(0);
        rows.push(vec![text(state.as_str()), Cell::Count(count), Cell::Share(count, all)]);
    }
    for (reason, count) in &figures.closed {
        let name = format!("closed: {}", reason_word(*reason));
        rows.push(vec![Cell::Text(name), Cell::Count(*count), Cell::Share(*count, all)]);
    }
    let columns = vec!["", "Incidents", "Share"];
    Table { name: "states", title: "How they stand", note: "Now, not then.", columns, rows }
}

const fn reason_word(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Confirmed => "confirmed",
        CloseReason::Cancelled => "cancelled",
        CloseReason::NoSummary => "no summary",
        CloseReason::Idle => "idle",
        CloseReason::Admin => "by a manager",
        CloseReason::Answered => "answered",
        CloseReason::Duplicate => "duplicate",
    }
}

fn people(report: &Report) -> Table {
    let mut people: Vec<_> = report.figures.people.iter().collect();
    people.sort_by_key(|(id, own)| (std::cmp::Reverse((own.resolved, own.active)), **id));
    let row = |(id, own): &(&incident_core::ids::PersonId, &incident_core::figures::PersonFigures)| {
        let name = report.people.get(id).cloned().unwrap_or_else(|| format!("#{}", id.get()));
        let counts = [own.resolved, own.claims, own.assisted, own.released, own.passed_on, own.closed];
        let mut row = vec![Cell::Text(name)];
        row.extend(counts.map(Cell::Count));
        row.push(Cell::Time(own.active));
        row
    };
    let rows = people.iter().take(PEOPLE).map(row).collect();
    let columns =
        vec!["", "Resolved", "Claims", "Assisted", "Given back", "Passed on", "Closed under them", "Active"];
    let note =
        "Who resolved most, at most fifty people. Active: the time they held incidents, each by itself.";
    Table { name: "people", title: "People", note, columns, rows }
}

fn teams(report: &Report) -> Table {
    let mean = |summary: &Summary| {
        if summary.count == 0 { Cell::Empty } else { Cell::Time(summary.mean) }
    };
    let mut rows = Vec::new();
    for (id, team) in &report.figures.teams {
        let named = id.map(|id| (id, report.roster.teams.get(&id)));
        let name = match named {
            None => "No team".to_owned(),
            Some((_, Some(team))) => team.name.to_string(),
            Some((id, None)) => format!("#{}", id.get()),
        };
        let claimed = [mean(&team.until_claimed), Cell::Time(team.until_claimed.p90)];
        let resolved = [mean(&team.until_resolved), Cell::Time(team.until_resolved.p90)];
        let mut row = vec![Cell::Text(name), Cell::Count(team.counted), Cell::Count(team.resolved)];
        row.extend(claimed.into_iter().chain(resolved));
        rows.push(row);
    }
    let columns = vec![
        "",
        "Incidents",
        "Resolved",
        "Mean to claim",
        "p90 to claim",
        "Mean to resolve",
        "p90 to resolve",
    ];
    let note = "By the team they came to in the end, and since they came there.";
    Table { name: "teams", title: "Teams", note, columns, rows }
}

fn groups(report: &Report) -> Table {
    let all = report.figures.counted;
    let row = |(id, count): (&incident_core::ids::GroupId, &u64)| {
        let title =
            report.roster.groups.get(id).map_or_else(|| id.to_string(), |group| group.title.to_string());
        vec![Cell::Text(title), Cell::Count(*count), Cell::Share(*count, all)]
    };
    let rows = report.figures.groups.iter().map(row).collect();
    let columns = vec!["", "Incidents", "Share"];
    Table { name: "groups", title: "Groups", note: "Where they were reported.", columns, rows }
}

fn waiting(figures: &Figures) -> Table {
    let row = |waiting: &incident_core::figures::Waiting| {
        vec![
            Cell::Text(waiting.number.to_string()),
            text(waiting.state.as_str()),
            Cell::Text(figures.window.zone().written(waiting.since)),
            Cell::Time(figures.as_of.since(waiting.since)),
        ]
    };
    let rows = figures.waiting.iter().map(row).collect();
    let columns = vec!["", "State", "Reported", "Age"];
    let note = "The oldest of those that are not over yet, at most fifty.";
    Table { name: "waiting", title: "Waiting", note, columns, rows }
}
