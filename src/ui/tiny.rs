//! The one line of a terminal that is too small for anything else.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::layout::LEAST;
use super::paint;
use super::theme::Theme;

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect) {
    let line =
        format!("roomscope needs {}x{}, this is {}x{}", LEAST.0, LEAST.1, area.width, area.height);
    // Nothing wider than the terminal may be shortened to a smaller number that reads as whole.
    for (row, part) in area.rows().zip(super::text::wrap(&line, usize::from(area.width))) {
        paint::put(buf, theme, row, &part, theme.text);
    }
}
