//! What a report says, as tables: both forms of it are written from these, so that they never tell different things.

mod compared;
mod escalations;
mod origins;
mod waiting;

use std::time::Duration;

use super::Report;
use crate::figures::{Day, Figures, PersonFigures, Promise, Summary, Weekday};
use crate::incident::{CloseReason, StateKind};
use crate::view::{Locale, Phrase, Span};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Words, perhaps somebody's.
    Text(String),
    /// How many.
    Count(u64),
    /// How many of how many.
    Share(u64, u64),
    /// How long.
    Time(Duration),
    /// How many more, or fewer.
    MoreCount(i64),
    /// How much greater a share is, or how much less; all is 1.
    MoreShare(f64),
    /// How many seconds longer, or less long.
    MoreTime(i64),
    /// Nothing to say.
    Empty,
}

/// Some rows under a heading. The first cell of a row says what it is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) note: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

pub(super) const TOTALS: &str = "totals";
pub(super) const DAYS: &str = "days";
pub(super) const HOURS: &str = "hours";

/// Lists what a report says, in the words of a language.
pub(super) fn tables(report: &Report, locale: &Locale) -> Vec<Table> {
    let (figures, words) = (&report.figures, Words(locale));
    let mut tables = vec![totals(figures, words)];
    tables.extend(figures.before.as_deref().map(|before| compared::change(figures, before, words)));
    tables.extend([
        times(figures, words),
        promises(figures, words),
        escalations::resolutions(figures, words),
        escalations::way(figures, words),
        days(figures, words),
        hours(figures, words),
        states(figures, words),
        people(report, words),
        escalations::dispatchers(report, words),
        waiting::holders(figures, words),
        teams(report, words),
        origins::groups(report, words),
        origins::reporters(report, words),
        origins::tags(figures, words),
        waiting::ageing(figures, words),
        waiting::waiting(figures, words),
    ]);
    tables
}

#[derive(Clone, Copy)]
struct Words<'a>(&'a Locale);

impl Words<'_> {
    fn cell(self, phrase: Phrase) -> Cell {
        Cell::Text(self.0.text(phrase))
    }

    /// Heads rows with a title, a note and columns; that of the names has no heading.
    fn table<const N: usize>(
        self,
        name: &'static str,
        (title, note): (Phrase, Phrase),
        columns: [Phrase; N],
        rows: Vec<Vec<Cell>>,
    ) -> Table {
        let columns = columns.map(|column| self.0.text(column));
        let columns = std::iter::once(String::new()).chain(columns).collect();
        Table { name, title: self.0.text(title), note: self.0.text(note), columns, rows }
    }
}

fn totals(figures: &Figures, words: Words<'_>) -> Table {
    let all = figures.counted;
    let waiting =
        figures.states.iter().filter(|(state, _)| !state.is_terminal()).map(|(_, count)| count).sum();
    let parts = [
        (Phrase::ReportClaimed, figures.claimed),
        (Phrase::ReportEscalated, figures.escalated),
        (Phrase::ReportResolved, figures.resolved),
        (Phrase::ReportResolvedFirst, figures.resolved_first_level),
        (Phrase::ReportLive, waiting),
        (Phrase::ReportGivenUp, figures.given_up()),
        (Phrase::ReportReopened, figures.reopened),
        (Phrase::ReportShared, figures.shared),
    ];
    let mut rows = vec![vec![words.cell(Phrase::ReportReported), Cell::Count(all), Cell::Empty]];
    rows.extend(
        parts.map(|(name, count)| vec![words.cell(name), Cell::Count(count), Cell::Share(count, all)]),
    );
    rows.push(vec![words.cell(Phrase::ReportLeftOut), Cell::Count(figures.left_out), Cell::Empty]);
    let heading = (Phrase::ReportTotals, Phrase::ReportTotalsNote);
    words.table(TOTALS, heading, [Phrase::ReportIncidents, Phrase::ReportShare], rows)
}

fn times(figures: &Figures, words: Words<'_>) -> Table {
    let times = &figures.times;
    let row = |name, summary: &Summary| {
        let Summary { count, mean, p50, p90, p95, longest } = *summary;
        let mut row = vec![words.cell(name), Cell::Count(count)];
        let times = [mean, p50, p90, p95, longest];
        row.extend(times.map(|time| if count == 0 { Cell::Empty } else { Cell::Time(time) }));
        row
    };
    let rows = vec![
        row(Phrase::ReportUntilClaimed, &times.until_claimed),
        row(Phrase::ReportUntilEscalationClaimed, &times.until_escalation_claimed),
        row(Phrase::ReportUntilResolved, &times.until_resolved),
        row(Phrase::ReportUntilResolvedUnheld, &times.until_resolved_unheld),
    ];
    let heading = (Phrase::ReportTimes, Phrase::ReportTimesNote);
    let columns = [Phrase::ReportIncidents, Phrase::ReportMean, Phrase::ReportLongest];
    let mut table = words.table("times", heading, columns, rows);
    // Percentiles are called alike everywhere.
    table.columns.splice(3..3, ["p50", "p90", "p95"].map(str::to_owned));
    table
}

fn promises(figures: &Figures, words: Words<'_>) -> Table {
    let row = |name, promise: &Promise| {
        let Promise { within, kept, broken, undecided } = *promise;
        let all = figures.counted;
        let within = within.map_or(Cell::Empty, Cell::Time);
        let mut row = vec![words.cell(name), within, Cell::Count(kept), Cell::Share(kept, all)];
        row.extend([Cell::Count(broken), Cell::Share(broken, all), Cell::Count(undecided)]);
        row
    };
    let promised = [
        (Phrase::ReportClaimed, &figures.response),
        (Phrase::ReportClaimedAbove, &figures.escalation),
        (Phrase::ReportResolved, &figures.resolve),
    ];
    let rows = promised.into_iter().filter(|(_, promise)| promise.within.is_some());
    let rows = rows.map(|(name, promise)| row(name, promise)).collect();
    let columns = [
        Phrase::ReportWithin,
        Phrase::ReportInTime,
        Phrase::ReportShareInTime,
        Phrase::ReportLate,
        Phrase::ReportShareLate,
        Phrase::ReportNeither,
    ];
    words.table("promises", (Phrase::ReportPromises, Phrase::ReportPromisesNote), columns, rows)
}

fn days(figures: &Figures, words: Words<'_>) -> Table {
    let row = |day: &Day| {
        let share = Cell::Share(day.resolved, day.reported);
        vec![Cell::Text(day.date.to_string()), Cell::Count(day.reported), Cell::Count(day.resolved), share]
    };
    let rows = figures.days.iter().map(row).collect();
    let columns = [Phrase::ReportReported, Phrase::ReportResolvedSince, Phrase::ReportShareOfDay];
    words.table(DAYS, (Phrase::ReportDays, Phrase::ReportDaysNote), columns, rows)
}

fn hours(figures: &Figures, words: Words<'_>) -> Table {
    let row = |hour: usize| {
        let mut row = vec![Cell::Text(format!("{hour:02}"))];
        row.extend(figures.hours.iter().map(|day| Cell::Count(day[hour])));
        row
    };
    let rows = (0..24).map(row).collect();
    let heading = (Phrase::ReportHours, Phrase::ReportHoursNote);
    words.table(HOURS, heading, Weekday::ALL.map(weekday), rows)
}

const fn weekday(day: Weekday) -> Phrase {
    match day {
        Weekday::Monday => Phrase::ReportMonday,
        Weekday::Tuesday => Phrase::ReportTuesday,
        Weekday::Wednesday => Phrase::ReportWednesday,
        Weekday::Thursday => Phrase::ReportThursday,
        Weekday::Friday => Phrase::ReportFriday,
        Weekday::Saturday => Phrase::ReportSaturday,
        Weekday::Sunday => Phrase::ReportSunday,
    }
}

fn states(figures: &Figures, words: Words<'_>) -> Table {
    let all = figures.counted;
    let mut rows = Vec::new();
    for kind in StateKind::ALL {
        let count = figures.states.get(&kind).copied().unwrap_or(0);
        rows.push(vec![words.cell(state(kind)), Cell::Count(count), Cell::Share(count, all)]);
    }
    for (reason, count) in &figures.closed {
        let reason = words.0.text(ending(*reason));
        let name = words.0.line(Phrase::ReportClosedAs, &[("reason", reason.into())]);
        let name = name.iter().map(Span::as_plain).collect();
        rows.push(vec![Cell::Text(name), Cell::Count(*count), Cell::Share(*count, all)]);
    }
    let columns = [Phrase::ReportIncidents, Phrase::ReportShare];
    words.table("states", (Phrase::ReportStates, Phrase::ReportStatesNote), columns, rows)
}

const fn state(kind: StateKind) -> Phrase {
    match kind {
        StateKind::Triage => Phrase::ReportStateTriage,
        StateKind::Open => Phrase::ReportStateOpen,
        StateKind::Acknowledged => Phrase::ReportStateAcknowledged,
        StateKind::OnHold => Phrase::ReportStateOnHold,
        StateKind::PendingSummary => Phrase::ReportStatePendingSummary,
        StateKind::Resolved => Phrase::ReportStateResolved,
        StateKind::Closed => Phrase::ReportStateClosed,
    }
}

const fn ending(reason: CloseReason) -> Phrase {
    match reason {
        CloseReason::Confirmed => Phrase::ReportClosedConfirmed,
        CloseReason::Cancelled => Phrase::ReportClosedCancelled,
        CloseReason::NoSummary => Phrase::ReportClosedNoSummary,
        CloseReason::Idle => Phrase::ReportClosedIdle,
        CloseReason::Admin => Phrase::ReportClosedAdmin,
        CloseReason::Answered => Phrase::ReportClosedAnswered,
        CloseReason::Duplicate => Phrase::ReportClosedDuplicate,
    }
}

fn people(report: &Report, words: Words<'_>) -> Table {
    let row = |id| {
        let own: &PersonFigures = report.figures.people.get(&id)?;
        let name = Cell::Text(report.person(id));
        let counts = [own.resolved, own.claims, own.assisted, own.released, own.passed_on, own.closed];
        let mut row = vec![name];
        row.extend(counts.map(Cell::Count));
        row.push(Cell::Time(own.active));
        Some(row)
    };
    let rows = super::resolvers(&report.figures).into_iter().filter_map(row).collect();
    let columns = [
        Phrase::ReportResolved,
        Phrase::ReportClaims,
        Phrase::ReportAssisted,
        Phrase::ReportGivenBack,
        Phrase::ReportPassedOn,
        Phrase::ReportClosedUnder,
        Phrase::ReportActive,
    ];
    words.table("people", (Phrase::ReportPeople, Phrase::ReportPeopleNote), columns, rows)
}

fn teams(report: &Report, words: Words<'_>) -> Table {
    let mut rows = Vec::new();
    for (id, team) in &report.figures.teams {
        let name = match id {
            None => words.cell(Phrase::ReportNoTeam),
            Some(id) => Cell::Text(report.teams.get(id).cloned().unwrap_or_else(|| format!("#{}", id.get()))),
        };
        let claimed = [mean(&team.until_claimed), Cell::Time(team.until_claimed.p90)];
        let resolved = [mean(&team.until_resolved), Cell::Time(team.until_resolved.p90)];
        let mut row = vec![name, Cell::Count(team.counted), Cell::Count(team.resolved)];
        row.extend(claimed.into_iter().chain(resolved));
        rows.push(row);
    }
    let columns = [
        Phrase::ReportIncidents,
        Phrase::ReportResolved,
        Phrase::ReportMeanToClaim,
        Phrase::ReportMostToClaim,
        Phrase::ReportMeanToResolve,
        Phrase::ReportMostToResolve,
    ];
    words.table("teams", (Phrase::ReportTeams, Phrase::ReportTeamsNote), columns, rows)
}

const fn mean(summary: &Summary) -> Cell {
    if summary.count == 0 { Cell::Empty } else { Cell::Time(summary.mean) }
}
