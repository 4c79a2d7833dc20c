//! A story that breaks something is shown as a short test, and that test compiles and fails for the same reason.

#![expect(clippy::unwrap_used, reason = "it stands here as it is printed")]

use std::collections::BTreeSet;

use incident_core::testkit::code::InRust;
use incident_core::testkit::prelude::*;
use incident_core::testkit::{Choice, Jump, Turn, explore, prove};
use proptest::strategy::Just;

/// An expression, compiled, and as it is written here.
macro_rules! written {
    ($($code:expr),* $(,)?) => {
        [$(($code, stringify!($code))),*]
    };
}

/// Without what the formatter may move.
fn dense(code: &str) -> String {
    let dense: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    [",)", ",]", ",}"].into_iter().fold(dense, |code, end| code.replace(end, &end[1..]))
}

/// A property that does not hold: nobody ever escalates what somebody has claimed.
fn nobody_escalates_what_is_claimed(moment: &Moment<'_>) -> Held {
    let claimed = moment.before.filter(|before| before.state.is_acknowledged());
    let escalated = |before: &Incident| moment.incident().is_some_and(|after| after.level > before.level);
    if claimed.is_some_and(escalated) {
        return Err(Broken { invariant: "nobody escalates", how: "somebody did".to_owned() });
    }
    Ok(())
}

/// What [`prove::in_stories`] shows for it, compiled, and as it is written here.
fn the_test_to_paste(property: impl FnOnce(&Moment<'_>) -> Held) -> String {
    written![
        given(Policy::preset(Preset::TwoTier))
            .when(DRIVER, report("A tyre is flat"))
            .then_in(StateKind::Open)
            .and()
            .when(ANN, Command::Acknowledge)
            .then_in(StateKind::Acknowledged)
            .and()
            .when(ANN, Command::Escalate)
            .keeps(property)
    ]
    .map(|(_, written)| written.to_owned())
    .concat()
}

#[test]
fn a_story_that_breaks_a_property_is_shown_as_a_short_test() {
    let two_tier = Just(Policy::preset(Preset::TwoTier));
    let broken = prove::in_stories(two_tier, 500, nobody_escalates_what_is_claimed).expect_err("it is false");
    let told = broken.to_string();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 4, "{told}");
    assert_eq!(lines[0], "given(Policy::preset(Preset::TwoTier))");
    assert!(lines[1].starts_with("    .when("), "{told}");
    assert!(lines[2].contains(", Command::Acknowledge).then_in(StateKind::Acknowledged).and()"), "{told}");
    let last = ", Command::Escalate).keeps(property); // invariant nobody escalates is broken: somebody did";
    assert!(lines[3].ends_with(last), "{told}");
}

#[test]
fn what_is_shown_compiles_and_does_the_same() {
    let turn = |command, actor| Turn { jump: Jump::Still, choice: Choice::Wild(command, actor, None) };
    let at = |wanted: &Command| {
        explore::commands(None).iter().position(|command| command == wanted).expect("it is one of them")
            as u16
    };
    let who = |person| EVERYBODY.iter().position(|id| *id == person).expect("it is one of them") as u16;
    // Asking in vain, and looking too early, is not worth telling.
    let policy = Policy::preset(Preset::TwoTier);
    let reported = Input::new(INCIDENT, START, actor(DRIVER), report("A tyre is flat"));
    let incident =
        incident_core::incident::step(&policy, None, &reported).expect("anybody may report").incident;
    let later = |wanted: &Command| {
        let commands = explore::commands(Some(&incident));
        commands.iter().position(|command| command == wanted).expect("it is one of them") as u16
    };
    let turns = vec![
        turn(at(&Command::Resume), who(SAM)),
        turn(at(&report("A tyre is flat")), who(DRIVER)),
        Turn { jump: Jump::Still, choice: Choice::Wake },
        turn(later(&Command::Acknowledge), who(SAM)),
        turn(later(&Command::Acknowledge), who(ANN)),
        turn(later(&Command::Escalate), who(ANN)),
    ];
    let story = Story { policy, turns };
    let told = story.retold("property", nobody_escalates_what_is_claimed);
    let (code, comment) = told.split_once("; // ").expect("it says what is broken");
    assert_eq!(comment, "invariant nobody escalates is broken: somebody did");
    assert_eq!(dense(code), dense(&the_test_to_paste(|_| Ok(()))));
    let pasted = std::panic::catch_unwind(|| the_test_to_paste(nobody_escalates_what_is_claimed));
    let words = pasted.expect_err("it fails as well").downcast::<String>().expect("it says why");
    assert_eq!(*words, comment);
}

fn assert_written<T: InRust>(things: impl IntoIterator<Item = (T, &'static str)>) {
    for (thing, written) in things {
        assert_eq!(dense(&thing.in_rust()), dense(written));
    }
}

fn until_a_summary_is_written() -> Vec<(Command, &'static str)> {
    written![
        report("A tyre is flat"),
        Command::Create {
            report: Report {
                company: CompanyId::from_u128(9),
                group: GROUP,
                group_active: false,
                topic: None,
                description: text("two \"tyres\""),
                attachments: vec![],
                priority: Priority::High,
                recent: vec![START, START + Duration::from_secs(1), Timestamp::from_micros(-5)],
                recent_here: vec![START]
            }
        },
        Command::Route { to: choice(TYRES) },
        Command::Triage {
            finding: Finding {
                replies: 1,
                severity: Severity::new(20).unwrap(),
                escalate: true,
                answer: Some(text("no"))
            }
        },
        Command::TriageFailed { reason: text("because") },
        Command::Acknowledge,
        Command::Release,
        Command::Assign { to: member(MIA) },
        Command::Assign {
            to: Member::new(
                PersonId::new(77),
                Standing { roles: Roles::NONE.with(Role::Manager), teams: vec![TeamId::new(7)] }
            )
        },
        Command::Reassign { from: Some(ANN), to: member(BOB) },
        Command::RevokeClaim { person: TIM, reason: text("because") },
        Command::Escalate,
        Command::Deescalate { to: Level::FIRST },
        Command::Transfer { to: TeamChoice { team: ENGINES, restricted: false } },
        Command::Hold { reason: HoldReason::External },
        Command::Resume,
        Command::RequestResolve,
        Command::Resolve { summary: None },
        Command::SubmitSummary { summary: text("changed the tyre") },
    ]
    .to_vec()
}

fn after_that() -> Vec<(Command, &'static str)> {
    written![
        Command::CancelResolve,
        Command::AmendSummary { summary: text("changed both") },
        Command::Cancel { reason: text("because") },
        Command::Close { reason: CloseReason::Duplicate },
        Command::MarkDuplicate { of: Number { year: 2026, seq: 3 } },
        Command::Confirm,
        Command::Reopen { reason: text("because") },
        Command::KeepOpen,
        Command::ReporterReply { text: text("hurry") },
        Command::SetPriority { priority: Priority::Urgent },
        Command::SetSeverity { severity: Severity::new(90).unwrap() },
        Command::Tag { tag: Tag::new("brakes").unwrap() },
        Command::Untag { tag: Tag::new("brakes").unwrap() },
        Command::EditDescription { description: text("two tyres") },
        Command::AddNote { text: text("a note"), internal: true },
        Command::Attach {
            attachment: Attachment {
                reference: text("file-1"),
                kind: text("photo"),
                name: None,
                size: Some(1024)
            }
        },
        Command::OverrideState { target: StateKind::Open, reason: text("because") },
        Command::RepairSurface,
        Command::Archive,
        Command::RoleLost { person: EVA },
        Command::MemberLeft { person: TOM },
        Command::ChannelMigrated,
        Command::ChannelLost,
        Command::EraseSubject { person: DRIVER },
        Command::PageOutcome { target: member(ANN), attempt: 2, outcome: PageOutcome::Confirmed },
        Command::Wake,
    ]
    .to_vec()
}

#[test]
fn every_command_is_written_as_the_expression_that_makes_it() {
    let commands = [until_a_summary_is_written(), after_that()].concat();
    let name = |command: &Command| explore::name_of(command);
    let written: BTreeSet<String> = commands.iter().map(|(command, _)| name(command)).collect();
    let all: BTreeSet<String> = explore::commands(None).iter().map(name).collect();
    assert_eq!(written, all);
    assert_written(commands);
}

#[test]
fn every_refusal_and_every_policy_is_written_as_the_expression_that_makes_it() {
    assert_written(written![
        Rejection::NotAuthorized,
        Rejection::WrongState { state: StateKind::Closed },
        Rejection::AlreadyAcknowledged { by: ANN },
        Rejection::InvalidInput { reason: Invalid::NoChange },
        Rejection::InvalidInput { reason: Invalid::Text(TextError::TooLong { max: 500 }) },
        Rejection::RateLimited { retry_after_secs: 60 },
    ]);
    assert_written(written![
        Policy::preset(Preset::Departments),
        Policy::new(Rules { ack_mode: AckMode::Shared, ..Rules::from(Preset::TwoTier) }).unwrap(),
        Policy::new(Rules {
            route: Some(RouteRule { after: Duration::from_micros(1), default_team: Some(TYRES) }),
            triage: Some(TriageRule {
                answers: AutoAnswer::Send,
                threshold: 70,
                rounds: 0,
                feedback: Some(Duration::MAX),
                default_team: None,
                escalate_to: Level::SECOND
            }),
            levels: vec![
                LevelRule {
                    eligible: Eligible::Roles(Roles::NONE.with(Role::Responder)),
                    nudge: Some(Nudge { after: Duration::new(1, 500000000), times: 2, then_escalate: true }),
                    paging: None,
                    summon: false
                },
                LevelRule {
                    eligible: Eligible::Roles(Roles::NONE.with(Role::Manager)),
                    nudge: None,
                    paging: Some(Paging { chain: vec![ANN], tries: 1, gap: Duration::from_secs(60) }),
                    summon: true
                }
            ],
            summary_wait: Some(SummaryRule {
                after: Duration::from_secs(600),
                reminders: 1,
                then: SummaryEnd::Reopen
            }),
            reports: Some(Quota { count: 1, within: Duration::from_secs(60) }),
            sla: Sla { response: Some(Duration::from_secs(60)), resolve: None, anchor: Anchor::Routed },
            idle: Some(IdleRule { warn: Duration::from_secs(1), close: Duration::from_secs(2) }),
            late_reply: LateReply::Journal,
            ..Rules::from(Preset::TwoTier)
        })
        .unwrap(),
    ]);
}
