//! The map of the whole stream in full: a grid of cells, read like a page of text, and what is
//! known of the cell under the cursor.

use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::app::{Action, Overlay, State, Target};
use crate::domain::map::{Basis, Cell};
use crate::domain::{StreamMap, format};

use crate::ui::paint::{self, span};
use crate::ui::pane::{self, CLOSE, Hint, Layer};
use crate::ui::text;
use crate::ui::theme::Theme;

pub(in crate::ui) const LAYER: Layer = Layer {
    title: "The whole stream",
    width: 148,
    lines,
    hints,
    viewport: |inside, state, view| view.map = grid(state, usize::from(inside.width)),
    hit: |inside, state, at| at_cell(inside, state, at).map_or(Target::Overlay, Target::MapCell),
};

fn hints(state: &State, _: &Overlay) -> Vec<Hint> {
    use Action as A;
    let more = state.map.shown.as_ref().is_some_and(|map| !map.is_complete());
    pane::hints(
        state,
        &[
            CLOSE,
            (true, &[A::FocusLeft, A::Down, A::Up, A::FocusRight], "move"),
            (true, &[A::Open], "go there"),
            (true, &[A::PreviousGap, A::NextGap], "holes"),
            (true, &[A::Goto], "ask its time"),
            (more, &[A::Refresh], "sample again"),
        ],
    )
}

/// Most rows of cells.
const ROWS: usize = 16;
/// Lines below the grid: the pointer, the facts and the legend, and one to spare for folding.
const FACTS: usize = 10;
/// Columns of the names of the facts.
const LABEL: usize = 9;

/// Columns and rows of cells in a box with lines of `width` columns.
fn grid(state: &State, width: usize) -> (usize, usize) {
    let Some(map) = &state.map.shown else { return (0, 0) };
    let columns = width.saturating_sub(margin(map)).max(1);
    // The screen's status, ledger and bottom line, and the box's own frame.
    let room = usize::from(state.size.1).saturating_sub(3 + 2 + FACTS);
    let wanted = map.span().len().div_ceil(columns as u64);
    let rows = usize::try_from(wanted).unwrap_or(ROWS).min(room).clamp(1, ROWS);
    (columns, rows)
}

/// Columns before the cells: the mark of the cursor's row, its first sequence, a blank.
fn margin(map: &StreamMap) -> usize {
    text::width(&format::count(map.span().end())) + 3
}

/// The first sequence of the cell at a position, in a box whose inside this is.
fn at_cell(inner: Rect, state: &State, at: Position) -> Option<u64> {
    let map = state.map.shown.as_ref()?;
    let (columns, rows) = grid(state, usize::from(inner.width));
    let column = usize::from(at.x.checked_sub(inner.x)?).checked_sub(margin(map))?;
    let row = usize::from(at.y.checked_sub(inner.y)?);
    if column >= columns || row >= rows {
        return None;
    }
    map.cells(columns * rows).get(row * columns + column).map(|cell| cell.range.start())
}

fn lines(theme: &Theme, state: &State, layer: &Overlay, width: usize) -> Vec<Line<'static>> {
    let (Overlay::Map { cursor }, Some(map), Some(page)) =
        (layer, &state.map.shown, state.view.page())
    else {
        return vec![Line::styled("no page is open", theme.dim)];
    };
    let (columns, rows) = grid(state, width);
    let cells = map.cells(columns * rows);
    let at = map.index(cells.len(), *cursor);
    let label = margin(map).saturating_sub(3);
    let mut out = Vec::new();
    for (n, row) in cells.chunks(columns).enumerate() {
        let here = at / columns == n;
        let first = row.first().map_or_else(String::new, |cell| format::count(cell.range.start()));
        let mut spans = vec![
            span(if here { theme.glyphs.select } else { " " }, theme.key),
            span(text::right(&first, label, ""), theme.dim),
            span("  ", theme.text),
        ];
        let looks = row.iter().enumerate().map(|(i, cell)| {
            let (glyph, style) = super::mark(theme, cell);
            let on_page = cell.range.intersect(page.window()).is_some();
            match (n * columns + i == at, on_page) {
                (true, _) => (glyph, theme.text.add_modifier(Modifier::REVERSED)),
                (false, true) => (glyph, style.add_modifier(Modifier::UNDERLINED)),
                (false, false) => (glyph, style),
            }
        });
        spans.extend(runs(looks));
        out.push(Line::from(spans));
    }
    let pointer = format!("{}{}", " ".repeat(margin(map) + at % columns), theme.glyphs.here);
    out.push(Line::styled(pointer, theme.key));
    let cell = cells.get(at).copied();
    facts(&mut out, theme, state, map, cell, width);
    out
}

/// One span for each run of cells that look the same way.
fn runs(looks: impl Iterator<Item = (&'static str, Style)>) -> Vec<Span<'static>> {
    let mut out: Vec<(String, Style)> = Vec::new();
    for (glyph, style) in looks {
        match out.last_mut() {
            Some((run, of)) if *of == style => run.push_str(glyph),
            _ => out.push((glyph.to_owned(), style)),
        }
    }
    out.into_iter().map(|(run, style)| span(run, style)).collect()
}

fn facts(
    out: &mut Vec<Line<'static>>,
    theme: &Theme,
    state: &State,
    map: &StreamMap,
    cell: Option<Cell>,
    width: usize,
) {
    let dot = theme.glyphs.dot;
    let mut fact = |name: &str, words: &str, style: Style| {
        paint::labelled(out, (name, theme.dim, LABEL), (words, style), width);
    };
    if let Some(cell) = cell {
        fact("cell", &account(&cell, dot), theme.strong);
        fact("stored", &stored(map, &cell, state), theme.text);
    }
    let (from, to) = super::ends(map, state, usize::MAX);
    let ends = if from.is_empty() { String::new() } else { format!(" {dot} {from} to {to}") };
    fact("stream", &format!("{}{ends}", format::range(map.span())), theme.text);
    if let Some(page) = state.view.page() {
        fact("page", &format!("{}, underlined", format::range(page.window())), theme.text);
    }
    fact("known", &known(map, state), theme.text);
    paint::folded(out, &super::legend(theme, map), width, theme.dim);
}

/// `5,001-5,048 · 48 sequences: 40 frames, 8 missing`.
fn account(cell: &Cell, dot: &str) -> String {
    let parts = [
        (cell.frames, "frame"),
        (cell.missing, "missing"),
        (cell.unreadable, "unreadable"),
        (cell.unknown, "unknown"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| match word {
            "frame" => format::counted(n, word),
            word => format!("{} {word}", format::count(n)),
        })
        .collect();
    let n = format::counted(cell.range.len(), "sequence");
    format!("{} {dot} {n}: {}", format::range(cell.range), parts.join(", "))
}

/// When what is in a cell was stored, as far as it is known; nothing is guessed between two times.
fn stored(map: &StreamMap, cell: &Cell, state: &State) -> String {
    match map.time_in(cell.range) {
        Some(edge) => {
            let time = format::date_clock(edge.time, &state.zone);
            format!("sequence {} at {time}", format::count(edge.seq))
        }
        None if cell.frames + cell.unknown == 0 && cell.unreadable > 0 => {
            "the server counts it as stored, and does not give it".into()
        }
        None if cell.frames + cell.unknown == 0 => "nothing is stored here".into(),
        None if state.map.asking.is_some() => "asking".into(),
        None => format!("not known; {} asks, with one request", state.keymap.hint(Action::Goto)),
    }
}

/// What the map is drawn from, in a sentence.
fn known(map: &StreamMap, state: &State) -> String {
    if let Some(why) = &state.map.failed {
        return format!("not sampled: {why}");
    }
    let (found, missing) = (format::count(map.found()), format::count(map.missing()));
    let again = state.keymap.hint(Action::Refresh);
    let sampling = state.map.sampling.as_ref();
    if sampling.is_some_and(|sampling| Some(&sampling.room) == state.view.room.as_ref()) {
        return "sampling, with at most 256 requests".into();
    }
    match map.basis() {
        _ if map.missing() == 0 && map.found() == 0 => {
            format!("no sequence is missing{}, as the server counts", state.as_of())
        }
        Basis::List => format!("from the server's list of {missing} deleted sequences"),
        Basis::Page { complete: true } => {
            format!("all {missing} missing sequences are on the page, so the rest are frames")
        }
        Basis::Page { .. } => format!(
            "the page alone: the server counts {missing} deleted sequences, too many to list; \
             {again} samples with at most 256 requests"
        ),
        Basis::Sampled { requests, complete: true, .. } => format!(
            "sampled, {}: all {missing} missing sequences found, so the rest are frames",
            format::counted(requests, "request")
        ),
        Basis::Sampled { requests, stale, .. } => {
            let requests = format::counted(requests, "request");
            let since = if stale { "; more went missing since" } else { "" };
            format!(
                "sampled, {requests}: {found} of {missing} missing sequences found{since}; {again} \
                 samples again"
            )
        }
    }
}
