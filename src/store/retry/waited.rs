//! How long was waited in all.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lock;

/// How long was waited in all; waits at the same time count once.
#[derive(Debug, Default)]
pub(super) struct Waited(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    before: Duration,
    under_way: usize,
    since: Option<Instant>,
}

/// A wait under way; it ends when dropped.
pub(super) struct Waiting<'a>(&'a Waited);

impl State {
    fn all(&self) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Waited {
    pub(super) fn all(&self) -> Duration {
        lock(&self.0).all()
    }

    pub(super) fn begin(&self) -> Waiting<'_> {
        let mut state = lock(&self.0);
        state.under_way += 1;
        state.since.get_or_insert_with(Instant::now);
        Waiting(self)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.0);
        state.under_way -= 1;
        if state.under_way == 0 {
            state.before = state.all();
            state.since = None;
        }
    }
}
