//! The command menu, by scope and language.

use serde_json::{Value, json};

use super::{Params, Refusal};
use crate::testkit::World;

const MOST_COMMANDS: usize = 100;

pub(super) fn set(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let Some(Value::Array(list)) = params.structure("commands") else {
        return Err(Refusal::bad_request("can't parse commands: commands must be an Array"));
    };
    if list.len() > MOST_COMMANDS {
        return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
    }
    let key = key(params);
    if !key.1.is_empty() && !is_language(&key.1) {
        return Err(Refusal::bad_request("invalid language code specified"));
    }
    let commands = list.iter().map(command).collect::<Result<Vec<_>, _>>()?;
    world.commands.insert(key, commands);
    Ok(json!(true))
}

pub(super) fn get(world: &World, params: &Params) -> Value {
    let list = world.commands.get(&key(params)).into_iter().flatten();
    list.map(|(command, description)| json!({"command": command, "description": description})).collect()
}

pub(super) fn delete(world: &mut World, params: &Params) -> Value {
    world.commands.remove(&key(params));
    json!(true)
}

/// Commands are kept by the whole scope object and the language.
fn key(params: &Params) -> (String, String) {
    let scope = params.structure("scope").unwrap_or_else(|| json!({"type": "default"}));
    (scope.to_string(), params.text("language_code").unwrap_or_default().to_owned())
}

fn is_language(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn command(value: &Value) -> Result<(String, String), Refusal> {
    let word = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let (name, description) = (word("command").trim_start_matches('/'), word("description"));
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || name.len() > 32 || !name.bytes().all(plain) {
        return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
    }
    if description.is_empty() || description.chars().count() > 256 {
        return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok((name.to_owned(), description.to_owned()))
}
