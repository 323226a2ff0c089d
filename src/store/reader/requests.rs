//! The requests of a fetch, and what answers them.

use crate::domain::{Frame, Header, Window};
use crate::store::Batch;

/// One request to come or under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Task {
    /// One sequence, from the leader.
    Exact(u64),
    /// What a run holds, from the leader.
    Chase(Window),
    /// One sequence, from any replica.
    Direct(u64),
    /// What these runs hold, from any replica, up to so many frames; in order, and never none.
    Batch(Vec<Window>, u64),
}

impl Task {
    /// From its first sequence to its last.
    pub(super) fn range(&self) -> Window {
        match self {
            Self::Exact(seq) | Self::Direct(seq) => Window::one(*seq),
            Self::Chase(run) => *run,
            Self::Batch(runs, _) => {
                let ends = runs.first().zip(runs.last());
                let whole = ends.and_then(|(a, b)| Window::new(a.start(), b.end()));
                whole.unwrap_or(Window::one(1))
            }
        }
    }

    /// The sequences it accounts for.
    pub(super) fn runs(self) -> Vec<Window> {
        match self {
            Self::Batch(runs, _) => runs,
            task => vec![task.range()],
        }
    }
}

/// What a request is answered with.
pub(super) enum Reply {
    One(Option<Frame>),
    Many(Batch),
}

impl Reply {
    /// What its heaviest frame weighs, and all of them together.
    pub(super) fn weight(&self) -> (u64, u64) {
        let frames = match self {
            Self::One(frame) => frame.as_slice(),
            Self::Many(batch) => &batch.frames,
        };
        let weights = frames.iter().map(weigh);
        (weights.clone().max().unwrap_or(0), weights.sum())
    }
}

/// Payload and header bytes.
pub(super) fn weigh(frame: &Frame) -> u64 {
    let header = |h: &Header| h.name.len() + h.value.as_ref().map_or(0, Vec::len);
    (frame.payload.len() + frame.headers.iter().map(header).sum::<usize>()) as u64
}

/// What replicas gave, and what they did not.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) given: u64,
    pub(super) missed: u64,
}
