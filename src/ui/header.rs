//! The status line: the program, the connection at all times, and whether writes are off.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::State;
use crate::domain::Connection;

use super::paint::{self, span};
use super::text;
use super::theme::Theme;
use super::words;

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) {
    paint::fill(buf, area, " ", theme.bar);
    let mut badge = String::new();
    if state.read_only {
        badge.push_str(" READ-ONLY ");
    }
    let room = usize::from(area.width).saturating_sub(text::width(&badge) + 1);
    let g = &theme.glyphs;
    let (mark, style) = match &state.connection {
        Connection::Local { .. } => (g.demo, theme.note),
        Connection::Connected { .. } => (g.bullet, theme.good),
        Connection::Connecting { .. } | Connection::Reconnecting { .. } => {
            (g.spinner(state.now.as_millisecond()), theme.note)
        }
        Connection::Denied { .. } => (g.not_up, theme.bad),
    };
    // The program's name and the mark before the words.
    let words_room = room.saturating_sub(14);
    let line = Line::from(vec![
        span(" roomscope ", theme.strong),
        span(format!(" {mark} "), style),
        span(words::connection(&state.connection, g.dot, g.ellipsis, words_room), theme.text),
    ]);
    let left = Rect { width: u16::try_from(room).unwrap_or(area.width), ..area };
    paint::line(buf, theme, left, &line);
    let wide = u16::try_from(text::width(&badge)).unwrap_or(0).min(area.width);
    let right = Rect { x: area.right() - wide, width: wide, ..area };
    paint::put(buf, theme, right, &badge, theme.badge);
}
