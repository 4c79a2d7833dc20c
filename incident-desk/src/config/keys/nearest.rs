//! What somebody meant who misspelt a key.

use super::Key;

/// Finds the key whose name is nearest to `name`, within `slack` single-character changes.
///
/// Upper and lower case count as the same.
pub(in crate::config) fn nearest(name: &str, slack: usize) -> Option<Key> {
    let name = name.to_ascii_uppercase();
    Key::all()
        .map(|key| (distance(&name, key.name()), key))
        .filter(|(changes, _)| *changes <= slack)
        .min()
        .map(|(_, key)| key)
}

/// Finds the key that somebody who wrote `name` in the file most likely meant.
pub(in crate::config) fn meant(name: &str) -> Option<Key> {
    let upper = name.to_ascii_uppercase();
    nearest(name, name.len().div_ceil(3)).or_else(|| {
        let part_of = |key: &Key| upper.len() >= 4 && key.alias_of().is_none() && key.name().contains(&upper);
        Key::all().find(part_of)
    })
}

fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, b) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_single_character_changes() {
        let counted = [("", "abc"), ("abc", "abc"), ("abd", "abc"), ("ac", "abc"), ("kitten", "sitting")]
            .map(|(left, right)| distance(left, right));
        assert_eq!(counted, [3, 0, 1, 1, 3]);
    }

    #[test]
    fn a_misspelt_or_shortened_name_finds_its_key_and_a_strange_one_finds_none() {
        let found = ["log_levle", "Telegram_Bot_Token", "bot_token", "colour_of_cards", "x"].map(meant);
        assert_eq!(
            found,
            [Some(Key::LogLevel), Some(Key::TelegramBotToken), Some(Key::TelegramBotToken), None, None]
        );
    }
}
