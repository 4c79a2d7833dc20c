//! What is true of every incident at every moment, whatever people do and clocks show. One function each, with
//! the reason why it must be so; proptest, the fuzzer and the simulation all call the same ones.

mod shown;
mod told;
mod waited;

use std::fmt;

pub use shown::{every_button_means_what_it_says, every_card_can_be_shown};
pub use told::{
    each_deadline_is_met_once, journal_and_state_agree, persons_hold_it_once_at_a_time,
    time_only_moves_forward,
};
pub use waited::{a_promise_is_kept_by_whoever_made_it, nobody_is_hurried};

use super::story::Moment;
use crate::incident::{Command, Fact, Incident, ResumeTo, State, next_wake, step};
use crate::policy::{AckMode, Policy};

/// Says which invariant was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invariant {invariant} is broken: {how}")]
pub struct Broken {
    /// Its name.
    pub invariant: &'static str,
    /// What was found instead.
    pub how: String,
}

/// What an invariant answers.
pub type Held = Result<(), Broken>;

/// An invariant with its name.
#[derive(Clone, Copy)]
pub struct Invariant {
    /// What it is called.
    pub name: &'static str,
    /// Whether it holds at a moment.
    pub holds: fn(&Moment<'_>) -> Held,
}

impl fmt::Debug for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All of them, in their order.
pub const ALL: [Invariant; 14] = [
    Invariant { name: "holders match the state", holds: holders_match_the_state },
    Invariant { name: "the level is on the ladder", holds: the_level_is_on_the_ladder },
    Invariant { name: "a summary is owed by a holder", holds: a_summary_is_owed_by_a_holder },
    Invariant { name: "what is over rests", holds: what_is_over_rests },
    Invariant { name: "journal and state agree", holds: journal_and_state_agree },
    Invariant { name: "time only moves forward", holds: time_only_moves_forward },
    Invariant { name: "equal questions get equal answers", holds: equal_questions_get_equal_answers },
    Invariant { name: "each deadline is met once", holds: each_deadline_is_met_once },
    Invariant { name: "persons hold it once at a time", holds: persons_hold_it_once_at_a_time },
    Invariant { name: "companies stay apart", holds: companies_stay_apart },
    Invariant { name: "every card can be shown", holds: every_card_can_be_shown },
    Invariant { name: "every button means what it says", holds: every_button_means_what_it_says },
    Invariant { name: "nobody is hurried", holds: nobody_is_hurried },
    Invariant { name: "a promise is kept by whoever made it", holds: a_promise_is_kept_by_whoever_made_it },
];

/// Requires all of them.
///
/// # Errors
/// Names the first that is broken.
pub fn check(moment: &Moment<'_>) -> Held {
    ALL.iter().try_for_each(|invariant| (invariant.holds)(moment))
}

pub(in crate::testkit) fn must(holds: bool, invariant: &'static str, how: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(Broken { invariant, how: how() }) }
}

/// 1. Nobody holds an incident that waits at its level, and somebody holds one that is worked on: exactly one
///    if it may be only one. Else two people each believe that the other does it, or nobody is reminded.
///
/// # Errors
/// Says how many hold it.
pub fn holders_match_the_state(moment: &Moment<'_>) -> Held {
    let Some(incident) = moment.incident() else {
        return Ok(());
    };
    let holders = incident.assignees().count();
    let most = match moment.policy.rules().ack_mode {
        AckMode::Exclusive => 1,
        AckMode::Shared => usize::MAX,
    };
    let expected = match &incident.state {
        State::Triage(_) | State::Open(_) | State::Resolved(_) | State::Closed { .. } => 0..=0,
        State::Acknowledged { .. } => 1..=most,
        State::OnHold(hold) => match hold.resume_to {
            ResumeTo::Acknowledged => 1..=most,
            ResumeTo::Triage | ResumeTo::Open => 0..=0,
        },
        State::PendingSummary(_) => 0..=most,
    };
    must(expected.contains(&holders), "1, holders match the state", || {
        format!("{holders} hold it in {:?}", incident.state)
    })
}

/// 2. The level is one that the policy has: nobody could claim beyond the ladder.
///
/// # Errors
/// Says which level it is.
pub fn the_level_is_on_the_ladder(moment: &Moment<'_>) -> Held {
    let level = moment.incident().map(|incident| incident.level);
    must(
        level.is_none_or(|level| level <= moment.policy.last_level()),
        "2, the level is on the ladder",
        || format!("{level:?} is above {}", moment.policy.last_level()),
    )
}

/// 3. Whoever owes the summary holds the incident: the promise was made by somebody who worked on it, and can
///    be kept or withdrawn.
///
/// # Errors
/// Says who owes it.
pub fn a_summary_is_owed_by_a_holder(moment: &Moment<'_>) -> Held {
    let Some(Incident { state: State::PendingSummary(pending), .. }) = moment.incident() else {
        return Ok(());
    };
    let holds = moment.incident().is_some_and(|incident| incident.holds(pending.resolver));
    must(holds, "3, a summary is owed by a holder", || format!("{} does not hold it", pending.resolver))
}

/// 4. Nobody holds what is over, and nothing falls due any more but closing what was resolved: a finished
///    incident costs nobody working time, and reminds nobody.
///
/// # Errors
/// Says what goes on.
pub fn what_is_over_rests(moment: &Moment<'_>) -> Held {
    let Some(incident) = moment.incident().filter(|incident| incident.state.is_terminal()) else {
        return Ok(());
    };
    let open = incident.stints.iter().filter(|stint| stint.is_open()).count();
    let name = "4, what is over rests";
    must(open == 0, name, || format!("{open} still hold it"))?;
    let due = next_wake(moment.policy, incident);
    let allowed = match &incident.state {
        State::Resolved(outcome) => closing(moment.policy, outcome.at),
        State::Triage(_)
        | State::Open(_)
        | State::Acknowledged { .. }
        | State::OnHold(_)
        | State::PendingSummary(_)
        | State::Closed { .. } => None,
    };
    must(due == allowed, name, || format!("due at {due:?} instead of {allowed:?}"))
}

fn closing(policy: &Policy, resolved: crate::time::Timestamp) -> Option<crate::time::Timestamp> {
    policy.rules().close_after.map(|after| resolved + after)
}

/// 7. The same question about the same incident gets the same answer, so that a request that was decided but
///    not committed can be decided again. (That a committed one is not applied twice is for stores to show.)
///
/// # Errors
/// Shows the other answer.
pub fn equal_questions_get_equal_answers(moment: &Moment<'_>) -> Held {
    let again = step(moment.policy, moment.before, moment.input);
    must(again == *moment.result, "7, equal questions get equal answers", || format!("now {again:?}"))
}

/// 10. An incident stays in the company and group it was reported in, and comes only to teams that somebody
///     named for it or the policy names: nothing crosses the border between tenants by way of the machine.
///
/// # Errors
/// Says what came from elsewhere.
pub fn companies_stay_apart(moment: &Moment<'_>) -> Held {
    let Some(after) = moment.incident() else {
        return Ok(());
    };
    let name = "10, companies stay apart";
    let home = (after.company, after.group);
    if let Some(before) = moment.before {
        must((before.company, before.group) == home, name, || "it moved to another tenant".to_owned())?;
    } else if let Command::Create { report } = &moment.input.command {
        must((report.company, report.group) == home, name, || "it was filed in another tenant".to_owned())?;
    }
    must(after.id == moment.input.incident, name, || "it is another incident".to_owned())?;
    let rules = moment.policy.rules();
    let mut known = vec![moment.before.and_then(|before| before.team)];
    known.extend(rules.route.map(|rule| rule.default_team));
    known.extend(rules.triage.map(|rule| rule.default_team));
    if let Command::Route { to } | Command::Transfer { to } = &moment.input.command {
        known.push(Some(to.team));
    }
    must(after.team.is_none() || known.contains(&after.team), name, || {
        format!("nobody named {:?}", after.team)
    })?;
    let created = moment.journal.iter().filter(|event| matches!(event.fact, Fact::Created { .. })).count();
    must(created == 1, name, || format!("it was reported {created} times"))
}
