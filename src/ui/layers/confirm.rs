//! The questions before a drifted stream is changed, and before a stream that was seen in this session,
//! and is gone, is made anew. The keys are answers here, whatever else they are bound to.

use ratatui::text::Line;

use crate::app::{Overlay, State};
use crate::domain::format;
use crate::ui::paint::{folded, labelled, span};
use crate::ui::pane::{Hint, Layer};
use crate::ui::theme::Theme;
use crate::ui::words;

pub(super) const CHANGE: Layer = Layer {
    title: "Change this stream?",
    lines: change,
    hints: |_, _| answers("y", "changes the stream"),
    ..Layer::TEXT
};

pub(super) const RECREATE: Layer = Layer {
    title: "Create a new stream?",
    lines: recreate,
    hints: |_, _| answers("Enter y", "creates it"),
    ..Layer::TEXT
};

fn answers(yes: &str, what: &'static str) -> Vec<Hint> {
    vec![(yes.to_owned(), what), ("any other key".to_owned(), "leaves it")]
}

/// The two answers, as the last line.
fn asked(theme: &Theme, yes: &'static str, what: &str) -> Line<'static> {
    Line::from(vec![
        span(yes, theme.key),
        span(format!(" {what}, "), theme.text),
        span("any other key", theme.key),
        span(" leaves it", theme.text),
    ])
}

fn change(theme: &Theme, _: &State, layer: &Overlay, width: usize) -> Vec<Line<'static>> {
    let Overlay::Confirm { room, changes, .. } = layer else { return Vec::new() };
    let mut out = vec![Line::styled(room.stream().to_string(), theme.strong), Line::default()];
    folded(&mut out, "This would change:", width, theme.text);
    for change in changes {
        let dot = (theme.glyphs.dot, theme.note, 2);
        labelled(&mut out, dot, (change, theme.note), width);
    }
    out.push(Line::default());
    let words = "Every field that the contract does not own stays as it is. No message is touched.";
    folded(&mut out, words, width, theme.dim);
    out.push(Line::default());
    out.push(asked(theme, "y", "changes the stream"));
    out
}

/// What is gone, and what would be made.
fn recreate(theme: &Theme, state: &State, layer: &Overlay, width: usize) -> Vec<Line<'static>> {
    let Overlay::Recreate { room, made, .. } = layer else { return Vec::new() };
    let mut out = vec![Line::styled(room.stream().to_string(), theme.strong), Line::default()];
    let made = made
        .map_or_else(String::new, |at| format!(", made {},", format::date_clock(at, &state.zone)));
    let gone = format!("Its stream{made} was here earlier in this session and is gone.");
    folded(&mut out, &gone, width, theme.bad);
    out.push(Line::default());
    let words = "Create a new, empty one? What was published before is not in it, and nobody will see \
                 by it that there was one.";
    folded(&mut out, words, width, theme.text);
    if let Some(spec) = state.rooms.get(room).and_then(|row| row.room.spec()) {
        folded(&mut out, &format!("It would be {}.", words::spec(&spec)), width, theme.dim);
    }
    out.push(Line::default());
    out.push(asked(theme, "Enter y", "creates it"));
    out
}
