//! Rooms to the text of a rooms file.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::Room;

/// The text of a rooms file with these rooms, in JSON when the path says so and in TOML
/// otherwise. Rooms without a subject are left out: the file could not say anything of them.
pub fn render(path: &Path, rooms: &[&Room]) -> String {
    let entries: Vec<Value> = rooms.iter().filter_map(|room| entry(room)).collect();
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
        return format!("{:#}\n", json!({ "rooms": entries }));
    }
    let mut text = String::new();
    for entry in &entries {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str("[[rooms]]\n");
        for (key, value) in entry.as_object().into_iter().flatten() {
            // Strings, booleans, numbers and lists of strings are written alike in both formats:
            // JSON's escapes are among TOML's.
            let _ = writeln!(text, "{key} = {value}");
        }
    }
    text
}

fn entry(room: &Room) -> Option<Value> {
    let mut entry = json!({
        "id": room.id.as_str(),
        "subject": room.subject.as_ref()?.as_str(),
        "persist": room.persist.unwrap_or(true),
        "replicas": room.replicas.unwrap_or(1),
        "encrypted": room.encrypted,
    });
    if let Some(table) = entry.as_object_mut() {
        if let Some(name) = &room.name {
            table.insert("name".into(), json!(name));
        }
        if let Some(count) = room.accept_missing {
            table.insert("accept_missing".into(), json!(count));
        }
        if !room.members.is_empty() {
            table.insert("members".into(), json!(room.members));
        }
    }
    Some(entry)
}
