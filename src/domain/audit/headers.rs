//! What the headers that servers make say of the frames that were read.

use super::few::Few;
use crate::domain::cause::gap::Edge;
use crate::domain::page::Slot;
use crate::domain::server_headers::{self, Batch, Batches};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers {
    /// Frames that say they are markers and have no payload. Any client can publish such a one.
    pub markers: Few<Marked>,
    /// Atomic batches of which a member was read.
    pub batches: u64,
    /// Those of them that are whole.
    pub whole: u64,
    /// Those of which a member is known not to be stored in its place.
    pub broken: Few<Batch>,
}

/// A frame that says it is a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    pub at: Edge,
    /// The reason that it gives, as it is on the wire.
    pub reason: &'static str,
}

/// The headers under way.
#[derive(Debug, Default)]
pub(super) struct Reading {
    batches: Batches,
    found: Headers,
}

impl Reading {
    /// Takes in the next slot.
    pub(super) fn feed(&mut self, slot: &Slot) {
        if let Slot::Frame(frame) = slot
            && let Some(reason) = server_headers::marker(frame)
        {
            self.found.markers.push(Marked { at: Edge::of(frame), reason });
        }
        let done = self.batches.feed(slot);
        self.found.take(done);
    }

    pub(super) fn finish(mut self) -> Headers {
        self.found.take(self.batches.finish());
        self.found
    }
}

impl Headers {
    fn take(&mut self, batch: Option<Batch>) {
        let Some(batch) = batch else { return };
        self.batches += 1;
        self.whole += u64::from(batch.is_whole());
        if batch.is_broken() {
            self.broken.push(batch);
        }
    }
}
