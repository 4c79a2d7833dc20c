//! The figures of a group in a few lines.

use super::{Arg, Line, Locale, Phrase};
use crate::figures::{Figures, Summary};

/// What is told of some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// How many incidents count.
    pub reported: u64,
    /// How many of them are resolved.
    pub resolved: u64,
    /// How many of them are not over.
    pub under_way: u64,
    /// From the report to the first claim.
    pub until_claimed: Summary,
    /// From the report to the resolution.
    pub until_resolved: Summary,
}

impl From<&Figures> for Stats {
    fn from(figures: &Figures) -> Self {
        let live = figures.states.iter().filter(|(state, _)| !state.is_terminal());
        Self {
            reported: figures.counted,
            resolved: figures.resolved,
            under_way: live.map(|(_, count)| count).sum(),
            until_claimed: figures.times.until_claimed,
            until_resolved: figures.times.until_resolved,
        }
    }
}

/// Says the figures of a day, a week and a month, and the times of the longest that was given.
pub(super) fn lines(locale: &Locale, stats: &[Stats], zone: &str) -> Vec<Line> {
    let phrases = [Phrase::StatsDay, Phrase::StatsWeek, Phrase::StatsMonth];
    let counts = |(phrase, stats): (Phrase, &Stats)| {
        let Stats { reported, resolved, under_way, .. } = *stats;
        let counts = [("reported", reported), ("resolved", resolved), ("open", under_way)];
        let mut args: Vec<(&str, Arg)> = counts.map(|(name, count)| (name, count.into())).to_vec();
        args.push(("zone", zone.into()));
        locale.line(phrase, &args)
    };
    let mut lines: Vec<Line> = phrases.into_iter().zip(stats).map(counts).collect();
    if let Some(longest) = stats.last() {
        for (phrase, times) in
            [(Phrase::StatsClaimed, longest.until_claimed), (Phrase::StatsResolved, longest.until_resolved)]
        {
            let args = [("mean", clock(times.mean.as_secs())), ("most", clock(times.p90.as_secs()))];
            let said =
                (times.count > 0).then(|| locale.line(phrase, &args.map(|(name, time)| (name, time.into()))));
            lines.extend(said);
        }
    }
    lines
}

fn clock(secs: u64) -> String {
    format!("{}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)
}
