//! What comes in from a platform, in terms that all platforms share. An adapter translates and decides
//! nothing: whether a press is allowed, what an argument means, whether a chat may work is for the desk.

use crate::ids::{ChatRef, Circle, Identity, MessageRef, TeamId};
use crate::incident::{Attachment, Priority};
use crate::ports::{Profile, RequestKey};
use crate::text::{Limits, Text};
use crate::view::CommandWord;

/// Something that somebody did on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Names this delivery, the same at every redelivery.
    pub key: RequestKey,
    /// Where it was done.
    pub chat: ChatRef,
    /// What kind of place that is.
    pub chat_kind: ChatKind,
    /// What that place is called.
    pub chat_title: Option<Text>,
    /// The topic or thread within it.
    pub topic: Option<Text>,
    /// Who did it.
    pub from: Sender,
    /// An id that nothing has yet, in case something comes into being; as time-ordered as a UUIDv7.
    pub fresh: u128,
    /// What was done.
    pub ask: Ask,
}

impl Request {
    /// Returns the request with its command spelled out: who has a role is no setting of its own, but may be asked for
    /// like one.
    pub(super) fn spelled_out(mut self) -> Self {
        let Ask::Command { word, text, named, .. } = &mut self.ask else {
            return self;
        };
        let Some((first, rest)) = text.trim().split_once(char::is_whitespace) else {
            return self;
        };
        let meant = match (*word, first.to_ascii_lowercase().as_str()) {
            (CommandWord::Settings, "responders") => CommandWord::AddDispatcher,
            (CommandWord::Settings, "managers") => CommandWord::ConfigureManagers,
            _ => return self,
        };
        *word = meant;
        *text = rest.trim().to_owned();
        named.drain(..named.len().min(1));
        self
    }

    /// Returns what was typed after a command; nothing where it is none.
    pub(super) fn typed(&self) -> &str {
        match &self.ask {
            Ask::Command { text, .. } => text.trim(),
            Ask::Press { .. }
            | Ask::Form { .. }
            | Ask::Report { .. }
            | Ask::Thread { .. }
            | Ask::Answer { .. }
            | Ask::Remark { .. }
            | Ask::Album { .. }
            | Ask::ChatMoved { .. }
            | Ask::BotRemoved
            | Ask::BotPresent { .. }
            | Ask::MemberLeft { .. } => "",
        }
    }

    /// Returns what the place is called, as far as a name may be long; its address where nobody says.
    pub(super) fn title(&self) -> Text {
        let title = self.chat_title.as_ref().map_or_else(|| self.chat.to_string(), ToString::to_string);
        let name: String = title.chars().take(Limits::NAME.max).collect();
        Text::new(&name, Limits::NAME).unwrap_or_else(|_| Text::erased())
    }
}

/// What kind of place a chat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    /// Several people.
    Group,
    /// One person and the bot.
    Private,
    /// A broadcast, or something unknown.
    Other,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A person with an account.
    Person(Profile),
    /// A person who writes as the group itself and so is one of its administrators, though nobody sees which.
    AnonymousAdmin,
    /// Somebody writing as a channel.
    Channel,
    /// Another bot.
    Bot,
    /// The platform itself.
    Platform,
}

/// A message that was replied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// Which message it is, where the platform says.
    pub message: Option<MessageRef>,
    /// Whose account wrote it, if it was a person's.
    pub by: Option<Identity>,
    /// Its text or caption.
    pub text: String,
    /// The files that came with it.
    pub attachments: Vec<Attachment>,
}

/// Somebody named in a command's arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By a word that should be a handle; it may not be one.
    Word(String),
    /// By an account that the platform vouches for.
    Account(Profile),
    /// A circle of people that the platform vouches for.
    Circle(Circle),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A command was typed.
    Command {
        /// Which.
        word: CommandWord,
        /// What followed it, line breaks kept.
        text: String,
        /// The words of that, with accounts where the platform names them.
        named: Vec<Named>,
        /// The files that came with it.
        attachments: Vec<Attachment>,
        /// The message it replies to, if that is somebody's and not the bot's own.
        quoted: Option<Quoted>,
        /// The message of the bot's own that it replies to.
        about: Option<MessageRef>,
    },
    /// A button was pressed.
    Press {
        /// What the button carried.
        code: String,
        /// The message it was on.
        message: MessageRef,
    },
    /// A button was pressed, and the words it needs were written at once, in a form.
    Form {
        /// What the button carried.
        code: String,
        /// The message it was on.
        message: MessageRef,
        /// Those words.
        text: String,
    },
    /// A form for a report was filled in.
    Report {
        /// What happened.
        text: String,
        /// How urgent it is; normal, where nothing was chosen.
        priority: Option<Priority>,
        /// The team that should take it, where one was chosen.
        team: Option<TeamId>,
    },
    /// Something was said in the thread of a message of the bot's: it belongs to the incident, whoever says it.
    Thread {
        /// That message.
        of: MessageRef,
        /// What was said.
        text: String,
        /// The files that came with it.
        attachments: Vec<Attachment>,
    },
    /// A message of the bot's was replied to.
    Answer {
        /// That message.
        to: MessageRef,
        /// The reply.
        text: String,
        /// The files that came with it.
        attachments: Vec<Attachment>,
    },
    /// Something was said in the chat, to nobody in particular.
    Remark {
        /// The message.
        message: MessageRef,
        /// What it says.
        text: String,
        /// The files that came with it.
        attachments: Vec<Attachment>,
    },
    /// Files were sent that belong to something else that was sent at once: people send several, and say what they
    /// want with one of them.
    Album {
        /// The key of the request that says what is wanted, whether it came already, comes yet, or never will.
        of: RequestKey,
        /// The files.
        attachments: Vec<Attachment>,
    },
    /// The chat has a new address.
    ChatMoved {
        /// Where to.
        to: ChatRef,
    },
    /// The bot was removed from the chat.
    BotRemoved,
    /// The bot was added, or its rights changed.
    BotPresent {
        /// Whether it may pin; `None` if the platform did not say.
        can_pin: Option<bool>,
    },
    /// A person left the chat.
    MemberLeft {
        /// Who.
        who: Identity,
    },
}
