//! Invariants of the journal: what happened adds up to what is.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Held, must};
use crate::ids::{PersonId, Version};
use crate::incident::{Event, Fact, Incident, SlaKind, evolve, fold};
use crate::testkit::story::Moment;
use crate::time::Timestamp;

/// 5. The state is the fold of the journal, every accepted command but a wake adds to it, and a refused one
///    leaves everything as it was: what a store keeps is all there is.
///
/// # Errors
/// Shows the state that the journal folds to.
pub fn journal_and_state_agree(moment: &Moment<'_>) -> Held {
    let name = "5, journal and state agree";
    let folded = fold(moment.input.incident, moment.journal);
    must(folded.as_ref() == moment.incident(), name, || format!("the journal folds to {folded:?}"))?;
    let Ok(step) = moment.result else {
        return Ok(());
    };
    let wake = matches!(moment.input.command, crate::incident::Command::Wake);
    must(wake || !step.events.is_empty(), name, || "nothing happened, though it was accepted".to_owned())?;
    let at = moment.before.map_or(Version::NONE, |before| before.version);
    let grown = u32::try_from(step.events.len()).unwrap_or(u32::MAX);
    must(step.incident.version.get() == at.get().saturating_add(grown), name, || {
        "a version was skipped".to_owned()
    })
}

/// 6. Instants never decrease within an incident, whatever clocks show, and no span is negative: else reports
///    add up to nonsense.
///
/// # Errors
/// Says which instant lies before which.
pub fn time_only_moves_forward(moment: &Moment<'_>) -> Held {
    let name = "6, time only moves forward";
    for pair in moment.journal.windows(2) {
        must(pair[0].at <= pair[1].at, name, || format!("{} comes after {}", pair[1].at, pair[0].at))?;
    }
    let Some(incident) = moment.incident() else {
        return Ok(());
    };
    let clocks = &incident.clocks;
    let past = [
        Some(clocks.created_at),
        Some(clocks.cycle_at),
        Some(clocks.active_at),
        clocks.routed_at,
        clocks.first_ack_at,
        clocks.ack_at,
        clocks.escalated_at,
        clocks.escalation_ack_at,
        clocks.resolution_requested_at,
        clocks.resolved_at,
        clocks.closed_at,
    ];
    for instant in past.into_iter().flatten() {
        let lived = clocks.created_at <= instant && instant <= clocks.updated_at;
        must(lived, name, || format!("{instant} lies outside its life, {clocks:?}"))?;
    }
    for stint in &incident.stints {
        let until = stint.until.map_or(clocks.updated_at, |(until, _)| until);
        must(stint.from <= until, name, || format!("{stint:?} ends before it begins"))?;
    }
    let cycle = clocks.updated_at.since(clocks.cycle_at);
    must(clocks.held_when_routed <= clocks.held && clocks.held <= cycle, name, || {
        format!("held for {:?} of {cycle:?}", clocks.held)
    })
}

/// 8. Each reminder, each broken promise and each call comes once for each time of waiting: nobody is told the
///    same thing twice, however often the desk looks and whatever crashed in between.
///
/// # Errors
/// Shows what came again.
pub fn each_deadline_is_met_once(moment: &Moment<'_>) -> Held {
    let mut met = BTreeSet::new();
    let mut waiting_since = Version::NONE;
    let mut incident: Option<Incident> = None;
    for event in moment.journal {
        let before = incident.clone();
        incident = evolve(moment.input.incident, incident, event);
        let Some(after) = &incident else {
            continue;
        };
        if before.is_none_or(|before| begins_anew(&before, after)) {
            waiting_since = after.version;
        }
        let Some(deadline) = deadline(&event.fact) else {
            continue;
        };
        let since = match deadline {
            Deadline::Breach(_) => Version::new(u32::from(after.cycle.0)),
            Deadline::Idle => Version::new(touches(moment.journal, after.version)),
            Deadline::Reminder(_) | Deadline::Call(..) | Deadline::Exhausted => waiting_since,
        };
        must(met.insert((deadline, since)), "8, each deadline is met once", || {
            format!("{:?} came again at {}", event.fact, event.at)
        })?;
    }
    Ok(())
}

fn begins_anew(before: &Incident, after: &Incident) -> bool {
    before.turned != after.turned
}

/// How often a person had done something by a version.
fn touches(journal: &[Event], version: Version) -> u32 {
    let so_far = journal.iter().take(version.get() as usize);
    so_far.filter(|event| matches!(event.by, crate::incident::By::Person(_))).count() as u32
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deadline {
    Reminder(u8),
    Breach(SlaKind),
    Call(u8, u8),
    Exhausted,
    Idle,
}

fn deadline(fact: &Fact) -> Option<Deadline> {
    if let Fact::ReminderSent { count } = fact {
        Some(Deadline::Reminder(*count))
    } else if let Fact::SlaBreached { kind } = fact {
        Some(Deadline::Breach(*kind))
    } else if let Fact::PageRequested { position, attempt, .. } = fact {
        Some(Deadline::Call(*position, *attempt))
    } else if matches!(fact, Fact::EscalationExhausted) {
        Some(Deadline::Exhausted)
    } else {
        matches!(fact, Fact::IdleWarned).then_some(Deadline::Idle)
    }
}

/// 9. Nobody holds an incident twice at once, and the time a person is credited with is the time for which the
///    journal shows them holding it: working time is paid once.
///
/// # Errors
/// Says whose time does not add up.
pub fn persons_hold_it_once_at_a_time(moment: &Moment<'_>) -> Held {
    let Some(incident) = moment.incident() else {
        return Ok(());
    };
    let name = "9, persons hold it once at a time";
    let people: BTreeSet<PersonId> = incident.stints.iter().map(|stint| stint.person).collect();
    for person in people {
        let open = incident.stints.iter().filter(|stint| stint.person == person && stint.is_open()).count();
        must(open <= 1, name, || format!("{person} holds it {open} times at once"))?;
        let now = incident.clocks.updated_at;
        let (credited, shown) = (incident.active_time(person, now), held_time(moment, person, now));
        must(credited == shown, name, || {
            format!("{person} is credited with {credited:?} instead of {shown:?}")
        })?;
    }
    Ok(())
}

/// Adds up, event by event, how long a person held the incident.
fn held_time(moment: &Moment<'_>, person: PersonId, now: Timestamp) -> Duration {
    let mut incident: Option<Incident> = None;
    let mut held_since = None;
    let mut sum = Duration::ZERO;
    for event in moment.journal {
        incident = evolve(moment.input.incident, incident, event);
        let holds = incident.as_ref().is_some_and(|incident| incident.holds(person));
        match (held_since, holds) {
            (None, true) => held_since = Some(event.at),
            (Some(since), false) => {
                sum += event.at.since(since);
                held_since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    sum + held_since.map_or(Duration::ZERO, |since| now.since(since))
}
