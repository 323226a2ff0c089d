//! What is known of a gap, or why a run could not be read, as lines.

use crate::app::rows::Row;
use crate::app::{Action, State};
use crate::domain::{Edge, Gap, GapCause, Slot, StreamConfig, Unread, format, limits};

use super::super::words;
use super::head::{Fact, Facts, Tone};

/// The lines of a row that is not a frame, for a pane of `width` columns.
pub(super) fn lines(row: &Row<'_>, state: &State, width: usize) -> Vec<Fact> {
    let mut facts = Facts::new(width);
    match row {
        Row::Gap { gap, head } => about_gap(&mut facts, gap, *head, state),
        Row::Unread(run) => about_unread(&mut facts, run, state),
        Row::Frame(_) => {}
    }
    facts.lines
}

fn about_gap(facts: &mut Facts, gap: &Gap, head: bool, state: &State) {
    facts.push("range", format::range(gap.range), Tone::Strong);
    facts.push("count", format::counted(gap.range.len(), "sequence"), Tone::Plain);
    facts.folded("cause", gap.cause.word(), Tone::Warn);
    facts.blank();
    facts.folded("", &gap.words(), Tone::Plain);
    facts.blank();
    let (below, above) = beside(gap, state);
    let none = if below {
        "the frame below could not be read"
    } else {
        "no stored frame is known below it"
    };
    edge(facts, "below", gap.before, none, state);
    let none = if above {
        "the frame above could not be read"
    } else {
        "no stored frame is known above it"
    };
    edge(facts, "above", gap.after, none, state);
    if let (GapCause::BeforeFirst, Some(page)) = (gap.cause, state.view.page()) {
        facts.blank();
        facts.folded("", &in_force(&page.stream.config), Tone::Plain);
    }
    if head {
        facts.blank();
        facts.folded(
            "",
            "It lies below the page's window and is not in the ledger's sum.",
            Tone::Dim,
        );
    }
}

/// Whether the nearest slot below a gap, and above it, that is no gap could not be read.
fn beside(gap: &Gap, state: &State) -> (bool, bool) {
    let slots = state.view.page().map_or(&[][..], |page| page.slots());
    let unread = |slot: Option<&Slot>| matches!(slot, Some(Slot::Unread(_)));
    let solid = |slot: &&Slot| slot.gap().is_none();
    let mut below = slots.iter().rev().filter(|slot| slot.range().end() < gap.range.start());
    let mut above = slots.iter().filter(|slot| slot.range().start() > gap.range.end());
    (unread(below.find(solid)), unread(above.find(solid)))
}

/// What of the stream's configuration, as it is now, may explain that its beginning is gone.
fn in_force(config: &StreamConfig) -> String {
    let limits = limits::line(config).unwrap_or_else(|| "none".into());
    format!("limits in force: {limits}")
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

fn about_unread(facts: &mut Facts, run: &Unread, state: &State) {
    facts.push("range", format::range(run.range), Tone::Strong);
    facts.push("count", format::counted(run.range.len(), "sequence"), Tone::Plain);
    facts.blank();
    if state.view.is_reading(run) {
        facts.folded("", "These sequences are being read.", Tone::Plain);
        return;
    }
    facts.folded("", &words::unread_text(run), Tone::Bad);
    facts.blank();
    facts.folded("", "This says nothing of whether messages are stored there.", Tone::Plain);
    facts.blank();
    let key = state.keymap.hint(Action::Retry);
    let again = format!("{key} reads these sequences again");
    let advice = match run.fault.kind.advice() {
        "retry" => format!("{again}."),
        advice => format!("{advice}; {again}."),
    };
    facts.folded("next", &advice, Tone::Plain);
}
