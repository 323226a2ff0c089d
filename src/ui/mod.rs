//! The screen, drawn from the app's [`State`] alone: no I/O, no clock, nothing kept between two
//! drawings. A pane or a layer has a module of its own.

mod bottom;
mod detail;
mod empty;
mod frames;
mod glyphs;
mod header;
mod layers;
mod layout;
mod ledger;
mod map;
mod paint;
mod pane;
mod panes;
mod rooms;
mod text;
mod theme;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub(crate) use text::fit;

pub use glyphs::GlyphSet;
pub use panes::{target, viewport};
pub use theme::{ColorMode, Theme};

use ratatui::Frame;

use crate::app::State;

pub fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let layout = layout::solve((area.width, area.height), state);
    let buf = frame.buffer_mut();
    if layout.tiny {
        empty::tiny(buf, theme, area);
        return;
    }
    header::draw(buf, theme, layout.header, state);
    panes::draw(buf, theme, &layout, state);
    ledger::draw(buf, theme, layout.ledger, state);
    bottom::toasts(buf, theme, layout.ledger, state);
    layers::draw(buf, theme, &layout, state);
    if let Some(at) = bottom::draw(buf, theme, layout.bottom, state) {
        frame.set_cursor_position(at);
    }
}
