//! Chats with topics or threads.

use super::fixture::{assert_reads, card, message, place, seen, worked};
use super::world::Topics;
use crate::ports::Place;

/// What concerns a topic is said there, and what concerns none is not.
pub async fn what_belongs_to_a_topic_stands_there(world: &dyn Topics) {
    let (messenger, (chat, topic)) = (world.messenger(), world.topic());
    let there = Place { topic: Some(topic.clone()), ..place(chat.clone()) };
    let card_there = worked(messenger.post(&there, &card("THERE")).await);
    let said_there = worked(messenger.send(&there, &message("there")).await);
    let beside = worked(messenger.post(&place(chat), &card("BESIDE")).await);
    let topics = [card_there, said_there, beside].map(|message| seen(world, &message).topic);
    assert_eq!(topics, [Some(topic.clone()), Some(topic), None]);
}

/// A card stays in its topic when it changes.
pub async fn a_card_changes_within_its_topic(world: &dyn Topics) {
    let (messenger, (chat, topic)) = (world.messenger(), world.topic());
    let there = Place { topic: Some(topic.clone()), ..place(chat) };
    let message = worked(messenger.post(&there, &card("NEW")).await);
    worked(messenger.edit(&message, &card("CHANGED")).await);
    let shown = seen(world, &message);
    assert_eq!(shown.topic, Some(topic));
    assert_reads(&shown.text, &["CHANGED"]);
}

/// A message can answer another one of its topic.
pub async fn an_answer_stays_in_its_topic(world: &dyn Topics) {
    let (messenger, (chat, topic)) = (world.messenger(), world.topic());
    let there = Place { topic: Some(topic.clone()), ..place(chat) };
    let card = worked(messenger.post(&there, &card("NEW")).await);
    let answer = Place { reply_to: Some(card), ..there };
    let said = worked(messenger.send(&answer, &message("yes?")).await);
    assert_eq!(seen(world, &said).topic, Some(topic));
}
