//! Standing remarks above the rows of a page: why the last read failed, what is known to have
//! changed since, what became of the ensure, that the stream has drifted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::since::since;
use crate::app::{Action, State, ToastKind};
use crate::domain::RoomRow;

use crate::ui::theme::Theme;
use crate::ui::{paint, text, words};

struct Remark {
    kind: ToastKind,
    lines: Vec<String>,
}

/// Rows the remarks take; never more than half of the pane.
pub(super) fn height(body: Rect, state: &State) -> u16 {
    let lines: usize = remarks(body, state).iter().map(|r| r.lines.len()).sum();
    u16::try_from(lines).unwrap_or(u16::MAX).min(body.height / 2)
}

fn remarks(body: Rect, state: &State) -> Vec<Remark> {
    let view = &state.view;
    let width = usize::from(body.width.saturating_sub(4));
    let mut all = Vec::new();
    let mut remark = |kind, words: &str| {
        let mut lines = text::wrap(words, width);
        if lines.len() > 3 {
            lines.truncate(3);
            if let Some(last) = lines.last_mut() {
                last.push_str(" ...");
            }
        }
        all.push(Remark { kind, lines });
    };
    if state.amending.as_ref().map(|(_, id)| id) == view.room.as_ref() && view.room.is_some() {
        remark(ToastKind::Note, "Changing the stream's configuration.");
    }
    if let Some(fault) = &view.fault
        && view.stream().is_some()
    {
        remark(
            ToastKind::Failed,
            &format!("The last read failed; below is what was read before. {fault}."),
        );
    }
    if let Some(damage) = view.room.as_ref().and_then(|id| state.damaged.get(id)) {
        remark(ToastKind::Failed, &words::damaged(damage, state));
    }
    if let Some(since) = since(state) {
        remark(ToastKind::Note, &words::since(&since, state));
    }
    if let Some(note) = &view.note {
        remark(ToastKind::Note, note);
    }
    let row = view.room.as_ref().and_then(|id| state.rooms.get(id));
    if view.fault.is_none() && view.stream().is_some() && row.is_some_and(words::has_no_leader) {
        remark(
            ToastKind::Failed,
            "No leader now: what is below was told before, and nothing is known of what the stream \
             holds now.",
        );
    }
    if let Some((_, drift)) = row.and_then(RoomRow::drift) {
        let fields = drift.fields.iter().map(|f| f.field).collect::<Vec<_>>().join(", ");
        let key = state.keymap.hint(Action::Drift);
        remark(
            ToastKind::Note,
            &format!(
                "Drift in {fields}: the stream is not what the contract makes. {key} compares."
            ),
        );
    }
    all
}

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, body: Rect, state: &State) {
    let area = Rect { height: height(body, state), ..body };
    let mut rows = area.rows();
    for remark in remarks(body, state) {
        let style = theme.toast(remark.kind);
        for (n, line) in remark.lines.iter().enumerate() {
            let Some(row) = rows.next() else { return };
            if n == 0 {
                let mark = theme.glyphs.toast(remark.kind);
                paint::put(buf, theme, paint::indent(row, 1), mark, style);
            }
            paint::put(buf, theme, paint::indent(row, 3), line, style);
        }
    }
}
