//! What is said at the end of a history of damage found in it. Bounded, however much there is.

use crate::cli::out::say;
use crate::domain::{Gap, GapCause, Lost, Room, StreamState, Window, format};

/// Runs that are named.
const NAMED: usize = 12;

/// What is told of, and why.
const TOLD: [(GapCause, &str); 3] = [
    (GapCause::Lost, "as the server reports"),
    (GapCause::Unreadable, "the server counts as stored what it does not give"),
    (GapCause::PastLimit, "no server gives messages there: its limit, not damage"),
];

/// Sequences of each cause that is told of.
#[derive(Debug, Default)]
pub(super) struct Damage([Named; TOLD.len()]);

#[derive(Debug, Default)]
struct Named {
    sequences: u64,
    /// The first of them.
    runs: Vec<Window>,
    more: bool,
}

impl Damage {
    /// The damage among these gaps.
    pub(super) fn of(gaps: &[Gap]) -> Self {
        let mut damage = Self::default();
        gaps.iter().for_each(|gap| damage.take(gap));
        damage
    }

    /// Takes a slot without a frame in.
    pub(super) fn take(&mut self, gap: &Gap) {
        let all = TOLD.iter().zip(&mut self.0);
        for (_, named) in all.filter(|((cause, _), _)| *cause == gap.cause) {
            named.sequences = named.sequences.saturating_add(gap.range.len());
            named.more |= named.runs.len() >= NAMED;
            if !named.more {
                named.runs.push(gap.range);
            }
        }
    }

    /// Says what was found, and what the stream's server reports of damage elsewhere.
    pub(super) fn say(&self, room: &Room, state: &StreamState) {
        self.lines(state).iter().for_each(|line| say(&format!("{}: {line}", room.id)));
    }

    fn lines(&self, state: &StreamState) -> Vec<String> {
        let all = TOLD.iter().zip(&self.0).filter(|(_, named)| named.sequences > 0);
        let mut lines: Vec<String> = all
            .map(|((cause, why), named)| {
                let runs: Vec<String> = named.runs.iter().map(|run| format::range(*run)).collect();
                let (runs, more) = (runs.join(", "), if named.more { ", …" } else { "" });
                let n = format::counted(named.sequences, "sequence");
                format!("{n} {} ({runs}{more}), {why}", cause.word())
            })
            .collect();
        // What is named here need not be told of again.
        let [lost, ..] = &self.0;
        let is_elsewhere = |told: &&Lost| told.unnamed || told.seqs.len() as u64 > lost.sequences;
        let report = state.lost.as_ref().filter(|told| !told.is_none()).filter(is_elsewhere);
        lines.extend(report.map(|told| {
            format!(
                "{}, not all of it in what was read here; roomscope check tells more",
                told.words()
            )
        }));
        lines
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn of(gaps: &[(u64, u64, GapCause)], lost: Option<Lost>) -> Vec<String> {
        let gap = |(start, end, cause): &(u64, u64, GapCause)| {
            Gap::new(Window::new(*start, *end).unwrap(), *cause, Arc::default())
        };
        let gaps: Vec<Gap> = gaps.iter().map(gap).collect();
        Damage::of(&gaps).lines(&StreamState { lost, ..StreamState::default() })
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
