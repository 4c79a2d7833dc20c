//! Rooms of groups that are linked or suspended, or that lack a right in their own chat.

use std::sync::Arc;
use std::time::Duration;

use incident_core::desk::Ask;
use incident_core::ids::{Identity, Platform};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::DeliveryError;
use incident_core::testkit::{Call, ScriptedMessenger};
use incident_core::view::{CommandWord, LinkReply, Said};

use crate::house::{House, account};
use crate::mirrors::{Pair, linked, ops};
use crate::rooms::{Inn, chat};

/// A group that was linked before it had rooms, where somebody has an account in the other chat as well.
fn with_two_accounts(who: &str) -> (Inn, Arc<ScriptedMessenger>) {
    let house = House::empty(Policy::preset(Preset::Tickets));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    let pair = Pair::apart(house);
    pair.link();
    assert_eq!(pair.join(who).said, linked(who));
    (Inn::of(pair.house), pair.slack)
}

#[test]
fn whoever_reports_is_let_in_by_the_account_that_they_have_there() {
    let (Inn { house, rooms }, slack) = with_two_accounts("dan");
    house.command("dan", CommandWord::NewIssue, "My account is locked");
    house.settle();
    let access = rooms.access(&chat("room-1")).expect("there is such a room");
    assert_eq!((access.reporter, access.people), (Some(account("dan")), Vec::new()));
    assert_eq!(slack.cards(&ops()), [], "nothing of it is shown in the other chats of the group");
}

#[test]
fn whoever_responds_is_let_in_by_the_account_that_they_have_there() {
    let (Inn { house, rooms }, _) = with_two_accounts("eve");
    house.command("admin", CommandWord::AddDispatcher, "@eve");
    house.command("eve", CommandWord::RegisterDriver, "");
    house.command("dan", CommandWord::NewIssue, "My account is locked");
    house.settle();
    let access = rooms.access(&chat("room-1")).expect("there is such a room");
    assert_eq!(access.people, [Identity::new(Platform::Telegram, "id-eve")]);
}

#[test]
fn a_group_whose_incidents_have_rooms_is_linked_with_nothing() {
    let said = Inn::new().house.command("admin", CommandWord::Link, "").said;
    assert_eq!(said, Said::Linking(LinkReply::InRooms));
}

#[test]
fn nothing_is_shown_in_the_rooms_of_a_group_that_the_bot_was_removed_from() {
    let Inn { house, .. } = Inn::new();
    let down = DeliveryError::Temporary { reason: "down".to_owned(), retry_after: None };
    house.chat.fail_next(Call::Post, down);
    house.command("dan", CommandWord::NewIssue, "My account is locked");
    assert_eq!(house.chat.cards(&chat("room-1")), [], "its card is owed");
    house.platform(Ask::BotRemoved);
    house.pass(Duration::from_secs(3 * 86_400));
    assert_eq!(house.chat.cards(&chat("room-1")), []);
}

#[test]
fn a_card_in_a_room_is_pinned_whatever_is_allowed_in_the_chat_of_the_group() {
    let Inn { house, .. } = Inn::new();
    house.platform(Ask::BotPresent { can_pin: Some(false) });
    house.settle();
    house.command("dan", CommandWord::NewIssue, "My account is locked");
    house.settle();
    assert_eq!(house.chat.pins(&chat("room-1")).len(), 1);
}
