//! Who is asked: reports, routing, findings, escalation, transfer, hold.

use incident_core::incident::{
    Audience, Command, Effect, Ending, Fact, HoldReason, Invalid, Notice, Rejection, Report, State,
    StateKind, TeamChoice, Waiting,
};
use incident_core::policy::{Actor, Preset};
use incident_core::testkit::cast::{self, ANN, BOB, DRIVER, ENGINES, EVA, MIA, SAM, START, TIM, TYRES};
use incident_core::text::{Limits, TextError};

use super::*;

fn report(change: impl FnOnce(&mut Report)) -> Command {
    let Command::Create { mut report } = cast::report("A tyre is flat") else {
        unreachable!("that is how a report is made");
    };
    change(&mut report);
    Command::Create { report }
}

fn route(to: TeamChoice) -> Command {
    Command::Route { to }
}

fn transfer(to: incident_core::ids::TeamId) -> Command {
    Command::Transfer { to: cast::choice(to) }
}

#[test]
fn t01_a_report_waits_to_be_claimed() {
    given(two_tier())
        .when(DRIVER, cast::report("A tyre is flat"))
        .then([created(false)])
        .then_effects([Effect::ShowCard])
        .then_state(State::Open(Waiting::from(START)))
        .then_wake_in(Some(10 * MINUTE));
}

#[test]
fn t01_where_teams_are_chosen_or_an_assistant_looks_a_report_waits_for_that() {
    for policy in [departments(), support()] {
        given(policy)
            .when(SAM, cast::report("A tyre is flat"))
            .then_in(StateKind::Triage)
            .then_effects([Effect::ShowCard])
            .then_wake_in(Some(10 * MINUTE));
    }
}

#[test]
fn t01_files_come_along_up_to_a_hundred() {
    let file = incident_core::incident::Attachment {
        reference: cast::text("file-1"),
        kind: cast::text("photo"),
        name: None,
        size: None,
    };
    let many = report(|report| report.attachments = vec![file.clone(); 101]);
    let filed = given(two_tier()).asked(DRIVER, many);
    assert_eq!((filed.incident().attachments, filed.journal().len()), (100, 101));
    filed.when(DRIVER, Command::Attach { attachment: file }).refused(invalid(Invalid::TooMany));
}

#[test]
fn t01_reports_are_refused_where_the_group_does_not_work() {
    let inactive = report(|report| report.group_active = false);
    given(two_tier()).when(DRIVER, inactive).refused(Rejection::TenantInactive);
}

#[test]
fn t01_reports_are_made_by_people_in_so_many_words() {
    for nobody in [Actor::System, Actor::Assistant] {
        given(two_tier()).when(nobody, cast::report("A tyre is flat")).refused(Rejection::NotAuthorized);
    }
    let too_short = invalid(Invalid::Text(TextError::TooShort { min: 5 }));
    given(two_tier()).when(DRIVER, cast::report("flat")).refused(too_short);
    reported(two_tier()).when(DRIVER, cast::report("A tyre is flat")).refused(wrong(StateKind::Open));
    given(two_tier()).when(ANN, Command::Acknowledge).refused(Rejection::Unknown);
}

#[test]
fn t01_so_many_reports_in_so_short_a_time_are_enough() {
    let seconds = Duration::from_secs;
    let recent = |ago: [u64; 5]| {
        let instants = ago.map(|ago| START + seconds(100 - ago));
        report(move |report| report.recent = instants.to_vec())
    };
    let at = given(two_tier()).later(seconds(100));
    at.clone().when(DRIVER, recent([1, 2, 3, 4, 60])).then([created(false)]);
    at.clone().when(DRIVER, recent([1, 2, 3, 4, 59])).refused(Rejection::RateLimited { retry_after_secs: 1 });
    at.clone().when(DRIVER, recent([0, 0, 0, 0, 0])).refused(Rejection::RateLimited { retry_after_secs: 60 });
    let almost = at.clone().later(Duration::from_millis(999));
    almost.when(DRIVER, recent([1, 2, 3, 4, 59])).refused(Rejection::RateLimited { retry_after_secs: 1 });
    let four = report(|report| report.recent = vec![START + seconds(99); 4]);
    at.when(DRIVER, four).then([created(false)]);
}

#[test]
fn t02_the_reporter_chooses_the_team() {
    let given = reported(departments()).later(MINUTE);
    let now = given.now();
    let routed = given
        .when(DRIVER, route(cast::choice(TYRES)))
        .then([Fact::Routed { team: Some(TYRES), by_timer: false }])
        .then_effects([Effect::ShowCard, summon(Audience::Team)])
        .then_state(State::Open(Waiting::from(now)))
        .then_wake_in(Some(10 * MINUTE))
        .and();
    assert_eq!((routed.incident().team, routed.incident().clocks.routed_at), (Some(TYRES), Some(now)));
}

#[test]
fn t02_responders_managers_and_the_assistant_may_route_too_and_nobody_else() {
    for who in [cast::actor(ANN), cast::actor(MIA), Actor::Assistant] {
        reported(departments()).when(who, route(cast::choice(TYRES))).then_in(StateKind::Open);
    }
    for who in [SAM, TIM] {
        reported(departments()).when(who, route(cast::choice(TYRES))).refused(Rejection::NotAuthorized);
    }
    let not_the_reporter = but(Preset::Departments, |rules| rules.reporter_routes = false);
    reported(not_the_reporter).when(DRIVER, route(cast::choice(TYRES))).refused(Rejection::NotAuthorized);
    routed().when(MIA, route(cast::choice(ENGINES))).refused(wrong(StateKind::Open));
    reported(support()).when(MIA, route(cast::choice(TYRES))).refused(invalid(Invalid::Unreachable));
}

#[test]
fn t02_a_restricted_team_is_chosen_by_members_of_teams_and_managers() {
    let restricted = || route(cast::choice(ENGINES));
    for who in [DRIVER, ANN] {
        reported(departments()).when(who, restricted()).refused(Rejection::NotAuthorized);
    }
    reported(departments()).when(MIA, restricted()).then_in(StateKind::Open);
    let mut ann = cast::member(ANN);
    ann.standing.teams.push(TYRES);
    reported(departments()).when(Actor::Person(ann), restricted()).then_in(StateKind::Open);
}

#[test]
fn t03_what_is_harmless_is_answered_if_the_policy_sends_answers() {
    reported(answering())
        .when(Actor::Assistant, found(20, 0))
        .then([triaged(20, false), Fact::AutoAnswered { answer: words() }])
        .then_effects([Effect::ShowCard, say(Notice::Answer)])
        .then_in(StateKind::OnHold)
        .then_wake_in(Some(DAY));
}

#[test]
fn t03_else_people_get_it_with_the_answer_as_a_draft_or_without() {
    let routed = Fact::Routed { team: None, by_timer: false };
    let draft = Fact::NoteAdded { text: words(), internal: true };
    reported(support())
        .when(Actor::Assistant, found(20, 0))
        .then([triaged(20, false), draft, routed.clone()])
        .then_in(StateKind::Open);
    let off = but(Preset::Support, |rules| {
        rules.triage = rules.triage.map(|rule| TriageRule { answers: AutoAnswer::Off, ..rule });
    });
    reported(off).when(Actor::Assistant, found(20, 0)).then([triaged(20, false), routed.clone()]);
    let Command::Triage { finding } = found(20, 0) else { unreachable!("that is a finding") };
    let wordless = Command::Triage { finding: Finding { answer: None, ..finding } };
    reported(answering()).when(Actor::Assistant, wordless).then([triaged(20, false), routed]);
}

#[test]
fn t04_what_is_serious_goes_to_the_level_on_call() {
    let serious = [triaged(70, true), Fact::Routed { team: None, by_timer: false }, to_level(2, false, true)];
    reported(answering())
        .when(Actor::Assistant, found(70, 0))
        .then(serious.clone())
        .then_effects([Effect::ShowCard, summon(Audience::Role(incident_core::policy::Role::Responder))])
        .then_in(StateKind::Open);
    answered()
        .when(Actor::Assistant, found(70, 0))
        .then([Fact::Resumed].into_iter().chain(serious))
        .then_in(StateKind::Open);
    let open = reported(support()).asked(Actor::Assistant, found(20, 0));
    let risen =
        open.clone().when(Actor::System, found(70, 0)).then([triaged(70, true), to_level(2, false, true)]);
    risen.and().when(Actor::Assistant, found(80, 0)).then([triaged(80, true)]);
    open.when(Actor::Assistant, found(69, 0)).then([triaged(69, false)]);
}

#[test]
fn t04_a_finding_may_ask_for_people_however_harmless_it_is() {
    let Command::Triage { finding } = found(1, 0) else { unreachable!("that is a finding") };
    let urgent = Command::Triage { finding: Finding { escalate: true, ..finding } };
    reported(answering()).when(Actor::Assistant, urgent).then_in(StateKind::Open);
}

#[test]
fn t04_after_so_many_answers_people_are_asked_all_the_same() {
    let mut given = reported(answering());
    for round in 0..3 {
        given = given.asked(Actor::Assistant, found(20, round));
        assert_eq!(given.incident().state.kind(), StateKind::OnHold);
        given = given.asked(DRIVER, Command::ReporterReply { text: words() });
    }
    given.when(Actor::Assistant, found(20, 3)).then_in(StateKind::Open);
}

#[test]
fn t04_once_somebody_has_claimed_it_the_answers_before_that_count_no_more() {
    let rounds = (0..3).fold(reported(answering()), |given, round| {
        given
            .asked(Actor::Assistant, found(20, round))
            .asked(DRIVER, Command::ReporterReply { text: words() })
    });
    let given = rounds.asked(Actor::System, Command::TriageFailed { reason: words() });
    given.clone().when(Actor::Assistant, found(20, 3)).then([triaged(20, true), to_level(2, false, true)]);
    let given = given.asked(ANN, Command::Acknowledge).asked(ANN, Command::Release);
    given.when(Actor::Assistant, found(20, 3)).then([triaged(20, false)]);
}

#[test]
fn t04_a_finding_that_people_or_newer_words_overtook_is_stale() {
    let replied = reported(answering()).asked(DRIVER, Command::ReporterReply { text: words() });
    replied.when(Actor::Assistant, found(90, 0)).refused(Rejection::Stale);
    let claimed = reported(support()).asked(Actor::Assistant, found(20, 0)).asked(ANN, Command::Acknowledge);
    claimed.clone().when(Actor::Assistant, found(90, 0)).refused(Rejection::Stale);
    answered().when(Actor::Assistant, found(20, 0)).refused(Rejection::Stale);
    let promised = claimed.clone().asked(ANN, Command::RequestResolve);
    promised.when(Actor::Assistant, found(90, 0)).refused(Rejection::ClosingOut { resolver: ANN });
    let done = claimed.asked(ANN, Command::Resolve { summary: None });
    done.when(Actor::Assistant, found(90, 0)).refused(wrong(StateKind::Resolved));
}

#[test]
fn t04_findings_come_from_the_assistant_where_there_is_one() {
    reported(support()).when(MIA, found(90, 0)).refused(Rejection::NotAuthorized);
    reported(two_tier()).when(Actor::Assistant, found(90, 0)).refused(wrong(StateKind::Open));
    let Command::Triage { finding } = found(1, 0) else { unreachable!("that is a finding") };
    let endless = Text::new(&"x".repeat(3_001), Limits { min: 1, max: 5_000 }).expect("it is allowed here");
    let endless = Command::Triage { finding: Finding { answer: Some(endless), ..finding } };
    let too_long = invalid(Invalid::Text(TextError::TooLong { max: 3_000 }));
    reported(answering()).when(Actor::Assistant, endless).refused(too_long);
}

#[test]
fn t05_when_the_assistant_fails_people_get_it() {
    for who in [Actor::Assistant, Actor::System] {
        reported(support())
            .when(who, Command::TriageFailed { reason: words() })
            .then([Fact::TriageFailed { reason: words() }, Fact::Routed { team: None, by_timer: false }])
            .then_in(StateKind::Open);
    }
    let failed = Command::TriageFailed { reason: words() };
    reported(support()).when(MIA, failed.clone()).refused(Rejection::NotAuthorized);
    reported(two_tier()).when(Actor::System, failed).refused(wrong(StateKind::Open));
}

#[test]
fn t09_what_nobody_claimed_is_escalated_by_a_manager_or_where_it_may_by_the_eligible() {
    let given = reported(two_tier());
    let now = given.now();
    given
        .clone()
        .when(MIA, Command::Escalate)
        .then([to_level(2, false, true)])
        .then_effects([Effect::ShowCard, summon(Audience::Role(incident_core::policy::Role::Manager))])
        .then_state(State::Open(Waiting::from(now)))
        .then_wake_in(Some(15 * MINUTE));
    given.when(ANN, Command::Escalate).refused(Rejection::NotAuthorized);
    reported(tickets()).when(ANN, Command::Escalate).then([to_level(2, false, false)]);
    reported(tickets()).when(DRIVER, Command::Escalate).refused(Rejection::NotAuthorized);
}

#[test]
fn t13_a_team_passes_it_to_another() {
    let given = at_tyres().later(MINUTE);
    let now = given.now();
    let passed = given
        .when(TIM, transfer(ENGINES))
        .then([Fact::Transferred { to: ENGINES }])
        .then_effects([Effect::ShowCard, summon(Audience::Team)])
        .then_state(State::Open(Waiting::from(now)))
        .and();
    assert_eq!(passed.incident().team, Some(ENGINES));
    assert_eq!(passed.incident().stints[0].until, Some((now, Ending::Transferred)));
    passed.clone().when(EVA, transfer(TYRES)).then_in(StateKind::Open);
    passed.when(TIM, transfer(TYRES)).refused(Rejection::NotAuthorized);
}

#[test]
fn t13_only_a_member_or_manager_passes_it_on_and_only_elsewhere() {
    routed().when(TIM, transfer(ENGINES)).then_in(StateKind::Open);
    routed().when(MIA, transfer(ENGINES)).then_in(StateKind::Open);
    routed().when(DRIVER, transfer(ENGINES)).refused(Rejection::NotAuthorized);
    routed().when(TIM, transfer(TYRES)).refused(invalid(Invalid::NoChange));
    claimed(two_tier()).when(ANN, transfer(TYRES)).refused(invalid(Invalid::Unreachable));
    let anybody = but(Preset::Departments, |rules| {
        rules.levels[0].eligible =
            incident_core::policy::Eligible::Roles(incident_core::policy::Role::Responder.into());
    });
    routed().under(anybody).when(ANN, transfer(ENGINES)).refused(Rejection::NotAuthorized);
    reported(departments()).when(MIA, transfer(ENGINES)).refused(wrong(StateKind::Triage));
}

#[test]
fn t13_another_team_begins_at_its_first_level() {
    let two_levels = but(Preset::Departments, |rules| rules.levels.push(rules.levels[0].clone()));
    let risen = at_tyres().under(two_levels).asked(TIM, Command::Escalate);
    assert_eq!(risen.incident().level, level(2));
    assert_eq!(risen.asked(TIM, transfer(ENGINES)).incident().level, level(1));
}

#[test]
fn t14_clocks_stop_while_it_waits_for_something_else() {
    for reason in [HoldReason::Reporter, HoldReason::External] {
        claimed(two_tier())
            .when(ANN, Command::Hold { reason })
            .then([Fact::Held { reason }])
            .then_effects([Effect::ShowCard])
            .then_in(StateKind::OnHold)
            .then_wake_in(None);
        reported(two_tier()).when(BOB, Command::Hold { reason }).then_in(StateKind::OnHold);
        reported(two_tier()).when(MIA, Command::Hold { reason }).then_in(StateKind::OnHold);
        reported(two_tier()).when(DRIVER, Command::Hold { reason }).refused(Rejection::NotAuthorized);
        held(reported(two_tier()), ANN).when(ANN, Command::Hold { reason }).refused(wrong(StateKind::OnHold));
    }
    let answered = Command::Hold { reason: HoldReason::Answered };
    claimed(two_tier()).when(ANN, answered).refused(invalid(Invalid::Unreachable));
}

#[test]
fn t22_the_holder_asks_the_next_level_and_leaves_or_stays() {
    let given = claimed(two_tier()).later(MINUTE);
    let now = given.now();
    let asked = given
        .when(ANN, Command::Escalate)
        .then([to_level(2, false, true)])
        .then_state(State::Open(Waiting::from(now)))
        .and();
    assert_eq!(asked.incident().stints[0].until, Some((now, Ending::Escalated)));
    assert_eq!(asked.incident().clocks.escalated_at, Some(now));
    let kept = claimed(shared()).when(ANN, Command::Escalate).then([to_level(2, false, false)]).and();
    assert_eq!(kept.incident().participants().collect::<Vec<_>>(), [ANN]);
    claimed(two_tier()).when(MIA, Command::Escalate).then_in(StateKind::Open);
    claimed(two_tier()).when(BOB, Command::Escalate).refused(Rejection::NotAuthorized);
}

#[test]
fn t22_there_is_nobody_above_the_highest_level() {
    escalated(two_tier()).when(MIA, Command::Escalate).refused(invalid(Invalid::NoSuchLevel));
    at_tyres().when(TIM, Command::Escalate).refused(invalid(Invalid::NoSuchLevel));
}

#[test]
fn t23_it_goes_back_to_those_who_stayed_on_or_waits_there() {
    let down = Command::Deescalate { to: level(1) };
    let stayed = escalated(shared()).later(MINUTE).when(MIA, down.clone());
    let back = stayed.then([Fact::Deescalated { to: level(1) }]).then_in(StateKind::Acknowledged).and();
    assert_eq!(back.incident().assignees().collect::<Vec<_>>(), [ANN]);
    assert_eq!(back.incident().stints[1].until, Some((back.now(), Ending::Deescalated)));
    assert_eq!(back.incident().clocks.ack_at, Some(back.now()));
    escalated(two_tier()).when(MIA, down.clone()).then_effects([Effect::ShowCard]).then_in(StateKind::Open);
    let open = claimed(shared()).asked(ANN, Command::Escalate);
    open.clone().when(MIA, down.clone()).then_in(StateKind::Acknowledged);
    open.when(ANN, down.clone()).refused(Rejection::NotAuthorized);
    let same = Command::Deescalate { to: level(2) };
    escalated(two_tier()).when(MIA, same).refused(invalid(Invalid::NoSuchLevel));
    claimed(two_tier()).when(ANN, down).refused(invalid(Invalid::NoSuchLevel));
}

#[test]
fn t34_on_hold_it_may_be_escalated_and_transferred_as_in_the_state_it_goes_on_in() {
    held(claimed(two_tier()), ANN)
        .when(ANN, Command::Escalate)
        .then([Fact::Resumed, to_level(2, false, true)])
        .then_in(StateKind::Open);
    held(escalated(two_tier()), MIA)
        .when(MIA, Command::Deescalate { to: level(1) })
        .then([Fact::Resumed, Fact::Deescalated { to: level(1) }]);
    held(at_tyres(), TIM)
        .when(TIM, transfer(ENGINES))
        .then([Fact::Resumed, Fact::Transferred { to: ENGINES }])
        .then_in(StateKind::Open);
    answered().when(MIA, Command::Escalate).refused(wrong(StateKind::OnHold));
}

#[test]
fn t42_while_the_summary_is_outstanding_nothing_else_moves_it() {
    let commands = [
        Command::Acknowledge,
        Command::Escalate,
        Command::Deescalate { to: level(1) },
        transfer(TYRES),
        route(cast::choice(TYRES)),
        Command::Hold { reason: HoldReason::External },
        Command::Resume,
        Command::KeepOpen,
    ];
    for command in commands {
        promised(two_tier()).when(MIA, command).refused(Rejection::ClosingOut { resolver: ANN });
    }
}
