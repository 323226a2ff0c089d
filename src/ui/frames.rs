//! The frames of the page, oldest on top and newest at the bottom; gaps and what could not be
//! read are rows of their own, in place.

use jiff::civil::Date;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::rows::{self, Row};
use crate::app::{Focus, State};
use crate::domain::{Frame, Page, encode, escape, format};

use super::paint::{self, span};
use super::text;
use super::theme::Theme;
use super::{banner, empty, gap_row, layout, rooms};

/// What a frame's row shows in a width.
#[derive(Debug, Clone, Copy)]
struct Shape {
    seq: usize,
    /// Columns of the time: 8, 14 with month and day, 19 with the date.
    time: usize,
    age: bool,
    subject: usize,
    preview: usize,
}

const AGE: usize = 7;
const SIZE: usize = 10;

impl Shape {
    fn of(page: &Page, width: usize) -> Self {
        let seq = text::width(&format::count(page.window().end())).max(8);
        // Selection, sequence, size, and two blanks before each column.
        let mut left = width.saturating_sub(1 + seq + 2 + SIZE);
        let time = match left {
            0..30 => 8,
            30..60 => 14,
            _ => 19,
        };
        left = left.saturating_sub(time + 2);
        let age = left >= AGE + 2;
        if age {
            left -= AGE + 2;
        }
        let subject = if left >= 32 && time == 19 { (left * 3 / 5).min(48) } else { 0 };
        if subject > 0 {
            left = left.saturating_sub(subject + 2);
        }
        let preview = left.saturating_sub(2).min(64);
        Self { seq, time, age, subject, preview: if preview < 4 { 0 } else { preview } }
    }
}

/// The part of the pane that holds the rows of the page.
pub(super) fn list(area: Rect, state: &State) -> Rect {
    let body = paint::below_title(area);
    let above = banner::height(body, state);
    let head = u16::from(state.view.page().is_some() && body.height > above + 6);
    let top = (above + head).min(body.height);
    Rect { y: body.y + top, height: body.height - top, ..body }
}

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, focus: bool) {
    paint::pane(buf, theme, area, focus, title(theme, state, focus, usize::from(area.width)));
    banner::draw(buf, theme, paint::below_title(area), state);
    let rows_area = list(area, state);
    let Some(page) = state.view.page() else {
        empty::draw(buf, theme, rows_area, state);
        return;
    };
    let width = usize::from(area.width);
    let shape = Shape::of(page, width);
    if rows_area.y > area.y + 1 + banner::height(paint::below_title(area), state) {
        let head = Rect { y: rows_area.y - 1, height: 1, ..area };
        paint::line(buf, theme, paint::indent(head, 1), &heading(theme, &shape));
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
                let (style, glyph) = gap_row::gap_style(theme);
                let room = gap_row::gap_width(width - 1);
                let words = gap_row::gap(gap, &state.zone, state.now, room, theme.glyphs.dot);
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
                    (style, Some((glyph, gap_row::unread(run, room, g.dot, g.ellipsis))))
                }
            }
        };
        if let Some((glyph, words)) = glyph {
            let line = gap_row::on_glyphs(&words, glyph, width - 1, theme.glyphs.ellipsis);
            paint::put(buf, theme, inner, &line, style);
        }
        if selected == Some(index) {
            // While the detail has the keys, its row here is still the one they act on.
            let active = focus || layout::focus(state) == Focus::Detail;
            rooms::select(buf, theme, row_area, active);
        }
    }
}

fn title(theme: &Theme, state: &State, focus: bool, width: usize) -> Vec<Span<'static>> {
    let name = if focus { theme.title_focus } else { theme.title };
    let dot = theme.glyphs.dot;
    let view = &state.view;
    let room = view.room.as_ref().map_or_else(String::new, |id| {
        state.rooms.get(id).map_or_else(|| id.to_string(), |row| row.room.title())
    });
    let mut facts = String::new();
    if let Some(page) = view.page() {
        let s = &page.stream.state;
        let window = format::range(page.window());
        let place = match (view.is_oldest(), view.is_newest()) {
            (true, true) => format!(" {dot} all of it"),
            (true, false) => format!(" {dot} oldest page"),
            (false, true) => format!(" {dot} newest page"),
            (false, false) => String::new(),
        };
        let (first, last) = (format::count(s.first_seq), format::count(s.last_seq));
        facts = format!(" {window} of {first}-{last}{place}");
    }
    if let Some(find) = &state.find {
        facts.push_str(&format!(" {dot} find {}", escape::text(find)));
    }
    let room_width = width.saturating_sub(text::width(&facts) + 6).max(8);
    let room = text::fit(&room, room_width, theme.glyphs.ellipsis).into_owned();
    vec![span(room, name), span(facts, theme.text)]
}

fn heading(theme: &Theme, shape: &Shape) -> Line<'static> {
    let mut line = text::right("sequence", shape.seq, "");
    line.push_str("  ");
    line.push_str(&text::left("stored", shape.time, ""));
    if shape.age {
        line.push_str("  ");
        line.push_str(&text::right("age", AGE, ""));
    }
    line.push_str("  ");
    line.push_str(&text::right("size", SIZE, ""));
    if shape.subject > 0 {
        line.push_str("  ");
        line.push_str(&text::left("subject", shape.subject, ""));
    }
    if shape.preview > 0 {
        line.push_str("  ");
        line.push_str(text::head("payload", shape.preview));
    }
    Line::styled(line, theme.dim)
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
        (19, _) => date.strftime("%Y-%m-%d ").to_string(),
        (14, true) => date.strftime("%m-%d ").to_string(),
        (14, false) => " ".repeat(6),
        _ => String::new(),
    };
    let date_style = if changed { theme.text } else { theme.dim };
    let mut spans = vec![
        span(text::right(&format::count(frame.seq), shape.seq, g.ellipsis), theme.accent),
        span(format!("  {date}"), date_style),
        span(stored.strftime("%H:%M:%S").to_string(), theme.text),
    ];
    if shape.age {
        let age = text::right(&format::age(frame.time, state.now), AGE, g.ellipsis);
        spans.push(span(format!("  {age}"), theme.dim));
    }
    let size = format::bytes(frame.payload.len() as u64);
    spans.push(span(format!("  {}", text::right(&size, SIZE, g.ellipsis)), theme.text));
    if shape.subject > 0 {
        // A subject may be as long as a payload: only what can be seen of it is escaped.
        let seen: String = frame.subject.chars().take(shape.subject + 1).collect();
        let subject = text::left(&escape::text(&seen), shape.subject, g.ellipsis);
        spans.push(span(format!("  {subject}"), theme.text));
    }
    if shape.preview > 0 {
        spans.push(span(
            format!("  {}", preview(&frame.payload, shape.preview, g.ellipsis)),
            theme.dim,
        ));
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
