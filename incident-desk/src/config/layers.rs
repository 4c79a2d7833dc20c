//! Turns the sources into layers of known keys, the strongest first.
//!
//! Unknown names are treated by where they stand. The environment and `.env` are shared with other programs, so
//! a strange name there is none of our business (a near miss is worth a hint); the TOML file is ours alone, so
//! there it is refused.

use std::collections::BTreeMap;

use super::{
    dotenv,
    keys::{self, Exposure, Key},
    problem::{Origin, Problem},
    sources::{CONFIG_VARIABLE, Sources, Text},
};

/// Holds the keys that one source sets; an empty value sets nothing.
pub(super) struct Layer {
    pub(super) origin: Origin,
    values: BTreeMap<Key, String>,
}

impl Layer {
    fn new(origin: Origin) -> Self {
        Self { origin, values: BTreeMap::new() }
    }

    pub(super) fn get(&self, key: Key) -> Option<&str> {
        self.values.get(&key).map(String::as_str)
    }

    /// Sets a key and returns the value it had.
    fn set(&mut self, key: Key, value: &str) -> Option<String> {
        match value.trim() {
            "" => None,
            value => self.values.insert(key, value.to_owned()),
        }
    }
}

/// Holds the layers, and what was wrong or odd about the sources as such.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) strongest_first: Vec<Layer>,
    pub(super) problems: Vec<Problem>,
    pub(super) hints: Vec<String>,
}

impl Layers {
    pub(super) fn of(sources: &Sources) -> Self {
        let mut layers = Self { problems: sources.unreadable.clone(), ..Self::default() };
        layers.add_environment(&sources.environment);
        if let Some(dotenv) = &sources.dotenv {
            layers.add_dotenv(dotenv);
        }
        if let Some(file) = &sources.file {
            layers.add_file(file);
        }
        layers
    }

    /// Returns every value given for a secret, in whatever source.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let is_secret = |key: &Key| key.exposure() == Exposure::Secret;
        let values = self.strongest_first.iter().flat_map(|layer| &layer.values);
        values.filter(|(key, _)| is_secret(key)).map(|(_, value)| value.as_str()).collect()
    }

    fn add_environment(&mut self, variables: &BTreeMap<String, String>) {
        let mut layer = Layer::new(Origin::Environment);
        for (name, value) in variables {
            match Key::from_name(name) {
                Some(key) => {
                    layer.set(key, value);
                }
                None => self.hint(name, &layer.origin),
            }
        }
        self.strongest_first.push(layer);
    }

    fn add_dotenv(&mut self, file: &Text) {
        let mut layer = Layer::new(Origin::File(file.path.clone()));
        let (entries, faults) = dotenv::parse(&file.text);
        for fault in faults {
            self.problems.push(Problem::of(line_of(file, fault.line), None, fault.wrong));
        }
        for entry in entries {
            if entry.name == CONFIG_VARIABLE {
                let wrong = "works only in the process environment; use it there, or use --config";
                self.problems.push(Problem::of(CONFIG_VARIABLE, Some(layer.origin.clone()), wrong));
                continue;
            }
            let Some(key) = Key::from_name(&entry.name) else {
                self.hint(&entry.name, &layer.origin);
                continue;
            };
            if layer.set(key, &entry.value).is_some_and(|earlier| earlier != entry.value.trim()) {
                let wrong = format!("line {} sets it again, to something else", entry.line);
                self.problems.push(Problem::of(key.name(), Some(layer.origin.clone()), wrong));
            }
        }
        self.strongest_first.push(layer);
    }

    fn add_file(&mut self, file: &Text) {
        let mut layer = Layer::new(Origin::File(file.path.clone()));
        let table = match file.text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                // Only the message: the full text of the error quotes the line, which may hold a secret.
                let before = error.span().and_then(|span| file.text.get(..span.start)).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let wrong = format!("is not TOML: {}", error.message());
                self.problems.push(Problem::of(line_of(file, line), None, wrong));
                return;
            }
        };
        for (name, value) in &table {
            if let Err(problem) = add_entry(&mut layer, name, value) {
                self.problems.push(problem);
            }
        }
        self.strongest_first.push(layer);
    }

    fn hint(&mut self, name: &str, origin: &Origin) {
        if let Some(key) = keys::nearest(name, 2) {
            self.hints.push(format!("{name} ({origin}) is not used; did you mean {}?", key.name()));
        }
    }
}

fn line_of(file: &Text, line: usize) -> String {
    format!("{}, line {line}", file.path.display())
}

fn add_entry(layer: &mut Layer, name: &str, value: &toml::Value) -> Result<(), Problem> {
    let Some(key) = Key::from_file_name(name) else {
        return Err(Problem::of(name, Some(layer.origin.clone()), unknown(name, value)));
    };
    let value = plain(key, value).map_err(|wrong| Problem::of_key(key, &layer.origin, wrong))?;
    layer.set(key, &value);
    Ok(())
}

fn unknown(name: &str, value: &toml::Value) -> String {
    if value.is_table() {
        return "there are no sections; every key stands at the top, such as telegram_bot_token".to_owned();
    }
    match keys::meant(name) {
        Some(key) => format!("is not a key; did you mean {}?", key.file_name()),
        None => "is not a key; config.example.toml lists them all".to_owned(),
    }
}

/// Writes a TOML value as it would stand in the environment.
fn plain(key: Key, value: &toml::Value) -> Result<String, &'static str> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(true) => Ok("on".to_owned()),
        toml::Value::Boolean(false) => Ok("off".to_owned()),
        toml::Value::Array(items) if key == Key::PlatformAdminIds => {
            let items: Result<Vec<_>, _> = items.iter().map(|item| plain(key, item)).collect();
            Ok(items?.join(","))
        }
        toml::Value::Array(_) => Err("a list is not allowed here"),
        toml::Value::Float(_) => Err("a number with a decimal point is not allowed here"),
        toml::Value::Datetime(_) => Err("a date or time is not allowed here"),
        toml::Value::Table(_) => Err("a table is not allowed here"),
    }
}
