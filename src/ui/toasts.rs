//! Short notices in the lower right corner, above the ledger.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::State;

use super::paint;
use super::text;
use super::theme::Theme;

/// Draws the toasts upwards from the row above the ledger, the newest one lowest.
pub(super) fn draw(buf: &mut Buffer, theme: &Theme, ledger: Rect, state: &State) {
    let most = ledger.width.saturating_sub(4).min(76);
    let mut bottom = ledger.y;
    for toast in state.toasts.iter().rev() {
        let lines = text::wrap(&toast.text, usize::from(most.saturating_sub(6)));
        let height = u16::try_from(lines.len()).unwrap_or(1);
        // The status line stays free.
        if bottom < height + 1 {
            return;
        }
        let wide = lines.iter().map(|line| text::width(line)).max().unwrap_or(0) + 6;
        let width = u16::try_from(wide).unwrap_or(most).min(most);
        let area =
            Rect { x: ledger.right().saturating_sub(width + 1), y: bottom - height, width, height };
        let style = theme.toast(toast.kind);
        for (n, (row, line)) in area.rows().zip(&lines).enumerate() {
            paint::fill(buf, row, " ", theme.bar);
            paint::put(buf, theme, Rect { width: 1, ..row }, theme.glyphs.select, style);
            if n == 0 {
                let mark = theme.glyphs.toast(toast.kind);
                paint::put(buf, theme, paint::indent(row, 2), mark, style);
            }
            paint::put(buf, theme, paint::indent(row, 4), line, theme.text);
        }
        bottom = area.y;
    }
}
