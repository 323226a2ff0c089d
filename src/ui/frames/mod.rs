//! The frames of the page, oldest on top and newest at the bottom; gaps and what could not be
//! read are rows of their own, in place.

mod banner;
mod gap_row;
mod row;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use crate::app::view::Row;
use crate::app::{Action, Focus, State, Target};
use crate::domain::{RoomState, Slot, escape, format};

use super::layout::WIDE;
use super::paint::{self, span};
use super::pane::{self, Hint, Pane};
use super::theme::Theme;
use super::{empty, text};
use row::Shape;

pub(super) const PANE: Pane = Pane {
    focus: Some(Focus::Frames),
    titled: true,
    draw,
    hints,
    viewport: |area, state, view| view.frames = usize::from(list(area, state).height),
    hit,
};

fn hints(state: &State) -> Vec<Hint> {
    use Action as A;
    let view = &state.view;
    let page = view.page().is_some();
    let failed = |slot: &Slot| match slot {
        Slot::Unread(run) => !view.is_reading(run),
        slot => matches!(slot, Slot::Unreadable(_)),
    };
    let again = view.fault.is_some() || view.page().is_some_and(|p| p.slots().iter().any(failed));
    let row = view.room.as_ref().and_then(|id| state.rooms.get(id));
    let drift = row.is_some_and(|row| row.state() == RoomState::Drift);
    pane::hints(
        state,
        &[
            (again, &[A::Retry], "read again"),
            (page, &[A::OlderPage, A::NewerPage], "older newer"),
            (page, &[A::PreviousGap, A::NextGap], "gaps"),
            (view.room.is_some(), &[A::Why], "why"),
            (page, &[A::Goto], "go to"),
            (page, &[A::Map], "map"),
            (true, &[A::Refresh], "refresh"),
            (drift, &[A::Drift], "drift"),
            (page, &[A::PageSize], "page size"),
            (page, &[A::Filter], "find"),
            (page, &[A::CopyBase64], "copy"),
            (page && state.size.0 < WIDE, &[A::Encoding], "hex/base64"),
            (true, &[A::Zoom], "zoom"),
            (true, &[A::FocusNext], "next pane"),
        ],
    )
}

fn hit(area: Rect, state: &State, at: Position) -> Target {
    let row = pane::listed(list(area, state), at, state.view.offset, state.view.rows());
    row.map_or(Target::Pane(Focus::Frames), Target::Row)
}

/// The part of the pane that holds the rows of the page.
fn list(area: Rect, state: &State) -> Rect {
    let body = paint::below_title(area);
    let above = banner::height(body, state);
    let head = u16::from(state.view.page().is_some() && body.height > above + 6);
    let top = (above + head).min(body.height);
    Rect { y: body.y + top, height: body.height - top, ..body }
}

fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, focus: bool) {
    paint::pane(buf, theme, area, focus, title(theme, state, focus, usize::from(area.width)));
    banner::draw(buf, theme, paint::below_title(area), state);
    let rows_area = list(area, state);
    let Some(page) = state.view.page() else {
        empty::draw(buf, theme, rows_area, state);
        return;
    };
    let width = usize::from(area.width);
    let shape = Shape::of(page, width, state);
    if rows_area.y > area.y + 1 + banner::height(paint::below_title(area), state) {
        let head = Rect { y: rows_area.y - 1, height: 1, ..area };
        paint::line(buf, theme, paint::indent(head, 1), &row::heading(theme, &shape));
    }
    let selected = state.view.selected_index();
    let mut day = None;
    for (n, row_area) in rows_area.rows().enumerate() {
        let index = state.view.offset + n;
        let Some(row) = Row::at(page, index) else {
            break;
        };
        let inner = paint::indent(row_area, 1);
        if let Row::Frame(frame) = row {
            paint::line(buf, theme, inner, &row::line(theme, frame, &shape, state, &mut day));
        } else if let Some((words, style)) = gap_row::line(theme, &row, page, state, width - 1) {
            paint::put(buf, theme, inner, &words, style);
        }
        if selected == Some(index) {
            // While the detail has the keys, its row here is still the one they act on.
            let active = focus || state.focus() == Focus::Detail;
            paint::select(buf, theme, row_area, active);
        }
    }
}

/// The room's name always, the rest as far as it fits.
fn title(theme: &Theme, state: &State, focus: bool, width: usize) -> Vec<Span<'static>> {
    let name = theme.name(focus);
    let view = &state.view;
    let room = view.room.as_ref().map_or_else(String::new, |id| {
        state.rooms.get(id).map_or_else(|| id.to_string(), |row| row.room.title())
    });
    // A rule and a blank on both sides; those on the right give way to the facts.
    let most = width.saturating_sub(4);
    let room = text::fit(&room, most, theme.glyphs.ellipsis).into_owned();
    let left = (most + 2).saturating_sub(text::width(&room));
    let forms = forms(theme, state);
    let facts = forms.into_iter().find(|form| text::width(form) <= left).unwrap_or_default();
    vec![span(room, name), span(facts, theme.text)]
}

/// What is said beside the name, the longest first. Of when it is goes before the extent of the
/// stream: what is said of the stream is said of that moment alone.
fn forms(theme: &Theme, state: &State) -> Vec<String> {
    let dot = theme.glyphs.dot;
    let view = &state.view;
    let find = state.find.as_ref().map_or_else(String::new, |find| {
        let find = escape::text(find);
        format!(" {dot} find {}", text::fit(&find, 24, theme.glyphs.ellipsis))
    });
    let Some(page) = view.page() else { return vec![find] };
    let s = &page.stream.state;
    let window = format::range(page.window());
    let (first, last) = (format::count(s.first_seq), format::count(s.last_seq));
    let moment = view.as_of(state.now, &state.zone).unwrap_or_default();
    // The end that page and stream share need not be said twice.
    let (place, rest) = match (view.is_oldest(), view.is_newest()) {
        (true, true) => (format!(" {dot} all of it as of {moment}"), String::new()),
        (true, false) => (format!(" {dot} oldest at {moment}"), format!(" to {last}")),
        (false, true) => (format!(" {dot} newest at {moment}"), format!(" from {first}")),
        (false, false) => (format!(" {dot} as of {moment}"), format!(" of {first}-{last}")),
    };
    vec![
        format!(" {window} of {first}-{last}{place}{find}"),
        format!(" {window}{rest}{place}{find}"),
        format!(" {window}{place}{find}"),
        format!(" {window}{place}"),
        format!(" {window} of {first}-{last}"),
        format!(" {window}"),
    ]
}
