//! What went up to a higher level, by whom, and how it ended there.

use super::{Cell, Table, Words, mean};
use crate::figures::{Figures, PersonFigures, Resolution};
use crate::ids::PersonId;
use crate::report::{Report, dispatchers as listed};
use crate::view::Phrase;

pub(super) fn way(figures: &Figures, words: Words<'_>) -> Table {
    let (all, above) = (figures.counted, &figures.escalations);
    let steps = [
        (Phrase::ReportReported, all),
        (Phrase::ReportClaimed, figures.claimed),
        (Phrase::ReportEscalated, figures.escalated),
        (Phrase::ReportClaimedAbove, above.claimed),
        (Phrase::ReportWaitingAbove, above.waiting),
        (Phrase::ReportResolvedEscalated, above.escalated.resolved),
    ];
    let rows = steps.map(|(name, count)| vec![words.cell(name), Cell::Count(count), Cell::Share(count, all)]);
    let heading = (Phrase::ReportEscalations, Phrase::ReportEscalationsNote);
    words.table("escalations", heading, [Phrase::ReportIncidents, Phrase::ReportShare], rows.into())
}

pub(super) fn dispatchers(report: &Report, words: Words<'_>) -> Table {
    let row = |id: PersonId| {
        let PersonFigures { first_level_claims: claims, escalations, .. } =
            *report.figures.people.get(&id)?;
        let counts = [Cell::Count(claims), Cell::Count(escalations), Cell::Share(escalations, claims)];
        Some(std::iter::once(Cell::Text(report.person(id))).chain(counts).collect())
    };
    let rows = listed(&report.figures).into_iter().filter_map(row).collect();
    let columns = [Phrase::ReportFirstClaims, Phrase::ReportEscalated, Phrase::ReportShareOfClaims];
    words.table("dispatchers", (Phrase::ReportDispatchers, Phrase::ReportDispatchersNote), columns, rows)
}

pub(super) fn resolutions(figures: &Figures, words: Words<'_>) -> Table {
    let all = figures.counted;
    let row = |name, own: &Resolution| {
        let times = &own.until_resolved;
        let rank = |time| if times.count == 0 { Cell::Empty } else { Cell::Time(time) };
        let judged = |count, share: bool| match own.promise.within {
            None => Cell::Empty,
            Some(_) if share => Cell::Share(count, all),
            Some(_) => Cell::Count(count),
        };
        let (kept, broken) = (own.promise.kept, own.promise.broken);
        vec![
            words.cell(name),
            Cell::Count(own.counted),
            Cell::Count(own.resolved),
            Cell::Share(own.resolved, all),
            judged(kept, false),
            judged(kept, true),
            judged(broken, false),
            judged(broken, true),
            judged(own.promise.undecided, false),
            mean(times),
            rank(times.p50),
            rank(times.p90),
        ]
    };
    let rows = vec![
        row(Phrase::ReportWithEscalation, &figures.escalations.escalated),
        row(Phrase::ReportWithoutEscalation, &figures.escalations.direct),
    ];
    let columns = [
        Phrase::ReportIncidents,
        Phrase::ReportResolved,
        Phrase::ReportShare,
        Phrase::ReportInTime,
        Phrase::ReportShareInTime,
        Phrase::ReportLate,
        Phrase::ReportShareLate,
        Phrase::ReportNeither,
        Phrase::ReportMean,
    ];
    let heading = (Phrase::ReportResolution, Phrase::ReportResolutionNote);
    let mut table = words.table("resolution", heading, columns, rows);
    table.columns.extend(["p50", "p90"].map(str::to_owned));
    table
}
