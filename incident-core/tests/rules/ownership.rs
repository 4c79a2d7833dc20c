//! Who holds it: claim, join, release, assign, reassign, revoke.

use incident_core::incident::{
    Audience, Command, Effect, Ending, Fact, HoldReason, Invalid, Notice, Rejection, State, StateKind, Stint,
    Waiting,
};
use incident_core::policy::{Actor, Preset};
use incident_core::testkit::cast::{self, ADA, ANN, BOB, DRIVER, MAX, MIA, SAM, TIM, TOM};

use super::*;

fn assign(to: PersonId) -> Command {
    Command::Assign { to: cast::member(to) }
}

fn reassign(from: Option<PersonId>, to: PersonId) -> Command {
    Command::Reassign { from, to: cast::member(to) }
}

fn revoke(person: PersonId) -> Command {
    Command::RevokeClaim { person, reason: words() }
}

fn revoked(person: PersonId) -> Fact {
    Fact::ClaimRevoked { person, reason: words() }
}

#[test]
fn t07_whoever_is_eligible_claims_what_is_open() {
    let claimed = reported(two_tier())
        .later(MINUTE)
        .when(ANN, Command::Acknowledge)
        .then([acknowledged(ANN, true)])
        .then_effects([Effect::ShowCard])
        .then_in(StateKind::Acknowledged)
        .then_wake_in(None)
        .and();
    let incident = claimed.incident();
    let stint = Stint {
        person: ANN,
        level: level(1),
        team: None,
        cycle: incident.cycle,
        from: claimed.now(),
        until: None,
    };
    assert_eq!(incident.stints, [stint]);
    let clocks = incident.clocks;
    assert_eq!((clocks.first_ack_at, clocks.ack_at), (Some(claimed.now()), Some(claimed.now())));
}

#[test]
fn t07_nobody_else_claims_it() {
    for person in [DRIVER, MIA, ADA, SAM, TIM] {
        reported(two_tier()).when(person, Command::Acknowledge).refused(Rejection::NotAuthorized);
    }
    for nobody in [Actor::System, Actor::Assistant] {
        reported(two_tier()).when(nobody, Command::Acknowledge).refused(Rejection::NotAuthorized);
    }
    routed().when(ANN, Command::Acknowledge).refused(Rejection::NotAuthorized);
    reported(departments()).when(TIM, Command::Acknowledge).refused(wrong(StateKind::Triage));
}

#[test]
fn t07_the_next_level_claims_what_was_escalated() {
    let given = claimed(two_tier()).asked(ANN, Command::Escalate);
    given.clone().when(ANN, Command::Acknowledge).refused(Rejection::NotAuthorized);
    let claimed = given.later(MINUTE).when(MIA, Command::Acknowledge).then([acknowledged(MIA, false)]).and();
    assert_eq!(claimed.incident().clocks.escalation_ack_at, Some(claimed.now()));
}

#[test]
fn t08_a_manager_asks_a_person_to_take_it() {
    let given = reported(two_tier());
    let since = given.now();
    given
        .when(MIA, assign(BOB))
        .then([Fact::Assigned { person: BOB }])
        .then_effects([Effect::ShowCard, summon(Audience::Person(BOB))])
        .then_state(State::Open(Waiting { expected: Some(BOB), ..Waiting::from(since) }));
}

#[test]
fn t08_whoever_is_eligible_may_ask_themselves_but_nobody_else() {
    let given = reported(two_tier());
    given.clone().when(ANN, assign(ANN)).then([Fact::Assigned { person: ANN }]);
    given.clone().when(ANN, assign(BOB)).refused(Rejection::NotAuthorized);
    given.clone().when(DRIVER, assign(BOB)).refused(Rejection::NotAuthorized);
    given.clone().when(SAM, assign(SAM)).refused(Rejection::NotEligible);
    given.when(MIA, assign(DRIVER)).refused(Rejection::NotEligible);
}

#[test]
fn t08_what_is_shared_may_be_assigned_while_others_hold_it() {
    let given = claimed(shared());
    given
        .clone()
        .when(ANN, assign(BOB))
        .then([Fact::Assigned { person: BOB }])
        .then_in(StateKind::Acknowledged);
    given.when(MIA, assign(ANN)).refused(Rejection::AlreadyAssignee);
    claimed(two_tier()).when(MIA, assign(BOB)).refused(Rejection::AlreadyAcknowledged { by: ANN });
    promised(shared()).when(MIA, assign(BOB)).refused(Rejection::ClosingOut { resolver: ANN });
}

#[test]
fn t18_on_a_shared_incident_others_join() {
    claimed(shared())
        .when(BOB, Command::Acknowledge)
        .then([Fact::Joined { person: BOB }])
        .then_effects([Effect::ShowCard])
        .then_in(StateKind::Acknowledged);
    claimed(shared()).when(MIA, Command::Acknowledge).refused(Rejection::NotAuthorized);
}

#[test]
fn t19_on_an_exclusive_incident_the_second_is_told_who_was_first() {
    claimed(two_tier()).when(BOB, Command::Acknowledge).refused(Rejection::AlreadyAcknowledged { by: ANN });
    claimed(two_tier()).when(ANN, Command::Acknowledge).refused(Rejection::AlreadyAssignee);
    claimed(shared()).when(ANN, Command::Acknowledge).refused(Rejection::AlreadyAssignee);
}

#[test]
fn t20_one_of_several_leaves_and_the_others_go_on() {
    let left = claimed(shared())
        .asked(BOB, Command::Acknowledge)
        .later(MINUTE)
        .when(ANN, Command::Release)
        .then([Fact::Released { person: ANN }])
        .then_effects([Effect::ShowCard])
        .then_in(StateKind::Acknowledged)
        .and();
    assert_eq!(left.incident().assignees().collect::<Vec<_>>(), [BOB]);
    assert_eq!(left.incident().stints[0].until, Some((left.now(), Ending::Released)));
}

#[test]
fn t21_when_the_last_one_leaves_it_waits_again() {
    let given = claimed(two_tier()).later(MINUTE);
    let (first, now) = (given.incident().clocks.first_ack_at, given.now());
    let left = given
        .when(ANN, Command::Release)
        .then([Fact::Released { person: ANN }, Fact::Unassigned])
        .then_effects([Effect::ShowCard])
        .then_state(State::Open(Waiting::from(now)))
        .then_wake_in(Some(10 * MINUTE))
        .and();
    assert_eq!((left.incident().clocks.first_ack_at, left.incident().clocks.ack_at), (first, None));
    left.when(BOB, Command::Acknowledge).then([acknowledged(BOB, false)]);
}

#[test]
fn t21_nobody_gives_back_what_they_do_not_hold() {
    claimed(two_tier()).when(BOB, Command::Release).refused(Rejection::NotAssignee);
    claimed(two_tier()).when(Actor::System, Command::Release).refused(Rejection::NotAuthorized);
    reported(two_tier()).when(ANN, Command::Release).refused(wrong(StateKind::Open));
    resolved(two_tier()).when(ANN, Command::Release).refused(wrong(StateKind::Resolved));
}

#[test]
fn whoever_stayed_on_from_the_level_below_may_leave_while_it_waits_above() {
    let given = claimed(shared()).asked(ANN, Command::Escalate);
    assert_eq!(given.incident().participants().collect::<Vec<_>>(), [ANN]);
    given.clone().when(ANN, Command::Release).then([Fact::Released { person: ANN }]).then_in(StateKind::Open);
    given.clone().when(MIA, revoke(ANN)).then([revoked(ANN)]).then_in(StateKind::Open);
    held(given.clone(), MIA).when(ANN, Command::Release).then([Fact::Released { person: ANN }]);
    given.when(BOB, Command::Release).refused(Rejection::NotAssignee);
}

#[test]
fn whoever_takes_the_higher_level_leaves_the_lower_one() {
    let policy = but(Preset::TwoTierShared, |rules| rules.levels[1] = rules.levels[0].clone());
    let twice = claimed(policy).after([(ANN, Command::Escalate), (ANN, Command::Acknowledge)]);
    let until = twice.incident().stints[0].until;
    assert_eq!(until, Some((twice.now(), Ending::Escalated)));
    assert_eq!(twice.incident().participants().count(), 0);
}

#[test]
fn t24_a_holder_hands_it_to_somebody_who_has_yet_to_claim_it() {
    let given = claimed(two_tier()).later(MINUTE);
    let now = given.now();
    let handed = given
        .when(ANN, reassign(None, BOB))
        .then([Fact::Reassigned { from: ANN, to: BOB }, Fact::Unassigned, Fact::Assigned { person: BOB }])
        .then_effects([Effect::ShowCard, summon(Audience::Person(BOB))])
        .then_state(State::Open(Waiting { expected: Some(BOB), ..Waiting::from(now) }))
        .and();
    assert_eq!(handed.incident().stints[0].until, Some((now, Ending::Reassigned)));
}

#[test]
fn t24_a_manager_hands_it_on_and_others_keep_what_they_hold() {
    claimed(shared())
        .asked(BOB, Command::Acknowledge)
        .when(MIA, reassign(Some(ANN), BOB))
        .refused(Rejection::AlreadyAssignee)
        .when(MAX, Command::Release)
        .refused(Rejection::NotAssignee);
    at_tyres().when(MIA, reassign(Some(TIM), TOM)).then([
        Fact::Reassigned { from: TIM, to: TOM },
        Fact::Unassigned,
        Fact::Assigned { person: TOM },
    ]);
    let both = claimed(shared()).asked(BOB, Command::Acknowledge);
    both.under(but(Preset::TwoTierShared, |rules| rules.levels[0] = rules.levels[1].clone()))
        .when(MIA, reassign(Some(ANN), MAX))
        .then([Fact::Reassigned { from: ANN, to: MAX }, Fact::Assigned { person: MAX }])
        .then_in(StateKind::Acknowledged);
}

#[test]
fn t24_nobody_hands_on_what_somebody_else_holds() {
    let both = claimed(shared()).asked(BOB, Command::Acknowledge);
    both.when(ANN, reassign(Some(BOB), ANN)).refused(Rejection::NotAuthorized);
    let given = claimed(two_tier());
    given.clone().when(BOB, reassign(None, BOB)).refused(Rejection::NotAuthorized);
    given.clone().when(MIA, reassign(None, BOB)).refused(Rejection::NotAssignee);
    given.clone().when(MIA, reassign(Some(MAX), BOB)).refused(Rejection::NotAssignee);
    given.clone().when(ANN, reassign(None, SAM)).refused(Rejection::NotEligible);
    given.clone().when(ANN, reassign(None, ANN)).refused(Rejection::AlreadyAssignee);
    reported(two_tier()).when(MIA, reassign(Some(ANN), BOB)).refused(wrong(StateKind::Open));
}

#[test]
fn t25_a_manager_or_administrator_ends_a_claim() {
    for who in [MIA, ADA] {
        claimed(two_tier())
            .when(who, revoke(ANN))
            .then([revoked(ANN), Fact::Unassigned])
            .then_effects([Effect::ShowCard, say(Notice::ClaimEnded { person: ANN })])
            .then_in(StateKind::Open);
    }
    claimed(shared())
        .asked(BOB, Command::Acknowledge)
        .when(MIA, revoke(ANN))
        .then([revoked(ANN)])
        .then_in(StateKind::Acknowledged);
}

#[test]
fn t25_nobody_else_ends_a_claim_and_none_that_is_not_there() {
    for who in [ANN, BOB, DRIVER, SAM] {
        claimed(two_tier()).when(who, revoke(ANN)).refused(Rejection::NotAuthorized);
    }
    claimed(two_tier()).when(MIA, revoke(BOB)).refused(Rejection::NotAssignee);
    let nothing = cast::text(&"x".repeat(501));
    let too_long = invalid(Invalid::Text(incident_core::text::TextError::TooLong { max: 500 }));
    claimed(two_tier()).when(MIA, Command::RevokeClaim { person: ANN, reason: nothing }).refused(too_long);
}

#[test]
fn t33_claiming_what_is_on_hold_resumes_it() {
    held(reported(two_tier()), ANN)
        .when(BOB, Command::Acknowledge)
        .then([Fact::Resumed, acknowledged(BOB, true)])
        .then_in(StateKind::Acknowledged);
    answered().when(ANN, Command::Acknowledge).then([Fact::Resumed, acknowledged(ANN, true)]);
    held(claimed(shared()), ANN)
        .when(BOB, Command::Acknowledge)
        .then([Fact::Resumed, Fact::Joined { person: BOB }]);
    held(claimed(two_tier()), ANN)
        .when(BOB, Command::Acknowledge)
        .refused(Rejection::AlreadyAcknowledged { by: ANN });
    held(reported(two_tier()), ANN).when(DRIVER, Command::Acknowledge).refused(Rejection::NotAuthorized);
}

#[test]
fn t34_on_hold_it_may_be_assigned_and_handed_on_as_in_the_state_it_goes_on_in() {
    held(reported(two_tier()), ANN)
        .when(MIA, assign(BOB))
        .then([Fact::Resumed, Fact::Assigned { person: BOB }])
        .then_in(StateKind::Open);
    held(claimed(two_tier()), ANN)
        .when(ANN, reassign(None, BOB))
        .then([
            Fact::Resumed,
            Fact::Reassigned { from: ANN, to: BOB },
            Fact::Unassigned,
            Fact::Assigned { person: BOB },
        ])
        .then_in(StateKind::Open);
    held(reported(two_tier()), ANN).when(MIA, reassign(Some(ANN), BOB)).refused(wrong(StateKind::OnHold));
    answered().when(MIA, assign(ANN)).refused(wrong(StateKind::OnHold));
}

#[test]
fn t34_leaving_what_is_on_hold_keeps_it_on_hold() {
    let hold = |reason| Command::Hold { reason };
    let given = claimed(two_tier()).asked(ANN, hold(HoldReason::External));
    let left =
        given.clone().when(ANN, Command::Release).then([Fact::Released { person: ANN }, Fact::Unassigned]);
    let left = left.then_in(StateKind::OnHold).and();
    assert_eq!(left.incident().clocks.ack_at, None);
    left.when(BOB, Command::Resume).then_in(StateKind::Open);
    let revoked_too = given.when(MIA, revoke(ANN)).then([revoked(ANN), Fact::Unassigned]);
    revoked_too.then_in(StateKind::OnHold).and().when(BOB, Command::Resume).then_in(StateKind::Open);
}

#[test]
fn t43_helpers_leave_while_the_summary_is_outstanding_but_not_its_author() {
    let given = claimed(shared()).after([(BOB, Command::Acknowledge), (ANN, Command::RequestResolve)]);
    given
        .clone()
        .when(BOB, Command::Release)
        .then([Fact::Released { person: BOB }])
        .then_in(StateKind::PendingSummary);
    given.clone().when(MIA, revoke(BOB)).then([revoked(BOB)]).then_in(StateKind::PendingSummary);
    given.clone().when(ANN, Command::Release).refused(Rejection::ClosingOut { resolver: ANN });
    given.when(MIA, revoke(ANN)).refused(Rejection::ClosingOut { resolver: ANN });
}

#[test]
fn working_time_is_counted_while_somebody_holds_it() {
    let given = claimed(two_tier()).later(10 * MINUTE).asked(ANN, Command::Release);
    let given = given.later(DAY).asked(ANN, Command::Acknowledge).later(MINUTE);
    let second = Duration::from_secs(1);
    assert_eq!(given.incident().active_time(ANN, given.now()), 10 * MINUTE + second + MINUTE);
    assert_eq!(given.incident().active_time(BOB, given.now()), Duration::ZERO);
}
