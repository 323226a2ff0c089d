//! Moving: the selection of the page, and the lines of panes and layers.

use crate::app::effect::Effect;
use crate::app::overlay::Overlay;
use crate::app::state::{Focus, Moves as _, State};

/// Selects row `index` of the page, or its last one.
pub(super) fn select_row(state: &mut State, index: usize) {
    state.view.to(index);
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
    for pane in Focus::ALL {
        state.pane_mut(pane).keep_in_view(&view);
    }
    let most = view.overlay_lines.saturating_sub(view.overlay);
    if let Some(scroll) = state.overlays.last_mut().and_then(Overlay::scroll_mut) {
        *scroll = (*scroll).min(most);
    }
}
