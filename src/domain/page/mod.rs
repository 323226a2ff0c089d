//! Pages: what one read of a window gave, with every sequence accounted for exactly once.

mod build;
pub mod holes;
pub mod join;
pub mod page_size;
#[cfg(test)]
mod tests;
pub mod window;

use std::sync::Arc;

use super::cause::Account;
use super::cause::gap::{Gap, GapCause};
use super::fault::Fault;
use super::frame::Frame;
use super::stream::StreamInfo;
pub use build::{Outer, PageBuilder};
pub use holes::Holes;
pub use join::Join;
pub use page_size::PageSize;
pub use window::Window;

/// Which page to read, in terms that survive a stream that grows or loses its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The contract's window: the last N sequences.
    Newest,
    /// The N sequences from the first stored one.
    Oldest,
    /// The sequences just below this one. A hole right there is taken in whole, on top of N, so
    /// that no page is nothing but a hole.
    Before(u64),
    /// The sequences just above this one, a hole right there taken in whole, on top of N.
    After(u64),
    /// Exactly this window, as when refreshing in place.
    At(Window),
    /// N sequences with this one in the middle. A hole around it that reaches an end of them is
    /// taken in whole, with N / 2 sequences beyond it, so that what lies beside it shows. Outside
    /// the stream, its nearest sequence.
    Around(u64),
}

/// What to read for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    pub place: Place,
    pub size: PageSize,
    /// Rows (frames and gaps) of the page that make a first picture, its newest: they are read
    /// first. 0 for no picture before it is whole.
    pub screenful: usize,
}

impl PageRequest {
    /// A page that is only wanted whole.
    pub const fn whole(place: Place, size: PageSize) -> Self {
        Self { place, size, screenful: 0 }
    }
}

/// What reading a room's history gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum History {
    /// There is no stream: an empty history, not an error.
    NoStream,
    /// The stream holds no messages now; its state says whether it ever did.
    Empty(Box<StreamInfo>),
    /// A window of slots.
    Page(Box<Page>),
}

/// One read of one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    window: Window,
    slots: Vec<Slot>,
    /// The runs below the stream's first sequence, in order, when the window begins at the first
    /// one and it is not 1: more than one where a part of them is reported as lost. Outside the
    /// window, so not in the ledger.
    pub head: Vec<Gap>,
    /// The stream as it was when the page was read.
    pub stream: StreamInfo,
    /// Runs outside the window that are reported as lost and cannot be read now: those before the
    /// first sequence and after the last too.
    pub lost_elsewhere: Vec<Window>,
    /// Whether a message that could not be read could not be some seconds ago either.
    pub unreadable_again: bool,
    /// What the read cost.
    pub cost: Cost,
}

/// What a window holds at a sequence or a run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    Frame(Arc<Frame>),
    /// A run without messages.
    Gap(Gap),
    /// A run that the server counts as stored and does not give; its cause is one of those that
    /// [`GapCause::is_unreadable`](super::cause::gap::GapCause::is_unreadable) tells of.
    Unreadable(Gap),
    /// A run that could not be read. Never a statement about what is stored.
    Unread(Unread),
}

/// A run of sequences that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub range: Window,
    /// What went wrong: of one kind for the whole run, in the words for its first part.
    pub fault: Fault,
}

/// What a read cost the server and the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Requests about the stream itself (STREAM.INFO).
    pub info: u64,
    /// Requests that brought a frame of the page.
    pub frames: u64,
    /// Requests that found the extent or the edges of gaps.
    pub gaps: u64,
    /// Requests that failed, retries included.
    pub failed: u64,
    /// Frames of the page that were kept from an earlier read, so that no request brought them.
    pub cached: u64,
    /// Payload and header bytes received in frames.
    pub bytes: u64,
    /// Wall time in microseconds.
    pub micros: u64,
}

impl Cost {
    pub const fn requests(&self) -> u64 {
        self.info + self.frames + self.gaps + self.failed
    }

    /// The sum of two reads, as when a retry completes a page.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            info: self.info + other.info,
            frames: self.frames + other.frames,
            gaps: self.gaps + other.gaps,
            failed: self.failed + other.failed,
            cached: self.cached + other.cached,
            bytes: self.bytes + other.bytes,
            micros: self.micros + other.micros,
        }
    }
}

/// The account of a page: `slots = frames + missing + unreadable + unread`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Sequences in the window.
    pub slots: u64,
    /// Sequences that hold a frame.
    pub frames: u64,
    pub missing: u64,
    /// Sequences that the server counts as stored and does not give.
    pub unreadable: u64,
    /// Sequences that could not be read.
    pub unread: u64,
}

impl Ledger {
    /// The account of two pages together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            slots: self.slots + other.slots,
            frames: self.frames + other.frames,
            missing: self.missing + other.missing,
            unreadable: self.unreadable + other.unreadable,
            unread: self.unread + other.unread,
        }
    }
}

impl From<Gap> for Slot {
    fn from(gap: Gap) -> Self {
        if gap.cause.is_unreadable() { Self::Unreadable(gap) } else { Self::Gap(gap) }
    }
}

impl Slot {
    /// What is known of a run without a frame; `None` for a frame, and for what was not read.
    pub const fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Gap(gap) | Self::Unreadable(gap) => Some(gap),
            Self::Frame(_) | Self::Unread(_) => None,
        }
    }

    /// The sequences of the slot.
    pub fn range(&self) -> Window {
        match self {
            Self::Frame(frame) => Window::one(frame.seq),
            Self::Gap(gap) | Self::Unreadable(gap) => gap.range,
            Self::Unread(unread) => unread.range,
        }
    }
}

impl Page {
    /// The window that was asked for.
    pub const fn window(&self) -> Window {
        self.window
    }

    /// The slots, in sequence order, together exactly the window.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The frames, oldest to newest.
    pub fn frames(&self) -> impl DoubleEndedIterator<Item = &Arc<Frame>> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Frame(frame) => Some(frame),
            _ => None,
        })
    }

    /// What the page, and the answer that it stands on, tell of the whole stream.
    pub fn account(&self) -> Account<'_> {
        let of = |wanted: &[GapCause]| {
            let gaps = self.slots.iter().filter_map(Slot::gap);
            gaps.filter(|gap| wanted.contains(&gap.cause)).map(|gap| gap.range.len()).sum::<u64>()
        };
        let elsewhere = self.lost_elsewhere.iter().map(|run| run.len()).sum::<u64>();
        Account {
            lost: of(&[GapCause::Lost]) + elsewhere,
            unreadable: of(&[GapCause::Unreadable]),
            unreadable_again: self.unreadable_again,
            not_known: of(&[GapCause::NotKnown, GapCause::PastLimit]),
            unread: self.ledger().unread,
            ..Account::of(&self.stream)
        }
    }

    /// The account of the window, counted from the slots.
    pub fn ledger(&self) -> Ledger {
        let mut ledger = Ledger { slots: self.window.len(), ..Ledger::default() };
        for slot in &self.slots {
            match slot {
                Slot::Frame(_) => ledger.frames += 1,
                Slot::Gap(gap) => ledger.missing += gap.range.len(),
                Slot::Unreadable(gap) => ledger.unreadable += gap.range.len(),
                Slot::Unread(unread) => ledger.unread += unread.range.len(),
            }
        }
        ledger
    }
}
