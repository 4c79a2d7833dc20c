//! The whole desk, simulated, and every card and message in it drawn for every platform: as it is, and with so many of
//! the strangest words in the place of what people wrote that they do not fit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use incident_core::ids::{MessageRef, Number};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{DeliveryError, File, Messenger, Place};
use incident_core::testkit::{ScriptedMessenger, World};
use incident_core::view::{Card, Message, Section, Span};

/// Words that would be markup, mentions and links, were they not escaped.
const STRANGE: &str =
    "<@U1> <b>&amp; *_`~[here](https://example.org) @everyone <!channel> \u{202e}\u{1f69a}\n";

/// Chats in memory, in which nothing stands that a platform would not take.
struct Everywhere {
    chats: ScriptedMessenger,
    drawn: AtomicUsize,
}

impl Everywhere {
    fn new() -> Self {
        Self { chats: ScriptedMessenger::new(), drawn: AtomicUsize::new(0) }
    }

    fn look_at_card(&self, card: &Card) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
        for card in [card, &swollen(card)] {
            fuzz::card::check_card(card);
            taken_by_discord(&adapter_discord::outbound::draw(card));
        }
    }

    fn look_at_message(&self, message: &Message) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
        let lines = message.lines.iter().cloned().chain([vec![Span::Plain(STRANGE.repeat(160))]]);
        for message in [message, &Message { lines: lines.collect(), ..message.clone() }] {
            fuzz::card::check_message(message);
            adapter_discord::outbound::messages(message).iter().for_each(taken_by_discord);
        }
    }
}

/// A card with far too many words wherever people wrote some.
fn swollen(card: &Card) -> Card {
    let swell = |section: &Section| match section.elastic {
        true => Section { line: vec![Span::Plain(STRANGE.repeat(160))], elastic: true },
        false => section.clone(),
    };
    Card { sections: card.sections.iter().map(swell).collect(), ..card.clone() }
}

fn taken_by_discord(drawing: &adapter_discord::outbound::Drawing) {
    let body = serde_json::to_value(drawing.create()).expect("a message is JSON");
    assert_eq!(adapter_discord::testkit::accept_message(&body), Ok(()), "{body:#}");
}

#[async_trait]
impl Messenger for Everywhere {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        self.look_at_card(card);
        self.chats.post(place, card).await
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        self.look_at_card(card);
        self.chats.edit(message, card).await
    }

    async fn pin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        self.chats.pin(message, number).await
    }

    async fn unpin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        self.chats.unpin(message, number).await
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        self.look_at_message(message);
        self.chats.send(place, message).await
    }

    async fn send_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        self.chats.send_file(place, file).await
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        self.chats.retire(message).await
    }
}

/// Lives through worlds of every preset, and returns how much was drawn in them.
fn live(seeds: std::ops::Range<u64>) -> usize {
    let worlds = seeds.flat_map(|seed| Preset::ALL.map(|preset| (seed, preset)));
    worlds
        .map(|(seed, preset)| {
            let chats = Arc::new(Everywhere::new());
            let messenger: Arc<dyn Messenger> = Arc::<Everywhere>::clone(&chats);
            let world = World::new(seed).with_policy(Policy::preset(preset)).with_messenger(messenger);
            world.run().unwrap_or_else(|failure| panic!("{failure}"));
            chats.drawn.load(Ordering::Relaxed)
        })
        .sum()
}

#[test]
fn whatever_happens_in_a_world_every_platform_takes_what_is_shown_of_it() {
    let drawn = live(0..10);
    assert!(drawn > 1_000, "{drawn}: a simulation in which nothing is shown finds nothing");
}
