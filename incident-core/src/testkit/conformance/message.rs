//! Messages that were sent: what each of them is, and which cards an incident has.

use super::fixture::{MOMENT, Office, Works, at, chat, claimed, done_with, notice, outlook, settle};
use crate::ids::MessageRef;
use crate::incident::{Effect, Lane, Prompt};
use crate::ports::{Posted, PostedKind, Settlement, Store, Surface};

const CARD: PostedKind = PostedKind::Card { pinned: false };
const PINNED: PostedKind = PostedKind::Card { pinned: true };

/// Delivers something for an incident, with this result.
async fn delivers(office: &Office<'_>, n: u32, settlement: Settlement) {
    office.owes(n, vec![notice(1)], 0).await;
    let claim = claimed(office.store, Lane::Notice, 1).await;
    settle(office.store, &claim, settlement, 2).await;
}

/// Posts a message for an incident.
async fn posts(office: &Office<'_>, n: u32, message: &MessageRef, kind: PostedKind) -> Posted {
    let posted = office.posted(n, message, kind);
    delivers(office, n, done_with(posted.clone())).await;
    posted
}

async fn known(office: &Office<'_>, message: &MessageRef) -> Option<Posted> {
    office.store.posted(office.company, message).await.works()
}

async fn surfaces(office: &Office<'_>, n: u32) -> Vec<Surface> {
    let mut surfaces = office.store.surfaces(office.company, office.id(n)).await.works();
    surfaces.sort_by(|one, other| one.message.cmp(&other.message));
    surfaces
}

const fn surface(message: MessageRef, pinned: bool) -> Surface {
    Surface { message, pinned }
}

/// Every message of ours is known for what it is; only cards are surfaces.
pub async fn what_was_posted_is_known(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let prompt = PostedKind::Prompt { prompt: Prompt::Summary, person: office.ann };
    for (name, kind) in [("41", PINNED), ("42", prompt), ("43", PostedKind::Notice)] {
        let message = office.message(name);
        let posted = posts(&office, 1, &message, kind).await;
        assert_eq!(known(&office, &message).await, Some(posted));
    }
    assert_eq!(surfaces(&office, 1).await, [surface(office.message("41"), true)]);
    assert_eq!(known(&office, &office.message("44")).await, None);
    assert_eq!(known(&office, &MessageRef::new(chat("elsewhere"), "41")).await, None);
}

/// In one chat an incident has one card: the newest. Other messages stay known.
pub async fn a_newer_card_replaces_the_older_one(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (old, new, other) = (office.message("41"), office.message("43"), office.message("42"));
    posts(&office, 1, &old, CARD).await;
    let kept = posts(&office, 1, &other, PostedKind::Notice).await;
    let posted = posts(&office, 1, &new, CARD).await;
    assert_eq!(surfaces(&office, 1).await, [surface(new.clone(), false)]);
    assert_eq!(known(&office, &new).await, Some(posted));
    assert_eq!(known(&office, &old).await, None);
    assert_eq!(known(&office, &other).await, Some(kept));
}

/// A card may be told again, pinned by now.
pub async fn a_card_may_come_to_be_pinned(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let message = office.message("41");
    for (kind, pinned) in [(CARD, false), (PINNED, true), (CARD, false)] {
        posts(&office, 1, &message, kind).await;
        assert_eq!(surfaces(&office, 1).await, [surface(message.clone(), pinned)]);
    }
}

/// Cards of one incident in two chats, and of two incidents in one chat, stand beside each other.
pub async fn cards_elsewhere_stay(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (here, next, there) =
        (office.message("41"), office.message("42"), MessageRef::new(chat("-900"), "41"));
    posts(&office, 1, &here, CARD).await;
    posts(&office, 2, &next, CARD).await;
    posts(&office, 1, &there, PINNED).await;
    assert_eq!(surfaces(&office, 1).await, [surface(here, false), surface(there, true)]);
    assert_eq!(surfaces(&office, 2).await, [surface(next, false)]);
}

/// A message that is no more is forgotten, whatever became of the delivery that found out.
pub async fn messages_that_are_gone_are_forgotten(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (first, second, stays) = (office.message("41"), office.message("42"), office.message("43"));
    posts(&office, 1, &first, CARD).await;
    posts(&office, 2, &second, CARD).await;
    let kept = posts(&office, 2, &stays, PostedKind::Notice).await;
    delivers(&office, 1, Settlement::Done { posted: None, gone: vec![first.clone()] }).await;
    let retry = Settlement::Retry {
        not_before: at(1_000),
        park_chat_until: None,
        reason: "the card was deleted".to_owned(),
        posted: None,
        gone: vec![second.clone()],
    };
    delivers(&office, 2, retry).await;
    assert_eq!((known(&office, &first).await, surfaces(&office, 1).await), (None, vec![]));
    assert_eq!((known(&office, &second).await, surfaces(&office, 2).await), (None, vec![]));
    assert_eq!(known(&office, &stays).await, Some(kept));
}

/// One settlement may say that the old card is gone and a new one was posted.
pub async fn a_card_that_was_gone_may_be_posted_anew(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (old, new) = (office.message("41"), office.message("42"));
    posts(&office, 1, &old, PINNED).await;
    let posted = Some(office.posted(1, &new, CARD));
    delivers(&office, 1, Settlement::Done { posted, gone: vec![old.clone()] }).await;
    assert_eq!(surfaces(&office, 1).await, [surface(new, false)]);
    assert_eq!(known(&office, &old).await, None);
}

/// A message that was sent is known even if the delivery must be tried again.
pub async fn a_retry_keeps_what_was_posted(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let message = office.message("41");
    let posted = office.posted(1, &message, CARD);
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let claim = claimed(store, Lane::Card, 1).await;
    let retry = Settlement::Retry {
        not_before: at(5) + MOMENT,
        park_chat_until: None,
        reason: "it could not be pinned".to_owned(),
        posted: Some(posted.clone()),
        gone: vec![],
    };
    settle(store, &claim, retry, 2).await;
    assert_eq!(known(&office, &message).await, Some(posted));
    assert_eq!(surfaces(&office, 1).await, [surface(message, false)]);
    assert_eq!(outlook(store, 3).await.deliver_at, Some(at(5) + MOMENT));
}

/// Companies see each other's messages by no query, and a settlement forgets none of another company's.
pub async fn messages_belong_to_their_company(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let message = office.message("41");
    let posted = posts(&office, 1, &message, CARD).await;
    assert_eq!(known(&other, &message).await, None);
    assert_eq!(store.surfaces(other.company, office.id(1)).await.works(), []);
    delivers(&other, 1, Settlement::Done { posted: None, gone: vec![message.clone()] }).await;
    assert_eq!(known(&office, &message).await, Some(posted));
}
