//! What falls due, and what no longer does.

use incident_core::incident::{
    Audience, CloseReason, Command, Effect, Fact, HoldReason, Notice, Priority, SlaKind, StateKind,
};
use incident_core::policy::{Anchor, IdleRule, Nudge, Preset, Role, RouteRule, Sla, SummaryEnd, SummaryRule};
use incident_core::testkit::cast::{self, ANN, DRIVER, ENGINES, MIA, SAM, TIM, TYRES};

use super::*;

const HOUR: Duration = Duration::from_secs(3_600);
const MOMENT: Duration = Duration::from_micros(1);

fn reminder(count: u8) -> Fact {
    Fact::ReminderSent { count }
}

fn breach(kind: SlaKind) -> Fact {
    Fact::SlaBreached { kind }
}

#[test]
fn t06_nobody_routes_it_so_somebody_is_reminded_and_then_the_default_team_gets_it() {
    let policy = but(Preset::Departments, |rules| {
        rules.route = Some(RouteRule { after: 10 * MINUTE, default_team: Some(ENGINES) });
    });
    let reminded = reported(policy)
        .woken_after(10 * MINUTE)
        .then([reminder(1)])
        .then_effects([Effect::ShowCard, say(Notice::Unrouted { minutes: 10 })])
        .then_in(StateKind::Triage)
        .then_wake_in(Some(10 * MINUTE))
        .and();
    reminded
        .woken_after(10 * MINUTE)
        .then([Fact::Routed { team: Some(ENGINES), by_timer: true }])
        .then_effects([Effect::ShowCard, summon(Audience::Team)])
        .then_in(StateKind::Open);
}

#[test]
fn t06_without_a_default_team_the_reminder_is_all_unless_there_are_no_teams() {
    reported(departments()).woken_after(10 * MINUTE).then([reminder(1)]).then_wake_in(None);
    let looked = reported(support()).woken_after(10 * MINUTE).then([reminder(1)]).and();
    looked
        .woken_after(10 * MINUTE)
        .then([Fact::Routed { team: None, by_timer: true }])
        .then_in(StateKind::Open);
    reported(departments()).woken_after(10 * MINUTE - MOMENT).then([]).then_wake_in(Some(MOMENT));
}

#[test]
fn t10_nobody_claims_it_so_those_who_could_are_reminded() {
    let responders = Audience::Role(Role::Responder);
    reported(two_tier())
        .woken_after(10 * MINUTE)
        .then([reminder(1)])
        .then_effects([Effect::ShowCard, say(Notice::Unclaimed { audience: responders, minutes: 10 })])
        .then_in(StateKind::Open)
        .then_wake_in(None);
    let managers = Audience::Role(Role::Manager);
    claimed(two_tier())
        .asked(ANN, Command::Escalate)
        .woken_after(15 * MINUTE)
        .then([reminder(1)])
        .then_effects([Effect::ShowCard, say(Notice::Unclaimed { audience: managers, minutes: 15 })]);
    reported(two_tier()).woken_after(10 * MINUTE - MOMENT).then([]).then_wake_in(Some(MOMENT));
    routed()
        .woken_after(10 * MINUTE)
        .then_effects([Effect::ShowCard, say(Notice::Unclaimed { audience: Audience::Team, minutes: 10 })]);
}

fn insistent() -> Policy {
    but(Preset::TwoTier, |rules| {
        rules.levels[0].nudge = Some(Nudge { after: 10 * MINUTE, times: 2, then_escalate: true });
    })
}

#[test]
fn t10_after_the_last_reminder_the_next_level_is_asked() {
    let once = reported(insistent()).woken_after(10 * MINUTE).then([reminder(1)]).and();
    let twice = once.woken_after(10 * MINUTE).then([reminder(2)]).then_wake_in(Some(10 * MINUTE)).and();
    twice
        .woken_after(10 * MINUTE)
        .then([to_level(2, true, true)])
        .then_effects([Effect::ShowCard, summon(Audience::Role(Role::Manager))])
        .then_in(StateKind::Open)
        .then_wake_in(Some(15 * MINUTE));
    let top = but(Preset::TwoTier, |rules| {
        rules.levels[1].nudge = Some(Nudge { after: MINUTE, times: 1, then_escalate: true });
    });
    claimed(top).asked(ANN, Command::Escalate).woken_after(MINUTE).then([reminder(1)]).then_wake_in(None);
}

#[test]
fn t10_one_reminder_stands_for_all_that_were_missed() {
    let late = reported(insistent()).woken_after(25 * MINUTE).then([reminder(2)]);
    late.then_effects([
        Effect::ShowCard,
        say(Notice::Unclaimed { audience: Audience::Role(Role::Responder), minutes: 25 }),
    ])
    .then_wake_in(Some(5 * MINUTE));
    let very_late = reported(insistent()).woken_after(DAY).then([reminder(2)]).and();
    very_late.woken_after(Duration::ZERO).then([to_level(2, true, true)]);
}

fn promising(anchor: Anchor) -> Policy {
    but(Preset::Departments, |rules| {
        rules.sla = Sla { response: Some(HOUR), resolve: Some(3 * HOUR), anchor };
        rules.levels[0].nudge = None;
        rules.route = None;
    })
}

fn route(given: Given) -> Given {
    given.asked(DRIVER, Command::Route { to: cast::choice(TYRES) })
}

#[test]
fn t29_broken_promises_are_told_once_each() {
    let second = Duration::from_secs(1);
    let waiting = route(reported(promising(Anchor::Created)));
    let breached = waiting
        .woken_after(HOUR - second)
        .then([breach(SlaKind::Response)])
        .then_effects([say(Notice::Breached { audience: Audience::Team })])
        .then_in(StateKind::Open)
        .then_wake_in(Some(2 * HOUR))
        .and();
    let working = breached.later(HOUR).asked(TIM, Command::Acknowledge);
    working
        .woken_after(HOUR - second)
        .then([breach(SlaKind::Resolve)])
        .then_effects([say(Notice::Breached { audience: Audience::Assignees })])
        .then_in(StateKind::Acknowledged)
        .then_wake_in(None);
}

#[test]
fn t29_a_claim_keeps_the_promise_to_respond_and_a_release_does_not_break_it() {
    let claimed = route(reported(promising(Anchor::Created))).asked(TIM, Command::Acknowledge);
    claimed.asked(TIM, Command::Release).woken_after(HOUR).then([]);
}

#[test]
fn t29_promises_count_from_the_report_or_from_the_team_without_what_was_held() {
    let waited = |anchor| reported(promising(anchor)).later(HOUR);
    let second = Duration::from_secs(1);
    let transfer = Command::Transfer { to: cast::choice(ENGINES) };
    let by_report = route(waited(Anchor::Created));
    by_report.woken_after(Duration::ZERO).then([breach(SlaKind::Response)]);
    let by_team =
        route(waited(Anchor::Routed)).woken_after(Duration::ZERO).then([]).then_wake_in(Some(HOUR)).and();
    let rested = held(by_team, TIM).later(DAY);
    rested.clone().woken_after(Duration::ZERO).then([]);
    let resumed = rested.clone().asked(TIM, Command::Resume);
    resumed.woken_after(Duration::ZERO).then([]).then_wake_in(Some(HOUR - second));
    let elsewhere = rested.asked(TIM, Command::Resume).asked(TIM, transfer);
    elsewhere.woken_after(Duration::ZERO).then([]).then_wake_in(Some(HOUR));
}

#[test]
fn t29_another_cycle_makes_the_promises_anew() {
    let policy = but(Preset::TwoTier, |rules| {
        rules.sla.resolve = Some(HOUR);
        rules.levels[0].nudge = None;
    });
    let broken = claimed(policy).woken_after(HOUR).then([breach(SlaKind::Resolve)]).and();
    let again = broken
        .asked(ANN, Command::Resolve { summary: Some(words()) })
        .asked(DRIVER, Command::Reopen { reason: words() });
    again.woken_after(Duration::ZERO).then([]).then_wake_in(Some(HOUR));
}

#[test]
fn t35_the_reporter_is_asked_whether_it_still_matters() {
    let silent = reported(tickets());
    for given in [silent.clone(), silent.clone().asked(ANN, Command::Acknowledge), held(silent, ANN)] {
        let state = given.incident().state.clone();
        given
            .woken_after(5 * DAY)
            .then([Fact::IdleWarned])
            .then_effects([say(Notice::StillNeeded { person: DRIVER })])
            .then_state(state)
            .then_wake_in(Some(9 * DAY));
    }
    let noted =
        reported(tickets()).later(DAY).asked(DRIVER, Command::AddNote { text: words(), internal: false });
    noted.woken_after(5 * DAY - MOMENT).then([]);
    let by_machine = reported(tickets())
        .later(DAY)
        .asked(Actor::Assistant, Command::SetPriority { priority: Priority::High });
    by_machine.woken_after(4 * DAY).then([Fact::IdleWarned]);
}

#[test]
fn t37_what_nobody_cares_for_is_closed() {
    let warned = reported(tickets()).woken_after(5 * DAY).then([Fact::IdleWarned]).and();
    warned
        .clone()
        .woken_after(9 * DAY)
        .then([Fact::Closed { reason: CloseReason::Idle, note: None }])
        .then_effects([Effect::ShowCard, say(Notice::Closed { reason: CloseReason::Idle }), line(3)])
        .then_in(StateKind::Closed)
        .then_wake_in(None);
    warned.woken_after(9 * DAY - MOMENT).then([]);
    let late = reported(tickets()).woken_after(30 * DAY).then([Fact::IdleWarned]);
    late.then_wake_in(Some(9 * DAY));
}

#[test]
fn t37_what_is_over_or_not_yet_routed_is_not_idle() {
    let policy = but(Preset::Departments, |rules| {
        rules.idle = Some(IdleRule { warn: MINUTE, close: 2 * MINUTE });
        rules.route = None;
        rules.summary_wait = None;
    });
    reported(policy.clone()).woken_after(DAY).then([]);
    let working = route(reported(policy)).asked(TIM, Command::Acknowledge);
    let promised = working.asked(TIM, Command::RequestResolve);
    promised.clone().woken_after(DAY).then([]);
    promised.asked(TIM, Command::SubmitSummary { summary: words() }).woken_after(DAY).then([]);
}

#[test]
fn t38_silence_about_an_answer_means_consent() {
    answered()
        .woken_after(DAY)
        .then([Fact::Closed { reason: CloseReason::Answered, note: None }])
        .then_in(StateKind::Closed);
    answered().woken_after(DAY - MOMENT).then([]);
    let waiting = reported(answering()).asked(Actor::System, Command::TriageFailed { reason: words() });
    let waiting = waiting.asked(ANN, Command::Hold { reason: HoldReason::Reporter });
    waiting.woken_after(10 * DAY).then([]);
}

fn summary(reminders: u8, then: SummaryEnd) -> Given {
    promised(but(Preset::TwoTier, |rules| {
        rules.summary_wait = Some(SummaryRule { after: 10 * MINUTE, reminders, then });
    }))
}

#[test]
fn t41_the_summary_is_asked_for_again_and_waited_for() {
    promised(two_tier())
        .woken_after(10 * MINUTE)
        .then([reminder(1)])
        .then_effects([Effect::ShowCard, ask(ANN, true)])
        .then_in(StateKind::PendingSummary)
        .then_wake_in(None);
    summary(2, SummaryEnd::Wait).woken_after(30 * MINUTE).then([reminder(2)]).then_wake_in(None);
}

#[test]
fn t41_without_a_summary_work_goes_on() {
    let reminded = summary(1, SummaryEnd::Reopen).woken_after(10 * MINUTE);
    let reminded = reminded.then([reminder(1)]).then_wake_in(Some(10 * MINUTE)).and();
    let back = reminded
        .woken_after(10 * MINUTE)
        .then([Fact::SummaryTimedOut, Fact::ResolutionCancelled])
        .then_effects([say(Notice::SummaryMissing), Effect::ShowCard])
        .then_in(StateKind::Acknowledged)
        .and();
    assert_eq!(back.incident().assignees().collect::<Vec<_>>(), [ANN]);
}

#[test]
fn t41_or_it_is_closed_and_never_counts_as_resolved() {
    let closed = summary(0, SummaryEnd::Close)
        .woken_after(10 * MINUTE)
        .then([Fact::SummaryTimedOut, Fact::Closed { reason: CloseReason::NoSummary, note: None }])
        .then_in(StateKind::Closed)
        .and();
    assert_eq!((closed.incident().outcome(), closed.incident().clocks.resolved_at), (None, None));
}

#[test]
fn t46_what_was_resolved_closes_by_itself() {
    let policy = but(Preset::TwoTier, |rules| rules.close_after = Some(DAY));
    let done = resolved(policy);
    done.clone().woken_after(DAY - MOMENT).then([]);
    done.woken_after(DAY)
        .then([Fact::Closed { reason: CloseReason::Confirmed, note: None }])
        .then_in(StateKind::Closed)
        .then_wake_in(None);
}

#[test]
fn t58_a_timer_that_was_overtaken_does_nothing() {
    claimed(two_tier()).woken_after(10 * MINUTE).then([]).then_effects([]);
    let released = reported(two_tier()).later(9 * MINUTE).asked(ANN, Command::Acknowledge);
    let released = released.asked(ANN, Command::Release);
    released.clone().woken_after(MINUTE).then([]).then_wake_in(Some(9 * MINUTE));
    released.woken_after(10 * MINUTE).then([reminder(1)]);
}

#[test]
fn anybody_may_look_whether_something_is_due_and_it_is_nobody_s_act() {
    for who in [cast::actor(SAM), Actor::Assistant, Actor::System] {
        let woken =
            reported(two_tier()).later(10 * MINUTE).when(who, Command::Wake).then([reminder(1)]).and();
        assert_eq!(woken.journal()[1].by, By::System);
        assert_eq!(woken.incident().clocks.active_at, woken.incident().clocks.created_at);
    }
}

#[test]
fn a_clock_that_goes_back_takes_nothing_back() {
    let late = claimed(two_tier());
    let last = late.incident().clocks.updated_at;
    let early = late.at(cast::START).when(ANN, Command::Escalate).and();
    assert_eq!(early.incident().clocks.escalated_at, Some(last));
}

#[test]
fn an_urgent_incident_is_reminded_of_sooner() {
    let prioritised = |priority| reported(two_tier()).when(MIA, Command::SetPriority { priority });
    for (priority, wait) in [(Priority::Urgent, 150), (Priority::High, 300), (Priority::Low, 1_200)]
        .map(|(p, s)| (p, Duration::from_secs(s)))
    {
        let waiting = prioritised(priority).then_wake_in(Some(wait)).and();
        waiting.woken_after(wait).then([reminder(1)]).then_wake_in(None);
    }
    // What has waited for too long by then is spoken of at once, and once.
    let late = reported(two_tier()).later(5 * MINUTE);
    let late = late.when(MIA, Command::SetPriority { priority: Priority::Urgent });
    late.and().woken_after(Duration::ZERO).then([reminder(1)]).then_wake_in(None);
}
