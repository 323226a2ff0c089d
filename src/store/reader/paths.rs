//! What was learned of streams that offer more than they bear: kept for the session, so that no
//! read runs into the same thing twice.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::{StreamInfo, StreamName};
use crate::store::Offer;

/// Streams remembered at most; past that all are forgotten, at the cost of one failed request each.
const REMEMBERED: usize = 1024;

/// Connections that direct reads of one stream may go down with. One may have been lost anyway; a
/// stored message that the client cannot take costs one each time.
const LOSSES_AT_MOST: u8 = 2;

/// The best way each such stream may be read by.
#[derive(Debug, Default)]
pub(super) struct Paths {
    known: Mutex<HashMap<StreamName, Path>>,
}

#[derive(Debug, Clone, Copy)]
struct Path {
    created: Timestamp,
    best: Offer,
    losses: u8,
}

impl Paths {
    /// The best of the offered ways that this stream, and no later one of its name, bears.
    pub(super) fn borne(&self, stream: &StreamName, info: &StreamInfo, offer: Offer) -> Offer {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(stream) {
            Some(path) if path.created == info.created => offer.min(path.best),
            _ => offer,
        }
    }

    /// The stream bears nothing better than this.
    pub(super) fn limit(&self, stream: &StreamName, created: Timestamp, best: Offer) {
        self.of(stream, created, |path| path.best = path.best.min(best));
    }

    /// The connection was lost while the stream was read directly.
    pub(super) fn lost(&self, stream: &StreamName, created: Timestamp) {
        self.of(stream, created, |path| {
            path.losses += 1;
            if path.losses >= LOSSES_AT_MOST {
                path.best = Offer::MessageGet;
            }
        });
    }

    fn of(&self, stream: &StreamName, created: Timestamp, learn: impl FnOnce(&mut Path)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(stream) {
            known.clear();
        }
        let new = Path { created, best: Offer::Batch, losses: 0 };
        let path = known.entry(stream.clone()).or_insert(new);
        if path.created != created {
            *path = new;
        }
        learn(path);
    }
}
