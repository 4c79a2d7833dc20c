//! Formatted text the way the Bot API reads it: HTML into plain text and entities, offsets in UTF-16.

use super::chat::User;

/// A formatted or recognised range of a text, measured in UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The name the Bot API gives it: `bold`, `text_mention`, `bot_command`...
    pub kind: String,
    /// Where it starts.
    pub offset: usize,
    /// How long it is; never zero.
    pub length: usize,
    /// The target of a `text_link`.
    pub url: Option<String>,
    /// Whom a `text_mention` names.
    pub user: Option<i64>,
    /// The language of a `pre` block.
    pub language: Option<String>,
}

impl Entity {
    pub(super) fn plain(kind: &str, offset: usize, length: usize) -> Self {
        Self { kind: kind.to_owned(), offset, length, url: None, user: None, language: None }
    }

    pub(super) fn end(&self) -> usize {
        self.offset + self.length
    }
}

/// A text without markup and what was marked in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Formatted {
    pub(super) text: String,
    pub(super) entities: Vec<Entity>,
}

impl Formatted {
    /// Cuts white space off both ends, as Telegram does, and moves the entities along.
    pub(super) fn trimmed(mut self) -> Self {
        let body = self.text.trim_start();
        let cut = utf16_len(&self.text) - utf16_len(body);
        let body = body.trim_end().to_owned();
        let length = utf16_len(&body);
        for entity in &mut self.entities {
            let end = entity.end().saturating_sub(cut).min(length);
            entity.offset = entity.offset.saturating_sub(cut).min(length);
            entity.length = end - entity.offset;
        }
        self.entities.retain(|entity| entity.length > 0);
        self.text = body;
        self
    }
}

/// Counts the UTF-16 code units of a text: the unit of every Telegram offset and limit.
pub(super) fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Returns the part of a text an entity covers; offsets that split a character give nothing.
pub(super) fn covered(text: &str, entity: &Entity) -> String {
    let units: Vec<u16> = text.encode_utf16().skip(entity.offset).take(entity.length).collect();
    String::from_utf16(&units).unwrap_or_default()
}

/// Parses HTML. `known` finds the person behind a `tg://user?id=` link; unknown people are not linked.
///
/// # Errors
/// Tells in Telegram's words what cannot be parsed: unknown, unclosed or mismatched tags.
pub(super) fn parse_html<'a>(
    source: &str,
    known: impl Fn(i64) -> Option<&'a User>,
) -> Result<Formatted, String> {
    let mut parser = Parser { source, at: 0, out: Formatted::default(), length: 0, open: Vec::new() };
    parser.run(&known)?;
    let mut out = parser.out;
    out.entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    Ok(out)
}

struct OpenTag {
    name: String,
    attribute: Option<String>,
    offset: usize,
    byte: usize,
}

struct Parser<'source> {
    source: &'source str,
    at: usize,
    out: Formatted,
    length: usize,
    open: Vec<OpenTag>,
}

impl Parser<'_> {
    fn run<'a>(&mut self, known: &impl Fn(i64) -> Option<&'a User>) -> Result<(), String> {
        while let Some(next) = self.source[self.at..].chars().next() {
            match next {
                '<' if self.source[self.at..].starts_with("</") => self.end_tag(known)?,
                '<' => self.start_tag()?,
                '&' => self.reference(),
                character => self.push(character, character.len_utf8()),
            }
        }
        match self.open.last() {
            Some(tag) => Err(format!("Can't find end tag corresponding to start tag \"{}\"", tag.name)),
            None => Ok(()),
        }
    }

    fn push(&mut self, character: char, consumed: usize) {
        self.out.text.push(character);
        self.length += character.len_utf16();
        self.at += consumed;
    }

    fn reference(&mut self) {
        let rest = &self.source[self.at..];
        let decoded = rest.find(';').filter(|&end| end <= 10).and_then(|end| {
            let character = decode_reference(&rest[1..end])?;
            Some((character, end + 1))
        });
        match decoded {
            Some((character, consumed)) => self.push(character, consumed),
            None => self.push('&', 1),
        }
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let byte = self.at;
        let rest = &self.source[byte + 1..];
        let end = tag_end(rest).ok_or_else(|| format!("Unclosed start tag at byte offset {byte}"))?;
        let inside = &rest[..end];
        let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
        let name = inside[..name_end].to_ascii_lowercase();
        let attributes = &inside[name_end..];
        if !SUPPORTED.contains(&name.as_str()) {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {byte}"));
        }
        let attribute = match name.as_str() {
            "a" => attribute(attributes, "href"),
            "span" | "code" => attribute(attributes, "class"),
            "blockquote" => attributes.contains("expandable").then(|| "expandable".to_owned()),
            _ => None,
        };
        if name == "span" && attribute.as_deref() != Some("tg-spoiler") {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {byte}"));
        }
        self.open.push(OpenTag { name, attribute, offset: self.length, byte });
        self.at = byte + 1 + end + 1;
        Ok(())
    }

    fn end_tag<'a>(&mut self, known: &impl Fn(i64) -> Option<&'a User>) -> Result<(), String> {
        let byte = self.at;
        let rest = &self.source[byte + 2..];
        let end = rest.find('>').ok_or_else(|| format!("Unclosed end tag at byte offset {byte}"))?;
        let name = rest[..end].trim_end().to_ascii_lowercase();
        let Some(tag) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {byte}"));
        };
        if !name.is_empty() && name != tag.name {
            let expected = tag.name;
            return Err(format!(
                "Unmatched end tag at byte offset {byte}, expected \"</{expected}>\", found \"</{name}>\""
            ));
        }
        self.at = byte + 2 + end + 1;
        self.close(tag, known);
        Ok(())
    }

    fn close<'a>(&mut self, tag: OpenTag, known: &impl Fn(i64) -> Option<&'a User>) {
        let length = self.length - tag.offset;
        if length == 0 {
            return;
        }
        let kind = match tag.name.as_str() {
            "b" | "strong" => "bold",
            "i" | "em" => "italic",
            "u" | "ins" => "underline",
            "s" | "strike" | "del" => "strikethrough",
            "tg-spoiler" | "span" => "spoiler",
            "blockquote" if tag.attribute.is_some() => "expandable_blockquote",
            other => other,
        };
        let mut entity = Entity::plain(kind, tag.offset, length);
        if tag.name == "a" {
            let target = tag.attribute.unwrap_or_else(|| self.source[tag.byte..].to_owned());
            let Some(linked) = link(entity, &target, known) else { return };
            entity = linked;
        } else if tag.name == "code" {
            entity.language =
                tag.attribute.and_then(|class| class.strip_prefix("language-").map(str::to_owned));
        } else if tag.name == "pre" {
            entity.language = self.take_code_inside(&entity);
        }
        self.out.entities.push(entity);
    }

    /// `<pre><code class="language-x">` is one block, not two.
    fn take_code_inside(&mut self, pre: &Entity) -> Option<String> {
        let same =
            |code: &Entity| code.kind == "code" && (code.offset, code.length) == (pre.offset, pre.length);
        let inner = self.out.entities.iter().position(same)?;
        self.out.entities.remove(inner).language
    }
}

const SUPPORTED: [&str; 16] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "blockquote",
    "tg-spoiler",
    "span",
    "tg-emoji",
];

fn link<'a>(entity: Entity, target: &str, known: &impl Fn(i64) -> Option<&'a User>) -> Option<Entity> {
    if let Some(id) = target.strip_prefix("tg://user?id=") {
        let user = known(id.parse().ok()?)?;
        return Some(Entity { kind: "text_mention".to_owned(), user: Some(user.id), ..entity });
    }
    let url =
        reqwest::Url::parse(target).or_else(|_| reqwest::Url::parse(&format!("http://{target}"))).ok()?;
    matches!(url.scheme(), "http" | "https" | "tg" | "mailto" | "tel").then(|| Entity {
        kind: "text_link".to_owned(),
        url: Some(url.into()),
        ..entity
    })
}

/// Finds the `>` that ends a tag, skipping those in quoted attribute values.
fn tag_end(inside: &str) -> Option<usize> {
    let mut quote = None;
    inside.char_indices().find_map(|(index, character)| {
        match (quote, character) {
            (None, '>') => return Some(index),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        None
    })
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let start = attributes.find(&format!("{name}="))? + name.len() + 1;
    let rest = &attributes[start..];
    let value = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
        _ => rest.split_whitespace().next()?,
    };
    let mut decoded = Parser { source: value, at: 0, out: Formatted::default(), length: 0, open: Vec::new() };
    while let Some(next) = value[decoded.at..].chars().next() {
        if next == '&' { decoded.reference() } else { decoded.push(next, next.len_utf8()) }
    }
    Some(decoded.out.text)
}

fn decode_reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code).filter(|&character| character != '\0')
        }
    }
}

/// Adds what Telegram recognises by itself: commands, mentions, hashtags and links.
pub(super) fn recognise(formatted: Formatted) -> Formatted {
    let Formatted { text, mut entities } = formatted;
    let mut offset = 0;
    let mut before = ' ';
    let mut skip_to = 0;
    for (index, character) in text.char_indices() {
        if offset >= skip_to
            && let Some((kind, bytes)) = recognised(before, &text[index..])
        {
            let found = Entity::plain(kind, offset, utf16_len(&text[index..index + bytes]));
            skip_to = found.end();
            let taken = |other: &Entity| {
                matches!(other.kind.as_str(), "code" | "pre" | "text_link" | "text_mention")
                    && other.offset < found.end()
                    && found.offset < other.end()
            };
            if !entities.iter().any(taken) {
                entities.push(found);
            }
        }
        offset += character.len_utf16();
        before = character;
    }
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    Formatted { text, entities }
}

fn recognised(before: char, rest: &str) -> Option<(&'static str, usize)> {
    if before.is_alphanumeric() || matches!(before, '_' | '/' | '@' | '<') {
        return None;
    }
    let word =
        |text: &str| text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    if let Some(command) = rest.strip_prefix('/') {
        let name = word(command);
        let addressed = command[name..].strip_prefix('@').map_or(0, word);
        let length = 1 + name + if addressed > 2 { 1 + addressed } else { 0 };
        return (1..=64).contains(&name).then_some(("bot_command", length));
    }
    if let Some(handle) = rest.strip_prefix('@') {
        let length = word(handle);
        return (3..=32).contains(&length).then_some(("mention", 1 + length));
    }
    if let Some(tag) = rest.strip_prefix('#') {
        let length = tag.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(tag.len());
        return tag[..length].contains(char::is_alphabetic).then_some(("hashtag", 1 + length));
    }
    if rest.starts_with("http://") || rest.starts_with("https://") {
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        return Some(("url", length));
    }
    None
}

#[cfg(test)]
mod tests;
