//! Wanted and found, field by field, where they differ; then what else is off its default, for information.

use ratatui::text::Line;

use crate::app::{Action, Overlay, State};
use crate::domain::{Drift, escape, limits};
use crate::ui::paint::{folded, labelled, span};
use crate::ui::pane::{CLOSE, Hint, Layer, SCROLL, hints};
use crate::ui::text;
use crate::ui::theme::Theme;

pub(super) const LAYER: Layer =
    Layer { title: "Stream and contract", width: 100, lines, hints: keys, ..Layer::TEXT };

fn keys(state: &State, _: &Overlay) -> Vec<Hint> {
    let changeable = state.current_room().is_some_and(|row| {
        let whole = |drift: Drift| drift.fields.iter().all(|field| field.changeable);
        row.room.spec().is_some() && row.drift().is_some_and(|(_, drift)| whole(drift))
    });
    let apply = changeable && !state.read_only;
    let apply = (apply, &[Action::Apply][..], "change the stream (asks first)");
    hints(state, &[CLOSE, SCROLL, apply])
}

/// Columns of the field names.
const FIELD: usize = 19;

/// The comparison of the current room's stream, as it was last found.
fn lines(theme: &Theme, state: &State, _: &Overlay, width: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let row = state.current_room();
    let Some((row, info)) = row.and_then(|row| Some((row, row.stream()?))) else {
        folded(&mut out, "There is no stream to compare.", width, theme.text);
        return out;
    };
    let drift = Drift::compare(&row.room, &info.config);
    out.push(Line::styled(row.room.id.stream().to_string(), theme.strong));
    out.push(Line::default());
    if drift.is_none() {
        let words = "No drift in what the contract owns.";
        folded(&mut out, words, width, theme.good);
    } else {
        let whole = table(&mut out, theme, &drift, width);
        out.push(Line::default());
        let words = if state.read_only {
            "Read-only: nothing is changed. A read works all the same."
        } else if !whole {
            "* the server does not change this of an existing stream, so nothing of it is changed \
             from here. A read works all the same."
        } else {
            "Nothing is changed unless you ask for it. A read works all the same."
        };
        folded(&mut out, words, width, theme.dim);
    }
    if row.room.subject.is_none() {
        let words = "Its subject and replicas are not known here, so they were not compared.";
        folded(&mut out, words, width, theme.text);
    }
    if let Some(fault) = &row.stale {
        let words = format!("This is what was known before the last look failed: {fault}.");
        folded(&mut out, &words, width, theme.bad);
    }
    information(&mut out, theme, &drift, width);
    out
}

/// The fields that differ; gives whether all of them may be changed.
fn table(out: &mut Vec<Line<'static>>, theme: &Theme, drift: &Drift, width: usize) -> bool {
    let column = width.saturating_sub(FIELD + 2) / 2;
    let heading =
        format!("{}{}  found", text::left("field", FIELD, ""), text::left("wanted", column, ""));
    out.push(Line::styled(heading, theme.dim));
    let mut fixed = false;
    for field in &drift.fields {
        let wanted = text::wrap(&escape::text(&field.wanted), column.max(8));
        let found = text::wrap(&escape::text(&field.found), column.max(8));
        let mark = if field.changeable { "" } else { " *" };
        fixed |= !field.changeable;
        for n in 0..wanted.len().max(found.len()).max(1) {
            let name = if n == 0 { format!("{}{mark}", field.field) } else { String::new() };
            let part = |parts: &[String]| parts.get(n).cloned().unwrap_or_default();
            out.push(Line::from(vec![
                span(text::left(&name, FIELD, ""), theme.strong),
                span(text::left(&part(&wanted), column, ""), theme.text),
                span("  ", theme.text),
                span(part(&found), theme.note),
            ]));
        }
    }
    !fixed
}

fn information(out: &mut Vec<Line<'static>>, theme: &Theme, drift: &Drift, width: usize) {
    if drift.others.is_empty() {
        return;
    }
    out.push(Line::default());
    let words = "For information: other fields off their defaults. They are no drift and are never changed.";
    folded(out, words, width, theme.dim);
    let names = drift.others.iter().map(|(name, _)| text::width(&escape::text(name)) + 2);
    let column = names.max().unwrap_or(0).clamp(FIELD, 28);
    for (name, value) in &drift.others {
        let value = limits::words(name, value, true);
        labelled(out, (&escape::text(name), theme.text, column), (&value, theme.dim), width);
    }
}
