//! What is said at the end of a history of damage found in it. Bounded, however much there is.

use crate::cli::out::say;
use crate::domain::{Gap, GapCause, Room, StreamState, Window, format};

/// Runs that are named.
const NAMED: usize = 12;

/// Lost sequences, and such that the server counts as stored and does not give.
#[derive(Debug, Default)]
pub(super) struct Damage {
    lost: Named,
    unreadable: Named,
    past_limit: Named,
}

#[derive(Debug, Default)]
struct Named {
    sequences: u64,
    /// The first of them.
    runs: Vec<Window>,
    more: bool,
}

impl Damage {
    /// Takes a slot without a frame in.
    pub(super) fn take(&mut self, gap: &Gap) {
        let named = match gap.cause {
            GapCause::Lost => &mut self.lost,
            GapCause::Unreadable => &mut self.unreadable,
            GapCause::PastLimit => &mut self.past_limit,
            GapCause::ExpiredOrRemoved
            | GapCause::Removed
            | GapCause::BeforeFirst
            | GapCause::NotKnown => return,
        };
        named.sequences = named.sequences.saturating_add(gap.range.len());
        named.more |= named.runs.len() >= NAMED;
        if !named.more {
            named.runs.push(gap.range);
        }
    }

    /// Says what was found, and what the stream's server reports of damage elsewhere.
    pub(super) fn say(&self, room: &Room, state: &StreamState) {
        self.lines(state).iter().for_each(|line| say(&format!("{}: {line}", room.id)));
    }

    fn lines(&self, state: &StreamState) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(self.lost.line("lost", "as the server reports"));
        let counted = "the server counts as stored what it does not give";
        lines.extend(self.unreadable.line("unreadable", counted));
        let limit = "no server gives messages there: its limit, not damage";
        lines.extend(self.past_limit.line(GapCause::PastLimit.word(), limit));
        // What is named here need not be told of again.
        let elsewhere = |named: u64| named > self.lost.sequences;
        let report = state.lost.as_ref().filter(|lost| !lost.is_none());
        if let Some(lost) = report.filter(|lost| lost.unnamed || elsewhere(lost.seqs.len() as u64))
        {
            lines.push(format!(
                "{}, not all of it in what was read here; roomscope check tells more",
                lost.words()
            ));
        }
        lines
    }
}

impl Named {
    fn line(&self, what: &str, why: &str) -> Option<String> {
        if self.sequences == 0 {
            return None;
        }
        let runs: Vec<String> = self.runs.iter().map(|run| format::range(*run)).collect();
        let more = if self.more { ", …" } else { "" };
        let n = format::counted(self.sequences, "sequence");
        Some(format!("{n} {what} ({}{more}), {why}", runs.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::Lost;

    fn of(gaps: &[(u64, u64, GapCause)], lost: Option<Lost>) -> Vec<String> {
        let mut damage = Damage::default();
        for (start, end, cause) in gaps {
            let range = Window::new(*start, *end).unwrap();
            damage.take(&Gap::new(range, *cause, Arc::default()));
        }
        damage.lines(&StreamState { lost, ..StreamState::default() })
    }

    #[test]
    fn damage_is_named_and_nothing_is_said_of_what_was_removed() {
        let lost = Lost { seqs: (84..=166).collect(), bytes: 9, ..Lost::default() };
        let removed = (3, 4, GapCause::Removed);
        assert_eq!(of(&[removed], Some(Lost::default())), [""; 0]);
        let found = [removed, (84, 166, GapCause::Lost), (170, 170, GapCause::Unreadable)];
        assert_eq!(
            of(&found, Some(lost.clone())),
            [
                "83 sequences lost (84-166), as the server reports",
                "1 sequence unreadable (170), the server counts as stored what it does not give",
            ]
        );
        // The window ended in the loss, so more of it lies elsewhere.
        let part = of(&[(84, 100, GapCause::Lost)], Some(lost));
        assert_eq!(part.len(), 2, "{part:?}");
        assert!(part[1].contains("reported damage: 83 sequences (9 B), not all"), "{part:?}");
        let unnamed = Lost { bytes: 12_321, unnamed: true, ..Lost::default() };
        assert!(of(&[], Some(unnamed))[0].contains("names no sequences"));
    }

    #[test]
    fn many_runs_are_counted_and_not_all_named() {
        let gaps: Vec<_> = (0..40).map(|n| (n * 2 + 1, n * 2 + 1, GapCause::Lost)).collect();
        let lines = of(&gaps, None);
        assert!(lines[0].starts_with("40 sequences lost (1, 3, ") && lines[0].contains("23, …)"));
    }
}
