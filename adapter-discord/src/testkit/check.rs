//! Whether what the bot sends is within Discord's limits.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fault::Refusal;

/// The longest texts, in UTF-16 units, where Discord may count fewer.
const CONTENT: usize = 2_000;
const TITLE: usize = 256;
const DESCRIPTION: usize = 4_096;
const EMBEDS: usize = 6_000;

fn units(value: &Value) -> usize {
    value.as_str().unwrap_or_default().encode_utf16().count()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn most(path: &str, length: usize, limit: usize) -> Result<(), Refusal> {
    if length > limit { Err(Refusal::form(path, "BASE_TYPE_MAX_LENGTH")) } else { Ok(()) }
}

fn least(path: &str, length: usize) -> Result<(), Refusal> {
    if length == 0 { Err(Refusal::form(path, "BASE_TYPE_REQUIRED")) } else { Ok(()) }
}

/// Checks a message, new or changed. `empty` says whether it may say nothing, for it has a file.
pub(super) fn message(body: &Value, empty: bool) -> Result<(), Refusal> {
    // Discord itself would parse every mention in it; nothing here may leave that to it.
    if body["allowed_mentions"]["parse"].as_array().is_none() {
        return Err(Refusal::form("allowed_mentions", "BASE_TYPE_REQUIRED"));
    }
    most("content", units(&body["content"]), CONTENT)?;
    most("nonce", units(&body["nonce"]), 25)?;
    most("allowed_mentions.users", list(&body["allowed_mentions"], "users").len(), 100)?;
    let embeds = list(body, "embeds");
    most("embeds", embeds.len(), 10)?;
    let mut sum = 0;
    for embed in embeds {
        let (title, description) = (units(&embed["title"]), units(&embed["description"]));
        most("embeds.title", title, TITLE)?;
        most("embeds.description", description, DESCRIPTION)?;
        sum += title + description;
    }
    most("embeds", sum, EMBEDS)?;
    let blank = body["content"].as_str().unwrap_or_default().trim().is_empty();
    if blank && sum == 0 && !empty {
        return Err(Refusal::new(400, 50_006, "Cannot send an empty message"));
    }
    rows(list(body, "components"))
}

fn rows(rows: &[Value]) -> Result<(), Refusal> {
    most("components", rows.len(), 5)?;
    let mut names = BTreeSet::new();
    for row in rows {
        let parts = list(row, "components");
        least("components", parts.len())?;
        most("components", parts.len(), 5)?;
        for part in parts {
            let name = part["custom_id"].as_str().unwrap_or_default();
            least("components.custom_id", name.len())?;
            most("components.custom_id", units(&part["custom_id"]), 100)?;
            if !names.insert(name.to_owned()) {
                return Err(Refusal::form("components.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"));
            }
            match part["type"].as_u64() {
                Some(2) => {
                    least("components.label", units(&part["label"]))?;
                    most("components.label", units(&part["label"]), 80)?;
                }
                Some(3) if parts.len() == 1 => options(part)?,
                _ => return Err(Refusal::form("components.type", "UNION_TYPE_CHOICES")),
            }
        }
    }
    Ok(())
}

fn options(menu: &Value) -> Result<(), Refusal> {
    let options = list(menu, "options");
    least("options", options.len())?;
    most("options", options.len(), 25)?;
    let mut values = BTreeSet::new();
    for option in options {
        least("options.label", units(&option["label"]))?;
        most("options.label", units(&option["label"]), 100)?;
        most("options.value", units(&option["value"]), 100)?;
        if !values.insert(option["value"].to_string()) {
            return Err(Refusal::form("options.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"));
        }
    }
    Ok(())
}

/// Checks a form.
pub(super) fn form(form: &Value) -> Result<(), Refusal> {
    for (name, limit) in [("title", 45), ("custom_id", 100)] {
        least(name, units(&form[name]))?;
        most(name, units(&form[name]), limit)?;
    }
    let parts = list(form, "components");
    least("components", parts.len())?;
    most("components", parts.len(), 5)?;
    for part in parts {
        if part["type"] != 18 {
            return Err(Refusal::form("components.type", "UNION_TYPE_CHOICES"));
        }
        least("components.label", units(&part["label"]))?;
        most("components.label", units(&part["label"]), 45)?;
        let field = &part["component"];
        match field["type"].as_u64() {
            Some(4) => {
                let within = |name: &str| field[name].as_u64().is_none_or(|length| length <= 4_000);
                if !within("min_length") || !within("max_length") {
                    return Err(Refusal::form("components.max_length", "NUMBER_TYPE_MAX"));
                }
            }
            Some(3) => options(field)?,
            Some(5) => {}
            _ => return Err(Refusal::form("components.type", "UNION_TYPE_CHOICES")),
        }
    }
    Ok(())
}

/// Checks what is offered to complete what somebody types.
pub(super) fn choices(choices: &Value) -> Result<(), Refusal> {
    let choices = choices.as_array().map(Vec::as_slice).unwrap_or_default();
    most("choices", choices.len(), 25)?;
    for choice in choices {
        least("choices.name", units(&choice["name"]))?;
        most("choices.name", units(&choice["name"]), 100)?;
        most("choices.value", units(&choice["value"]), 100)?;
    }
    Ok(())
}

/// Checks a slash command and what is below it.
pub(super) fn command(command: &Value) -> Result<(), Refusal> {
    let name = command["name"].as_str().unwrap_or_default();
    let fits = |c: char| c == '-' || c == '_' || c.is_lowercase() || c.is_numeric();
    if name.is_empty() || name.chars().count() > 32 || !name.chars().all(fits) {
        return Err(Refusal::form("name", "APPLICATION_COMMAND_INVALID_NAME"));
    }
    least("description", units(&command["description"]))?;
    most("description", units(&command["description"]), 100)?;
    let options = list(command, "options");
    most("options", options.len(), 25)?;
    let names: BTreeSet<String> = options.iter().map(|option| option["name"].to_string()).collect();
    if names.len() != options.len() {
        return Err(Refusal::form("options", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"));
    }
    options.iter().try_for_each(self::command)
}
