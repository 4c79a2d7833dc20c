//! The state diagram, drawn from what the machine does and not from what somebody remembers of it.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::explore::{Place, Ways, ways};
use crate::incident::StateKind;
use crate::policy::{Policy, Preset};

const HOW: &str = "\
Drawn by the machine itself: everybody asked for everything in every kind of situation, and what led from one
state to another is shown here; `wake` is a timer. What leaves an incident where it is (notes, priorities,
reminders, …) is left out. A number in parentheses is the level.
";

/// Draws presets, as Markdown: for each a table, and the same as a Mermaid diagram.
pub fn presets(presets: &[Preset]) -> String {
    let mut text = String::from(HOW);
    for preset in presets {
        let ways = ways(&Policy::preset(*preset));
        let (name, table, diagram) = (preset.as_str(), table(&ways), mermaid(&ways));
        write!(
            text,
            "\n## What leads where: `{name}`\n\n{table}\n<details><summary>The same as a diagram</summary>\n\n\
             {diagram}\n</details>\n",
        )
        .expect(WRITABLE);
    }
    text
}

const WRITABLE: &str = "a text can be written to";

/// Draws ways as a Mermaid state diagram.
pub fn mermaid(ways: &Ways) -> String {
    let mut text = String::from("```mermaid\nstateDiagram-v2\n");
    let places: BTreeSet<Place> =
        ways.keys().flat_map(|(from, to)| from.iter().chain([to]).copied()).collect();
    for place in &places {
        writeln!(text, "    {}: {}", node(*place), words(*place)).expect(WRITABLE);
    }
    for ((from, to), commands) in ways {
        let from = from.map_or("[*]".to_owned(), node);
        writeln!(text, "    {from} --> {}: {}", node(*to), listed(commands, "")).expect(WRITABLE);
    }
    for place in places.iter().filter(|place| place.state == StateKind::Closed) {
        writeln!(text, "    {} --> [*]", node(*place)).expect(WRITABLE);
    }
    text.push_str("```\n");
    text
}

/// Lists ways as a Markdown table.
pub fn table(ways: &Ways) -> String {
    let mut text = String::from("| From | To | By |\n|---|---|---|\n");
    for ((from, to), commands) in ways {
        let from = from.map_or("–".to_owned(), words);
        writeln!(text, "| {from} | {} | {} |", words(*to), listed(commands, "`")).expect(WRITABLE);
    }
    text
}

fn listed(commands: &BTreeSet<String>, quote: &str) -> String {
    let commands: Vec<String> = commands.iter().map(|command| format!("{quote}{command}{quote}")).collect();
    commands.join(", ")
}

fn node(place: Place) -> String {
    let state = place.state.as_str();
    place.level.map_or(state.to_owned(), |level| format!("{state}_{level}"))
}

fn words(place: Place) -> String {
    let state = match place.state {
        StateKind::Triage => "Triage",
        StateKind::Open => "Open",
        StateKind::Acknowledged => "Acknowledged",
        StateKind::OnHold => "On hold",
        StateKind::PendingSummary => "Pending summary",
        StateKind::Resolved => "Resolved",
        StateKind::Closed => "Closed",
    };
    place.level.map_or(state.to_owned(), |level| format!("{state} ({level})"))
}
