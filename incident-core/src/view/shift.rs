//! What those whose shift begins are told.

use super::card::team_name;
use super::history::one_line;
use super::{Arg, Locale, Message, People, Phrase};
use crate::ports::Filed;
use crate::roster::{Grantee, Team};
use crate::time::Timestamp;

/// How many incidents are named.
const SHOWN: usize = 10;
/// How much of a description is shown, in characters.
const MOST_OF_A_DESCRIPTION: usize = 60;

/// What waits for whom.
#[derive(Debug, Clone, Copy)]
pub struct ShiftPage<'a> {
    /// The team whose shift begins; without one, whatever they do in the group.
    pub team: Option<&'a Team>,
    /// What waits to be claimed, the oldest first.
    pub waiting: &'a [Filed],
    /// Whose shift begins.
    pub who: &'a [Grantee],
    /// The present instant.
    pub now: Timestamp,
}

/// Writes what those whose shift begins are told: one message for all of them, whatever waits.
pub fn shift_page(locale: &Locale, people: &People, page: &ShiftPage<'_>) -> Message {
    let intro = match page.team {
        Some(team) => locale.line(Phrase::NoticeShiftTeam, &[("team", team_name(team).into())]),
        None => locale.line(Phrase::NoticeShift, &[]),
    };
    let mut lines = vec![intro];
    lines.extend(page.waiting.iter().take(SHOWN).map(|filed| {
        let waited = page.now.since(filed.incident.clocks.cycle_at).as_secs() / 60;
        let args = [
            ("number", Arg::from(filed.number.to_string())),
            ("minutes", waited.into()),
            ("text", one_line(filed.incident.description.as_str(), MOST_OF_A_DESCRIPTION).into()),
        ];
        locale.line(Phrase::NoticeShiftLine, &args)
    }));
    if let Some(more) = page.waiting.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(locale.line(Phrase::ListMore, &[("count", (more as u64).into())]));
    }
    let mentions = page.who.iter().map(|who| people.grantee(locale, who)).collect();
    Message { lines, mentions, buttons: Vec::new(), offers: Vec::new(), asks: false }
}
