//! The map of the whole stream in one or two rows under the frames, with the page on it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::State;
use crate::domain::StreamMap;

use super::map_cell;
use super::paint;
use super::text;
use super::theme::Theme;

/// Rows of a frames pane from which the strip has one row, and two.
const ROWS: (u16, u16) = (9, 16);

/// Rows the strip takes of a frames pane of `height` rows.
pub(super) const fn height(height: u16, state: &State) -> u16 {
    match height {
        _ if state.chart.map.is_none() => 0,
        h if h >= ROWS.1 => 2,
        h if h >= ROWS.0 => 1,
        _ => 0,
    }
}

/// Where the cells are, between the times of the stream's ends.
struct Plan {
    cells: Rect,
    from: String,
    to: String,
}

fn plan(area: Rect, map: &StreamMap, state: &State) -> Plan {
    let width = usize::from(area.width);
    let (from, to) = map_cell::ends(map, state, width / 5);
    let side = |label: &str| match text::width(label) {
        0 => 1,
        wide => u16::try_from(wide).unwrap_or(0) + 2,
    };
    let (left, right) = (side(&from), side(&to));
    let room = area.width.saturating_sub(left + right);
    let wide = u16::try_from(map.span().len()).unwrap_or(u16::MAX).min(room);
    Plan {
        cells: Rect { x: area.x + left, width: wide, height: area.height.min(1), ..area },
        from,
        to,
    }
}

/// The first sequence of the cell at a position.
pub(super) fn at(area: Rect, state: &State, at: Position) -> Option<u64> {
    let map = state.chart.map.as_ref()?;
    let cells = plan(area, map, state).cells;
    if !cells.contains(Position { y: cells.y, ..at }) || !area.contains(at) {
        return None;
    }
    let cell = map.cells(usize::from(cells.width)).get(usize::from(at.x - cells.x)).copied()?;
    Some(cell.range.start())
}

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) {
    let (Some(map), Some(page)) = (&state.chart.map, state.view.page()) else { return };
    let Plan { cells: bar, from, to } = plan(area, map, state);
    paint::put(buf, theme, paint::indent(paint::row(area, 0), 1), &from, theme.dim);
    let right = Rect { x: bar.right(), width: area.right() - bar.right(), ..bar };
    paint::put(buf, theme, paint::indent(right, 1), &to, theme.dim);
    let cells = map.cells(usize::from(bar.width));
    for (x, cell) in (bar.x..).zip(&cells) {
        let (glyph, style) = map_cell::mark(theme, cell);
        paint::fill(buf, Rect { x, width: 1, ..bar }, glyph, style);
    }
    let of = |seq| u16::try_from(map.index(cells.len(), seq)).unwrap_or(0);
    let (first, last) = (bar.x + of(page.window().start()), bar.x + of(page.window().end()));
    let here = Rect { x: first, width: last + 1 - first, ..bar };
    if area.height > 1 {
        let row = paint::row(area, 1);
        paint::fill(buf, Rect { y: row.y, ..here }, theme.glyphs.here, theme.strong);
        let words = map_cell::basis(map, state);
        let wide = u16::try_from(text::width(&words)).unwrap_or(u16::MAX);
        // On the side that the page leaves free.
        let left = Rect { x: area.x + 1, width: here.x.saturating_sub(area.x + 2), ..row };
        let x = area.right().saturating_sub(wide.saturating_add(1)).max(here.right() + 1);
        let right = Rect { x, width: area.right().saturating_sub(x + 1), ..row };
        if let Some(free) = [left, right].into_iter().find(|free| free.width >= wide) {
            paint::put(buf, theme, free, &words, theme.dim);
        }
    } else {
        for (x, glyph) in [(here.x.saturating_sub(1), "["), (here.right(), "]")] {
            if (area.x..area.right()).contains(&x) {
                paint::fill(buf, Rect { x, width: 1, ..bar }, glyph, theme.strong);
            }
        }
    }
}
