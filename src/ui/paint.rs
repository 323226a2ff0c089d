//! The few strokes that all widgets draw with. None of them leaves the buffer or the width it
//! was given, whatever it is asked for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text;
use super::theme::Theme;

/// A span of owned or static text.
pub(super) fn span(text: impl Into<std::borrow::Cow<'static, str>>, style: Style) -> Span<'static> {
    Span::styled(text, style)
}

/// Columns a line takes.
pub(super) fn line_width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|s| text::width(&s.content)).sum()
}

/// Writes text into at most `width` cells, and gives the column after it. Most text is of plain
/// characters, one a cell, so that there is no need to look for clusters of them.
fn set(buf: &mut Buffer, (x, y): (u16, u16), text: &str, width: u16, style: Style) -> u16 {
    let plain = |c| matches!(c, ' '..='~' | '\u{2500}'..='\u{259f}');
    if !text.chars().all(plain) {
        return buf.set_stringn(x, y, text, usize::from(width), style).0;
    }
    let end = x.saturating_add(width).min(buf.area.right());
    let mut next = x;
    for (at, c) in (x..end).zip(text.chars()) {
        if let Some(cell) = buf.cell_mut((at, y)) {
            cell.set_char(c).set_style(style);
        }
        next = at + 1;
    }
    next
}

/// Draws text at the start of a row; cut to the row with an ellipsis.
pub(super) fn put(buf: &mut Buffer, theme: &Theme, row: Rect, content: &str, style: Style) {
    let row = row.intersection(buf.area);
    if row.is_empty() {
        return;
    }
    let content = text::fit(content, usize::from(row.width), theme.glyphs.ellipsis);
    set(buf, (row.x, row.y), &content, row.width, style);
}

/// Draws a line at the start of a row; cut to the row with an ellipsis.
pub(super) fn line(buf: &mut Buffer, theme: &Theme, row: Rect, line: &Line<'_>) {
    let row = row.intersection(buf.area);
    let mut left = usize::from(row.width);
    if row.is_empty() {
        return;
    }
    let mut rest = line_width(line);
    let mut x = row.x;
    for span in &line.spans {
        if left == 0 {
            return;
        }
        let wide = text::width(&span.content);
        let style = line.style.patch(span.style);
        let cut = rest > left && wide >= left;
        let shown = if cut && wide == left {
            // The span fits but what follows does not: say so.
            let mark = theme.glyphs.ellipsis;
            let room = left.saturating_sub(text::width(mark));
            format!("{}{mark}", text::head(&span.content, room)).into()
        } else {
            text::fit(&span.content, left, theme.glyphs.ellipsis)
        };
        x = set(buf, (x, row.y), &shown, row.right().saturating_sub(x), style);
        left = usize::from(row.right().saturating_sub(x));
        rest = rest.saturating_sub(wide);
        if cut {
            return;
        }
    }
}

/// Adds words folded to a width.
pub(super) fn folded(out: &mut Vec<Line<'static>>, words: &str, width: usize, style: Style) {
    out.extend(text::wrap(words, width).into_iter().map(|part| Line::styled(part, style)));
}

/// Adds words folded to what a label of so many columns leaves of a width; the label stands beside
/// the first line.
pub(super) fn labelled(
    out: &mut Vec<Line<'static>>,
    (label, label_style, columns): (&str, Style, usize),
    (words, style): (&str, Style),
    width: usize,
) {
    let folded = text::wrap(words, width.saturating_sub(columns).max(8));
    for (n, part) in folded.into_iter().enumerate() {
        let label = text::left(if n == 0 { label } else { "" }, columns, "");
        out.push(Line::from(vec![span(label, label_style), span(part, style)]));
    }
}

/// Marks a row as the selected one: a bar at its start, and the whole row in one style.
pub(super) fn select(buf: &mut Buffer, theme: &Theme, row: Rect, focus: bool) {
    let style = if focus { theme.selected } else { theme.selected_idle };
    buf.set_style(row.intersection(buf.area), style);
    fill(buf, Rect { width: row.width.min(1), ..row }, theme.glyphs.select, style);
}

/// Draws lines one below the other, from the top.
pub(super) fn lines<'a>(
    buf: &mut Buffer,
    theme: &Theme,
    area: Rect,
    lines: impl IntoIterator<Item = &'a Line<'a>>,
) {
    for (row, content) in area.rows().zip(lines) {
        line(buf, theme, row, content);
    }
}

/// Draws lines from the top of an area; where they are cut, the last row's end says so.
pub(super) fn lines_marked(buf: &mut Buffer, theme: &Theme, area: Rect, content: &[Line<'_>]) {
    lines(buf, theme, area, content);
    if content.len() > usize::from(area.height) && area.height > 0 && area.width > 2 {
        let last = row(area, usize::from(area.height) - 1);
        let mark = format!(" {}", theme.glyphs.down);
        let wide = u16::try_from(text::width(&mark)).unwrap_or(last.width).min(last.width);
        let end = Rect { x: last.right() - wide, width: wide, ..last };
        put(buf, theme, end, &mark, theme.key);
    }
}

/// Draws a glyph along a row.
pub(super) fn fill(buf: &mut Buffer, row: Rect, glyph: &str, style: Style) {
    for at in row.intersection(buf.area).positions() {
        if let Some(cell) = buf.cell_mut(at) {
            cell.set_symbol(glyph).set_style(style);
        }
    }
}

/// Draws a pane's title row, `━ Rooms ━━━━`, and gives what is below it. The focused pane has a
/// heavy rule, so that it shows without colour.
pub(super) fn pane(
    buf: &mut Buffer,
    theme: &Theme,
    area: Rect,
    focus: bool,
    title: Vec<Span<'static>>,
) -> Rect {
    let (rule, style) = if focus {
        (theme.glyphs.rule_focus, theme.rule_focus)
    } else {
        (theme.glyphs.rule, theme.rule)
    };
    let row = Rect { height: area.height.min(1), ..area };
    fill(buf, row, rule, style);
    let mut spans = vec![span(" ", theme.text)];
    spans.extend(title);
    let mut title = Line::from(spans);
    if line_width(&title) < usize::from(row.width.saturating_sub(1)) {
        title.push_span(span(" ", theme.text));
    }
    let inner = Rect { x: row.x + 1.min(row.width), width: row.width.saturating_sub(1), ..row };
    // The rule's colour may not shine through text that has none of its own.
    let words = u16::try_from(line_width(&title)).unwrap_or(inner.width).min(inner.width);
    clear(buf, Rect { width: words, ..inner });
    line(buf, theme, inner, &title);
    below_title(area)
}

fn clear(buf: &mut Buffer, area: Rect) {
    for at in area.intersection(buf.area).positions() {
        if let Some(cell) = buf.cell_mut(at) {
            cell.reset();
        }
    }
}

/// A pane without its title row.
pub(super) const fn below_title(area: Rect) -> Rect {
    if area.height == 0 {
        return area;
    }
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// An area without its `n` leftmost columns.
pub(super) fn indent(area: Rect, n: u16) -> Rect {
    let n = n.min(area.width);
    Rect { x: area.x + n, width: area.width - n, ..area }
}

/// Row `n` of an area; empty past its end.
pub(super) fn row(area: Rect, n: usize) -> Rect {
    match u16::try_from(n) {
        Ok(n) if n < area.height => Rect { y: area.y + n, height: 1, ..area },
        _ => Rect { height: 0, ..area },
    }
}

/// Empties an area and draws a box around it with a title; gives what is inside, one column of
/// padding left and right.
pub(super) fn window(buf: &mut Buffer, theme: &Theme, area: Rect, title: &str) -> Rect {
    let area = area.intersection(buf.area);
    clear(buf, area);
    if area.width < 2 || area.height < 2 {
        return Rect { height: 0, ..area };
    }
    let g = &theme.glyphs;
    let style = theme.rule_focus;
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for y in [area.y, bottom] {
        fill(buf, Rect { y, height: 1, ..area }, g.rule, style);
    }
    for x in [area.x, right] {
        fill(buf, Rect { x, width: 1, ..area }, g.bar, style);
    }
    let corners = [(area.x, area.y), (right, area.y), (area.x, bottom), (right, bottom)];
    for ((x, y), glyph) in corners.into_iter().zip(g.corners) {
        fill(buf, Rect { x, y, width: 1, height: 1 }, glyph, style);
    }
    let head = Rect { x: area.x + 2, width: area.width.saturating_sub(4), height: 1, ..area };
    put(buf, theme, head, &format!(" {title} "), theme.title_focus);
    Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height - 2,
    }
}
