//! The sequences without a message, as runs: a hole of a million costs what a hole of one costs.

use std::collections::BTreeMap;

use crate::domain::Window;

/// Disjoint runs of sequences, no two of them adjacent.
#[derive(Debug, Clone, Default)]
pub(super) struct Holes {
    /// First sequence of a run to its last.
    runs: BTreeMap<u64, u64>,
    total: u64,
}

impl Holes {
    /// How many sequences the runs hold together.
    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// The run that holds a sequence; O(log runs).
    pub(super) fn around(&self, seq: u64) -> Option<Window> {
        let (&start, &end) = self.runs.range(..=seq).next_back()?;
        Window::new(start, end).filter(|run| run.contains(seq))
    }

    /// Adds a run, joined with those it overlaps or touches.
    pub(super) fn insert(&mut self, run: Window) {
        let (mut start, mut end) = (run.start(), run.end());
        while let Some((&from, &to)) = self.runs.range(..=end.saturating_add(1)).next_back() {
            if to.saturating_add(1) < start {
                break;
            }
            self.runs.remove(&from);
            self.total -= to - from + 1;
            start = start.min(from);
            end = end.max(to);
        }
        self.runs.insert(start, end);
        self.total += end - start + 1;
    }

    /// Forgets everything below `seq`, which must not lie inside a run.
    pub(super) fn forget_below(&mut self, seq: u64) {
        let kept = self.runs.split_off(&seq);
        self.runs = kept;
        self.total = self.runs.iter().map(|(start, end)| end - start + 1).sum();
    }

    /// The parts of a window that are in no run, in order.
    pub(super) fn between(&self, window: Window) -> Vec<Window> {
        let mut parts = Vec::new();
        let mut at = Some(window.start());
        let from = self.around(window.start()).map_or(window.start(), Window::start);
        for (&start, &end) in self.runs.range(from..=window.end()) {
            if let Some(part) = at.and_then(|at| Window::new(at, start.saturating_sub(1))) {
                parts.push(part);
            }
            at = end.checked_add(1);
        }
        parts.extend(at.and_then(|at| Window::new(at, window.end())));
        parts
    }

    /// Every sequence of every run, sorted.
    pub(super) fn sequences(&self) -> impl Iterator<Item = u64> {
        self.runs.iter().flat_map(|(&start, &end)| start..=end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_are_a_set_of_sequences(
            inserts in prop::collection::vec((1u64..60, 0u64..9), 0..20),
            window in (1u64..60, 0u64..30),
        ) {
            let mut holes = Holes::default();
            let mut naive = BTreeSet::new();
            for (start, more) in inserts {
                holes.insert(Window::new(start, start + more).unwrap());
                naive.extend(start..=start + more);
            }
            prop_assert_eq!(holes.sequences().collect::<Vec<_>>(), naive.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(holes.total(), naive.len() as u64);
            for (&start, &end) in &holes.runs {
                prop_assert!(!holes.runs.contains_key(&(end + 1)), "{start}-{end} touches the next");
            }
            let window = Window::new(window.0, window.0 + window.1).unwrap();
            let between: Vec<u64> = holes
                .between(window)
                .into_iter()
                .flat_map(|part| part.start()..=part.end())
                .collect();
            let expected: Vec<u64> = (window.start()..=window.end())
                .filter(|seq| !naive.contains(seq))
                .collect();
            prop_assert_eq!(between, expected);
            for seq in 1..80 {
                prop_assert_eq!(holes.around(seq).is_some(), naive.contains(&seq));
            }
        }
    }
}
