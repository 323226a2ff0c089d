//! The screen while there was no connection yet: what was tried, why it failed, that it goes on
//! trying by itself, and what else there is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::{Action, State};
use crate::domain::{Connection, format};

use super::paint::{self, span};
use super::text;
use super::theme::Theme;

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) {
    let width = usize::from(area.width.saturating_sub(6)).min(76);
    let lines =
        [Roomy::All, Roomy::Dense, Roomy::Least].map(|roomy| lines(theme, state, width, roomy));
    let fits = |lines: &&Vec<Line<'_>>| lines.len() <= usize::from(area.height);
    let Some(lines) = lines.iter().find(fits).or(lines.last()) else { return };
    let left = (area.width.saturating_sub(u16::try_from(width).unwrap_or(0))) / 2;
    let height = u16::try_from(lines.len()).unwrap_or(area.height);
    let top = area.height.saturating_sub(height) / 3;
    let body = Rect { y: area.y + top, height: area.height - top, ..paint::indent(area, left) };
    let body = Rect { width: u16::try_from(width).unwrap_or(body.width).min(body.width), ..body };
    paint::lines_marked(buf, theme, body, lines);
}

/// How much is said. The demo is offered in any case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Roomy {
    All,
    /// Without blank rows.
    Dense,
    /// Without other servers too.
    Least,
}

fn lines(theme: &Theme, state: &State, width: usize, roomy: Roomy) -> Vec<Line<'static>> {
    let g = &theme.glyphs;
    let mut lines = Vec::new();
    let field = |lines: &mut Vec<Line<'static>>, label: &'static str, value: &str, style| {
        for (n, part) in text::wrap(value, width.saturating_sub(12)).into_iter().enumerate() {
            let label = text::left(if n == 0 { label } else { "" }, 12, "");
            lines.push(Line::from(vec![span(label, theme.dim), span(part, style)]));
        }
    };
    match &state.connection {
        Connection::Connecting { tried, attempt, last } => {
            let turn = g.spinner(state.now.as_millisecond());
            lines.push(Line::from(vec![
                span(format!("{turn} "), theme.note),
                span("No server yet", theme.strong),
            ]));
            lines.push(Line::default());
            field(&mut lines, "tried", tried, theme.text);
            field(&mut lines, "attempt", &format::count(*attempt), theme.text);
            if let Some(fault) = last {
                field(&mut lines, "last error", &fault.text, theme.bad);
                // That it tries again is said below, once.
                if !fault.kind.may_pass() {
                    field(&mut lines, "next", fault.kind.advice(), theme.text);
                }
            }
            lines.push(Line::default());
            lines.push(Line::styled("It goes on trying by itself.", theme.text));
        }
        Connection::Denied { tried, fault, .. } => {
            lines.push(Line::from(vec![
                span(format!("{} ", g.not_up), theme.bad),
                span("The server refused", theme.strong),
            ]));
            lines.push(Line::default());
            field(&mut lines, "tried", tried, theme.text);
            field(&mut lines, "refusal", &fault.text, theme.bad);
            field(&mut lines, "next", fault.kind.advice(), theme.text);
            lines.push(Line::default());
            let words = "It tries again by itself, slowly: the credentials may be changed.";
            lines.push(Line::styled(words, theme.text));
        }
        _ => {}
    }
    if roomy != Roomy::Least {
        lines.push(Line::default());
        lines.push(Line::styled("Another server", theme.title));
        for command in [
            "roomscope --server nats://HOST:4222",
            "roomscope --server nats://HOST:4222 --creds FILE",
        ] {
            lines.push(Line::from(vec![span("  ", theme.text), span(command, theme.accent)]));
        }
    }
    lines.push(Line::default());
    lines.push(Line::styled("No server at hand", theme.title));
    let quit = state.keymap.hint(Action::Quit);
    lines.push(Line::from(vec![
        span("  ", theme.text),
        span("roomscope demo", theme.accent),
        span(format!("   the same on embedded rooms ({quit} quits this first)"), theme.dim),
    ]));
    if roomy != Roomy::All {
        lines.retain(|line| paint::line_width(line) > 0);
    }
    lines
}
