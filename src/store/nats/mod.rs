//! The NATS store: JetStream's request API, never a consumer.

mod config;
mod connect;
mod direct;
mod failure;
mod flow;
mod keys;
mod messages;
mod options;
mod permissions;
mod plan;
mod race;
mod raw;
mod request;
mod seeder;
mod silence;
mod state;
mod status;
mod streams;
mod subjects;
mod tls;
mod url;
mod write;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use self::connect::Link;
pub use self::failure::is_library_panic;
pub use self::options::{AddressLogins, ConnectOptions, KeyText};
use self::plan::Plan;
pub use self::seeder::{Seed, Seeder};
pub use self::url::Address;
use super::StoreError;
use crate::domain::FaultKind;

/// A NATS server, or cluster, with JetStream. Connects and reconnects by itself, without end, as
/// long as the value lives.
pub struct NatsStore {
    link: Arc<Link>,
    read_only: bool,
    supervisor: JoinHandle<()>,
}

impl NatsStore {
    /// Starts connecting, and returns at once; [`HistoryStore::connection`](super::HistoryStore::connection) tells how it goes.
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`FaultKind::Usage`] for options that cannot be used, before anything is tried.
    pub fn connect(options: &ConnectOptions) -> Result<Self, StoreError> {
        let plan = Plan::new(options)?;
        let link = Link::new(options.redacted(), &plan);
        let supervisor = tokio::spawn(Arc::clone(&link).run(plan, None));
        Ok(Self { link, read_only: options.read_only, supervisor })
    }

    /// Connects once, within `limit`: for a command that has nothing to do without a server.
    ///
    /// # Errors
    /// Why it could not, in a person's words: [`FaultKind::Usage`], [`FaultKind::Denied`],
    /// [`FaultKind::Disconnected`] or [`FaultKind::Timeout`].
    pub async fn connect_now(
        options: &ConnectOptions,
        limit: Duration,
    ) -> Result<Self, StoreError> {
        let plan = Plan::new(options)?;
        let link = Link::new(options.redacted(), &plan);
        let connected = link.once(&plan, limit).await?;
        link.take(&connected);
        let supervisor = tokio::spawn(Arc::clone(&link).run(plan, Some(connected)));
        // It asks for the account first.
        tokio::task::yield_now().await;
        Ok(Self { link, read_only: options.read_only, supervisor })
    }

    /// The writer of development data.
    ///
    /// # Errors
    /// [`FaultKind::ReadOnly`] when writes are off.
    pub fn seeder(&self) -> Result<Seeder, StoreError> {
        self.may_write("seed")?;
        Ok(Seeder::new(Arc::clone(&self.link)))
    }

    fn may_write(&self, what: impl Into<String>) -> Result<(), StoreError> {
        if self.read_only {
            let detail = "writes are off (--read-only); nothing was sent";
            return Err(StoreError::new(FaultKind::ReadOnly, what, detail));
        }
        Ok(())
    }
}

impl Drop for NatsStore {
    fn drop(&mut self) {
        self.supervisor.abort();
    }
}

impl fmt::Debug for NatsStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsStore")
            .field("connection", &*self.link.status.subscribe().borrow())
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}
