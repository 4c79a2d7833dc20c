//! Rooms are remembered until they are gone. A suite of its own, since not every [`Store`](crate::ports::Store) has
//! [`RoomBook`]; each store that does calls these from its tests.

use super::fixture::Works;
use crate::ids::{ChatRef, CompanyId, IncidentId, Platform};
use crate::ports::{Room, RoomBook};

const OURS: CompanyId = CompanyId::from_u128(7);
const THEIRS: CompanyId = CompanyId::from_u128(8);

/// A room that nothing was logged of, with a chat of its own.
pub fn room(incident: u128, chat: &str) -> Room {
    Room {
        incident: IncidentId::from_u128(incident),
        chat: ChatRef::new(Platform::Discord, chat),
        admitted: "g:12 w:34".to_owned(),
        files_logged: None,
        words_logged: None,
    }
}

/// A room is found by its incident and by its chat, and only by the company whose it is.
pub async fn a_room_is_found_by_its_incident_and_by_its_chat<B: RoomBook>(book: &B) {
    let (first, second) = (room(1, "100"), room(2, "200"));
    for one in [&second, &first] {
        book.keep_room(OURS, one).await.works();
    }
    book.keep_room(THEIRS, &room(3, "300")).await.works();
    assert_eq!(book.room(OURS, first.incident).await.works(), Some(first.clone()));
    assert_eq!(book.room(THEIRS, first.incident).await.works(), None, "it is not theirs");
    assert_eq!(book.room_in(&second.chat).await.works(), Some((OURS, second.incident)));
    assert_eq!(book.room_in(&ChatRef::new(Platform::Slack, "200")).await.works(), None);
    assert_eq!(book.rooms(OURS).await.works(), [first, second]);
}

/// What is remembered of a room is what was said of it last.
pub async fn what_was_said_of_a_room_last_is_remembered<B: RoomBook>(book: &B) {
    let opened = room(1, "100");
    book.keep_room(OURS, &opened).await.works();
    let logged = Room {
        admitted: String::new(),
        files_logged: Some("17".into()),
        words_logged: Some("18".into()),
        ..opened.clone()
    };
    book.keep_room(OURS, &logged).await.works();
    assert_eq!(book.rooms(OURS).await.works(), [logged]);
    let moved = room(1, "101");
    book.keep_room(OURS, &moved).await.works();
    assert_eq!(book.room_in(&opened.chat).await.works(), None);
    assert_eq!(book.room_in(&moved.chat).await.works(), Some((OURS, moved.incident)));
}

/// A chat is the room of one incident, whoever asks for it.
pub async fn a_chat_is_the_room_of_one_incident<B: RoomBook>(book: &B) {
    let first = room(1, "100");
    book.keep_room(OURS, &first).await.works();
    assert!(book.keep_room(OURS, &room(2, "100")).await.is_err());
    assert!(book.keep_room(THEIRS, &room(1, "100")).await.is_err());
    assert_eq!(book.room_in(&first.chat).await.works(), Some((OURS, first.incident)));
}

/// A room is forgotten only as the one that it was.
pub async fn a_room_is_forgotten_as_the_one_that_it_was<B: RoomBook>(book: &B) {
    let first = room(1, "100");
    book.keep_room(OURS, &first).await.works();
    book.forget_room(OURS, first.incident, &room(1, "99").chat).await.works();
    book.forget_room(THEIRS, first.incident, &first.chat).await.works();
    assert_eq!(book.room(OURS, first.incident).await.works(), Some(first.clone()));
    for _ in 0..2 {
        book.forget_room(OURS, first.incident, &first.chat).await.works();
        assert_eq!(book.room(OURS, first.incident).await.works(), None);
    }
}

/// Whoever was slow brings back no room that was forgotten meanwhile, and changes no other.
pub async fn a_room_that_is_not_there_is_not_noted<B: RoomBook>(book: &B) {
    let first = room(1, "100");
    let emptied =
        |room: &Room| Room { admitted: "-".to_owned(), files_logged: Some("17".into()), ..room.clone() };
    assert!(!book.note_room(OURS, &first).await.works(), "it was never there");
    book.keep_room(OURS, &first).await.works();
    assert!(!book.note_room(THEIRS, &emptied(&first)).await.works());
    assert!(!book.note_room(OURS, &emptied(&room(1, "99"))).await.works());
    assert_eq!(book.rooms(OURS).await.works(), std::slice::from_ref(&first));
    assert!(book.note_room(OURS, &emptied(&first)).await.works());
    assert_eq!(book.rooms(OURS).await.works(), [emptied(&first)]);
    book.forget_room(OURS, first.incident, &first.chat).await.works();
    assert!(!book.note_room(OURS, &first).await.works());
    assert_eq!(book.rooms(OURS).await.works(), []);
}
