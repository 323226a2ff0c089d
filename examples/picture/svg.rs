//! A rendered buffer as an SVG picture: a grid of monospace text on rectangles. No fonts and no
//! scripts are embedded; what a cell holds is escaped.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

/// Size of a cell in pixels.
const CELL: (u32, u32) = (9, 19);
const FONT: u32 = 15;
/// Pixels around the grid.
const PAD: u32 = 12;
const BACKGROUND: &str = "#12161d";
const FOREGROUND: &str = "#d6dde8";

/// How a run of cells looks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Look {
    fg: String,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    underlined: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let reversed = cell.modifier.contains(Modifier::REVERSED);
        let (fg, bg) = (color(cell.fg), color(cell.bg));
        let (fg, bg) = if reversed {
            (
                Some(bg.unwrap_or_else(|| BACKGROUND.into())),
                Some(fg.unwrap_or_else(|| FOREGROUND.into())),
            )
        } else {
            (fg, bg)
        };
        Self {
            fg: fg.unwrap_or_else(|| FOREGROUND.into()),
            bg,
            bold: cell.modifier.contains(Modifier::BOLD),
            dim: cell.modifier.contains(Modifier::DIM),
            underlined: cell.modifier.contains(Modifier::UNDERLINED),
        }
    }
}

/// Draws a buffer as an SVG document with `title` as its accessible name.
pub(crate) fn render(buffer: &Buffer, title: &str) -> String {
    let area = buffer.area;
    let width = u32::from(area.width) * CELL.0 + 2 * PAD;
    let height = u32::from(area.height) * CELL.1 + 2 * PAD;
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-size=\"{FONT}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\">\n\
         <title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n",
        escape(title)
    );
    for row in area.rows() {
        let mut run: Option<(u16, u16, Look, String)> = None;
        let mut skip = 0;
        for at in row.positions() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let Some(cell) = buffer.cell(at) else {
                continue;
            };
            let symbol = cell.symbol();
            let columns = u16::try_from(symbol.width()).unwrap_or(1).max(1);
            skip = columns - 1;
            let look = Look::of(cell);
            // What is not ASCII may come from another font with other widths: it stands alone.
            let alone = columns > 1 || !symbol.is_ascii();
            match &mut run {
                Some((_, wide, seen, text)) if *seen == look && !alone && text.is_ascii() => {
                    *wide += columns;
                    text.push_str(symbol);
                }
                _ => {
                    if let Some(run) = run.take() {
                        write_run(&mut out, row.y, &run);
                    }
                    run = Some((at.x, columns, look, symbol.to_owned()));
                }
            }
        }
        if let Some(run) = run {
            write_run(&mut out, row.y, &run);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn write_run(out: &mut String, row: u16, (x, columns, look, text): &(u16, u16, Look, String)) {
    let left = PAD + u32::from(*x) * CELL.0;
    let top = PAD + u32::from(row) * CELL.1;
    let wide = u32::from(*columns) * CELL.0;
    if let Some(bg) = &look.bg {
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"{bg}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut style = String::new();
    if look.bold {
        style.push_str(" font-weight=\"bold\"");
    }
    if look.dim {
        style.push_str(" opacity=\"0.6\"");
    }
    if look.underlined {
        style.push_str(" text-decoration=\"underline\"");
    }
    let _ = writeln!(
        out,
        "<text x=\"{left}\" y=\"{}\" textLength=\"{wide}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{}\"{style} xml:space=\"preserve\">{}</text>",
        top + CELL.1 * 3 / 4,
        look.fg,
        escape(text)
    );
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 allows no control character, not even as a reference.
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The colour as `#rrggbb`; `None` for the terminal's own.
fn color(color: Color) -> Option<String> {
    let (r, g, b) = match color {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Black => (0, 0, 0),
        Color::Red => (205, 60, 60),
        Color::Green => (80, 180, 90),
        Color::Yellow => (215, 175, 50),
        Color::Blue => (50, 90, 170),
        Color::Magenta => (180, 90, 180),
        Color::Cyan => (80, 180, 200),
        Color::Gray => (190, 196, 205),
        Color::DarkGray => (110, 118, 130),
        Color::LightRed => (245, 110, 90),
        Color::LightGreen => (120, 215, 130),
        Color::LightYellow => (240, 215, 100),
        Color::LightBlue => (110, 160, 240),
        Color::LightMagenta => (220, 140, 220),
        Color::LightCyan => (130, 220, 235),
        Color::White => (240, 244, 250),
        Color::Indexed(n) => indexed(n),
    };
    Some(format!("#{r:02x}{g:02x}{b:02x}"))
}

/// The xterm palette above its first 16 colours; those are left gray.
const fn indexed(n: u8) -> (u8, u8, u8) {
    const fn level(n: u8) -> u8 {
        if n == 0 { 0 } else { 55 + 40 * n }
    }
    match n {
        0..=15 => (190, 196, 205),
        16..=231 => {
            let n = n - 16;
            (level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        232..=255 => {
            let gray = 8 + 10 * (n - 232);
            (gray, gray, gray)
        }
    }
}
