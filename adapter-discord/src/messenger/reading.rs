//! What an answer says, and what may be said of a call: names without numbers, errors without secrets.

use std::error::Error;
use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::{CallError, Refusal};

#[derive(Deserialize)]
struct Complaint {
    message: String,
    #[serde(default)]
    code: u64,
    retry_after: Option<f64>,
    #[serde(default)]
    global: bool,
    errors: Option<Value>,
}

/// Names a route without any number, and without the tokens of interactions, for counting.
pub(super) fn named(route: &str) -> String {
    let (method, path) = route.split_once(' ').unwrap_or((route, ""));
    let known = |segment: &&str| !segment.is_empty() && segment.len() <= 16 && segment.bytes().all(is_word);
    let words: Vec<&str> = path.split('/').filter(known).collect();
    format!("{method} {}", words.join("/"))
}

const fn is_word(b: u8) -> bool {
    b.is_ascii_lowercase() || b == b'@' || b == b'-'
}

/// Understands an answer.
pub(super) fn read<T: DeserializeOwned>(
    status: StatusCode,
    answer: &[u8],
    header: Option<Duration>,
) -> Result<T, CallError> {
    let unreadable = || CallError::Unreadable { status: status.as_u16(), retry_after: header };
    if status.is_success() {
        let answer: &[u8] = if answer.is_empty() { b"null" } else { answer };
        return serde_json::from_slice(answer).map_err(|_| unreadable());
    }
    let complaint: Complaint = serde_json::from_slice(answer).map_err(|_| unreadable())?;
    let details = complaint.errors.as_ref().map(codes).filter(|codes| !codes.is_empty());
    let retry_after = complaint.retry_after.and_then(|wait| Duration::try_from_secs_f64(wait).ok());
    Err(CallError::Refused(Refusal {
        status: status.as_u16(),
        code: complaint.code,
        message: match details {
            Some(codes) => format!("{} [{}]", complaint.message, codes.join(", ")),
            None => complaint.message,
        },
        retry_after,
        global: complaint.global,
    }))
}

/// Lists the codes in the details of a refusal, and none of what was sent.
fn codes(details: &Value) -> Vec<String> {
    match details {
        Value::Object(fields) => {
            let own = fields.get("code").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(codes)).collect()
        }
        Value::Array(items) => items.iter().flat_map(codes).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

pub(super) const fn unreachable(reason: String) -> CallError {
    CallError::Unreachable { reason }
}

/// Says what went wrong without the address, and without the token wherever else it might have got.
pub(super) fn described(error: reqwest::Error, token: &str) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    if token.is_empty() { text } else { text.replace(token, "[token]") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messenger::limits::route;

    fn read_text(status: u16, answer: &str) -> Result<Value, CallError> {
        read(StatusCode::from_u16(status).unwrap(), answer.as_bytes(), None)
    }

    #[test]
    fn an_answer_is_read_also_if_it_is_empty() {
        assert_eq!(read_text(200, r#"{"id":"7"}"#), Ok(serde_json::json!({"id": "7"})));
        assert_eq!(read_text(204, ""), Ok(Value::Null));
    }

    #[test]
    fn a_refusal_keeps_what_it_says_and_nothing_of_what_was_sent() {
        let answer = r#"{"message":"Invalid Form Body","code":50035,"errors":{"content":{"_errors":
            [{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 2000 or fewer in length."}]}}}"#;
        let refusal = Refusal {
            status: 400,
            code: 50_035,
            message: "Invalid Form Body [BASE_TYPE_MAX_LENGTH]".to_owned(),
            retry_after: None,
            global: false,
        };
        assert_eq!(read_text(400, answer), Err(CallError::Refused(refusal)));
        let answer = r#"{"message":"You are being rate limited.","retry_after":1.5,"global":true}"#;
        let refusal = Refusal {
            status: 429,
            code: 0,
            message: "You are being rate limited.".to_owned(),
            retry_after: Some(Duration::from_millis(1_500)),
            global: true,
        };
        assert_eq!(read_text(429, answer), Err(CallError::Refused(refusal)));
    }

    #[test]
    fn what_is_no_answer_of_discords_is_unreadable() {
        let page = "<html><body>error code: 1015</body></html>";
        assert_eq!(read_text(429, page), Err(CallError::Unreadable { status: 429, retry_after: None }));
    }

    #[test]
    fn counts_name_no_token_and_no_number() {
        let secret = "aW50ZXJhY3Rpb246MTIzOmFiY2RlZg";
        let name = |method, path: &str| named(&route(method, path));
        assert_eq!(name("POST", "channels/12/messages"), "POST channels/-/messages".replace("-/", ""));
        assert_eq!(
            name("POST", &format!("interactions/1/{secret}/callback")),
            "POST interactions/-/callback"
        );
        assert_eq!(
            name("PATCH", &format!("webhooks/1/{secret}/messages/@original")),
            "PATCH webhooks/messages/@original"
        );
    }
}
