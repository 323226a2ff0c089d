//! What goes where in the detail pane, and how many lines there are to scroll through.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::State;
use crate::app::view::Encoding;
use crate::app::view::Row;
use crate::domain::encode;

use super::super::layout::WIDE;
use super::super::paint;
use super::super::text;
use super::super::theme::Theme;
use super::head::Fact;
use super::payload::HexShape;
use super::{about, head};

/// How the bytes of a frame are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Head, hex and base64 one above the other; hex scrolls and base64 follows.
    Stacked,
    /// Head and hex scroll on the left, base64 follows on the right.
    Columns,
    /// Head and one encoding in one scrolling list.
    Single,
}

/// The parts of the pane. Those that a mode does not have are empty.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) mode: Mode,
    pub(super) head: Rect,
    pub(super) list_title: Rect,
    pub(super) list: Rect,
    /// Lines there are in what scrolls.
    pub(super) lines: usize,
    pub(super) base64_title: Rect,
    pub(super) base64: Rect,
    pub(super) shape: HexShape,
    /// Lines of a frame's head.
    pub(super) facts: Vec<Fact>,
    /// Columns of the head.
    width: u16,
}

/// Rows below which the two encodings no longer fit one above the other.
const STACK_LEAST: u16 = 16;

/// Columns of the base64 beside a hex dump.
const SIDE: u16 = 40;

/// Columns right of what scrolls: a blank and the mark that there is more.
const MARK: u16 = 2;

/// Lays out the pane without its title.
pub(super) fn plan(body: Rect, state: &State) -> Plan {
    let area = paint::indent(body, 1);
    let marked = Rect { width: area.width.saturating_sub(MARK), ..area };
    let mut plan = Plan {
        mode: Mode::Single,
        head: Rect::default(),
        list_title: Rect::default(),
        list: marked,
        lines: 0,
        base64_title: Rect::default(),
        base64: Rect::default(),
        shape: HexShape::of(usize::from(marked.width), 0),
        facts: Vec::new(),
        width: marked.width,
    };
    match state.view.selected_row() {
        Some(Row::Frame(frame)) => {
            let len = frame.payload.len();
            let both = state.size.0 >= WIDE;
            let columns = both && area.width > DUMP + 3 + SIDE;
            if columns {
                // Both columns grow: a wider base64 shows more bytes, a wider dump none.
                plan.mode = Mode::Columns;
                plan.list.width = DUMP;
                plan.width = DUMP;
                let x = area.x + DUMP + 3;
                let side = Rect { x, width: area.right() - x, ..area };
                plan.base64_title = paint::row(side, 0);
                plan.base64 = paint::below_title(side);
            } else if both && area.height >= STACK_LEAST {
                plan.mode = Mode::Stacked;
                plan.width = area.width;
                plan.list.width = area.width;
            }
            plan.shape = HexShape::of(usize::from(plan.list.width), len);
            plan.facts = head::lines(frame, state, usize::from(plan.width));
            if plan.mode == Mode::Stacked {
                plan.stack(area, len);
            } else {
                let single = plan.mode == Mode::Single;
                plan.lines = plan.lead()
                    + match state.detail.encoding {
                        Encoding::Base64 if single => base64_rows(len, marked.width),
                        _ => encode::hex_rows(len, plan.shape.per_row),
                    };
            }
        }
        Some(row) => plan.lines = about::lines(&row, state, usize::from(marked.width)).len(),
        None => {}
    }
    plan
}

/// Columns of a dump of 16 bytes in a row.
const DUMP: u16 = 76;

fn base64_rows(len: usize, width: u16) -> usize {
    encode::base64_len(len).div_ceil(usize::from(width).max(1))
}

impl Plan {
    /// Shares the height: the head first, then hex and base64, neither more than it needs.
    fn stack(&mut self, area: Rect, len: usize) {
        const LEAST_HEX: u16 = 5;
        const LEAST_BASE64: u16 = 3;
        let titles = 2;
        let most = area.height.saturating_sub(titles + LEAST_HEX + LEAST_BASE64);
        let head = u16::try_from(self.facts.len()).unwrap_or(most).min(most);
        let bytes = area.height.saturating_sub(head + titles);
        let needs = |rows: usize| u16::try_from(rows).unwrap_or(u16::MAX).max(1);
        let rows = encode::hex_rows(len, self.shape.per_row);
        let (hex, base64) = (needs(rows), needs(base64_rows(len, area.width)));
        let base64 = base64.min((bytes * 2 / 5).max(bytes.saturating_sub(hex)));
        let hex = bytes.saturating_sub(base64).min(hex);
        self.lines = rows;
        self.head = Rect { height: head, ..area };
        self.list_title = Rect { y: area.y + head, height: 1, ..area };
        self.list = Rect { y: area.y + head + 1, height: hex, ..self.list };
        self.base64_title = Rect { y: self.list.bottom(), height: 1, ..area };
        self.base64 = Rect { y: self.list.bottom() + 1, height: base64, ..area };
    }

    /// Lines of the scrolling list before the first row of bytes: the head and a heading.
    pub(super) fn lead(&self) -> usize {
        match self.mode {
            Mode::Stacked => 0,
            Mode::Columns | Mode::Single => self.facts.len() + 1,
        }
    }

    /// The wanted scroll, as far as there is something to scroll to.
    pub(super) fn scroll(&self, wanted: usize) -> usize {
        wanted.min(self.lines.saturating_sub(usize::from(self.list.height)))
    }

    /// The first row of base64: the one that holds the first byte of the dump on the screen, but
    /// no further down than fills the rows there are.
    pub(super) fn base64_row(&self, scroll: usize, len: usize) -> usize {
        let byte = scroll.saturating_sub(self.lead()).saturating_mul(self.shape.per_row);
        let row = byte / 3 * 4 / usize::from(self.base64.width).max(1);
        let rows = base64_rows(len, self.base64.width);
        row.min(rows.saturating_sub(usize::from(self.base64.height)))
    }

    /// Says that there is more above or below: right of the list's first and last row with a blank
    /// before it, or at the end of the hex heading, which stays.
    pub(super) fn mark_scroll(&self, buf: &mut Buffer, theme: &Theme, scroll: usize) {
        let g = &theme.glyphs;
        let height = usize::from(self.list.height);
        let above = scroll > 0;
        let below = self.lines > scroll + height && height > 0;
        if self.mode == Mode::Stacked {
            let mark = match (above, below) {
                (true, true) => format!(" {}{}", g.up, g.down),
                (true, false) => format!(" {}", g.up),
                (false, true) => format!(" {}", g.down),
                (false, false) => return,
            };
            let wide = u16::try_from(text::width(&mark)).unwrap_or(0).min(self.list_title.width);
            let x = self.list_title.right() - wide;
            paint::put(buf, theme, Rect { x, width: wide, ..self.list_title }, &mark, theme.key);
            return;
        }
        let mark = |buf: &mut Buffer, row: Rect, glyph: &str| {
            let wide = u16::try_from(text::width(glyph)).unwrap_or(1);
            let x = (row.right() + MARK).min(buf.area.right()).saturating_sub(wide);
            let at = Rect { x, width: wide, ..row };
            paint::put(buf, theme, at, glyph, theme.key);
        };
        if above {
            mark(buf, paint::row(self.list, 0), g.up);
        }
        if below {
            mark(buf, paint::row(self.list, height - 1), g.down);
        }
    }
}
