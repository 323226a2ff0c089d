//! Gaps: runs of sequences that hold no message, with the cause that can be shown and its
//! evidence. What could not be read is never a gap; see [`super::page::Unread`].

use jiff::Timestamp;

use super::holes::Holes;
use super::stream::StreamState;
use super::window::Window;

/// A run of sequences without a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The sequences, inside the page's window.
    pub range: Window,
    /// Why we say that there is no message.
    pub cause: GapCause,
    /// The nearest stored frame below the whole hole, where known.
    pub before: Option<Edge>,
    /// The nearest stored frame above the whole hole, where known.
    pub after: Option<Edge>,
}

/// A frame beside a gap: part of the evidence for when the missing ones were published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Sequence of the frame.
    pub seq: u64,
    /// When the server stored it.
    pub time: Timestamp,
}

impl Gap {
    /// The sequences below the first of a stream in this state, none where it is 1.
    #[must_use]
    pub fn before_first(state: &StreamState) -> Option<Self> {
        let range = Window::new(1, state.before_first())?;
        let cause = GapCause::BeforeFirst { first_seq: state.first_seq };
        Some(Self { range, cause, before: None, after: None })
    }

    /// The whole hole, when it is known to go on beyond this run: the window ends in it, or its
    /// rest has another cause. The stream's deleted list tells of it where no frame is beside it.
    #[must_use]
    pub fn beyond(&self, state: &StreamState) -> Option<Window> {
        let list = Holes(state.deleted.as_deref().unwrap_or_default());
        let (first, last) = (self.range.start(), self.range.end());
        let (start, end) = match (self.cause, self.before, self.after) {
            (GapCause::BeforeFirst { first_seq }, ..) => (1, last.max(first_seq.saturating_sub(1))),
            (_, before, after) => (
                before.map_or_else(
                    || list.around(first).map_or(first, Window::start),
                    |edge| edge.seq.saturating_add(1),
                ),
                after.map_or_else(
                    || list.around(last).map_or(last, Window::end),
                    |edge| edge.seq.saturating_sub(1),
                ),
            ),
        };
        Window::new(start, end).filter(|hole| *hole != self.range && hole.len() > self.range.len())
    }
}

impl Edge {
    /// The edge that a frame makes.
    #[must_use]
    pub const fn of(frame: &super::frame::Frame) -> Self {
        Self { seq: frame.seq, time: frame.time }
    }
}

/// What the server said that makes a sequence a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapCause {
    /// Below the stream's first sequence. Limits, a purge and a configured first sequence look
    /// the same from here, so none of them is asserted.
    BeforeFirst {
        /// The stream's first sequence when the page was read.
        first_seq: u64,
    },
    /// In the server's own list of deleted sequences.
    Deleted,
    /// The server answered "no message" (10037, or a later message to "the first at or after")
    /// and the sequence is not in its deleted list.
    Missing {
        /// Whether the deleted list was there to look in; it is not fetched when it is very long.
        list_seen: bool,
    },
}

impl GapCause {
    /// One word for rows and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BeforeFirst { .. } => "before the first sequence",
            Self::Deleted => "deleted",
            Self::Missing { .. } => "missing",
        }
    }

    /// What is known, and what is not, in a sentence for the detail pane.
    #[must_use]
    pub const fn evidence(self) -> &'static str {
        match self {
            Self::BeforeFirst { .. } => {
                "The stream begins above these sequences. They were removed by limits or a purge, \
                 or the stream was given a first sequence; the server does not tell which."
            }
            Self::Deleted => {
                "The server lists these sequences as deleted. It keeps no record of who deleted \
                 them, when, or whether by a request or by a limit."
            }
            Self::Missing { list_seen: true } => {
                "The server answered that there is no message here, yet does not list these \
                 sequences as deleted: gone since the list was read, or lost from its storage."
            }
            Self::Missing { list_seen: false } => {
                "The server answered that there is no message here. Its list of deleted sequences \
                 was not read (too long to ask for without disturbing the server, or no answer), \
                 so deletion is likely but not confirmed."
            }
        }
    }
}
