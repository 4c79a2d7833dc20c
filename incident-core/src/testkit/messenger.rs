//! A chat as the people in it see it: what stands there, what is pinned, what was taken away. It fails when
//! told to, also in the way that hurts most: having done what was asked and saying that it failed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use std::sync::Mutex;

use async_trait::async_trait;

use crate::ids::{ChatRef, MessageRef, Number};
use crate::ports::{DeliveryError, File, FileContent, Messenger, Place};
use crate::roster::Right;
use crate::text::Text;
use crate::view::{Button, Card, Line, Message};

/// A method of a messenger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// [`Messenger::post`].
    Post,
    /// [`Messenger::edit`].
    Edit,
    /// [`Messenger::pin`].
    Pin,
    /// [`Messenger::unpin`].
    Unpin,
    /// [`Messenger::send`].
    Send,
    /// [`Messenger::send_file`].
    SendFile,
    /// [`Messenger::retire`].
    Retire,
}

/// What a message shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A card.
    Card(Card),
    /// A one-off message.
    Message(Message),
    /// A file.
    File(File),
}

/// A message that stands in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its name.
    pub message: MessageRef,
    /// The topic it stands in.
    pub topic: Option<Text>,
    /// The message it answers.
    pub reply_to: Option<MessageRef>,
    /// What it shows.
    pub what: What,
    /// Whether it is pinned.
    pub pinned: bool,
    /// How often its content was changed.
    pub edits: u32,
}

#[derive(Debug)]
struct Failure {
    call: Call,
    executed: bool,
    error: DeliveryError,
}

#[derive(Debug, Default)]
struct Chat {
    messages: Vec<Shown>,
    denied: BTreeSet<Right>,
    moved_to: Option<ChatRef>,
    lost: bool,
}

#[derive(Debug, Default)]
struct World {
    forgotten: BTreeSet<Text>,
    chats: BTreeMap<ChatRef, Chat>,
    posted: u64,
    failures: VecDeque<Failure>,
    calls: Vec<(Call, ChatRef)>,
}

/// A messenger whose chats exist in memory.
#[derive(Debug, Default)]
pub struct ScriptedMessenger(Mutex<World>);

impl ScriptedMessenger {
    /// Makes a messenger whose chats are empty and which never fails.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next such call fail without having done anything.
    pub fn fail_next(&self, call: Call, error: DeliveryError) {
        self.world(|world| world.failures.push_back(Failure { call, executed: false, error }));
    }

    /// Makes the next such call do what it is asked and be reported as failed, as when an answer is lost.
    pub fn lose_next_answer(&self, call: Call, error: DeliveryError) {
        self.world(|world| world.failures.push_back(Failure { call, executed: true, error }));
    }

    /// Withholds a right in a chat, or grants it again.
    pub fn deny(&self, chat: &ChatRef, right: Right, denied: bool) {
        self.world(|world| {
            let rights = &mut world.chat(chat).denied;
            if denied { rights.insert(right) } else { rights.remove(&right) }
        });
    }

    /// Gives a chat a new address; its messages stay behind, as they do on Telegram.
    pub fn migrate(&self, chat: &ChatRef, to: &ChatRef) {
        self.world(|world| world.chat(chat).moved_to = Some(to.clone()));
    }

    /// Throws the bot out of a chat.
    pub fn expel(&self, chat: &ChatRef) {
        self.world(|world| world.chat(chat).lost = true);
    }

    /// Forgets a file that is known by this reference, as a platform may.
    pub fn forget_file(&self, reference: &Text) {
        self.world(|world| world.forgotten.insert(reference.clone()));
    }

    /// Returns the files that stand in a chat, oldest first.
    pub fn files(&self, chat: &ChatRef) -> Vec<File> {
        let files = self.shown(chat).into_iter().filter_map(|shown| match shown.what {
            What::File(file) => Some(file),
            What::Card(_) | What::Message(_) => None,
        });
        files.collect()
    }

    /// Deletes a message, as a person might.
    pub fn delete(&self, message: &MessageRef) {
        self.world(|world| world.chat(&message.chat).messages.retain(|shown| shown.message != *message));
    }

    /// Returns what stands in a chat, oldest first.
    pub fn shown(&self, chat: &ChatRef) -> Vec<Shown> {
        self.world(|world| world.chat(chat).messages.clone())
    }

    /// Returns the cards that stand in a chat, oldest first.
    pub fn cards(&self, chat: &ChatRef) -> Vec<Card> {
        let cards = self.shown(chat).into_iter().filter_map(|shown| match shown.what {
            What::Card(card) => Some(card),
            What::Message(_) | What::File(_) => None,
        });
        cards.collect()
    }

    /// Returns what is pinned in a chat, oldest first.
    pub fn pins(&self, chat: &ChatRef) -> Vec<MessageRef> {
        self.shown(chat).into_iter().filter(|shown| shown.pinned).map(|shown| shown.message).collect()
    }

    /// Returns every call that was made, failed ones included, oldest first.
    pub fn calls(&self) -> Vec<(Call, ChatRef)> {
        self.world(|world| world.calls.clone())
    }

    /// Returns what people see in a chat, as text: a paragraph for each message, oldest first.
    pub fn transcript(&self, chat: &ChatRef) -> String {
        self.shown(chat).iter().map(paragraph).collect::<Vec<_>>().join("\n")
    }

    fn world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.0.lock().expect("nothing panics while it holds the chats"))
    }

    /// Does what a call asks, unless the chat or the script stands against it.
    fn attempt<T>(
        &self,
        (call, chat): (Call, &ChatRef),
        act: impl FnOnce(&mut World) -> Result<T, DeliveryError>,
    ) -> Result<T, DeliveryError> {
        self.world(|world| {
            world.calls.push((call, chat.clone()));
            world.obstacle(call, chat)?;
            let scripted = world.failures.iter().position(|failure| failure.call == call);
            let Some(failure) = scripted.and_then(|at| world.failures.remove(at)) else {
                return act(world);
            };
            if failure.executed {
                act(world)?;
            }
            Err(failure.error)
        })
    }
}

impl World {
    fn chat(&mut self, chat: &ChatRef) -> &mut Chat {
        self.chats.entry(chat.clone()).or_default()
    }

    fn obstacle(&mut self, call: Call, chat: &ChatRef) -> Result<(), DeliveryError> {
        let chat = self.chat(chat);
        if chat.lost {
            return Err(DeliveryError::ChatLost { reason: "the bot was expelled".into() });
        }
        if let Some(to) = &chat.moved_to {
            return Err(DeliveryError::Moved { to: to.clone() });
        }
        let needed = match call {
            Call::Pin | Call::Unpin => Some(Right::Pin),
            Call::Post | Call::Send | Call::SendFile => Some(Right::Write),
            Call::Edit | Call::Retire => None,
        };
        match needed.filter(|right| chat.denied.contains(right)) {
            Some(right) => Err(DeliveryError::Forbidden { right }),
            None => Ok(()),
        }
    }

    fn add(&mut self, place: &Place, what: What) -> MessageRef {
        self.posted += 1;
        let message = MessageRef::new(place.chat.clone(), self.posted.to_string());
        let shown = Shown {
            message: message.clone(),
            topic: place.topic.clone(),
            reply_to: place.reply_to.clone(),
            what,
            pinned: false,
            edits: 0,
        };
        self.chat(&place.chat).messages.push(shown);
        message
    }

    fn find(&mut self, message: &MessageRef) -> Option<&mut Shown> {
        self.chat(&message.chat).messages.iter_mut().find(|shown| shown.message == *message)
    }
}

#[async_trait]
impl Messenger for ScriptedMessenger {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        self.attempt((Call::Post, &place.chat), |world| Ok(world.add(place, What::Card(card.clone()))))
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        self.attempt((Call::Edit, &message.chat), |world| {
            let shown = world.find(message).ok_or(DeliveryError::Gone)?;
            let what = What::Card(card.clone());
            if shown.what != what {
                shown.what = what;
                shown.edits += 1;
            }
            Ok(())
        })
    }

    async fn pin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        self.attempt((Call::Pin, &message.chat), |world| {
            world.find(message).ok_or(DeliveryError::Gone)?.pinned = true;
            Ok(())
        })
    }

    async fn unpin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        self.attempt((Call::Unpin, &message.chat), |world| {
            if let Some(shown) = world.find(message) {
                shown.pinned = false;
            }
            Ok(())
        })
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        self.attempt((Call::Send, &place.chat), |world| Ok(world.add(place, What::Message(message.clone()))))
    }

    async fn send_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        self.attempt((Call::SendFile, &place.chat), |world| {
            if let FileContent::Kept(attachment) = &file.content
                && world.forgotten.contains(&attachment.reference)
            {
                return Err(DeliveryError::Gone);
            }
            Ok(world.add(place, What::File(file.clone())))
        })
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        self.attempt((Call::Retire, &message.chat), |world| {
            world.chat(&message.chat).messages.retain(|shown| shown.message != *message);
            Ok(())
        })
    }
}

static NO_BUTTONS: Vec<Vec<Button>> = Vec::new();

fn paragraph(shown: &Shown) -> String {
    let pin = if shown.pinned { " 📌" } else { "" };
    let answers = shown.reply_to.as_ref().map(|to| format!(" ↩ #{}", to.message)).unwrap_or_default();
    let mut text = format!("#{}{pin}{answers}\n", shown.message.message);
    let mut say =
        |line: &str| writeln!(text, "  {}", line.replace('\n', "\n  ")).expect("a text can be written to");
    let (lines, buttons): (Vec<&Line>, _) = match &shown.what {
        What::Card(card) => {
            let lines = [&card.title].into_iter().chain(card.sections.iter().map(|section| &section.line));
            (lines.collect(), &card.buttons)
        }
        What::Message(message) => (message.lines.iter().collect(), &message.buttons),
        What::File(file) => {
            let name = match &file.content {
                FileContent::Made { name, .. } => name.as_str(),
                FileContent::Kept(attachment) => {
                    attachment.name.as_ref().unwrap_or(&attachment.kind).as_str()
                }
            };
            say(&format!("📎 {name}"));
            (vec![&file.caption], &NO_BUTTONS)
        }
    };
    for line in lines {
        say(&line.iter().map(crate::view::Span::as_plain).collect::<String>());
    }
    if let What::Message(message) = &shown.what
        && !message.mentions.is_empty()
    {
        let mentions: Vec<String> = message.mentions.iter().map(crate::view::Mention::shown).collect();
        say(&mentions.join(" "));
    }
    for row in buttons {
        let labels: Vec<String> = row.iter().map(|Button { label, .. }| format!("[{label}]")).collect();
        say(&labels.join(" "));
    }
    text
}
