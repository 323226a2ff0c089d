//! The single checks, each as a line of a report.

mod frames;
mod headers;
mod stream;

use serde_json::{Map, Value, json};

use crate::domain::audit::Few;
use crate::domain::{Edge, Fault, FaultKind, Gap, Slot, Window, format, record};

pub(super) use frames::{broken, clock, gaps, plaintext, repeats, unread, unreadable};
pub(super) use headers::said;
pub(super) use stream::{config, lost, no_messages, replicas, stream};

/// The first of a kind as lines, and how many more there are.
fn few<T>(few: &Few<T>, line: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = few.kept().iter().map(line).collect();
    if few.more() > 0 {
        lines.push(format!("and {} more", format::count(few.more())));
    }
    lines
}

/// The same for programs, with these fields besides.
fn items<T>(few: &Few<T>, item: impl Fn(&T) -> Value, besides: Value) -> Value {
    let items: Vec<Value> = few.kept().iter().map(item).collect();
    let mut fields = Map::new();
    fields.insert("count".into(), few.total().into());
    fields.insert("items".into(), items.into());
    fields.insert("more".into(), few.more().into());
    if let Value::Object(besides) = besides {
        fields.extend(besides);
    }
    Value::Object(fields)
}

/// A fault with what to do next. A command does not go on trying by itself.
pub(super) fn failure(fault: &Fault) -> String {
    match fault.kind {
        FaultKind::Disconnected => format!("{}; run it again once it is up", fault.text),
        _ => fault.to_string(),
    }
}

/// A gap as the same record as in `history --format jsonl`.
fn record(gap: &Gap) -> Value {
    let slot = Slot::from(gap.clone());
    serde_json::to_value(record::of(&slot)).unwrap_or_default()
}

fn records(gaps: &[Gap]) -> Vec<Value> {
    gaps.iter().map(record).collect()
}

fn range(window: Window) -> Value {
    json!({"start": window.start(), "end": window.end(), "count": window.len()})
}

fn edge(edge: Edge) -> Value {
    json!({"seq": edge.seq, "time": edge.time})
}
