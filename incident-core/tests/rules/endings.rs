//! How it ends, and begins again.

use incident_core::incident::{
    CloseReason, Command, Cycle, Effect, Ending, Fact, Invalid, Notice, Outcome, Pending, Rejection, State,
    StateKind, Waiting,
};
use incident_core::policy::{Preset, Summary};
use incident_core::testkit::cast::{self, ADA, ANN, BOB, DRIVER, MIA, SAM, TIM};
use incident_core::text::TextError;

use super::*;

fn resolve(summary: Option<Text>) -> Command {
    Command::Resolve { summary }
}

fn closed(reason: CloseReason, note: Option<Text>) -> Fact {
    Fact::Closed { reason, note }
}

fn too_short() -> Rejection {
    invalid(Invalid::Text(TextError::TooShort { min: 5 }))
}

fn too_long(max: usize) -> Rejection {
    invalid(Invalid::Text(TextError::TooLong { max }))
}

#[test]
fn t15_the_reporter_or_a_manager_takes_it_back_before_anybody_claims_it() {
    for who in [DRIVER, MIA] {
        reported(two_tier())
            .when(who, Command::Cancel { reason: words() })
            .then([closed(CloseReason::Cancelled, Some(words()))])
            .then_effects([Effect::ShowCard, say(Notice::Closed { reason: CloseReason::Cancelled })])
            .then_in(StateKind::Closed)
            .then_wake_in(None);
    }
    reported(departments()).when(DRIVER, Command::Cancel { reason: words() }).then_in(StateKind::Closed);
    reported(two_tier()).when(ANN, Command::Cancel { reason: words() }).refused(Rejection::NotAuthorized);
    claimed(two_tier())
        .when(DRIVER, Command::Cancel { reason: words() })
        .refused(wrong(StateKind::Acknowledged));
    let endless = Command::Cancel { reason: cast::text(&"x".repeat(501)) };
    reported(two_tier()).when(DRIVER, endless).refused(too_long(500));
}

#[test]
fn t17_where_the_policy_lets_it_what_nobody_claimed_is_resolved_at_once() {
    reported(tickets())
        .when(ANN, resolve(None))
        .then([acknowledged(ANN, true), Fact::Resolved { resolver: ANN, summary: None }])
        .then_in(StateKind::Resolved);
    reported(tickets())
        .when(ANN, Command::RequestResolve)
        .then([acknowledged(ANN, true), Fact::ResolutionRequested { resolver: ANN }])
        .then_in(StateKind::PendingSummary);
    reported(tickets()).when(DRIVER, resolve(None)).refused(Rejection::NotAuthorized);
    reported(tickets()).when(Actor::System, resolve(None)).refused(Rejection::NotAuthorized);
    reported(two_tier()).when(ANN, resolve(Some(words()))).refused(wrong(StateKind::Open));
    claimed(tickets()).when(BOB, resolve(None)).refused(Rejection::NotAuthorized);
}

#[test]
fn t26_the_holder_promises_a_summary_and_is_asked_for_it() {
    let given = claimed(two_tier()).later(MINUTE);
    let now = given.now();
    let promised = given
        .when(ANN, Command::RequestResolve)
        .then([Fact::ResolutionRequested { resolver: ANN }])
        .then_effects([Effect::ShowCard, ask(ANN, false)])
        .then_state(State::PendingSummary(Pending { resolver: ANN, since: now, reminders: 0 }))
        .then_wake_in(Some(10 * MINUTE))
        .and();
    assert!(promised.incident().holds(ANN));
    assert_eq!(promised.incident().clocks.resolution_requested_at, Some(now));
}

#[test]
fn t26_nobody_else_does_unless_the_policy_lets_any_level() {
    for who in [BOB, MIA, DRIVER] {
        claimed(two_tier()).when(who, Command::RequestResolve).refused(Rejection::NotAuthorized);
    }
    escalated(shared()).when(ANN, Command::RequestResolve).refused(Rejection::NotAuthorized);
    let any_level = but(Preset::TwoTierShared, |rules| rules.resolve_at_current_level = false);
    escalated(any_level.clone()).when(ANN, Command::RequestResolve).then_in(StateKind::PendingSummary);
    let open = claimed(any_level).asked(ANN, Command::Escalate);
    open.when(ANN, Command::RequestResolve).refused(wrong(StateKind::Open));
}

#[test]
fn t27_the_holder_resolves_it_with_a_summary_where_one_is_needed() {
    let given = claimed(two_tier()).later(MINUTE);
    let now = given.now();
    let outcome = Outcome { by: ANN, at: now, summary: Some(words()), summary_by: Some(ANN) };
    let resolved = given
        .clone()
        .when(ANN, resolve(Some(words())))
        .then([Fact::Resolved { resolver: ANN, summary: Some(words()) }])
        .then_effects([Effect::ShowCard, say(Notice::Resolved)])
        .then_state(State::Resolved(outcome))
        .then_wake_in(None)
        .and();
    assert_eq!(resolved.incident().stints[0].until, Some((now, Ending::ResolvedSelf)));
    assert_eq!(resolved.incident().clocks.resolved_at, Some(now));
    given.clone().when(ANN, resolve(None)).refused(invalid(Invalid::NoSummary));
    given.clone().when(BOB, resolve(None)).refused(Rejection::NotAuthorized);
    given.when(ANN, resolve(Some(cast::text("done")))).refused(too_short());
    claimed(tickets()).when(ANN, resolve(None)).then([Fact::Resolved { resolver: ANN, summary: None }]);
    promised(two_tier()).when(ANN, resolve(Some(words()))).refused(wrong(StateKind::PendingSummary));
}

#[test]
fn t34_on_hold_it_may_be_resolved_as_in_the_state_it_goes_on_in() {
    held(claimed(two_tier()), ANN)
        .when(ANN, Command::RequestResolve)
        .then([Fact::Resumed, Fact::ResolutionRequested { resolver: ANN }])
        .then_in(StateKind::PendingSummary);
    held(claimed(two_tier()), ANN)
        .when(ANN, resolve(Some(words())))
        .then([Fact::Resumed, Fact::Resolved { resolver: ANN, summary: Some(words()) }]);
    held(reported(two_tier()), ANN).when(ANN, resolve(Some(words()))).refused(wrong(StateKind::OnHold));
}

#[test]
fn t38_the_reporter_confirms_that_the_answer_was_enough() {
    answered()
        .when(DRIVER, Command::Confirm)
        .then([closed(CloseReason::Answered, None)])
        .then_in(StateKind::Closed);
    held(claimed(two_tier()), ANN).when(DRIVER, Command::Confirm).refused(wrong(StateKind::OnHold));
}

#[test]
fn t39_the_summary_comes_from_whoever_promised_it_or_where_it_may_from_others() {
    let submit = || Command::SubmitSummary { summary: words() };
    let helped =
        |policy| claimed(policy).after([(BOB, Command::Acknowledge), (ANN, Command::RequestResolve)]);
    let given = helped(shared()).later(MINUTE);
    let done = given
        .clone()
        .when(ANN, submit())
        .then([Fact::Resolved { resolver: ANN, summary: Some(words()) }])
        .then_effects([Effect::ShowCard, say(Notice::Resolved)])
        .then_in(StateKind::Resolved)
        .and();
    let endings: Vec<_> = done.incident().stints.iter().map(|stint| stint.until).collect();
    assert_eq!(
        endings,
        [Some((done.now(), Ending::ResolvedSelf)), Some((done.now(), Ending::ResolvedOther))]
    );
    for who in [BOB, MIA, DRIVER] {
        given.clone().when(who, submit()).refused(Rejection::NotAuthorized);
    }
    given.when(ANN, Command::SubmitSummary { summary: cast::text("done") }).refused(too_short());
    claimed(two_tier()).when(ANN, submit()).refused(wrong(StateKind::Acknowledged));
    let by_others = but(Preset::TwoTierShared, |rules| rules.summary_by_others = true);
    for who in [BOB, MIA] {
        let outcome = helped(by_others.clone()).when(who, submit()).and();
        let outcome = outcome.incident().outcome().cloned().expect("it is resolved");
        assert_eq!((outcome.by, outcome.summary_by), (ANN, Some(who)));
    }
    helped(by_others).when(DRIVER, submit()).refused(Rejection::NotAuthorized);
}

#[test]
fn t40_the_promise_is_withdrawn_and_work_goes_on() {
    for who in [ANN, MIA] {
        promised(two_tier())
            .when(who, Command::CancelResolve)
            .then([Fact::ResolutionCancelled])
            .then_effects([Effect::ShowCard])
            .then_in(StateKind::Acknowledged);
    }
    promised(two_tier()).when(BOB, Command::CancelResolve).refused(Rejection::NotAuthorized);
    claimed(two_tier()).when(ANN, Command::CancelResolve).refused(wrong(StateKind::Acknowledged));
}

#[test]
fn t44_what_is_over_is_opened_again_while_the_window_lasts() {
    for who in [DRIVER, ANN, BOB, MIA] {
        let given = resolved(two_tier()).later(7 * DAY);
        let now = given.now();
        let reopened = given
            .when(who, Command::Reopen { reason: words() })
            .then([Fact::Reopened { reason: words() }])
            .then_effects([Effect::ShowCard])
            .then_state(State::Open(Waiting::from(now)))
            .then_wake_in(Some(10 * MINUTE))
            .and();
        let incident = reopened.incident();
        assert_eq!(
            (incident.cycle, incident.clocks.cycle_at, incident.clocks.first_ack_at),
            (Cycle(2), now, None)
        );
        reopened.when(ANN, Command::Acknowledge).then([acknowledged(ANN, true)]);
    }
}

#[test]
fn t44_it_comes_back_to_the_level_and_team_it_had() {
    let ended = escalated(two_tier()).asked(MIA, resolve(Some(words())));
    let again = ended.asked(DRIVER, Command::Reopen { reason: words() });
    assert_eq!((again.incident().level, again.incident().clocks.escalation_ack_at), (level(2), None));
    let team =
        at_tyres().asked(TIM, resolve(Some(words()))).asked(DRIVER, Command::Reopen { reason: words() });
    assert_eq!(team.incident().team, Some(TYRES));
}

#[test]
fn t44_what_an_assistant_answered_before_counts_no_more() {
    let rounds = (0..3).fold(reported(answering()), |given, round| {
        given
            .asked(Actor::Assistant, found(20, round))
            .asked(DRIVER, Command::ReporterReply { text: words() })
    });
    let over = rounds.asked(DRIVER, Command::Cancel { reason: words() });
    let again = over.asked(DRIVER, Command::Reopen { reason: words() });
    again.when(Actor::Assistant, found(20, 3)).then([triaged(20, false)]);
}

#[test]
fn t44_nobody_else_reopens_it_nor_anybody_later() {
    let reopen = || Command::Reopen { reason: words() };
    resolved(two_tier()).when(SAM, reopen()).refused(Rejection::NotAuthorized);
    let late = resolved(two_tier()).later(7 * DAY + Duration::from_micros(1));
    late.when(DRIVER, reopen()).refused(Rejection::TooLate);
    let never = but(Preset::TwoTier, |rules| rules.reopen_window = None);
    resolved(never).when(DRIVER, reopen()).refused(Rejection::TooLate);
    claimed(two_tier()).when(DRIVER, reopen()).refused(wrong(StateKind::Acknowledged));
    let endless = Command::Reopen { reason: cast::text(&"x".repeat(501)) };
    resolved(two_tier()).when(DRIVER, endless).refused(too_long(500));
    let cancelled = reported(two_tier()).asked(DRIVER, Command::Cancel { reason: words() });
    cancelled.when(DRIVER, reopen()).then_in(StateKind::Open);
}

#[test]
fn t45_the_summary_is_corrected_by_its_author_or_a_manager() {
    let corrected = cast::text("a better summary");
    let amend = || Command::AmendSummary { summary: corrected.clone() };
    for who in [ANN, MIA] {
        let amended = resolved(two_tier())
            .when(who, amend())
            .then([Fact::SummaryAmended { summary: corrected.clone() }])
            .then_effects([Effect::ShowCard])
            .and();
        let outcome = amended.incident().outcome().cloned().expect("it is resolved");
        assert_eq!(
            (outcome.by, outcome.summary, outcome.summary_by),
            (ANN, Some(corrected.clone()), Some(who))
        );
    }
    resolved(two_tier()).when(BOB, amend()).refused(Rejection::NotAuthorized);
    promised(two_tier()).when(ANN, amend()).refused(wrong(StateKind::PendingSummary));
    let short = Command::AmendSummary { summary: cast::text("done") };
    resolved(two_tier()).when(ANN, short).refused(too_short());
}

#[test]
fn t46_what_was_resolved_is_confirmed() {
    for who in [DRIVER, MIA, ADA] {
        resolved(two_tier())
            .when(who, Command::Confirm)
            .then([closed(CloseReason::Confirmed, None)])
            .then_effects([Effect::ShowCard, say(Notice::Closed { reason: CloseReason::Confirmed })])
            .then_in(StateKind::Closed);
    }
    resolved(two_tier()).when(ANN, Command::Confirm).refused(Rejection::NotAuthorized);
    reported(two_tier()).when(DRIVER, Command::Confirm).refused(wrong(StateKind::Open));
    let confirmed = resolved(two_tier()).asked(DRIVER, Command::Confirm);
    assert_eq!(confirmed.incident().resolver(), Some(ANN));
}

#[test]
fn t48_what_is_over_is_archived_once() {
    for who in [ADA, MIA] {
        resolved(two_tier()).when(who, Command::Archive).then([Fact::Archived]).then_in(StateKind::Resolved);
    }
    let archived = resolved(two_tier()).asked(Actor::System, Command::Archive);
    archived.clone().when(ADA, Command::Archive).refused(invalid(Invalid::NoChange));
    let again = archived.asked(DRIVER, Command::Reopen { reason: words() });
    assert!(!again.incident().archived);
    resolved(two_tier()).when(ANN, Command::Archive).refused(Rejection::NotAuthorized);
    claimed(two_tier()).when(ADA, Command::Archive).refused(wrong(StateKind::Acknowledged));
}

#[test]
fn t49_a_manager_or_administrator_ends_it_from_above() {
    let close = |reason| Command::Close { reason };
    for reason in [CloseReason::Admin, CloseReason::Duplicate, CloseReason::Cancelled] {
        for who in [MIA, ADA] {
            let ended = claimed(two_tier()).when(who, close(reason)).then([closed(reason, None)]).and();
            assert_eq!(ended.incident().stints[0].until, Some((ended.now(), Ending::Closed)));
        }
        resolved(two_tier()).when(MIA, close(reason)).refused(invalid(Invalid::Unreachable));
    }
    resolved(two_tier()).when(MIA, close(CloseReason::Confirmed)).then_in(StateKind::Closed);
    claimed(two_tier()).when(MIA, close(CloseReason::Confirmed)).refused(invalid(Invalid::Unreachable));
    for reason in [CloseReason::NoSummary, CloseReason::Idle, CloseReason::Answered] {
        claimed(two_tier()).when(MIA, close(reason)).refused(invalid(Invalid::Unreachable));
    }
    claimed(two_tier()).when(DRIVER, close(CloseReason::Cancelled)).refused(Rejection::NotAuthorized);
    claimed(tickets()).when(DRIVER, close(CloseReason::Cancelled)).then_in(StateKind::Closed);
    let over = claimed(two_tier()).asked(MIA, close(CloseReason::Admin));
    over.when(MIA, close(CloseReason::Admin)).refused(wrong(StateKind::Closed));
}

#[test]
fn a_policy_may_ask_for_no_summary() {
    let optional = but(Preset::TwoTier, |rules| rules.summary = Summary::Optional);
    claimed(optional).when(ANN, resolve(None)).then_in(StateKind::Resolved);
    at_tyres().when(TIM, resolve(None)).refused(invalid(Invalid::NoSummary));
}
