//! The bottom line: the keys of the focused pane or of the layer on top, or the line being typed.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::app::view::Content;
use crate::app::{Action, Focus, Overlay, Prompt, State};
use crate::domain::{Drift, RoomState, Slot};

use super::layout;
use super::paint::{self, span};
use super::text;
use super::theme::Theme;

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
    for (keys, label) in hints(state) {
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

fn hints(state: &State) -> Vec<(String, &'static str)> {
    use Action as A;
    let one = |action, label| (state.keymap.hint(action), label);
    let two = |a, b, label| (format!("{} {}", state.keymap.hint(a), state.keymap.hint(b)), label);
    match state.top() {
        Some(Overlay::Confirm { .. }) => {
            return vec![("y".into(), "changes the stream"), ("any other key".into(), "leaves it")];
        }
        Some(Overlay::Recreate { .. }) => {
            return vec![("Enter y".into(), "creates it"), ("any other key".into(), "leaves it")];
        }
        Some(Overlay::Help { .. }) => {
            return vec![
                one(A::Close, "close"),
                two(A::Down, A::Up, "scroll"),
                one(A::Filter, "find"),
            ];
        }
        Some(Overlay::Drift { .. }) => {
            let mut all = vec![one(A::Close, "close"), two(A::Down, A::Up, "scroll")];
            let changeable = state.current_room().is_some_and(|row| {
                let whole = |drift: Drift| drift.fields.iter().all(|f| f.changeable);
                row.room.spec().is_some() && row.drift().is_some_and(|(_, drift)| whole(drift))
            });
            if changeable && !state.read_only {
                all.push(one(A::Apply, "change the stream (asks first)"));
            }
            return all;
        }
        Some(Overlay::Map { .. }) => {
            let ways = [A::FocusLeft, A::Down, A::Up, A::FocusRight];
            let four = ways.map(|way| state.keymap.hint(way)).join(" ");
            let mut hints = vec![
                one(A::Close, "close"),
                (four, "move"),
                one(A::Open, "go there"),
                two(A::PreviousGap, A::NextGap, "holes"),
                one(A::Goto, "ask its time"),
            ];
            if state.chart.map.as_ref().is_some_and(|map| !map.is_complete()) {
                hints.push(one(A::Refresh, "sample again"));
            }
            return hints;
        }
        Some(Overlay::Why(why)) => {
            let mut hints = vec![
                one(A::Close, "close"),
                two(A::Down, A::Up, "scroll"),
                one(A::CopyBase64, "copy"),
            ];
            if why.open(state).is_some() {
                hints.push(one(A::Open, "ask what is open"));
            }
            return hints;
        }
        Some(_) => return vec![one(A::Close, "close"), two(A::Down, A::Up, "scroll")],
        None => {}
    }
    if state.connection.never_up() {
        return vec![one(A::Connection, "connection")];
    }
    match state.focus() {
        Focus::Rooms => vec![
            one(A::Open, "open"),
            one(A::Filter, "filter"),
            one(A::Sort, "sort"),
            one(A::Why, "why"),
            one(A::RefreshRooms, "list again"),
            one(A::FocusNext, "next pane"),
            one(A::Connection, "connection"),
        ],
        Focus::Frames => frames_hints(state),
        Focus::Detail => vec![
            one(A::CopyBase64, "base64"),
            one(A::CopyHex, "hex"),
            one(A::CopySha, "sha-256"),
            one(A::CopySeq, "sequence"),
            one(A::Zoom, "zoom"),
            one(A::FocusNext, "next pane"),
        ]
        .into_iter()
        .chain((state.size.0 < layout::WIDE).then(|| one(A::Encoding, "hex/base64")))
        .collect(),
    }
}

fn frames_hints(state: &State) -> Vec<(String, &'static str)> {
    use Action as A;
    let one = |action, label| (state.keymap.hint(action), label);
    let two = |a, b, label| (format!("{} {}", state.keymap.hint(a), state.keymap.hint(b)), label);
    let mut all = Vec::new();
    let page = matches!(state.view.content, Content::Page(_));
    let unread = state.view.page().is_some_and(|p| {
        let failed = |s: &Slot| matches!(s, Slot::Unread(run) if !state.view.is_reading(run));
        p.slots().iter().any(|s| failed(s) || matches!(s, Slot::Unreadable(_)))
    });
    if unread || state.view.fault.is_some() {
        all.push(one(A::Retry, "read again"));
    }
    if page {
        all.push(two(A::OlderPage, A::NewerPage, "older newer"));
        all.push(two(A::PreviousGap, A::NextGap, "gaps"));
    }
    if state.view.room.is_some() {
        all.push(one(A::Why, "why"));
    }
    if page {
        all.push(one(A::Goto, "go to"));
        all.push(one(A::Map, "map"));
    }
    all.push(one(A::Refresh, "refresh"));
    let row = state.view.room.as_ref().and_then(|id| state.rooms.get(id));
    if row.is_some_and(|row| row.state() == RoomState::Drift) {
        all.push(one(A::Drift, "drift"));
    }
    if page {
        all.push(one(A::PageSize, "page size"));
        all.push(one(A::Filter, "find"));
        all.push(one(A::CopyBase64, "copy"));
        if state.size.0 < layout::WIDE {
            all.push(one(A::Encoding, "hex/base64"));
        }
    }
    all.push(one(A::Zoom, "zoom"));
    all.push(one(A::FocusNext, "next pane"));
    all
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
        let mark = theme.glyphs.toast(crate::app::ToastKind::Failed);
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
    let before = crate::domain::escape::text(before).into_owned();
    let after = crate::domain::escape::text(after).into_owned();
    let mut start: &str = &before;
    while text::width(start) > room {
        let mut chars = start.chars();
        chars.next();
        start = chars.as_str();
    }
    let cursor = text::width(start);
    (format!("{start}{}", text::head(&after, room.saturating_sub(cursor))), cursor)
}
