//! Sets of sequences as the runs that they form.

use super::page::window::Window;

/// Runs of sequences: in order, and none touches another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runs(Vec<Window>);

impl Runs {
    pub fn add(&mut self, run: Window) {
        let at = self.0.partition_point(|other| other.end().saturating_add(1) < run.start());
        let (mut start, mut end, mut touched) = (run.start(), run.end(), at);
        while let Some(other) = self.0.get(touched)
            && other.start() <= end.saturating_add(1)
        {
            (start, end) = (start.min(other.start()), end.max(other.end()));
            touched += 1;
        }
        self.0.splice(at..touched, Window::new(start, end));
    }

    /// Adds what other runs hold.
    pub fn extend(&mut self, other: &Self) {
        other.0.iter().for_each(|run| self.add(*run));
    }

    pub fn remove(&mut self, gone: Window) {
        let at = self.0.partition_point(|run| run.end() < gone.start());
        let to = self.0.partition_point(|run| run.start() <= gone.end());
        let touched = self.0.get(at..to).unwrap_or_default();
        let low = touched.first().and_then(|run| run.below(gone.start()));
        let high = touched.last().and_then(|run| run.above(gone.end()));
        self.0.splice(at..to.max(at), low.into_iter().chain(high));
    }

    /// Keeps the highest so many runs.
    pub fn keep_highest(&mut self, runs: usize) {
        self.0.drain(..self.0.len().saturating_sub(runs));
    }

    /// The part of it in a window.
    pub fn within(&self, window: Window) -> Self {
        let from = self.0.partition_point(|run| run.end() < window.start());
        let to = self.0.partition_point(|run| run.start() <= window.end());
        let touched = self.0.get(from..to).unwrap_or_default();
        Self(touched.iter().filter_map(|run| run.intersect(window)).collect())
    }

    /// The part of it that other runs do not hold.
    pub fn without(&self, other: &Self) -> Self {
        let mut left = self.clone();
        other.0.iter().for_each(|run| left.remove(*run));
        left
    }

    /// The runs, in order.
    pub fn as_slice(&self) -> &[Window] {
        &self.0
    }

    pub fn sequences(&self) -> u64 {
        self.0.iter().fold(0, |sum, run| sum.saturating_add(run.len()))
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Window> for Runs {
    fn from_iter<T: IntoIterator<Item = Window>>(runs: T) -> Self {
        let mut all = Self::default();
        runs.into_iter().for_each(|run| all.add(run));
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn run(start: u64, end: u64) -> Window {
        Window::new(start, end).unwrap()
    }

    #[test]
    fn the_ends_of_numbers_are_no_trouble() {
        let mut runs: Runs = [run(u64::MAX - 1, u64::MAX), run(1, 1)].into_iter().collect();
        runs.add(run(u64::MAX, u64::MAX));
        assert_eq!(runs.as_slice(), [run(1, 1), run(u64::MAX - 1, u64::MAX)]);
        runs.add(run(1, u64::MAX));
        assert_eq!(runs.sequences(), u64::MAX);
        runs.remove(run(1, u64::MAX));
        assert!(runs.is_empty());
    }

    proptest! {
        /// They hold what a set would, in as few runs as can be.
        #[test]
        fn they_are_a_set(
            steps in prop::collection::vec((any::<bool>(), 1..60_u64, 1..9_u64), 0..40),
        ) {
            let (mut runs, mut set) = (Runs::default(), BTreeSet::new());
            for (adds, start, len) in steps {
                let window = run(start, start + len - 1);
                if adds {
                    runs.add(window);
                    set.extend(window.start()..=window.end());
                } else {
                    runs.remove(window);
                    set.retain(|seq| !window.contains(*seq));
                }
                let held = runs.as_slice();
                let all = held.iter().flat_map(|run| run.start()..=run.end());
                prop_assert_eq!(all.collect::<Vec<_>>(), set.iter().copied().collect::<Vec<_>>());
                let mut pairs = held.iter().zip(held.iter().skip(1));
                prop_assert!(pairs.all(|(low, high)| low.end() + 1 < high.start()));
                prop_assert_eq!(runs.sequences(), set.len() as u64);
            }
        }
    }
}
