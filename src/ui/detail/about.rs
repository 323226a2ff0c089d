//! What is known of a gap, or why a run could not be read, as lines.

use crate::app::view::Row;
use crate::app::{Action, State};
use crate::domain::cause::can_have_taken;
use crate::domain::{Edge, Gap, GapCause, Slot, StreamInfo, Unread, Witness, format};

use super::super::{text, words};
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
    let tone = match gap.cause {
        GapCause::Lost | GapCause::Unreadable => Tone::Bad,
        _ => Tone::Strong,
    };
    facts.folded("cause", gap.cause.word(), tone);
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
    evidence(facts, gap, state);
    if gap.cause == GapCause::Unreadable {
        let key = state.keymap.hint(Action::Retry);
        facts.folded("next", &format!("{key} reads these sequences again."), Tone::Plain);
    }
    let is_removed = !matches!(gap.cause, GapCause::Lost) && !gap.cause.is_unreadable();
    if let Some(page) = state.view.page().filter(|_| is_removed) {
        in_force(facts, gap.cause, &page.stream);
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

/// What the cause stands on, and whose word it is.
fn evidence(facts: &mut Facts, gap: &Gap, state: &State) {
    let evidence = &gap.evidence;
    match (evidence.listed, gap.cause) {
        (Some(true), _) => facts.folded("listed", "yes, as deleted", Tone::Plain),
        (Some(false), _) => facts.folded("listed", "no, it counts as stored", Tone::Plain),
        (None, GapCause::NotKnown) => facts.folded("listed", "not asked", Tone::Plain),
        // The list says nothing of these.
        (None, _) => {}
    }
    if let Some(by) = &evidence.reported {
        let since = if evidence.earlier { "; forgotten since" } else { "" };
        let words = format!("reported by {}{since}", witness(by, state));
        facts.folded("lost", &words, Tone::Bad);
    }
    if evidence.by != Witness::default() {
        facts.folded("told by", &witness(&evidence.by, state), Tone::Plain);
    }
}

/// Who said it, and when by its own clock.
fn witness(by: &Witness, state: &State) -> String {
    let who = match &by.leader {
        // The room's card has it in full.
        Some(id) if words::is_server_id(id) => format!("{}..., the leader", text::head(id, 8)),
        Some(name) => format!("{name}, the leader"),
        None => "the server".into(),
    };
    let at = |time| format!(", {}", format::span_ends(time, state.now, &state.zone).0);
    format!("{who}{}", by.as_of.map_or_else(String::new, at))
}

/// What the configuration in force can have taken from there. It says nothing of what was in force
/// when they went.
fn in_force(facts: &mut Facts, cause: GapCause, stream: &StreamInfo) {
    let all = can_have_taken(stream, cause);
    facts.blank();
    if all.is_empty() {
        let words = "In force now is nothing that removes messages from there. What was in force \
                     before is not known.";
        facts.folded("", words, Tone::Plain);
        return;
    }
    facts.folded("", words::IN_FORCE, Tone::Plain);
    for removal in all {
        facts.item(&removal.words);
    }
}

fn edge(facts: &mut Facts, label: &'static str, edge: Option<Edge>, none: &str, state: &State) {
    let Some(edge) = edge else {
        facts.folded(label, none, Tone::Dim);
        return;
    };
    facts.folded(label, &format!("frame {}", format::count(edge.seq)), Tone::Accent);
    let time = format::precise(edge.time, &state.zone).replacen('T', " ", 1);
    for part in text::wrap(&time, facts.room()) {
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
    facts.folded("", &run.fault.text, Tone::Bad);
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
