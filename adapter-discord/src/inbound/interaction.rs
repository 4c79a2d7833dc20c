//! Interactions: the slash command, presses, forms, and what is to be completed.

use incident_core::desk::{Ask, ChatKind, Named, Request};
use incident_core::ids::{Circle, MessageRef, Platform, TeamId};
use incident_core::incident::Priority;
use incident_core::ports::Profile;
use incident_core::text::Limits;
use incident_core::view::{Action, ButtonCode, CommandWord};
use serde_json::Value;

use super::guilds::{is_thread, may_write_and_pin};
use super::{Scene, Spot, chat_ref, field, person, text};
use crate::messenger::message_ref;
use crate::outbound::{self, MENU};

/// The mark of messages that only one person sees.
pub(crate) const EPHEMERAL: u64 = 64;

/// Something that somebody did, and who waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// Its number.
    pub id: String,
    /// By what it is answered; whoever has it can answer in the bot's name for a quarter of an hour.
    pub token: String,
    /// The application whose interaction it is.
    pub application: String,
    /// The channel or thread that it was done in.
    pub channel: u64,
    /// Who did it, and the permissions they have there.
    pub standing: Option<(u64, String)>,
    /// Whether it was done on a message that only one person sees.
    pub private: bool,
    /// Whether the bot can write there, and whether it can pin; `None` if Discord does not say.
    pub rights: Option<(bool, bool)>,
    /// What was done.
    pub deed: Deed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A command was given.
    Command(Request),
    /// A report was begun without words: the form for it is to be opened. The request is the report without words.
    Begin(Request),
    /// Something was pressed or chosen.
    Press(Request),
    /// A form was sent; from a press it has a message, else it has none.
    Form {
        /// What it asks.
        request: Request,
        /// Whether it was opened by a press.
        pressed: bool,
    },
    /// A number is being typed. The request lists the numbers there are.
    Complete {
        /// What lists them.
        request: Request,
        /// What is typed so far.
        typed: String,
    },
    /// It is none of ours, or means nothing any more.
    Unknown {
        /// Whether a message was pressed.
        pressed: bool,
    },
}

/// Reads an interaction; `None` if it cannot be answered at all.
pub(super) fn read(scene: &Scene<'_>, event: &Value, fresh: u128) -> Option<Interaction> {
    let (id, token) = (field::words(event, "id")?, field::words(event, "token")?);
    let channel = field::id(event, "channel_id")?;
    let member = event.get("member");
    let user = member.map_or(&event["user"], |member| &member["user"]);
    let from = person::sender(user, member, field::words(event, "locale"));
    let spot = spot(scene, event, channel);
    let request = spot.request(scene, ("interaction", id), from, fresh);
    let reader = Reader { event, data: &event["data"], spot: &spot };
    let deed = match event["type"].as_u64() {
        Some(2) => reader.command(request),
        Some(3) => reader.press(request),
        Some(4) => reader.completion(request),
        Some(5) => reader.form(request),
        _ => None,
    };
    let standing = member
        .and_then(|member| Some((field::id(user, "id")?, field::words(member, "permissions")?.to_owned())));
    Some(Interaction {
        id: id.to_owned(),
        token: token.to_owned(),
        application: field::words(event, "application_id")?.to_owned(),
        channel: spot.chat.chat.parse().unwrap_or(channel),
        standing,
        private: event["message"]["flags"].as_u64().is_some_and(|flags| flags & EPHEMERAL != 0),
        rights: field::words(event, "app_permissions").map(may_write_and_pin),
        deed: deed.unwrap_or(Deed::Unknown { pressed: event["type"] == 3 }),
    })
}

fn spot(scene: &Scene<'_>, event: &Value, channel: u64) -> Spot {
    let told = &event["channel"];
    let parent = if is_thread(told) { field::id(told, "parent_id") } else { None };
    let parent = parent.or_else(|| scene.guilds.parent(channel));
    let name = field::words(told, "name").filter(|_| parent.is_none());
    let title = name.and_then(|name| text(name, Limits::NAME.max));
    Spot {
        chat: chat_ref(parent.unwrap_or(channel)),
        thread: parent.map(|_| channel),
        title: title.or_else(|| scene.guilds.title(parent.unwrap_or(channel))),
        kind: if event["guild_id"].is_null() { ChatKind::Private } else { ChatKind::Group },
    }
}

struct Reader<'a> {
    event: &'a Value,
    data: &'a Value,
    spot: &'a Spot,
}

impl Reader<'_> {
    fn command(&self, request: Request) -> Option<Deed> {
        let (word, options) = chosen(self.data)?;
        let (text, named) = self.filled(word, options);
        let bare = word == CommandWord::NewIssue && text.is_empty();
        let request = Request { ask: command(word, text, named), ..request };
        Some(if bare { Deed::Begin(request) } else { Deed::Command(request) })
    }

    /// Puts what was filled in into the order in which it would be typed.
    fn filled(&self, word: CommandWord, options: &[Value]) -> (String, Vec<Named>) {
        let place =
            |option: &&Value| outbound::argument(word, field::words(option, "name").unwrap_or_default());
        let mut options: Vec<&Value> = options.iter().filter(|option| place(option).is_some()).collect();
        options.sort_by_key(place);
        let (mut texts, mut named) = (Vec::new(), Vec::new());
        for option in options {
            let Some(value) = field::words(option, "value") else { continue };
            if matches!(option["type"].as_u64(), Some(6 | 9)) {
                let (text, one) = self.chosen_people(value).unzip();
                texts.extend(text);
                named.extend(one);
            } else {
                let (text, words) = self.spoken(value.trim());
                texts.push(text);
                named.extend(words);
            }
        }
        texts.retain(|text| !text.is_empty());
        (texts.join(" "), named)
    }

    /// Reads words with mentions among them.
    fn spoken(&self, words: &str) -> (String, Vec<Named>) {
        let (mut text, mut named, mut rest) = (String::new(), Vec::new(), words);
        let split = |plain: &str| {
            let words = plain.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
            words.map(|word| Named::Word(word.to_owned())).collect::<Vec<_>>()
        };
        while let Some((before, id, after)) = mention(rest) {
            let profile = self.resolved(id);
            named.extend(split(before));
            text.push_str(before);
            text.push_str(&called(&profile));
            named.push(Named::Account(profile));
            rest = after;
        }
        named.extend(split(rest));
        text.push_str(rest);
        (text, named)
    }

    /// Returns who was chosen, and how they are called among words: a role, or one account. The role that everybody has
    /// is named as the guild is, and names nobody.
    fn chosen_people(&self, id: &str) -> Option<(String, Named)> {
        if field::words(self.event, "guild_id") == Some(id) {
            return None;
        }
        if let Some(circle) = self.circle(id) {
            return Some((format!("@{}", circle.id()), Named::Circle(circle)));
        }
        let profile = self.resolved(id.parse().ok()?);
        Some((called(&profile), Named::Account(profile)))
    }

    /// Returns the role that Discord vouches for; `None` if it is none.
    fn circle(&self, id: &str) -> Option<Circle> {
        let role = self.data["resolved"]["roles"].get(id)?;
        Circle::new(Platform::Discord, id, field::words(role, "name").unwrap_or_default()).ok()
    }

    /// Returns the account that Discord vouches for.
    fn resolved(&self, id: u64) -> Profile {
        let key = id.to_string();
        let (users, members) = (&self.data["resolved"]["users"], &self.data["resolved"]["members"]);
        person::profile(&users[&key], members.get(&key)).unwrap_or_else(|| person::stranger(id))
    }

    fn message(&self) -> Option<MessageRef> {
        let id = field::words(&self.event["message"], "id")?;
        Some(message_ref(self.spot.chat.clone(), self.spot.thread, id))
    }

    fn press(&self, request: Request) -> Option<Deed> {
        let name = field::words(self.data, "custom_id")?;
        let code =
            if name.starts_with(MENU) { field::list(self.data, "values").first()?.as_str()? } else { name };
        if code.parse().is_ok_and(|code: ButtonCode| code.action == Action::Report) {
            let ask = command(CommandWord::NewIssue, String::new(), Vec::new());
            return Some(Deed::Begin(Request { ask, ..request }));
        }
        let ask = Ask::Press { code: code.to_owned(), message: self.message()? };
        Some(Deed::Press(Request { ask, ..request }))
    }

    fn form(&self, request: Request) -> Option<Deed> {
        let name = field::words(self.data, "custom_id")?;
        let given = |wanted: &str| given(self.data, wanted).unwrap_or_default();
        let text = given(outbound::WORDS);
        if name == outbound::REPORT {
            let team = given(outbound::TEAM).parse().ok().map(TeamId::new);
            let ask = Ask::Report { text, priority: priority(&given(outbound::PRIORITY)), team };
            return Some(Deed::Form { request: Request { ask, ..request }, pressed: false });
        }
        if let Some(order) = name.strip_prefix(outbound::ORDER) {
            return Some(Deed::Form { request: self.order(request, order, text)?, pressed: false });
        }
        let code = name.strip_prefix(outbound::ABOUT)?.to_owned();
        let ask = Ask::Form { code, message: self.message()?, text };
        Some(Deed::Form { request: Request { ask, ..request }, pressed: true })
    }

    /// What the form of an order asks: the button of a team, or the command that it stands for.
    fn order(&self, request: Request, order: &str, text: String) -> Option<Request> {
        let given = |wanted: &str| given(self.data, wanted).filter(|given| !given.is_empty());
        if let Some(code) = given(outbound::TEAM) {
            return Some(Request { ask: Ask::Press { code, message: self.message()? }, ..request });
        }
        let (word, number) = order.split_once(':')?;
        let usual = if word.is_empty() { CommandWord::Note.word() } else { word };
        let word = CommandWord::parse(&given(outbound::WORD).unwrap_or_else(|| usual.to_owned()))?;
        let mut named = vec![Named::Word(number.to_owned())];
        let text = match given(outbound::PERSON).and_then(|id| id.parse().ok()) {
            Some(id) => {
                let profile = self.resolved(id);
                let text = format!("{number} {}", called(&profile));
                named.push(Named::Account(profile));
                text
            }
            None => {
                named.extend(text.split_whitespace().map(|word| Named::Word(word.to_owned())));
                format!("{number} {text}")
            }
        };
        Some(Request { ask: command(word, text, named), ..request })
    }

    fn completion(&self, request: Request) -> Option<Deed> {
        let (_, options) = chosen(self.data)?;
        let typed = options.iter().find(|option| option["focused"] == true)?;
        let typed = field::words(typed, "value").unwrap_or_default().trim().to_owned();
        let ask = command(CommandWord::Open, String::new(), Vec::new());
        Some(Deed::Complete { request: Request { ask, ..request }, typed })
    }
}

const fn command(word: CommandWord, text: String, named: Vec<Named>) -> Ask {
    Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None }
}

/// How somebody is called among words: without white space, so that it is one of them.
fn called(profile: &Profile) -> String {
    format!("@{}", profile.identity.user)
}

/// Finds the sub-command, in whatever group it stands, and what was filled in.
fn chosen(data: &Value) -> Option<(CommandWord, &[Value])> {
    let ours = field::words(data, "name") == Some(outbound::COMMAND);
    let mut option = field::list(data, "options").first().filter(|_| ours)?;
    if option["type"] == 2 {
        option = field::list(option, "options").first()?;
    }
    let word = outbound::meant_by(field::words(option, "name")?)?;
    Some((word, field::list(option, "options")))
}

/// Finds the first mention of somebody: what is before it, whom it means, what is behind it.
fn mention(words: &str) -> Option<(&str, u64, &str)> {
    let (mut from, mut found) = (0, None);
    while let Some(at) = words[from..].find("<@").map(|at| from + at) {
        let inner = words[at + 2..].trim_start_matches('!');
        if let Some((id, after)) = inner.split_once('>')
            && let Ok(id) = id.parse()
        {
            found = Some((&words[..at], id, after));
            break;
        }
        from = at + 2;
    }
    found
}

/// Finds what was filled into a field of a form, however deep it stands.
fn given(part: &Value, name: &str) -> Option<String> {
    if field::words(part, "custom_id") == Some(name) {
        let chosen = field::list(part, "values").first().and_then(Value::as_str);
        return field::words(part, "value").or(chosen).map(str::to_owned);
    }
    let below = field::list(part, "components").iter().chain(part.get("component"));
    below.into_iter().find_map(|part| given(part, name))
}

fn priority(word: &str) -> Option<Priority> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}
