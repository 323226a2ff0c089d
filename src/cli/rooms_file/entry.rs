//! One room of the file.

use serde_json::{Map, Value};

use super::{short, unknown};
use crate::domain::room::KnownFrom;
use crate::domain::{Room, RoomId, Subject};

/// Keys of a room.
const KEYS: &[&str] = &["id", "subject", "persist", "replicas", "name", "encrypted", "members"];

/// The room of an entry.
///
/// # Errors
/// The key, what is wrong with it, and the fix.
pub(super) fn room(entry: &Value) -> Result<Room, String> {
    let Value::Object(table) = entry else {
        return Err(format!("{} is not a room; write a table with id and subject", kind(entry)));
    };
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(unknown(key, KEYS));
    }
    let id = text(table, "id")?.ok_or("id: missing; write id = \"…\"")?;
    let id = RoomId::new(id).map_err(|bad| format!("id: {bad}; correct it"))?;
    let subject = text(table, "subject")?.ok_or("subject: missing; write subject = \"…\"")?;
    let subject = subject_of_a_room(subject)?;
    let known_from = KnownFrom { file: true, ..KnownFrom::default() };
    Ok(Room {
        subject: Some(subject),
        persist: Some(flag(table, "persist")?.unwrap_or(true)),
        replicas: Some(replicas(table)?),
        name: text(table, "name")?.map(str::to_owned),
        encrypted: flag(table, "encrypted")?.unwrap_or(true),
        members: members(table)?,
        ..Room::bare(id, known_from)
    })
}

/// A room publishes on one subject. A wildcard would have its stream capture other rooms too.
fn subject_of_a_room(subject: &str) -> Result<Subject, String> {
    let subject = Subject::new(subject).map_err(|bad| format!("subject: {bad}; correct it"))?;
    if subject.as_str().split('.').any(|t| t == "*" || t == ">") {
        return Err(format!(
            "subject: '{}' has a wildcard, and a room has one subject of its own; write that",
            short(subject.as_str())
        ));
    }
    Ok(subject)
}

/// Copies to keep; 0 and negative numbers are 1, as the contract has it.
fn replicas(table: &Map<String, Value>) -> Result<u32, String> {
    match table.get("replicas") {
        None => Ok(1),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => {
            let number = number.as_i64().unwrap_or(i64::MAX).max(1);
            u32::try_from(number).ok().filter(|&number| number <= 5).ok_or_else(|| {
                format!("replicas: {number} is too many; a stream has at most 5 copies")
            })
        }
        Some(other) => Err(wrong("replicas", other, "a whole number, as in 3")),
    }
}

fn members(table: &Map<String, Value>) -> Result<Vec<String>, String> {
    const WANTED: &str = "a list of strings, as in [\"UABC…\"]";
    match table.get("members") {
        None => Ok(Vec::new()),
        Some(Value::Array(members)) => members
            .iter()
            .map(|member| match member {
                Value::String(member) => Ok(member.clone()),
                other => Err(format!(
                    "members: {} in the list is not a string; write {WANTED}",
                    kind(other)
                )),
            })
            .collect(),
        Some(other) => Err(wrong("members", other, WANTED)),
    }
}

fn text<'a>(table: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong(key, other, "a string, as in \"ops\"")),
    }
}

fn flag(table: &Map<String, Value>, key: &str) -> Result<Option<bool>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(wrong(key, other, "true or false, without quotes")),
    }
}

fn wrong(key: &str, found: &Value, wanted: &str) -> String {
    format!("{key}: {} will not do; write {wanted}", kind(found))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}
