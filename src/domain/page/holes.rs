//! Arithmetic over a sorted list of deleted sequences, without walking along a hole.

#[cfg(test)]
mod tests;

use super::window::Window;

/// A stream's deleted sequences: sorted, no repeats.
#[derive(Debug, Clone, Copy)]
pub struct Holes<'a>(pub &'a [u64]);

impl Holes<'_> {
    /// The runs of deleted sequences inside `window`, in order. Costs O(runs × log list).
    pub fn runs(self, window: Window) -> Vec<Window> {
        let from = self.0.partition_point(|&seq| seq < window.start());
        let to = self.0.partition_point(|&seq| seq <= window.end());
        let mut rest = self.0.get(from..to).unwrap_or_default();
        let mut runs = Vec::new();
        while let Some(&first) = rest.first() {
            let len = run_len(rest, first);
            let (run, after) = rest.split_at(len);
            runs.extend(run.last().and_then(|&last| Window::new(first, last)));
            rest = after;
        }
        runs
    }

    /// The runs of sequences inside `window` that are not deleted, in order.
    pub fn present(self, window: Window) -> Vec<Window> {
        let mut present = Vec::new();
        let mut left = Some(window);
        for hole in self.runs(window) {
            let Some(rest) = left else { break };
            present.extend(rest.below(hole.start()));
            left = rest.above(hole.end());
        }
        present.extend(left);
        present
    }

    /// How many deleted sequences lie in `window`. Costs O(log list).
    pub fn count(self, window: Window) -> u64 {
        let from = self.0.partition_point(|&seq| seq < window.start());
        let to = self.0.partition_point(|&seq| seq <= window.end());
        (to - from) as u64
    }

    /// The first run of deleted sequences that begins above `seq`.
    pub fn next(self, seq: u64) -> Option<Window> {
        let above = self.around(seq).map_or(seq, Window::end);
        let at = self.0.partition_point(|&deleted| deleted <= above);
        self.around(*self.0.get(at)?)
    }

    /// The last run of deleted sequences that ends below `seq`.
    pub fn previous(self, seq: u64) -> Option<Window> {
        let below = self.around(seq).map_or(seq, Window::start);
        let at = self.0.partition_point(|&deleted| deleted < below);
        self.around(*self.0.get(at.checked_sub(1)?)?)
    }

    /// The whole run of deleted sequences around `seq`, or `None` when `seq` is not deleted.
    pub fn around(self, seq: u64) -> Option<Window> {
        let at = self.0.binary_search(&seq).ok()?;
        let (below, above) = self.0.split_at(at);
        let first = above.first().copied()?;
        // Along a run the sequence and the index both move by one, so "farther in sequences than
        // in places" holds for a beginning of the list and then no more.
        let (mut low, mut high) = (0, below.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let apart = below.get(middle).is_some_and(|&s| seq - s > (at - middle) as u64);
            if apart { low = middle + 1 } else { high = middle }
        }
        let start = below.get(low).copied().unwrap_or(first);
        let len = run_len(above, first);
        Window::new(start, first + (len.saturating_sub(1)) as u64)
    }
}

/// How many sequences at the beginning of `list` follow one another from `first`.
fn run_len(list: &[u64], first: u64) -> usize {
    let (mut known, mut step) = (0, 1);
    let in_run = |i: usize| list.get(i).is_some_and(|&seq| seq - first == i as u64);
    while in_run(known + step) {
        known += step;
        step *= 2;
    }
    // The run ends in known..known + step.
    let (mut low, mut high) = (known, known + step);
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if in_run(middle) { low = middle } else { high = middle }
    }
    low + 1
}
