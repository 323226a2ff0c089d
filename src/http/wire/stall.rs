//! How long a caller is waited for that takes nothing of its answer.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::http::limits::Limits;

/// The system of a caller tells of room in its buffer in steps. On Linux with its usual buffer, one
/// that reads 5 kB/s is seen to take something after 9 s, 16 s, 38 s and each 26 s from then on. So
/// one that took its time before is given so many times as much.
const STEPS: u32 = 4;

/// Counts from the last byte that the caller took.
pub(super) struct Stall {
    limits: Limits,
    /// Since when the socket takes nothing.
    since: Option<Instant>,
    /// The longest time after which it did take something of this answer.
    longest: Duration,
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
            since: None,
            longest: Duration::ZERO,
            cut: Box::pin(sleep_until(now + limits.stall_time)),
            due: now + limits.request_time,
        }
    }

    pub(super) fn begin(&mut self) {
        self.longest = Duration::ZERO;
        self.due = Instant::now() + self.limits.request_time;
    }

    /// The caller took something.
    pub(super) fn took(&mut self) {
        if let Some(since) = self.since.take() {
            self.longest = self.longest.max(since.elapsed());
        }
    }

    /// How long this caller may take nothing where others may for `time`.
    pub(super) fn patience(&self, time: Duration) -> Duration {
        time.max(self.longest.saturating_mul(STEPS))
    }

    /// The socket takes no more just now: pending, unless that goes on for too long. Then the reason
    /// to end the answer.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<String> {
        let time = self.patience(self.limits.stall_time);
        if self.since.is_none() {
            let now = Instant::now();
            self.since = Some(now);
            self.cut.as_mut().reset((now + time).min(self.due));
        }
        ready!(self.cut.as_mut().poll(cx));
        let is_due = self.cut.deadline() >= self.due;
        Poll::Ready(if is_due { self.limits.used_up() } else { Limits::took_nothing(time) })
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(30);

    fn stall(request_time: Duration) -> Stall {
        Stall::new(Limits { stall_time: SHORT, request_time, ..Limits::default() })
    }

    #[tokio::test]
    async fn who_took_its_time_before_is_given_more_and_anybody_else_is_not() {
        let mut stall = stall(LONG);
        let began = Instant::now();
        // It took something just in time, and then nothing more.
        let pause = async {
            let end = began + SHORT * 4 / 5;
            while Instant::now() < end {
                let now = poll_fn(|cx| Poll::Ready(stall.poll(cx))).await;
                assert!(now.is_pending());
            }
        };
        pause.await;
        stall.took();
        assert!(stall.patience(SHORT) >= SHORT * 2, "{:?}", stall.patience(SHORT));
        assert_eq!(stall.patience(LONG), LONG);
        let said = poll_fn(|cx| stall.poll(cx)).await;
        assert!(said.starts_with("the caller took nothing for 0.") && began.elapsed() > SHORT * 3);
        stall.begin();
        assert_eq!(stall.patience(SHORT), SHORT, "of the next answer nothing is known");
    }

    #[tokio::test]
    async fn it_says_which_time_was_over() {
        for (request_time, words) in [
            (LONG, "the caller took nothing for 0.1 s"),
            (SHORT / 2, "the time for the request (0.05 s) was used up"),
        ] {
            let mut stall = stall(request_time);
            assert_eq!(poll_fn(|cx| stall.poll(cx)).await, words);
        }
    }
}
