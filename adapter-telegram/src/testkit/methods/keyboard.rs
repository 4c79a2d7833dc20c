//! Checks what a bot attaches below a message: inline keyboards and requests to reply.

use serde_json::Value;

use super::{Params, Refusal};
use crate::testkit::chat::{Button, Markup, Prompt};

/// How many bytes of callback data a button may carry.
const DATA_BYTES: usize = 64;
/// How many buttons a keyboard may have.
const MOST_BUTTONS: usize = 100;
/// Everything but callback data that makes a button do something.
const OTHER_ACTIONS: [&str; 7] = [
    "login_url",
    "web_app",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "pay",
];

/// Reads `reply_markup`.
pub(super) fn read(params: &Params) -> Result<Markup, Refusal> {
    let Some(markup) = params.structure("reply_markup") else { return Ok(Markup::Nothing) };
    if let Some(rows) = markup.get("inline_keyboard") {
        return inline(rows);
    }
    if markup.get("force_reply").and_then(Value::as_bool) == Some(true) {
        let placeholder = markup.get("input_field_placeholder").and_then(Value::as_str).map(str::to_owned);
        if placeholder.as_ref().is_some_and(|hint| hint.chars().count() > 64) {
            return Err(Refusal::bad_request("REPLY_MARKUP_PLACEHOLDER_TOO_LONG"));
        }
        let selective = markup.get("selective").and_then(Value::as_bool).unwrap_or(false);
        return Ok(Markup::ForceReply(Prompt { selective, placeholder }));
    }
    if markup.get("keyboard").is_some() || markup.get("remove_keyboard").is_some() {
        return Ok(Markup::Keyboard);
    }
    Err(Refusal::bad_request("object expected as reply markup"))
}

/// Reads the `reply_markup` of an edit, where only inline keyboards are possible.
pub(super) fn read_inline(params: &Params) -> Result<Markup, Refusal> {
    let markup = read(params)?;
    match markup {
        Markup::Nothing | Markup::Inline(_) => Ok(markup),
        Markup::ForceReply(_) | Markup::Keyboard => Err(Refusal::bad_request("inline keyboard expected")),
    }
}

fn inline(rows: &Value) -> Result<Markup, Refusal> {
    let expected = || {
        Refusal::bad_request("field \"inline_keyboard\" of the InlineKeyboardMarkup must be of type Array")
    };
    let rows = rows.as_array().ok_or_else(expected)?;
    let mut keyboard = Vec::new();
    for row in rows {
        let row = row.as_array().ok_or_else(expected)?;
        let buttons = row.iter().map(button).collect::<Result<Vec<_>, _>>()?;
        if !buttons.is_empty() {
            keyboard.push(buttons);
        }
    }
    match keyboard.iter().map(Vec::len).sum::<usize>() {
        0 => Ok(Markup::Nothing),
        1..=MOST_BUTTONS => Ok(Markup::Inline(keyboard)),
        _ => Err(Refusal::bad_request("reply markup is too long")),
    }
}

fn button(raw: &Value) -> Result<Button, Refusal> {
    let word = |name: &str| raw.get(name).and_then(Value::as_str);
    let label = word("text").unwrap_or_default().trim();
    if label.is_empty() {
        return Err(Refusal::bad_request("BUTTON_TEXT_INVALID"));
    }
    let data = word("callback_data").map(str::to_owned).filter(|data| !data.is_empty());
    let acts = data.is_some()
        || raw.get("url").is_some()
        || OTHER_ACTIONS.iter().any(|name| raw.get(name).is_some());
    if !acts {
        return Err(Refusal::bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ));
    }
    if data.as_ref().is_some_and(|data| data.len() > DATA_BYTES) {
        return Err(Refusal::bad_request("BUTTON_DATA_INVALID"));
    }
    if word("url").is_some_and(|url| reqwest::Url::parse(url).is_err()) {
        return Err(Refusal::bad_request("BUTTON_URL_INVALID"));
    }
    Ok(Button { label: label.to_owned(), data, raw: raw.clone() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keyboard(rows: Value) -> Result<Markup, Refusal> {
        read(&Params::from(json!({"reply_markup": {"inline_keyboard": rows}})))
    }

    fn press(data: &str) -> Value {
        json!([[{"text": "Claim", "callback_data": data}]])
    }

    #[test]
    fn callback_data_is_limited_in_bytes_not_characters() {
        let refused = Err(Refusal::bad_request("BUTTON_DATA_INVALID"));
        assert!(keyboard(press(&"a".repeat(64))).is_ok());
        assert_eq!(keyboard(press(&"a".repeat(65))), refused);
        assert!(keyboard(press(&"é".repeat(32))).is_ok());
        assert_eq!(keyboard(press(&"é".repeat(33))), refused);
    }

    #[test]
    fn a_button_that_does_nothing_is_refused() {
        let refused = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
        assert_eq!(keyboard(json!([[{"text": "Claim"}]])), Err(Refusal::bad_request(refused)));
        assert_eq!(keyboard(press("")), Err(Refusal::bad_request(refused)));
    }

    #[test]
    fn a_hundred_buttons_are_the_most() {
        let row = |count| Value::Array(vec![json!({"text": "x", "callback_data": "x"}); count]);
        assert!(keyboard(json!([row(50), row(50)])).is_ok());
        let refused = Err(Refusal::bad_request("reply markup is too long"));
        assert_eq!(keyboard(json!([row(50), row(51)])), refused);
    }

    #[test]
    fn an_empty_keyboard_is_none() {
        assert_eq!(keyboard(json!([])), Ok(Markup::Nothing));
        assert_eq!(keyboard(json!([[]])), Ok(Markup::Nothing));
    }

    #[test]
    fn a_request_to_reply_keeps_its_hint() {
        let markup = json!({"reply_markup": {"force_reply": true, "selective": true, "input_field_placeholder": "How?"}});
        let prompt = Prompt { selective: true, placeholder: Some("How?".to_owned()) };
        assert_eq!(read(&Params::from(markup)), Ok(Markup::ForceReply(prompt)));
    }
}
