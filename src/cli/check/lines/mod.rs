//! The single checks, each as a line of a report.

mod frames;
mod stream;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::domain::audit::Few;
use crate::domain::{Edge, Window, format};

pub(super) use frames::{broken, clock, gaps, plaintext, repeats, unread};
pub(super) use stream::{config, lost, no_messages, replicas, stream};

/// `1 frame`, `1,204 frames`.
fn counted(n: u64, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {what}{s}", format::count(n))
}

/// A time to the second, in UTC.
pub(super) fn time(time: Timestamp) -> String {
    format!("{}Z", format::date_clock(time, &TimeZone::UTC))
}

/// The first of a kind as lines, and how many more there are.
fn few<T>(few: &Few<T>, line: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = few.kept().iter().map(line).collect();
    if few.more() > 0 {
        lines.push(format!("and {} more", format::count(few.more())));
    }
    lines
}

/// The same for programs.
fn items<T>(few: &Few<T>, item: impl Fn(&T) -> Value) -> Value {
    let items: Vec<Value> = few.kept().iter().map(item).collect();
    json!({"count": few.total(), "items": items, "more": few.more()})
}

fn range(window: Window) -> Value {
    json!({"start": window.start(), "end": window.end(), "count": window.len()})
}

fn edge(edge: Edge) -> Value {
    json!({"seq": edge.seq, "time": edge.time})
}
