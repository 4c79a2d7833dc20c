//! What people press, choose and fill in.

use incident_core::desk::{Ask, ChatKind, Named, Quoted, Request, Sender};
use incident_core::ids::{Identity, Platform, TeamId};
use incident_core::incident::Priority;
use incident_core::ports::Profile;
use incident_core::view::CommandWord;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::words::readable;
use super::{
    Asked, Kind, Opens, REPORT_ANYWHERE, REPORT_SHORTCUT, Reporting, ReturnPath, Scene, Spot, attachments,
    message_ref, person, spot, string,
};
use crate::outbound::{
    FIELD_CHANNEL, FIELD_PERSON, FIELD_PRIORITY, FIELD_TEAM, FIELD_TEXT, FIELD_WORD, FORM, ORDER_FORM,
    Ordered, PRESS, Pressed, REPORT_FORM, word,
};

/// Translates an interaction.
pub(super) fn read(scene: &Scene<'_>) -> Option<Asked> {
    match string(&scene.payload["type"])? {
        "block_actions" => press(scene),
        "view_submission" => submission(scene),
        "message_action" => shortcut(scene),
        "shortcut" => anywhere(scene),
        _ => None,
    }
}

fn somebody(scene: &Scene<'_>) -> Option<Profile> {
    let user = &scene.payload["user"];
    let word = string(&user["username"]).or_else(|| string(&user["name"]));
    Some(person(string(&user["id"])?, word))
}

fn response(scene: &Scene<'_>, channel: &str, who: &Profile) -> ReturnPath {
    match string(&scene.payload["response_url"]) {
        Some(url) => {
            let replaces = scene.payload["container"]["is_ephemeral"].as_bool().unwrap_or(false);
            ReturnPath::Response { url: url.to_owned(), replaces }
        }
        None => whisper(channel, who),
    }
}

fn whisper(channel: &str, who: &Profile) -> ReturnPath {
    ReturnPath::Whisper { channel: channel.to_owned(), user: who.identity.user.to_string() }
}

/// A press: only of a button of ours, with something on it.
fn press(scene: &Scene<'_>) -> Option<Asked> {
    let payload = scene.payload;
    let ours = |action: &&Value| string(&action["action_id"]).is_some_and(|id| id.starts_with(PRESS));
    let action = payload["actions"].as_array()?.iter().find(ours)?;
    let code = string(&action["value"])?.to_owned();
    let container = &payload["container"];
    let channel = string(&container["channel_id"]).or_else(|| string(&payload["channel"]["id"]))?;
    let ts = string(&container["message_ts"]).or_else(|| string(&payload["message"]["ts"]))?;
    let who = somebody(scene)?;
    let path = response(scene, channel, &who);
    let ask = Ask::Press { code, message: message_ref(channel, ts) };
    let there = spot(channel, payload["channel"]["name"].as_str().unwrap_or_default());
    let request = scene.request(Kind::Interactive, there, Sender::Person(who), ask)?;
    let opens = match string(&payload["trigger_id"]) {
        Some(trigger) => Opens::Words { trigger: trigger.to_owned() },
        None => Opens::Nothing,
    };
    Some(Asked { request, path, opens })
}

/// A form that was filled in.
fn submission(scene: &Scene<'_>) -> Option<Asked> {
    let view = &scene.payload["view"];
    let text =
        field(view, FIELD_TEXT).and_then(|field| string(&field["value"])).unwrap_or_default().to_owned();
    let who = somebody(scene)?;
    let (channel, name, ask) = match string(&view["callback_id"])? {
        FORM => {
            let Pressed { code, channel, message } = data(view)?;
            let message = message_ref(&channel, &message);
            (channel, None, Ask::Form { code, message, text })
        }
        REPORT_FORM => {
            let Reporting { channel, name } = data(view)?;
            let elsewhere =
                field(view, FIELD_CHANNEL).and_then(|field| string(&field["selected_conversation"]));
            let channel = elsewhere.map(str::to_owned).or(channel)?;
            let priority = chosen(view, FIELD_PRIORITY)
                .and_then(|chosen| Priority::ALL.into_iter().find(|priority| word(*priority) == chosen));
            let team = chosen(view, FIELD_TEAM).and_then(|team| team.parse().ok()).map(TeamId::new);
            (channel, name, Ask::Report { text, priority, team })
        }
        ORDER_FORM => {
            let ordered: Ordered = data(view)?;
            (ordered.channel.clone(), None, ordering(view, ordered, text)?)
        }
        _ => return None,
    };
    let path = whisper(&channel, &who);
    let there = spot(&channel, name.as_deref().unwrap_or_default());
    let request = scene.request(Kind::Interactive, there, Sender::Person(who), ask)?;
    Some(Asked { request, path, opens: Opens::Nothing })
}

/// What the form of an order asks: the button of a team, or the command that it stands for.
fn ordering(view: &Value, ordered: Ordered, text: String) -> Option<Ask> {
    if let Some(code) = chosen(view, FIELD_TEAM) {
        let message = message_ref(&ordered.channel, &ordered.message);
        return Some(Ask::Press { code: code.to_owned(), message });
    }
    let word = chosen(view, FIELD_WORD).map(str::to_owned).or(ordered.word)?;
    let word = CommandWord::parse(&word)?;
    let number = Named::Word(ordered.number.clone());
    let (text, named) = match field(view, FIELD_PERSON).and_then(|field| string(&field["selected_user"])) {
        Some(user) => {
            (format!("{} @{user}", ordered.number), vec![number, Named::Account(person(user, None))])
        }
        None => {
            let words = text.split_whitespace().map(|word| Named::Word(word.to_owned()));
            (format!("{} {text}", ordered.number), std::iter::once(number).chain(words).collect())
        }
    };
    Some(Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None })
}

/// What a form belongs to; it is ours, but it has been out of our hands.
fn data<T: DeserializeOwned>(view: &Value) -> Option<T> {
    serde_json::from_str(view["private_metadata"].as_str()?).ok()
}

fn field<'a>(view: &'a Value, name: &str) -> Option<&'a Value> {
    view["state"]["values"].get(name)?.get(name)
}

fn chosen<'a>(view: &'a Value, name: &str) -> Option<&'a str> {
    field(view, name).and_then(|field| string(&field["selected_option"]["value"]))
}

/// The shortcut on a message: a report of what it says. Without a form it is reported as it stands.
fn shortcut(scene: &Scene<'_>) -> Option<Asked> {
    let payload = scene.payload;
    string(&payload["callback_id"]).filter(|callback| *callback == REPORT_SHORTCUT)?;
    let channel = string(&payload["channel"]["id"])?;
    let name = payload["channel"]["name"].as_str().unwrap_or_default();
    let who = somebody(scene)?;
    let path = response(scene, channel, &who);
    let quoted = quoted(channel, &payload["message"]);
    let said = quoted.text.clone();
    let ask = Ask::Command {
        word: CommandWord::NewIssue,
        text: String::new(),
        named: Vec::new(),
        attachments: Vec::new(),
        quoted: Some(quoted),
        about: None,
    };
    let request: Request = scene.request(Kind::Interactive, spot(channel, name), Sender::Person(who), ask)?;
    let opens = Opens::Report {
        trigger: string(&payload["trigger_id"])?.to_owned(),
        reporting: Reporting { channel: Some(channel.to_owned()), name: Some(name.to_owned()) },
        said: Some(said),
    };
    Some(Asked { request, path, opens })
}

/// The shortcut that is nowhere in particular: the form asks for the channel, and without it nobody could be answered.
fn anywhere(scene: &Scene<'_>) -> Option<Asked> {
    let payload = scene.payload;
    string(&payload["callback_id"]).filter(|callback| *callback == REPORT_ANYWHERE)?;
    let who = somebody(scene)?;
    let own = who.identity.user.to_string();
    let there = Spot { channel: &own, kind: ChatKind::Private, title: None };
    let ask = Ask::Command {
        word: CommandWord::NewIssue,
        text: String::new(),
        named: Vec::new(),
        attachments: Vec::new(),
        quoted: None,
        about: None,
    };
    let request = scene.request(Kind::Interactive, there, Sender::Person(who), ask)?;
    let opens = Opens::Report {
        trigger: string(&payload["trigger_id"])?.to_owned(),
        reporting: Reporting { channel: None, name: None },
        said: None,
    };
    Some(Asked { request, path: ReturnPath::Nowhere, opens })
}

fn quoted(channel: &str, message: &Value) -> Quoted {
    Quoted {
        message: string(&message["ts"]).map(|ts| message_ref(channel, ts)),
        by: string(&message["user"]).map(|user| Identity::new(Platform::Slack, user)),
        text: readable(message["text"].as_str().unwrap_or_default()),
        attachments: attachments(message),
    }
}
