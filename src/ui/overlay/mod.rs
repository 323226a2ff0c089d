//! Layers over the panes, each in a box.

mod confirm;
mod connection;
mod drift;
mod help;
pub(super) mod map;
mod recreate;
mod why;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::{Overlay, State};

use super::layout;
use super::paint;
use super::text;
use super::theme::{ColorMode, Theme};

/// Columns of the box, frame and padding included, before the screen's width is looked at.
const fn wanted_width(overlay: &Overlay) -> u16 {
    match overlay {
        Overlay::Help { .. } | Overlay::Map { .. } => 148,
        Overlay::Drift { .. } => 100,
        Overlay::Why(_) => 116,
        Overlay::Confirm { .. }
        | Overlay::Recreate { .. }
        | Overlay::Connection { .. }
        | Overlay::Prompt(_) => 78,
    }
}

/// The box of a layer: in the middle, as high as its content, within the screen.
pub(super) fn area(screen: Rect, overlay: &Overlay, state: &State) -> Rect {
    let width = wanted_width(overlay).min(screen.width.saturating_sub(2));
    let probe = Rect { width, ..screen };
    let lines = lines(overlay, state, inner_width(probe));
    let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2);
    let height = height.min(screen.height.saturating_sub(3));
    Rect {
        x: (screen.width - width) / 2,
        y: 1 + (screen.height.saturating_sub(3) - height) / 3,
        width,
        height,
    }
}

/// Columns inside the frame and padding of a box.
pub(super) fn inner_width(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(4))
}

/// The part of a box that holds its lines.
pub(super) const fn inner(area: Rect) -> Rect {
    let (width, height) = (area.width.saturating_sub(4), area.height.saturating_sub(2));
    Rect { x: area.x + 2, y: area.y + 1, width, height }
}

/// Lines a layer has in a box of `width` columns inside.
pub(super) fn lines(overlay: &Overlay, state: &State, width: usize) -> usize {
    // The number of lines depends on no colour and on no glyph.
    const ANY: Theme = Theme::new(ColorMode::Mono, super::GlyphSet::Unicode);
    content(&ANY, overlay, state, width).len()
}

fn content(theme: &Theme, overlay: &Overlay, state: &State, width: usize) -> Vec<Line<'static>> {
    match overlay {
        Overlay::Help { filter, .. } => help::lines(theme, &state.keymap, filter, width),
        Overlay::Drift { .. } => drift::lines(theme, state, width),
        Overlay::Confirm { room, changes, .. } => confirm::lines(theme, room, changes, width),
        Overlay::Recreate { room, made, .. } => recreate::lines(theme, state, room, *made, width),
        Overlay::Connection { .. } => connection::lines(theme, state, width),
        Overlay::Map { cursor } => map::lines(theme, state, *cursor, width),
        Overlay::Why(layer) => why::lines(theme, state, layer, width),
        Overlay::Prompt(_) => Vec::new(),
    }
}

fn title(overlay: &Overlay) -> &'static str {
    match overlay {
        Overlay::Help { .. } => "Help",
        Overlay::Drift { .. } => "Stream and contract",
        Overlay::Confirm { .. } => "Change this stream?",
        Overlay::Recreate { .. } => "Create a new stream?",
        Overlay::Connection { .. } => "Connection",
        Overlay::Map { .. } => "The whole stream",
        Overlay::Why(_) => "Why is the backlog short?",
        Overlay::Prompt(_) => "",
    }
}

/// Draws the top layer that has a box.
pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) {
    let Some(overlay) = layout::top_layer(state) else {
        return;
    };
    let body = paint::window(buf, theme, area, title(overlay));
    let lines = content(theme, overlay, state, usize::from(body.width));
    let wanted = overlay.scroll().unwrap_or(0);
    let height = usize::from(body.height);
    let scroll = wanted.min(lines.len().saturating_sub(height));
    paint::lines(buf, theme, body, lines.iter().skip(scroll));
    let below = lines.len().saturating_sub(scroll + height);
    if scroll > 0 || below > 0 {
        let g = &theme.glyphs;
        let words = format!(" {}{scroll} {}{below} ", g.up, g.down);
        let wide = u16::try_from(text::width(&words)).unwrap_or(0);
        let x = area.right().saturating_sub(wide + 2).max(area.x);
        let row = Rect { x, y: area.bottom() - 1, width: wide.min(area.width), height: 1 };
        paint::put(buf, theme, row, &words, theme.dim);
    }
}

/// A heading, then a sentence folded to a width.
pub(super) fn folded(
    lines: &mut Vec<Line<'static>>,
    words: &str,
    width: usize,
    style: ratatui::style::Style,
) {
    lines.extend(text::wrap(words, width).into_iter().map(|l| Line::styled(l, style)));
}
