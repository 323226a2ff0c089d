//! Windows: contiguous, never empty ranges of stream sequences.

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::page_size::PageSize;

/// A contiguous range of sequences, both ends included. Never empty, never below sequence 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Window {
    start: u64,
    end: u64,
}

impl Window {
    /// The range `start..=end`, or `None` when it would be empty or hold sequence 0.
    pub const fn new(start: u64, end: u64) -> Option<Self> {
        if start == 0 || start > end { None } else { Some(Self { start, end }) }
    }

    /// The range of one sequence; sequence 0 does not exist and becomes 1.
    pub const fn one(seq: u64) -> Self {
        let seq = if seq == 0 { 1 } else { seq };
        Self { start: seq, end: seq }
    }

    /// The contract's window over a stream that holds messages: the last `size` *sequences* of
    /// `first..=last`. `None` when nothing is stored (`last` is 0 or `first` is past it).
    pub fn last_n(first: u64, last: u64, size: PageSize) -> Option<Self> {
        Self::newest(first, last, size.get())
    }

    /// As [`Self::last_n`], of any number of sequences; 0 is taken as 1.
    pub fn newest(first: u64, last: u64, n: u64) -> Option<Self> {
        let mut start = first.max(1);
        if last >= n {
            start = start.max(last - n.max(1) + 1);
        }
        Self::new(start, last)
    }

    /// Up to `size` sequences that end at `end`, not reaching below `floor`.
    pub fn ending_at(end: u64, floor: u64, size: PageSize) -> Option<Self> {
        Self::last_n(floor, end, size)
    }

    /// Up to `size` sequences that begin at `start`, not reaching past `ceiling`.
    pub fn starting_at(start: u64, ceiling: u64, size: PageSize) -> Option<Self> {
        Self::new(start, ceiling.min(start.saturating_add(size.get() - 1)))
    }

    /// First sequence of the window.
    pub const fn start(self) -> u64 {
        self.start
    }

    /// Last sequence of the window, included.
    pub const fn end(self) -> u64 {
        self.end
    }

    /// How many sequences the window spans; at least 1.
    #[allow(clippy::len_without_is_empty, reason = "a window is never empty")]
    pub const fn len(self) -> u64 {
        // Cannot overflow: start is at least 1, so the length is at most u64::MAX.
        self.end - self.start + 1
    }

    /// Whether the sequence lies in the window.
    pub const fn contains(self, seq: u64) -> bool {
        self.start <= seq && seq <= self.end
    }

    /// The part of the window that lies in `other` too.
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// The part of the window below `seq`.
    pub fn below(self, seq: u64) -> Option<Self> {
        Self::new(self.start, self.end.min(seq.checked_sub(1)?))
    }

    /// The part of the window above `seq`.
    pub fn above(self, seq: u64) -> Option<Self> {
        Self::new(self.start.max(seq.checked_add(1)?), self.end)
    }
}
