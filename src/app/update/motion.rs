//! Moving: the selection in the lists, the lines in the detail pane and in layers.

use crate::app::effect::Effect;
use crate::app::overlay::Overlay;
use crate::app::rows;
use crate::app::state::{Focus, State};

/// Moves the focused pane's selection, or the pane at hand, by so many rows.
pub(super) fn by(state: &mut State, pane: Focus, rows: isize) {
    match pane {
        Focus::Rooms => {
            let at = state.rooms.selected_index().unwrap_or(0);
            state.rooms.select(at.saturating_add_signed(rows));
        }
        Focus::Frames => {
            let at = state.view.selected_index().unwrap_or(0);
            select_row(state, at.saturating_add_signed(rows));
        }
        Focus::Detail => {
            state.detail.scroll = state.detail.scroll.saturating_add_signed(rows);
        }
    }
}

/// Moves to a row by its index; past the end is the end.
pub(super) fn to(state: &mut State, pane: Focus, index: usize) {
    match pane {
        Focus::Rooms => state.rooms.select(index),
        Focus::Frames => select_row(state, index),
        Focus::Detail => state.detail.scroll = index,
    }
}

/// Selects row `index` of the page, or its last one.
pub(super) fn select_row(state: &mut State, index: usize) {
    let Some(page) = state.view.page() else { return };
    let last = rows::count(page).saturating_sub(1);
    state.view.selected = rows::get(page, index.min(last)).map(|row| row.range().start());
}

/// Rows of a pane that fit on the screen.
pub(super) const fn height(state: &State, pane: Focus) -> usize {
    let rows = match pane {
        Focus::Rooms => state.viewport.rooms,
        Focus::Frames => state.viewport.frames,
        Focus::Detail => state.viewport.detail,
    };
    if rows == 0 { 1 } else { rows }
}

/// Scrolls the top layer. No effects: it gives the empty list for callers that end with it.
pub(super) fn scroll_overlay(state: &mut State, lines: isize) -> Vec<Effect> {
    if let Some(scroll) = state.overlays.last_mut().and_then(Overlay::scroll_mut) {
        *scroll = scroll.saturating_add_signed(lines);
    }
    Vec::new()
}

/// Scrolls each pane no further than it goes, and so that its selection shows.
pub(super) fn keep_in_view(state: &mut State) {
    let view = state.viewport;
    let rooms = state.rooms.len();
    if let Some(at) = state.rooms.selected_index() {
        state.rooms.offset = offset(state.rooms.offset, at, view.rooms, rooms);
    }
    let rows = state.view.rows();
    if let Some(at) = state.view.selected_index() {
        state.view.offset = offset(state.view.offset, at, view.frames, rows);
    }
    let most = view.detail_lines.saturating_sub(view.detail);
    state.detail.scroll = state.detail.scroll.min(most);
    let most = view.overlay_lines.saturating_sub(view.overlay);
    if let Some(scroll) = state.overlays.last_mut().and_then(Overlay::scroll_mut) {
        *scroll = (*scroll).min(most);
    }
}

/// Rows kept in sight above and below the selection, where there are any.
const CONTEXT: usize = 3;

/// The first row to show, changed from `now` only as far as needed.
fn offset(now: usize, selected: usize, height: usize, rows: usize) -> usize {
    if height == 0 {
        return now;
    }
    let context = CONTEXT.min((height - 1) / 2);
    let most = selected.saturating_sub(context);
    let least = (selected + 1 + context).saturating_sub(height).min(most);
    now.clamp(least, most).min(rows.saturating_sub(height))
}
