//! What was said in a channel, read from Discord's messages: pure.

use incident_core::ports::Utterance;
use incident_core::time::Timestamp;
use serde_json::Value;

use crate::inbound::attachments;

/// How many messages one look gives; as many as Discord does.
pub(super) const LOOK: usize = 100;
/// When Discord's numbers begin, in milliseconds since 1970.
const EPOCH: u64 = 1_420_070_400_000;

/// Reads messages, and puts them into the order in which they were said.
pub(super) fn read(channel: u64, messages: Vec<Value>) -> Vec<Utterance> {
    let mut said: Vec<(u64, Utterance)> =
        messages.iter().filter_map(|message| utterance(channel, message)).collect();
    said.sort_by_key(|(id, _)| *id);
    said.into_iter().map(|(_, one)| one).collect()
}

fn utterance(channel: u64, message: &Value) -> Option<(u64, Utterance)> {
    let name = message["id"].as_str()?;
    let id: u64 = name.parse().ok()?;
    let millis = i64::try_from((id >> 22).saturating_add(EPOCH)).unwrap_or(i64::MAX);
    let author = &message["author"];
    let by = [&message["member"]["nick"], &author["global_name"], &author["username"]];
    let by = by.into_iter().find_map(Value::as_str).unwrap_or("…").to_owned();
    let said = Utterance {
        message: name.into(),
        at: Timestamp::from_micros(millis.saturating_mul(1_000)),
        by,
        text: words(message),
        files: attachments(message, channel, name),
    };
    Some((id, said))
}

/// The words of a message and of its embeds, with people by their names.
fn words(message: &Value) -> String {
    let mut parts = vec![message["content"].as_str().unwrap_or_default().to_owned()];
    for embed in message["embeds"].as_array().into_iter().flatten() {
        parts.extend(
            ["title", "description"].iter().filter_map(|part| embed[*part].as_str()).map(str::to_owned),
        );
    }
    let mut text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    for user in message["mentions"].as_array().into_iter().flatten() {
        let name = user["global_name"].as_str().or_else(|| user["username"].as_str());
        if let (Some(id), Some(name)) = (user["id"].as_str(), name) {
            text = text.replace(&format!("<@{id}>"), &format!("@{name}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_is_read_in_order_with_names_and_files() {
        let second = json!({"id": (2_u64 << 22).to_string(), "author": {"username": "bot"}, "content": "",
            "embeds": [{"title": "New", "description": "a lamp"}]});
        let first = json!({"id": (1_u64 << 22).to_string(), "author": {"username": "ann", "global_name": "Ann"},
            "content": "hello <@7>", "mentions": [{"id": "7", "username": "bob"}],
            "attachments": [{"id": "8", "filename": "a.png"}]});
        let read = read(5, vec![second, json!({"no": "message"}), first]);
        let [one, two] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!((one.by.as_str(), one.text.as_str(), one.files.len()), ("Ann", "hello @bob", 1));
        assert_eq!((two.by.as_str(), two.text.as_str()), ("bot", "New\na lamp"));
        assert_eq!(one.at, Timestamp::from_micros(1_420_070_400_001_000));
    }
}
