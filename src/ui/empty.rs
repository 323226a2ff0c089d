//! What is shown where there is nothing to show: no page, no connection yet, no room on the screen.
//! Said in words, with what comes next.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::view::Content;
use crate::app::{Action, State};
use crate::domain::cause::can_have_taken;
use crate::domain::{Connection, Gap, GapCause, StreamInfo, format};

use super::layout::LEAST;
use super::paint::{self, span};
use super::pane::{self, Pane};
use super::theme::Theme;
use super::{text, words};

pub(super) const NO_SERVER: Pane = Pane {
    draw: no_server,
    hints: |state| pane::hints(state, &[(true, &[Action::Connection], "connection")]),
    ..Pane::BARE
};

/// The frames pane while there is no page.
pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) {
    let width = usize::from(area.width.saturating_sub(5)).min(76);
    let mut lines = vec![Line::default()];
    for (n, paragraph) in paragraphs(state).iter().enumerate() {
        // A list stands close together.
        if n > 0 && !paragraph.starts_with("- ") {
            lines.push(Line::default());
        }
        let style = if n == 0 { theme.strong } else { theme.text };
        lines.extend(text::wrap(paragraph, width).into_iter().map(|l| Line::styled(l, style)));
    }
    // The blank row above goes first.
    if lines.len() > usize::from(area.height) {
        lines.remove(0);
    }
    paint::lines_marked(buf, theme, paint::indent(area, 3), &lines);
}

fn paragraphs(state: &State) -> Vec<String> {
    let view = &state.view;
    let Some(id) = &view.room else {
        return vec!["No room is opened.".into()];
    };
    let room = state.rooms.get(id).map(|row| &row.room);
    let stream = id.stream();
    let refresh = state.keymap.hint(Action::Refresh);
    let mut out = match &view.content {
        Content::Nothing if view.load.is_some() => vec![format!("Reading {stream}.")],
        Content::Nothing if view.fault.is_some() => vec!["Nothing could be read.".into()],
        Content::Nothing => vec!["Nothing was read yet.".into(), format!("{refresh} reads it.")],
        Content::NoStream => {
            let mut out = vec![
                format!("There is no stream {stream}."),
                "So there is no history to show.".into(),
            ];
            if let Some(room) = room {
                out.push(words::creating(room, state));
            }
            out
        }
        Content::Empty(info) => empty(info, state),
        Content::Page(_) => Vec::new(),
    };
    if let Some(fault) = &view.fault
        && view.stream().is_none()
    {
        let retry = state.keymap.hint(Action::Retry);
        out.push(format!("The last read failed: {fault}. {retry} or {refresh} reads again."));
    }
    out.retain(|paragraph| !paragraph.is_empty());
    out
}

/// An emptied stream: what can have emptied it, and nothing stronger.
fn empty(info: &StreamInfo, state: &State) -> Vec<String> {
    if info.leaderless {
        return vec![words::NO_LEADER.into()];
    }
    let mut out = vec![format!("The stream is there and held no messages{}.", state.as_of())];
    let last = info.state.last_seq;
    if last == 0 {
        out.push(
            "It never stored one, as far as the server knows: no sequence was given out.".into(),
        );
        return out;
    }
    out.push(format!(
        "Its last sequence was {}; the next message will be {}.",
        format::count(last),
        format::count(last.saturating_add(1))
    ));
    for gap in Gap::before_first(info) {
        let range = match gap.cause {
            GapCause::Lost => format!("{}: ", format::range(gap.range)),
            _ => String::new(),
        };
        out.push(format!("{range}{}", gap.words()));
    }
    let all = can_have_taken(info, GapCause::BeforeFirst);
    if !all.is_empty() {
        out.push(words::IN_FORCE.into());
        out.extend(all.into_iter().map(|removal| format!("- {}", removal.words)));
    }
    out
}

/// The one line of a terminal that is too small for anything else.
pub(super) fn tiny(buf: &mut Buffer, theme: &Theme, area: Rect) {
    let line =
        format!("roomscope needs {}x{}, this is {}x{}", LEAST.0, LEAST.1, area.width, area.height);
    // Nothing wider than the terminal may be shortened to a smaller number that reads as whole.
    for (row, part) in area.rows().zip(text::wrap(&line, usize::from(area.width))) {
        paint::put(buf, theme, row, &part, theme.text);
    }
}

/// While there was no connection yet: what was tried, why it failed, that it goes on trying by itself,
/// and what else there is.
fn no_server(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, _: bool) {
    let width = usize::from(area.width.saturating_sub(6)).min(76);
    let lines = [Roomy::All, Roomy::Dense, Roomy::Least]
        .map(|roomy| server_lines(theme, state, width, roomy));
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

fn server_lines(theme: &Theme, state: &State, width: usize, roomy: Roomy) -> Vec<Line<'static>> {
    let g = &theme.glyphs;
    let mut lines = Vec::new();
    let field = |lines: &mut Vec<Line<'static>>, label: &str, value: &str, style| {
        paint::labelled(lines, (label, theme.dim, 12), (value, style), width);
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
