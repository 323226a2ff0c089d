//! The state of the connection as it is shown, and the signal that it was lost.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::{Connection, Fault, FaultKind, escape};
use crate::store::StoreError;

/// Waits between attempts: this long after the first, doubled up to [`SLOWEST`].
const FASTEST: Duration = Duration::from_millis(250);
/// Longest wait between attempts. Whoever reads waits for the next one.
const SLOWEST: Duration = Duration::from_secs(2);
/// The wait after a refused login, which the server writes down.
pub(super) const REFUSED: Duration = Duration::from_secs(5);

/// Characters that are shown of a server's name or version.
const LONGEST_NAME: usize = 100;

/// How long to wait before or after attempt `n` (from 1).
pub(super) fn backoff(n: u64) -> Duration {
    let doublings = u32::try_from(n.saturating_sub(1)).unwrap_or(u32::MAX).min(8);
    FASTEST.saturating_mul(1 << doublings).min(SLOWEST)
}

/// The connection's state. Its writers are the supervisor and the client library's callbacks.
#[derive(Debug)]
pub(super) struct Status {
    tried: String,
    state: watch::Sender<Connection>,
    /// Times the connection was lost; in-flight requests wait on it.
    lost: watch::Sender<u64>,
    /// The attempt under way, from 1 since the start or the last loss.
    attempt: AtomicU64,
    /// Whether it ever was up.
    was_up: AtomicBool,
}

impl Status {
    pub(super) fn new(tried: String) -> Self {
        let state = Connection::Connecting { tried: tried.clone(), attempt: 1, last: None };
        Self {
            tried,
            state: watch::Sender::new(state),
            lost: watch::Sender::new(0),
            attempt: AtomicU64::new(1),
            was_up: AtomicBool::new(false),
        }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Connection> {
        self.state.subscribe()
    }

    pub(super) fn losses(&self) -> watch::Receiver<u64> {
        self.lost.subscribe()
    }

    /// The addresses, redacted and escaped.
    pub(super) fn tried(&self) -> &str {
        &self.tried
    }

    pub(super) fn is_up(&self) -> bool {
        self.state.borrow().is_up()
    }

    /// The error of a request that is not sent because the connection is down.
    pub(super) fn down(&self, what: String) -> StoreError {
        match &*self.state.borrow() {
            Connection::Denied { fault, .. } => {
                StoreError::new(fault.kind.clone(), what, fault.text.clone())
            }
            _ => StoreError::new(
                FaultKind::Disconnected,
                what,
                format!("not connected to {}", self.tried),
            ),
        }
    }

    /// The error when the connection went while an answer was waited for.
    pub(super) fn lost_before_answer(&self, what: String) -> StoreError {
        let why = match &*self.state.borrow() {
            Connection::Reconnecting { last: Some(fault), .. } => format!(": {}", fault.text),
            _ => String::new(),
        };
        let detail = format!("the connection was lost before the answer came{why}");
        StoreError::new(FaultKind::Disconnected, what, detail)
    }

    /// An attempt began; `n` counts from 1 since the program started or the connection was lost.
    /// The last failure stays to be seen, and so does a denial until something else is known.
    pub(super) fn attempt(&self, n: u64) {
        self.attempt.store(n, Ordering::Relaxed);
        self.note_lost();
        self.state.send_if_modified(|state| match state {
            Connection::Connecting { attempt, .. } | Connection::Reconnecting { attempt, .. } => {
                std::mem::replace(attempt, n) != n
            }
            _ => false,
        });
    }

    pub(super) fn failed(&self, fault: Fault) {
        self.note_lost();
        let tried = self.tried.clone();
        let attempt = self.attempt.load(Ordering::Relaxed);
        let state = match (&fault.kind, self.was_up.load(Ordering::Relaxed)) {
            (FaultKind::Denied(_), was_up) => Connection::Denied { tried, fault, was_up },
            (_, false) => Connection::Connecting { tried, attempt, last: Some(fault) },
            (_, true) => Connection::Reconnecting { tried, attempt, last: Some(fault) },
        };
        self.state.send_if_modified(|now| {
            let changed = *now != state;
            *now = state;
            changed
        });
    }

    /// The connection is lost, if it was up.
    pub(super) fn note_lost(&self) {
        self.lose(|_| None);
    }

    /// The connection is left, since its server was silent for so long.
    pub(super) fn note_silent(&self, time: Duration) {
        tracing::warn!(?time, "the server was silent, and the connection is left");
        self.lose(|address| {
            let text = format!("{address} said nothing for {:.1} s", time.as_secs_f32());
            Some(Fault::new(FaultKind::Timeout, text))
        });
    }

    fn lose(&self, why: impl FnOnce(&str) -> Option<Fault>) {
        let was_up = self.state.send_if_modified(|state| {
            let up = state.is_up();
            if up {
                let last = match state {
                    Connection::Connected { address, .. } => why(address),
                    _ => None,
                };
                let tried = self.tried.clone();
                *state = Connection::Reconnecting { tried, attempt: 1, last };
            }
            up
        });
        if was_up {
            self.lost.send_modify(|n| *n += 1);
        }
    }

    /// Connected to this server, at `address`.
    pub(super) fn connected(&self, address: &str, server: &str, version: &str) {
        // A server may say anything of itself.
        let short = |text: &str| {
            let text: String = text.chars().take(LONGEST_NAME).collect();
            escape::text(&text).into_owned()
        };
        self.was_up.store(true, Ordering::Relaxed);
        self.state.send_replace(Connection::Connected {
            address: escape::text(address).into_owned(),
            tried: self.tried.clone(),
            server: short(server),
            version: short(version),
            account: None,
        });
    }

    /// The account's name became known.
    pub(super) fn account(&self, name: &str) {
        self.state.send_if_modified(|state| match state {
            Connection::Connected { account, .. } => {
                *account = Some(escape::text(name).into_owned());
                true
            }
            _ => false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_is_bounded() {
        let waits: Vec<_> = (1..=7).map(|n| backoff(n).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 2000, 2000, 2000]);
        assert_eq!(backoff(u64::MAX), SLOWEST);
        assert_eq!(backoff(0), FASTEST);
    }

    #[test]
    fn a_denial_stays_until_something_else_is_known() {
        let status = Status::new("nats://h".into());
        status.connected("h:4222", "s", "2");
        status.attempt(1);
        let denied = Fault::new(FaultKind::Denied("x".into()), "no");
        status.failed(denied);
        status.attempt(2);
        assert!(matches!(*status.subscribe().borrow(), Connection::Denied { .. }));
        status.failed(Fault::new(FaultKind::Disconnected, "refused"));
        let now = status.subscribe().borrow().clone();
        assert!(matches!(now, Connection::Reconnecting { attempt: 2, .. }), "{now:?}");
    }

    #[test]
    fn a_loss_is_counted_once() {
        let status = Status::new("nats://h".into());
        status.attempt(2);
        assert_eq!(*status.losses().borrow(), 0);
        status.connected("h:4222", "s", "2");
        status.attempt(1);
        status.attempt(2);
        assert_eq!(*status.losses().borrow(), 1);
        status.account("A");
        assert!(!status.is_up());
    }
}
