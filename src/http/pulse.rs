//! Whether the store answers, for those who wait for it.
//!
//! A server that hangs costs whoever asks it the time of a whole operation, and a read makes several.
//! So a read ends when nothing is heard for that time, and those who wait for their turn are told,
//! that they do not make the same discovery one after the other.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::sleep_until;

use super::limits::ANSWER_TIME;
use crate::store::reader::Watch;

/// Nothing heard for so long, and a request that went unanswered: then those who wait will not be
/// answered either.
const QUIET: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silent {
    /// While reading, for the time that an answer may take.
    Reading,
    /// To others, while waiting for a turn.
    Waiting,
}

/// The sign of life of a server, or of one stream.
#[derive(Debug)]
pub(super) struct Pulse {
    heard: Mutex<Instant>,
    silence: Notify,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self { heard: Mutex::new(Instant::now()), silence: Notify::new() }
    }

    fn heard(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last(&self) -> Instant {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unanswered(&self, quiet: Duration) {
        if self.last().elapsed() >= quiet {
            self.silence.notify_waiters();
        }
    }

    /// Ends when nothing was heard for so long, from now on.
    async fn quiet(&self, time: Duration) {
        let began = Instant::now();
        loop {
            let end = self.last().max(began) + time;
            if Instant::now() >= end {
                return;
            }
            sleep_until(end.into()).await;
        }
    }
}

/// The signs of life that concern a request.
#[derive(Debug, Clone)]
pub(super) struct Pulses {
    pub(super) stream: Arc<Pulse>,
    pub(super) store: Arc<Pulse>,
}

impl Pulses {
    pub(super) fn heard(&self) {
        self.stream.heard();
        self.store.heard();
    }

    /// A request went unanswered. Those who wait are told, unless others were answered meanwhile.
    pub(super) fn unanswered(&self) {
        self.stream.unanswered(QUIET);
        self.store.unanswered(QUIET);
    }

    /// Waits for a turn, but not for that of a server which answers nobody.
    ///
    /// # Errors
    /// When it does not.
    pub(super) async fn turn<T>(&self, turn: impl Future<Output = T>) -> Result<T, Silent> {
        tokio::select! {
            turn = turn => Ok(turn),
            () = self.stream.silence.notified() => Err(Silent::Waiting),
            () = self.store.silence.notified() => Err(Silent::Waiting),
        }
    }

    /// Reads for as long as anything is heard of the stream.
    ///
    /// # Errors
    /// When nothing was for the time that an answer may take.
    pub(super) async fn reading<T>(&self, read: impl Future<Output = T>) -> Result<T, Silent> {
        tokio::select! {
            read = read => Ok(read),
            () = self.stream.quiet(ANSWER_TIME) => {
                self.unanswered();
                Err(Silent::Reading)
            }
        }
    }
}

impl Watch for Pulses {
    fn answered(&self) {
        self.heard();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn pulses() -> Pulses {
        Pulses { stream: Arc::new(Pulse::new()), store: Arc::new(Pulse::new()) }
    }

    #[tokio::test]
    async fn those_who_wait_are_told_of_silence_and_not_of_one_failure() {
        for (quiet, told) in [(Duration::ZERO, true), (HOUR, false)] {
            let pulses = pulses();
            let mut turn = pin!(pulses.turn(std::future::pending::<()>()));
            assert!(poll!(&mut turn).is_pending());
            pulses.stream.unanswered(quiet);
            assert_eq!(poll!(&mut turn).is_ready(), told);
            let mut later = pin!(pulses.turn(std::future::pending::<()>()));
            assert!(poll!(&mut later).is_pending(), "of what comes later nothing is known");
        }
    }

    #[tokio::test]
    async fn what_is_heard_is_no_silence() {
        let pulse = Pulse::new();
        assert!(poll!(pin!(pulse.quiet(Duration::ZERO))).is_ready());
        let time = Duration::from_millis(20);
        let began = Instant::now();
        let mut quiet = pin!(pulse.quiet(time));
        assert!(poll!(&mut quiet).is_pending());
        while began.elapsed() < time * 3 {
            pulse.heard();
            tokio::task::yield_now().await;
        }
        let last = pulse.last();
        quiet.await;
        assert!(last.elapsed() >= time);
    }
}
