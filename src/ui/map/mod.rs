//! The map of the whole stream in one or two rows under the frames, with the page on it; and how a cell
//! looks, here as in the full map. Each state has a glyph of its own; colour only repeats it.

pub(super) mod full;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::{Action, Focus, State, Target};
use crate::domain::map::{Basis, Cell};
use crate::domain::{StreamMap, format};

use super::pane::Pane;
use super::theme::Theme;
use super::{paint, text};

pub(super) const PANE: Pane = Pane { draw, hit, ..Pane::BARE };

/// Rows of a frames pane from which the strip has one row, and two.
const ROWS: (u16, u16) = (9, 16);

/// Rows the strip takes of a frames pane of `height` rows.
pub(super) const fn height(height: u16, state: &State) -> u16 {
    match height {
        _ if state.map.shown.is_none() => 0,
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
    let (from, to) = ends(map, state, width / 5);
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

fn hit(area: Rect, state: &State, at: Position) -> Target {
    cell(area, state, at).map_or(Target::Pane(Focus::Frames), Target::MapCell)
}

/// The first sequence of the cell in the column of a position.
fn cell(area: Rect, state: &State, at: Position) -> Option<u64> {
    let map = state.map.shown.as_ref()?;
    let cells = plan(area, map, state).cells;
    if !cells.contains(Position { y: cells.y, ..at }) {
        return None;
    }
    let cell = map.cells(usize::from(cells.width)).get(usize::from(at.x - cells.x)).copied()?;
    Some(cell.range.start())
}

fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, _: bool) {
    let (Some(map), Some(page)) = (&state.map.shown, state.view.page()) else { return };
    let Plan { cells: bar, from, to } = plan(area, map, state);
    paint::put(buf, theme, paint::indent(paint::row(area, 0), 1), &from, theme.dim);
    let right = Rect { x: bar.right(), width: area.right() - bar.right(), ..bar };
    paint::put(buf, theme, paint::indent(right, 1), &to, theme.dim);
    let cells = map.cells(usize::from(bar.width));
    for (x, cell) in (bar.x..).zip(&cells) {
        let (glyph, style) = mark(theme, cell);
        paint::fill(buf, Rect { x, width: 1, ..bar }, glyph, style);
    }
    let of = |seq| u16::try_from(map.index(cells.len(), seq)).unwrap_or(0);
    let (first, last) = (bar.x + of(page.window().start()), bar.x + of(page.window().end()));
    let here = Rect { x: first, width: last + 1 - first, ..bar };
    if area.height > 1 {
        let row = paint::row(area, 1);
        paint::fill(buf, Rect { y: row.y, ..here }, theme.glyphs.here, theme.strong);
        let words = basis(map, state);
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

/// The glyph and style of a cell. A cell with any sequence missing or unreadable never looks full, and one with
/// any frame never looks empty.
fn mark(theme: &Theme, cell: &Cell) -> (&'static str, Style) {
    let g = &theme.glyphs;
    match (cell.frames, cell.missing.saturating_add(cell.unreadable), cell.unknown) {
        (_, 0, 0) => (g.full, theme.accent),
        (0, _, 0) if cell.missing == 0 => (g.unreadable, theme.bad),
        (0, _, 0) => (g.gap, theme.gap),
        (frames, _, 0) => {
            let steps = g.levels.len() as u128;
            let step = u128::from(frames) * steps / u128::from(cell.range.len());
            let last = g.levels.len().saturating_sub(1);
            let step = usize::try_from(step).unwrap_or(last).min(last);
            (g.levels.get(step).copied().unwrap_or(g.full), theme.accent)
        }
        (0, 0, _) => (g.unknown, theme.dim),
        (_, 0, _) => (g.seen, theme.accent),
        (_, _, _) => (g.part, theme.gap),
    }
}

/// What the glyphs mean.
fn legend(theme: &Theme, map: &StreamMap) -> String {
    let g = &theme.glyphs;
    let (some, last) = match map.has_unreadable() {
        true => ("some frames", format!("  {} unreadable", g.unreadable)),
        false => ("some missing", String::new()),
    };
    let levels = g.levels.concat();
    let sure = format!("{} all frames  {levels} {some}  {} no frames{last}", g.full, g.gap);
    if map.is_complete() {
        return sure;
    }
    format!("{sure}  {} a frame seen  {} a hole seen  {} unknown", g.seen, g.part, g.unknown)
}

/// What the map is drawn from, in a few words.
fn basis(map: &StreamMap, state: &State) -> String {
    if state.map.sampling.as_ref().is_some_and(|one| Some(&one.room) == state.view.room.as_ref()) {
        return "sampling the stream".into();
    }
    match map.basis() {
        _ if map.missing() == 0 && map.found() == 0 => {
            format!("no sequence is missing{}", state.as_of())
        }
        Basis::List => "from the server's list".into(),
        Basis::Page { complete: true } => "from the page, all holes on it".into(),
        Basis::Page { .. } => format!("list too long; {} samples", state.keymap.hint(Action::Map)),
        Basis::Sampled { requests, complete, stale } => {
            let more = match (complete, stale) {
                (true, _) => ", all holes found",
                (false, true) => ", changed since",
                (false, false) => "",
            };
            format!("sampled, {}{more}", format::counted(requests, "request"))
        }
    }
}

/// The times of the stream's ends in at most `width` columns each: with date and second where that
/// fits, else shorter; empty where one is not known or nothing fits.
fn ends(map: &StreamMap, state: &State, width: usize) -> (String, String) {
    let (Some(from), Some(to)) = map.ends() else { return (String::new(), String::new()) };
    let zoned = |time: Timestamp| time.to_zoned_datetime(state.zone.clone());
    let (first, last) = (zoned(from), zoned(to));
    let short = |form: &str| (first.strftime(form).to_string(), last.strftime(form).to_string());
    let all = [
        format::span_ends(from, to, &state.zone),
        if first.year() == last.year() { short("%m-%d %H:%M") } else { short("%Y-%m-%d") },
    ];
    let fits = |(a, b): &(String, String)| a.len().max(b.len()) <= width;
    all.into_iter().find(fits).unwrap_or_default()
}
