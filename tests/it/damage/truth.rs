//! What was acknowledged, what was removed on purpose, and what the server still gives to a client
//! that shares no code with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::RawNats;
use crate::support::rooms::stream;

/// What the test itself did to a stream.
#[derive(Debug, Default, Clone)]
pub(super) struct Truth {
    /// The digests that were acknowledged under each sequence, the newest last.
    pub(super) acked: BTreeMap<u64, Vec<String>>,
    /// Removed by a request or by a rule of the stream.
    pub(super) removed: BTreeSet<u64>,
}

/// What became of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Acknowledged, and the server gives it.
    Kept,
    /// Acknowledged, not removed by anyone, and not given.
    Gone,
    /// Removed on purpose.
    Removed,
    /// No message ever had it.
    Never,
}

/// What the server says and gives at one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Server {
    /// The answer to STREAM.INFO with details; none where there is no stream or no answer.
    pub(super) info: Option<Value>,
    /// The digests of all that it gives.
    pub(super) held: BTreeMap<u64, String>,
}

pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Bytes like a ciphertext's, the same in every run and never twice in one room.
pub(super) fn ciphertext(room: &str, number: u64, size: usize) -> Vec<u8> {
    let block = |at: usize| Sha256::digest(format!("{room} {number} {at}"));
    (0..size.div_ceil(32)).flat_map(block).take(size).collect()
}

impl Truth {
    /// Publishes so many frames with acknowledgement. Gives how many were.
    pub(super) fn publish(&mut self, raw: &mut RawNats, id: &str, count: u64, size: usize) -> u64 {
        let before: u64 = self.acked.values().map(|all| all.len() as u64).sum();
        self.publish_from(raw, id, before, count, size)
    }

    /// The same with payloads of these numbers.
    pub(super) fn publish_from(
        &mut self,
        raw: &mut RawNats,
        id: &str,
        first: u64,
        count: u64,
        size: usize,
    ) -> u64 {
        let payloads: Vec<_> =
            (first..first + count).map(|number| ciphertext(id, number, size)).collect();
        let answers = raw.ask_all(&format!("room.{id}"), &payloads);
        let mut acknowledged = 0;
        for (payload, answer) in payloads.iter().zip(answers) {
            let ack: Value = serde_json::from_slice(&answer.payload).unwrap_or_default();
            // A refusal comes with the sequence 0.
            if let Some(seq) = ack["seq"].as_u64().filter(|_| ack.get("error").is_none()) {
                self.acked.entry(seq).or_default().push(digest(payload));
                self.removed.remove(&seq);
                acknowledged += 1;
            }
        }
        acknowledged
    }

    pub(super) fn last(&self) -> u64 {
        self.acked.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    /// What became of a sequence, by what the server gives.
    pub(super) fn fate(&self, server: &Server, seq: u64) -> Fate {
        match (self.acked.get(&seq), server.held.get(&seq)) {
            (_, Some(_)) => Fate::Kept,
            (None, None) => Fate::Never,
            (Some(_), None) if self.removed.contains(&seq) => Fate::Removed,
            (Some(_), None) => Fate::Gone,
        }
    }

    /// The sequences of one fate.
    pub(super) fn all(&self, server: &Server, fate: Fate) -> Vec<u64> {
        let last = self.last().max(server.number("last_seq"));
        (1..=last).filter(|seq| self.fate(server, *seq) == fate).collect()
    }

    /// Sequences that were acknowledged twice: the earlier frame is gone, and nothing shows it.
    pub(super) fn given_out_again(&self) -> Vec<u64> {
        self.acked.iter().filter(|(_, all)| all.len() > 1).map(|(seq, _)| *seq).collect()
    }

    /// What the server gives that nobody published.
    pub(super) fn strange(&self, server: &Server) -> Vec<u64> {
        let known = |seq: &u64, digest: &String| {
            self.acked.get(seq).is_some_and(|all| all.contains(digest))
        };
        let strange = server.held.iter().filter(|(seq, digest)| !known(seq, digest));
        strange.map(|(seq, _)| *seq).collect()
    }
}

impl Server {
    /// Asks for everything up to a sequence, one by one.
    pub(super) fn look(raw: &mut RawNats, id: &str, upto: u64) -> Self {
        let name = stream(id);
        let subject = format!("$JS.API.STREAM.INFO.{}", name.as_str());
        let body = json!({"deleted_details": true});
        let answer = raw.ask(&subject, &body, Duration::from_secs(5));
        let info: Option<Value> =
            answer.and_then(|answer| serde_json::from_slice(&answer.payload).ok());
        let info = info.filter(|info| info.get("error").is_none());
        let mut server = Self { info, held: BTreeMap::new() };
        if server.info.is_none() {
            return server;
        }
        let last = upto.max(server.number("last_seq"));
        let bodies: Vec<_> =
            (1..=last).map(|seq| json!({"seq": seq}).to_string().into_bytes()).collect();
        let subject = format!("$JS.API.STREAM.MSG.GET.{}", name.as_str());
        for (seq, answer) in (1..=last).zip(raw.ask_all(&subject, &bodies)) {
            let answer: Value = serde_json::from_slice(&answer.payload).unwrap_or_default();
            if let Some(message) = answer.get("message") {
                let data = message["data"].as_str().unwrap_or_default();
                server.held.insert(seq, digest(&STANDARD.decode(data).unwrap()));
            }
        }
        // Reading may be what makes a server notice, so what counts is what it says afterwards.
        let answer = raw.ask(&subject.replace("MSG.GET", "INFO"), &body, Duration::from_secs(5));
        let info: Option<Value> =
            answer.and_then(|answer| serde_json::from_slice(&answer.payload).ok());
        server.info = info.filter(|info| info.get("error").is_none());
        server
    }

    pub(super) fn number(&self, field: &str) -> u64 {
        self.info.as_ref().and_then(|info| info["state"][field].as_u64()).unwrap_or_default()
    }

    pub(super) fn deleted(&self) -> BTreeSet<u64> {
        let listed = self.info.as_ref().and_then(|info| info["state"]["deleted"].as_array());
        listed.into_iter().flatten().filter_map(Value::as_u64).collect()
    }

    /// What it reports as lost: which, where it says so, and how many bytes.
    pub(super) fn lost(&self) -> Option<(BTreeSet<u64>, u64)> {
        let lost = self.info.as_ref()?["state"].get("lost").filter(|lost| !lost.is_null())?;
        let named = lost["msgs"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        Some((named.collect(), lost["bytes"].as_u64().unwrap_or_default()))
    }
}
