//! What is asked, by whom, where: every way to be answered.

use futures::executor::block_on;
use incident_core::desk::{Ask, ChatKind, Onboarding, Quoted, Sender};
use incident_core::ids::{ChatRef, MessageRef, Platform};
use incident_core::incident::{Attachment, Rejection, StateKind};
use incident_core::policy::{AckMode, Policy, Preset, Role};
use incident_core::ports::Store;
use incident_core::testkit::cast::text;
use incident_core::view::{Action, CommandWord, Done, Reply, ReplyTone, Said};

use crate::house::{House, account, command, minutes, profile, room};

fn refused(reply: &Reply) -> &Rejection {
    let Said::Refused(rejection) = &reply.said else {
        panic!("not refused: {reply:?}");
    };
    rejection
}

#[test]
fn help_is_given_everywhere_and_lists_every_command() {
    let house = House::empty(Policy::preset(Preset::TwoTier));
    let mut request = house.request("dan", command(CommandWord::Help, ""));
    request.chat_kind = ChatKind::Private;
    let help = house.handle(request).text();
    for word in CommandWord::ALL {
        assert!(help.contains(&format!("/{}", word.word())), "{help}");
    }
}

#[test]
fn other_commands_work_in_groups_only() {
    let house = House::new();
    for kind in [ChatKind::Private, ChatKind::Other] {
        let mut request = house.request("dan", command(CommandWord::NewIssue, "flat tyre"));
        request.chat_kind = kind;
        assert_eq!(house.handle(request).said, Said::OnlyInGroups);
    }
}

#[test]
fn a_chat_that_nobody_set_up_says_how_to() {
    let house = House::empty(Policy::preset(Preset::TwoTier));
    let reply = house.command("dan", CommandWord::NewIssue, "flat tyre");
    assert_eq!(refused(&reply), &Rejection::TenantInactive);
    assert!(reply.text().contains("/configure_managers"), "{}", reply.text());
    assert_eq!(block_on(house.desk.store().companies()).unwrap(), Vec::new());
}

#[test]
fn only_chat_administrators_set_a_group_up() {
    let house = House::empty(Policy::preset(Preset::TwoTier));
    let reply = house.command("dan", CommandWord::ConfigureManagers, "@dan");
    assert_eq!(refused(&reply), &Rejection::NotAuthorized);
    assert!(reply.text().contains("administrators"), "{}", reply.text());
    house.directory.silence(true);
    assert_eq!(house.command("admin", CommandWord::ConfigureManagers, "@mia").said, Said::TryAgain);
    house.directory.silence(false);
    let usage = house.command("admin", CommandWord::ConfigureManagers, "");
    assert_eq!(usage.said, Said::Usage(CommandWord::ConfigureManagers));
    let bad = house.command("admin", CommandWord::ConfigureManagers, "@a@b");
    assert_eq!(bad.said, Said::BadHandle("@a@b".into()));
    assert_eq!(house.command("admin", CommandWord::ConfigureManagers, "@mia").said, Said::Rostered);
    house.settle();
    assert_eq!(house.said("Managers of this group: @mia"), 1);
}

#[test]
fn where_approval_is_asked_for_only_the_installations_administrators_admit_a_group() {
    let house = House::empty(Policy::preset(Preset::TwoTier))
        .refit(|desk| desk.with_onboarding(Onboarding::Approval).with_platform_admins([account("root")]));
    assert_eq!(
        house.command("admin", CommandWord::ConfigureManagers, "@mia").said,
        Said::NeedsApproval(CommandWord::AddGroup)
    );
    assert_eq!(
        house.command("dan", CommandWord::NewIssue, "flat tyre").said,
        Said::NeedsApproval(CommandWord::AddGroup)
    );
    assert_eq!(house.command("root", CommandWord::ConfigureManagers, "@mia").said, Said::Rostered);
}

#[test]
fn a_role_is_kept_for_a_handle_until_its_owner_appears_and_then_follows_the_account() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let mut request =
        house.request("ann", Ask::Press { code: String::new(), message: house.button(Action::Claim).0 });
    let (message, code) = house.button(Action::Claim);
    request.ask = Ask::Press { code, message };
    assert_eq!(house.handle(request).said, Said::Done(Done::Pressed(Action::Claim)));
    house.settle();
    // She takes another handle; somebody else takes hers. Accounts decide, handles only display.
    let mut renamed = profile("ann");
    renamed.handle = profile("annie").handle;
    let (message, code) = house.button(Action::Release);
    let mut request = house.request("ann", Ask::Press { code, message });
    request.from = Sender::Person(renamed);
    assert_eq!(house.handle(request).said, Said::Done(Done::Pressed(Action::Release)));
    house.settle();
    let mut thief = profile("ann");
    thief.identity = account("thief");
    let (message, code) = house.button(Action::Claim);
    let mut request = house.request("thief", Ask::Press { code, message });
    request.from = Sender::Person(thief);
    assert_eq!(refused(&house.handle(request)), &Rejection::NotAuthorized);
}

#[test]
fn of_two_who_press_claim_the_second_sees_who_was_first() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let (message, code) = house.button(Action::Claim);
    house.ask("ann", Ask::Press { code: code.clone(), message: message.clone() });
    let second = house.ask("bob", Ask::Press { code, message });
    assert!(matches!(refused(&second), Rejection::AlreadyAcknowledged { .. }), "{second:?}");
    assert_eq!(second.text(), "Sorry, @ann has already claimed TKT-2026-0001.");
    assert_eq!(second.tone, ReplyTone::Alert);
}

#[test]
fn presses_that_mean_nothing_here_change_nothing() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    let (message, code) = house.button(Action::Claim);
    let forged = [
        "claim_t1:TKT-2026-0001".to_owned(),
        "c.00000000000000000000000001.1".to_owned(),
        format!("t.{}.1.7", incident.id),
        String::new(),
    ];
    for code in forged {
        let reply = house.ask("ann", Ask::Press { code: code.clone(), message: message.clone() });
        assert_eq!(reply.tone, ReplyTone::Alert, "{code}: {reply:?}");
    }
    assert_eq!(
        refused(&house.ask("eve", Ask::Press { code: code.clone(), message: message.clone() })),
        &Rejection::NotAuthorized
    );
    let mut elsewhere = house.request("ann", Ask::Press { code, message });
    elsewhere.chat = ChatRef::new(Platform::Telegram, "-999");
    assert_eq!(house.handle(elsewhere).said, Said::UnknownButton);
    assert_eq!(house.incident(incident.id), incident);
}

#[test]
fn a_press_on_an_outdated_card_says_what_happened_meanwhile() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    let (message, old) = house.button(Action::Escalate);
    house.press("ann", Action::Release);
    house.settle();
    house.press("ann", Action::Claim);
    house.settle();
    let reply = house.ask("ann", Ask::Press { code: old, message });
    assert_eq!(refused(&reply), &Rejection::Stale);
    assert!(reply.text().contains("TKT-2026-0001: Claimed"), "{}", reply.text());
}

#[test]
fn a_redelivered_request_is_answered_as_it_was_and_changes_nothing() {
    let house = House::new();
    let report = house.request("dan", command(CommandWord::NewIssue, "flat tyre"));
    let first = house.handle(report.clone());
    let again = house.handle(report);
    assert_eq!(first.said, again.said);
    house.settle();
    assert_eq!(house.incidents().len(), 1);
    let (message, code) = house.button(Action::Claim);
    let press = house.request("ann", Ask::Press { code, message });
    let first = house.handle(press.clone());
    house.settle();
    house.press("ann", Action::Release);
    house.settle();
    let before = house.incidents();
    assert_eq!(house.handle(press).said, first.said);
    assert_eq!(house.incidents(), before);
    let roster = house.request("admin", command(CommandWord::AddDispatcher, "@eve"));
    assert_eq!(house.handle(roster.clone()).said, house.handle(roster).said);
    house.settle();
    assert_eq!(house.said("@eve will be a dispatcher"), 1);
}

#[test]
fn the_summary_is_the_reply_to_that_very_question_by_that_very_person() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Resolve);
    house.settle();
    let card = house.button(Action::CancelResolve).0;
    let unasked =
        house.ask("ann", Ask::Answer { to: card, text: "not to the card".into(), attachments: Vec::new() });
    assert_eq!(unasked.said, Said::Nothing);
    assert_eq!(refused(&house.reply_to_last_question("bob", "I did it")), &Rejection::NotAuthorized);
    assert!(matches!(refused(&house.reply_to_last_question("ann", "ok")), Rejection::InvalidInput { .. }));
    assert_eq!(house.incident(incident.id).state.kind(), StateKind::PendingSummary);
    assert_eq!(house.reply_to_last_question("ann", "changed it").said, Said::Done(Done::Summarised));
    assert_eq!(house.incident(incident.id).state.kind(), StateKind::Resolved);
}

#[test]
fn a_summary_that_does_not_come_is_asked_for_again_and_a_change_of_mind_is_possible() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Resolve);
    house.settle();
    house.pass(minutes(10));
    assert_eq!(house.said("is still outstanding"), 1);
    house.press("ann", Action::CancelResolve);
    house.pass(minutes(600));
    assert_eq!(house.said("is still outstanding"), 1);
    house.press("ann", Action::Release);
}

#[test]
fn a_message_with_its_files_can_be_the_report() {
    let house = House::new();
    let photo = Attachment { reference: text("file-1"), kind: text("photo"), name: None, size: Some(1) };
    let quoted =
        Quoted { message: None, by: None, text: "the tyre\nis flat".into(), attachments: vec![photo] };
    let ask = Ask::Command {
        word: CommandWord::NewIssue,
        text: String::new(),
        named: Vec::new(),
        attachments: Vec::new(),
        quoted: Some(quoted),
        about: None,
    };
    assert!(matches!(house.ask("dan", ask).said, Said::Reported(_)));
    let incident = house.incidents().remove(0).incident;
    assert_eq!((incident.description.as_str(), incident.attachments), ("the tyre\nis flat", 1));
}

#[test]
fn reports_are_checked_for_length_and_frequency() {
    let house = House::new();
    assert_eq!(house.command("dan", CommandWord::NewIssue, "  ").said, Said::Usage(CommandWord::NewIssue));
    for text in ["abc", &"x".repeat(3_001)] {
        assert!(matches!(
            refused(&house.command("dan", CommandWord::NewIssue, text)),
            Rejection::InvalidInput { .. }
        ));
    }
    for _ in 0..5 {
        assert!(matches!(house.command("dan", CommandWord::NewIssue, "flat tyre").said, Said::Reported(_)));
    }
    let sixth = house.command("dan", CommandWord::NewIssue, "flat tyre");
    assert_eq!(refused(&sixth), &Rejection::RateLimited { retry_after_secs: 60 });
    house.pass(minutes(1));
    assert!(matches!(house.command("dan", CommandWord::NewIssue, "flat tyre").said, Said::Reported(_)));
}

#[test]
fn status_tells_how_an_incident_of_this_group_stands() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    for number in ["tkt-2026-0001", "1", "#0001"] {
        let status = house.command("dan", CommandWord::Status, number);
        assert!(matches!(status.said, Said::Status { reopen: false, .. }), "{number}");
        assert!(status.text().contains("Claimed") && status.text().contains("@ann"), "{}", status.text());
    }
    assert_eq!(refused(&house.command("dan", CommandWord::Status, "TKT-2026-0002")), &Rejection::Unknown);
    assert_eq!(house.command("dan", CommandWord::Status, "one").said, Said::BadNumber("one".into()));
    assert_eq!(house.command("dan", CommandWord::Status, "").said, Said::Usage(CommandWord::Status));
}

#[test]
fn who_hides_or_is_no_person_is_refused_politely_and_nothing_is_remembered() {
    let house = House::new();
    let senders = [
        (Sender::AnonymousAdmin, Said::Anonymous),
        (Sender::Channel, Said::Anonymous),
        (Sender::Bot, Said::Bot),
        (Sender::Platform, Said::Nothing),
    ];
    for (sender, said) in senders {
        let mut request = house.request("x", command(CommandWord::NewIssue, "flat tyre"));
        request.from = sender;
        assert_eq!(house.handle(request).said, said);
    }
    assert_eq!(house.incidents(), Vec::new());
    let answer =
        Ask::Answer { to: MessageRef::new(room(), "1"), text: "hello there".into(), attachments: Vec::new() };
    let mut request = house.request("x", answer);
    request.from = Sender::Bot;
    assert_eq!(house.handle(request).said, Said::Nothing);
}

#[test]
fn where_the_setting_says_so_a_stranger_who_claims_becomes_a_responder() {
    let mut rules = Policy::preset(Preset::TwoTier).rules().clone();
    rules.self_registration = true;
    let house = House::empty(Policy::new(rules).unwrap());
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.report("dan", "flat tyre");
    assert_eq!(house.press("eve", Action::Claim).said, Said::Done(Done::Pressed(Action::Claim)));
}

#[test]
fn a_claim_that_comes_too_late_makes_nobody_a_responder() {
    let mut rules = Policy::preset(Preset::TwoTier).rules().clone();
    (rules.self_registration, rules.ack_mode) = (true, AckMode::Exclusive);
    let house = House::empty(Policy::new(rules).unwrap());
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.report("dan", "flat tyre");
    let (message, code) = house.button(Action::Claim);
    house.press("eve", Action::Claim);
    let late = house.ask("zoe", Ask::Press { code, message });
    assert!(matches!(late.said, Said::Refused(Rejection::AlreadyAcknowledged { .. })), "{late:?}");
    let roster =
        block_on(house.store.roster(house.company())).expect("the store works").expect("there is one");
    let responders: usize = roster.groups.values().map(|group| group.holders(Role::Responder).count()).sum();
    assert_eq!(responders, 1, "eve alone");
}
