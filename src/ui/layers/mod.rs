//! Layers over the panes, each in a box: the table of them, and what they have in common. A line that
//! is typed is a layer without a box.

mod confirm;
mod connection;
mod drift;
mod help;
mod why;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use crate::app::{Overlay, State, Target, Viewport};

use super::glyphs::GlyphSet;
use super::layout::Layout;
use super::pane::{Hint, Layer};
use super::theme::{ColorMode, Theme};
use super::{map, paint, text};

const fn of(overlay: &Overlay) -> Option<Layer> {
    Some(match overlay {
        Overlay::Help { .. } => help::LAYER,
        Overlay::Drift { .. } => drift::LAYER,
        Overlay::Confirm { .. } => confirm::CHANGE,
        Overlay::Recreate { .. } => confirm::RECREATE,
        Overlay::Connection { .. } => connection::LAYER,
        Overlay::Map { .. } => map::full::LAYER,
        Overlay::Why(_) => why::LAYER,
        Overlay::Prompt(_) => return None,
    })
}

/// The top layer that has a box.
struct Shown<'a> {
    overlay: &'a Overlay,
    layer: Layer,
    /// In the middle, as high as its content, within the screen.
    area: Rect,
    lines: Vec<Line<'static>>,
}

impl<'a> Shown<'a> {
    fn of(theme: &Theme, layout: &Layout, state: &'a State) -> Option<Self> {
        let boxed = |overlay| Some((overlay, of(overlay)?));
        let (overlay, layer) =
            state.overlays.iter().rev().find_map(boxed).filter(|_| !layout.tiny)?;
        let screen = layout.screen;
        let width = layer.width.min(screen.width.saturating_sub(2));
        let lines = (layer.lines)(theme, state, overlay, usize::from(width.saturating_sub(4)));
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
        let height = height.min(screen.height.saturating_sub(3));
        let area = Rect {
            x: (screen.width - width) / 2,
            y: 1 + (screen.height.saturating_sub(3) - height) / 3,
            width,
            height,
        };
        Some(Self { overlay, layer, area, lines })
    }

    /// Where there is no theme: where things are depends on no colour and on no glyph.
    fn plain(layout: &Layout, state: &'a State) -> Option<Self> {
        const ANY: Theme = Theme::new(ColorMode::Mono, GlyphSet::Unicode);
        Self::of(&ANY, layout, state)
    }

    /// The part of the box that holds the lines.
    const fn inside(&self) -> Rect {
        let Rect { x, y, width, height } = self.area;
        Rect {
            x: x + 2,
            y: y + 1,
            width: width.saturating_sub(4),
            height: height.saturating_sub(2),
        }
    }
}

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, layout: &Layout, state: &State) {
    let Some(shown) = Shown::of(theme, layout, state) else { return };
    let (area, lines) = (shown.area, &shown.lines);
    let body = paint::window(buf, theme, area, shown.layer.title);
    let height = usize::from(body.height);
    let scroll = shown.overlay.scroll().unwrap_or(0).min(lines.len().saturating_sub(height));
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

/// The keys of the layer on top; none where there is no layer with a box.
pub(super) fn hints(state: &State) -> Option<Vec<Hint>> {
    let top = state.top()?;
    Some((of(top)?.hints)(state, top))
}

pub(super) fn viewport(layout: &Layout, state: &State, view: &mut Viewport) {
    let Some(shown) = Shown::plain(layout, state) else { return };
    view.overlay = usize::from(shown.inside().height);
    view.overlay_lines = shown.lines.len();
    (shown.layer.viewport)(shown.inside(), state, view);
}

/// What the pointer is on while there is a layer: nothing beside it reacts.
pub(super) fn hit(layout: &Layout, state: &State, at: Position) -> Target {
    let typing = matches!(state.top(), Some(Overlay::Prompt(_)));
    match Shown::plain(layout, state).filter(|shown| shown.area.contains(at)) {
        Some(shown) if !typing => (shown.layer.hit)(shown.inside(), state, at),
        Some(_) => Target::Overlay,
        None if typing && layout.bottom.contains(at) => Target::Overlay,
        None => Target::Nothing,
    }
}
