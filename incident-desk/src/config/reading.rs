//! Takes values out of the layers, and keeps account of everything that is wrong with them.
//!
//! A bad value is noted and its default stands in for it, so that the reading goes on and one run reports all
//! problems.

use std::collections::BTreeMap;

use super::{
    keys::Key,
    layers::{Layer, Layers},
    problem::{ConfigErrors, Origin, Problem},
    sources::Sources,
    values::Wrong,
};

/// Says which key set a value (it may be an alias) and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setter {
    pub(super) key: Key,
    pub(super) origin: Origin,
}

/// Pairs a key with the function that reads its value.
pub(super) struct Field<T>(pub(super) Key, pub(super) fn(&str) -> Result<T, Wrong>);

pub(super) struct Reading {
    layers: Layers,
    setters: BTreeMap<Key, Setter>,
}

impl Reading {
    pub(super) fn of(sources: &Sources) -> Self {
        Self { layers: Layers::of(sources), setters: BTreeMap::new() }
    }

    /// Reads a key that may be left unset.
    pub(super) fn optional<T>(&mut self, field: Field<T>) -> Option<T> {
        let Field(key, parse) = field;
        let found =
            self.layers.strongest_first.iter().find_map(|layer| Some((layer.get(key)?, &layer.origin)));
        let (value, origin) = found?;
        self.setters.insert(key, Setter { key, origin: origin.clone() });
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(wrong) => {
                let problem = Problem::of_value(key, origin, value, &wrong);
                self.layers.problems.push(problem);
                None
            }
        }
    }

    /// Reads a key that has a default.
    pub(super) fn required<T>(&mut self, field: Field<T>) -> T {
        let Field(key, parse) = field;
        self.optional(field).unwrap_or_else(|| default(key, parse))
    }

    /// Reads a key that has another spelling; the strongest source that uses either spelling decides.
    pub(super) fn either<T: PartialEq>(&mut self, field: Field<T>, alias: Field<T>) -> T {
        let (key, parse, other) = (field.0, field.1, alias.0);
        let uses_either = |layer: &&Layer| layer.get(key).is_some() || layer.get(other).is_some();
        let Some(layer) = self.layers.strongest_first.iter().find(uses_either) else {
            return default(key, parse);
        };
        let used = if layer.get(key).is_some() { key } else { other };
        self.setters.insert(key, Setter { key: used, origin: layer.origin.clone() });
        let (mut values, mut problems) = (Vec::new(), Vec::new());
        for Field(key, parse) in [field, alias] {
            let Some(value) = layer.get(key) else { continue };
            match parse(value) {
                Ok(parsed) => values.push(parsed),
                Err(wrong) => problems.push(Problem::of_value(key, &layer.origin, value, &wrong)),
            }
        }
        self.layers.problems.append(&mut problems);
        if values.windows(2).any(|pair| pair[0] != pair[1]) {
            self.refuse(
                key,
                format!("says something else than {} in the same place; remove one", other.name()),
            );
        }
        values.into_iter().next().unwrap_or_else(|| default(key, parse))
    }

    /// Tells whether somebody set the key, well or badly.
    pub(super) fn is_set(&self, key: Key) -> bool {
        self.setters.contains_key(&key)
    }

    /// Notes that a key does not fit together with others.
    pub(super) fn refuse(&mut self, key: Key, wrong: impl Into<String>) {
        let origin = self.setters.get(&key).map(|setter| setter.origin.clone());
        self.layers.problems.push(Problem::of(key.name(), origin, wrong));
    }

    /// Notes something that works, though hardly as it was meant.
    pub(super) fn hint(&mut self, hint: impl Into<String>) {
        self.layers.hints.push(hint.into());
    }

    /// Ends the reading: who set what and what looks odd, or everything that is wrong.
    pub(super) fn finish(self) -> Result<(BTreeMap<Key, Setter>, Vec<String>), ConfigErrors> {
        if self.layers.problems.is_empty() {
            return Ok((self.setters, self.layers.hints));
        }
        let secrets = self.layers.secrets();
        let clean = |problem: &Problem| problem.clone().without(&secrets);
        Err(ConfigErrors::new(self.layers.problems.iter().map(clean).collect()))
    }
}

fn default<T>(key: Key, parse: fn(&str) -> Result<T, Wrong>) -> T {
    let text = key.default_text().expect("only keys with a default are read as required");
    parse(text).expect("every default is a good value, as a test of the defaults shows")
}
