//! Where incidents came from: groups, people, tags.

use std::time::Duration;

use super::{Cell, Table, Words};
use crate::figures::{Figures, ReporterFigures, TagFigures};
use crate::report::Report;
use crate::view::Phrase;

/// Groups that may work and reported nothing are told as well: where people do not report, something may be amiss.
pub(super) fn groups(report: &Report, words: Words<'_>) -> Table {
    let figures = &report.figures;
    let all = figures.counted;
    let row = |id| {
        let title = report.groups.get(&id).cloned().unwrap_or_else(|| id.to_string());
        let of = |counts: &std::collections::BTreeMap<_, u64>| counts.get(&id).copied().unwrap_or(0);
        let (count, reporters) = (of(&figures.groups), of(&figures.group_reporters));
        vec![Cell::Text(title), Cell::Count(count), Cell::Share(count, all), Cell::Count(reporters)]
    };
    let listed: std::collections::BTreeSet<_> =
        figures.groups.keys().chain(&report.expected).copied().collect();
    let rows = listed.into_iter().map(row).collect();
    let columns = [Phrase::ReportIncidents, Phrase::ReportShare, Phrase::ReportGroupReporters];
    words.table("groups", (Phrase::ReportGroups, Phrase::ReportGroupsNote), columns, rows)
}

pub(super) fn reporters(report: &Report, words: Words<'_>) -> Table {
    let figures = &report.figures;
    let row = |own: &ReporterFigures| {
        let ReporterFigures { person, reported, last } = *own;
        let last = figures.window.zone().written(last);
        let name = Cell::Text(report.person(person));
        vec![name, Cell::Count(reported), Cell::Share(reported, figures.counted), Cell::Text(last)]
    };
    let rows = figures.reporters.iter().map(row).collect();
    let columns = [Phrase::ReportIncidents, Phrase::ReportShare, Phrase::ReportLastReport];
    words.table("reporters", (Phrase::ReportReporters, Phrase::ReportReportersNote), columns, rows)
}

pub(super) fn tags(figures: &Figures, words: Words<'_>) -> Table {
    let all = figures.counted;
    let mean = |time: Duration, count: u64| {
        let micros = time.as_micros().checked_div(u128::from(count));
        let micros = micros.map(|micros| u64::try_from(micros).unwrap_or(u64::MAX));
        micros.map_or(Cell::Empty, |micros| Cell::Time(Duration::from_micros(micros)))
    };
    let row = |own: &TagFigures| {
        let name = match &own.tag {
            Some(tag) => Cell::Text(format!("#{}", tag.as_str())),
            None => words.cell(Phrase::ReportUntagged),
        };
        vec![
            name,
            Cell::Count(own.counted),
            Cell::Share(own.counted, all),
            Cell::Count(own.escalated),
            Cell::Count(own.resolved),
            mean(own.until_claimed, own.claimed),
            mean(own.until_resolved, own.resolved),
        ]
    };
    let rows = figures.tags.iter().map(row).collect();
    let columns = [
        Phrase::ReportIncidents,
        Phrase::ReportShare,
        Phrase::ReportEscalated,
        Phrase::ReportResolved,
        Phrase::ReportMeanToClaim,
        Phrase::ReportMeanToResolve,
    ];
    words.table("tags", (Phrase::ReportTags, Phrase::ReportTagsNote), columns, rows)
}
