//! Whatever Telegram sends, or somebody in its name: it is read without panic, twice in the same way, and no
//! error repeats what people wrote.

use adapter_telegram::inbound::{BotIdentity, decode, request, return_path};
use incident_core::text::Limits;
use serde_json::Value;
use teloxide::types::UserId;

/// Stands for what people wrote.
const WORDS: &str = "only-they-know";

/// Fields whose words are Telegram's own.
const OWN: [&str; 2] = ["type", "status"];

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

/// Puts words where they may not belong, into one place after the other, and listens to what is said of it.
fn quiet_about_words(update: &Value) {
    for place in 0.. {
        let mut worded = update.clone();
        if !plant(&mut worded, &mut { place }) {
            return;
        }
        if let Err(error) = decode(worded) {
            assert!(!format!("{error} {error:?}").contains(WORDS), "{error:?}");
        }
    }
}

/// Replaces the leaf that has so many before it by words; tells whether there was one.
fn plant(value: &mut Value, left: &mut u32) -> bool {
    match value {
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
            .any(|(_, value)| plant(value, left)),
        Value::Array(items) => items.iter_mut().any(|item| plant(item, left)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let found = *left == 0;
            if found {
                *value = WORDS.into();
            }
            *left = left.saturating_sub(1);
            found
        }
    }
}
