//! Reading a form with files: the JSON that describes the message, and what is in the files.

use serde_json::Value;

/// What a form holds.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) json: Value,
    /// Names and contents.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

/// Reads a form whose parts are separated by this boundary.
pub(super) fn read(body: &[u8], boundary: &str) -> Parts {
    let separator = format!("\r\n--{boundary}");
    // The first separator has no line break before it.
    let whole = [b"\r\n", body].concat();
    let mut parts = Parts::default();
    for part in split(&whole, separator.as_bytes()) {
        let Some(at) = find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..at]).into_owned();
        let content = &part[at + 4..];
        match parameter(&head, "filename") {
            Some(name) => parts.files.push((name, content.to_vec())),
            None if parameter(&head, "name").as_deref() == Some("payload_json") => {
                parts.json = serde_json::from_slice(content).unwrap_or_default();
            }
            None => {}
        }
    }
    parts
}

fn parameter(head: &str, name: &str) -> Option<String> {
    let (_, after) = head.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| value.to_owned())
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

fn split<'a>(whole: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let (mut parts, mut rest) = (Vec::new(), whole);
    while let Some(at) = find(rest, separator) {
        parts.push(&rest[..at]);
        rest = &rest[at + separator.len()..];
    }
    parts
}
