//! The frames of the page, oldest on top and newest at the bottom; gaps and what could not be
//! read are rows of their own, in place.

use jiff::civil::Date;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::rows::{self, Row};
use crate::app::{Action, Focus, State};
use crate::domain::{Frame, encode, escape, format, server_headers};

use super::frame_columns::{self, DAY, FULL, SIZE, Shape};
use super::paint::{self, span};
use super::text;
use super::theme::Theme;
use super::{banner, empty, frame_title, gap_row, rooms, words};

/// The part of the pane that holds the rows of the page.
pub(super) fn list(area: Rect, state: &State) -> Rect {
    let body = paint::below_title(area);
    let above = banner::height(body, state);
    let head = u16::from(state.view.page().is_some() && body.height > above + 6);
    let top = (above + head).min(body.height);
    Rect { y: body.y + top, height: body.height - top, ..body }
}

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, focus: bool) {
    paint::pane(
        buf,
        theme,
        area,
        focus,
        frame_title::title(theme, state, focus, usize::from(area.width)),
    );
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
        paint::line(buf, theme, paint::indent(head, 1), &frame_columns::heading(theme, &shape));
    }
    let selected = state.view.selected_index();
    let mut day = None;
    for (n, row_area) in rows_area.rows().enumerate() {
        let index = state.view.offset + n;
        let Some(row) = rows::get(page, index) else {
            break;
        };
        let inner = paint::indent(row_area, 1);
        let (style, glyph) = match row {
            Row::Frame(frame) => {
                let line = frame_line(theme, frame, &shape, state, &mut day);
                paint::line(buf, theme, inner, &line);
                (theme.text, None)
            }
            Row::Gap { gap, .. } => {
                let (style, glyph) = gap_row::gap_style(theme, gap.cause);
                let room = gap_row::gap_width(width - 1);
                let (zone, now, dot) = (&state.zone, state.now, theme.glyphs.dot);
                let words = gap_row::gap(gap, &page.stream.state, zone, now, room, dot);
                (style, Some((glyph, words)))
            }
            Row::Unread(run) => {
                let (room, g) = (gap_row::unread_width(width - 1), &theme.glyphs);
                if state.view.is_reading(run) {
                    let progress = state.view.load.and_then(|load| load.progress);
                    let words = gap_row::reading(run, progress, room, g.dot, g.ellipsis);
                    (theme.note, Some((g.hollow, words)))
                } else {
                    let (style, glyph) = gap_row::unread_style(theme);
                    let retry = state.keymap.hint(Action::Retry);
                    let words = gap_row::unread(run, &retry, room, g.dot, g.ellipsis);
                    (style, Some((glyph, words)))
                }
            }
        };
        if let Some((glyph, words)) = glyph {
            let line = gap_row::on_glyphs(&words, glyph, width - 1, theme.glyphs.ellipsis);
            paint::put(buf, theme, inner, &line, style);
        }
        if selected == Some(index) {
            // While the detail has the keys, its row here is still the one they act on.
            let active = focus || state.focus() == Focus::Detail;
            rooms::select(buf, theme, row_area, active);
        }
    }
}

/// One frame's row; the day is written where it differs from the row above.
fn frame_line(
    theme: &Theme,
    frame: &Frame,
    shape: &Shape,
    state: &State,
    day: &mut Option<Date>,
) -> Line<'static> {
    let g = &theme.glyphs;
    let stored = frame.time.to_zoned_datetime(state.zone.clone());
    let date = stored.date();
    let changed = *day != Some(date);
    *day = Some(date);
    let date = match (shape.time, changed) {
        (FULL, _) => date.strftime("%Y-%m-%d ").to_string(),
        (DAY, true) => date.strftime("%m-%d ").to_string(),
        (DAY, false) => " ".repeat(6),
        _ => String::new(),
    };
    // A marker is not a message of a person: told by its glyph and by words, not by colour alone.
    let marker = server_headers::marker(frame);
    let style = |of| if marker.is_some() { theme.marker } else { of };
    let date_style = if changed { theme.text } else { theme.dim };
    let mark = if marker.is_some() { g.marker } else { " " };
    let mut spans = vec![
        span(text::right(&format::count(frame.seq), shape.seq, g.ellipsis), style(theme.accent)),
        span(format!("{mark} {date}"), style(date_style)),
        span(stored.strftime("%H:%M:%S").to_string(), style(theme.text)),
    ];
    if shape.age {
        let age = text::right(&words::age(frame.time, state.now), words::AGE, g.ellipsis);
        spans.push(span(format!("  {age}"), style(theme.dim)));
    }
    if shape.size {
        // A marker has no payload.
        let size = match marker {
            Some(_) => "marker".to_owned(),
            None => format::bytes(frame.payload.len() as u64),
        };
        spans.push(span(format!("  {}", text::right(&size, SIZE, g.ellipsis)), style(theme.text)));
    }
    if shape.subject > 0 {
        // A subject may be as long as a payload: only what can be seen of it is escaped.
        let seen: String = frame.subject.chars().take(shape.subject + 1).collect();
        let subject = text::left(&escape::text(&seen), shape.subject, g.ellipsis);
        spans.push(span(format!("  {subject}"), style(theme.text)));
    }
    if shape.preview > 0 {
        let preview = match marker {
            Some(reason) => text::head(reason, shape.preview).to_owned(),
            None => preview(&frame.payload, shape.preview, g.ellipsis),
        };
        spans.push(span(format!("  {preview}"), style(theme.dim)));
    }
    Line::from(spans)
}

/// The first bytes in hex, with an ellipsis when there are more.
fn preview(payload: &[u8], width: usize, ellipsis: &str) -> String {
    if payload.is_empty() {
        return text::head("empty", width).to_owned();
    }
    if payload.len() * 2 <= width {
        return encode::hex(payload);
    }
    let bytes = width.saturating_sub(text::width(ellipsis)) / 2;
    format!("{}{ellipsis}", encode::hex(payload.get(..bytes).unwrap_or_default()))
}
