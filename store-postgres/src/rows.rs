//! Columns to values of the core and back. Whatever cannot be read is an error that names its place; serde
//! errors speak of syntax and positions, so no person's words get into it.

use std::error::Error;
use std::fmt::Display;
use std::num::TryFromIntError;
use std::str::FromStr;
use std::sync::Arc;

use incident_core::ids::{ChatRef, Circle, Handle, Identity, Number, PersonId, Platform, Version};
use incident_core::incident::{By, Incident};
use incident_core::ports::Filed;
use incident_core::roster::Grantee;
use incident_core::text::Text;
use incident_core::time::Timestamp;
use serde::Serialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row, Type};

use crate::error::{Cause, Failure, Fault};

/// A row with the place it was read from.
pub(crate) struct Record<'a> {
    row: &'a PgRow,
    table: &'static str,
    key: &'a dyn Display,
}

impl<'a> Record<'a> {
    pub(crate) fn new(row: &'a PgRow, table: &'static str, key: &'a dyn Display) -> Self {
        Self { row, table, key }
    }

    /// Says that a column cannot be read.
    pub(crate) fn unreadable(&self, column: &'static str, source: impl Into<Cause>) -> Fault {
        Fault::Unreadable { table: self.table, column, key: self.key.to_string(), source: source.into() }
    }

    /// Reads a column that PostgreSQL has a type for.
    pub(crate) fn value<T: Decode<'a, Postgres> + Type<Postgres>>(
        &self,
        column: &'static str,
    ) -> Result<T, Fault> {
        self.row.try_get(column).map_err(|error| self.unreadable(column, Failure::from(error)))
    }

    /// Reads a column that holds a number smaller than the column could hold.
    pub(crate) fn integer<T: TryFrom<i64, Error = TryFromIntError>>(
        &self,
        column: &'static str,
    ) -> Result<T, Fault> {
        T::try_from(self.value(column)?).map_err(|error| self.unreadable(column, error))
    }

    /// Reads a column that holds text.
    pub(crate) fn text(&self, column: &'static str) -> Result<&'a str, Fault> {
        self.value(column)
    }

    fn optional_text(&self, column: &'static str) -> Result<Option<&'a str>, Fault> {
        self.value(column)
    }

    /// Reads a column that holds JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Fault> {
        serde_json::from_str(self.text(column)?).map_err(|error| self.unreadable(column, redacted(&error)))
    }

    /// Reads a column that holds an id.
    pub(crate) fn id<T: FromStr<Err: Error + Send + Sync + 'static>>(
        &self,
        column: &'static str,
    ) -> Result<T, Fault> {
        self.text(column)?.parse().map_err(|error: T::Err| self.unreadable(column, error))
    }

    /// Reads a column that may hold an id.
    pub(crate) fn optional_id<T: FromStr<Err: Error + Send + Sync + 'static>>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Fault> {
        let text = self.optional_text(column)?;
        text.map(str::parse).transpose().map_err(|error: T::Err| self.unreadable(column, error))
    }

    /// Reads a column that holds the word of an enum, as serde writes it.
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Fault> {
        let word: StrDeserializer<'_, WordError> = self.text(column)?.into_deserializer();
        T::deserialize(word).map_err(|error| self.unreadable(column, error))
    }

    /// Reads what somebody wrote.
    pub(crate) fn text_of(&self, column: &'static str) -> Result<Text, Fault> {
        self.word(column)
    }

    /// Reads what somebody may have written.
    pub(crate) fn optional_text_of(&self, column: &'static str) -> Result<Option<Text>, Fault> {
        self.optional_text(column)?.map(|_| self.word(column)).transpose()
    }

    pub(crate) fn shared(&self, column: &'static str) -> Result<Arc<str>, Fault> {
        self.text(column).map(Arc::from)
    }

    fn platformed(&self, column: &'static str, text: &'a str) -> Result<(Platform, &'a str), Fault> {
        let split = text.split_once(':').and_then(|(word, name)| Some((Platform::parse(word)?, name)));
        split.ok_or_else(|| self.unreadable(column, "it names no platform"))
    }

    pub(crate) fn chat(&self, column: &'static str) -> Result<ChatRef, Fault> {
        let (platform, chat) = self.platformed(column, self.text(column)?)?;
        Ok(ChatRef::new(platform, chat))
    }

    pub(crate) fn account(&self, column: &'static str) -> Result<Identity, Fault> {
        let (platform, user) = self.platformed(column, self.text(column)?)?;
        Ok(Identity::new(platform, user))
    }

    pub(crate) fn handle(&self, column: &'static str) -> Result<Option<Handle>, Fault> {
        let Some(text) = self.optional_text(column)? else {
            return Ok(None);
        };
        let (platform, name) = self.platformed(column, text)?;
        Handle::parse(platform, name).map(Some).map_err(|error| self.unreadable(column, error))
    }

    pub(crate) fn instant(&self, column: &'static str) -> Result<Timestamp, Fault> {
        self.value(column).map(Timestamp::from_micros)
    }

    pub(crate) fn person(&self, column: &'static str) -> Result<PersonId, Fault> {
        self.integer(column).map(PersonId::new)
    }

    /// Reads who holds something, from the columns `person` and `handle`.
    pub(crate) fn grantee(&self) -> Result<Grantee, Fault> {
        let Some(text) = self.optional_text("handle")? else {
            return self.person("person").map(Grantee::Person);
        };
        let (platform, name) = self.platformed("handle", text)?;
        let circle = Circle::read(platform, name).map_err(|error| self.unreadable("handle", error))?;
        let handle = || Handle::parse(platform, name).map_err(|error| self.unreadable("handle", error));
        circle.map_or_else(|| handle().map(Grantee::Handle), |circle| Ok(Grantee::Circle(circle)))
    }

    /// Reads who did something, from the columns `actor` and `person`.
    pub(crate) fn by(&self) -> Result<By, Fault> {
        match self.text("actor")? {
            "person" => self.person("person").map(By::Person),
            "assistant" => Ok(By::Assistant),
            "system" => Ok(By::System),
            _ => Err(self.unreadable("actor", "it names no actor")),
        }
    }

    /// Checks that a journal has no gap, from the column `seq`.
    pub(crate) fn check_sequence(&self, before: usize) -> Result<(), Fault> {
        if usize::try_from(self.integer::<u32>("seq")?) == Ok(before + 1) {
            Ok(())
        } else {
            Err(self.unreadable("seq", "an event is missing before it"))
        }
    }

    /// Reads an incident, from the columns `state_json`, `year`, `seq` and `version`.
    pub(crate) fn filed(&self) -> Result<Filed, Fault> {
        let incident: Incident = self.json("state_json")?;
        if Version::new(self.integer("version")?) != incident.version {
            return Err(self.unreadable("version", "it is not the version of the state beside it"));
        }
        Ok(Filed { number: self.number()?, incident })
    }

    /// Reads the number of an incident, from the columns `year` and `seq`.
    pub(crate) fn number(&self) -> Result<Number, Fault> {
        Ok(Number { year: self.integer("year")?, seq: self.integer("seq")? })
    }
}

/// Keeps of a JSON error where it is and of which kind, not the value it may quote.
fn redacted(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => format!("JSON of another shape, line {line} column {column}"),
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => format!("broken JSON, line {line} column {column}"),
    }
}

/// Returns the word of an enum, as serde writes it.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, Fault> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => Err(Fault::Refused("a value that is stored as a word has none")),
    }
}

/// Returns the column `type` of a fact from its JSON, where serde puts the tag first.
pub(crate) fn tag(body: &str) -> Result<&str, Fault> {
    let tag = body.strip_prefix("{\"type\":\"").and_then(|rest| rest.split_once('"'));
    tag.map(|(tag, _)| tag).ok_or(Fault::Refused("a fact is not written with its type first"))
}

/// Returns the columns `actor` and `person` of who did something.
pub(crate) fn actor(by: By) -> (&'static str, Option<i64>) {
    match by {
        By::Person(person) => ("person", Some(person.get().into())),
        By::Assistant => ("assistant", None),
        By::System => ("system", None),
    }
}

/// Returns the columns `person` and `handle` of who holds something.
pub(crate) fn holder(grantee: &Grantee) -> (Option<i64>, Option<String>) {
    match grantee {
        Grantee::Person(person) => (Some(person.get().into()), None),
        Grantee::Handle(handle) => (None, Some(handle_text(handle))),
        Grantee::Circle(circle) => (None, Some(format!("{}:{}", circle.platform(), circle.stored()))),
    }
}

pub(crate) fn handle_text(handle: &Handle) -> String {
    format!("{}:{}", handle.platform(), handle.name())
}

pub(crate) fn account_text(identity: &Identity) -> String {
    format!("{}:{}", identity.platform, identity.user)
}
