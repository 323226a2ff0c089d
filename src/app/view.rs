//! The opened room: its page as rows, the selection on it, and what is under way.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{
    Fault, FaultKind, Found, Frame, Gap, History, Page, Place, RoomId, Slot, StreamInfo, Unread,
    Window,
};

use super::effect::Job;
use super::moment::Moment;

#[derive(Debug, Clone, Default)]
pub struct View {
    pub room: Option<RoomId>,
    /// What the last read gave; stays on the screen until the next one gives something.
    pub content: Content,
    /// When the server told what the content stands on; `None` where nothing was read.
    pub moment: Option<Moment>,
    /// The sequence the selection is on: the first one of its row.
    pub selected: Option<u64>,
    /// First row on the screen.
    pub offset: usize,
    pub load: Option<Load>,
    /// The wait before what the server did not give is asked for again, and then that read.
    pub again: Option<Job>,
    /// The neighbouring page being read into the cache.
    pub ahead: Option<Ahead>,
    /// Neighbours of the page on the screen that were read into the cache.
    pub(super) fetched_ahead: Vec<Place>,
    /// Why the last read failed as a whole; the content is then that of the read before.
    pub fault: Option<Fault>,
    /// A standing remark about the room's stream: just created, would be created, not ensured
    /// and why. Escaped.
    pub note: Option<String>,
}

/// What there is to show of a room.
#[derive(Debug, Clone, Default)]
pub enum Content {
    /// Nothing was read yet.
    #[default]
    Nothing,
    /// There is no stream.
    NoStream,
    /// The stream holds no messages now.
    Empty(Box<StreamInfo>),
    Page(Arc<Page>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    pub job: Job,
    pub place: Place,
    pub since: Timestamp,
    /// Slots known so far, and slots in the window.
    pub progress: Option<(u64, u64)>,
    /// Whether the page on the screen is a part of what this read will give.
    pub partial: bool,
    /// What it meets just now and waits for, in two or three words.
    pub waiting: Option<&'static str>,
}

/// A read for the cache under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    pub job: Job,
    pub place: Place,
}

impl View {
    pub fn page(&self) -> Option<&Arc<Page>> {
        match &self.content {
            Content::Page(page) => Some(page),
            _ => None,
        }
    }

    /// The stream as of the last read.
    pub fn stream(&self) -> Option<&StreamInfo> {
        match &self.content {
            Content::Page(page) => Some(&page.stream),
            Content::Empty(info) => Some(info),
            _ => None,
        }
    }

    /// When the content was so, for what is claimed of all of the stream; `None` where there is none
    /// to claim it of.
    pub fn as_of(&self, now: Timestamp, zone: &TimeZone) -> Option<String> {
        let told = || self.stream()?.as_of.map(Moment::by_server);
        self.moment.or_else(told).map(|moment| moment.words(now, zone))
    }

    pub fn rows(&self) -> usize {
        self.page().map_or(0, |page| Row::count(page))
    }

    pub fn selected_index(&self) -> Option<usize> {
        let page = self.page()?;
        Some(Row::index_of(page, self.selected?))
    }

    pub fn selected_row(&self) -> Option<Row<'_>> {
        Row::at(self.page()?, self.selected_index()?)
    }

    /// Selects row `index` of the page, or its last one.
    pub(super) fn select(&mut self, index: usize) {
        let Some(page) = self.page() else { return };
        let last = Row::count(page).saturating_sub(1);
        self.selected = Row::at(page, index.min(last)).map(|row| row.range().start());
    }

    /// Whether the page ends at the stream's last sequence as of its read.
    pub fn is_newest(&self) -> bool {
        self.page().is_some_and(|page| page.window().end() >= page.stream.state.last_seq)
    }

    /// Whether the page begins at the stream's first sequence as of its read.
    pub fn is_oldest(&self) -> bool {
        self.page().is_some_and(|page| page.window().start() <= page.stream.state.first_seq)
    }

    /// Whether a run of the page has no other fault than that it is being read just now.
    pub fn is_reading(&self, run: &Unread) -> bool {
        run.fault.kind == FaultKind::NotTried && self.load.is_some_and(|load| load.partial)
    }

    /// What the content shows of the room's stream, for the list.
    pub(super) fn found(&self) -> Option<Found> {
        let without_leader = |slot: &Slot| match slot {
            Slot::Unread(run) if run.fault.kind == FaultKind::NoLeader => Some(run.fault.clone()),
            _ => None,
        };
        let page = self.page();
        if let Some(fault) = page.and_then(|page| page.slots().iter().find_map(without_leader)) {
            // It was there at the first look, and gone before the last.
            return Some(Found::Failed(fault));
        }
        match (&self.content, self.stream()) {
            (_, Some(info)) => {
                let mut info = Box::new(info.clone());
                // The list is the page's; a row for every room that was opened must not keep one.
                info.state.deleted = None;
                Some(Found::Stream(info))
            }
            (Content::NoStream, _) => Some(Found::NoStream),
            _ => None,
        }
    }

    pub(super) fn take(&mut self, history: History) {
        self.fetched_ahead.clear();
        self.content = match history {
            History::NoStream => Content::NoStream,
            History::Empty(info) => Content::Empty(info),
            History::Page(page) => Content::Page(Arc::from(page)),
        };
    }
}

/// What is shown of the selected row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detail {
    /// Which encoding shows where only one fits.
    pub encoding: Encoding,
    pub scroll: usize,
    /// The frame that is shown, by its sequence.
    pub of: Option<u64>,
    /// SHA-256 of the selected frame's payload, and the frame's sequence.
    pub digest: Option<(u64, String)>,
}

/// How bytes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    #[default]
    Hex,
    Base64,
}

/// One row of the frames pane: one a frame, one a gap, one an unread run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row<'a> {
    Frame(&'a Arc<Frame>),
    /// A gap, or a run that the server does not give; `head` when it lies below the window, before
    /// the first sequence.
    Gap {
        gap: &'a Gap,
        /// Whether it is the page's head, outside the window.
        head: bool,
    },
    /// A run that could not be read.
    Unread(&'a Unread),
}

impl<'a> Row<'a> {
    pub fn range(&self) -> Window {
        match self {
            Self::Frame(frame) => Window::one(frame.seq),
            Self::Gap { gap, .. } => gap.range,
            Self::Unread(unread) => unread.range,
        }
    }

    pub const fn is_gap(&self) -> bool {
        matches!(self, Self::Gap { .. })
    }

    pub fn count(page: &Page) -> usize {
        page.head.len() + page.slots().len()
    }

    /// Row `index` of a page, oldest first.
    pub fn at(page: &'a Page, index: usize) -> Option<Self> {
        let Some(index) = index.checked_sub(page.head.len()) else {
            return page.head.get(index).map(|gap| Self::Gap { gap, head: true });
        };
        page.slots().get(index).map(|slot| match slot {
            Slot::Frame(frame) => Self::Frame(frame),
            Slot::Gap(gap) | Slot::Unreadable(gap) => Self::Gap { gap, head: false },
            Slot::Unread(unread) => Self::Unread(unread),
        })
    }

    /// The row that holds a sequence, or the nearest one; 0 for a sequence below the page.
    pub fn index_of(page: &Page, seq: u64) -> usize {
        let head = page.head.len();
        let below = page.head.partition_point(|gap| gap.range.end() < seq);
        if below < head {
            return below;
        }
        let slots = page.slots();
        let at = slots.partition_point(|slot| slot.range().end() < seq);
        head + at.min(slots.len().saturating_sub(1))
    }
}
