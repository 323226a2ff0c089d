//! Moving in a pane, and keeping in sight what it moved to.

use super::rooms::Rooms;
use super::view::{Detail, View};

/// Rows kept in sight above and below the selection, where there are any.
const CONTEXT: usize = 3;

/// What moves in a pane: the selection of a list, else the first line on the screen.
pub(super) trait Moves {
    /// Where it is now.
    fn at(&self) -> usize;

    /// Moves to a row by its index; past the end is the end.
    fn to(&mut self, row: usize);

    /// Moves by so many rows.
    fn by(&mut self, rows: isize) {
        self.to(self.at().saturating_add_signed(rows));
    }

    /// Scrolls no further than there is something, and so that the selection shows.
    /// `rows` fit on the screen; `lines` are there in a pane that is no list.
    fn keep_in_view(&mut self, rows: usize, lines: usize);
}

/// The first row to show of a list, changed from `now` only as far as needed.
fn offset(now: usize, selected: usize, height: usize, rows: usize) -> usize {
    if height == 0 {
        return now;
    }
    let context = CONTEXT.min((height - 1) / 2);
    let most = selected.saturating_sub(context);
    let least = (selected + 1 + context).saturating_sub(height).min(most);
    now.clamp(least, most).min(rows.saturating_sub(height))
}

impl Moves for Rooms {
    fn at(&self) -> usize {
        self.selected_index().unwrap_or(0)
    }

    fn to(&mut self, row: usize) {
        self.select(row);
    }

    fn keep_in_view(&mut self, rows: usize, _: usize) {
        if let Some(at) = self.selected_index() {
            self.offset = offset(self.offset, at, rows, self.len());
        }
    }
}

impl Moves for View {
    fn at(&self) -> usize {
        self.selected_index().unwrap_or(0)
    }

    fn to(&mut self, row: usize) {
        self.select(row);
    }

    fn keep_in_view(&mut self, rows: usize, _: usize) {
        if let Some(at) = self.selected_index() {
            self.offset = offset(self.offset, at, rows, self.rows());
        }
    }
}

impl Moves for Detail {
    fn at(&self) -> usize {
        self.scroll
    }

    fn to(&mut self, row: usize) {
        self.scroll = row;
    }

    fn keep_in_view(&mut self, rows: usize, lines: usize) {
        self.scroll = self.scroll.min(lines.saturating_sub(rows));
    }
}
