//! The help, from the action registry.

use ratatui::text::Line;

use crate::app::action::Group;
use crate::app::{Action, Overlay, REGISTRY, State};
use crate::domain::escape;
use crate::ui::paint::{line_width, span};
use crate::ui::pane::{CLOSE, Layer, SCROLL, hints};
use crate::ui::text;
use crate::ui::theme::Theme;

pub(super) const LAYER: Layer = Layer {
    title: "Help",
    width: 148,
    lines,
    hints: |state, _| hints(state, &[CLOSE, SCROLL, (true, &[Action::Filter], "find")]),
    ..Layer::TEXT
};

/// Columns from which the groups stand in two columns.
const TWO: usize = 104;
/// Columns of keys and of names.
const KEYS: usize = 12;
const NAME: usize = 14;
/// Blanks between two columns.
const GUTTER: usize = 2;

/// The groups with their actions; with a filter, those that hold it in keys, name or words.
fn lines(theme: &Theme, state: &State, layer: &Overlay, width: usize) -> Vec<Line<'static>> {
    let Overlay::Help { filter, .. } = layer else { return Vec::new() };
    let wanted = filter.to_lowercase();
    let two = width >= TWO && filter.is_empty();
    let column = if two { width / 2 - GUTTER } else { width };
    let room = column.saturating_sub(KEYS + NAME).max(8);
    let mut blocks = Vec::new();
    for (group, title) in Group::ALL {
        let mut block = Vec::new();
        for entry in REGISTRY.iter().filter(|entry| entry.group == group) {
            let keys = state.keymap.words(entry.action);
            // What has no key is typed at the `:` prompt, by the name beside it.
            let keys = if keys.is_empty() { "none".to_owned() } else { keys };
            let hit = wanted.is_empty()
                || [keys.as_str(), entry.name, entry.doc]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&wanted));
            if hit {
                // What is long goes on below itself.
                let keys = text::wrap(&keys, KEYS - 1);
                let doc = text::wrap(entry.doc, room);
                for n in 0..keys.len().max(doc.len()) {
                    let part = |of: &[String]| of.get(n).cloned().unwrap_or_default();
                    let name = if n == 0 { entry.name } else { "" };
                    block.push(Line::from(vec![
                        span(text::left(&part(&keys), KEYS, ""), theme.key),
                        span(text::left(name, NAME, ""), theme.dim),
                        span(part(&doc), theme.text),
                    ]));
                }
            }
        }
        if !block.is_empty() {
            block.insert(0, Line::styled(title, theme.strong));
            block.push(Line::default());
            blocks.push(block);
        }
    }
    let mut out = Vec::new();
    if !filter.is_empty() {
        let filter = escape::text(filter);
        out.push(Line::styled(format!("Only what holds: {filter}"), theme.note));
        out.push(Line::default());
    }
    if blocks.is_empty() {
        out.push(Line::styled("Nothing in the help holds this text.", theme.text));
    } else if two {
        out.extend(two_columns(blocks, width));
    } else {
        out.extend(blocks.into_iter().flatten());
    }
    if out.last().is_some_and(|line| line_width(line) == 0) {
        out.pop();
    }
    out
}

/// Whole groups, the first half left, the rest right.
fn two_columns(blocks: Vec<Vec<Line<'static>>>, width: usize) -> Vec<Line<'static>> {
    let half = blocks.iter().map(Vec::len).sum::<usize>().div_ceil(2);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for block in blocks {
        let middle = left.len() + block.len() / 2;
        if right.is_empty() && middle <= half { left.extend(block) } else { right.extend(block) }
    }
    let column = width / 2;
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..rows)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            let pad = column.saturating_sub(line_width(&line));
            // A heading's style is the line's own; it may not reach over to the right.
            let style = line.style;
            for span in &mut line.spans {
                span.style = style.patch(span.style);
            }
            line.style = ratatui::style::Style::new();
            line.push_span(span(" ".repeat(pad), ratatui::style::Style::new()));
            if let Some(other) = right.next() {
                for mut span in other.spans {
                    span.style = other.style.patch(span.style);
                    line.push_span(span);
                }
            }
            line
        })
        .collect()
}
