//! Lets one request at a time through a connection, and tells whether its answer went out.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// Where the request is that was let through last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Idle,
    /// It is being answered.
    Answering,
    /// Its answer is made, and perhaps not sent yet.
    Answered,
}

/// Told once: nothing when the answer is out, or why it is not.
pub(in crate::http) type OnEnd = Box<dyn FnOnce(Option<String>) + Send>;

struct Inner {
    at: At,
    waker: Option<Waker>,
    on_end: Option<OnEnd>,
    broken: Option<String>,
}

/// Shared by a connection and the answer it waits for.
pub(in crate::http) struct Gate(Mutex<Inner>);

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&self.lock().at).finish()
    }
}

impl Gate {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Inner { at: At::Idle, waker: None, on_end: None, broken: None }))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was let through.
    pub(super) fn begin(&self) {
        self.set(At::Idle, At::Answering);
    }

    /// The answer is given up.
    pub(in crate::http) fn given_up(&self) {
        self.set(At::Answering, At::Answered);
    }

    /// The answer is made; what is told when it is out. Dropped untold with the connection.
    pub(in crate::http) fn made(&self, on_end: OnEnd) {
        let broken = self.broken();
        if broken.is_some() {
            on_end(broken);
        } else {
            self.lock().on_end = Some(on_end);
        }
        self.set(At::Answering, At::Answered);
    }

    /// All that was made is sent.
    pub(super) fn flushed(&self) {
        if self.lock().at == At::Answered {
            self.end(None);
            self.set(At::Answered, At::Idle);
        }
    }

    /// The connection goes no further, and why; the first reason stays.
    pub(in crate::http) fn break_off(&self, why: String) {
        self.lock().broken.get_or_insert_with(|| why.clone());
        self.end(Some(why));
    }

    /// Why the connection goes no further.
    pub(in crate::http) fn broken(&self) -> Option<String> {
        self.lock().broken.clone()
    }

    /// Whether the next request must wait; it is woken then.
    pub(super) fn is_busy(&self, waker: &Waker) -> bool {
        let mut inner = self.lock();
        let busy = inner.at != At::Idle;
        if busy && !inner.waker.as_ref().is_some_and(|kept| kept.will_wake(waker)) {
            inner.waker = Some(waker.clone());
        }
        busy
    }

    fn end(&self, why: Option<String>) {
        let on_end = self.lock().on_end.take();
        if let Some(on_end) = on_end {
            on_end(why);
        }
    }

    fn set(&self, from: At, to: At) {
        let mut inner = self.lock();
        if inner.at != from {
            return;
        }
        inner.at = to;
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
