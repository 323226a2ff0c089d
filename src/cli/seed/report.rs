//! What was made, as a table. Its numbers are the server's own.

use std::fmt;

use crate::domain::format::count;
use crate::domain::{StreamInfo, escape};
use crate::store::embedded::{Condition, DemoRoom, Step};

#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<[String; 4]>,
}

impl Report {
    /// Adds a room; `info` is its stream as the server reports it now.
    pub(super) fn add(&mut self, room: &DemoRoom, info: Option<&StreamInfo>, left_out: u64) {
        let [frames, deleted] = match info {
            Some(info) => {
                let gone = info.state.num_deleted + info.state.before_first();
                [count(info.state.messages), count(gone)]
            }
            None => ["-".into(), "-".into()],
        };
        let id = escape::text(room.room.id.as_str()).into_owned();
        self.rows.push([id, frames, deleted, notes(room, left_out)]);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["room", "frames", "removed", "note"].map(String::from);
        let rows = || std::iter::once(&heads).chain(&self.rows);
        let width = |pick: fn(&[String; 4]) -> &String| {
            rows().map(|row| pick(row).chars().count()).max().unwrap_or(0)
        };
        let (a, b, c) = (width(|r| &r[0]), width(|r| &r[1]), width(|r| &r[2]));
        for [room, frames, deleted, note] in rows() {
            writeln!(f, "{room:a$}  {frames:>b$}  {deleted:>c$}  {note}")?;
        }
        Ok(())
    }
}

/// Whether a rooms file can name the room: some are only to be discovered, and a wildcard is no
/// room's subject.
pub(super) fn is_in_file(room: &DemoRoom) -> bool {
    room.in_rooms_file && !has_wildcard(room)
}

fn has_wildcard(room: &DemoRoom) -> bool {
    let subject = room.room.subject.as_ref();
    subject.is_some_and(|s| s.as_str().split('.').any(|token| token == "*" || token == ">"))
}

fn notes(room: &DemoRoom, left_out: u64) -> String {
    let mut notes = Vec::new();
    match &room.stream {
        None if room.room.persist == Some(false) => notes.push("not persisted: no stream".into()),
        None => notes.push("no stream: opening the room makes it".into()),
        Some(script) => {
            let ill = script.condition != Condition::default();
            if ill || script.refused.is_some() || script.unanswered.is_some() {
                notes.push("can be read here, though not in the demo".into());
            }
            if script.steps.iter().any(|step| matches!(step, Step::KeepArriving { .. })) {
                notes.push("no frames keep arriving here".into());
            }
        }
    }
    if !is_in_file(room) {
        notes.push("in no rooms file: found by its stream".into());
    }
    if left_out > 0 {
        notes.push(format!(
            "{} left out: their headers cannot be sent by a well-behaved client",
            count(left_out)
        ));
    }
    notes.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::embedded;

    #[test]
    fn the_table_is_aligned_and_tells_what_differs_from_the_demo() {
        let mut report = Report::default();
        for room in embedded::rooms() {
            report.add(&room, None, u64::from(room.room.encrypted));
        }
        let table = report.to_string();
        let line = |id: &str| table.lines().find(|line| line.starts_with(id)).unwrap().to_owned();
        assert!(line("pager").contains("no frames keep arriving here"));
        assert!(line("legacy-ops").contains("in no rooms file"));
        assert!(line("free-for-all").contains("in no rooms file"));
        assert!(line("hallway").contains("not persisted"));
        assert!(line("design-review").contains("opening the room makes it"));
        let column = line("room").find("note").unwrap();
        assert_eq!(line("hallway").find("not persisted"), Some(column));
    }
}
