//! Where a person wants to go in a stream, and where that turned out to be.

use jiff::Timestamp;

use super::cause::gap::Edge;
use super::page::window::Window;

/// A place that must be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The first frame stored at or after this time, as far as that can be told: no search that
    /// leaves frames out can exclude that a clock was set back.
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
    Frame(Edge),
    /// The time is before that of the first frame, which is this.
    BeforeFirst(Edge),
    /// No frame stored at or after the time was found.
    AfterLast,
    /// What was found of a time where store times were seen to be out of order: the first of the
    /// frames looked at that was stored at or after it, or none. Others may lie before it.
    Disordered(Option<Edge>),
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
        requests: u64,
    },
    /// The stream is gone or holds nothing.
    Nothing,
}

/// What is said where store times were seen to be out of order.
pub const OUT_OF_ORDER: &str =
    "store times are not in order here: frames stored since then may lie earlier";

/// Store times in the order of their sequences, watched for one that goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeOrder {
    latest: Option<Timestamp>,
    broken: bool,
}

impl TimeOrder {
    /// When the next frame was stored.
    pub fn see(&mut self, time: Timestamp) {
        self.broken |= self.latest.is_some_and(|latest| time < latest);
        self.latest = Some(time);
    }

    /// Whether a frame was stored before the one below it.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_goes_back_is_noticed_for_good() {
        let seen = |seconds: &[i64]| {
            let mut order = TimeOrder::default();
            for second in seconds {
                order.see(Timestamp::from_second(*second).unwrap());
            }
            order.is_broken()
        };
        assert!(!seen(&[]) && !seen(&[3, 3, 4]));
        assert!(seen(&[3, 4, 3]) && seen(&[4, 3, 9, 10]));
    }
}
