//! Invariants of what people see: every state can be shown, and every button read.

use std::sync::LazyLock;

use super::{Held, must};
use crate::ids::{Identity, Platform};
use crate::incident::Incident;
use crate::policy::Policy;
use crate::ports::{Person, Profile};
use crate::roster::Roster;
use crate::testkit::cast;
use crate::testkit::story::Moment;
use crate::text::{Limits, Text, visible};
use crate::view::{Card, CardSource, Line, People, Phrasebook, Span, card};

/// The most that what cannot be shortened may take on a card, in UTF-16 units: half of what the platform with
/// the least room has, so that there is room for what was reported.
const ROOM: usize = 2_048;

static BOOK: LazyLock<Phrasebook> = LazyLock::new(Phrasebook::new);
static COMPANY: LazyLock<(Roster, People)> = LazyLock::new(|| (difficult_roster(), difficult_people()));

/// Turns the direction of what follows, as often as a name may be long.
fn difficult_name() -> Text {
    Text::new(&"\u{202E}".repeat(Limits::NAME.max), Limits::NAME).expect("it is as long as it may be")
}

fn difficult_roster() -> Roster {
    let mut roster = cast::roster();
    roster.teams.values_mut().for_each(|team| team.name = difficult_name());
    roster
}

fn difficult_people() -> People {
    People::new(cast::EVERYBODY.map(|id| Person {
        id,
        profile: Profile {
            identity: Identity::new(Platform::Sandbox, id.to_string()),
            handle: None,
            name: difficult_name(),
            locale: None,
        },
    }))
}

/// The card in English, and in each of the other languages in turn: stories are many, and drawing is dear.
fn drawn(policy: &Policy, incident: &Incident) -> Vec<Card> {
    let filed = cast::filed(incident);
    let (roster, people) = &*COMPANY;
    let source = |locale| CardSource { filed: &filed, roster, policy, people, locale };
    let others = BOOK.locales().filter(|(tag, _)| *tag != "en").count();
    let turn = incident.version.get() as usize % others.max(1);
    let other = BOOK.locales().filter(|(tag, _)| *tag != "en").nth(turn);
    let locales = std::iter::once(BOOK.locale(None)).chain(other.map(|(_, locale)| locale));
    locales.map(|locale| card(&source(locale))).collect()
}

fn words(line: &Line) -> String {
    line.iter().map(Span::as_plain).collect()
}

/// Tells whether anything is new to be drawn: it costs more than everything else here together.
fn unchanged(moment: &Moment<'_>) -> bool {
    moment.result.as_ref().map_or(true, |step| step.events.is_empty())
}

/// 11. Whatever state an incident is in, its card says something on every line, fits every platform once what
///     may be shortened is shortened, and hides nothing: an incident nobody can see is an incident nobody
///     solves.
///
/// # Errors
/// Shows the part that cannot be shown.
pub fn every_card_can_be_shown(moment: &Moment<'_>) -> Held {
    let Some(incident) = moment.incident().filter(|_| !unchanged(moment)) else {
        return Ok(());
    };
    drawn(moment.policy, incident).iter().try_for_each(|card| can_be_shown(card, incident))
}

fn can_be_shown(card: &Card, incident: &Incident) -> Held {
    let name = "11, every card can be shown";
    let fixed = [&card.title]
        .into_iter()
        .chain(card.sections.iter().filter(|part| !part.elastic).map(|part| &part.line));
    let size: usize = fixed.map(|line| words(line).encode_utf16().count() + 1).sum();
    must(size <= ROOM, name, || format!("what cannot be shortened takes {size}"))?;
    for line in [&card.title].into_iter().chain(card.sections.iter().map(|part| &part.line)) {
        let text = words(line);
        must(!text.trim().is_empty(), name, || "a line says nothing".to_owned())?;
        must(visible(&text) == text, name, || format!("{text:?} hides something"))?;
    }
    let reported = visible(incident.description.as_str());
    let whole = card.sections.iter().any(|part| part.elastic && words(&part.line).contains(&reported));
    must(whole, name, || "what was reported is not on it, or cannot be shortened".to_owned())?;
    let over = incident.state.is_terminal() || incident.archived;
    must(card.pinned != over, name, || format!("pinned is {}", card.pinned))
}

/// 12. Every button of a card reads back as what it was drawn to do, for this incident in this version, in no
///     more than 64 bytes: a press does what the card says, or is recognised as too late.
///
/// # Errors
/// Shows the button.
pub fn every_button_means_what_it_says(moment: &Moment<'_>) -> Held {
    let Some(incident) = moment.incident().filter(|_| !unchanged(moment)) else {
        return Ok(());
    };
    let cards = drawn(moment.policy, incident);
    for button in cards.iter().flat_map(|card| card.buttons.iter().flatten()) {
        let code = button.code.to_string();
        let name = "12, every button means what it says";
        must(code.parse() == Ok(button.code) && code.len() <= 64, name, || format!("{code} is unreadable"))?;
        let own = (button.code.incident, button.code.seen) == (incident.id, incident.version);
        must(own, name, || format!("{code} is for another card"))?;
        must(!button.label.trim().is_empty(), name, || format!("{code} has no label"))?;
    }
    Ok(())
}
