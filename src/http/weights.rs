//! Where the heavy frames of a room are, as its answers saw them last.

use std::collections::BTreeMap;

use super::limits::HEAVY;
use crate::domain::{Frame, Page, Window};

/// Frames heavier than [`HEAVY`]. A weight is rounded up to a multiple of that, and of each only the
/// newest frame is kept, since all answers end with the newest.
#[derive(Debug, Default)]
pub(super) struct Weights(BTreeMap<u64, u64>);

impl Weights {
    /// Takes in a page.
    pub(super) fn see(&mut self, page: &Page) {
        page.frames().for_each(|frame| self.add(frame));
    }

    fn add(&mut self, frame: &Frame) {
        let weight = frame.payload.len() as u64;
        if weight > HEAVY {
            self.put(weight.div_ceil(HEAVY), frame.seq);
        }
    }

    fn put(&mut self, weight: u64, seq: u64) {
        let newest = self.0.entry(weight).or_default();
        *newest = seq.max(*newest);
    }

    /// Takes in all that one answer saw when it read these sequences. What was there before is gone.
    pub(super) fn replace(&mut self, read: Window, seen: &Self) {
        self.0.retain(|_, seq| read.intersect(Window::one(*seq)).is_none());
        seen.0.iter().for_each(|(weight, seq)| self.put(*weight, *seq));
    }

    /// What the heaviest from this sequence on weighs, in bytes, rounded up; 0 where there is no
    /// heavy one.
    pub(super) fn heaviest_from(&self, seq: u64) -> u64 {
        let mut weights = self.0.iter().rev();
        let heaviest = weights.find(|(_, newest)| **newest >= seq);
        heaviest.map_or(0, |(weight, _)| weight.saturating_mul(HEAVY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(frames: &[(u64, u64)]) -> Weights {
        let mut seen = Weights::default();
        for (seq, weight) in frames {
            let payload = vec![0; usize::try_from(*weight).unwrap()];
            seen.add(&Frame { seq: *seq, payload, ..frame() });
        }
        seen
    }

    fn frame() -> Frame {
        let time = jiff::Timestamp::UNIX_EPOCH;
        Frame { seq: 0, time, subject: "a".into(), headers: Vec::new(), payload: Vec::new() }
    }

    #[test]
    fn each_answer_is_told_of_the_heaviest_that_it_may_meet() {
        let light = seen(&[(1, HEAVY)]);
        assert_eq!(light.heaviest_from(1), 0);
        let seen = seen(&[(3, 4 * HEAVY), (5, 2 * HEAVY), (7, HEAVY + 1), (9, HEAVY)]);
        for (from, heaviest) in [(1, 4), (3, 4), (4, 2), (5, 2), (6, 2), (7, 2), (8, 0)] {
            assert_eq!(seen.heaviest_from(from), heaviest * HEAVY, "{from}");
        }
    }

    #[test]
    fn what_is_gone_is_forgotten_and_what_was_not_read_stays() {
        let mut known = Weights::default();
        let read = |start, end| Window::new(start, end).unwrap();
        known.replace(read(1, 9), &seen(&[(2, 2 * HEAVY), (5, 4 * HEAVY), (9, 2 * HEAVY)]));
        // An answer of the last ones, one of which was deleted.
        known.replace(read(8, 10), &seen(&[(10, 3 * HEAVY)]));
        assert_eq!(known.heaviest_from(6), 3 * HEAVY);
        assert_eq!(known.heaviest_from(1), 4 * HEAVY);
        known.replace(read(1, 10), &seen(&[(2, 2 * HEAVY)]));
        assert_eq!(known.heaviest_from(1), 2 * HEAVY);
        assert_eq!(known.heaviest_from(3), 0);
    }
}
