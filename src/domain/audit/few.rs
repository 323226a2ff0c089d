//! A list that keeps its beginning and counts the rest.

/// Most findings of a kind that are kept.
pub const MOST_KEPT: usize = 50;

/// The first [`MOST_KEPT`] items of a kind, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few<T> {
    kept: Vec<T>,
    total: u64,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), total: 0 }
    }
}

impl<T> Few<T> {
    pub(super) fn push(&mut self, item: T) {
        self.total += 1;
        if self.kept.len() < MOST_KEPT {
            self.kept.push(item);
        }
    }

    pub fn kept(&self) -> &[T] {
        &self.kept
    }

    /// How many there were.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// How many there were beyond those kept.
    pub const fn more(&self) -> u64 {
        self.total - self.kept.len() as u64
    }

    /// Whether there were none.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }
}
