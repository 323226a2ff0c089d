//! The screen, drawn from the app's [`State`] alone: no I/O, no clock, nothing kept between two
//! drawings. One short file a widget.

mod banner;
mod bottom;
mod detail;
mod empty;
mod frame_columns;
mod frame_title;
mod frames;
mod gap_row;
mod glyphs;
mod header;
mod ledger;
mod map_cell;
mod map_strip;
mod no_server;
mod overlay;
mod paint;
mod room_card;
mod room_row;
mod rooms;
mod text;
mod theme;
mod tiny;
mod toasts;
mod words;

pub mod hit;
pub mod layout;
mod viewport;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub(crate) use text::fit;

pub use glyphs::GlyphSet;
pub use theme::{ColorMode, Theme};
pub use viewport::viewport;

use ratatui::Frame;

use crate::app::{Focus, State};

/// Draws the whole screen.
pub fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let parts = layout::solve((area.width, area.height), state);
    let buf = frame.buffer_mut();
    if parts.tiny {
        tiny::draw(buf, theme, area);
        return;
    }
    let focus = layout::focus(state);
    header::draw(buf, theme, parts.header, state);
    if let Some(area) = parts.no_server {
        no_server::draw(buf, theme, area, state);
    }
    if let Some(area) = parts.rooms {
        rooms::draw(buf, theme, area, state, focus == Focus::Rooms);
    }
    if let Some(area) = parts.card {
        room_card::draw(buf, theme, area, state);
        separator(buf, theme, area);
    }
    if let Some(area) = parts.frames {
        frames::draw(buf, theme, area, state, focus == Focus::Frames);
        separator(buf, theme, area);
    }
    if let Some(area) = parts.map {
        map_strip::draw(buf, theme, area, state);
        if area.x > 0 {
            let left = ratatui::layout::Rect { x: area.x - 1, width: 1, ..area };
            paint::fill(buf, left, theme.glyphs.bar, theme.rule);
        }
    }
    if let Some(area) = parts.detail {
        detail::draw(buf, theme, area, state, focus == Focus::Detail);
        separator(buf, theme, area);
    }
    ledger::draw(buf, theme, parts.ledger, state);
    toasts::draw(buf, theme, parts.ledger, state);
    if let Some(area) = parts.overlay {
        overlay::draw(buf, theme, area, state);
    }
    let cursor = bottom::draw(buf, theme, parts.bottom, state);
    if let Some(at) = cursor {
        frame.set_cursor_position(at);
    }
}

/// The line in the column left of a pane that has another pane there.
fn separator(buf: &mut ratatui::buffer::Buffer, theme: &Theme, pane: ratatui::layout::Rect) {
    if pane.x > 0 {
        let column = ratatui::layout::Rect { x: pane.x - 1, width: 1, ..pane };
        paint::fill(buf, column, theme.glyphs.bar, theme.rule);
        paint::fill(buf, paint::row(column, 0), theme.glyphs.junction, theme.rule);
    }
}
