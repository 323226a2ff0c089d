//! The page before it is whole: its newest rows, as soon as they are known.

use std::time::Instant;

use crate::domain::{Page, PageBuilder, Slot, StreamInfo, Window};

use super::fetch::Fetch;
use super::{Read, Watch, account, micros};

/// A partial page that is owed, or none.
pub(super) struct Partial<'a> {
    /// Rows it should have; 0 when none is owed any more.
    rows: usize,
    info: &'a StreamInfo,
    ranges: &'a [Window],
    began: Instant,
}

impl<'a> Partial<'a> {
    pub(super) fn new(read: &Read<'_>, info: &'a StreamInfo, ranges: &'a [Window]) -> Self {
        Self { rows: read.screenful, info, ranges, began: read.began }
    }

    /// Gives the page out when its newest rows are known and others are not.
    pub(super) fn offer(&mut self, fetch: &Fetch<'_>, watch: &dyn Watch) {
        // A message that should be there and is not, or is too young, is judged by a later state:
        // until that is known, nothing is shown.
        let state = &self.info.state;
        let named = state.lost.as_ref().is_some_and(|lost| !lost.seqs.is_empty());
        let races =
            state.deleted.is_some() && !fetch.out.holes.is_empty() || named || state.is_doubtful();
        if self.rows == 0 || races || fetch.out.is_odd(self.info) {
            return;
        }
        let (Some(open), [range]) = (fetch.open(), self.ranges) else { return };
        // There is at most one gap between two frames, and one at the end.
        let frames = fetch.out.frames.range(open..).count();
        if frames.saturating_mul(2).saturating_add(1) < self.rows {
            return;
        }
        let mut builder = PageBuilder::new(*range);
        account::account(&mut builder, &fetch.out, self.info, self.ranges);
        let head = account::head(*range, self.info);
        let mut cost = fetch.cost;
        cost.micros = micros(self.began);
        let page = Page::build(builder, (None, None), head, self.info.clone(), cost);
        let known = |slot: &&Slot| !matches!(slot, Slot::Unread(_));
        if page.slots().iter().rev().take_while(known).count() >= self.rows {
            self.rows = 0;
            watch.partial(page);
        }
    }
}
