//! The rooms file: what the control plane knows of the rooms, in TOML or JSON.
//!
//! Strict: a slip in it would have a stream created wrongly. Each error is one line that names
//! the file, the entry, the key and the fix.

mod entry;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashMap;
use std::fmt::Display;
use std::path::Path;

use serde_json::Value;

use crate::domain::{Room, RoomId, Subject, escape};

use super::strict;

pub use write::render;

/// Keys of the file itself.
const TOP: &[&str] = &["rooms"];

/// Reads a rooms file.
///
/// # Errors
/// One line: the first thing wrong with it, and how many more entries have errors.
pub fn load(path: &Path) -> Result<Vec<Room>, String> {
    let shown = escape::text(&path.display().to_string()).into_owned();
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => format!("{shown}: not UTF-8; save it as UTF-8"),
        _ => format!("{shown}: {error}; give a readable file with --rooms"),
    })?;
    let value = strict::value(path, &text).map_err(|error| format!("{shown}{error}"))?;
    rooms(&value).map_err(|error| format!("{shown}: {error}"))
}

fn rooms(value: &Value) -> Result<Vec<Room>, String> {
    let entries = match value {
        Value::Array(entries) => entries,
        Value::Object(table) => {
            strict::only(table, TOP)?;
            match table.get("rooms") {
                Some(Value::Array(entries)) => entries,
                Some(_) => return Err("rooms: not a list; write a [[rooms]] table a room".into()),
                None => return Err("no rooms; write a [[rooms]] table a room".into()),
            }
        }
        _ => return Err("not a list of rooms; write {\"rooms\": [{\"id\": \"…\"}]}".into()),
    };
    let mut seen = Seen::default();
    let mut rooms = Vec::with_capacity(entries.len());
    let (mut first, mut more) = (None, 0);
    for (index, entry) in entries.iter().enumerate() {
        let name = Name { number: index + 1, id: entry.get("id").and_then(Value::as_str) };
        let checked = entry::room(entry)
            .and_then(|room| seen.check(&room, index + 1).map(|()| rooms.push(room)));
        match checked {
            Err(error) if first.is_none() => first = Some(format!("{name}: {error}")),
            Err(_) => more += 1,
            Ok(()) => {}
        }
    }
    match (first, more) {
        (None, _) => Ok(rooms),
        (Some(error), 0) => Err(error),
        (Some(error), 1) => Err(format!("{error} (1 more entry has an error)")),
        (Some(error), more) => Err(format!("{error} ({more} more entries have errors)")),
    }
}

/// What makes two entries one: an id names a stream, and only one stream can capture a subject.
#[derive(Default)]
struct Seen {
    ids: HashMap<RoomId, usize>,
    subjects: HashMap<Subject, usize>,
}

impl Seen {
    fn check(&mut self, room: &Room, number: usize) -> Result<(), String> {
        if let Some(first) = self.ids.insert(room.id.clone(), number) {
            return Err(format!("id: room {first} has it too; remove one of the two"));
        }
        if let Some(subject) = &room.subject
            && let Some(first) = self.subjects.insert(subject.clone(), number)
        {
            return Err(format!(
                "subject: '{subject}' is that of room {first} too, and only one stream can \
                 capture it; correct one of the two"
            ));
        }
        Ok(())
    }
}

/// How an entry is named in an error: `room 2 ('ops')`.
struct Name<'a> {
    number: usize,
    id: Option<&'a str>,
}

impl Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "room {}", self.number)?;
        match self.id {
            Some(id) => write!(f, " ('{}')", strict::short(id)),
            None => Ok(()),
        }
    }
}
