//! The frames pane when there is no page: what that means and what comes next, in words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::view::Content;
use crate::app::{Action, State};
use crate::domain::{StreamInfo, escape, format};

use super::paint;
use super::text;
use super::theme::Theme;
use super::words;

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) {
    let width = usize::from(area.width.saturating_sub(5)).min(76);
    let mut lines = vec![Line::default()];
    for (n, paragraph) in paragraphs(state).iter().enumerate() {
        if n > 0 {
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
        Content::Empty(info) => empty(info),
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

fn empty(info: &StreamInfo) -> Vec<String> {
    let last = info.state.last_seq;
    let first = info.config.others.iter().find(|(name, _)| name == "first_seq");
    let mut out = vec!["The stream is there and holds no messages now.".to_owned()];
    out.push(match (last, first) {
        (0, _) => "It never stored one: no sequence was given out yet.".into(),
        (last, Some((_, first))) => format!(
            "Its last sequence is {}, and it was given a first sequence ({}): those below were \
             skipped, and any above were removed by limits, a purge or deletes.",
            format::count(last),
            escape::text(first)
        ),
        (last, None) => format!(
            "All {} were removed, by limits, a purge or deletes; the server does not tell which. \
             The next message will be {}.",
            format::counted(last, "sequence"),
            format::count(last.saturating_add(1))
        ),
    });
    out
}
