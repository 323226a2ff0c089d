//! Rows of the hex dump and of the base64, one at a time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::domain::encode;

use super::super::paint::{self, span};
use super::super::theme::Theme;

/// Columns of a hex dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HexShape {
    /// Bytes in a row.
    pub(super) per_row: usize,
    digits: usize,
    blanks: usize,
}

impl HexShape {
    /// The widest dump of `len` bytes that fits: 16, 8 or 4 bytes in a row, offsets of 8 digits
    /// or as few as the length takes.
    pub(super) fn of(width: usize, len: usize) -> Self {
        let least = match len {
            0..=0x1_0000 => 4,
            0x1_0001..=0x100_0000 => 6,
            _ => 8,
        };
        for per_row in [encode::HEX_ROW, 8, 4] {
            for (digits, blanks) in [(8, 2), (least, 2), (least, 1)] {
                let shape = Self { per_row, digits, blanks };
                if shape.width() <= width {
                    return shape;
                }
            }
        }
        Self { per_row: 4, digits: least, blanks: 1 }
    }

    const fn width(self) -> usize {
        self.digits + 2 * self.blanks + encode::hex_width(self.per_row) + self.per_row
    }
}

/// The title of an encoding with the size of what follows.
pub(super) fn heading(buf: &mut Buffer, theme: &Theme, row: Rect, name: &'static str, size: &str) {
    paint::fill(buf, row, theme.glyphs.rule, theme.rule);
    let line = Line::from(vec![span(name, theme.title), span(format!(" {size} "), theme.dim)]);
    paint::line(buf, theme, row, &line);
}

/// Row `at` of the hex dump; nothing past its end.
pub(super) fn hex(
    buf: &mut Buffer,
    theme: &Theme,
    row: Rect,
    payload: &[u8],
    at: usize,
    shape: HexShape,
) {
    if payload.is_empty() && at == 0 {
        paint::put(buf, theme, row, "The payload is empty.", theme.dim);
        return;
    }
    let Some(dump) = encode::hex_row(payload, at, shape.per_row) else {
        return;
    };
    let blanks = " ".repeat(shape.blanks);
    let line = Line::from(vec![
        span(format!("{:0digits$x}{blanks}", dump.offset, digits = shape.digits), theme.dim),
        span(dump.hex, theme.text),
        span(format!("{blanks}{}", dump.ascii), theme.accent),
    ]);
    paint::line(buf, theme, row, &line);
}

/// Row `at` of the base64, folded at the row's width; nothing past its end.
pub(super) fn base64(buf: &mut Buffer, theme: &Theme, row: Rect, payload: &[u8], at: usize) {
    if let Some(part) = encode::base64_row(payload, at, usize::from(row.width)) {
        paint::put(buf, theme, row, &part, theme.text);
    }
}
