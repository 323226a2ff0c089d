//! A publisher that keeps what was acknowledged: which bytes are stored under which sequence, by
//! the word that the server gave for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::RawNats;

/// A payload's SHA-256.
pub(crate) type Digest32 = [u8; 32];

/// Publishes under way at once when a room is filled.
const AHEAD: usize = 2_000;

/// What was published to one room.
#[derive(Debug, Clone)]
pub(crate) struct Acknowledged {
    id: String,
    /// By sequence.
    pub(crate) stored: BTreeMap<u64, Digest32>,
    /// What was published and never acknowledged: it may be stored, under any sequence above all
    /// that were acknowledged before it.
    pub(crate) open: BTreeSet<Digest32>,
    published: u64,
}

impl Acknowledged {
    /// Nothing yet of a room on subject `room.<id>`.
    pub(crate) fn of(id: &str) -> Self {
        Self { id: id.to_owned(), stored: BTreeMap::new(), open: BTreeSet::new(), published: 0 }
    }

    /// Fills the room with so many frames of `size` bytes, many at a time.
    ///
    /// # Panics
    /// When one of them is not acknowledged.
    pub(crate) fn fill(&mut self, raw: &mut RawNats, count: u64, size: usize) {
        let payloads: Vec<_> = (0..count).map(|_| self.payload(size)).collect();
        let answers = raw.ask_many(&format!("room.{}", self.id), &payloads, AHEAD);
        for (payload, answer) in payloads.iter().zip(answers) {
            let seq = sequence(&answer.payload).expect("an acknowledgement");
            self.keep(seq, digest(payload));
        }
    }

    /// Publishes one frame, and waits for its acknowledgement; whether it came.
    pub(crate) fn publish(&mut self, raw: &mut RawNats, size: usize, bound: Duration) -> bool {
        let payload = self.payload(size);
        let digest = digest(&payload);
        let answer = raw.ask_bytes(&format!("room.{}", self.id), &payload, bound);
        let seq = answer.and_then(|answer| sequence(&answer.payload));
        match seq {
            Some(seq) => self.keep(seq, digest),
            None => drop(self.open.insert(digest)),
        }
        seq.is_some()
    }

    /// Whether a sequence may hold a payload of this digest.
    pub(crate) fn may_be(&self, seq: u64, digest: &Digest32) -> bool {
        match self.stored.get(&seq) {
            Some(stored) => stored == digest,
            None => self.open.contains(digest),
        }
    }

    /// The highest sequence that was acknowledged.
    pub(crate) fn last(&self) -> u64 {
        self.stored.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    fn keep(&mut self, seq: u64, digest: Digest32) {
        let before = self.stored.insert(seq, digest);
        assert!(before.is_none(), "sequence {seq} was acknowledged twice");
    }

    /// Bytes like a ciphertext's, never twice in one room.
    fn payload(&mut self, size: usize) -> Vec<u8> {
        self.published += 1;
        let block = |at: usize| Sha256::digest(format!("{} {} {at}", self.id, self.published));
        (0..size.div_ceil(32)).flat_map(block).take(size).collect()
    }
}

pub(crate) fn digest(bytes: &[u8]) -> Digest32 {
    Sha256::digest(bytes).into()
}

/// The sequence of an acknowledgement; none in a refusal.
fn sequence(answer: &[u8]) -> Option<u64> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    answer["seq"].as_u64().filter(|_| answer.get("error").is_none())
}
