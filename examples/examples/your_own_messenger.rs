//! A desk in a chat that nobody has heard of: a board on the workshop's wall.
//!
//! A platform needs two traits. [`Messenger`] shows cards and sends messages, and says how a delivery failed
//! (that is all the desk must know to retry well); [`Directory`] says who administers a chat. What comes in is
//! translated into a [`Request`], which decides nothing. Everything else is the desk's. What each method of a
//! messenger promises is tested: the last lines of this file run the suite that every platform must pass.
//!
//! `cargo run -p examples --example your_own_messenger` tells the story of a flat tyre,
//! `cargo test -p examples --example your_own_messenger` runs the suite.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use incident_core::desk::{Ask, ChatKind, Desk, Named, Request, Sender};
use incident_core::ids::{ChatRef, Handle, Identity, MessageRef, Number, Platform};
use incident_core::incident::Lane;
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{
    Clock, DeliveryError, Directory, DirectoryError, File, Messenger, Place, Profile, RequestKey,
};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;
use incident_core::view::{Action, Button, Card, CommandWord, Line, Mention, Message, Span};

/// The platform for chats that are the embedder's own.
const HERE: Platform = Platform::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let board = Arc::new(Board::default());
    let desk = Desk::new(Arc::new(MemoryStore::new()), Arc::new(WallClock), Policy::preset(Preset::TwoTier))
        .with_messenger(HERE, Arc::<Board>::clone(&board), Arc::<Board>::clone(&board));
    let workshop = Workshop { desk, board };

    workshop.say("boss", CommandWord::ConfigureManagers, "@boss").await?;
    workshop.say("boss", CommandWord::AddDispatcher, "@dispatcher").await?;
    workshop.say("driver", CommandWord::NewIssue, "truck 12 has a flat tyre").await?;
    workshop.press("driver", Action::Claim).await?;
    workshop.press("dispatcher", Action::Claim).await?;
    workshop.press("dispatcher", Action::Resolve).await?;
    workshop.answer("dispatcher", "changed the tyre, a nail in the yard").await?;
    Ok(())
}

/// A board: numbered notes, of which some have buttons.
#[derive(Default)]
struct Board {
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    written: u64,
    hanging: BTreeMap<u64, Note>,
}

/// What a note shows.
struct Note {
    place: ChatRef,
    text: String,
    buttons: Vec<Vec<Button>>,
    framed: bool,
    asks: bool,
}

impl Board {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn hang(&mut self, note: Note) -> MessageRef {
        self.written += 1;
        let message = MessageRef::new(note.place.clone(), self.written.to_string());
        note.print(&message);
        self.hanging.insert(self.written, note);
        message
    }

    fn find(&mut self, message: &MessageRef) -> Option<&mut Note> {
        let number = message.message.parse().ok()?;
        self.hanging.get_mut(&number).filter(|note| note.place == message.chat)
    }

    fn take_down(&mut self, message: &MessageRef) {
        self.hanging.retain(|number, note| *message != note.name(*number));
    }
}

impl Note {
    fn of_card(place: &ChatRef, card: &Card) -> Self {
        let sections = card.sections.iter().map(|section| &section.line);
        let text = std::iter::once(&card.title).chain(sections).map(plain).collect::<Vec<_>>().join("\n");
        Self { place: place.clone(), text, buttons: card.buttons.clone(), framed: false, asks: false }
    }

    fn of_message(place: &ChatRef, message: &Message) -> Self {
        let whom = message.mentions.iter().map(Mention::shown);
        let text = message.lines.iter().map(plain).chain(whom).collect::<Vec<_>>().join("\n");
        let buttons = message.buttons.clone();
        Self { place: place.clone(), text, buttons, framed: false, asks: message.asks }
    }

    fn name(&self, number: u64) -> MessageRef {
        MessageRef::new(self.place.clone(), number.to_string())
    }

    fn print(&self, message: &MessageRef) {
        println!("  note {}: {}", message.message, self.text.replace('\n', "\n          "));
        for button in self.buttons.iter().flatten() {
            println!("          [{}]", button.label);
        }
    }
}

#[async_trait]
impl Messenger for Board {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        Ok(self.notes().hang(Note::of_card(&place.chat, card)))
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        let mut notes = self.notes();
        // Somebody may have wiped it off. The desk will have it posted anew.
        let note = notes.find(message).ok_or(DeliveryError::Gone)?;
        *note = Note { framed: note.framed, ..Note::of_card(&message.chat, card) };
        note.print(message);
        Ok(())
    }

    async fn pin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        self.notes().find(message).ok_or(DeliveryError::Gone)?.framed = true;
        println!("  note {} is framed in red", message.message);
        Ok(())
    }

    async fn unpin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        if let Some(note) = self.notes().find(message) {
            note.framed = false;
            println!("  note {} is not framed any more", message.message);
        }
        Ok(())
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        Ok(self.notes().hang(Note::of_message(&place.chat, message)))
    }

    async fn send_file(&self, _: &Place, _: &File) -> Result<MessageRef, DeliveryError> {
        Err(DeliveryError::Permanent { reason: "a board takes no files".to_owned() })
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        self.notes().take_down(message);
        Ok(())
    }
}

#[async_trait]
impl Directory for Board {
    async fn is_admin(&self, _: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        Ok(&*who.user == "boss")
    }
}

/// A line as text. A platform with markup would escape each span here.
fn plain(line: &Line) -> String {
    line.iter().map(Span::as_plain).collect()
}

struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// What an adapter's listener does: translate, hand over, show the answer.
struct Workshop {
    desk: Desk,
    board: Arc<Board>,
}

impl Workshop {
    async fn say(&self, who: &str, word: CommandWord, text: &str) -> anyhow::Result<()> {
        println!("{who} says: {} {text}", word.word());
        let named = text.split_whitespace().map(|word| Named::Word(word.to_owned())).collect();
        let text = text.to_owned();
        self.ask(who, Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None })
            .await
    }

    async fn press(&self, who: &str, action: Action) -> anyhow::Result<()> {
        println!("{who} presses: {action:?}");
        let (message, code) = self.find(action)?;
        self.ask(who, Ask::Press { code, message }).await
    }

    async fn answer(&self, who: &str, text: &str) -> anyhow::Result<()> {
        println!("{who} answers: {text}");
        let question = self.board.notes().hanging.iter().rev().find(|(_, note)| note.asks).map(named);
        let to = question.ok_or_else(|| anyhow::anyhow!("nobody has asked anything"))?;
        self.ask(who, Ask::Answer { to, text: text.to_owned(), attachments: Vec::new() }).await
    }

    fn find(&self, action: Action) -> anyhow::Result<(MessageRef, String)> {
        let notes = self.board.notes();
        let buttons = notes.hanging.iter().flat_map(|(number, note)| {
            note.buttons.iter().flatten().map(move |button| (note.name(*number), button.code))
        });
        let found = buttons.into_iter().find(|(_, code)| code.action == action);
        let (message, code) = found.ok_or_else(|| anyhow::anyhow!("no such button"))?;
        Ok((message, code.to_string()))
    }

    async fn ask(&self, who: &str, ask: Ask) -> anyhow::Result<()> {
        let reply = self.desk.handle(request(who, ask)?).await?;
        for line in &reply.lines {
            println!("  only {who} sees: {}", plain(line));
        }
        // A server has a loop for each lane. Here, everything that is owed is done before the next request.
        for lane in Lane::ALL {
            while self.desk.deliver(lane).await?.is_some() {}
        }
        Ok(())
    }
}

fn named((number, note): (&u64, &Note)) -> MessageRef {
    note.name(*number)
}

fn room() -> ChatRef {
    ChatRef::new(HERE, "the wall")
}

fn request(who: &str, ask: Ask) -> anyhow::Result<Request> {
    let fresh = uuid::Uuid::now_v7().as_u128();
    let profile = Profile {
        identity: Identity::new(HERE, who),
        handle: Some(Handle::parse(HERE, who)?),
        name: Text::new(who, Limits::NAME)?,
        locale: None,
    };
    Ok(Request {
        // A platform that redelivers sends the same key again, and the desk answers without doing it twice.
        key: RequestKey::new(format!("board:{fresh}")),
        chat: room(),
        chat_kind: ChatKind::Group,
        chat_title: Some(Text::new("workshop", Limits::NAME)?),
        topic: None,
        from: Sender::Person(profile),
        fresh,
        ask,
    })
}

#[cfg(test)]
mod conformance {
    use incident_core::testkit::messaging::{ChatWorld, Pinning, Seen, SeenButton};

    use super::*;

    /// The board, and somebody who stands before it.
    #[derive(Default)]
    struct Onlooker(Arc<Board>);

    async fn fresh() -> Onlooker {
        Onlooker::default()
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime without I/O starts").block_on(future)
    }

    incident_core::messenger_conformance!(
        fresh,
        block_on,
        lacks {
            pin_rights: "whoever has the red pen may frame a note",
            muting: "whoever has a pencil may write",
            removal: "nobody is kept out of the workshop",
            moving: "the wall stays where it is",
            answering: "notes hang side by side",
            topics: "a wall has no topics",
            files: "a board takes no files",
            telling: "nobody is told; people pass by",
            handles: "nobody is told; people pass by",
            failing: "there is no network between the desk and the wall",
            pin_failing: "there is no network between the desk and the wall",
            silence: "there is no network between the desk and the wall",
        }
    );

    impl ChatWorld for Onlooker {
        fn messenger(&self) -> Arc<dyn Messenger> {
            Arc::<Board>::clone(&self.0)
        }

        fn chat(&self) -> ChatRef {
            room()
        }

        fn other_chat(&self) -> ChatRef {
            ChatRef::new(HERE, "the door")
        }

        fn shown(&self, chat: &ChatRef) -> Vec<Seen> {
            let notes = self.0.notes();
            let here = notes.hanging.iter().filter(|(_, note)| note.place == *chat);
            here.map(seen).collect()
        }

        fn delete(&self, message: &MessageRef) {
            self.0.notes().take_down(message);
        }
    }

    impl Pinning for Onlooker {}

    fn seen((number, note): (&u64, &Note)) -> Seen {
        let button =
            |button: &Button| SeenButton { label: button.label.clone(), code: button.code.to_string() };
        Seen {
            message: note.name(*number),
            text: note.text.clone(),
            buttons: note.buttons.iter().map(|row| row.iter().map(button).collect()).collect(),
            pinned: note.framed,
            reply_to: None,
            topic: None,
            told: Vec::new(),
        }
    }
}
