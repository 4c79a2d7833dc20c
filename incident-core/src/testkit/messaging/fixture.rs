//! What the tests of the suite share: short cards and messages, ways to look at a chat, and a desk at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::world::{ChatWorld, Seen};
use crate::desk::{Ask, ChatKind, Delivery, Desk, Named, Request, Sender};
use crate::ids::{ChatRef, Handle, Identity, IncidentId, MessageRef, Number, Platform, Version};
use crate::incident::Lane;
use crate::memory::MemoryStore;
use crate::policy::{Policy, Preset};
use crate::ports::{DeliveryError, File, FileContent, Messenger, Place, Profile, RequestKey};
use crate::testkit::cast::{START, text};
use crate::testkit::{Call, FixedDirectory, ManualClock};
use crate::view::{Action, Button, ButtonCode, Card, CommandWord, Line, Message, Section, Span};

/// Returns a line without emphasis.
pub fn line(words: &str) -> Line {
    vec![Span::Plain(words.to_owned())]
}

/// Returns a part of a card that may be shortened.
pub fn elastic(words: &str) -> Section {
    Section { line: line(words), elastic: true }
}

/// Returns a part of a card that must not be.
pub fn fixed(words: &str) -> Section {
    Section { line: line(words), elastic: false }
}

/// Returns a button of an incident that exists for the buttons' sake.
pub fn button(label: &str, action: Action) -> Button {
    let code = ButtonCode { action, incident: IncidentId::from_u128(7), seen: Version::new(1) };
    Button { label: label.to_owned(), code }
}

/// Returns a card with a title, an issue and one button.
pub fn card(title: &str) -> Card {
    Card {
        title: vec![Span::Strong(title.to_owned())],
        sections: vec![elastic("Issue: flat tyre"), fixed("Status: unclaimed")],
        buttons: vec![vec![button("Claim", Action::Claim)]],
        pinned: true,
    }
}

/// Returns a message of one line.
pub fn message(words: &str) -> Message {
    Message {
        lines: vec![line(words)],
        mentions: Vec::new(),
        buttons: Vec::new(),
        offers: Vec::new(),
        asks: false,
    }
}

/// Returns a small file that was made, with a caption.
pub fn file(caption: &str) -> File {
    let bytes: Arc<[u8]> = b"table,row\r\n".as_slice().into();
    let content = FileContent::Made { name: "figures.csv".to_owned(), media_type: "text/csv", bytes };
    File { content, caption: line(caption) }
}

/// Returns a place in a chat that is in no topic and answers nothing.
pub const fn place(chat: ChatRef) -> Place {
    Place { chat, topic: None, reply_to: None }
}

/// Posts a card in the world's first chat.
///
/// # Panics
/// If that fails.
pub async fn posted(world: &dyn ChatWorld, card: &Card) -> MessageRef {
    worked(world.messenger().post(&place(world.chat()), card).await)
}

/// Sends a message to the world's first chat.
///
/// # Panics
/// If that fails.
pub async fn sent(world: &dyn ChatWorld, message: &Message) -> MessageRef {
    worked(world.messenger().send(&place(world.chat()), message).await)
}

/// Returns what a call of the messenger gave.
///
/// # Panics
/// If it failed.
#[track_caller]
pub fn worked<T>(result: Result<T, DeliveryError>) -> T {
    result.unwrap_or_else(|error| panic!("this call should succeed, but: {error}"))
}

/// Finds a message, if it stands in its chat.
pub fn find(world: &dyn ChatWorld, message: &MessageRef) -> Option<Seen> {
    world.shown(&message.chat).into_iter().find(|seen| seen.message == *message)
}

/// Finds a message that must stand in its chat.
///
/// # Panics
/// If it does not.
#[track_caller]
pub fn seen(world: &dyn ChatWorld, message: &MessageRef) -> Seen {
    let shown = world.shown(&message.chat);
    let found = shown.iter().find(|seen| seen.message == *message).cloned();
    found.unwrap_or_else(|| panic!("{message:?} should stand in its chat, but there is {shown:#?}"))
}

/// Lists the names of the messages that stand in a chat, oldest first.
pub fn standing(world: &dyn ChatWorld, chat: &ChatRef) -> Vec<MessageRef> {
    world.shown(chat).into_iter().map(|seen| seen.message).collect()
}

/// Lists the labels and codes on a message, row by row.
pub fn rows(seen: &Seen) -> Vec<Vec<(&str, &str)>> {
    seen.buttons
        .iter()
        .map(|row| row.iter().map(|one| (one.label.as_str(), one.code.as_str())).collect())
        .collect()
}

/// Asserts that a text says these things, in this order.
///
/// # Panics
/// If one is missing.
#[track_caller]
pub fn assert_reads(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("{part:?} is missing, or not in its place, in {text:?}");
        };
        rest = &rest[at + part.len()..];
    }
}

/// The number by which cards are pinned here.
pub const NUMBER: Number = Number { year: 2026, seq: 1 };

/// Does with a card what one method of a messenger does; what it posts says `again`.
///
/// # Errors
/// Passes on how it failed.
pub async fn perform(messenger: Arc<dyn Messenger>, call: Call, on: MessageRef) -> Result<(), DeliveryError> {
    let here = place(on.chat.clone());
    match call {
        Call::Post => messenger.post(&here, &card("again")).await.map(drop),
        Call::Edit => messenger.edit(&on, &card("again")).await,
        Call::Pin => messenger.pin(&on, NUMBER).await,
        Call::Unpin => messenger.unpin(&on, NUMBER).await,
        Call::Send => messenger.send(&here, &message("again")).await.map(drop),
        Call::SendFile => messenger.send_file(&here, &file("again")).await.map(drop),
        Call::Retire => messenger.retire(&on).await,
    }
}

/// A desk that serves the chats of a world: in each, mia manages, and ann and bob respond.
pub struct Shift<'a> {
    world: &'a dyn ChatWorld,
    desk: Desk,
    clock: Arc<ManualClock>,
    asked: AtomicU64,
}

impl std::fmt::Debug for Shift<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shift").field("desk", &self.desk).finish_non_exhaustive()
    }
}

impl<'a> Shift<'a> {
    /// Opens a desk, with a store in memory and a clock that stands still, in these chats.
    pub async fn begin(world: &'a dyn ChatWorld, chats: &[ChatRef]) -> Self {
        let platform = world.chat().platform;
        let clock = Arc::new(ManualClock::at(START));
        let directory = Arc::new(FixedDirectory::new());
        for chat in chats {
            directory.promote(chat, &Identity::new(platform, "admin"));
        }
        let desk = Desk::new(
            Arc::new(MemoryStore::new()),
            Arc::<ManualClock>::clone(&clock),
            Policy::preset(Preset::TwoTier),
        )
        .with_messenger(platform, world.messenger(), directory);
        let shift = Self { world, desk, clock, asked: AtomicU64::new(1) };
        for chat in chats {
            shift.command(chat, "admin", CommandWord::ConfigureManagers, "@mia").await;
            shift.command(chat, "admin", CommandWord::AddDispatcher, "@ann @bob").await;
        }
        shift.settle().await;
        shift
    }

    /// Types a command.
    pub async fn command(&self, chat: &ChatRef, who: &str, word: CommandWord, words: &str) {
        // Whoever is named is chosen from what is offered: not every platform has handles.
        let name = |word: &str| match word.strip_prefix('@') {
            Some(who) => Named::Account(profile(chat.platform, who)),
            None => Named::Word(word.to_owned()),
        };
        let named = words.split_whitespace().map(name).collect();
        let ask = Ask::Command {
            word,
            text: words.to_owned(),
            named,
            attachments: Vec::new(),
            quoted: None,
            about: None,
        };
        self.ask(chat, who, ask).await;
    }

    /// Reports an incident; nothing is delivered yet.
    pub async fn report(&self, chat: &ChatRef, description: &str) {
        self.command(chat, "dan", CommandWord::NewIssue, description).await;
    }

    /// Presses the newest button in a chat that does this, as it stands on the screen.
    pub async fn press(&self, chat: &ChatRef, who: &str, action: Action) {
        let (message, code) = self.button(chat, action);
        self.press_remembered(who, message, code).await;
    }

    /// Presses a button that may not be there any more, as somebody does whose screen is old.
    pub async fn press_remembered(&self, who: &str, message: MessageRef, code: String) {
        let chat = message.chat.clone();
        self.ask(&chat, who, Ask::Press { code, message }).await;
    }

    /// Finds the newest button in a chat that does this.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn button(&self, chat: &ChatRef, action: Action) -> (MessageRef, String) {
        let shown = self.world.shown(chat);
        let found = shown.iter().rev().find_map(|seen| {
            let codes = seen.buttons.iter().flatten().map(|button| &button.code);
            let does = |code: &&String| code.parse().is_ok_and(|code: ButtonCode| code.action == action);
            codes.clone().find(does).map(|code| (seen.message.clone(), code.clone()))
        });
        found.unwrap_or_else(|| panic!("nobody can press {action:?} in {shown:#?}"))
    }

    /// Answers the newest message that contains these words.
    ///
    /// # Panics
    /// If there is none.
    pub async fn answer(&self, chat: &ChatRef, who: &str, question: &str, words: &str) {
        let shown = self.world.shown(chat);
        let asked = shown.iter().rev().find(|seen| seen.text.contains(question));
        let to = asked.unwrap_or_else(|| panic!("nobody asks {question:?} in {shown:#?}")).message.clone();
        self.ask(chat, who, Ask::Answer { to, text: words.to_owned(), attachments: Vec::new() }).await;
    }

    /// Delivers what is owed, until nothing more can be delivered now.
    pub async fn settle(&self) {
        while self.deliver_one(&Lane::ALL).await.is_some() {}
    }

    /// Delivers one thing, from the first of these lanes that has something.
    pub async fn deliver_one(&self, lanes: &[Lane]) -> Option<Delivery> {
        self.desk.wake_due(100).await.expect("a store in memory works");
        self.desk.retire_orphans().await;
        for lane in lanes {
            let delivered = self.desk.deliver(*lane).await.expect("a store in memory works");
            if delivered.is_some() {
                return delivered;
            }
        }
        None
    }

    /// Lets time pass, while nobody delivers anything.
    pub fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Lets time pass, and delivers what may be delivered then.
    pub async fn pass(&self, time: Duration) {
        self.wait(time);
        self.settle().await;
    }

    /// Lists the messages in a chat that say something, oldest first.
    pub fn saying(&self, chat: &ChatRef, words: &str) -> Vec<Seen> {
        self.world.shown(chat).into_iter().filter(|seen| seen.text.contains(words)).collect()
    }

    /// Returns the one message in a chat that says something.
    ///
    /// # Panics
    /// If there is none, or more than one.
    #[track_caller]
    pub fn only(&self, chat: &ChatRef, words: &str) -> Seen {
        let mut saying = self.saying(chat, words);
        match (saying.pop(), saying.is_empty()) {
            (Some(one), true) => one,
            _ => panic!("{words:?} should stand once in {:#?}", self.world.shown(chat)),
        }
    }

    async fn ask(&self, chat: &ChatRef, who: &str, ask: Ask) {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let request = Request {
            key: RequestKey::new(format!("suite:{number}")),
            chat: chat.clone(),
            chat_kind: ChatKind::Group,
            chat_title: Some(text("night shift")),
            topic: None,
            from: Sender::Person(profile(chat.platform, who)),
            fresh: u128::from(number),
            ask,
        };
        self.desk.handle(request).await.expect("a store in memory works");
    }
}

fn profile(platform: Platform, who: &str) -> Profile {
    let handle = Handle::parse(platform, who).ok();
    Profile { identity: Identity::new(platform, who), handle, name: text(who), locale: None }
}
