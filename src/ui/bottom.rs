//! The bottom line: the keys of the focused pane or of the layer on top, or the line being typed. And
//! the short notices above it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::app::{Action, Overlay, Prompt, State, ToastKind};
use crate::domain::escape;

use super::paint::{self, span};
use super::theme::Theme;
use super::{layers, panes, text};

/// Draws the line and gives where the cursor belongs, if anywhere.
pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) -> Option<Position> {
    if let Some(Overlay::Prompt(prompt)) = state.top() {
        return Some(draw_prompt(buf, theme, area, prompt));
    }
    let right = right(theme, state);
    let wide = u16::try_from(paint::line_width(&right)).unwrap_or(0).min(area.width);
    let left = Rect { width: area.width - wide, ..area };
    let room = usize::from(left.width);
    let mut spans = vec![span(" ", theme.text)];
    let mut used = 1;
    let hints = layers::hints(state).unwrap_or_else(|| panes::hints(state));
    for (keys, label) in hints {
        let columns = text::width(&keys) + label.len() + 3;
        if used + columns > room {
            break;
        }
        used += columns;
        spans.push(span(keys, theme.key));
        spans.push(span(format!(" {label}  "), theme.dim));
    }
    paint::line(buf, theme, left, &Line::from(spans));
    paint::line(buf, theme, Rect { x: left.right(), width: wide, ..area }, &right);
    None
}

/// Keys that wait for another, then what is always there.
fn right(theme: &Theme, state: &State) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    if let Some(count) = state.count {
        spans.push(span(format!(" {count} "), theme.badge));
        spans.push(span("  ", theme.text));
    }
    if state.top().is_none() {
        spans.push(span(state.keymap.hint(Action::Help), theme.key));
        spans.push(span(" help  ", theme.dim));
        spans.push(span(state.keymap.hint(Action::Quit), theme.key));
        spans.push(span(" quit ", theme.dim));
    }
    Line::from(spans)
}

fn draw_prompt(buf: &mut Buffer, theme: &Theme, area: Rect, prompt: &Prompt) -> Position {
    let label = prompt.kind.label();
    paint::put(buf, theme, paint::indent(area, 1), label, theme.key);
    let from = 1 + u16::try_from(text::width(label)).unwrap_or(0);
    let rest = paint::indent(area, from);
    let (shown, cursor) = typed(prompt, usize::from(rest.width).saturating_sub(1));
    paint::put(buf, theme, rest, &shown, theme.strong);
    if let Some(why) = &prompt.error {
        // Above the ledger, where there is room for a sentence.
        let row = Rect { y: area.y.saturating_sub(2), ..area };
        paint::fill(buf, row, " ", theme.bar);
        let mark = theme.glyphs.toast(ToastKind::Failed);
        paint::put(buf, theme, paint::indent(row, 1), mark, theme.bad);
        paint::put(buf, theme, paint::indent(row, 3), why, theme.text);
    }
    let x = rest.x + u16::try_from(cursor).unwrap_or(0);
    Position::new(x.min(area.right().saturating_sub(1)), area.y)
}

/// The part of the typed line around the cursor that fits, escaped, and the cursor's column in
/// it.
fn typed(prompt: &Prompt, room: usize) -> (String, usize) {
    let value = prompt.input.value();
    let at = value.char_indices().nth(prompt.input.cursor()).map_or(value.len(), |(at, _)| at);
    let (before, after) = value.split_at_checked(at).unwrap_or((value, ""));
    let before = escape::text(before).into_owned();
    let after = escape::text(after).into_owned();
    let mut start: &str = &before;
    while text::width(start) > room {
        let mut chars = start.chars();
        chars.next();
        start = chars.as_str();
    }
    let cursor = text::width(start);
    (format!("{start}{}", text::head(&after, room.saturating_sub(cursor))), cursor)
}

/// Draws the toasts upwards from the row above the ledger, the newest one lowest.
pub(super) fn toasts(buf: &mut Buffer, theme: &Theme, ledger: Rect, state: &State) {
    let most = ledger.width.saturating_sub(4).min(76);
    let mut bottom = ledger.y;
    for toast in state.toasts.iter().rev() {
        let lines = text::wrap(&toast.text, usize::from(most.saturating_sub(6)));
        let height = u16::try_from(lines.len()).unwrap_or(1);
        // The status line stays free.
        if bottom < height + 1 {
            return;
        }
        let wide = lines.iter().map(|line| text::width(line)).max().unwrap_or(0) + 6;
        let width = u16::try_from(wide).unwrap_or(most).min(most);
        let area =
            Rect { x: ledger.right().saturating_sub(width + 1), y: bottom - height, width, height };
        let style = theme.toast(toast.kind);
        for (n, (row, line)) in area.rows().zip(&lines).enumerate() {
            paint::fill(buf, row, " ", theme.bar);
            paint::put(buf, theme, Rect { width: 1, ..row }, theme.glyphs.select, style);
            if n == 0 {
                let mark = theme.glyphs.toast(toast.kind);
                paint::put(buf, theme, paint::indent(row, 2), mark, style);
            }
            paint::put(buf, theme, paint::indent(row, 4), line, theme.text);
        }
        bottom = area.y;
    }
}
