//! Fields of JSON, where they are what they should be.

use serde_json::Value;

/// Returns a text.
pub(super) fn words<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// Returns a number that Discord writes as a text, lest it lose digits.
pub(super) fn id(value: &Value, name: &str) -> Option<u64> {
    words(value, name)?.parse().ok()
}

/// Returns a list; empty if there is none.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
