//! The table of panes: drawing, hints, the viewport and the pointer all go through it, over one
//! layout, so they cannot disagree.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{State, Target, Viewport};

use super::layout::{self, Layout};
use super::pane::{Hint, Pane};
use super::theme::Theme;
use super::{detail, empty, frames, layers, map, paint, rooms};

/// Where the layout puts a pane.
type Place = fn(&Layout) -> Option<Rect>;

static PANES: [(Place, Pane); 6] = [
    (|layout| layout.no_server, empty::NO_SERVER),
    (|layout| layout.rooms, rooms::PANE),
    (|layout| layout.card, rooms::card::PANE),
    (|layout| layout.frames, frames::PANE),
    (|layout| layout.map, map::PANE),
    (|layout| layout.detail, detail::PANE),
];

/// The panes that are on the screen.
fn shown(layout: &Layout) -> impl Iterator<Item = (Rect, &'static Pane)> {
    PANES.iter().filter_map(|(area, pane)| Some((area(layout)?, pane)))
}

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, layout: &Layout, state: &State) {
    for (area, pane) in shown(layout) {
        (pane.draw)(buf, theme, area, state, pane.focus == Some(state.focus()));
        // The line in the column left of a pane that has another pane there.
        if area.x > 0 {
            let column = Rect { x: area.x - 1, width: 1, ..area };
            paint::fill(buf, column, theme.glyphs.bar, theme.rule);
            if pane.titled {
                paint::fill(buf, paint::row(column, 0), theme.glyphs.junction, theme.rule);
            }
        }
    }
}

pub(super) fn hints(state: &State) -> Vec<Hint> {
    if state.connection.never_up() {
        return (empty::NO_SERVER.hints)(state);
    }
    let pane = PANES.iter().find(|(_, pane)| pane.focus == Some(state.focus()));
    pane.map(|(_, pane)| (pane.hints)(state)).unwrap_or_default()
}

/// Rows and lines each pane has in a terminal of the state's size, for the app's scrolling. Ask
/// after each update.
pub fn viewport(state: &State) -> Viewport {
    let layout = layout::solve(state.size, state);
    let mut view = Viewport::default();
    for (area, pane) in shown(&layout) {
        (pane.viewport)(area, state, &mut view);
    }
    layers::viewport(&layout, state, &mut view);
    view
}

/// What is at a column and row of the terminal, both from 0.
pub fn target(state: &State, column: u16, row: u16) -> Target {
    let at = Position::new(column, row);
    let layout = layout::solve(state.size, state);
    if state.top().is_some() {
        return layers::hit(&layout, state, at);
    }
    let pane = shown(&layout).find(|(area, _)| area.contains(at));
    pane.map_or(Target::Nothing, |(area, pane)| (pane.hit)(area, state, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Focus;

    #[test]
    fn every_focus_has_one_pane_and_every_pane_its_place() {
        for focus in Focus::ALL {
            let panes = PANES.iter().filter(|(_, pane)| pane.focus == Some(focus));
            assert_eq!(panes.count(), 1, "{focus:?}");
        }
        let marked = |x| Some(Rect::new(x, 0, 1, 1));
        let layout = Layout {
            no_server: marked(0),
            rooms: marked(1),
            card: marked(2),
            frames: marked(3),
            map: marked(4),
            detail: marked(5),
            ..Layout::default()
        };
        let places = shown(&layout).map(|(area, _)| area.x).collect::<Vec<_>>();
        assert_eq!(places, [0, 1, 2, 3, 4, 5]);
    }
}
