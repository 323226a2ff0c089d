//! Files that people write, read strictly: a slip is named, with the fix, and never passed over.
//!
//! An error is the end of a line that begins with the file's name: the key, what is wrong with
//! it, and what to write instead.

use std::path::Path;

use serde_json::{Map, Value};
use strsim::damerau_levenshtein;

use crate::domain::escape;

/// Slips within which a word of a file is taken for another.
pub(super) const SLIPS: usize = 2;

pub(super) type Table = Map<String, Value>;

/// Refuses keys that are not known.
pub(super) fn only(table: &Table, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(unknown(key, known)),
        None => Ok(()),
    }
}

pub(super) fn unknown(key: &str, known: &[&str]) -> String {
    let shown = short(key);
    match nearest(key, known.iter().copied(), SLIPS) {
        Some(meant) => format!("{shown}: unknown key; did you mean {meant}?"),
        None => format!("{shown}: unknown key; there are {}", known.join(", ")),
    }
}

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

/// The nearest of `known`, by at most so many slips of the finger: a letter too many, too few,
/// wrong, or two that changed places.
pub(super) fn nearest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    slips: usize,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|known| (damerau_levenshtein(&word, &known.to_lowercase()), known))
        .filter(|&(distance, known)| distance <= slips && distance < known.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, known)| known)
}

/// The content as a value: by the file's extension, else by its first character.
///
/// # Errors
/// `:line:column: what; fix`, to follow the file's name.
pub(super) fn value(path: &Path, text: &str) -> Result<Value, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let extension =
        path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("json") => json(text),
        Some("toml") => toml(text),
        _ if text.trim_start().starts_with('{') => json(text),
        // A TOML file may begin with a table's name in brackets; a JSON list of rooms goes on
        // with a brace.
        _ if text
            .trim_start()
            .strip_prefix('[')
            .is_some_and(|rest| rest.trim_start().starts_with(['{', ']'])) =>
        {
            json(text)
        }
        _ => toml(text),
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // serde_json ends its message with the place, which is said already.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        format!(":{line}:{column}: not JSON: {}; correct it", short(message))
    })
}

/// A TOML document as a value.
///
/// # Errors
/// `:line:column: what; fix`, to follow the file's name.
pub(super) fn toml(text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        let place = error.span().map_or(String::new(), |span| {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            format!(":{line}:{column}")
        });
        format!("{place}: not TOML: {}; correct it", escape::text(&message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_off_is_not_near() {
        let known = ["id", "subject", "persist"];
        assert_eq!(nearest("Subjects", known, 2), Some("subject"));
        assert_eq!(nearest("presist", known, 1), Some("persist"));
        assert_eq!(nearest("ix", known, 2), Some("id"));
        assert_eq!(nearest("xy", known, 2), None);
        assert_eq!(nearest("colour", known, 2), None);
    }
}
