//! A chat in a terminal: a messenger whose messages are printed, with numbered buttons.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use incident_core::ids::{ChatRef, Identity, MessageRef, Number, Platform};
use incident_core::ports::{DeliveryError, Directory, DirectoryError, File, FileContent, Messenger, Place};
use incident_core::view::{Button, Card, Line, Message, Reply, Span};

use super::ADMIN;

/// The sandbox's only room.
pub(super) fn room() -> ChatRef {
    ChatRef::new(Platform::Sandbox, "room")
}

/// The chat.
#[derive(Debug, Default)]
pub(super) struct TerminalChat {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sent: u64,
    /// The buttons that can be pressed, under the numbers that are shown.
    buttons: BTreeMap<usize, (String, String)>,
    cards: BTreeMap<String, bool>,
    question: Option<MessageRef>,
    news: Vec<String>,
}

impl TerminalChat {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what was shown since the last time.
    pub(super) fn take_news(&self) -> Vec<String> {
        std::mem::take(&mut self.state().news)
    }

    /// Returns the code and message of a numbered button.
    pub(super) fn button(&self, number: usize) -> Option<(String, MessageRef)> {
        let state = self.state();
        let (code, message) = state.buttons.get(&number)?;
        Some((code.clone(), MessageRef::new(room(), message.as_str())))
    }

    /// Returns the last question that was asked.
    pub(super) fn last_question(&self) -> Option<MessageRef> {
        self.state().question.clone()
    }

    /// Shows an answer that has buttons.
    pub(super) fn offer(&self, reply: &Reply) {
        let mut state = self.state();
        let id = state.new_id();
        let lines: Vec<String> = reply.lines.iter().map(plain).collect();
        state.show(&id, "message", &lines, &reply.buttons);
    }

    /// Shows an answer that only one person sees.
    pub(super) fn whisper(&self, who: &str, text: &str) {
        if !text.is_empty() {
            self.state().news.push(boxed(&format!("only @{who} sees"), text));
        }
    }
}

impl State {
    fn new_id(&mut self) -> String {
        self.sent += 1;
        // Ids of an earlier session must not come back: the desk would take a new message for an old one.
        format!("{}-{}", std::process::id(), self.sent)
    }

    fn show(&mut self, id: &str, title: &str, lines: &[String], rows: &[Vec<Button>]) {
        self.buttons.retain(|_, (_, message)| message != id);
        let mut text = lines.join("\n");
        for row in rows {
            let row: Vec<String> = row.iter().map(|button| self.number(id, button)).collect();
            text.push('\n');
            text.push_str(&row.join("   "));
        }
        self.news.push(boxed(title, &text));
    }

    fn number(&mut self, id: &str, button: &Button) -> String {
        let number = (1..).find(|number| !self.buttons.contains_key(number)).unwrap_or(usize::MAX);
        self.buttons.insert(number, (button.code.to_string(), id.to_owned()));
        format!("[{number}] {}", button.label)
    }

    fn show_card(&mut self, id: &str, card: &Card, title: &str) {
        let mut lines = vec![plain(&card.title)];
        lines.extend(card.sections.iter().map(|section| plain(&section.line)));
        self.show(id, title, &lines, &card.buttons);
    }
}

fn plain(line: &Line) -> String {
    line.iter().map(Span::as_plain).collect()
}

fn boxed(title: &str, text: &str) -> String {
    let body: Vec<String> = text.lines().map(|line| format!("│ {line}")).collect();
    format!("┌ {title}\n{}\n└", body.join("\n"))
}

#[async_trait]
impl Messenger for TerminalChat {
    async fn post(&self, _: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        let mut state = self.state();
        let id = state.new_id();
        state.show_card(&id, card, "card");
        state.cards.insert(id.clone(), false);
        Ok(MessageRef::new(room(), id))
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        let mut state = self.state();
        let Some(pinned) = state.cards.get(&*message.message).copied() else {
            return Err(DeliveryError::Gone);
        };
        let title = if pinned { "card, pinned" } else { "card" };
        state.show_card(&message.message, card, title);
        Ok(())
    }

    async fn pin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        if let Some(pinned) = self.state().cards.get_mut(&*message.message) {
            *pinned = true;
        }
        Ok(())
    }

    async fn unpin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        if let Some(pinned) = self.state().cards.get_mut(&*message.message) {
            *pinned = false;
        }
        Ok(())
    }

    async fn send(&self, _: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        let mut state = self.state();
        let id = state.new_id();
        let mut lines: Vec<String> = message.lines.iter().map(plain).collect();
        if !message.mentions.is_empty() {
            let names: Vec<String> =
                message.mentions.iter().map(incident_core::view::Mention::shown).collect();
            lines.push(names.join(" "));
        }
        state.show(&id, "message", &lines, &message.buttons);
        let sent = MessageRef::new(room(), id);
        if message.asks {
            state.question = Some(sent.clone());
        }
        Ok(sent)
    }

    async fn send_file(&self, _: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        let mut state = self.state();
        let id = state.new_id();
        let what = match &file.content {
            FileContent::Made { name, bytes, .. } => format!("{name}, {} bytes", bytes.len()),
            FileContent::Kept(attachment) => {
                attachment.name.as_ref().unwrap_or(&attachment.kind).as_str().to_owned()
            }
        };
        state.show(&id, "file", &[what, plain(&file.caption)], &[]);
        Ok(MessageRef::new(room(), id))
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        let mut state = self.state();
        state.cards.remove(&*message.message);
        state.buttons.retain(|_, (_, id)| *id != *message.message);
        Ok(())
    }
}

#[async_trait]
impl Directory for TerminalChat {
    async fn is_admin(&self, _: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        Ok(&*who.user == ADMIN)
    }
}
