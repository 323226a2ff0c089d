//! The frames pane when there is no page: what that means and what comes next, in words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::view::Content;
use crate::app::{Action, State};
use crate::domain::cause::can_have_taken;
use crate::domain::{Gap, GapCause, StreamInfo, format};

use super::paint;
use super::text;
use super::theme::Theme;
use super::words;

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
