//! Lets one request at a time through a connection.

use std::sync::{Mutex, PoisonError};
use std::task::Waker;

/// Where the request is that was let through last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// There is none.
    Idle,
    /// It is being answered.
    Answering,
    /// Its answer is made, and perhaps not sent yet.
    Answered,
}

/// Shared by a connection and the answer it waits for.
#[derive(Debug)]
pub(in crate::http) struct Gate(Mutex<(At, Option<Waker>)>);

impl Gate {
    pub(super) const fn new() -> Self {
        Self(Mutex::new((At::Idle, None)))
    }

    /// A request was let through.
    pub(super) fn begin(&self) {
        self.set(|_| At::Answering);
    }

    /// The answer is made, or given up.
    pub(in crate::http) fn answered(&self) {
        self.set(|at| if at == At::Answering { At::Answered } else { at });
    }

    /// All that was made is sent.
    pub(super) fn flushed(&self) {
        self.set(|at| if at == At::Answered { At::Idle } else { at });
    }

    /// Whether the next request must wait; it is woken then.
    pub(super) fn is_busy(&self, waker: &Waker) -> bool {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = inner.0 != At::Idle;
        if busy && !inner.1.as_ref().is_some_and(|kept| kept.will_wake(waker)) {
            inner.1 = Some(waker.clone());
        }
        busy
    }

    fn set(&self, next: impl FnOnce(At) -> At) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = inner.0;
        inner.0 = next(before);
        let waker = if inner.0 == before { None } else { inner.1.take() };
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
