//! These days against those before.

use std::time::Duration;

use super::{Cell, Table, Words};
use crate::figures::{Figures, Headline, Summary};
use crate::report::spelled;
use crate::view::{Phrase, Span};

pub(super) fn change(figures: &Figures, before: &Headline, words: Words<'_>) -> Table {
    let both = Both { now: &Headline::from(figures), before };
    let mut lines = vec![
        (Phrase::ReportReported, both.counts(|own| own.counted)),
        (Phrase::ReportClaimed, both.shares(|own| own.claimed)),
        (Phrase::ReportEscalated, both.shares(|own| own.escalated)),
        (Phrase::ReportResolved, both.shares(|own| own.resolved)),
        (Phrase::ReportResolvedFirst, both.shares(|own| own.resolved_first_level)),
        (Phrase::ReportGivenUp, both.shares(|own| own.given_up)),
        (Phrase::ReportShared, both.shares(|own| own.shared)),
    ];
    if figures.response.within.is_some() {
        lines.push((Phrase::ReportClaimedInTime, both.shares(|own| own.response.kept)));
    }
    if figures.resolve.within.is_some() {
        lines.push((Phrase::ReportResolvedInTime, both.shares(|own| own.resolve.kept)));
    }
    lines.push((Phrase::ReportMedianClaimed, both.medians(|own| &own.times.until_claimed)));
    lines.push((Phrase::ReportMedianResolved, both.medians(|own| &own.times.until_resolved)));
    let row = |(name, cells): (Phrase, [Cell; 3])| std::iter::once(words.cell(name)).chain(cells).collect();
    let rows = lines.into_iter().map(row).collect();
    let columns = [Phrase::ReportTheseDays, Phrase::ReportDaysBefore, Phrase::ReportDifference];
    let days = spelled(&before.window, words.0);
    let note = words.0.line(Phrase::ReportChangeNote, &[("days", days.into())]);
    let note = note.iter().map(Span::as_plain).collect();
    Table { note, ..words.table("change", (Phrase::ReportChange, Phrase::ReportNothing), columns, rows) }
}

struct Both<'a> {
    now: &'a Headline,
    before: &'a Headline,
}

impl Both<'_> {
    fn counts(&self, of: impl Fn(&Headline) -> u64) -> [Cell; 3] {
        let (now, before) = (of(self.now), of(self.before));
        let more = Cell::MoreCount(now.cast_signed().saturating_sub(before.cast_signed()));
        [Cell::Count(now), Cell::Count(before), more]
    }

    fn shares(&self, of: impl Fn(&Headline) -> u64) -> [Cell; 3] {
        let [now, before] = [self.now, self.before].map(|own| (of(own), own.counted));
        let share = |(part, all): (u64, u64)| part as f64 / all as f64;
        let more = if now.1 == 0 || before.1 == 0 {
            Cell::Empty
        } else {
            Cell::MoreShare(share(now) - share(before))
        };
        [Cell::Share(now.0, now.1), Cell::Share(before.0, before.1), more]
    }

    fn medians(&self, of: impl Fn(&Headline) -> &Summary) -> [Cell; 3] {
        let median = |own| Some(of(own)).filter(|summary| summary.count > 0).map(|summary| summary.p50);
        let (now, before) = (median(self.now), median(self.before));
        let secs = |time: Duration| time.as_secs().cast_signed();
        let more = now.zip(before).map(|(now, before)| Cell::MoreTime(secs(now) - secs(before)));
        let time = |time: Option<Duration>| time.map_or(Cell::Empty, Cell::Time);
        [time(now), time(before), more.unwrap_or(Cell::Empty)]
    }
}
