//! The account of a bundle: what its records add up to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::{Window, format};

use super::line::Fact;

/// Gaps and unread runs that the manifest repeats; all of them are in the records.
const LISTED: usize = 1_000;

/// Causes told apart. The program writes six; a hostile bundle is not given more memory.
const CAUSES: usize = 16;

/// Sequences by what they hold: `sequences = frames + missing + unreadable + unread`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) sequences: u64,
    /// Sequences that hold a frame.
    pub(super) frames: u64,
    pub(super) missing: u64,
    /// Sequences that the server counts as stored and does not give.
    #[serde(default)]
    pub(super) unreadable: u64,
    /// Sequences that could not be read.
    pub(super) unread: u64,
    /// Bytes of payload.
    pub(super) bytes: u64,
    /// Sequences in gaps, by cause.
    pub(super) missing_by_cause: BTreeMap<String, u64>,
}

impl Tally {
    /// Takes a record in. Sums saturate: a hostile bundle may claim anything.
    pub(super) fn add(&mut self, range: Window, fact: Fact<'_>) {
        let count = range.len();
        let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        add(&mut self.sequences, count);
        match fact {
            Fact::Frame { size, .. } => {
                add(&mut self.frames, 1);
                add(&mut self.bytes, size);
            }
            Fact::Gap { cause } => {
                add(&mut self.missing, count);
                let causes = &mut self.missing_by_cause;
                if causes.len() < CAUSES || causes.contains_key(cause) {
                    add(causes.entry(cause.to_owned()).or_default(), count);
                }
            }
            Fact::Unreadable => add(&mut self.unreadable, count),
            Fact::Unread => add(&mut self.unread, count),
        }
    }
}

impl Tally {
    /// How many are unreadable, before what is said of those that were not read; empty for none.
    pub(super) fn unreadable_words(&self) -> String {
        match self.unreadable {
            0 => String::new(),
            n => format!("{} unreadable, ", format::count(n)),
        }
    }
}

/// The first gaps and unread runs, as their records say.
#[derive(Debug, Clone, Default)]
pub(super) struct Holes {
    /// The records, at most 1,000.
    pub(super) listed: Vec<Box<RawValue>>,
    /// How many more there are.
    pub(super) more: u64,
}

impl Holes {
    /// Takes a record's line in; its seal is left out.
    pub(super) fn add(&mut self, line: &str) {
        let Some((record, _)) = line.rsplit_once(",\"check\":") else { return };
        if self.listed.len() >= LISTED {
            self.more += 1;
        } else if let Ok(value) = RawValue::from_string(format!("{record}}}")) {
            self.listed.push(value);
        }
    }
}
