//! Where a person wants to go in a stream, and where that turned out to be.

use jiff::Timestamp;

use super::gap::Edge;
use super::window::Window;

/// A place that must be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The first frame stored at or after this time.
    Time(Timestamp),
    /// The nearest gap that begins above this sequence.
    NextGap(u64),
    /// The nearest gap that ends below this sequence.
    PreviousGap(u64),
    /// The last frame, which is not the last sequence when that was deleted.
    LastFrame,
}

/// What a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// A frame.
    Frame(Edge),
    /// The time is before that of the first frame, which is this.
    BeforeFirst(Edge),
    /// Nothing is stored at or after the time.
    AfterLast,
    /// A gap.
    Gap {
        /// A part of it, or all of it.
        gap: Window,
        /// Sequences on the way that were not looked at, so that there may be gaps among them.
        passed: u64,
    },
    /// There is no gap in that direction.
    NoGap,
    /// No gap was found within the bound on requests. Up to this sequence there is none for sure.
    NoneFound {
        /// The last sequence looked at without leaving one out.
        up_to: u64,
        /// Requests spent.
        requests: u64,
    },
    /// The stream is gone or holds nothing.
    Nothing,
}
