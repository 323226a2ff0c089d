//! Gaps: runs of sequences for which there is no frame, with the cause that can be shown and its
//! evidence as data. What got no answer is never a gap; see [`crate::domain::page::Unread`].

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::format;
use crate::domain::page::holes::Holes;
use crate::domain::page::window::Window;
use crate::domain::stream::{StreamInfo, StreamState, Witness};

/// The last sequence that a server gives out: from 2^62 on it stores messages and never finds
/// them again (tried on server 2.15.1), which is its limit and no damage.
pub const MOST_GIVEN: u64 = (1 << 62) - 1;

/// A run of sequences without a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The sequences, inside the page's window.
    pub range: Window,
    /// Why there is no frame, as far as it is proved.
    pub cause: GapCause,
    /// What the cause stands on.
    pub evidence: Arc<Evidence>,
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

/// What a cause stands on: facts, and whose word they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Who answered last, and when.
    pub by: Witness,
    /// Whether the server's list of deleted sequences names them; `None` where it was not asked,
    /// or of no use, as below the first sequence.
    pub listed: Option<bool>,
    /// Who reported them as lost, where somebody did.
    pub reported: Option<Witness>,
    /// Whether that was an earlier report, which the latest answer does not repeat.
    pub earlier: bool,
    /// The stream's first sequence then.
    pub first_seq: u64,
    /// The first sequence that the stream's configuration names, where it names one.
    pub configured_first: Option<u64>,
}

/// Why there is no frame: never more than is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapCause {
    /// The server reports them as lost, and they cannot be read now.
    Lost,
    /// The server counts them as stored, and answered twice that there is no such message, its
    /// list read anew before each answer.
    Unreadable,
    /// Stored above [`MOST_GIVEN`], where no server gives anything.
    PastLimit,
    /// In the server's list, in a stream whose messages may have a TTL of their own.
    ExpiredOrRemoved,
    /// In the server's list, and nothing more is known.
    Removed,
    /// Below the stream's first sequence.
    BeforeFirst,
    /// The server has nothing there, and it is not known whether it lists them.
    NotKnown,
}

impl Edge {
    /// The edge that a frame makes.
    pub const fn of(frame: &crate::domain::frame::Frame) -> Self {
        Self { seq: frame.seq, time: frame.time }
    }
}

impl Gap {
    /// A gap with neighbours not known.
    pub const fn new(range: Window, cause: GapCause, evidence: Arc<Evidence>) -> Self {
        Self { range, cause, evidence, before: None, after: None }
    }

    /// The sequences below the first of a stream as it was seen, none where it is 1: those that
    /// it reports as lost apart from the others.
    pub fn before_first(info: &StreamInfo) -> Vec<Self> {
        let Some(range) = Window::new(1, info.state.before_first()) else { return Vec::new() };
        Answer(info).split(range, GapCause::BeforeFirst)
    }

    /// The whole hole, when it is known to go on beyond this run: the window ends in it, or its
    /// rest has another cause. The stream's deleted list tells of it where no frame is beside it.
    pub fn beyond(&self, state: &StreamState) -> Option<Window> {
        let list = Holes(state.deleted.as_deref().unwrap_or_default());
        let (first, last) = (self.range.start(), self.range.end());
        let (start, end) = if last < self.evidence.first_seq {
            (1, last.max(self.evidence.first_seq.saturating_sub(1)))
        } else {
            (
                self.before.map_or_else(
                    || list.around(first).map_or(first, Window::start),
                    |edge| edge.seq.saturating_add(1),
                ),
                self.after.map_or_else(
                    || list.around(last).map_or(last, Window::end),
                    |edge| edge.seq.saturating_sub(1),
                ),
            )
        };
        Window::new(start, end).filter(|hole| *hole != self.range && hole.len() > self.range.len())
    }

    /// What is known, and what is not, in sentences.
    pub fn words(&self) -> String {
        self.cause.words(&self.evidence)
    }
}

/// Makes gaps of what one STREAM.INFO says.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a>(pub &'a StreamInfo);

impl Answer<'_> {
    /// The gaps of a run of this cause: the parts that are reported as lost are *lost* instead.
    pub fn split(self, range: Window, cause: GapCause) -> Vec<Gap> {
        let lost = self.0.state.lost.as_ref().map_or(&[][..], |lost| &lost.seqs);
        let lost = Holes(lost);
        let make = |cause, range| Gap::new(range, cause, Arc::new(self.evidence(cause)));
        let mut gaps: Vec<Gap> =
            lost.present(range).into_iter().map(|range| make(cause, range)).collect();
        gaps.extend(lost.runs(range).into_iter().map(|range| make(GapCause::Lost, range)));
        gaps.sort_by_key(|gap| gap.range.start());
        gaps
    }

    /// The gap of a run of this cause, whatever is reported as lost.
    pub fn gap(self, range: Window, cause: GapCause) -> Gap {
        Gap::new(range, cause, Arc::new(self.evidence(cause)))
    }

    fn evidence(self, cause: GapCause) -> Evidence {
        let state = &self.0.state;
        let lost = state.lost.as_ref().filter(|_| cause == GapCause::Lost);
        Evidence {
            by: self.0.witness(),
            listed: match cause {
                GapCause::ExpiredOrRemoved | GapCause::Removed => Some(true),
                GapCause::Unreadable | GapCause::PastLimit => Some(false),
                GapCause::Lost | GapCause::BeforeFirst | GapCause::NotKnown => None,
            },
            reported: lost.map(|lost| lost.by.clone()),
            earlier: lost.is_some_and(|lost| lost.earlier),
            first_seq: state.first_seq,
            configured_first: self.0.config.first_seq(),
        }
    }
}

impl GapCause {
    /// What a listed sequence is called in a stream: only the list speaks of it.
    pub const fn listed(has_ttl: bool) -> Self {
        if has_ttl { Self::ExpiredOrRemoved } else { Self::Removed }
    }

    /// Whether the server counts the sequences as stored and does not give them.
    pub const fn is_unreadable(self) -> bool {
        matches!(self, Self::Unreadable | Self::PastLimit)
    }

    /// Its name for programs, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Unreadable | Self::PastLimit => "unreadable",
            Self::ExpiredOrRemoved => "expired-or-removed",
            Self::Removed => "removed",
            Self::BeforeFirst => "before-first",
            Self::NotKnown => "not-known",
        }
    }

    /// One word, or a few, for rows and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Unreadable => "unreadable",
            Self::PastLimit => "past what a server gives",
            Self::ExpiredOrRemoved => "expired or removed",
            Self::Removed => "removed",
            Self::BeforeFirst => "before the first sequence",
            Self::NotKnown => "not known",
        }
    }

    /// What is known, and what is not, in sentences.
    pub fn words(self, evidence: &Evidence) -> String {
        match self {
            Self::Lost => lost(evidence),
            Self::Unreadable => "The server counts these sequences as stored, and answered twice \
                                 that there is no such message: it cannot read them now. That may \
                                 be damage, or pass, as when it has no file descriptors left."
                .into(),
            Self::PastLimit => format!(
                "The server counts these sequences as stored. Above {} no server gives a message: \
                 its limit, not damage.",
                format::count(MOST_GIVEN)
            ),
            Self::ExpiredOrRemoved => "The server lists these sequences as deleted. Messages of \
                                       this stream can expire by a TTL of their own; the list \
                                       names expired, deleted and lost ones alike."
                .into(),
            Self::Removed => {
                "Deleted or lost: the server lists both alike, and with them what was evicted, \
                 acknowledged, or left out of a mirror. It keeps no record of who, when or why."
                    .into()
            }
            Self::BeforeFirst => before_first(evidence),
            Self::NotKnown => {
                "The server gave no message here, and whether it lists these sequences \
                               as deleted is not known: they can be removed, lost, or not readable \
                               now."
                    .into()
            }
        }
    }
}

fn lost(evidence: &Evidence) -> String {
    let again =
        if evidence.earlier { " earlier, and its latest answer does not repeat it" } else { "" };
    let who = evidence.reported.as_ref().and_then(Witness::name);
    let who = who.map_or_else(String::new, |name| format!(" ({name})"));
    format!(
        "The server{who} reported these sequences as lost from its storage{again}, and they cannot \
         be read now."
    )
}

fn before_first(evidence: &Evidence) -> String {
    let first = format::count(evidence.first_seq);
    let configured = match evidence.configured_first {
        Some(seq) => format!(
            " The configuration in force begins the stream at {}; if it was made so, nothing was \
             ever stored below.",
            format::count(seq)
        ),
        None => String::new(),
    };
    format!(
        "The stream begins at {first}. What is below may have been deleted, purged, rolled up, \
         acknowledged, expired, evicted by a limit, or lost, or never used; the server does not \
         tell which.{configured}"
    )
}
