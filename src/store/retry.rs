//! A store that asks again for what failed for a passing reason.
//!
//! An election takes 4 to 9 s, a server that is restarted some more, and a lost connection is mostly
//! back in a second. Whoever reads through such a time wants what there is, not the news that it
//! could not be had just then. So a read that met no connection, no leader or no answer is sent again
//! once one small request for its stream was answered; that request is sent for all reads that wait,
//! once a second. Writes are never sent again.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::{Mutex as Turn, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::{Batch, Get, HistoryStore, InfoPage, NamePage, Offer, StoreError};
use crate::domain::{
    Connection, Cost, Fault, FaultKind, Frame, StreamInfo, StreamName, StreamSpec,
};

/// How long after a read failed it is asked for again, unless something else is said. An election
/// takes 4 to 9 s.
pub const RETRY_FOR: Duration = Duration::from_secs(20);

/// Waits before a sign of life is asked for; the last one from then on.
const PACE: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1)];
/// Such requests under way at the same time, since one that met no leader is never answered.
const SIGNS_AT_MOST: usize = 6;
/// How often one request goes without an answer while its stream gives signs of life.
const SILENCES_AT_MOST: usize = 3;

/// A wait that is not worth telling of when it was in vain: then none began.
const SHORTEST: Duration = Duration::from_millis(500);

/// What is told of a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// This failed, and is asked for again for so long at the most.
    Begun(Fault, Duration),
    /// So long after the request was sent that failed, reading goes on.
    Over(Duration),
}

/// Takes in what is told.
type Tell = Box<dyn Fn(Wait) + Send + Sync>;

/// A store that asks another one again. It lives as long as a command, the reading of a page or a
/// request over HTTP does: once it waited in vain it waits no more.
pub struct Retrying {
    store: Arc<dyn HistoryStore>,
    most: Duration,
    tell: Tell,
    /// Whether a wait was in vain.
    is_spent: AtomicBool,
    ways: Mutex<HashMap<Of, Arc<Way>>>,
    /// Waits under way, and when the first of them began.
    waits: Mutex<(usize, Option<Instant>)>,
}

/// What a request is about: what has a leader of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Of {
    /// The metadata.
    Names,
    Stream(StreamName),
}

/// What is known of the way to one leader.
#[derive(Debug, Default)]
struct Way {
    /// When the last sign of life came that was asked for. Whoever holds it asks for all others.
    sign: Turn<Option<Instant>>,
    /// When a request was answered last.
    answered: Mutex<Option<Instant>>,
    /// Requests that failed and were sent again.
    failed: AtomicU64,
    /// Requests for a sign of life.
    signs: AtomicU64,
    /// Why nothing is asked any more.
    given_up: Mutex<Option<Fault>>,
}

impl Retrying {
    /// Asks `store` again for up to `most` after something failed; zero for not at all.
    pub fn new(
        store: Arc<dyn HistoryStore>,
        most: Duration,
        tell: impl Fn(Wait) + Send + Sync + 'static,
    ) -> Self {
        Self {
            store,
            most,
            tell: Box::new(tell),
            is_spent: AtomicBool::new(most.is_zero()),
            ways: Mutex::default(),
            waits: Mutex::default(),
        }
    }

    fn way(&self, of: &Of) -> Arc<Way> {
        Arc::clone(lock(&self.ways).entry(of.clone()).or_default())
    }

    /// Sends a read until it is answered, or fails for good.
    async fn ask<T, F>(&self, of: Of, send: impl Fn() -> F + Send) -> Result<T, StoreError>
    where
        T: Send,
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let way = self.way(&of);
        let (mut silences, mut first, mut failed) = (0, None, None);
        loop {
            if let Some(fault) = lock(&way.given_up).clone() {
                return Err(not_asked(&of, &fault));
            }
            // A login that is refused now is refused the next time, too.
            let is_last = self.store.connection().borrow().is_denied();
            let sent = Instant::now();
            let mut error = match send().await {
                Err(error) if error.kind.may_pass() => error,
                answer => {
                    *lock(&way.answered) = Some(Instant::now());
                    return answer;
                }
            };
            let first = *first.get_or_insert(sent);
            let failed: Instant = *failed.get_or_insert_with(Instant::now);
            silences += usize::from(error.kind == FaultKind::Timeout);
            let is_over =
                is_last || silences >= SILENCES_AT_MOST || failed.elapsed() > self.most * 2;
            if !is_over && self.waited(&of, &way, sent, &error).await {
                way.failed.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            if !self.most.is_zero() {
                self.is_spent.store(true, Ordering::Release);
                // Where others were answered meanwhile, it is this request alone.
                if lock(&way.answered).is_none_or(|answered| answered < first) {
                    lock(&way.given_up).get_or_insert_with(|| error.fault());
                }
                let time = failed.elapsed();
                if time >= SHORTEST {
                    let (detail, time) = (error.detail, time.as_secs_f32());
                    error.detail = format!("{detail}; it was asked for again for {time:.0} s");
                }
            }
            return Err(error);
        }
    }

    /// Waits until there is a sign of life, after `error` came to what was sent then. Whether there
    /// is one.
    async fn waited(&self, of: &Of, way: &Way, sent: Instant, error: &StoreError) -> bool {
        let failed = Instant::now();
        let mut sign = way.sign.lock().await;
        if sign.is_some_and(|sign| sign > failed) {
            return true;
        }
        if self.is_spent.load(Ordering::Acquire) {
            return false;
        }
        let mut told = Told::begin(self, sent, error);
        let asked = timeout(self.most, self.sign_of_life(of, way)).await;
        if asked.is_ok() {
            *sign = Some(Instant::now());
            told.is_over = true;
        } else {
            // Before the next one who waits for a turn begins to wait for a sign.
            self.is_spent.store(true, Ordering::Release);
        }
        asked.is_ok()
    }

    /// Ends once the leader answers, or says that it never will.
    async fn sign_of_life(&self, of: &Of, way: &Way) {
        let mut connection = self.store.connection();
        let mut asked = FuturesUnordered::new();
        let mut pace = PACE.iter().copied();
        let mut due = Instant::now() + pace.next().unwrap_or_default();
        loop {
            if !connection.borrow().is_up() {
                asked.clear();
                let settled = |now: &Connection| now.is_up() || now.is_denied();
                // What is refused, or gone for good, the next request tells of.
                if !connection.wait_for(settled).await.is_ok_and(|now| now.is_up()) {
                    return;
                }
                due = Instant::now();
            }
            tokio::select! {
                Some(answered) = asked.next() => if answered { return },
                () = sleep_until(due), if asked.len() < SIGNS_AT_MOST => {
                    way.signs.fetch_add(1, Ordering::Relaxed);
                    asked.push(self.is_answered(of));
                    due = Instant::now() + pace.next().unwrap_or(Duration::from_secs(1));
                }
                changed = connection.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Whether one small request is answered by a leader.
    async fn is_answered(&self, of: &Of) -> bool {
        let answer = match of {
            Of::Names => self.store.names(0).await.map(|_| true),
            Of::Stream(stream) => self.store.info(stream, false).await.map(|it| !it.leaderless),
        };
        answer.unwrap_or_else(|error| !error.kind.may_pass())
    }
}

/// Tells of a wait, the first of several at the same time, and of its end.
struct Told<'a> {
    of: &'a Retrying,
    is_over: bool,
}

impl<'a> Told<'a> {
    fn begin(of: &'a Retrying, sent: Instant, error: &StoreError) -> Self {
        let mut waits = lock(&of.waits);
        waits.0 += 1;
        if waits.1.is_none() {
            waits.1 = Some(sent);
            (of.tell)(Wait::Begun(error.fault(), of.most));
        }
        Self { of, is_over: false }
    }
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        let mut waits = lock(&self.of.waits);
        waits.0 -= 1;
        if waits.0 == 0
            && let Some(began) = waits.1.take()
            && self.is_over
        {
            (self.of.tell)(Wait::Over(began.elapsed()));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_asked(of: &Of, fault: &Fault) -> StoreError {
    let what = match of {
        Of::Names => "list the streams".to_owned(),
        Of::Stream(stream) => format!("read {stream}"),
    };
    let detail = format!("not asked again, since this failed before: {}", fault.text);
    StoreError::new(fault.kind.clone(), what, detail)
}

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
        self.ask(Of::Names, || self.store.list(offset)).await
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

    fn retries(&self) -> bool {
        !self.is_spent.load(Ordering::Acquire)
    }

    fn repeated(&self, stream: Option<&StreamName>) -> Cost {
        let of = stream.map(|stream| Of::Stream(stream.clone()));
        let ways = lock(&self.ways);
        let meant = ways.iter().filter(|(way, _)| of.as_ref().is_none_or(|of| of == *way));
        meant.fold(Cost::default(), |cost, (_, way)| {
            let info = way.signs.load(Ordering::Relaxed);
            let failed = way.failed.load(Ordering::Relaxed);
            cost.plus(Cost { info, failed, ..Cost::default() })
        })
    }

    async fn create(&self, spec: &StreamSpec) -> Result<StreamInfo, StoreError> {
        self.store.create(spec).await
    }

    async fn update(&self, spec: &StreamSpec, seen: &StreamInfo) -> Result<StreamInfo, StoreError> {
        self.store.update(spec, seen).await
    }

    fn read_only(&self) -> bool {
        self.store.read_only()
    }
}
