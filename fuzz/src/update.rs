//! Whatever Telegram sends, or somebody in its name: it is read without panic, twice in the same way, and no
//! error repeats what people wrote.

use adapter_telegram::inbound::{BotIdentity, decode, request, return_path};
use incident_core::text::Limits;
use serde_json::{Map, Value};
use teloxide::types::UserId;

/// Stands for what people wrote.
const WORDS: &str = "only-they-know";

/// Fields in which Telegram hands on what people wrote or are called.
const WRITTEN: [&str; 8] =
    ["text", "caption", "first_name", "last_name", "username", "title", "file_name", "data"];

/// Reads the bytes as an update and makes a request of it.
///
/// # Panics
/// If two readings differ, if a request names another update than it came with, if it holds a title or topic
/// beyond their limits, or if an error tells what people wrote.
pub fn check(bytes: &[u8]) {
    let Ok(update) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    quiet_about_words(&update);
    let bot = BotIdentity { id: UserId(7_000_000_001), username: "incident_desk_bot".to_owned() };
    let Ok(read) = decode(update.clone()) else {
        return;
    };
    assert_eq!(decode(update).as_ref(), Ok(&read));
    assert_eq!(return_path(&read), return_path(&read));
    let asked = request(&bot, &read, 0xF2E5);
    assert_eq!(request(&bot, &read, 0xF2E5), asked);
    let Some(asked) = asked else {
        return;
    };
    assert_eq!(asked.key.as_str(), format!("telegram:7000000001:{}", read.id.0));
    assert_eq!(asked.fresh, 0xF2E5);
    for name in [&asked.chat_title, &asked.topic].into_iter().flatten() {
        assert_eq!(name.within(Limits::NAME), Ok(()), "{name:?}");
    }
}

fn quiet_about_words(update: &Value) {
    if let Err(error) = decode(worded(update, false)) {
        assert!(!format!("{error} {error:?}").contains(WORDS), "{error:?}");
    }
}

/// Replaces what people wrote.
fn worded(value: &Value, written: bool) -> Value {
    match value {
        Value::String(_) if written => WORDS.into(),
        Value::Object(fields) => {
            let replaced = |(name, value): (&String, &Value)| {
                (name.clone(), worded(value, WRITTEN.contains(&name.as_str())))
            };
            Value::Object(fields.iter().map(replaced).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| worded(item, written)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
