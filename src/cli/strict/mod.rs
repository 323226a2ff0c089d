//! Files that people write, read strictly: a slip is named, with the fix, and never passed over.
//!
//! An error is the end of a line that begins with the file's name: the key, what is wrong with
//! it, and what to write instead.

mod nearest;
mod read;

use serde_json::{Map, Value};

use crate::domain::escape;

pub(super) use nearest::nearest;
pub(super) use read::{toml, value};

/// Slips within which a word of a file is taken for another.
pub(super) const SLIPS: usize = 2;

/// A table's entries.
pub(super) type Table = Map<String, Value>;

/// Refuses keys that are not known.
pub(super) fn only(table: &Table, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(unknown(key, known)),
        None => Ok(()),
    }
}

/// What is said of a key that is not known.
pub(super) fn unknown(key: &str, known: &[&str]) -> String {
    let shown = short(key);
    match nearest(key, known.iter().copied(), SLIPS) {
        Some(meant) => format!("{shown}: unknown key; did you mean {meant}?"),
        None => format!("{shown}: unknown key; there are {}", known.join(", ")),
    }
}

/// A string of a table.
pub(super) fn text<'a>(table: &'a Table, key: &str) -> Result<Option<&'a str>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong(key, other, "a string, as in \"ops\"")),
    }
}

/// A true or false of a table.
pub(super) fn flag(table: &Table, key: &str) -> Result<Option<bool>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(wrong(key, other, "true or false, without quotes")),
    }
}

/// What is said of a value of the wrong type.
pub(super) fn wrong(key: &str, found: &Value, wanted: &str) -> String {
    format!("{key}: {} will not do; write {wanted}", kind(found))
}

/// A type in words.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

/// Text of the file as it may be shown: escaped, and not too long.
pub(super) fn short(text: &str) -> String {
    let shown = escape::text(text);
    if shown.chars().count() > 40 {
        format!("{}…", shown.chars().take(40).collect::<String>())
    } else {
        shown.into_owned()
    }
}
