//! The mouse.

use crate::app::effect::Effect;
use crate::app::msg::Target;
use crate::app::state::{Focus, State};

use super::{map, motion, pages};

/// A click selects; on the selected room of the focused list it opens.
pub(super) fn click(state: &mut State, target: Target) -> Vec<Effect> {
    if state.connection.never_up() {
        return Vec::new();
    }
    match target {
        Target::Room(index) => {
            // Opening may create a stream, so a click that only brings the focus never opens.
            let was = state.rooms.selected.clone().filter(|_| state.focus == Focus::Rooms);
            state.focus = Focus::Rooms;
            state.rooms.select(index);
            match state.rooms.selected.clone() {
                Some(id) if was.as_ref() == Some(&id) => return pages::open(state, &id),
                _ => {}
            }
        }
        Target::Row(index) => {
            state.focus = Focus::Frames;
            motion::select_row(state, index);
        }
        Target::MapCell(seq) => return map::click(state, seq),
        Target::Pane(pane) => state.focus = pane,
        Target::Overlay | Target::Nothing => {}
    }
    Vec::new()
}

/// The wheel moves what is under it, whichever pane has the keys.
pub(super) fn wheel(state: &mut State, target: Target, rows: i32) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    match target {
        Target::Room(_) => motion::by(state, Focus::Rooms, rows),
        Target::MapCell(_) if state.top().is_some() => {}
        Target::Row(_) | Target::MapCell(_) => motion::by(state, Focus::Frames, rows),
        Target::Pane(pane) => motion::by(state, pane, rows),
        Target::Overlay => return motion::scroll_overlay(state, rows),
        Target::Nothing => {}
    }
    Vec::new()
}
