//! What is asked about a group that waits to be admitted.

use super::fixture::{Office, at, chat, claim, claimed, done, settle, text};
use crate::ids::GroupId;
use crate::incident::Lane;
use crate::ports::Store;
use crate::roster::{AdmissionOrder, RosterCommand};

const SECOND: GroupId = GroupId::from_u128(77);

/// Who decides about a group is asked in another chat than the group's own, and in the same order.
pub async fn a_question_about_a_group_goes_to_the_chat_it_names(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (title, name) = (text("Night shift"), text("Acme"));
    let add = RosterCommand::AddGroup { group: SECOND, chat: chat("-77"), title, active: false };
    let order = |order| RosterCommand::Admission { group: SECOND, order };
    let request =
        AdmissionOrder::Request { name, by: office.ann, consult: vec![chat("9"), chat("8")], at: at(1) };
    let commands = vec![add, order(AdmissionOrder::Ask), order(request)];
    let roster = office.administers(commands, 1).await;
    assert_eq!(office.roster().await, roster);
    for to in ["-77", "-77", "9", "8"] {
        let next = claimed(store, Lane::Notice, 2).await;
        assert_eq!(next.chat, chat(to));
        assert_eq!(claim(store, Lane::Notice, 2).await, None);
        settle(store, &next, done(), 2).await;
    }
    assert_eq!(claim(store, Lane::Notice, 2).await, None);
}
