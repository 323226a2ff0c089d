//! The state of a stream in the API's answers, and what it reports of damage.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::{ListFlaw, Lost, StreamState};

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct WireState {
    messages: u64,
    bytes: u64,
    first_seq: u64,
    last_seq: u64,
    first_ts: Timestamp,
    last_ts: Timestamp,
    num_deleted: u64,
    deleted: Option<Vec<u64>>,
    lost: Option<WireLost>,
}

impl Default for WireState {
    fn default() -> Self {
        Self {
            messages: 0,
            bytes: 0,
            first_seq: 0,
            last_seq: 0,
            first_ts: NEVER,
            last_ts: NEVER,
            num_deleted: 0,
            deleted: None,
            lost: None,
        }
    }
}

/// What the server could not read when it looked. Only with `deleted_details`; without loss, or
/// once it forgot, it is not there.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireLost {
    /// `null` where it knows only how many bytes.
    msgs: Option<Vec<u64>>,
    bytes: u64,
}

/// Go's zero time, 0001-01-01T00:00:00Z.
const NEVER: Timestamp = Timestamp::constant(-62_135_596_800, 0);
/// What 2.10 sends for no time; nothing was stored before.
const EPOCH: Timestamp = Timestamp::UNIX_EPOCH;

impl WireState {
    pub(super) fn into_state(self) -> StreamState {
        let some = |time: Timestamp| (time > EPOCH).then_some(time);
        // Where nothing is stored, a file stream counts and lists sequence 0 as deleted (server
        // 2.15.1), and nothing lies between a first and a last message.
        let stores = self.messages > 0;
        let mut flaw = None;
        let interior = self.first_seq.max(1)..=self.last_seq;
        let list = self.deleted.map(|list| {
            let whole = list.len();
            let mut inside: Vec<u64> = list;
            inside.retain(|seq| interior.contains(seq));
            let outside = whole - inside.len();
            let inside = sorted(inside);
            if stores && outside > 0 {
                flaw = Some(ListFlaw::Outside);
            } else if stores && inside.len() < whole {
                flaw = Some(ListFlaw::Repeated);
            } else if stores && inside.len() as u64 != self.num_deleted {
                flaw = Some(ListFlaw::Length);
            }
            Arc::from(if stores { inside } else { Vec::new() })
        });
        StreamState {
            messages: self.messages,
            bytes: self.bytes,
            first_seq: self.first_seq,
            last_seq: self.last_seq,
            first_time: some(self.first_ts),
            last_time: some(self.last_ts),
            num_deleted: if stores { self.num_deleted } else { 0 },
            deleted: list,
            flaw,
            lost: self.lost.map(|lost| Lost {
                unnamed: lost.msgs.as_ref().is_none_or(Vec::is_empty) && lost.bytes > 0,
                seqs: sorted(lost.msgs.unwrap_or_default()).into(),
                bytes: lost.bytes,
                ..Lost::default()
            }),
            ..StreamState::default()
        }
    }
}

fn sorted(mut list: Vec<u64>) -> Vec<u64> {
    list.sort_unstable();
    list.dedup();
    list
}
