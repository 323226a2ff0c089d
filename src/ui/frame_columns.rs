//! The columns of the frames pane, left out by width in an order of their own: first the payload,
//! then the subject, the age and the size, and the day of a frame never.

use jiff::civil::Date;
use ratatui::text::Line;

use crate::app::State;
use crate::domain::{Frame, Page, format};

use super::text;
use super::theme::Theme;
use super::words;

/// Columns of a time of day, of one with month and day, and of one with the date.
const CLOCK: usize = 8;
pub(super) const DAY: usize = 14;
pub(super) const FULL: usize = 19;
/// Columns of a size.
pub(super) const SIZE: usize = 10;

/// What a frame's row shows in a width.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) seq: usize,
    /// Columns of the time: [`CLOCK`], [`DAY`] or [`FULL`].
    pub(super) time: usize,
    pub(super) age: bool,
    pub(super) size: bool,
    pub(super) subject: usize,
    pub(super) preview: usize,
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
