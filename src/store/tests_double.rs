//! A store over a store, for tests: all goes on to the one below, but for what a test changes. The
//! integration tests use this file, too.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    Batch, Connection, Frame, Get, HistoryStore, InfoPage, NamePage, ReadMethod, StoreError,
    StreamInfo, StreamName, StreamWriter,
};

/// What a test changes.
#[async_trait]
pub(crate) trait Change: Send + Sync + fmt::Debug {
    async fn before_info(&self) {}

    async fn before_get(&self, at: Get) {
        let _ = at;
    }

    fn read_method(&self, store: &dyn HistoryStore, info: &StreamInfo) -> ReadMethod {
        store.read_method(info)
    }

    fn writer<'a>(&self, store: &'a dyn HistoryStore) -> Option<&'a dyn StreamWriter> {
        store.writer()
    }

    async fn batch(
        &self,
        store: &dyn HistoryStore,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        store.batch(stream, from, most, max_bytes).await
    }
}

#[derive(Debug)]
pub(crate) struct Double<S, C> {
    pub(crate) store: S,
    pub(crate) change: C,
}

#[async_trait]
impl<S: HistoryStore, C: Change> HistoryStore for Double<S, C> {
    fn connection(&self) -> watch::Receiver<Connection> {
        self.store.connection()
    }

    async fn names(&self, offset: u64) -> Result<NamePage, StoreError> {
        self.store.names(offset).await
    }

    async fn list(&self, offset: u64) -> Result<InfoPage, StoreError> {
        self.store.list(offset).await
    }

    async fn info(&self, stream: &StreamName, deleted: bool) -> Result<StreamInfo, StoreError> {
        self.change.before_info().await;
        self.store.info(stream, deleted).await
    }

    async fn get(&self, stream: &StreamName, at: Get) -> Result<Option<Frame>, StoreError> {
        self.change.before_get(at).await;
        self.store.get(stream, at).await
    }

    fn read_method(&self, info: &StreamInfo) -> ReadMethod {
        self.change.read_method(&self.store, info)
    }

    async fn direct(&self, stream: &StreamName, seq: u64) -> Result<Option<Frame>, StoreError> {
        self.store.direct(stream, seq).await
    }

    async fn batch(
        &self,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        self.change.batch(&self.store, stream, from, most, max_bytes).await
    }

    async fn since(
        &self,
        stream: &StreamName,
        time: Timestamp,
    ) -> Result<Option<Frame>, StoreError> {
        self.store.since(stream, time).await
    }

    fn writer(&self) -> Option<&dyn StreamWriter> {
        self.change.writer(&self.store)
    }
}
