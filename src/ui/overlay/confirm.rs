//! The question before a drifted stream is changed.

use ratatui::text::Line;

use crate::domain::RoomId;

use super::super::paint::span;
use super::super::text;
use super::super::theme::Theme;
use super::folded;

/// What would change, and the two answers.
pub(super) fn lines(
    theme: &Theme,
    room: &RoomId,
    changes: &[String],
    width: usize,
) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    out.push(Line::styled(room.stream().to_string(), theme.strong));
    out.push(Line::default());
    folded(&mut out, "This would change:", width, theme.text);
    for change in changes {
        for (n, part) in text::wrap(change, width.saturating_sub(2)).into_iter().enumerate() {
            let mark = if n == 0 { theme.glyphs.dot } else { " " };
            out.push(Line::from(vec![
                span(format!("{mark} "), theme.note),
                span(part, theme.note),
            ]));
        }
    }
    out.push(Line::default());
    let words = "Every field that the contract does not own stays as it is. No message is touched.";
    folded(&mut out, words, width, theme.dim);
    out.push(Line::default());
    out.push(Line::from(vec![
        span("y", theme.key),
        span(" changes the stream, ", theme.text),
        span("any other key", theme.key),
        span(" leaves it", theme.text),
    ]));
    out
}
