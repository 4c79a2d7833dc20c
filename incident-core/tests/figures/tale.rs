//! What a journal says of one incident, heard event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use incident_core::ids::{PersonId, TeamId};
use incident_core::incident::{By, CloseReason, Event, Fact, StateKind, Tag};
use incident_core::time::Timestamp;

/// What a journal says of one incident.
#[derive(Default)]
pub(super) struct Tale {
    pub(super) begun: Option<Timestamp>,
    pub(super) claimed: Option<Timestamp>,
    pub(super) escalated: Option<Timestamp>,
    pub(super) answered: Option<Timestamp>,
    pub(super) promised: Option<Timestamp>,
    pub(super) resolved: Option<(PersonId, Timestamp)>,
    pub(super) level: u8,
    pub(super) over: Option<Timestamp>,
    pub(super) left_out: bool,
    pub(super) hold: Option<Timestamp>,
    pub(super) held: Duration,
    pub(super) holders: BTreeMap<PersonId, (u8, Timestamp)>,
    pub(super) active: BTreeMap<PersonId, Duration>,
    pub(super) team: Option<TeamId>,
    /// When it came to that team, and when somebody first took it there.
    pub(super) team_since: Option<Timestamp>,
    pub(super) team_claimed: Option<Timestamp>,
    /// Who reported it, and when, however often it was opened again.
    pub(super) reported: Option<(PersonId, Timestamp)>,
    pub(super) tags: BTreeSet<Tag>,
    pub(super) stints: Vec<Held>,
    /// When a higher level was last asked, in whatever cycle.
    pub(super) asked_at: Option<Timestamp>,
}

/// One time that somebody held it.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) person: PersonId,
    pub(super) level: u8,
    from: Timestamp,
    until: Option<Timestamp>,
    asked: bool,
}

impl Tale {
    pub(super) fn of(journal: &[Event]) -> Self {
        let mut tale = Self { level: 1, ..Self::default() };
        for event in journal {
            tale.hear(event);
        }
        tale
    }

    pub(super) fn until_claimed(&self) -> Option<Duration> {
        Some(self.claimed?.since(self.begun?))
    }

    pub(super) fn until_answered(&self) -> Option<Duration> {
        Some(self.answered?.since(self.escalated?))
    }

    pub(super) fn until_resolved(&self) -> Option<Duration> {
        Some(self.resolved?.1.since(self.begun?))
    }

    pub(super) fn until_team_claimed(&self) -> Option<Duration> {
        Some(self.team_claimed?.since(self.team_since?))
    }

    pub(super) fn until_team_resolved(&self) -> Option<Duration> {
        Some(self.resolved?.1.since(self.team_since?))
    }

    /// Tells whether a higher level was asked while somebody held it at the first.
    pub(super) fn asked_above(&self, held: &Held) -> bool {
        let during = |at: Timestamp| held.from <= at && held.until.is_none_or(|until| at < until);
        held.level == 1 && (held.asked || self.asked_at.is_some_and(during))
    }

    fn comes_to(&mut self, team: Option<TeamId>, at: Timestamp) {
        (self.team, self.team_since, self.team_claimed) = (team, Some(at), None);
    }

    /// How long the work took until the summary was promised, where there was such a promise.
    pub(super) fn until_done(&self) -> Option<Duration> {
        let (_, resolved) = self.resolved?;
        let done = self.promised.unwrap_or(resolved);
        Some(done.since(self.begun?).saturating_sub(self.held))
    }

    /// How long nobody claimed it, up to its end; nothing while the clock stands still.
    pub(super) fn unclaimed_for(&self, now: Timestamp) -> Option<Duration> {
        let until = self.over.unwrap_or(now);
        Some(until.since(self.begun.filter(|_| self.hold.is_none())?).saturating_sub(self.held))
    }

    fn leaves(&mut self, at: Timestamp, which: impl Fn(PersonId, u8) -> bool) {
        for (person, (level, since)) in self.holders.clone() {
            if which(person, level) {
                self.holders.remove(&person);
                let own = self.stints.iter_mut().filter(|held| held.person == person && held.until.is_none());
                own.for_each(|held| held.until = Some(at));
                *self.active.entry(person).or_default() += at.since(since);
            }
        }
    }

    fn takes(&mut self, person: PersonId, at: Timestamp) {
        self.leaves(at, |other, _| other == person);
        self.holders.insert(person, (self.level, at));
        self.stints.push(Held { person, level: self.level, from: at, until: None, asked: false });
        self.team_claimed.get_or_insert(at);
        if self.escalated.is_some() && self.level > 1 {
            self.answered.get_or_insert(at);
        }
    }

    fn goes_on(&mut self, at: Timestamp) {
        self.held += self.hold.take().map_or(Duration::ZERO, |since| at.since(since));
    }

    fn begins_anew(&mut self, at: Timestamp) {
        let before = std::mem::take(self);
        *self = Self {
            begun: Some(at),
            level: before.level,
            active: before.active,
            reported: before.reported,
            tags: before.tags,
            stints: before.stints,
            asked_at: before.asked_at,
            ..Self::default()
        };
        self.comes_to(before.team, at);
    }

    fn ends(&mut self, at: Timestamp) {
        self.goes_on(at);
        self.leaves(at, |_, _| true);
        self.over = Some(at);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a test hears only what it computes with")]
    fn hear(&mut self, event: &Event) {
        let at = event.at;
        match &event.fact {
            Fact::Created { reporter, .. } => {
                self.reported = Some((*reporter, at));
                self.begun = Some(at);
                self.comes_to(None, at);
            }
            Fact::Acknowledged { person, .. } => {
                self.goes_on(at);
                self.claimed.get_or_insert(at);
                self.takes(*person, at);
            }
            Fact::Joined { person } => self.takes(*person, at),
            Fact::Released { person }
            | Fact::ClaimRevoked { person, .. }
            | Fact::Reassigned { from: person, .. } => self.leaves(at, |other, _| other == *person),
            Fact::Escalated { to, clears, .. } => {
                self.goes_on(at);
                let open = self.stints.iter_mut().filter(|held| *clears && held.until.is_none());
                open.for_each(|held| held.asked = true);
                self.asked_at = Some(at);
                self.leaves(at, |_, _| *clears);
                (self.level, self.escalated, self.answered) = (to.get(), Some(at), None);
            }
            Fact::Deescalated { to } => {
                self.goes_on(at);
                self.leaves(at, |_, level| level > to.get());
                self.level = to.get();
            }
            Fact::Transferred { .. } | Fact::Routed { .. } => {
                self.goes_on(at);
                let moves = matches!(event.fact, Fact::Transferred { .. });
                self.leaves(at, |_, _| moves);
                self.level = 1;
                let team = match &event.fact {
                    Fact::Transferred { to } => Some(*to),
                    Fact::Routed { team, .. } => *team,
                    _ => None,
                };
                self.comes_to(team, at);
            }
            Fact::Held { .. } | Fact::AutoAnswered { .. } => self.hold = Some(at),
            Fact::Resumed => self.goes_on(at),
            Fact::ResolutionRequested { .. } => {
                self.goes_on(at);
                self.promised = Some(at);
            }
            Fact::Resolved { resolver, .. } => {
                self.ends(at);
                self.resolved = Some((*resolver, at));
            }
            Fact::Closed { reason, .. } => {
                self.ends(at);
                self.left_out = matches!(reason, CloseReason::Cancelled | CloseReason::Duplicate);
            }
            Fact::Tagged { tag } => drop(self.tags.insert(tag.clone())),
            Fact::Untagged { tag } => drop(self.tags.remove(tag)),
            Fact::Reopened { .. } => self.begins_anew(at),
            Fact::StateOverridden { target, .. } => self.overruled(*target, event),
            _ => {}
        }
    }

    fn overruled(&mut self, target: StateKind, event: &Event) {
        let at = event.at;
        self.left_out &= !matches!(target, StateKind::Resolved | StateKind::Closed);
        match (target, event.by) {
            (StateKind::Open, _) if self.over.is_some() => self.begins_anew(at),
            (StateKind::Open, _) => {
                self.goes_on(at);
                self.leaves(at, |_, _| true);
            }
            (StateKind::Resolved, By::Person(person)) => {
                self.ends(at);
                self.resolved.get_or_insert((person, at));
            }
            (StateKind::Closed, _) => self.ends(at),
            _ => {}
        }
    }
}
