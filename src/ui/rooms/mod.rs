//! The room list: one row a room, columns left out by width, the state's mark never.

pub(super) mod card;
mod row;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::app::{Action, Focus, State, Target};
use crate::domain::{Fault, escape, format};

use super::paint::{self, span};
use super::pane::{self, Hint, Pane};
use super::text;
use super::theme::Theme;
use super::words;
use row::{columns, heading, line};

pub(super) const PANE: Pane = Pane {
    focus: Some(Focus::Rooms),
    titled: true,
    draw,
    hints,
    viewport: |area, state, view| view.rooms = usize::from(list(area, state).height),
    hit,
};

fn hints(state: &State) -> Vec<Hint> {
    use Action as A;
    pane::hints(
        state,
        &[
            (true, &[A::Open], "open"),
            (true, &[A::Filter], "filter"),
            (true, &[A::Sort], "sort"),
            (true, &[A::Why], "why"),
            (true, &[A::RefreshRooms], "list again"),
            (true, &[A::FocusNext], "next pane"),
            (true, &[A::Connection], "connection"),
        ],
    )
}

fn hit(area: Rect, state: &State, at: Position) -> Target {
    let row = pane::listed(list(area, state), at, state.rooms.offset, state.rooms.len());
    row.map_or(Target::Pane(Focus::Rooms), Target::Room)
}

/// The part of the pane that holds the rows.
fn list(area: Rect, state: &State) -> Rect {
    let body = paint::below_title(area);
    let head = u16::from(!columns(usize::from(area.width)).is_empty()).min(body.height);
    let notes = u16::try_from(notes(area, state).len()).unwrap_or(body.height);
    Rect { y: body.y + head, height: body.height.saturating_sub(head + notes), ..body }
}

/// Columns from which a note of the listing stands in full.
const WHOLE_NOTE: usize = 36;

/// What the listing could not do, and that it moved, folded; at most a third of the pane.
fn notes(area: Rect, state: &State) -> Vec<String> {
    let width = usize::from(area.width.saturating_sub(3));
    let most = usize::from(area.height / 3).max(1);
    let more = state.keymap.hint(Action::Connection);
    let notes = state.rooms.notes.iter().map(|note| said(note, &more, width));
    let moved = state.rooms.moved.map(|moved| match width {
        WHOLE_NOTE.. => moved.words().to_owned(),
        _ => format!("the list moved ({more} says more)"),
    });
    let mut lines: Vec<String> =
        notes.chain(moved).flat_map(|note| text::wrap(&note, width)).collect();
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str(" (more)");
            *last = text::fit(last, width, "...").into_owned();
        }
    }
    lines
}

/// A note in full, or in a narrow list its kind and the key that says more.
fn said(note: &Fault, more: &str, width: usize) -> String {
    if width >= WHOLE_NOTE {
        return note.to_string();
    }
    format!("listing: {} ({more} says more)", note.kind.word())
}

fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, focus: bool) {
    paint::pane(buf, theme, area, focus, title(theme, state, focus, usize::from(area.width)));
    let rows = list(area, state);
    let columns = columns(usize::from(area.width));
    if !columns.is_empty() {
        let head = Rect { y: area.y + 1, height: 1.min(area.height.saturating_sub(1)), ..area };
        paint::line(buf, theme, head, &heading(theme, &columns, area.width));
    }
    let selected = state.rooms.selected_index();
    for (n, line_area) in rows.rows().enumerate() {
        let index = state.rooms.offset + n;
        let Some(row) = state.rooms.row(index) else {
            break;
        };
        let opened = state.view.room.as_ref() == Some(&row.room.id);
        let is_selected = selected == Some(index);
        let line = line(theme, row, &columns, usize::from(area.width), state, opened);
        paint::line(buf, theme, paint::indent(line_area, 1), &line);
        if is_selected {
            paint::select(buf, theme, line_area, focus);
        }
    }
    if state.rooms.is_empty() {
        let words = none(state);
        let lines: Vec<Line<'_>> = text::wrap(&words, usize::from(area.width.saturating_sub(3)))
            .into_iter()
            .map(|l| Line::styled(l, theme.dim))
            .collect();
        paint::lines(buf, theme, paint::indent(rows, 2), &lines);
    }
    let below =
        Rect { y: rows.bottom(), height: area.bottom().saturating_sub(rows.bottom()), ..area };
    let lines: Vec<Line<'_>> =
        notes(area, state).into_iter().map(|l| Line::styled(l, theme.note)).collect();
    if !lines.is_empty() {
        paint::put(buf, theme, below, "!", theme.note);
    }
    paint::lines(buf, theme, paint::indent(below, 2), &lines);
}

fn none(state: &State) -> String {
    if !state.rooms.filter.is_empty() && !state.rooms.all().is_empty() {
        "No room passes the filter.".into()
    } else if state.rooms.listing.is_some() {
        "Listing the rooms.".into()
    } else {
        "No rooms: no stream named UNIBUS_ was listed, and none was named by --rooms or on the \
         command line."
            .into()
    }
}

fn title(theme: &Theme, state: &State, focus: bool, width: usize) -> Vec<Span<'static>> {
    let rooms = &state.rooms;
    let dot = theme.glyphs.dot;
    let all = rooms.all().len();
    let count = |n: usize| format::count(n as u64);
    let shown = if rooms.len() == all {
        format!(" {}", count(all))
    } else {
        format!(" {} of {}", count(rooms.len()), count(all))
    };
    let name = theme.name(focus);
    let mut spans = vec![span("Rooms", name), span(shown, theme.text)];
    if let Some(listing) = &rooms.listing
        && words::slow(listing.since, state.now).is_some()
    {
        let turn = theme.glyphs.spinner(state.now.as_millisecond());
        // Of rooms that were listed before, all is known already.
        let known = rooms.known();
        let used: usize = spans.iter().map(|s| text::width(&s.content)).sum();
        let progress = format!(" {turn} {} of {} known", count(known), count(all));
        let forms = [progress, format!(" {turn} listing"), format!(" {turn}")];
        let fits = |form: &String| used + text::width(form) + 3 <= width;
        let skip = usize::from(known == 0 || known == all);
        if let Some(form) = forms.into_iter().skip(skip).find(fits) {
            spans.push(span(form, theme.note));
        }
    }
    if !rooms.filter.is_empty() {
        let filter = escape::text(&rooms.filter).into_owned();
        spans.push(span(format!(" {dot} /{filter}"), theme.note));
    }
    let sort = format!(" {dot} by {}", rooms.sort.word());
    let used: usize = spans.iter().map(|s| text::width(&s.content)).sum();
    if used + text::width(&sort) + 3 <= width {
        spans.push(span(sort, theme.dim));
    }
    spans
}
