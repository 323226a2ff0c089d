//! How long a caller is waited for that takes nothing of its answer.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use crate::http::limits::Limits;

/// Counts from the last byte that the caller took.
pub(super) struct Stall {
    limits: Limits,
    /// Whether the socket took nothing when it was last asked.
    is_stalled: bool,
    /// When the caller is cut off.
    cut: Pin<Box<Sleep>>,
    /// When the answer must be out in any case.
    due: Instant,
}

impl Stall {
    pub(super) fn new(limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            limits,
            is_stalled: false,
            cut: Box::pin(sleep_until(now + limits.stall_time)),
            due: now + limits.request_time,
        }
    }

    /// A request begins.
    pub(super) fn begin(&mut self) {
        self.due = Instant::now() + self.limits.request_time;
    }

    /// The caller took something.
    pub(super) const fn took(&mut self) {
        self.is_stalled = false;
    }

    /// The socket takes no more just now: pending, unless that goes on for too long. Then the reason
    /// to end the answer.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<String> {
        if !self.is_stalled {
            self.is_stalled = true;
            self.cut.as_mut().reset((Instant::now() + self.limits.stall_time).min(self.due));
        }
        ready!(self.cut.as_mut().poll(cx));
        Poll::Ready(if self.cut.deadline() < self.due {
            self.limits.took_nothing()
        } else {
            self.limits.used_up()
        })
    }
}
