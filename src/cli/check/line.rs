//! One check of a report, and what the checks say alike.

use serde_json::{Map, Value, json};

use crate::domain::audit::Few;
use crate::domain::{Edge, Fault, FaultKind, Gap, Slot, Window, format, record};

/// How one check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Ok,
    Note,
    Wrong,
    /// It could not be made, or not to its end.
    Unchecked,
}

impl Standing {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "WRONG",
            Self::Unchecked => "UNCHECKED",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) check: &'static str,
    pub(super) standing: Standing,
    pub(super) summary: String,
    pub(super) details: Vec<String>,
    /// The same for programs: fields beside the others of the check.
    pub(super) data: Map<String, Value>,
}

impl Line {
    pub(super) fn new(check: &'static str, standing: Standing, summary: impl Into<String>) -> Self {
        let (summary, details) = (summary.into(), Vec::new());
        Self { check, standing, summary, details, data: Map::new() }
    }

    pub(super) fn details(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }

    pub(super) fn data(mut self, data: Value) -> Self {
        if let Value::Object(data) = data {
            self.data.extend(data);
        }
        self
    }

    /// With the first of a kind as lines, and how many more there are.
    pub(super) fn few<T>(self, few: &Few<T>, line: impl Fn(&T) -> String) -> Self {
        let more = (few.more() > 0).then(|| format!("and {} more", format::count(few.more())));
        self.details(few.kept().iter().map(line).chain(more))
    }

    /// With the first of a kind as fields.
    pub(super) fn items<T>(self, few: &Few<T>, item: impl Fn(&T) -> Value) -> Self {
        self.data(items(few, item))
    }
}

/// The first of a kind for programs, and how many more there are.
pub(super) fn items<T>(few: &Few<T>, item: impl Fn(&T) -> Value) -> Value {
    let items: Vec<Value> = few.kept().iter().map(item).collect();
    json!({"count": few.total(), "items": items, "more": few.more()})
}

/// A fault with what to do next. A command does not go on trying by itself.
pub(super) fn failure(fault: &Fault) -> String {
    match fault.kind {
        FaultKind::Disconnected => format!("{}; run it again once it is up", fault.text),
        _ => fault.to_string(),
    }
}

/// A gap as the same record as in `history --format jsonl`.
pub(super) fn record(gap: &Gap) -> Value {
    let slot = Slot::from(gap.clone());
    serde_json::to_value(record::of(&slot)).unwrap_or_default()
}

pub(super) fn range(window: Window) -> Value {
    json!({"start": window.start(), "end": window.end(), "count": window.len()})
}

pub(super) fn edge(edge: Edge) -> Value {
    json!({"seq": edge.seq, "time": edge.time})
}
