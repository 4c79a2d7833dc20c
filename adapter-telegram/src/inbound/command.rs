//! Commands, as people type them.

use std::ops::Range;

use incident_core::desk::Named;
use incident_core::view::CommandWord;
use teloxide::types::{MessageEntity, MessageEntityKind, User};

use super::{BotIdentity, person};

/// What a text is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A command of ours; what follows it begins at this byte.
    Ours(CommandWord, usize),
    /// A command that names another bot.
    Others,
    /// Anything else.
    Words,
}

/// Tells whether a text is a command, and whose.
pub(super) fn read(bot: &BotIdentity, text: &str) -> Typed {
    let Some(typed) = text.strip_prefix('/') else { return Typed::Words };
    let word = leading_word(typed);
    let mut end = 1 + word.len();
    let addressed = text[end..].strip_prefix('@').map(leading_word);
    if let Some(name) = addressed {
        end += 1 + name.len();
        if !name.eq_ignore_ascii_case(&bot.username) {
            return Typed::Others;
        }
    }
    let complete = !text[end..].starts_with(['/', '<', '>', '@']);
    match CommandWord::parse(word) {
        Some(command) if complete => Typed::Ours(command, end),
        Some(_) | None => Typed::Words,
    }
}

fn leading_word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// Lists the words from a byte on, separated by white space or commas. Where Telegram says whom a word or
/// several mean, the account stands for them.
pub(super) fn named(text: &str, start: usize, entities: &[MessageEntity]) -> Vec<Named> {
    let mut accounts: Vec<(Range<usize>, &User)> =
        entities.iter().filter_map(|entity| account(text, entity)).collect();
    accounts.sort_by_key(|(range, _)| range.start);
    let mut named = Vec::new();
    let mut at = start;
    for (range, user) in accounts {
        if range.start < at {
            continue;
        }
        named.extend(words(&text[at..range.start]));
        named.push(Named::Account(person::profile(user)));
        at = range.end;
    }
    named.extend(words(&text[at..]));
    named
}

fn words(text: &str) -> impl Iterator<Item = Named> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    words.map(|word| Named::Word(word.to_owned()))
}

fn account<'a>(text: &str, entity: &'a MessageEntity) -> Option<(Range<usize>, &'a User)> {
    let MessageEntityKind::TextMention { user } = &entity.kind else { return None };
    let start = byte_at(text, entity.offset)?;
    let end = byte_at(text, entity.offset.checked_add(entity.length)?)?;
    Some((start..end, user))
}

/// Finds the byte at a distance in UTF-16 units; `None` if that splits a character or is past the end.
fn byte_at(text: &str, units: usize) -> Option<usize> {
    let mut passed = 0;
    for (at, c) in text.char_indices() {
        if passed >= units {
            return (passed == units).then_some(at);
        }
        passed += c.len_utf16();
    }
    (passed == units).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use teloxide::types::UserId;

    use super::*;

    fn typed(text: &str) -> Typed {
        let bot = BotIdentity { id: UserId(1), username: "incident_desk_bot".to_owned() };
        read(&bot, text)
    }

    #[test]
    fn a_command_may_be_addressed_to_us_in_any_case() {
        assert_eq!(typed("/status"), Typed::Ours(CommandWord::Status, 7));
        assert_eq!(typed("/STATUS x"), Typed::Ours(CommandWord::Status, 7));
        assert_eq!(typed("/status@Incident_Desk_BOT x"), Typed::Ours(CommandWord::Status, 25));
        assert_eq!(typed("/new_issue\nflat"), Typed::Ours(CommandWord::NewIssue, 10));
        assert_eq!(typed("/new_issue: flat"), Typed::Ours(CommandWord::NewIssue, 10));
    }

    #[test]
    fn a_command_for_another_bot_is_not_ours() {
        assert_eq!(typed("/status@other_bot x"), Typed::Others);
        assert_eq!(typed("/status@incident_desk_bot2"), Typed::Others);
        assert_eq!(typed("/unknown@other_bot"), Typed::Others);
        assert_eq!(typed("/status@"), Typed::Others);
    }

    #[test]
    fn what_only_looks_like_a_command_is_words() {
        let texts =
            ["", "status", " /status", "/", "/statusx", "/unknown", "/status/x", "/start<b>", "//status"];
        for text in texts {
            assert_eq!(typed(text), Typed::Words, "{text}");
        }
    }

    #[test]
    fn distances_in_utf16_become_bytes() {
        let text = "a👩é";
        let bytes: Vec<_> = (0..6).map(|units| byte_at(text, units)).collect();
        assert_eq!(bytes, [Some(0), Some(1), None, Some(5), Some(7), None]);
    }
}
