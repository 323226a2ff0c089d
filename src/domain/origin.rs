//! Where a stream that copies others takes its messages from: the one that it mirrors, or those
//! that it sources from.

use jiff::Timestamp;

/// A stream that is copied, as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Its name, escaped.
    pub name: String,
    /// Subjects that are let through, escaped; all where there is none.
    pub filters: Vec<String>,
    /// The sequence of the origin that the copy begins with, where that is set.
    pub start_seq: Option<u64>,
    /// The time that it begins with, where that is set.
    pub start_time: Option<Timestamp>,
    /// The API of another account or domain that it is copied from, escaped.
    pub external: Option<String>,
}

/// How far a copy is, as its leader told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behind {
    /// The origin's name, escaped.
    pub name: String,
    /// Messages behind, as of when the origin was heard of last. It is 0 too where it never was.
    pub lag: u64,
    /// Nanoseconds since the origin was heard of; `None` where it never was since this leader
    /// began to copy.
    pub active: Option<u64>,
    /// What keeps it from being copied, escaped. A missing origin shows here; one that was
    /// deleted later may not (tried on server 2.15.1).
    pub error: Option<String>,
}

impl Origin {
    /// Which one, and what part of it: `ORDERS, only orders.eu, from sequence 20 on`.
    pub fn words(&self) -> String {
        let mut words = self.name.clone();
        if !self.filters.is_empty() {
            words.push_str(&format!(", only {}", self.filters.join(" and ")));
        }
        if let Some(seq) = self.start_seq {
            words.push_str(&format!(", from sequence {} on", super::format::count(seq)));
        }
        if let Some(time) = self.start_time {
            words.push_str(&format!(", from {time} on"));
        }
        if let Some(api) = &self.external {
            words.push_str(&format!(", by the API {api}"));
        }
        words
    }

    /// Whether some of the origin's messages are never copied.
    pub fn is_partial(&self) -> bool {
        !self.filters.is_empty() || self.start_seq.is_some() || self.start_time.is_some()
    }
}
