//! What is known of a gap, or why a run could not be read, as lines.

use crate::app::rows::Row;
use crate::app::{Action, State};
use crate::domain::{Edge, Gap, Unread, format};

use super::super::words;
use super::head::{Fact, Facts, Tone};

/// The lines of a row that is not a frame, for a pane of `width` columns.
pub(super) fn lines(row: &Row<'_>, state: &State, width: usize) -> Vec<Fact> {
    let mut facts = Facts::new(width);
    match row {
        Row::Gap { gap, head } => about_gap(&mut facts, gap, *head, state),
        Row::Unread(run) => about_unread(&mut facts, run, state.view.is_reading(run)),
        Row::Frame(_) => {}
    }
    facts.lines
}

fn about_gap(facts: &mut Facts, gap: &Gap, head: bool, state: &State) {
    facts.push("range", format::range(gap.range), Tone::Strong);
    facts.push("count", words::counted(gap.range.len(), "sequence"), Tone::Plain);
    facts.folded("cause", gap.cause.word(), Tone::Warn);
    facts.blank();
    facts.folded("", gap.cause.evidence(), Tone::Plain);
    facts.blank();
    edge(facts, "below", gap.before, "no stored frame is known below it", state);
    edge(facts, "above", gap.after, "no stored frame is known above it", state);
    if head {
        facts.blank();
        facts.folded(
            "",
            "It lies below the page's window and is not in the ledger's sum.",
            Tone::Dim,
        );
    }
}

fn edge(facts: &mut Facts, label: &'static str, edge: Option<Edge>, none: &str, state: &State) {
    let Some(edge) = edge else {
        facts.folded(label, none, Tone::Dim);
        return;
    };
    facts.folded(label, &format!("frame {}", format::count(edge.seq)), Tone::Accent);
    let time = format::precise(edge.time, &state.zone).replacen('T', " ", 1);
    for part in super::super::text::wrap(&time, facts.room()) {
        facts.indented(part);
    }
}

fn about_unread(facts: &mut Facts, run: &Unread, reading: bool) {
    facts.push("range", format::range(run.range), Tone::Strong);
    facts.push("count", words::counted(run.range.len(), "sequence"), Tone::Plain);
    facts.blank();
    if reading {
        facts.folded("", "These sequences are being read.", Tone::Plain);
        return;
    }
    facts.folded("", &run.fault.text, Tone::Bad);
    facts.blank();
    facts.folded("", "This says nothing of whether messages are stored there.", Tone::Plain);
    facts.blank();
    let key = words::key(Action::Retry);
    let again = format!("{key} reads these sequences again");
    let advice = match run.fault.kind.advice() {
        "retry" => format!("{again}."),
        advice => format!("{advice}; {again}."),
    };
    facts.folded("next", &advice, Tone::Plain);
}
