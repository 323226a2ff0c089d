//! Where everything is: pure arithmetic from the terminal's size and the state. Drawing, the
//! viewport and the mouse all ask here, so they cannot disagree.

use ratatui::layout::Rect;

use crate::app::{Focus, State};

use super::map;

/// The least terminal that is of use, in columns and rows.
pub(crate) const LEAST: (u16, u16) = (60, 12);

/// From this width on three panes stand side by side, and both encodings show.
pub(crate) const WIDE: u16 = 120;

/// Below this width the room list is only there while it has the keys.
const SIDE: u16 = 100;

/// Columns of a frames pane that shows a gap row in full.
const FRAMES_FULL: u16 = 58;

/// The width from which the list beside an opened room shows its last activity, missing sequences
/// and state, and the columns that takes.
const ROOMS_WHOLE: (u16, u16) = (160, 63);

/// The width from which the detail pane has 16 bytes in a row, beside that list and frames with
/// their gap rows in full.
const DETAIL_WHOLE: u16 = ROOMS_WHOLE.1 + 1 + FRAMES_FULL + 1 + DETAIL.1;

/// Columns of a detail pane with 8 bytes in a row, and with 16.
const DETAIL: (u16, u16) = (41, 77);

/// The parts of the screen. A pane that is not shown has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub screen: Rect,
    /// Whether the terminal is below [`LEAST`]; all other parts are then empty.
    pub tiny: bool,
    pub header: Rect,
    pub rooms: Option<Rect>,
    pub frames: Option<Rect>,
    /// The strip of the stream map, below the frames.
    pub map: Option<Rect>,
    /// What is known of the selected room, while none is opened.
    pub card: Option<Rect>,
    /// The selected row in full, with its title.
    pub detail: Option<Rect>,
    /// The screen shown while there was no connection yet.
    pub no_server: Option<Rect>,
    pub ledger: Rect,
    /// Key hints, or the line being typed.
    pub bottom: Rect,
}

/// The layout of a terminal of `size` columns and rows.
pub(crate) fn solve(size: (u16, u16), state: &State) -> Layout {
    let screen = Rect::new(0, 0, size.0, size.1);
    if size.0 < LEAST.0 || size.1 < LEAST.1 {
        return Layout { screen, tiny: true, ..Layout::default() };
    }
    let row = |y| Rect { y, height: 1, ..screen };
    let middle = Rect { y: 1, height: screen.height - 3, ..screen };
    let mut layout = Layout {
        screen,
        header: row(0),
        ledger: row(screen.height - 2),
        bottom: row(screen.height - 1),
        ..Layout::default()
    };
    if state.connection.never_up() {
        layout.no_server = Some(middle);
    } else if state.zoom {
        zoom(&mut layout, middle, state);
    } else if state.view.room.is_none() {
        let rooms = if size.0 >= WIDE { (size.0 * 11 / 20).min(96) } else { size.0 / 2 };
        let (left, right) = columns(middle, rooms);
        layout.rooms = Some(left);
        layout.card = Some(right);
    } else if size.0 >= WIDE {
        wide(&mut layout, middle, state);
    } else {
        narrow(&mut layout, middle, state);
    }
    if let Some(frames) = layout.frames {
        let strip = map::height(frames.height, state);
        let (above, map) = (frames.height - strip, frames.y + frames.height - strip);
        layout.map = (strip > 0).then_some(Rect { y: map, height: strip, ..frames });
        layout.frames = Some(Rect { height: above, ..frames });
    }
    layout
}

fn zoom(layout: &mut Layout, middle: Rect, state: &State) {
    match state.focus() {
        Focus::Rooms => layout.rooms = Some(middle),
        Focus::Frames => layout.frames = Some(middle),
        Focus::Detail => layout.detail = Some(middle),
    }
}

fn wide(layout: &mut Layout, middle: Rect, state: &State) {
    let page = state.view.page().is_some();
    let spare = middle.width - WIDE;
    // One width whichever pane has the keys: nothing jumps when the focus moves.
    let rooms = if middle.width >= ROOMS_WHOLE.0 { ROOMS_WHOLE.1 } else { 19 + spare.min(21) };
    let detail = if middle.width >= DETAIL_WHOLE { DETAIL.1 } else { DETAIL.0 };
    let (left, right) = columns(middle, rooms);
    layout.rooms = Some(left);
    if page {
        let (frames, detail) = columns(right, right.width - detail - 1);
        layout.frames = Some(frames);
        layout.detail = Some(detail);
    } else {
        layout.frames = Some(right);
    }
}

fn narrow(layout: &mut Layout, middle: Rect, state: &State) {
    let focus = state.focus();
    let on_rooms = focus == Focus::Rooms;
    let mut right = middle;
    if on_rooms || middle.width >= SIDE {
        let rooms = if on_rooms { 34 } else { middle.width - FRAMES_FULL - 15 };
        let (left, rest) = columns(middle, rooms.min(34));
        layout.rooms = Some(left);
        right = rest;
    }
    let stack = state.view.page().is_some() && (!on_rooms || middle.height > 30);
    if stack {
        let share = if focus == Focus::Detail { 7 } else { 10 };
        let height = (right.height * share / 20).max(5);
        layout.frames = Some(Rect { height, ..right });
        layout.detail = Some(Rect { y: right.y + height, height: right.height - height, ..right });
    } else {
        layout.frames = Some(right);
    }
}

/// Two areas side by side with one column between them.
fn columns(area: Rect, left: u16) -> (Rect, Rect) {
    let left = left.min(area.width.saturating_sub(1));
    let x = area.x + left + 1;
    (Rect { width: left, ..area }, Rect { x, width: area.right().saturating_sub(x), ..area })
}
