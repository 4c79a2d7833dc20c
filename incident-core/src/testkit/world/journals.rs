//! A second memory of every incident, folded from what the store said it had written. Each commit is held
//! against it, and against rules that are written down here once more, in other words than the machine's.

use std::collections::BTreeMap;

use crate::ids::{IncidentId, Number, Version};
use crate::incident::{Command, Event, Fact, Incident, Input, Rejection, State, Step, evolve, next_wake};
use crate::policy::{Actor, Policy, SummaryEnd};
use crate::ports::Commit;
use crate::testkit::invariants::{self, Held, must};
use crate::testkit::story::Moment;
use crate::time::Timestamp;

/// What is known of an incident.
#[derive(Debug, Clone)]
pub(super) struct Shadow {
    pub(super) incident: Incident,
    pub(super) journal: Vec<Event>,
    pub(super) number: Number,
    /// When it came to the state, level and team that it has.
    pub(super) entered: Timestamp,
    /// How many reminders have fallen due since, as the last one counted them.
    pub(super) reminded: u8,
}

/// All incidents of the world.
#[derive(Debug)]
pub(super) struct Journals {
    policy: Policy,
    pub(super) shadows: BTreeMap<IncidentId, Shadow>,
    /// Which of them were written since somebody last looked.
    pub(super) touched: Vec<IncidentId>,
}

impl Journals {
    pub(super) const fn new(policy: Policy) -> Self {
        Self { policy, shadows: BTreeMap::new(), touched: Vec::new() }
    }

    pub(super) const fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) fn version(&self, incident: IncidentId) -> Version {
        self.shadows.get(&incident).map_or(Version::NONE, |shadow| shadow.incident.version)
    }

    /// Takes note of a commit that the store accepted.
    pub(super) fn committed(&mut self, commit: &Commit, number: Number) -> Held {
        let id = commit.incident.id;
        let before = self.shadows.get(&id).cloned();
        self.touched.push(id);
        let shadow = advanced(before.as_ref(), commit, number);
        self.shadows.insert(id, shadow.clone());
        let version = before.as_ref().map_or(Version::NONE, |shadow| shadow.incident.version);
        must(commit.expected == version, "a commit builds on what is stored", || {
            format!("{number} was at {version}, and {} was built upon", commit.expected)
        })?;
        must(shadow.incident == commit.incident, "what is stored is the fold of what happened", || {
            format!("{:?} instead of {:?}", commit.incident, shadow.incident)
        })?;
        let wake = next_wake(&self.policy, &shadow.incident);
        must(commit.wake_at == wake, "an incident is looked at when its state says", || {
            format!("{:?} instead of {wake:?}", commit.wake_at)
        })?;
        self.invariants(before.as_ref(), &shadow, commit)
    }

    /// The invariants of the test kit that need not know who asked for what.
    fn invariants(&self, before: Option<&Shadow>, shadow: &Shadow, commit: &Commit) -> Held {
        let input = Input::new(commit.incident.id, commit.at, Actor::System, Command::Wake);
        let result: Result<Step, Rejection> = Ok(Step {
            incident: shadow.incident.clone(),
            events: commit.events.clone(),
            effects: commit.effects.clone(),
            wake_at: commit.wake_at,
        });
        let moment = Moment {
            policy: &self.policy,
            before: before.map(|shadow| &shadow.incident),
            input: &input,
            result: &result,
            journal: &shadow.journal,
        };
        invariants::holders_match_the_state(&moment)?;
        invariants::the_level_is_on_the_ladder(&moment)?;
        invariants::a_summary_is_owed_by_a_holder(&moment)?;
        invariants::what_is_over_rests(&moment)?;
        invariants::journal_and_state_agree(&moment)?;
        invariants::time_only_moves_forward(&moment)?;
        invariants::each_deadline_is_met_once(&moment)?;
        invariants::persons_hold_it_once_at_a_time(&moment)?;
        invariants::every_card_can_be_shown(&moment)?;
        invariants::every_button_means_what_it_says(&moment)?;
        invariants::nobody_is_hurried(&moment)?;
        invariants::a_promise_is_kept_by_whoever_made_it(&moment)
    }

    /// Requires that whoever lets an incident wait was reminded each time that the policy says, and that what
    /// follows the last reminder was done.
    pub(super) fn nobody_was_forgotten(&self, shadow: &Shadow, now: Timestamp) -> Held {
        let rules = self.policy.rules();
        let incident = &shadow.incident;
        let higher = incident.level < self.policy.last_level();
        let rule = match &incident.state {
            State::Open(_) => self
                .policy
                .nudge(incident.level, incident.priority)
                .map(|nudge| (nudge.after, nudge.times, nudge.then_escalate && higher)),
            State::Triage(_) => {
                rules.route.map(|route| (route.after, 1, route.default_team.is_some() || !rules.teams))
            }
            State::PendingSummary(_) => {
                rules.summary_wait.map(|wait| (wait.after, wait.reminders, wait.then != SummaryEnd::Wait))
            }
            State::Acknowledged { .. } | State::OnHold(_) | State::Resolved(_) | State::Closed { .. } => None,
        };
        let Some((after, times, ends)) = rule else {
            return Ok(());
        };
        let fallen = now.since(shadow.entered).as_micros() / after.as_micros().max(1);
        let reminded = u128::from(shadow.reminded);
        must(reminded >= fallen.min(u128::from(times)), "whoever lets it wait is reminded", || {
            let Shadow { number, entered, .. } = shadow;
            format!("{number} waits since {entered} in {:?}, {fallen} times too long", incident.state)
        })?;
        must(!ends || fallen <= u128::from(times), "what nobody does is done by the desk", || {
            format!("{} waits since {} in {:?}", shadow.number, shadow.entered, incident.state)
        })
    }
}

/// Folds what a commit says happened into what was known.
fn advanced(before: Option<&Shadow>, commit: &Commit, number: Number) -> Shadow {
    let mut incident = before.map(|shadow| shadow.incident.clone());
    let mut journal = before.map_or_else(Vec::new, |shadow| shadow.journal.clone());
    let mut entered = before.map_or(commit.at, |shadow| shadow.entered);
    let mut reminded = before.map_or(0, |shadow| shadow.reminded);
    for event in &commit.events {
        let place = incident.as_ref().map(place);
        incident = evolve(commit.incident.id, incident, event);
        if incident.as_ref().map(self::place) != place {
            (entered, reminded) = (event.at, 0);
        }
        if let Fact::ReminderSent { count } = event.fact {
            reminded = count;
        }
        journal.push(event.clone());
    }
    let incident = incident.unwrap_or_else(|| commit.incident.clone());
    Shadow { incident, journal, number, entered, reminded }
}

fn place(incident: &Incident) -> impl PartialEq + use<> {
    (incident.state.kind(), incident.level, incident.team, incident.cycle)
}
