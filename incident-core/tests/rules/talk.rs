//! What the reporter says and what an incident is about: replies, description, priority, severity, tags, notes.

use incident_core::incident::{
    Attachment, Audience, Command, Effect, Fact, HoldReason, Invalid, Notice, Priority, Rejection, Severity,
    State, StateKind, Tag, TriageState,
};
use incident_core::policy::{Actor, LateReply, Preset};
use incident_core::testkit::cast::{self, ANN, BOB, DRIVER, MIA, SAM, TIM};
use incident_core::text::TextError;

use super::*;

fn reply() -> Command {
    Command::ReporterReply { text: words() }
}

fn replied() -> Fact {
    Fact::ReporterReplied { text: words() }
}

#[test]
fn t16_while_it_waits_the_reporter_s_words_are_kept() {
    reported(two_tier()).when(DRIVER, reply()).then([replied()]).then_effects([]).then_in(StateKind::Open);
    reported(support()).when(DRIVER, reply()).then([replied()]).then_in(StateKind::Triage);
    let told = reported(support()).after([(DRIVER, reply()), (DRIVER, reply())]);
    assert_eq!(told.incident().replies, 2);
}

#[test]
fn t16_nobody_replies_for_the_reporter() {
    for who in [cast::actor(ANN), cast::actor(MIA), Actor::System] {
        reported(two_tier()).when(who, reply()).refused(Rejection::NotAuthorized);
    }
    let endless = Command::ReporterReply {
        text: Text::new(&"x".repeat(3_001), too_much()).expect("it is allowed here"),
    };
    let too_long = invalid(Invalid::Text(TextError::TooLong { max: 3_000 }));
    reported(two_tier()).when(DRIVER, endless).refused(too_long);
}

const fn too_much() -> incident_core::text::Limits {
    incident_core::text::Limits { min: 1, max: 5_000 }
}

#[test]
fn t28_whoever_holds_it_hears_what_the_reporter_says() {
    claimed(two_tier())
        .when(DRIVER, reply())
        .then([replied()])
        .then_effects([say(Notice::ReporterWrote { audience: Audience::Assignees })])
        .then_in(StateKind::Acknowledged);
    promised(two_tier()).when(DRIVER, reply()).then([replied()]).then_in(StateKind::PendingSummary);
}

#[test]
fn t30_what_waited_for_the_reporter_goes_on() {
    let waiting = |given: Given| given.asked(ANN, Command::Hold { reason: HoldReason::Reporter });
    waiting(claimed(two_tier()))
        .when(DRIVER, reply())
        .then([replied(), Fact::Resumed])
        .then_effects([say(Notice::ReporterWrote { audience: Audience::Assignees }), Effect::ShowCard])
        .then_in(StateKind::Acknowledged);
    waiting(reported(two_tier()))
        .when(DRIVER, reply())
        .then([replied(), Fact::Resumed])
        .then_in(StateKind::Open);
    held(claimed(two_tier()), ANN).when(DRIVER, reply()).then([replied()]).then_in(StateKind::OnHold);
}

#[test]
fn t31_what_was_answered_is_looked_at_again() {
    let given = answered();
    let now = given.now();
    let again = given.when(DRIVER, reply()).then([replied(), Fact::Resumed]);
    again.then_state(State::Triage(TriageState { since: now, nudges: 0 })).then_wake_in(Some(10 * MINUTE));
}

#[test]
fn t32_whoever_is_responsible_resumes_it() {
    for who in [ANN, BOB, MIA] {
        held(claimed(two_tier()), ANN)
            .later(MINUTE)
            .when(who, Command::Resume)
            .then([Fact::Resumed])
            .then_effects([Effect::ShowCard])
            .then_in(StateKind::Acknowledged);
    }
    held(reported(two_tier()), ANN).when(ANN, Command::Resume).then_in(StateKind::Open);
    answered().when(ANN, Command::Resume).then_in(StateKind::Triage);
    held(claimed(two_tier()), ANN).when(DRIVER, Command::Resume).refused(Rejection::NotAuthorized);
    claimed(two_tier()).when(ANN, Command::Resume).refused(wrong(StateKind::Acknowledged));
    let given = held(claimed(two_tier()), ANN).later(DAY);
    let second = Duration::from_secs(1);
    assert_eq!(given.asked(ANN, Command::Resume).incident().clocks.held, DAY + second);
}

#[test]
fn t36_somebody_says_that_it_still_matters() {
    for who in [DRIVER, ANN, MIA] {
        let warned = reported(tickets()).woken_after(5 * DAY).then([Fact::IdleWarned]).and();
        let kept =
            warned.when(who, Command::KeepOpen).then([Fact::Touched]).then_wake_in(Some(5 * DAY)).and();
        assert_eq!(kept.incident().idle_warned_at, None);
    }
    reported(tickets()).when(SAM, Command::KeepOpen).refused(Rejection::NotAuthorized);
    reported(departments()).when(DRIVER, Command::KeepOpen).refused(wrong(StateKind::Triage));
}

#[test]
fn t47_words_that_come_too_late_are_refused_kept_or_open_it_again() {
    let late = |late_reply| but(Preset::TwoTier, |rules| rules.late_reply = late_reply);
    resolved(late(LateReply::Refuse)).when(DRIVER, reply()).refused(wrong(StateKind::Resolved));
    resolved(late(LateReply::Journal)).when(DRIVER, reply()).then([replied()]).then_in(StateKind::Resolved);
    resolved(late(LateReply::Reopen))
        .later(7 * DAY)
        .when(DRIVER, reply())
        .then([replied(), Fact::Reopened { reason: words() }])
        .then_in(StateKind::Open);
    resolved(late(LateReply::Reopen))
        .later(8 * DAY)
        .when(DRIVER, reply())
        .then([replied()])
        .then_in(StateKind::Resolved);
    let cancelled = reported(late(LateReply::Reopen)).asked(DRIVER, Command::Cancel { reason: words() });
    cancelled.when(DRIVER, reply()).then_in(StateKind::Open);
}

#[test]
fn t50_priority_severity_and_tags_are_set_by_responders_and_the_assistant() {
    let severity = Severity::new(42).expect("it is at most 100");
    let tag = Tag::new("#Brakes").expect("it is a tag");
    let changes = [
        (
            Command::SetPriority { priority: Priority::Urgent },
            Fact::PriorityChanged { priority: Priority::Urgent },
        ),
        (Command::SetSeverity { severity }, Fact::SeverityChanged { severity }),
        (Command::Tag { tag: tag.clone() }, Fact::Tagged { tag: tag.clone() }),
    ];
    for (command, fact) in changes {
        for who in [cast::actor(ANN), cast::actor(MIA), Actor::Assistant] {
            let given = reported(two_tier());
            let state = given.incident().state.clone();
            let changed = given.when(who.clone(), command.clone()).then([fact.clone()]).then_state(state);
            let changed = changed.then_effects([Effect::ShowCard]).and();
            changed.when(who, command.clone()).refused(invalid(Invalid::NoChange));
        }
        routed().when(TIM, command.clone()).then([fact]);
        reported(two_tier()).when(DRIVER, command.clone()).refused(Rejection::NotAuthorized);
        resolved(two_tier()).when(MIA, command).refused(wrong(StateKind::Resolved));
    }
    let untag = || Command::Untag { tag: tag.clone() };
    let tagged = reported(two_tier()).asked(ANN, Command::Tag { tag: tag.clone() });
    tagged.clone().when(DRIVER, untag()).refused(Rejection::NotAuthorized);
    let untagged = tagged.when(ANN, untag()).then([Fact::Untagged { tag: tag.clone() }]).and();
    untagged.when(ANN, untag()).refused(invalid(Invalid::NoChange));
    resolved(two_tier()).when(MIA, untag()).refused(wrong(StateKind::Resolved));
}

#[test]
fn t50_twenty_tags_are_enough() {
    let tag = |number: u8| Command::Tag { tag: Tag::new(&format!("tag-{number}")).expect("it is a tag") };
    let given = (0..20).fold(reported(two_tier()), |given, number| given.asked(ANN, tag(number)));
    given.when(ANN, tag(20)).refused(invalid(Invalid::TooMany));
}

#[test]
fn t51_the_description_is_corrected_and_what_stood_there_is_kept() {
    let edit = |words: &str| Command::EditDescription { description: cast::text(words) };
    for who in [DRIVER, ANN, MIA] {
        let edited = reported(two_tier())
            .when(who, edit("Two tyres are flat"))
            .then([Fact::DescriptionEdited { description: cast::text("Two tyres are flat") }])
            .then_effects([Effect::ShowCard])
            .and();
        assert_eq!(edited.incident().description, cast::text("Two tyres are flat"));
        assert_eq!(edited.incident().described_by, Some(who));
        assert_eq!(edited.journal()[0].fact, created(false));
    }
    reported(two_tier()).when(SAM, edit("Two tyres are flat")).refused(Rejection::NotAuthorized);
    reported(two_tier()).when(DRIVER, edit("A tyre is flat")).refused(invalid(Invalid::NoChange));
    let too_short = invalid(Invalid::Text(TextError::TooShort { min: 5 }));
    reported(two_tier()).when(DRIVER, edit("flat")).refused(too_short);
    resolved(two_tier()).when(DRIVER, edit("Two tyres are flat")).refused(wrong(StateKind::Resolved));
}

#[test]
fn t52_notes_and_files_are_added_in_any_state() {
    let attachment = Attachment { reference: words(), kind: words(), name: None, size: None };
    for given in [reported(departments()), claimed(two_tier()), promised(two_tier()), resolved(two_tier())] {
        let note = Command::AddNote { text: words(), internal: true };
        let state = given.incident().state.clone();
        for who in [DRIVER, ANN, MIA] {
            given
                .clone()
                .when(who, note.clone())
                .then([Fact::NoteAdded { text: words(), internal: true }])
                .then_effects([])
                .then_state(state.clone());
            given
                .clone()
                .when(who, Command::Attach { attachment: attachment.clone() })
                .then([Fact::AttachmentAdded { attachment: attachment.clone() }])
                .then_effects([Effect::ShowCard]);
        }
        given.clone().when(SAM, note).refused(Rejection::NotAuthorized);
        given.when(SAM, Command::Attach { attachment: attachment.clone() }).refused(Rejection::NotAuthorized);
    }
    let endless = Text::new(&"x".repeat(3_001), too_much()).expect("it is allowed here");
    let too_long = invalid(Invalid::Text(TextError::TooLong { max: 3_000 }));
    reported(two_tier()).when(ANN, Command::AddNote { text: endless, internal: false }).refused(too_long);
}

#[test]
fn where_incidents_have_rooms_the_log_is_owed_a_line_for_each_change_and_for_no_talk() {
    let lodged = reported(tickets());
    lodged.clone().when(ANN, Command::Acknowledge).then_effects([Effect::ShowCard, line(2)]);
    let held =
        lodged.asked(ANN, Command::Acknowledge).asked(ANN, Command::Hold { reason: HoldReason::Reporter });
    held.clone()
        .when(DRIVER, reply())
        .then([replied(), Fact::Resumed])
        .then_effects([Effect::ShowCard, line(5)]);
    let note = Command::AddNote { text: words(), internal: false };
    held.clone().when(ANN, note).then_effects([]);
    held.clone()
        .when(ANN, Command::Resolve { summary: None })
        .then([Fact::Resumed, Fact::Resolved { resolver: ANN, summary: None }])
        .then_effects([Effect::ShowCard, line(4), say(Notice::Resolved), line(5)]);
    let over = resolved(tickets());
    let archived = line(over.incident().version.get() + 1);
    over.clone().when(MIA, Command::Archive).then_effects([Effect::ShowCard, archived]);
    over.when(Actor::System, Command::Archive).then_effects([Effect::ShowCard]);
    reported(two_tier()).when(ANN, Command::Acknowledge).then_effects([Effect::ShowCard]);
}
