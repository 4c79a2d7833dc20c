//! The chats as the people in them see them. Whatever messenger delivers, this is written down from what it
//! answers; what people do to a chat (delete, move, throw out) is done here and answered for it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use super::books::{Ledger, TaskId};
use crate::ids::{ChatRef, IncidentId, MessageRef};
use crate::ports::{DeliveryError, Owed};
use crate::roster::Right;
use crate::testkit::Call;
use crate::testkit::invariants::{Held, must};
use crate::testkit::messenger::What;
use crate::view::{Button, ButtonCode, Card, Line, Mention, Message, Span};

/// A message on the screens of a chat.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    pub(super) message: MessageRef,
    pub(super) incident: Option<IncidentId>,
    pub(super) what: What,
    pub(super) pinned: bool,
    pub(super) end: Option<End>,
    pub(super) task: TaskId,
    /// Whether whoever posted it was told that it had failed.
    pub(super) lost: bool,
    /// Whether it was written down that it was posted.
    pub(super) noted: bool,
}

/// How a message came to stand there no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A person deleted it.
    Deleted,
    /// We took it away.
    Retired,
}

impl Screen {
    pub(super) const fn stands(&self) -> bool {
        self.end.is_none()
    }
}

/// A chat.
#[derive(Debug, Clone, Default)]
pub(super) struct Chat {
    pub(super) screens: Vec<Screen>,
    /// Buttons that somebody's screen may still show.
    pub(super) old: Vec<(MessageRef, ButtonCode)>,
    pub(super) moved_to: Option<ChatRef>,
    pub(super) lost: bool,
    pub(super) may_not_pin: bool,
}

/// All chats.
#[derive(Debug, Default)]
pub(super) struct Chats(pub(super) BTreeMap<ChatRef, Chat>);

/// How a call of a messenger goes wrong.
pub(super) enum Trouble {
    /// It is not made.
    Before(DeliveryError),
    /// It is made, and reported as failed.
    After(DeliveryError),
}

impl Chats {
    pub(super) fn chat(&mut self, chat: &ChatRef) -> &mut Chat {
        self.0.entry(chat.clone()).or_default()
    }

    fn screen(&mut self, message: &MessageRef) -> Option<&mut Screen> {
        let screens = self.chat(&message.chat).screens.iter_mut();
        screens.filter(|screen| screen.stands()).find(|screen| screen.message == *message)
    }

    /// It was written down that a message was sent.
    pub(super) fn noted(&mut self, message: &MessageRef) {
        let screens = self.chat(&message.chat).screens.iter_mut();
        screens.filter(|screen| screen.message == *message).for_each(|screen| screen.noted = true);
    }
}

/// What people can press on it.
pub(super) fn buttons(what: &What) -> impl Iterator<Item = &Button> {
    match what {
        What::Card(card) => card.buttons.iter().flatten(),
        What::Message(message) => message.buttons.iter().flatten(),
        What::File(_) => [].iter().flatten(),
    }
}

impl Ledger {
    /// Says what goes wrong with a call, if anything does.
    pub(super) fn trouble(&mut self, call: Call, place: &ChatRef) -> Option<Trouble> {
        let chat = self.chats.chat(place);
        if chat.lost {
            return Some(Trouble::Before(DeliveryError::ChatLost { reason: "we were thrown out".into() }));
        }
        if let Some(to) = chat.moved_to.clone() {
            return Some(Trouble::Before(DeliveryError::Moved { to }));
        }
        if chat.may_not_pin && matches!(call, Call::Pin | Call::Unpin) {
            return Some(Trouble::Before(DeliveryError::Forbidden { right: Right::Pin }));
        }
        let temporary =
            |reason: &str, retry_after| DeliveryError::Temporary { reason: reason.into(), retry_after };
        let trouble = if self.dice.chance(self.weather.busy) {
            let wait = Duration::from_secs(1 + self.dice.below(90));
            Trouble::Before(temporary("busy", Some(wait)))
        } else if self.dice.chance(self.weather.failing) {
            Trouble::Before(temporary("out of order", None))
        } else if self.dice.chance(self.weather.losing_answers) {
            Trouble::After(temporary("no answer", None))
        } else {
            return None;
        };
        let (how, error) = match &trouble {
            Trouble::Before(error) => ("fails", error),
            Trouble::After(error) => ("is done, and reported as failed", error),
        };
        self.fault(format!("  ✗ {call:?} {how}: {error}"));
        Some(trouble)
    }

    fn task_incident(&self) -> Option<IncidentId> {
        match &self.tasks.get(&self.task)?.claim.as_ref()?.owed {
            Owed::Incident { incident, .. } => Some(*incident),
            Owed::Roster { .. } => None,
        }
    }

    /// A message came to stand in a chat.
    pub(super) fn appeared(&mut self, message: &MessageRef, what: What) {
        let (incident, task) = (self.task_incident(), self.task);
        self.say(told(&format!("  ▶ #{} in {}", message.message, message.chat.chat), &what));
        let held = self.says_what_is_owed(message, &what);
        self.judge(held);
        match &what {
            What::Message(_) | What::File(_) => self.sent(),
            What::Card(_) => self.doing(task).drew = true,
        }
        let (message, lost) = (message.clone(), self.losing);
        let screen = Screen { message, incident, what, pinned: false, end: None, task, lost, noted: false };
        self.chats.chat(&screen.message.chat).screens.push(screen);
    }

    /// A card came to show something else.
    pub(super) fn redrawn(&mut self, message: &MessageRef, card: &Card) {
        let what = What::Card(card.clone());
        let held = self.says_what_is_owed(message, &what);
        self.judge(held);
        self.doing(self.task).drew = true;
        let chat = self.chats.chat(&message.chat);
        let Some(screen) = chat.screens.iter_mut().find(|screen| screen.message == *message) else {
            return;
        };
        if screen.what == what {
            return;
        }
        chat.old.extend(buttons(&screen.what).map(|button| (message.clone(), button.code)));
        screen.what = what.clone();
        self.say(told(&format!("  ✎ #{} in {}", message.message, message.chat.chat), &what));
    }

    pub(super) fn pinned(&mut self, message: &MessageRef, pinned: bool) {
        if let Some(screen) = self.chats.screen(message) {
            screen.pinned = pinned;
        }
    }

    /// Takes a message from the screens.
    pub(super) fn vanished(&mut self, message: &MessageRef, end: End) {
        let Some(screen) = self.chats.screen(message) else {
            return;
        };
        screen.end = Some(end);
        let taken = screen.clone();
        let old: Vec<_> = buttons(&screen.what).map(|button| (message.clone(), button.code)).collect();
        self.chats.chat(&message.chat).old.extend(old);
        self.say(format!("  ⌫ #{} in {}", message.message, message.chat.chat));
        if end == End::Retired {
            let held = self.was_nobodys(&taken);
            self.judge(held);
        }
    }

    /// What is taken away is what the desk knows nothing of, or a card that a newer one took the place of.
    fn was_nobodys(&mut self, taken: &Screen) -> Held {
        let same = |what: &What| matches!((what, &taken.what), (What::Card(_), What::Card(_)));
        let mut later = self.chats.chat(&taken.message.chat).screens.iter();
        later.find(|screen| screen.message == taken.message);
        let replaced =
            later.any(|screen| screen.noted && screen.incident == taken.incident && same(&screen.what));
        must(!taken.noted || replaced, "what people need is not taken away", || {
            format!("#{}: {:?}", taken.message.message, taken.what)
        })
    }

    /// Tells whether a message stands in its chat.
    pub(super) fn stands(&mut self, message: &MessageRef) -> bool {
        self.chats.screen(message).is_some()
    }
}

fn plain(line: &Line) -> String {
    line.iter().map(Span::as_plain).collect::<String>().replace('\n', " ")
}

/// A message in a line or two: its first line, the rest in short, the buttons.
fn told(head: &str, what: &What) -> String {
    let mut text = match what {
        What::Card(Card { title, sections, .. }) => {
            let rest: Vec<String> = sections.iter().skip(1).map(|section| plain(&section.line)).collect();
            format!("{head} {}\n      {}", plain(title), rest.join(" · "))
        }
        What::File(file) => format!("{head} a file: {}", plain(&file.caption)),
        What::Message(Message { lines, mentions, .. }) => {
            let lines: Vec<String> = lines.iter().map(plain).collect();
            let mentions: Vec<String> = mentions.iter().map(Mention::shown).collect();
            format!("{head} {} {}", lines.join(" "), mentions.join(" "))
        }
    };
    let labels: Vec<String> = buttons(what).map(|button| format!("[{}]", button.label)).collect();
    if !labels.is_empty() {
        write!(text, "\n      {}", labels.join(" ")).expect("a text can be written to");
    }
    text
}
