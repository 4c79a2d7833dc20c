//! What is not over, and how many people it took.

use super::{Cell, Table, Words, state};
use crate::figures::{Figures, Waiting};
use crate::view::Phrase;

pub(super) fn ageing(figures: &Figures, words: Words<'_>) -> Table {
    let classes = [
        Phrase::ReportAgeHour,
        Phrase::ReportAgeHours,
        Phrase::ReportAgeDay,
        Phrase::ReportAgeDays,
        Phrase::ReportAgeWeek,
        Phrase::ReportAgeOlder,
    ];
    let rows = classes.into_iter().zip(figures.ageing.0).map(|(name, own)| {
        let (waiting, share) = (Cell::Count(own.waiting), Cell::Share(own.waiting, figures.counted));
        vec![words.cell(name), waiting, share, Cell::Count(own.unclaimed)]
    });
    let columns = [Phrase::ReportIncidents, Phrase::ReportShare, Phrase::ReportUnclaimed];
    words.table("ageing", (Phrase::ReportAgeing, Phrase::ReportAgeingNote), columns, rows.collect())
}

pub(super) fn holders(figures: &Figures, words: Words<'_>) -> Table {
    let classes = [
        Phrase::ReportHeldByNone,
        Phrase::ReportHeldByOne,
        Phrase::ReportHeldByTwo,
        Phrase::ReportHeldByMore,
    ];
    let rows = classes.into_iter().zip(figures.holders);
    let rows = rows
        .map(|(name, count)| vec![words.cell(name), Cell::Count(count), Cell::Share(count, figures.counted)]);
    let columns = [Phrase::ReportIncidents, Phrase::ReportShare];
    words.table("holders", (Phrase::ReportHolders, Phrase::ReportHoldersNote), columns, rows.collect())
}

pub(super) fn waiting(figures: &Figures, words: Words<'_>) -> Table {
    let row = |waiting: &Waiting| {
        vec![
            Cell::Text(waiting.number.to_string()),
            words.cell(state(waiting.state)),
            Cell::Text(figures.window.zone().written(waiting.since)),
            Cell::Time(figures.as_of.since(waiting.since)),
        ]
    };
    let rows = figures.waiting.iter().map(row).collect();
    let columns = [Phrase::ReportState, Phrase::ReportReported, Phrase::ReportAge];
    words.table("waiting", (Phrase::ReportWaiting, Phrase::ReportWaitingNote), columns, rows)
}
