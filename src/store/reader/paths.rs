//! What was learned of streams that offer more than they bear, so that no read runs into the same
//! thing again and again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::{StreamInfo, StreamName};
use crate::store::Offer;

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
pub(super) struct Paths {
    known: Mutex<HashMap<StreamName, Path>>,
}

#[derive(Debug, Clone, Copy)]
struct Path {
    created: Timestamp,
    best: Offer,
    strikes: u8,
    /// When the last of them came.
    struck: Option<Instant>,
}

impl Path {
    fn offers(&self) -> Offer {
        let is_left = self.strikes >= STRIKES
            && self.struck.is_some_and(|struck| struck.elapsed() < LEFT_FOR);
        if is_left { Offer::MessageGet } else { self.best }
    }
}

impl Paths {
    /// The best of the offered ways that this stream, and no later one of its name, bears.
    pub(super) fn borne(&self, stream: &StreamName, info: &StreamInfo, offer: Offer) -> Offer {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(stream) {
            Some(path) if path.created == info.created => offer.min(path.offers()),
            _ => offer,
        }
    }

    /// The stream bears nothing better than this.
    pub(super) fn limit(&self, stream: &StreamName, created: Timestamp, best: Offer) {
        self.of(stream, created, |path| path.best = path.best.min(best));
    }

    /// A direct read of the stream failed for what may pass: the connection was lost, or nothing came.
    pub(super) fn strike(&self, stream: &StreamName, created: Timestamp) {
        self.of(stream, created, |path| {
            let is_old = path.struck.is_some_and(|struck| struck.elapsed() >= LEFT_FOR);
            path.strikes = if is_old { 1 } else { path.strikes.saturating_add(1) };
            path.struck = Some(Instant::now());
        });
    }

    fn of(&self, stream: &StreamName, created: Timestamp, learn: impl FnOnce(&mut Path)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(stream) {
            known.clear();
        }
        let new = Path { created, best: Offer::Batch, strikes: 0, struck: None };
        let path = known.entry(stream.clone()).or_insert(new);
        if path.created != created {
            *path = new;
        }
        learn(path);
    }
}
