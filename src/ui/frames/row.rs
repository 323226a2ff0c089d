//! A frame's row and its columns, left out by width in an order of their own: first the payload,
//! then the subject, the age and the size, and the day of a frame never.

use jiff::civil::Date;
use ratatui::text::Line;

use crate::app::State;
use crate::domain::{Frame, Page, encode, escape, format, server_headers};

use crate::ui::paint::span;
use crate::ui::theme::Theme;
use crate::ui::{text, words};

/// Columns of a time of day, of one with month and day, and of one with the date.
const CLOCK: usize = 8;
const DAY: usize = 14;
const FULL: usize = 19;
/// Columns of a size.
const SIZE: usize = 10;

/// What a frame's row shows in a width.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    seq: usize,
    /// Columns of the time: [`CLOCK`], [`DAY`] or [`FULL`].
    time: usize,
    age: bool,
    size: bool,
    subject: usize,
    preview: usize,
    /// The offset of the times from UTC.
    zone: String,
}

impl Shape {
    pub(super) fn of(page: &Page, width: usize, state: &State) -> Self {
        let seq = text::width(&format::count(page.window().end())).max(8);
        // The selection's mark and the sequence.
        let mut left = width.saturating_sub(1 + seq);
        let least = least_time(page, state);
        let time = match left {
            0..42 => least,
            42..72 => least.max(DAY),
            _ => FULL,
        };
        left = left.saturating_sub(time + 2);
        let mut take = |columns: usize| {
            let rest = left.checked_sub(columns + 2);
            left = rest.unwrap_or(left);
            rest.is_some()
        };
        let size = take(SIZE);
        let age = take(words::AGE);
        let subject = if left >= 32 && time == FULL { (left * 3 / 5).min(48) } else { 0 };
        if subject > 0 {
            left = left.saturating_sub(subject + 2);
        }
        let preview = left.saturating_sub(2).min(64);
        let preview = if preview < 4 { 0 } else { preview };
        Self { seq, time, age, size, subject, preview, zone: zone(page, state) }
    }
}

/// The first and the last frame of a page: the times of all others are between theirs, but where
/// a server's clock was set back.
fn ends(page: &Page) -> impl Iterator<Item = &Frame> {
    page.frames().next().into_iter().chain(page.frames().last()).map(AsRef::as_ref)
}

/// A time of day alone is that of today, and a month and day that of this year.
fn least_time(page: &Page, state: &State) -> usize {
    let date =
        |time: jiff::Timestamp| -> Date { time.to_zoned_datetime(state.zone.clone()).date() };
    let today = date(state.now);
    let mut least = CLOCK;
    for frame in ends(page) {
        let stored = date(frame.time);
        if stored.year() != today.year() {
            return FULL;
        }
        if stored != today {
            least = DAY;
        }
    }
    least
}

/// The offset that all times of the page have; `local` where summer time begins or ends on it.
fn zone(page: &Page, state: &State) -> String {
    let mut offsets = ends(page).map(|frame| format::offset(frame.time, &state.zone));
    match (offsets.next(), offsets.next()) {
        (Some(first), Some(last)) if first != last => "local".into(),
        (Some(first), _) => first,
        (None, _) => format::offset(state.now, &state.zone),
    }
}

/// The titles of the columns; that of the time names the offset from UTC.
pub(super) fn heading(theme: &Theme, shape: &Shape) -> Line<'static> {
    let zone = &shape.zone;
    let forms = [format!("stored ({zone})"), format!("stored {zone}"), zone.clone()];
    let stored = forms.into_iter().find(|form| text::width(form) <= shape.time);
    let mut line = text::right("sequence", shape.seq, "");
    let mut add = |title: String| {
        line.push_str("  ");
        line.push_str(&title);
    };
    add(text::left(&stored.unwrap_or_default(), shape.time, ""));
    if shape.age {
        add(text::right("age", words::AGE, ""));
    }
    if shape.size {
        add(text::right("size", SIZE, ""));
    }
    if shape.subject > 0 {
        add(text::left("subject", shape.subject, ""));
    }
    if shape.preview > 0 {
        add(text::head("payload", shape.preview).to_owned());
    }
    Line::styled(line, theme.dim)
}

/// One frame's row; the day is written where it differs from the row above.
pub(super) fn line(
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
