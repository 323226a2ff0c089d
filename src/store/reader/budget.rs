//! How much may be in flight: requests, and bytes by what frames were seen to weigh.

use crate::domain::StreamState;

/// Most requests in flight.
const DEPTH: usize = 64;
/// Requests in flight at the start of a read; each answer allows one more, so the depth doubles
/// every round trip while frames turn out to be small. Were they all to turn out as heavy as a
/// server takes by default (1 MiB, 1.4 MB in an answer), so many still are less than the 64 MB at
/// which a server cuts a client off.
const FIRST_DEPTH: usize = 40;
/// Most bytes in flight, by estimate.
const BYTES: u64 = 8_000_000;
/// A stream of so many bytes in all cannot have 64 MB of answers in flight.
const SMALL_STREAM: u64 = 40_000_000;
/// Bytes of a reply around the payload: subject, JSON, time.
const REPLY_OVERHEAD: u64 = 300;
/// Batches in flight.
const BATCHES: usize = 4;
/// Most frames asked for in one batch, so that progress shows.
const BATCH_FRAMES: u64 = 500;

/// The budget of one read.
#[derive(Debug)]
pub(super) struct Budget {
    depth: usize,
    in_flight: usize,
    batches: usize,
    /// Frames of the next batch when it is the first: as many as a person sees at once.
    first_chunk: Option<u64>,
    heaviest: u64,
}

impl Budget {
    /// Bytes after which a batch ends; it may exceed this by one message.
    pub(super) const BATCH_BYTES: u64 = BYTES / BATCHES as u64;

    /// A budget for a stream whose frames weigh what they do on average, until one is seen that
    /// weighs more; a person waits for `screenful` of them.
    pub(super) fn new(state: &StreamState, screenful: usize) -> Self {
        Self {
            depth: if state.bytes < SMALL_STREAM { DEPTH } else { FIRST_DEPTH },
            in_flight: 0,
            batches: 0,
            first_chunk: u64::try_from(screenful).ok().filter(|rows| *rows > 0),
            heaviest: state.bytes / state.messages.max(1),
        }
    }

    /// Whether one more request may be sent. One always may.
    pub(super) fn has_room(&self) -> bool {
        self.in_flight < self.room().max(1)
    }

    fn room(&self) -> usize {
        // base64 makes four bytes of three.
        let reply = (self.heaviest / 3).saturating_mul(4).saturating_add(REPLY_OVERHEAD);
        self.depth.min(usize::try_from(BYTES / reply).unwrap_or(DEPTH))
    }

    /// How many more could be in flight than are and wait already.
    pub(super) fn slack(&self, queued: usize) -> u64 {
        self.room().saturating_sub(self.in_flight + queued) as u64
    }

    /// Batches in flight.
    pub(super) const fn batches(&self) -> usize {
        self.batches
    }

    /// Whether one more batch may be sent.
    pub(super) const fn has_room_for_batch(&self) -> bool {
        self.batches < BATCHES
    }

    /// Frames to ask for in the next batch.
    pub(super) fn chunk(&mut self) -> u64 {
        let by_bytes = Self::BATCH_BYTES / self.heaviest.saturating_add(REPLY_OVERHEAD);
        let most = by_bytes.clamp(1, BATCH_FRAMES);
        self.first_chunk.take().map_or(most, |rows| rows.min(most))
    }

    pub(super) const fn sent(&mut self, batch: bool) {
        if batch {
            self.batches += 1;
        } else {
            self.in_flight += 1;
        }
    }

    /// An answer came, its heaviest frame of so many bytes.
    pub(super) fn answered(&mut self, batch: bool, bytes: u64) {
        self.heaviest = self.heaviest.max(bytes);
        if batch {
            self.batches = self.batches.saturating_sub(1);
        } else {
            self.in_flight = self.in_flight.saturating_sub(1);
            self.depth = (self.depth + 1).min(DEPTH);
        }
    }
}
