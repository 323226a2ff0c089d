//! How much of everything there is to see, for the app's scrolling.

use crate::app::{Overlay, State, Viewport};

use super::layout::{self, Layout};
use super::{detail, frames, overlay, paint, rooms};

/// Rows and lines each pane has in a terminal of the state's size. Ask after each update.
#[must_use]
pub fn viewport(state: &State) -> Viewport {
    let Layout { rooms, frames, detail, overlay, .. } = layout::solve(state.size, state);
    let mut view = Viewport::default();
    if let Some(area) = rooms {
        view.rooms = usize::from(rooms::list(area, state).height);
    }
    if let Some(area) = frames {
        view.frames = usize::from(frames::list(area, state).height);
    }
    if let Some(area) = detail {
        let plan = detail::plan(paint::below_title(area), state);
        view.detail = usize::from(plan.list.height);
        view.detail_lines = plan.lines;
    }
    if let (Some(area), Some(top)) = (overlay, layout::top_layer(state)) {
        view.overlay = usize::from(area.height.saturating_sub(2));
        if matches!(top, Overlay::Map { .. }) {
            view.map = overlay::map::grid(state, overlay::inner_width(area));
        }
        view.overlay_lines = overlay::lines(top, state, overlay::inner_width(area));
    }
    view
}
