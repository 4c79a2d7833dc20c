//! Calling people who are on call, one after the other, until one of them confirms.

use incident_core::incident::{Command, Effect, Fact, Notice, PageOutcome, Rejection, StateKind};
use incident_core::policy::{Paging, Preset};
use incident_core::testkit::cast::{self, ANN, BOB, MAX, MIA, SAM};

use super::*;

fn call(position: u8, target: PersonId, attempt: u8) -> Fact {
    Fact::PageRequested { position, target, attempt }
}

fn ring(target: PersonId, attempt: u8) -> Effect {
    Effect::Ring { target, attempt }
}

/// Two tiers in which the managers are called, twice each.
fn on_call() -> Policy {
    but(Preset::TwoTier, |rules| {
        let paging = Paging { chain: vec![MIA, MAX], tries: 2, gap: MINUTE / 2 };
        rules.levels[1].paging = Some(paging);
        rules.levels[1].nudge = None;
    })
}

fn calling() -> Given {
    claimed(on_call()).asked(ANN, Command::Escalate).woken_after(Duration::ZERO).then([call(0, MIA, 1)]).and()
}

fn outcome(target: PersonId, attempt: u8, outcome: PageOutcome) -> Command {
    Command::PageOutcome { target: cast::member(target), attempt, outcome }
}

fn attempted(target: PersonId, attempt: u8, outcome: PageOutcome) -> Fact {
    Fact::PageAttempted { target, attempt, outcome }
}

#[test]
fn t11_people_on_call_are_called_until_one_confirms() {
    let given = claimed(on_call()).asked(ANN, Command::Escalate);
    let called = given
        .woken_after(Duration::ZERO)
        .then([call(0, MIA, 1)])
        .then_effects([ring(MIA, 1)])
        .then_wake_in(Some(MINUTE / 2))
        .and();
    for undecided in [PageOutcome::Delivered, PageOutcome::Failed] {
        called
            .clone()
            .when(Actor::System, outcome(MIA, 1, undecided))
            .then([attempted(MIA, 1, undecided)])
            .then_effects([])
            .then_in(StateKind::Open);
    }
    let confirmed = outcome(MIA, 1, PageOutcome::Confirmed);
    for who in [Actor::System, cast::actor(MIA)] {
        called
            .clone()
            .when(who, confirmed.clone())
            .then([attempted(MIA, 1, PageOutcome::Confirmed), acknowledged(MIA, false)])
            .then_in(StateKind::Acknowledged)
            .then_wake_in(None);
    }
    called.when(ANN, confirmed).refused(Rejection::NotAuthorized);
}

#[test]
fn t11_only_calls_that_were_made_have_an_outcome() {
    let failed = |target, attempt| outcome(target, attempt, PageOutcome::Failed);
    for unknown in [failed(MIA, 0), failed(MIA, 2), failed(MAX, 1), failed(BOB, 1)] {
        calling().when(Actor::System, unknown).refused(Rejection::Unknown);
    }
    let again = calling().woken_after(MINUTE / 2).then([call(0, MIA, 2)]).and();
    let next = again.clone().woken_after(MINUTE / 2).then([call(1, MAX, 1)]).and();
    for known in [failed(MIA, 1), failed(MIA, 2), failed(MAX, 1)] {
        next.clone().when(Actor::System, known).then_in(StateKind::Open);
    }
    for unknown in [failed(MIA, 3), failed(MAX, 2)] {
        next.clone().when(Actor::System, unknown).refused(Rejection::Unknown);
    }
    reported(two_tier()).when(Actor::System, failed(MIA, 1)).refused(Rejection::Unknown);
    claimed(two_tier()).when(Actor::System, failed(MIA, 1)).refused(wrong(StateKind::Acknowledged));
}

#[test]
fn t11_a_call_makes_nobody_eligible() {
    let policy = but(Preset::TwoTier, |rules| {
        rules.levels[0].paging = Some(Paging { chain: vec![SAM], tries: 1, gap: MINUTE });
    });
    let called = reported(policy).woken_after(Duration::ZERO).then([call(0, SAM, 1)]).and();
    called.when(SAM, outcome(SAM, 1, PageOutcome::Confirmed)).refused(Rejection::NotEligible);
}

#[test]
fn t12_when_everybody_was_called_in_vain_the_next_level_is_asked_or_everybody_told() {
    let all = [call(0, MIA, 2), call(1, MAX, 1), call(1, MAX, 2)];
    let called =
        all.into_iter().fold(calling(), |given, call| given.woken_after(MINUTE / 2).then([call]).and());
    called
        .woken_after(MINUTE / 2)
        .then([Fact::EscalationExhausted])
        .then_effects([say(Notice::Exhausted)])
        .then_in(StateKind::Open)
        .then_wake_in(None);
    let first = but(Preset::TwoTier, |rules| {
        rules.levels[0].paging = Some(Paging { chain: vec![ANN], tries: 1, gap: MINUTE });
    });
    let called = reported(first).woken_after(Duration::ZERO).then([call(0, ANN, 1)]).and();
    called
        .woken_after(MINUTE)
        .then([Fact::EscalationExhausted, to_level(2, true, true)])
        .then_in(StateKind::Open);
}
