//! One room of the file.

use serde_json::{Map, Value};

use super::super::strict::{flag, kind, only, short, text, wrong};
use crate::domain::room::KnownFrom;
use crate::domain::{Room, RoomId, Subject};

/// Keys of a room.
const KEYS: &[&str] =
    &["id", "subject", "persist", "replicas", "name", "encrypted", "members", "accept_missing"];

/// The room of an entry.
///
/// # Errors
/// The key, what is wrong with it, and the fix.
pub(super) fn room(entry: &Value) -> Result<Room, String> {
    let Value::Object(table) = entry else {
        return Err(format!("{} is not a room; write a table with id and subject", kind(entry)));
    };
    only(table, KEYS)?;
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
        accept_missing: accept_missing(table)?,
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

fn accept_missing(table: &Map<String, Value>) -> Result<Option<u64>, String> {
    match table.get("accept_missing") {
        None => Ok(None),
        Some(value) => match value.as_u64() {
            Some(count) => Ok(Some(count)),
            None => Err(wrong("accept_missing", value, "a whole number of sequences, as in 12")),
        },
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
