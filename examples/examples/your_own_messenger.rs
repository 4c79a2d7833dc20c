//! A desk in a chat that nobody has heard of: a board on the workshop's wall.
//!
//! A platform needs two traits. [`Messenger`] shows cards and sends messages, and says how a delivery failed
//! (that is all the desk must know to retry well); [`Directory`] says who administers a chat. What comes in is
//! translated into a [`Request`], which decides nothing. Everything else is the desk's.
//!
//! `cargo run -p examples --example your_own_messenger`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use incident_core::desk::{Ask, ChatKind, Desk, Named, Request, Sender};
use incident_core::ids::{ChatRef, Handle, Identity, MessageRef, Platform};
use incident_core::incident::Lane;
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{
    Clock, DeliveryError, Directory, DirectoryError, Messenger, Place, Profile, RequestKey,
};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;
use incident_core::view::{Action, Button, Card, CommandWord, Line, Message, Span};

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
    cards: BTreeMap<Arc<str>, Vec<Button>>,
    question: Option<MessageRef>,
}

impl Board {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn number(&mut self) -> Arc<str> {
        self.written += 1;
        self.written.to_string().into()
    }

    fn show(&mut self, id: &Arc<str>, card: &Card) {
        println!("  note {id}: {}", plain(&card.title));
        for section in &card.sections {
            println!("          {}", plain(&section.line));
        }
        let buttons: Vec<Button> = card.buttons.iter().flatten().cloned().collect();
        for button in &buttons {
            println!("          [{}]", button.label);
        }
        self.cards.insert(Arc::clone(id), buttons);
    }
}

#[async_trait]
impl Messenger for Board {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        let mut notes = self.notes();
        let id = notes.number();
        notes.show(&id, card);
        Ok(MessageRef::new(place.chat.clone(), id))
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        let mut notes = self.notes();
        if !notes.cards.contains_key(&message.message) {
            // Somebody has wiped it off. The desk will have it posted anew.
            return Err(DeliveryError::Gone);
        }
        notes.show(&message.message, card);
        Ok(())
    }

    async fn pin(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        println!("  note {} is framed in red", message.message);
        Ok(())
    }

    async fn unpin(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        println!("  note {} is not framed any more", message.message);
        Ok(())
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        let mut notes = self.notes();
        let sent = MessageRef::new(place.chat.clone(), notes.number());
        for line in &message.lines {
            println!("  note {}: {}", sent.message, plain(line));
        }
        if message.asks {
            notes.question = Some(sent.clone());
        }
        Ok(sent)
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        self.notes().cards.remove(&message.message);
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
        self.ask(who, Ask::Command { word, text, named, attachments: Vec::new(), quoted: None }).await
    }

    async fn press(&self, who: &str, action: Action) -> anyhow::Result<()> {
        println!("{who} presses: {action:?}");
        let (message, code) = self.find(action)?;
        self.ask(who, Ask::Press { code, message }).await
    }

    async fn answer(&self, who: &str, text: &str) -> anyhow::Result<()> {
        println!("{who} answers: {text}");
        let question = self.board.notes().question.clone();
        let to = question.ok_or_else(|| anyhow::anyhow!("nobody has asked anything"))?;
        self.ask(who, Ask::Answer { to, text: text.to_owned() }).await
    }

    fn find(&self, action: Action) -> anyhow::Result<(MessageRef, String)> {
        let notes = self.board.notes();
        let mut pressable = notes
            .cards
            .iter()
            .flat_map(|(id, buttons)| buttons.iter().map(move |button| (id, button)))
            .filter(|(_, button)| button.code.action == action);
        let (id, button) = pressable.next().ok_or_else(|| anyhow::anyhow!("no such button"))?;
        Ok((MessageRef::new(room(), Arc::clone(id)), button.code.to_string()))
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
