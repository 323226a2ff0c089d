//! The question before a stream that was seen in this session, and is gone, is made anew.

use jiff::Timestamp;
use ratatui::text::Line;

use crate::app::State;
use crate::domain::{RoomId, format};

use super::super::paint::span;
use super::super::theme::Theme;
use super::super::words;
use super::folded;

/// What is gone, what would be made, and the two answers.
pub(super) fn lines(
    theme: &Theme,
    state: &State,
    room: &RoomId,
    made: Option<Timestamp>,
    width: usize,
) -> Vec<Line<'static>> {
    let mut out = vec![Line::styled(room.stream().to_string(), theme.strong), Line::default()];
    let made = made
        .map_or_else(String::new, |at| format!(", made {},", format::date_clock(at, &state.zone)));
    let gone = format!("Its stream{made} was here earlier in this session and is gone.");
    folded(&mut out, &gone, width, theme.bad);
    out.push(Line::default());
    let words = "Create a new, empty one? What was published before is not in it, and nobody will see \
                 by it that there was one.";
    folded(&mut out, words, width, theme.text);
    if let Some(spec) = state.rooms.get(room).and_then(|row| row.room.spec()) {
        folded(&mut out, &format!("It would be {}.", words::spec(&spec)), width, theme.dim);
    }
    out.push(Line::default());
    out.push(Line::from(vec![
        span("Enter y", theme.key),
        span(" creates it, ", theme.text),
        span("any other key", theme.key),
        span(" leaves it", theme.text),
    ]));
    out
}
