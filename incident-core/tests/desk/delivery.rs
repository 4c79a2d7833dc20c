//! The chat fails in every way it can; what people see in the end is right.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use incident_core::desk::{Ask, DeliveryEnd, Desk, Request};
use incident_core::ids::{ChatRef, Number, Platform};
use incident_core::incident::{Lane, Rejection, StateKind};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Clock as _, DeliveryError, Messenger as _, Store as _};
use incident_core::roster::Right;
use incident_core::testkit::Call;
use incident_core::view::{Action, CommandWord, Said};

use crate::house::{House, account, command, minutes, room};

fn temporary(retry_after: Option<Duration>) -> DeliveryError {
    DeliveryError::Temporary { reason: "busy".into(), retry_after }
}

#[test]
fn a_card_is_posted_once_pinned_edited_in_place_and_unpinned() {
    let house = House::new();
    house.report("dan", "flat tyre");
    assert_eq!(house.chat.cards(&room()).len(), 1);
    assert_eq!(house.chat.pins(&room()).len(), 1);
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Resolve);
    house.settle();
    house.reply_to_last_question("ann", "changed it");
    house.settle();
    assert_eq!(house.chat.cards(&room()).len(), 1);
    assert_eq!(house.chat.pins(&room()), Vec::new());
    assert!(house.transcript().contains("changed it"), "{}", house.transcript());
}

#[test]
fn a_chat_that_asks_for_patience_is_left_alone_as_a_whole_for_exactly_so_long() {
    let house = House::new();
    house.chat.fail_next(Call::Post, temporary(Some(Duration::from_secs(40))));
    house.report("dan", "flat tyre");
    house.report("dan", "broken lamp");
    let calls = house.chat.calls().len();
    house.pass(Duration::from_secs(39));
    assert_eq!(house.chat.calls().len(), calls, "{:?}", house.chat.calls());
    house.pass(Duration::from_secs(1));
    assert_eq!(house.chat.cards(&room()).len(), 2);
}

#[test]
fn after_the_patience_a_page_overtakes_a_card() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.chat.fail_next(Call::Edit, temporary(Some(Duration::from_secs(40))));
    house.settle();
    let mut before = house.chat.calls().len();
    // The card on the screen is the old one; the code of the button is made from what is true.
    let (message, _) = house.button(Action::Claim);
    let incident = house.incidents().remove(0).incident;
    let code = format!("e.{}.{}", incident.id, incident.version);
    house.ask("ann", Ask::Press { code, message });
    house.settle();
    assert_eq!(house.chat.calls().len(), before);
    house.pass(Duration::from_secs(40));
    let calls: Vec<Call> = house.chat.calls().into_iter().skip(before).map(|(call, _)| call).collect();
    before = calls.iter().position(|call| *call == Call::Send).expect("the managers were paged");
    let edit = calls.iter().position(|call| *call == Call::Edit).expect("the card was edited");
    assert!(before < edit, "{calls:?}");
}

#[test]
fn failures_that_pass_are_retried_with_growing_waits_until_they_have() {
    let house = House::new();
    for _ in 0..4 {
        house.chat.fail_next(Call::Post, temporary(None));
    }
    house.report("dan", "flat tyre");
    for (wait, cards) in [(1, 0), (2, 0), (4, 0), (8, 1)] {
        house.pass(Duration::from_secs(wait - 1));
        assert_eq!(house.chat.cards(&room()).len(), 0, "after {wait} s");
        house.pass(Duration::from_secs(1));
        assert_eq!(house.chat.cards(&room()).len(), cards, "after {wait} s");
    }
}

#[test]
fn a_card_that_was_deleted_is_posted_and_pinned_again() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let pressed = house.button(Action::Claim);
    house.chat.delete(&pressed.0);
    house.ask("ann", Ask::Press { code: pressed.1, message: pressed.0 });
    house.settle();
    assert_eq!(house.chat.cards(&room()).len(), 1);
    assert_eq!(house.chat.pins(&room()).len(), 1);
    house.press("ann", Action::Release);
}

#[test]
fn a_card_that_was_deleted_unseen_comes_back_with_the_reminder_and_with_a_question() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.chat.delete(&house.button(Action::Claim).0);
    house.pass(minutes(10));
    assert_eq!(house.chat.cards(&room()).len(), 1);
    house.chat.delete(&house.button(Action::Claim).0);
    house.command("dan", CommandWord::Status, "TKT-2026-0001");
    house.settle();
    assert_eq!((house.chat.cards(&room()).len(), house.chat.pins(&room()).len()), (1, 1));
}

#[test]
fn whoever_works_here_has_a_card_pinned_again_that_somebody_unpinned_or_deleted() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let pinned = house.chat.pins(&room());
    for who in ["ann", "mia", "admin"] {
        block_on(house.chat.unpin(&pinned[0], Number { year: 2026, seq: 1 })).expect("the chat works");
        let reply = house.command(who, CommandWord::Pin, "1");
        assert_eq!(reply.text(), "The card of TKT-2026-0001 is shown again, and pinned if I may pin here.");
        house.settle();
        assert_eq!(house.chat.pins(&room()), pinned, "{who}");
    }
    house.chat.delete(&pinned[0]);
    house.command("ann", CommandWord::Pin, "1");
    house.settle();
    assert_eq!((house.chat.cards(&room()).len(), house.chat.pins(&room()).len()), (1, 1));
    let dan = house.command("dan", CommandWord::Pin, "1");
    assert_eq!(dan.said, Said::Refused(Rejection::NotAuthorized));
    house.command("dan", CommandWord::Cancel, "1 solved itself");
    let over = house.command("ann", CommandWord::Pin, "1");
    assert_eq!(over.text(), "TKT-2026-0001 is over: its card is shown again, and stays unpinned.");
    house.settle();
    assert_eq!(house.chat.pins(&room()), []);
}

#[test]
fn a_press_on_an_old_card_has_it_drawn_again() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let (message, code) = house.button(Action::Claim);
    house.chat.fail_next(Call::Edit, DeliveryError::Permanent { reason: "never".into() });
    house.press("ann", Action::Claim);
    house.settle();
    assert!(house.transcript().contains("UNCLAIMED"), "{}", house.transcript());
    house.ask("bob", Ask::Press { code, message });
    house.settle();
    assert!(house.transcript().contains("IN PROGRESS"), "{}", house.transcript());
}

#[test]
fn a_card_that_cannot_be_pinned_for_whatever_reason_is_not_posted_twice() {
    let house = House::new();
    house.chat.fail_next(Call::Pin, DeliveryError::Permanent { reason: "never".into() });
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    assert_eq!(house.chat.cards(&room()).len(), 1);
}

#[test]
fn a_card_whose_posting_was_reported_lost_is_taken_away_at_the_first_press_on_it() {
    let house = House::new();
    house.chat.lose_next_answer(Call::Post, temporary(None));
    house.report("dan", "flat tyre");
    assert_eq!(house.chat.cards(&room()).len(), 1);
    let orphan = house.button(Action::Claim);
    house.pass(Duration::from_secs(1));
    assert_eq!(house.chat.cards(&room()).len(), 2);
    house.ask("ann", Ask::Press { code: orphan.1, message: orphan.0 });
    house.settle();
    assert_eq!(house.chat.cards(&room()).len(), 1);
    assert_eq!(house.incidents()[0].incident.state.kind(), StateKind::Acknowledged);
}

#[test]
fn what_may_be_pinned_is_taken_down_at_the_end_though_nobody_knows_that_the_right_is_back() {
    let house = House::new();
    house.chat.lose_next_answer(Call::Pin, temporary(None));
    house.report("dan", "flat tyre");
    house.chat.deny(&room(), Right::Pin, true);
    house.pass(Duration::from_secs(1));
    assert_eq!((house.said("I cannot pin messages"), house.chat.pins(&room()).len()), (1, 1));
    house.chat.deny(&room(), Right::Pin, false);
    house.command("dan", CommandWord::Cancel, "1 solved itself");
    house.settle();
    assert_eq!(house.chat.pins(&room()), []);
}

#[test]
fn a_missing_right_to_pin_is_told_once_and_regained_without_words() {
    let house = House::new();
    house.chat.deny(&room(), Right::Pin, true);
    house.report("dan", "flat tyre");
    house.report("dan", "broken lamp");
    assert_eq!(house.said("I cannot pin messages"), 1);
    assert_eq!(house.chat.cards(&room()).len(), 2);
    house.chat.deny(&room(), Right::Pin, false);
    house.platform(Ask::BotPresent { can_pin: Some(true) });
    house.settle();
    assert_eq!(house.chat.pins(&room()).len(), 2);
    assert_eq!(house.said("I cannot pin messages"), 1);
}

#[test]
fn a_chat_that_moved_is_followed_and_its_cards_are_posted_anew() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let to = ChatRef::new(Platform::Telegram, "-100200");
    house.chat.migrate(&room(), &to);
    house.press("ann", Action::Claim);
    house.settle();
    assert_eq!(house.chat.cards(&to).len(), 1, "{}", house.chat.transcript(&to));
    assert_eq!(house.chat.pins(&to).len(), 1);
    assert!(house.chat.transcript(&to).contains("@ann"), "{}", house.chat.transcript(&to));
}

#[test]
fn a_chat_that_threw_us_out_is_suspended_and_works_again_when_we_are_back() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    house.chat.expel(&room());
    house.press("ann", Action::Claim);
    let ends = house.settle();
    assert!(ends.iter().any(|delivery| matches!(delivery.end, DeliveryEnd::Retried { .. })), "{ends:?}");
    house.pass(minutes(60));
    let calls = house.chat.calls().len();
    house.pass(minutes(60));
    assert_eq!(house.chat.calls().len(), calls, "a chat that is lost is left alone");
    assert_eq!(house.incident(incident.id).state.kind(), StateKind::Acknowledged);
}

#[test]
fn what_can_never_be_delivered_is_given_up_with_its_reason_and_stands_in_nobodys_way() {
    let house = House::new();
    house.chat.fail_next(Call::Post, DeliveryError::Permanent { reason: "never".into() });
    house.report("dan", "flat tyre");
    house.report("dan", "broken lamp");
    assert_eq!(house.chat.cards(&room()).len(), 1);
    let outlook = block_on(house.desk.outlook()).expect("the store works");
    assert_eq!((outlook.owed, outlook.abandoned), (0, 1));
}

#[test]
fn many_changes_while_a_chat_is_busy_cost_one_edit() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.chat.fail_next(Call::Edit, temporary(Some(Duration::from_secs(60))));
    house.press("ann", Action::Claim);
    house.settle();
    for _ in 0..20 {
        let incident = house.incidents().remove(0).incident;
        let action = if incident.state.kind() == StateKind::Acknowledged { 'l' } else { 'c' };
        let code = format!("{action}.{}.{}", incident.id, incident.version);
        let message = house.button(Action::Claim).0;
        house.ask("ann", Ask::Press { code, message });
        house.settle();
    }
    let edits = |house: &House| house.chat.calls().iter().filter(|(call, _)| *call == Call::Edit).count();
    let before = edits(&house);
    house.pass(Duration::from_secs(60));
    assert_eq!(edits(&house) - before, 1);
}

#[test]
fn a_chat_where_the_desk_may_not_write_is_noted_and_gets_its_card_when_it_may() {
    let house = House::new();
    house.chat.deny(&room(), Right::Write, true);
    house.report("dan", "flat tyre");
    let refused = || {
        let roster = block_on(house.store.roster(house.company())).expect("the store works");
        roster.expect("it was founded").group_in(&room()).expect("it was set up").refused.clone()
    };
    assert_eq!((house.chat.cards(&room()).len(), refused()), (0, BTreeSet::from([Right::Write])));
    house.chat.deny(&room(), Right::Write, false);
    house.pass(minutes(1));
    assert_eq!(house.chat.cards(&room()).len(), 1);
}

#[test]
fn what_no_messenger_serves_is_kept_until_one_does() {
    let house = House::new();
    house.command("dan", CommandWord::NewIssue, "flat tyre");
    let (store, clock) = (Arc::clone(&house.store), Arc::clone(&house.clock));
    let house = house.refit(|_| Desk::new(store, clock, Policy::preset(Preset::TwoTier)));
    house.pass(minutes(1));
    let outlook = block_on(house.desk.outlook()).expect("the store works");
    assert!(outlook.owed > 0 && outlook.abandoned == 0, "{outlook:?}");
    let (chat, directory) = (Arc::clone(&house.chat), Arc::clone(&house.directory));
    let house = house.refit(|desk| desk.with_messenger(Platform::Telegram, chat, directory));
    house.pass(minutes(5));
    assert_eq!(house.chat.cards(&room()).len(), 1);
}

#[test]
fn a_card_that_waited_shows_what_is_true_when_it_is_drawn() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    let reported = house.chat.cards(&room());
    house.press("ann", Action::Claim);
    house.clock.advance(Duration::from_secs(1));
    // The card on the screen is the old one; the code of the button is made from what is true.
    let (message, _) = house.button(Action::Claim);
    let code = format!("e.{}.{}", incident.id, house.incident(incident.id).version);
    house.ask("ann", Ask::Press { code, message });
    let delivery = block_on(house.desk.deliver(Lane::Card)).expect("the store works");
    assert!(delivery.is_some_and(|delivery| delivery.claim.since < house.clock.now()));
    let drawn = house.chat.cards(&room());
    assert_ne!(drawn, reported);
    house.settle();
    assert_eq!(drawn, house.chat.cards(&room()));
}

#[test]
fn a_reminder_counts_as_sent_once_it_was_and_not_before() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.chat.fail_next(Call::Send, temporary(None));
    house.pass(minutes(10));
    assert_eq!(house.said("has been unclaimed"), 0);
    house.pass(minutes(1));
    assert_eq!(house.said("has been unclaimed"), 1);
    house.pass(minutes(60));
    assert_eq!(house.said("has been unclaimed"), 1);
}

#[test]
fn whoever_pins_a_card_too_late_leaves_it_where_it_is() {
    let house = House::new();
    house.chat.fail_next(Call::Pin, temporary(None));
    house.command("dan", CommandWord::NewIssue, "flat tyre");
    block_on(house.desk.deliver(Lane::Card)).expect("the store works").expect("a card is owed");
    let card = house.button(Action::Claim).0;
    house.clock.advance(minutes(10));
    let late =
        block_on(house.desk.next_owed(Lane::Card)).expect("the store works").expect("it is tried again");
    house.clock.advance(minutes(10));
    let again =
        block_on(house.desk.next_owed(Lane::Card)).expect("the store works").expect("it has no holder");
    let ends = [late, again].map(|claim| block_on(house.desk.carry_out(claim)).end);
    assert!(matches!(ends, [DeliveryEnd::Late, DeliveryEnd::Done]), "{ends:?}");
    assert_eq!((house.button(Action::Claim).0, house.chat.cards(&room()).len()), (card, 1));
}

#[test]
fn what_a_desk_has_no_hands_for_is_left_to_another() {
    let house = House::new();
    let chats: Vec<ChatRef> = (0..70).map(|n| ChatRef::new(Platform::Telegram, format!("-2{n}"))).collect();
    let write = |chat: &ChatRef, who: &str, word: CommandWord, text: &str| {
        house.handle(Request { chat: chat.clone(), ..house.request(who, command(word, text)) })
    };
    for chat in &chats {
        house.directory.promote(chat, &account("admin"));
        write(chat, "admin", CommandWord::ConfigureManagers, "@mia");
    }
    house.settle();
    for chat in &chats {
        write(chat, "dan", CommandWord::NewIssue, "flat tyre");
    }
    let other = house.another_desk();
    let taken = std::iter::from_fn(|| block_on(other.deliver(Lane::Card)).expect("the store works")).count();
    assert!((1..chats.len()).contains(&taken), "{taken} of {}", chats.len());
    house.settle();
    assert!(chats.iter().all(|chat| house.chat.cards(chat).len() == 1));
}
