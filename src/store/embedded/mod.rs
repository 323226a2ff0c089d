//! The embedded store: streams in memory, without a server, a network or a file.
//!
//! It answers as a real server does, and holds no stored messages: a stream is a few runs of
//! generated frames and the holes in them, so a million sequences cost what ten cost. The demo
//! runs on it, and so do the tests of everything above the store's trait.

mod demo;
mod generate;
mod holes;
mod play;
mod request;
mod runs;
mod script;
mod state;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

pub use demo::{LEAKS, long_hole, rooms};
pub use generate::{RawFrame, Shape};
pub(crate) use request::Request;
pub use script::{Condition, DemoRoom, Script, Step, contract_config};

#[cfg(test)]
use super::{Batch, ReadMethod};
use super::{Get, HistoryStore, InfoPage, NamePage, StoreError, StreamWriter};
use crate::domain::{Connection, FaultKind, Frame, Room, StreamInfo, StreamName, StreamSpec};
use state::{Answer, State};
use stream::Stream;

/// The time now, as the store is to see it.
type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

#[cfg(test)]
pub(crate) use tests::faults::{Strikes, Times};

/// Streams in memory. Clones are the same store.
#[derive(Clone)]
pub struct EmbeddedStore {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    read_only: bool,
    connection: watch::Sender<Connection>,
    state: Mutex<State>,
}

impl fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("EmbeddedStore")
            .field("streams", &state.streams.len())
            .field("read_only", &self.inner.read_only)
            .finish_non_exhaustive()
    }
}

/// Names and streams in one page of a real server.
const PAGES: (usize, usize) = (1024, 256);

impl EmbeddedStore {
    /// The demo: its rooms, as they are at the clock's time now, and what a rooms file would know
    /// of them. Some of its rooms are in no such file and only to be discovered.
    pub fn demo(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        read_only: bool,
    ) -> (Self, Vec<Room>) {
        let store = Self::empty(Box::new(clock), read_only);
        let rooms = rooms();
        let now = store.now();
        for room in &rooms {
            store.play(room, now);
        }
        let known = rooms.into_iter().filter(|room| room.in_rooms_file);
        (store, known.map(|room| room.room).collect())
    }

    fn empty(clock: Clock, read_only: bool) -> Self {
        let connection = watch::Sender::new(Connection::local("demo"));
        let state = Mutex::new(State { pages: PAGES, ..State::default() });
        Self { inner: Arc::new(Inner { clock, read_only, connection, state }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; were it to, the streams are still whole.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// Lets others run while a request is in flight, and answers it.
    async fn serve<T>(
        &self,
        request: Request,
        answer: impl FnOnce(&mut State, Timestamp) -> Answer<(T, Option<u64>)> + Send,
    ) -> Result<T, StoreError> {
        #[cfg(test)]
        let flight = self.arrived(&request);
        tokio::task::yield_now().await;
        let now = self.now();
        let failed = |kind, detail| Err(StoreError::new(kind, request.what(), detail));
        if !self.inner.connection.borrow().is_up() {
            return failed(FaultKind::Disconnected, "not connected".into());
        }
        let answer = self.state().answer(&request, |state| answer(state, now));
        #[cfg(test)]
        if matches!(&answer, Err((FaultKind::NotTried, _))) {
            std::future::pending::<()>().await;
        }
        #[cfg(test)]
        drop(flight);
        answer.or_else(|(kind, detail)| failed(kind, detail))
    }

    /// What must hold before a write is sent at all.
    fn may_write(&self, request: &Request) -> Result<(), StoreError> {
        let refused = |kind, detail| Err(StoreError::new(kind, request.what(), detail));
        if self.inner.read_only {
            refused(FaultKind::ReadOnly, "writes are off")
        } else if !self.inner.connection.borrow().is_up() {
            refused(FaultKind::Disconnected, "not connected")
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl HistoryStore for EmbeddedStore {
    fn connection(&self) -> watch::Receiver<Connection> {
        self.inner.connection.subscribe()
    }

    async fn names(&self, offset: u64) -> Result<NamePage, StoreError> {
        self.serve(Request::Names(offset), move |state, _| {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            let names = state.streams.keys().skip(from).take(state.pages.0);
            let page =
                NamePage { names: names.cloned().collect(), total: state.streams.len() as u64 };
            Ok((page, None))
        })
        .await
    }

    async fn list(&self, offset: u64) -> Result<InfoPage, StoreError> {
        self.serve(Request::List(offset), move |state, now| Ok((state.list(offset, now), None)))
            .await
    }

    async fn info(&self, stream: &StreamName, deleted: bool) -> Result<StreamInfo, StoreError> {
        let request = Request::Info { stream: stream.clone(), deleted };
        self.serve(request, |state, now| Ok((state.stream(stream, now)?.info(deleted, now), None)))
            .await
    }

    async fn get(&self, stream: &StreamName, at: Get) -> Result<Option<Frame>, StoreError> {
        let request = Request::Get { stream: stream.clone(), at };
        self.serve(request, |state, now| {
            let frame = state.stream(stream, now)?.get(at);
            let found = frame.as_ref().map(|frame| frame.seq);
            Ok((frame, found))
        })
        .await
    }

    #[cfg(test)]
    fn read_method(&self, info: &StreamInfo) -> ReadMethod {
        match self.state().setup.method {
            Some(method) if info.config.allow_direct => method,
            _ => ReadMethod::MessageGet,
        }
    }

    #[cfg(test)]
    async fn direct(&self, stream: &StreamName, seq: u64) -> Result<Option<Frame>, StoreError> {
        let request = Request::Direct { stream: stream.clone(), seq };
        self.serve(request, |state, now| tests::direct::one(state.replica(stream, now)?, seq)).await
    }

    #[cfg(test)]
    async fn batch(
        &self,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        let request = Request::Batch { stream: stream.clone(), from, most };
        self.serve(request, |state, now| {
            let max_bytes = state.setup.batch_bytes.unwrap_or(max_bytes).min(max_bytes);
            tests::direct::many(state.replica(stream, now)?, from, most, max_bytes)
        })
        .await
    }

    async fn since(
        &self,
        stream: &StreamName,
        time: Timestamp,
    ) -> Result<Option<Frame>, StoreError> {
        let request = Request::Since { stream: stream.clone(), time };
        self.serve(request, |state, now| {
            #[cfg(test)]
            let time = state.setup.times.of(time);
            let frame = state.stream(stream, now)?.since(time);
            let found = frame.as_ref().map(|frame| frame.seq);
            Ok((frame, found))
        })
        .await
    }

    fn writer(&self) -> Option<&dyn StreamWriter> {
        Some(self)
    }
}

#[async_trait]
impl StreamWriter for EmbeddedStore {
    async fn create(&self, spec: &StreamSpec) -> Result<StreamInfo, StoreError> {
        let request = Request::Create(spec.name.clone());
        self.may_write(&request)?;
        let config = contract_config(spec);
        self.serve(request, move |state, now| {
            if let Ok(stream) = state.stream(&spec.name, now) {
                return if stream.config == config {
                    Ok((stream.info(false, now), None))
                } else {
                    let detail = "stream name already in use with a different configuration";
                    Err((FaultKind::StreamExists, detail.into()))
                };
            }
            if state.captures(&spec.name, spec.subject.as_str()) {
                let detail = "subjects overlap with an existing stream";
                return Err((FaultKind::SubjectTaken, detail.into()));
            }
            let stream = Stream::new(now, config);
            let info = stream.info(false, now);
            state.streams.insert(spec.name.as_str().to_owned(), stream);
            Ok((info, None))
        })
        .await
    }

    async fn update(&self, spec: &StreamSpec, seen: &StreamInfo) -> Result<StreamInfo, StoreError> {
        let request = Request::Update(spec.name.clone());
        self.may_write(&request)?;
        self.serve(request, move |state, now| {
            if state.captures(&spec.name, spec.subject.as_str()) {
                let detail = "subjects overlap with an existing stream";
                return Err((FaultKind::SubjectTaken, detail.into()));
            }
            let stream = state.stream(&spec.name, now)?;
            if stream.created != seen.created || stream.config != seen.config {
                let detail = "the stream changed since it was looked at";
                return Err((FaultKind::Recreated, detail.into()));
            }
            stream.config.subjects = vec![spec.subject.as_str().to_owned()];
            stream.config.replicas = spec.replicas.max(1);
            stream.config.sources = 0;
            stream.config.subject_transform = false;
            Ok((stream.info(false, now), None))
        })
        .await
    }

    fn read_only(&self) -> bool {
        self.inner.read_only
    }
}
