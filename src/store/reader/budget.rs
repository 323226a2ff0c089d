//! How much may be in flight: requests, and bytes by what frames were seen to weigh.

/// Most requests in flight.
const DEPTH: usize = 64;
/// Requests in flight at the start; each answer allows one more, so the depth doubles every round
/// trip while frames turn out to be small.
const FIRST_DEPTH: usize = 16;
/// Most bytes in flight, by estimate. A server cuts a client off at 64 MB pending.
const BYTES: u64 = 8_000_000;
/// Bytes of a reply around the payload: subject, JSON, time.
const REPLY_OVERHEAD: u64 = 300;

/// The budget of one read.
#[derive(Debug)]
pub(super) struct Budget {
    depth: usize,
    in_flight: usize,
    heaviest: u64,
}

impl Budget {
    /// A budget for frames that weigh `average` bytes until one is seen that weighs more.
    pub(super) const fn new(average: u64) -> Self {
        Self { depth: FIRST_DEPTH, in_flight: 0, heaviest: average }
    }

    /// Whether one more request may be sent. One always may.
    pub(super) fn has_room(&self) -> bool {
        // base64 makes four bytes of three.
        let reply = (self.heaviest / 3).saturating_mul(4).saturating_add(REPLY_OVERHEAD);
        let by_bytes = usize::try_from(BYTES / reply).unwrap_or(DEPTH);
        self.in_flight < self.depth.min(by_bytes).max(1)
    }

    /// Whether more could be in flight than is.
    pub(super) fn is_slack(&self, queued: usize) -> bool {
        self.in_flight + queued < self.depth && self.has_room()
    }

    pub(super) const fn sent(&mut self) {
        self.in_flight += 1;
    }

    /// An answer came, with a frame of so many bytes.
    pub(super) fn answered(&mut self, bytes: u64) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.heaviest = self.heaviest.max(bytes);
        self.depth = (self.depth + 1).min(DEPTH);
    }
}
