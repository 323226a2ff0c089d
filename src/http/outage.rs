//! Since when there is no connection to NATS.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::domain::Connection;

/// The connection, and when it was lost.
#[derive(Debug)]
pub(super) struct Outage {
    connection: watch::Receiver<Connection>,
    since: Mutex<Option<Instant>>,
}

impl Outage {
    /// Follows the connection from now on, in a task that ends with the store.
    pub(super) fn follow(connection: watch::Receiver<Connection>) -> Arc<Self> {
        let mut changes = connection.clone();
        let outage = Arc::new(Self { connection, since: Mutex::default() });
        let noted = Arc::clone(&outage);
        tokio::spawn(async move {
            loop {
                noted.time();
                if changes.changed().await.is_err() {
                    return;
                }
            }
        });
        outage
    }

    /// How long the connection is down; `None` while it is up.
    pub(super) fn time(&self) -> Option<Duration> {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if self.connection.borrow().is_up() {
            *since = None;
        } else {
            since.get_or_insert_with(Instant::now);
        }
        since.map(|since| since.elapsed())
    }
}
