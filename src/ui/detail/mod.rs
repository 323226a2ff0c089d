//! The selected row in full: a frame's fields, headers and bytes, or what is known of a gap or of
//! a run that could not be read. Only what is on the screen is encoded.

mod about;
mod head;
mod payload;
mod plan;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::view::Encoding;
use crate::app::view::Row;
use crate::app::{Action, Focus, Keymap, State, Target, Viewport};
use crate::domain::{Frame, GapCause, format, server_headers};

use super::layout::WIDE;
use super::paint::{self, span};
use super::pane::{self, Hint, Pane};
use super::text;
use super::theme::Theme;
use head::{Fact, Tone};
use plan::{Mode, Plan, plan};

pub(super) const PANE: Pane = Pane {
    focus: Some(Focus::Detail),
    titled: true,
    draw,
    hints,
    viewport,
    hit: |_, _, _| Target::Pane(Focus::Detail),
};

fn hints(state: &State) -> Vec<Hint> {
    use Action as A;
    pane::hints(
        state,
        &[
            (true, &[A::CopyBase64], "base64"),
            (true, &[A::CopyHex], "hex"),
            (true, &[A::CopySha], "sha-256"),
            (true, &[A::CopySeq], "sequence"),
            (true, &[A::Zoom], "zoom"),
            (true, &[A::FocusNext], "next pane"),
            (state.size.0 < WIDE, &[A::Encoding], "hex/base64"),
        ],
    )
}

fn viewport(area: Rect, state: &State, view: &mut Viewport) {
    let plan = plan(paint::below_title(area), state);
    view.detail = usize::from(plan.list.height);
    view.detail_lines = plan.lines;
}

fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, focus: bool) {
    let row = state.view.selected_row();
    let body = paint::pane(buf, theme, area, focus, title(theme, row.as_ref(), focus));
    let plan = plan(body, state);
    match row {
        Some(Row::Frame(frame)) => draw_frame(buf, theme, state, frame, &plan),
        Some(row) => {
            let facts = about::lines(&row, state, usize::from(plan.list.width));
            let scroll = plan.scroll(state.detail.scroll);
            for (area, fact) in plan.list.rows().zip(facts.iter().skip(scroll)) {
                draw_fact(buf, theme, area, fact);
            }
            plan.mark_scroll(buf, theme, scroll);
        }
        None => {}
    }
}

fn title(theme: &Theme, row: Option<&Row<'_>>, focus: bool) -> Vec<Span<'static>> {
    let name = theme.name(focus);
    let (what, range) = match row {
        Some(Row::Frame(frame)) => {
            let what = match server_headers::marker(frame) {
                Some(reason) => format!("marker {reason}"),
                None => format::bytes(frame.payload.len() as u64),
            };
            ("Frame", format!("{} {} {what}", format::count(frame.seq), theme.glyphs.dot))
        }
        Some(Row::Gap { gap, .. }) => {
            let what = match gap.cause {
                GapCause::Lost => "Lost",
                cause if cause.is_unreadable() => "Unreadable",
                _ => "Gap",
            };
            (what, format::range(gap.range))
        }
        Some(row @ Row::Unread(_)) => ("Could not be read", format::range(row.range())),
        None => ("Nothing selected", String::new()),
    };
    vec![span(what, name), span(format!(" {range}"), theme.text)]
}

fn draw_frame(buf: &mut Buffer, theme: &Theme, state: &State, frame: &Frame, plan: &Plan) {
    let scroll = plan.scroll(state.detail.scroll);
    let only_base64 = plan.mode == Mode::Single && state.detail.encoding == Encoding::Base64;
    // The head and a heading scroll with the bytes, but where all three stand on each other.
    let before = plan.lead();
    if plan.mode == Mode::Stacked {
        draw_head(buf, theme, plan.head, &plan.facts, &state.keymap);
        payload::heading(buf, theme, plan.list_title, "hex", &hex_size(frame));
    }
    for (n, row) in plan.list.rows().enumerate() {
        let at = scroll + n;
        match (plan.facts.get(at).filter(|_| before > 0), at.checked_sub(before)) {
            (Some(fact), _) => draw_fact(buf, theme, row, fact),
            (None, Some(at)) if only_base64 => {
                payload::base64(buf, theme, row, &frame.payload, at);
            }
            (None, Some(at)) => payload::hex(buf, theme, row, &frame.payload, at, plan.shape),
            (None, None) if only_base64 => {
                payload::heading(buf, theme, row, "base64", &base64_size(frame));
            }
            (None, None) => payload::heading(buf, theme, row, "hex", &hex_size(frame)),
        }
    }
    if plan.mode != Mode::Single {
        payload::heading(buf, theme, plan.base64_title, "base64", &base64_size(frame));
        let first = plan.base64_row(scroll, frame.payload.len());
        for (n, row) in plan.base64.rows().enumerate() {
            payload::base64(buf, theme, row, &frame.payload, first + n);
        }
    }
    plan.mark_scroll(buf, theme, scroll);
}

fn hex_size(frame: &Frame) -> String {
    format::counted(frame.payload.len() as u64, "byte")
}

fn base64_size(frame: &Frame) -> String {
    let len = crate::domain::encode::base64_len(frame.payload.len());
    format::counted(len as u64, "character")
}

/// The head where it does not scroll; what does not fit is counted.
fn draw_head(buf: &mut Buffer, theme: &Theme, area: Rect, facts: &[Fact], keymap: &Keymap) {
    let height = usize::from(area.height);
    let hidden = facts.len() > height;
    let shown = if hidden { height.saturating_sub(1) } else { height };
    for (row, fact) in area.rows().zip(facts.iter().take(shown)) {
        draw_fact(buf, theme, row, fact);
    }
    if hidden {
        let more = facts.len() - shown;
        let key = keymap.hint(Action::Zoom);
        let words = format!("{}; {key} shows all", format::counted(more as u64, "more line"));
        paint::put(buf, theme, paint::row(area, shown), &words, theme.note);
    }
}

fn draw_fact(buf: &mut Buffer, theme: &Theme, row: Rect, fact: &Fact) {
    let style = match fact.tone {
        Tone::Plain => theme.text,
        Tone::Strong => theme.strong,
        Tone::Dim => theme.dim,
        Tone::Accent => theme.accent,
        Tone::Warn => theme.note,
        Tone::Bad => theme.bad,
    };
    let label = text::left(fact.label, fact.indent, "");
    let line = Line::from(vec![span(label, theme.dim), span(fact.text.clone(), style)]);
    paint::line(buf, theme, row, &line);
}
