//! What the pointer is on, from the same layout that was drawn.

use ratatui::layout::{Position, Rect};

use crate::app::{Focus, Overlay, State, Target};

use super::{frames, layout, map_strip, overlay, rooms};

/// What is at a column and row of the terminal, both from 0.
#[must_use]
pub fn target(state: &State, column: u16, row: u16) -> Target {
    let at = Position::new(column, row);
    let layout = layout::solve(state.size, state);
    match state.top() {
        Some(Overlay::Prompt(_)) if layout.bottom.contains(at) => return Target::Overlay,
        Some(Overlay::Map { .. }) if layout.overlay.is_some_and(|area| area.contains(at)) => {
            let inner = layout.overlay.map(overlay::inner).unwrap_or_default();
            return overlay::map::at(inner, state, at).map_or(Target::Overlay, Target::MapCell);
        }
        Some(_) => {
            return match layout.overlay {
                Some(area) if area.contains(at) => Target::Overlay,
                _ => Target::Nothing,
            };
        }
        None => {}
    }
    let on = |area: Option<Rect>| area.filter(|area| area.contains(at));
    if let Some(area) = on(layout.rooms) {
        return listed(rooms::list(area, state), at, state.rooms.offset, state.rooms.len())
            .map_or(Target::Pane(Focus::Rooms), Target::Room);
    }
    if let Some(area) = on(layout.frames) {
        return listed(frames::list(area, state), at, state.view.offset, state.view.rows())
            .map_or(Target::Pane(Focus::Frames), Target::Row);
    }
    if let Some(area) = on(layout.map) {
        return map_strip::at(area, state, at).map_or(Target::Pane(Focus::Frames), Target::MapCell);
    }
    if on(layout.detail).is_some() {
        return Target::Pane(Focus::Detail);
    }
    Target::Nothing
}

fn listed(area: Rect, at: Position, offset: usize, len: usize) -> Option<usize> {
    if !area.contains(at) {
        return None;
    }
    Some(offset + usize::from(at.y - area.y)).filter(|index| *index < len)
}
