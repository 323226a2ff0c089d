//! What was learned of streams that offer more than they bear: kept for the session, so that no
//! read runs into the same thing twice.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::{StreamInfo, StreamName};
use crate::store::Offer;

/// Streams remembered at most; past that all are forgotten, at the cost of one failed request each.
const REMEMBERED: usize = 1024;

/// The best way each such stream may be read by.
#[derive(Debug, Default)]
pub(super) struct Paths {
    known: Mutex<HashMap<StreamName, (Timestamp, Offer)>>,
}

impl Paths {
    /// The best of the offered ways that this stream, and no later one of its name, bears.
    pub(super) fn borne(&self, stream: &StreamName, info: &StreamInfo, offer: Offer) -> Offer {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(stream) {
            Some((created, best)) if *created == info.created => offer.min(*best),
            _ => offer,
        }
    }

    /// The stream bears nothing better than this.
    pub(super) fn limit(&self, stream: &StreamName, created: Timestamp, best: Offer) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let now = (created, best);
        let kept = known.entry(stream.clone()).or_insert(now);
        if *kept > now || kept.0 != created {
            *kept = now;
        }
    }
}
