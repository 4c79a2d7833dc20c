//! The messenger of tests keeps the promises of every messenger, and the list of those promises is complete.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::executor::block_on;
use incident_core::ids::{ChatRef, Handle, Identity, MessageRef, Platform};
use incident_core::incident::Attachment;
use incident_core::ports::{DeliveryError, FileContent, Messenger, Profile};
use incident_core::roster::Right;
use incident_core::testkit::cast::text;
use incident_core::testkit::messaging::{
    Answering, ChatWorld, Failing, Files, Moving, Muting, PinRights, Pinning, Removal, Seen, SeenButton,
    SeenFile, Telling, Topics, Trouble,
};
use incident_core::testkit::{Call, ScriptedMessenger, Shown, What};
use incident_core::text::Text;
use incident_core::view::{Button, Line, Mention, Span};

/// Chats in memory, whose people see what the messenger says that they see.
#[derive(Default)]
struct Memory {
    messenger: Arc<ScriptedMessenger>,
    written: AtomicU64,
}

async fn fresh() -> Memory {
    Memory::default()
}

incident_core::messenger_conformance!(
    fresh,
    block_on,
    lacks {
        handles: "a chat in memory finds nobody behind a handle",
        silence: "a chat in memory answers at once, or not at all"
    }
);

fn chat(name: &str) -> ChatRef {
    ChatRef::new(Platform::Sandbox, name)
}

impl Memory {
    fn seen(&self, shown: Shown) -> Seen {
        let (lines, mentions, buttons): (Vec<Line>, Vec<Mention>, _) = match shown.what {
            What::Card(card) => {
                let sections = card.sections.into_iter().map(|section| section.line);
                (std::iter::once(card.title).chain(sections).collect(), Vec::new(), card.buttons)
            }
            What::Message(message) => (message.lines, message.mentions, message.buttons),
            What::File(file) => (vec![file.caption], Vec::new(), Vec::new()),
        };
        let lines: Vec<Line> =
            lines.into_iter().chain(mentions.into_iter().map(|one| vec![Span::Mention(one)])).collect();
        let mut told: Vec<Identity> = lines.iter().flatten().filter_map(told).collect();
        told.dedup();
        let words = |line: &Line| line.iter().map(Span::as_plain).collect::<String>();
        Seen {
            reply_to: shown
                .reply_to
                .filter(|answered| answered.chat == shown.message.chat && self.exists(answered)),
            message: shown.message,
            text: lines.iter().map(words).collect::<Vec<_>>().join("\n"),
            buttons: buttons.iter().map(|row| row.iter().map(seen_button).collect()).collect(),
            pinned: shown.pinned,
            topic: shown.topic,
            told,
        }
    }

    fn exists(&self, message: &MessageRef) -> bool {
        let by_us = self.messenger.shown(&message.chat).iter().any(|shown| shown.message == *message);
        by_us || *message.message == *format!("by hand {}", self.written.load(Ordering::Relaxed))
    }
}

fn told(span: &Span) -> Option<Identity> {
    match span {
        Span::Mention(mention) => mention.identity.clone(),
        Span::Plain(_) | Span::Strong(_) => None,
    }
}

fn seen_button(button: &Button) -> SeenButton {
    SeenButton { label: button.label.clone(), code: button.code.to_string() }
}

impl ChatWorld for Memory {
    fn messenger(&self) -> Arc<dyn Messenger> {
        Arc::<ScriptedMessenger>::clone(&self.messenger)
    }

    fn chat(&self) -> ChatRef {
        chat("1")
    }

    fn other_chat(&self) -> ChatRef {
        chat("2")
    }

    fn shown(&self, chat: &ChatRef) -> Vec<Seen> {
        self.messenger.shown(chat).into_iter().map(|shown| self.seen(shown)).collect()
    }

    fn delete(&self, message: &MessageRef) {
        self.messenger.delete(message);
        self.written.store(0, Ordering::Relaxed);
    }
}

impl Files for Memory {
    fn file(&self, message: &MessageRef) -> Option<SeenFile> {
        let shown =
            self.messenger.shown(&message.chat).into_iter().find(|shown| shown.message == *message)?;
        let What::File(file) = shown.what else { return None };
        Some(match file.content {
            FileContent::Made { name, bytes, .. } => {
                SeenFile { name: Some(name), bytes: Some(bytes.to_vec()), reference: text("made") }
            }
            FileContent::Kept(Attachment { reference, .. }) => {
                SeenFile { name: None, bytes: None, reference }
            }
        })
    }

    fn given(&self, kind: &str) -> Attachment {
        Attachment { reference: text(&format!("file-{kind}")), kind: text(kind), name: None, size: None }
    }

    fn forget(&self, file: &Attachment) {
        self.messenger.forget_file(&file.reference);
        self.messenger.forget_file(&text("no such file"));
    }
}

impl Pinning for Memory {}

impl PinRights for Memory {
    fn let_pin(&self, chat: &ChatRef, allowed: bool) {
        self.messenger.deny(chat, Right::Pin, !allowed);
    }
}

impl Muting for Memory {
    fn let_write(&self, chat: &ChatRef, allowed: bool) {
        self.messenger.deny(chat, Right::Write, !allowed);
    }
}

impl Removal for Memory {
    fn expel(&self, chat: &ChatRef) {
        self.messenger.expel(chat);
    }
}

impl Moving for Memory {
    fn movable(&self) -> ChatRef {
        self.chat()
    }

    fn move_chat(&self, old: &ChatRef) -> ChatRef {
        let new = chat(&format!("{} moved", old.chat));
        self.messenger.migrate(old, &new);
        new
    }
}

impl Answering for Memory {
    /// What people write is not kept: it is enough that it exists until it is deleted.
    fn write(&self, chat: &ChatRef, _: &str) -> MessageRef {
        let number = self.written.fetch_add(1, Ordering::Relaxed) + 1;
        MessageRef::new(chat.clone(), format!("by hand {number}"))
    }
}

impl Topics for Memory {
    fn topic(&self) -> (ChatRef, Text) {
        (self.chat(), text("tyres"))
    }
}

impl Telling for Memory {
    fn person(&self, name: &str, handle: Option<&str>) -> Profile {
        let handle = handle.map(|handle| Handle::parse(Platform::Sandbox, handle).expect("a valid handle"));
        Profile { identity: Identity::new(Platform::Sandbox, name), handle, name: text(name), locale: None }
    }
}

impl Failing for Memory {
    fn trouble(&self, next: Call, trouble: Trouble) {
        let error =
            |retry_after| DeliveryError::Temporary { reason: "the test said so".to_owned(), retry_after };
        match trouble {
            Trouble::Wait(time) => self.messenger.fail_next(next, error(Some(time))),
            Trouble::ServerError => self.messenger.fail_next(next, error(None)),
            Trouble::LostAnswer => self.messenger.lose_next_answer(next, error(None)),
        }
    }
}

#[test]
fn the_suite_lists_each_of_its_tests_once() {
    let listed = include_str!("../src/testkit/messaging.rs");
    let subjects = [
        include_str!("../src/testkit/messaging/answering.rs"),
        include_str!("../src/testkit/messaging/card.rs"),
        include_str!("../src/testkit/messaging/failing.rs"),
        include_str!("../src/testkit/messaging/handles.rs"),
        include_str!("../src/testkit/messaging/message.rs"),
        include_str!("../src/testkit/messaging/moving.rs"),
        include_str!("../src/testkit/messaging/muting.rs"),
        include_str!("../src/testkit/messaging/pin_failing.rs"),
        include_str!("../src/testkit/messaging/pin_rights.rs"),
        include_str!("../src/testkit/messaging/pinning.rs"),
        include_str!("../src/testkit/messaging/removal.rs"),
        include_str!("../src/testkit/messaging/silence.rs"),
        include_str!("../src/testkit/messaging/telling.rs"),
        include_str!("../src/testkit/messaging/topics.rs"),
        include_str!("../src/testkit/messaging/words.rs"),
    ];
    let named = |line: &str| {
        let name = line.strip_prefix("pub async fn ")?;
        name.split_once(['(', '<']).map(|(name, _)| name.to_owned())
    };
    let tests: Vec<String> = subjects.into_iter().flat_map(str::lines).filter_map(named).collect();
    let times = |name: &str| listed.split_whitespace().filter(|word| *word == name).count();
    let wrong: Vec<_> = tests.iter().filter(|name| times(name) != 1).collect();
    assert!(wrong.is_empty() && tests.len() > 60, "not listed once: {wrong:?}, of {}", tests.len());
}
