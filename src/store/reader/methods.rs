//! What was learned of streams that offer more than they bear, so that no read runs into the same
//! thing again and again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::{StreamInfo, StreamName};
use crate::store::ReadMethod;

/// Streams remembered at most; past that all are forgotten, at the cost of one failed request each.
const REMEMBERED: usize = 1024;

/// Failures of direct reads of one stream for which they are left: one
/// lost connection or silence may have another cause. A stored message that the client cannot take
/// costs a connection each time, and a replica that is stopped costs its silence.
const STRIKES: u8 = 2;
/// How long direct reads are left then.
const LEFT_FOR: Duration = Duration::from_secs(900);

/// The best way each such stream may be read by.
#[derive(Debug, Default)]
pub(super) struct Methods {
    known: Mutex<HashMap<StreamName, Known>>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    created: Timestamp,
    best: ReadMethod,
    strikes: u8,
    /// When the last of them came.
    struck: Option<Instant>,
}

impl Known {
    fn best(&self) -> ReadMethod {
        let is_left = self.strikes >= STRIKES
            && self.struck.is_some_and(|struck| struck.elapsed() < LEFT_FOR);
        if is_left { ReadMethod::MessageGet } else { self.best }
    }
}

impl Methods {
    /// The best of the offered ways that this stream, and no later one of its name, bears.
    pub(super) fn best(
        &self,
        stream: &StreamName,
        info: &StreamInfo,
        offered: ReadMethod,
    ) -> ReadMethod {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(stream) {
            Some(way) if way.created == info.created => offered.min(way.best()),
            _ => offered,
        }
    }

    /// The stream bears nothing better than this.
    pub(super) fn limit(&self, stream: &StreamName, created: Timestamp, best: ReadMethod) {
        self.of(stream, created, |way| way.best = way.best.min(best));
    }

    /// A direct read of the stream failed for what may pass: the connection was lost, or nothing came.
    pub(super) fn strike(&self, stream: &StreamName, created: Timestamp) {
        self.of(stream, created, |way| {
            let is_old = way.struck.is_some_and(|struck| struck.elapsed() >= LEFT_FOR);
            way.strikes = if is_old { 1 } else { way.strikes.saturating_add(1) };
            way.struck = Some(Instant::now());
        });
    }

    fn of(&self, stream: &StreamName, created: Timestamp, learn: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(stream) {
            known.clear();
        }
        let new = Known { created, best: ReadMethod::Batch, strikes: 0, struck: None };
        let way = known.entry(stream.clone()).or_insert(new);
        if way.created != created {
            *way = new;
        }
        learn(way);
    }
}
