//! How much may be in flight: requests, and bytes by what frames were seen to weigh.
//!
//! Both grow with every answer, so they double every round trip up to their limits: frames of
//! 100 bytes are read 64 at a time however long the way, and on a slow line the answers that are
//! asked for together still come within the time that each has.

use std::time::Duration;

use crate::domain::StreamState;

/// Most requests in flight.
const DEPTH: usize = 64;
/// Requests in flight at the start of a read. Were they all to turn out as heavy as a server takes
/// by default (1 MiB, 1.4 MB in an answer), so many still are less than the 64 MB at which a server
/// cuts a client off.
const FIRST_DEPTH: usize = 40;
/// A stream of so many bytes in all cannot have 64 MB of answers in flight.
const SMALL_STREAM: u64 = 40_000_000;
/// Most bytes in flight, by estimate.
const BYTES: u64 = 8_000_000;
/// Bytes in flight at the start of a read, by estimate.
const FIRST_BYTES: u64 = 2_000_000;
/// Bytes in flight on the slowest line.
const LEAST_BYTES: u64 = 250_000;
/// An answer that takes longer than this waits behind others on a slow line.
const SLOW: Duration = Duration::from_secs(1);
/// Bytes of a reply around the payload: subject, JSON, time.
const REPLY_OVERHEAD: u64 = 300;
const BATCHES: usize = 4;
/// Most frames asked for in one batch, so that progress shows.
const BATCH_FRAMES: u64 = 500;

/// The budget of one read.
#[derive(Debug)]
pub(super) struct Budget {
    depth: usize,
    bytes: u64,
    in_flight: usize,
    batches: usize,
    /// Answers to come that were asked for before `bytes` was last cut.
    overdue: usize,
    /// Frames of the next batch when it is the first: as many as a person sees at once.
    first_chunk: Option<u64>,
    heaviest: u64,
    /// Reads on the same connection that share the limits.
    among: usize,
}

impl Budget {
    /// A budget for a stream whose frames weigh what they do on average, until one is seen that
    /// weighs more; a person waits for `screenful` of them.
    pub(super) fn new(state: &StreamState, screenful: usize) -> Self {
        Self {
            depth: if state.bytes < SMALL_STREAM { DEPTH } else { FIRST_DEPTH },
            bytes: FIRST_BYTES,
            in_flight: 0,
            batches: 0,
            overdue: 0,
            first_chunk: u64::try_from(screenful).ok().filter(|rows| *rows > 0),
            heaviest: state.bytes / state.messages.max(1),
            among: 1,
        }
    }

    /// The same budget as one of so many on the same connection, which together keep its limits.
    pub(super) fn among(mut self, reads: usize, state: &StreamState) -> Self {
        self.among = reads.max(1);
        let is_small = state.bytes < SMALL_STREAM / self.among as u64;
        let depth = if is_small { DEPTH } else { FIRST_DEPTH };
        self.depth = (depth / self.among).max(1);
        self.bytes = (FIRST_BYTES / self.among as u64).max(LEAST_BYTES);
        self
    }

    /// Whether one more request may be sent. One always may.
    pub(super) fn has_room(&self) -> bool {
        self.in_flight < self.room().max(1)
    }

    fn room(&self) -> usize {
        // base64 makes four bytes of three.
        let reply = (self.heaviest / 3).saturating_mul(4).saturating_add(REPLY_OVERHEAD);
        self.depth.min(usize::try_from(self.bytes / reply).unwrap_or(DEPTH))
    }

    /// How many more could be in flight than are and wait already.
    pub(super) fn slack(&self, queued: usize) -> u64 {
        self.room().saturating_sub(self.in_flight + queued) as u64
    }

    pub(super) const fn batches(&self) -> usize {
        self.batches
    }

    /// Whether one more batch may be sent.
    pub(super) const fn has_room_for_batch(&self) -> bool {
        self.batches < BATCHES
    }

    /// Bytes after which a batch ends; it may exceed this by one message.
    pub(super) const fn batch_bytes(&self) -> u64 {
        self.bytes / BATCHES as u64
    }

    /// Frames to ask for in the next batch.
    pub(super) fn chunk(&mut self) -> u64 {
        let by_bytes = self.batch_bytes() / self.heaviest.saturating_add(REPLY_OVERHEAD);
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

    /// An answer came after `took`; its heaviest frame, and all its frames, of so many bytes.
    pub(super) fn answered(&mut self, batch: bool, (heaviest, all): (u64, u64), took: Duration) {
        self.heaviest = self.heaviest.max(heaviest);
        if batch {
            self.batches = self.batches.saturating_sub(1);
        } else {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
        if self.overdue > 0 {
            self.overdue -= 1;
        } else if took > SLOW {
            self.bytes = (self.bytes / 2).max(LEAST_BYTES);
            self.overdue = self.in_flight + self.batches;
        } else {
            self.bytes = self.bytes.saturating_add(all.max(1)).min(BYTES / self.among as u64);
            self.depth = (self.depth + 1).min((DEPTH / self.among).max(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(messages: u64, average: u64) -> Budget {
        let bytes = messages * average;
        Budget::new(&StreamState { messages, bytes, ..StreamState::default() }, 0)
    }

    /// Fills the budget; gives how many requests that were.
    fn fill(budget: &mut Budget) -> usize {
        let before = budget.in_flight;
        while budget.has_room() {
            budget.sent(false);
        }
        budget.in_flight - before
    }

    fn round(budget: &mut Budget, frame: u64, took: Duration) {
        for _ in 0..budget.in_flight {
            budget.answered(false, (frame, frame), took);
        }
    }

    const FAST: Duration = Duration::from_millis(50);

    #[test]
    fn small_frames_are_read_at_full_depth_from_the_first_or_second_round() {
        assert_eq!(fill(&mut budget(1000, 1024)), DEPTH);
        let mut large = budget(10_000_000, 100);
        assert_eq!(fill(&mut large), FIRST_DEPTH);
        round(&mut large, 100, FAST);
        assert_eq!(fill(&mut large), DEPTH);
    }

    #[test]
    fn heavy_frames_are_bounded_in_bytes_even_when_the_average_says_nothing() {
        let mut budget = budget(10_000_000, 100);
        assert!(fill(&mut budget) as u64 * 1_400_000 < 64_000_000);
        budget.answered(false, (1 << 20, 1 << 20), FAST);
        assert!(!budget.has_room(), "what is in flight is enough");
        for _ in 0..10 {
            round(&mut budget, 1 << 20, FAST);
            assert!(fill(&mut budget) as u64 * 1_400_000 <= BYTES);
        }
        assert_eq!(budget.in_flight, 5);
        assert_eq!(budget.chunk(), 1);
    }

    #[test]
    fn a_slow_line_gets_less_at_a_time_and_more_again_when_it_is_not_slow() {
        let mut budget = budget(500, 60_000);
        for _ in 0..5 {
            round(&mut budget, 60_000, FAST);
            fill(&mut budget);
        }
        let most = budget.in_flight;
        assert!(most > 50, "{most}");
        round(&mut budget, 60_000, SLOW * 2);
        let less = fill(&mut budget);
        assert!((most / 3..most).contains(&less), "halved once a round: {less}");
        for _ in 0..9 {
            round(&mut budget, 60_000, SLOW * 2);
            fill(&mut budget);
        }
        assert_eq!(budget.in_flight, 3);
        for _ in 0..9 {
            round(&mut budget, 60_000, FAST);
            fill(&mut budget);
        }
        assert_eq!(budget.in_flight, most);
    }

    #[test]
    fn reads_on_one_connection_share_its_limits() {
        let state = StreamState { messages: 10_000_000, bytes: 1 << 40, ..StreamState::default() };
        let small = StreamState { messages: 1000, bytes: 1 << 20, ..StreamState::default() };
        for reads in [1, 2, 3, 8, 100] {
            let mut budget = Budget::new(&small, 0).among(reads, &small);
            assert_eq!(fill(&mut budget), (DEPTH / reads).max(1), "{reads}");
            let mut budget = Budget::new(&state, 0).among(reads, &state);
            budget.heaviest = 100;
            assert!(fill(&mut budget) * reads * 1_400_000 < 64_000_000 || reads > 40, "{reads}");
            for _ in 0..20 {
                round(&mut budget, 60_000, FAST);
                fill(&mut budget);
            }
            let bytes = budget.in_flight as u64 * 80_300;
            assert!(bytes <= (BYTES / reads as u64).max(80_300), "{reads}: {bytes}");
        }
    }

    #[test]
    fn batches_share_the_bytes_and_begin_with_what_a_person_sees() {
        let state = StreamState { messages: 1000, bytes: 1_024_000, ..StreamState::default() };
        let mut budget = Budget::new(&state, 50);
        assert_eq!(budget.chunk(), 50);
        assert_eq!(budget.chunk(), 500_000 / 1324);
        let mut sent = 0;
        while budget.has_room_for_batch() {
            budget.sent(true);
            sent += budget.batch_bytes();
        }
        assert!(sent <= BYTES);
    }
}
