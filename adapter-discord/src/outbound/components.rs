//! What can be pressed: rows of buttons, and menus where there are more than rows have room for.

use std::collections::BTreeSet;

use incident_core::view::{Button, Offer, shortened};
use serenity::builder::{
    CreateActionRow, CreateButton, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
};
use serenity::model::application::ButtonStyle;

use super::{LABEL_LIMIT, OPTION_LIMIT, OPTIONS_LIMIT, ROW_LIMIT, ROWS_LIMIT};

/// How the name of a menu begins; what was chosen stands in its value.
pub(crate) const MENU: &str = "menu:";

/// Something to press, whatever it decides about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    label: String,
    code: String,
}

/// Lists what can be pressed, row by row: what may become of an incident, and below it what may become of a group.
pub(super) fn keys(buttons: &[Vec<Button>], offers: &[Vec<Offer>]) -> Vec<Vec<Key>> {
    let button = |button: &Button| Key { label: button.label.clone(), code: button.code.to_string() };
    let offer = |offer: &Offer| Key { label: offer.label.clone(), code: offer.code.to_string() };
    let buttons = buttons.iter().map(|row| row.iter().map(button).collect());
    buttons.chain(offers.iter().map(|row| row.iter().map(offer).collect())).collect()
}

/// Makes rows of at most five, and of what has no room in five rows menus; what has no room there either is left out.
/// Discord refuses a message on which two things have one name, so a repetition is left out too.
pub(super) fn rows(keys: Vec<Vec<Key>>) -> Vec<CreateActionRow> {
    let mut names = BTreeSet::new();
    let rows = keys.into_iter().map(|mut row| {
        row.retain(|key| names.insert(key.code.clone()));
        row
    });
    let rows: Vec<Vec<Key>> =
        rows.flat_map(|row| row.chunks(ROW_LIMIT).map(<[Key]>::to_vec).collect::<Vec<_>>()).collect();
    let kept = kept(&rows);
    let rest: Vec<Key> = rows[kept..].iter().flatten().cloned().collect();
    let buttons = rows[..kept].iter().map(|row| CreateActionRow::Buttons(row.iter().map(button).collect()));
    let menus = rest.chunks(OPTIONS_LIMIT).enumerate().take(ROWS_LIMIT - kept.min(ROWS_LIMIT));
    buttons.chain(menus.map(|(place, keys)| menu(place, keys))).collect()
}

/// Says how many rows stay rows: as many as leave room for all that follows, and one in any case.
fn kept(rows: &[Vec<Key>]) -> usize {
    if rows.len() <= ROWS_LIMIT {
        return rows.len();
    }
    let fits = |kept: &usize| {
        let rest: usize = rows[*kept..].iter().map(Vec::len).sum();
        rest.div_ceil(OPTIONS_LIMIT) <= ROWS_LIMIT - kept
    };
    (1..ROWS_LIMIT).rev().find(fits).unwrap_or(1)
}

fn button(key: &Key) -> CreateButton {
    CreateButton::new(key.code.clone()).label(label(&key.label, LABEL_LIMIT)).style(ButtonStyle::Secondary)
}

fn menu(place: usize, keys: &[Key]) -> CreateActionRow {
    let option = |key: &Key| CreateSelectMenuOption::new(label(&key.label, OPTION_LIMIT), key.code.clone());
    let options = keys.iter().map(option).collect();
    let kind = CreateSelectMenuKind::String { options };
    CreateActionRow::SelectMenu(CreateSelectMenu::new(format!("{MENU}{place}"), kind).placeholder("…"))
}

fn label(text: &str, limit: usize) -> String {
    let label = shortened(text.trim(), limit);
    if label.trim().is_empty() { "…".to_owned() } else { label }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells how many keys each row has, menus as negative numbers.
    fn shape(rows: &[CreateActionRow]) -> Vec<i64> {
        let count = |row: &CreateActionRow| {
            let row = serde_json::to_value(row).expect("a row is JSON");
            let parts = row["components"].as_array().expect("a row has parts").clone();
            match parts[0]["options"].as_array() {
                Some(options) => -i64::try_from(options.len()).expect("few"),
                None => i64::try_from(parts.len()).expect("few"),
            }
        };
        rows.iter().map(count).collect()
    }

    fn keys(lengths: &[usize]) -> Vec<Vec<Key>> {
        let mut number = 0;
        let mut key = || {
            number += 1;
            Key { label: format!("Team {number}"), code: format!("c{number}") }
        };
        lengths.iter().map(|length| (0..*length).map(|_| key()).collect()).collect()
    }

    #[test]
    fn five_rows_of_five_stay_as_they_are() {
        assert_eq!(shape(&rows(keys(&[1, 2, 5, 0, 1, 1]))), [1, 2, 5, 1, 1]);
        assert_eq!(shape(&rows(keys(&[7, 1]))), [5, 2, 1]);
    }

    #[test]
    fn what_has_no_room_in_rows_is_chosen_from_menus() {
        assert_eq!(shape(&rows(keys(&[1; 10]))), [1, 1, 1, 1, -6]);
        assert_eq!(shape(&rows(keys(&[1; 40]))), [1, 1, 1, -25, -12]);
        assert_eq!(shape(&rows(keys(&[1; 300]))), [1, -25, -25, -25, -25]);
    }

    #[test]
    fn a_code_stands_once() {
        let twice = [keys(&[2]), keys(&[3])].concat();
        assert_eq!(shape(&rows(twice)), [2, 1]);
    }
}
