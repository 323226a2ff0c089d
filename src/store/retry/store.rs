//! The store's face: reads are asked for again until they are answered, and all else passes through.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::{Either, select};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::way::{Of, Way};
use super::{Retrying, Wait, lock};
use crate::domain::{Connection, Cost, FaultKind, Frame, StreamInfo, StreamName};
use crate::store::{
    Batch, Get, HistoryStore, InfoPage, NamePage, ReadMethod, StoreError, StreamWriter,
};

/// How often one request may take the connection with it.
const LOSSES_AT_MOST: usize = 5;
/// How often one request goes without an answer while its stream gives signs of life.
const SILENCES_AT_MOST: usize = 3;
/// A wait that is not worth telling of when it was in vain: then none began.
const SHORTEST: Duration = Duration::from_secs(1);

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

    fn read_method(&self, info: &StreamInfo) -> ReadMethod {
        self.store.read_method(info)
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

impl Retrying {
    /// Sends a read until it is answered, or fails for good.
    async fn ask<T, F>(&self, of: Of, send: impl Fn() -> F + Send + Sync) -> Result<T, StoreError>
    where
        T: Send,
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let way = self.way(&of);
        let (mut silences, mut losses, mut turn, mut waits) = (0, 0, None, None);
        let first = Instant::now();
        loop {
            if let Some(error) = way.given_up(&of) {
                return Err(error);
            }
            // A login that is refused now is refused the next time, too.
            let is_last = self.store.connection().borrow().is_denied();
            let sent = Instant::now();
            let (answer, its) = self.sent(&of, &way, &send, turn.is_some()).await;
            let mut error = match answer {
                Err(error) if way.may_pass(&error.kind) => error,
                Err(error) if error.kind == FaultKind::NoJetStream => return Err(error),
                answer => {
                    // A refusal is an answer, and no going on.
                    if let Some(after) = way.answered(its).filter(|_| answer.is_ok()) {
                        (self.tell)(Wait::Over(after));
                    }
                    return answer;
                }
            };
            let failed = Instant::now();
            let began = way.unanswered(sent, error.kind == FaultKind::Timeout);
            silences += usize::from(error.kind == FaultKind::Timeout);
            losses += usize::from(error.kind == FaultKind::Disconnected);
            let is_deaf = silences >= SILENCES_AT_MOST || losses >= LOSSES_AT_MOST;
            if !is_last && !is_deaf && !self.is_spent() {
                waits.get_or_insert(failed);
                // The next one has its turn, should this one alone never be answered.
                drop(turn.take());
                let taken = way.turn.lock().await;
                if way.is_open_since(failed) {
                    way.count_failed();
                    continue;
                }
                turn = Some(taken);
                if self.is_alive(&of, &way, &error, began).await {
                    way.count_failed();
                    continue;
                }
            }
            // Where others were answered meanwhile, it is this request alone.
            if way.is_answered_since(first) {
                way.is_over();
            } else if !self.most.is_zero() {
                way.give_up(error.fault());
                self.in_vain.store(true, Ordering::Release);
            }
            if let Some(time) = waits.map(|since| since.elapsed()).filter(|it| *it >= SHORTEST) {
                let (detail, time) = (error.detail, time.as_secs_f32());
                error.detail = format!("{detail}; asking again for {time:.0} s did not help");
            }
            return Err(error);
        }
    }

    /// Sends a read, and once more where its answer seems to be lost: a server that has no leader just
    /// then drops it without a word. Gives what came, and when that was sent which it is the answer to.
    async fn sent<T, F>(
        &self,
        of: &Of,
        way: &Way,
        send: &(impl Fn() -> F + Send + Sync),
        has_turn: bool,
    ) -> (Result<T, StoreError>, Instant)
    where
        T: Send,
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let sent = Instant::now();
        let mut first = pin!(send());
        tokio::select! {
            biased;
            answer = &mut first => return (answer, sent),
            is_lost = self.seems_lost(of, way, sent, has_turn) => if !is_lost {
                return (Err(of.silent(sent.elapsed())), sent);
            }
        }
        way.count_failed();
        let again = Instant::now();
        match select(first, pin!(send())).await {
            Either::Left((Err(error), second)) if way.may_pass(&error.kind) => {
                (second.await, again)
            }
            Either::Right((Err(error), first)) if way.may_pass(&error.kind) => (first.await, sent),
            Either::Left((answer, _)) => (answer, sent),
            Either::Right((answer, _)) => (answer, again),
        }
    }
}
