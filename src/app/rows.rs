//! A page as rows of the frames pane: one a frame, one a gap, one an unread run.

use std::sync::Arc;

use crate::domain::{Frame, Gap, Page, Slot, Unread, Window};

/// One row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row<'a> {
    /// A frame.
    Frame(&'a Arc<Frame>),
    /// A gap, or a run that the server does not give; `head` when it lies below the window, before
    /// the first sequence.
    Gap {
        /// The gap.
        gap: &'a Gap,
        /// Whether it is the page's head, outside the window.
        head: bool,
    },
    /// A run that could not be read.
    Unread(&'a Unread),
}

impl Row<'_> {
    /// The sequences of the row.
    #[must_use]
    pub fn range(&self) -> Window {
        match self {
            Self::Frame(frame) => Window::one(frame.seq),
            Self::Gap { gap, .. } => gap.range,
            Self::Unread(unread) => unread.range,
        }
    }

    /// Whether it is a gap.
    #[must_use]
    pub const fn is_gap(&self) -> bool {
        matches!(self, Self::Gap { .. })
    }
}

/// How many rows a page has.
#[must_use]
pub fn count(page: &Page) -> usize {
    page.head.len() + page.slots().len()
}

/// Row `index` of a page, oldest first.
#[must_use]
pub fn get(page: &Page, index: usize) -> Option<Row<'_>> {
    let Some(index) = index.checked_sub(page.head.len()) else {
        return page.head.get(index).map(|gap| Row::Gap { gap, head: true });
    };
    page.slots().get(index).map(|slot| match slot {
        Slot::Frame(frame) => Row::Frame(frame),
        Slot::Gap(gap) | Slot::Unreadable(gap) => Row::Gap { gap, head: false },
        Slot::Unread(unread) => Row::Unread(unread),
    })
}

/// The row that holds a sequence, or the nearest one; 0 for a sequence below the page.
#[must_use]
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
