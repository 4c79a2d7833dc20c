//! The parameters of a call, whichever of the four ways a client chose to send them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::http::find;

/// A request body and the type its sender gave it.
#[derive(Debug)]
pub(super) struct RequestBody<'request> {
    pub(super) content_type: &'request str,
    pub(super) bytes: &'request [u8],
}

/// Named parameters. Numbers, flags and objects may arrive as text: every way but JSON has only text.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Map<String, Value>, BTreeMap<String, Upload>);

/// A file that came with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) media_type: Option<String>,
    pub(super) bytes: Arc<[u8]>,
}

impl Params {
    /// Collects the parameters of a query string and a body; what cannot be decoded is left out.
    pub(super) fn decode(query: &str, body: &RequestBody<'_>) -> Self {
        let mut params = Self::default();
        params.add_pairs(query);
        if body.content_type.starts_with("application/json") {
            if let Ok(Value::Object(fields)) = serde_json::from_slice(body.bytes) {
                params.0.extend(fields);
            }
        } else if body.content_type.starts_with("application/x-www-form-urlencoded") {
            params.add_pairs(&String::from_utf8_lossy(body.bytes));
        } else if let Some(boundary) = body.content_type.split("boundary=").nth(1) {
            params.add_parts(body.bytes, boundary.trim_matches('"'));
        }
        params
    }

    fn add_pairs(&mut self, pairs: &str) {
        if pairs.is_empty() {
            return;
        }
        if let Ok(url) = reqwest::Url::parse(&format!("http://query/?{pairs}")) {
            let decoded =
                url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into()));
            self.0.extend(decoded);
        }
    }

    fn add_parts(&mut self, bytes: &[u8], boundary: &str) {
        let mark = format!("--{boundary}");
        let mut rest = bytes;
        while let Some(start) = find(rest, mark.as_bytes()) {
            rest = &rest[start + mark.len()..];
            let end = find(rest, mark.as_bytes()).unwrap_or(rest.len());
            self.add_part(&rest[..end]);
        }
    }

    fn add_part(&mut self, part: &[u8]) {
        let Some(head_end) = find(part, b"\r\n\r\n") else { return };
        let head = String::from_utf8_lossy(&part[..head_end]).into_owned();
        let Some(name) = quoted(&head, "; name=\"") else { return };
        let content = part[head_end + 4..].strip_suffix(b"\r\n").unwrap_or(&part[head_end + 4..]);
        let value = match quoted(&head, "; filename=\"") {
            Some(file) => {
                let media_type = head.lines().find_map(|line| {
                    let (key, value) = line.split_once(':')?;
                    key.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
                });
                let upload = Upload { name: file.clone(), media_type, bytes: content.into() };
                self.1.insert(name.clone(), upload);
                format!("attach://{file}")
            }
            None => String::from_utf8_lossy(content).into_owned(),
        };
        self.0.insert(name, value.into());
    }

    /// Returns a text parameter, if it was given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Returns a file that was sent under a name.
    pub(super) fn upload(&self, name: &str) -> Option<&Upload> {
        self.1.get(name)
    }

    /// Returns a whole number, given as such or as text.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// Returns a flag; absent means no.
    pub(super) fn flag(&self, name: &str) -> bool {
        let Some(value) = self.0.get(name) else { return false };
        value
            .as_bool()
            .unwrap_or_else(|| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
    }

    /// Returns a structured parameter, decoding it if it came as JSON text.
    pub(super) fn structure(&self, name: &str) -> Option<Value> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => serde_json::from_str(text).ok(),
            value @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Some(value.clone())
            }
        }
    }

    /// Gives everything as one JSON object, for the log of calls.
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl From<Value> for Params {
    fn from(value: Value) -> Self {
        if let Value::Object(fields) = value { Self(fields, BTreeMap::new()) } else { Self::default() }
    }
}

fn quoted(head: &str, before: &str) -> Option<String> {
    let start = head.find(before)? + before.len();
    let end = head[start..].find('"')?;
    Some(head[start..start + end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_four_ways_of_sending_give_the_same_values() {
        let multipart = "--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n-5\r\n\
                         --B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na b\r\n--B--\r\n";
        let ways = [
            ("", "application/json", r#"{"chat_id":-5,"text":"a b"}"#),
            ("", "application/x-www-form-urlencoded", "chat_id=-5&text=a+b"),
            ("", "multipart/form-data; boundary=B", multipart),
            ("chat_id=-5&text=a%20b", "", ""),
        ];
        for (query, content_type, body) in ways {
            let params = Params::decode(query, &RequestBody { content_type, bytes: body.as_bytes() });
            assert_eq!(
                (params.integer("chat_id"), params.text("text")),
                (Some(-5), Some("a b")),
                "{content_type}"
            );
        }
    }

    #[test]
    fn a_structure_may_be_text_or_json() {
        let as_text = Params::from(json!({"reply_markup": "{\"force_reply\":true}"}));
        let as_json = Params::from(json!({"reply_markup": {"force_reply": true}}));
        assert_eq!(as_text.structure("reply_markup"), as_json.structure("reply_markup"));
    }

    #[test]
    fn an_uploaded_file_is_named_in_the_log_and_kept_beside_it() {
        let body = "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n\0\u{1}\r\n--B--\r\n";
        let params = Params::decode(
            "",
            &RequestBody { content_type: "multipart/form-data; boundary=B", bytes: body.as_bytes() },
        );
        assert_eq!(params.text("photo"), Some("attach://a.jpg"));
        let upload = Upload { name: "a.jpg".to_owned(), media_type: None, bytes: [0, 1].into() };
        assert_eq!(params.upload("photo"), Some(&upload));
    }
}
