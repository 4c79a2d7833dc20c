//! The limits of messages and forms, as Slack checks them.

use std::collections::BTreeSet;

use serde_json::Value;

/// What speaks against a message; the word that Slack refuses it with.
pub(super) fn message(arguments: &Value, edits: bool) -> Result<(), &'static str> {
    let text = arguments["text"].as_str().unwrap_or_default();
    let blocks = arguments["blocks"].as_array().map(Vec::as_slice).unwrap_or_default();
    if text.is_empty() && blocks.is_empty() {
        return Err("no_text");
    }
    let most = if edits { 4_000 } else { 40_000 };
    if text.chars().count() > most {
        return Err("msg_too_long");
    }
    if blocks.len() > 50 {
        return Err("invalid_blocks");
    }
    if all_text(blocks) > 13_000 {
        return Err("msg_blocks_too_long");
    }
    let mut actions = BTreeSet::new();
    let fine = blocks.iter().all(|block| match block["type"].as_str() {
        Some("rich_text") => rich_text(block),
        Some("actions") => buttons(block, &mut actions),
        Some("section") => length(&block["text"]["text"], 1, 3_000),
        _ => false,
    });
    if fine { Ok(()) } else { Err("invalid_blocks") }
}

fn all_text(blocks: &[Value]) -> usize {
    blocks.iter().filter(|block| block["type"] == "rich_text").map(|block| block.to_string().len() / 4).sum()
}

fn length(text: &Value, least: usize, most: usize) -> bool {
    text.as_str().is_some_and(|text| (least..=most).contains(&text.chars().count()))
}

fn rich_text(block: &Value) -> bool {
    let sections = block["elements"].as_array().map(Vec::as_slice).unwrap_or_default();
    !sections.is_empty()
        && sections.iter().all(|section| {
            let runs = section["elements"].as_array().map(Vec::as_slice).unwrap_or_default();
            section["type"] == "rich_text_section" && !runs.is_empty() && runs.iter().all(run)
        })
}

fn run(run: &Value) -> bool {
    match run["type"].as_str() {
        Some("text") => length(&run["text"], 1, usize::MAX),
        Some("user") => length(&run["user_id"], 2, 255),
        Some("usergroup") => length(&run["usergroup_id"], 2, 255),
        _ => false,
    }
}

fn buttons(block: &Value, actions: &mut BTreeSet<String>) -> bool {
    let buttons = block["elements"].as_array().map(Vec::as_slice).unwrap_or_default();
    (1..=25).contains(&buttons.len())
        && buttons.iter().all(|button| {
            let id = button["action_id"].as_str().unwrap_or_default().to_owned();
            button["type"] == "button"
                && button["text"]["type"] == "plain_text"
                && length(&button["text"]["text"], 1, 75)
                && length(&button["value"], 1, 2_000)
                && length(&button["action_id"], 1, 255)
                && actions.insert(id)
        })
}

/// What speaks against a form.
pub(super) fn view(view: &Value) -> Result<(), &'static str> {
    let blocks = view["blocks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let fine = view["type"] == "modal"
        && length(&view["title"]["text"], 1, 24)
        && length(&view["submit"]["text"], 1, 24)
        && view["private_metadata"].as_str().unwrap_or_default().len() <= 3_000
        && (1..=100).contains(&blocks.len())
        && blocks.iter().all(input);
    if fine { Ok(()) } else { Err("invalid_arguments") }
}

fn input(block: &Value) -> bool {
    let element = &block["element"];
    let fine = match element["type"].as_str() {
        Some("plain_text_input") => {
            let most = element["max_length"].as_u64().unwrap_or(3_000);
            let initial = element["initial_value"].as_str().unwrap_or_default();
            (1..=3_000).contains(&most) && initial.chars().count() as u64 <= most
        }
        Some("static_select") => {
            let options = element["options"].as_array().map(Vec::as_slice).unwrap_or_default();
            (1..=100).contains(&options.len())
                && options
                    .iter()
                    .all(|one| length(&one["text"]["text"], 1, 75) && length(&one["value"], 1, 150))
        }
        Some("conversations_select") => {
            element["filter"]["include"].as_array().is_some_and(|all| !all.is_empty())
        }
        Some("users_select") => element["initial_user"].is_null(),
        _ => false,
    };
    fine && block["type"] == "input" && length(&block["label"]["text"], 1, 2_000)
}
