//! The store's face: reads are asked for again, and all else passes through.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::way::Of;
use super::{Retrying, lock};
use crate::domain::{Connection, Cost, FaultKind, Frame, StreamInfo, StreamName};
use crate::store::{Batch, Get, HistoryStore, InfoPage, NamePage, Offer, StoreError, StreamWriter};

impl fmt::Debug for Retrying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retrying")
            .field("store", &self.store)
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl HistoryStore for Retrying {
    fn connection(&self) -> watch::Receiver<Connection> {
        self.store.connection()
    }

    async fn names(&self, offset: u64) -> Result<NamePage, StoreError> {
        self.ask(Of::Names, || self.store.names(offset)).await
    }

    async fn list(&self, offset: u64) -> Result<InfoPage, StoreError> {
        self.ask(Of::List, || self.store.list(offset)).await
    }

    async fn info(&self, stream: &StreamName, deleted: bool) -> Result<StreamInfo, StoreError> {
        let of = Of::Stream(stream.clone());
        let mut leaderless = None;
        let last = Mutex::new(&mut leaderless);
        let info = self.ask(of, || async {
            let info = self.store.info(stream, deleted).await?;
            if !info.leaderless {
                return Ok(info);
            }
            let detail = "it has no leader just now";
            **lock(&last) = Some(info);
            Err(StoreError::new(FaultKind::NoLeader, format!("look up {stream}"), detail))
        });
        match (info.await, leaderless) {
            // The reader tells what it said.
            (Err(error), Some(info)) if error.kind == FaultKind::NoLeader => Ok(info),
            (info, _) => info,
        }
    }

    async fn get(&self, stream: &StreamName, at: Get) -> Result<Option<Frame>, StoreError> {
        self.ask(Of::Stream(stream.clone()), || self.store.get(stream, at)).await
    }

    fn offers(&self, info: &StreamInfo) -> Offer {
        self.store.offers(info)
    }

    /// Not sent again: the reader asks the leader instead.
    async fn direct(&self, stream: &StreamName, seq: u64) -> Result<Option<Frame>, StoreError> {
        self.store.direct(stream, seq).await
    }

    /// Not sent again: the reader asks the leader instead.
    async fn batch(
        &self,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        self.store.batch(stream, from, most, max_bytes).await
    }

    async fn since(
        &self,
        stream: &StreamName,
        time: Timestamp,
    ) -> Result<Option<Frame>, StoreError> {
        self.ask(Of::Stream(stream.clone()), || self.store.since(stream, time)).await
    }

    async fn is_reached(&self, stream: &StreamName, most: Duration) -> bool {
        let of = Of::Stream(stream.clone());
        let way = self.way(&of);
        way.unanswered(Instant::now(), true);
        timeout(most.min(self.most), self.sign_of_life(&of, &way)).await.is_ok()
    }

    fn retries(&self) -> bool {
        !self.is_spent()
    }

    fn repeated(&self, stream: Option<&StreamName>) -> Cost {
        let of = stream.map(|stream| Of::Stream(stream.clone()));
        let ways = lock(&self.ways);
        let meant = ways.iter().filter(|(way, _)| of.as_ref().is_none_or(|of| of == *way));
        meant.fold(Cost::default(), |cost, (_, way)| cost.plus(way.repeated()))
    }

    fn writer(&self) -> Option<&dyn StreamWriter> {
        self.store.writer()
    }
}
