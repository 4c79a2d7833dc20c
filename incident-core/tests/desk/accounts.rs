//! People who have accounts on two platforms, and are one person once they say so.

use futures::executor::block_on;
use incident_core::desk::Ask;
use incident_core::ids::{ChatRef, Platform};
use incident_core::incident::StateKind;
use incident_core::ports::Store;
use incident_core::text::Text;
use incident_core::view::{Action, CommandWord, Done, LinkReply, Said};

use crate::house::{account, command, minutes};
use crate::mirrors::{Pair, linked, on_slack, sent_code, told_code};

#[test]
fn who_is_known_by_two_accounts_is_one_person_with_all_their_roles() {
    let pair = Pair::new();
    pair.join_known("eve");
    let incident = pair.house.report("dan", "flat tyre");
    let said = pair.house.command("eve", CommandWord::LinkMe, "").said;
    assert_eq!(said, Said::Linking(LinkReply::CodeSent), "everybody would see it");
    pair.house.settle();
    let code = sent_code(&pair.house, "eve");
    let again = pair.house.command("eve", CommandWord::LinkMe, "").said;
    assert_eq!(again, Said::Linking(LinkReply::CodeSent), "it is the same for a while");
    pair.house.settle();
    assert_eq!(sent_code(&pair.house, "eve"), code);
    let alone = ChatRef::new(Platform::Telegram, "id-eve");
    assert_eq!(pair.house.chat.shown(&alone).len(), 2, "the first may not have come");
    let done = pair.there("eve", command(CommandWord::LinkMe, &code)).said;
    assert_eq!(done, Said::Linking(LinkReply::Linked("eve".to_owned(), Platform::Telegram)));
    let used = pair.there("max", command(CommandWord::LinkMe, &code)).said;
    assert_eq!(used, Said::Linking(LinkReply::BadCode), "a code is used once");
    // What she was granted as a Slack account holds for the other one, too.
    assert_eq!(pair.house.press("eve", Action::Claim).said, Said::Done(Done::Pressed(Action::Claim)));
    pair.house.settle();
    assert_eq!(
        pair.there("eve", pair.button(Action::Release)).said,
        Said::Done(Done::Pressed(Action::Release)),
        "either account holds what the other one claimed"
    );
    assert_eq!(pair.house.incident(incident.id).state.kind(), StateKind::Open);
}

#[test]
fn an_account_that_has_something_to_finish_is_not_linked() {
    let pair = Pair::new();
    let incident = pair.house.report("dan", "flat tyre");
    let number = pair.house.incidents().pop().expect("it was filed").number;
    assert_eq!(pair.join("dan").said, Said::Linking(LinkReply::Busy(number)));
    pair.house.press("ann", Action::Claim);
    pair.house.settle();
    assert_eq!(pair.join("ann").said, Said::Linking(LinkReply::Busy(number)));
    assert_eq!(pair.join("bob").said, linked("bob"));
    assert_eq!(pair.join("bob").said, Said::Linking(LinkReply::Same));
    let late = told_code(&pair.there("kim", command(CommandWord::LinkMe, "")).said);
    pair.house.pass(minutes(10));
    assert_eq!(pair.house.command("kim", CommandWord::LinkMe, &late).said, Said::Linking(LinkReply::BadCode));
    assert_eq!(pair.house.incident(incident.id).assignees().count(), 1);
}

#[test]
fn a_code_that_was_typed_is_spent_whatever_became_of_it() {
    let pair = Pair::new();
    pair.house.report("dan", "flat tyre");
    let code = told_code(&pair.there("dan", command(CommandWord::LinkMe, "")).said);
    let busy = pair.house.command("dan", CommandWord::LinkMe, &code).said;
    assert!(matches!(busy, Said::Linking(LinkReply::Busy(_))), "{busy:?}");
    let seen = pair.house.command("zoe", CommandWord::LinkMe, &code).said;
    assert_eq!(seen, Said::Linking(LinkReply::BadCode), "everybody in the group has seen it");
}

#[test]
fn a_linked_account_is_named_by_either_and_parted_again_with_nothing() {
    let pair = Pair::new();
    pair.join_known("eve");
    assert_eq!(pair.join("eve").said, linked("eve"));
    let bob = |word, text: &str| {
        let named = vec![incident_core::desk::Named::Account(crate::house::profile("eve"))];
        let (attachments, quoted, about) = (Vec::new(), None, None);
        let ask = Ask::Command { word, text: text.to_owned(), named, attachments, quoted, about };
        pair.house.ask("admin", ask).said
    };
    assert_eq!(bob(CommandWord::RemoveDispatcher, "@eve"), Said::Rostered);
    pair.house.settle();
    pair.house.report("dan", "flat tyre");
    let refused = Said::Refused(incident_core::incident::Rejection::NotAuthorized);
    assert_eq!(pair.there("eve", pair.button(Action::Claim)).said, refused, "the role is gone, too");
    assert_eq!(bob(CommandWord::AddDispatcher, "@eve"), Said::Rostered);
    assert_eq!(pair.there("eve", pair.button(Action::Claim)).said, Said::Done(Done::Pressed(Action::Claim)));
    pair.house.settle();
    pair.there("eve", pair.button(Action::Release));
    pair.house.settle();

    let off = pair.house.command("eve", CommandWord::LinkMe, "off").said;
    assert_eq!(off, Said::Linking(LinkReply::Parted));
    assert_eq!(pair.house.press("eve", Action::Claim).said, refused);
    let off = pair.house.command("eve", CommandWord::LinkMe, "OFF").said;
    assert_eq!(off, Said::Linking(LinkReply::Alone));
}

#[test]
fn who_leaves_one_chat_keeps_what_they_hold_where_they_are_in_the_other() {
    let pair = Pair::new();
    pair.join("bob");
    let incident = pair.house.report("dan", "flat tyre");
    pair.house.press("bob", Action::Claim);
    pair.house.platform(Ask::MemberLeft { who: account("bob") });
    pair.house.settle();
    assert_eq!(pair.house.incident(incident.id).state.kind(), StateKind::Acknowledged);
    pair.house.press("bob", Action::Release);
    pair.house.settle();
    pair.house.press("ann", Action::Claim);
    pair.house.platform(Ask::MemberLeft { who: account("ann") });
    pair.house.settle();
    assert_eq!(pair.house.incident(incident.id).state.kind(), StateKind::Open);
}

#[test]
fn whoever_is_forgotten_is_forgotten_with_all_their_accounts() {
    let pair = Pair::new();
    pair.join("bob");
    let (company, store) = (pair.house.company(), &pair.house.store);
    block_on(pair.house.desk.forget_person(company, &account("bob"))).expect("the store works");
    for identity in [account("bob"), on_slack("bob").identity] {
        let person =
            block_on(store.by_account(company, &identity)).expect("it works").expect("a number stays");
        let known = block_on(store.people(company, &[person])).expect("it works").pop().expect("it stays");
        assert_eq!(known.profile.name, Text::erased());
    }
}
