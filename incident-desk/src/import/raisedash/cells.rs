//! Rows whose columns may be there or not, and hold what they should or not.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ToSql};
use serde_json::Value;

/// A row: what stands in it that is not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cells(BTreeMap<String, Cell>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Number(i64),
    Text(String),
}

impl Cells {
    /// Returns a text that is not blank; numbers are written out.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        let text = match self.0.get(column)? {
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => text.clone(),
        };
        (!text.trim().is_empty()).then_some(text)
    }

    /// Returns a whole number, also if it is kept as a text.
    pub(super) fn number(&self, column: &str) -> Option<i64> {
        match self.0.get(column)? {
            Cell::Number(number) => Some(*number),
            Cell::Text(text) => text.trim().parse().ok(),
        }
    }

    fn list(&self, column: &str) -> Vec<Value> {
        let list = self.text(column).and_then(|text| serde_json::from_str(&text).ok());
        list.unwrap_or_default()
    }

    /// Tells whether a column should hold a list and does not.
    pub(super) fn is_no_list(&self, column: &str) -> bool {
        self.text(column).is_some_and(|text| serde_json::from_str::<Vec<Value>>(&text).is_err())
    }

    /// Returns the whole numbers of a list.
    pub(super) fn numbers(&self, column: &str) -> BTreeSet<i64> {
        let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        self.list(column).iter().filter_map(number).collect()
    }

    /// Returns the texts of a list.
    pub(super) fn texts(&self, column: &str) -> BTreeSet<String> {
        self.list(column).iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Returns a field of an object.
    pub(super) fn field(&self, column: &str, field: &str) -> Option<Value> {
        let object: Value = serde_json::from_str(&self.text(column)?).ok()?;
        object.get(field).cloned()
    }
}

/// Reads rows as they are.
pub(super) fn read(db: &Connection, sql: &str, keys: &[&dyn ToSql]) -> rusqlite::Result<Vec<Cells>> {
    let mut select = db.prepare_cached(sql)?;
    let names: Vec<String> = select.column_names().map(str::to_owned).collect();
    let mut rows = select.query(keys)?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            if let Some(cell) = cell(row.get_ref(index)?) {
                cells.insert(name.clone(), cell);
            }
        }
        read.push(Cells(cells));
    }
    Ok(read)
}

fn cell(value: ValueRef<'_>) -> Option<Cell> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(Cell::Number(number)),
        ValueRef::Real(number) => Some(Cell::Text(number.to_string())),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(Cell::Text(String::from_utf8_lossy(bytes).into_owned()))
        }
    }
}
