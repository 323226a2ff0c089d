//! The NATS store: JetStream's request API, never a consumer.

mod config;
mod connect;
mod direct;
mod failure;
mod flow;
mod keys;
mod options;
mod origin;
mod permissions;
mod plan;
mod race;
mod raw;
mod read;
mod request;
mod seeder;
mod silence;
mod state;
mod status;
mod subjects;
mod tls;
mod url;
mod wire;
mod write;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::connect::Link;
pub use self::failure::is_library_panic;
pub use self::options::{AddressLogins, ConnectOptions, KeyText};
use self::plan::Plan;
pub use self::seeder::{Seed, Seeder};
pub use self::url::Address;
use super::{Batch, Get, HistoryStore, InfoPage, NamePage, Offer, StoreError, StreamWriter};
use crate::domain::{Connection, FaultKind, Frame, StreamInfo, StreamName, StreamSpec};

/// A NATS server, or cluster, with JetStream. Connects and reconnects by itself, without end, as
/// long as the value lives.
pub struct NatsStore {
    link: Arc<Link>,
    read_only: bool,
    supervisor: JoinHandle<()>,
}

impl NatsStore {
    /// Starts connecting, and returns at once; [`HistoryStore::connection`] tells how it goes.
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

#[async_trait]
impl HistoryStore for NatsStore {
    fn connection(&self) -> watch::Receiver<Connection> {
        self.link.status.subscribe()
    }

    async fn names(&self, offset: u64) -> Result<NamePage, StoreError> {
        self.link.names(offset).await
    }

    async fn list(&self, offset: u64) -> Result<InfoPage, StoreError> {
        self.link.list(offset).await
    }

    async fn info(&self, stream: &StreamName, deleted: bool) -> Result<StreamInfo, StoreError> {
        self.link.info(stream, deleted).await
    }

    async fn get(&self, stream: &StreamName, at: Get) -> Result<Option<Frame>, StoreError> {
        self.link.get(stream, at).await
    }

    fn offers(&self, info: &StreamInfo) -> Offer {
        self.link.offers(info)
    }

    async fn direct(&self, stream: &StreamName, seq: u64) -> Result<Option<Frame>, StoreError> {
        self.link.direct(stream, seq).await
    }

    async fn batch(
        &self,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        self.link.batch(stream, from, most, max_bytes).await
    }

    async fn since(
        &self,
        stream: &StreamName,
        time: Timestamp,
    ) -> Result<Option<Frame>, StoreError> {
        self.link.since(stream, time).await
    }

    fn writer(&self) -> Option<&dyn StreamWriter> {
        Some(self)
    }
}

#[async_trait]
impl StreamWriter for NatsStore {
    async fn create(&self, spec: &StreamSpec) -> Result<StreamInfo, StoreError> {
        self.may_write(format!("create {}", spec.name))?;
        self.link.create(spec).await
    }

    async fn update(&self, spec: &StreamSpec, seen: &StreamInfo) -> Result<StreamInfo, StoreError> {
        self.may_write(format!("change {}", spec.name))?;
        self.link.update(spec, seen).await
    }

    fn read_only(&self) -> bool {
        self.read_only
    }
}
