//! How a cell of the stream map looks. Each state has a glyph of its own; colour only repeats it.

use jiff::Timestamp;
use ratatui::style::Style;

use crate::app::{Action, State};
use crate::domain::map::{Basis, Cell};
use crate::domain::{StreamMap, format};

use super::theme::Theme;

/// The glyph and style of a cell. A cell with any sequence missing or unreadable never looks full, and one with
/// any frame never looks empty.
pub(super) fn mark(theme: &Theme, cell: &Cell) -> (&'static str, Style) {
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
pub(super) fn legend(theme: &Theme, map: &StreamMap) -> String {
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
pub(super) fn basis(map: &StreamMap, state: &State) -> String {
    if state.chart.sampling.as_ref().is_some_and(|one| Some(&one.room) == state.view.room.as_ref())
    {
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
pub(super) fn ends(map: &StreamMap, state: &State, width: usize) -> (String, String) {
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
