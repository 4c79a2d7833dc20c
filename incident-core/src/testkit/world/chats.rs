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
use crate::testkit::messenger::What;
use crate::view::{Button, ButtonCode, Card, Line, Mention, Message, Span};

/// A message on the screens of a chat.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    pub(super) message: MessageRef,
    pub(super) incident: Option<IncidentId>,
    pub(super) what: What,
    pub(super) pinned: bool,
    /// Whether it was taken away, by us or by a person.
    pub(super) gone: bool,
    pub(super) task: TaskId,
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
        self.chat(&message.chat).screens.iter_mut().find(|screen| screen.message == *message && !screen.gone)
    }
}

/// What people can press on it.
pub(super) fn buttons(what: &What) -> impl Iterator<Item = &Button> {
    match what {
        What::Card(card) => card.buttons.iter().flatten(),
        What::Message(message) => message.buttons.iter().flatten(),
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
            self.excuse(self.task);
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
        if let What::Message(_) = what {
            self.sent();
        }
        let message = message.clone();
        let screen = Screen { message, incident, what, pinned: false, gone: false, task };
        self.chats.chat(&screen.message.chat).screens.push(screen);
    }

    /// A card came to show something else.
    pub(super) fn redrawn(&mut self, message: &MessageRef, card: &Card) {
        let what = What::Card(card.clone());
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
    pub(super) fn vanished(&mut self, message: &MessageRef) {
        let Some(screen) = self.chats.screen(message) else {
            return;
        };
        screen.gone = true;
        let old: Vec<_> = buttons(&screen.what).map(|button| (message.clone(), button.code)).collect();
        self.chats.chat(&message.chat).old.extend(old);
        self.say(format!("  ⌫ #{} in {}", message.message, message.chat.chat));
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
