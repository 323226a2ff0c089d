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
    /// What is not acknowledged, yet or ever: it may be stored, under any sequence that nothing
    /// else was acknowledged with.
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

    /// The next frame to publish.
    pub(crate) fn next(&mut self, size: usize) -> Next {
        let payload = self.payload(size);
        self.open.insert(digest(&payload));
        Next { subject: format!("room.{}", self.id), payload }
    }

    /// Keeps what became of it: its sequence, or none where nothing was heard.
    pub(crate) fn settle(&mut self, next: &Next, seq: Option<u64>) {
        let digest = digest(&next.payload);
        if let Some(seq) = seq {
            self.open.remove(&digest);
            self.keep(seq, digest);
        }
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

/// A frame on its way.
pub(crate) struct Next {
    subject: String,
    payload: Vec<u8>,
}

impl Next {
    /// Publishes it, and gives the sequence that it was acknowledged with.
    pub(crate) fn ask(&self, raw: &mut RawNats, bound: Duration) -> Option<u64> {
        let answer = raw.ask_bytes(&self.subject, &self.payload, bound)?;
        sequence(&answer.payload)
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
