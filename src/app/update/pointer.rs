//! The mouse.

use crate::app::effect::Effect;
use crate::app::msg::Target;
use crate::app::state::{Focus, State};

use super::{load, map};

/// A click selects; on the selected room of the focused list it opens.
pub(super) fn click(state: &mut State, target: Target) -> Vec<Effect> {
    if state.connection.never_up() {
        return Vec::new();
    }
    match target {
        Target::Room(index) => {
            // Opening may create a stream, so a click that only brings the focus never opens.
            let was = state.rooms.selected.clone().filter(|_| state.focus() == Focus::Rooms);
            state.focus_on(Focus::Rooms);
            state.rooms.select(index);
            match state.rooms.selected.clone() {
                Some(id) if was.as_ref() == Some(&id) => return load::open(state, &id),
                _ => {}
            }
        }
        Target::Row(index) => {
            state.focus_on(Focus::Frames);
            state.view.select(index);
        }
        Target::MapCell(seq) => return map::click(state, seq),
        Target::Pane(pane) => state.focus_on(pane),
        Target::Overlay | Target::Nothing => {}
    }
    Vec::new()
}

/// The wheel moves what is under it, whichever pane has the keys.
pub(super) fn wheel(state: &mut State, target: Target, rows: i32) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    match target {
        Target::Room(_) => state.pane_mut(Focus::Rooms).by(rows),
        Target::MapCell(_) if state.top().is_some() => {}
        Target::Row(_) | Target::MapCell(_) => state.pane_mut(Focus::Frames).by(rows),
        Target::Pane(pane) => state.pane_mut(pane).by(rows),
        Target::Overlay => state.scroll_layer(rows),
        Target::Nothing => {}
    }
    Vec::new()
}
