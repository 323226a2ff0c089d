//! The embedded store: streams in memory, without a server, a network or a file.
//!
//! It answers as a real server does, and holds no stored messages: a stream is a few runs of
//! generated frames and the holes in them, so a million sequences cost what ten cost. The demo
//! runs on it, and so do the tests of everything above the store's trait.

mod demo;
mod generate;
mod holes;
mod log;
mod script;
mod setup;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

pub use demo::{long_hole, rooms};
pub use generate::Shape;
pub use log::{Request, Strikes};
pub use script::{DemoRoom, RawFrame, Script, Step, contract_config};

use super::{Get, HistoryStore, InfoPage, NamePage, StoreError};
use crate::domain::{Connection, FaultKind, Frame, StreamInfo, StreamName, StreamSpec};
use stream::Stream;

/// The time now, as the store is to see it.
type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// Streams in memory. Clones are the same store.
#[derive(Clone)]
pub struct EmbeddedStore {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    read_only: bool,
    /// Whether requests are kept for [`EmbeddedStore::requests`]; the demo runs for hours.
    recording: bool,
    connection: watch::Sender<Connection>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<String, Stream>,
    faults: Vec<log::Fault>,
    requests: Vec<Request>,
    count: u64,
    in_flight: usize,
    most_in_flight: usize,
    when: Option<When>,
    missing: Vec<String>,
    pages: (usize, usize),
}

/// Something to do to the store once so many requests were counted.
struct When {
    count: u64,
    act: Act,
}

type Act = Box<dyn FnOnce(&EmbeddedStore) + Send>;

impl fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("EmbeddedStore")
            .field("streams", &state.streams.len())
            .field("read_only", &self.inner.read_only)
            .finish_non_exhaustive()
    }
}

impl EmbeddedStore {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; were it to, the streams are still whole.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// Counts a request, lets others run while it is in flight, and answers it.
    async fn serve<T>(
        &self,
        request: Request,
        answer: impl FnOnce(&mut State, Timestamp) -> Result<(T, Option<u64>), (FaultKind, String)>
        + Send,
    ) -> Result<T, StoreError> {
        let act = self.state().begin(&request, self.inner.recording);
        let flight = Flight(self);
        if let Some(act) = act {
            act(self);
        }
        tokio::task::yield_now().await;
        let now = self.now();
        let failed = |kind, detail| Err(StoreError::new(kind, request.what(), detail));
        if !self.inner.connection.borrow().is_up() {
            return failed(FaultKind::Disconnected, "not connected".into());
        }
        let answer = {
            let mut state = self.state();
            match answer(&mut state, now) {
                Ok((value, found)) => match state.strike(&request, found) {
                    Some(kind) => Err((kind.clone(), detail(&kind))),
                    None => Ok(value),
                },
                Err(error) => match state.strike(&request, None) {
                    Some(kind) => Err((kind.clone(), detail(&kind))),
                    None => Err(error),
                },
            }
        };
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

/// A request in flight; its end is counted even when its future is dropped.
struct Flight<'a>(&'a EmbeddedStore);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

type Answer<T> = Result<T, (FaultKind, String)>;

impl State {
    fn begin(&mut self, request: &Request, recording: bool) -> Option<Act> {
        self.count += 1;
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        if recording {
            self.requests.push(request.clone());
        }
        self.when.take_if(|when| self.count >= when.count).map(|when| when.act)
    }

    /// The fault that a request meets: its stream's, or one that was set up for it.
    fn strike(&mut self, request: &Request, found: Option<u64>) -> Option<FaultKind> {
        if let Request::Info { stream, .. } | Request::Get { stream, .. } = request
            && let Some(kind) =
                self.streams.get(stream.as_str()).and_then(|stream| stream.refused.clone())
        {
            return Some(match kind {
                FaultKind::Denied(_) => FaultKind::Denied(request.subject()),
                kind => kind,
            });
        }
        let fault = self.faults.iter_mut().find(|f| f.hits(request, found))?;
        fault.left = fault.left.map(|left| left.saturating_sub(1));
        Some(fault.kind.clone())
    }

    fn stream(&mut self, name: &StreamName, now: Timestamp) -> Answer<&mut Stream> {
        let stream = self
            .streams
            .get_mut(name.as_str())
            .ok_or_else(|| (FaultKind::StreamNotFound, "stream not found".to_owned()))?;
        stream.advance(now);
        Ok(stream)
    }

    fn list(&mut self, offset: u64, now: Timestamp) -> InfoPage {
        let total = self.streams.len() as u64;
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let mut page = InfoPage { total, ..InfoPage::default() };
        for (name, stream) in self.streams.iter_mut().skip(from).take(self.pages.1) {
            page.entries += 1;
            stream.advance(now);
            match &stream.refused {
                Some(FaultKind::Offline) => {
                    page.offline.push((name.clone(), detail(&FaultKind::Offline)))
                }
                _ if self.missing.contains(name) => page.missing.push(name.clone()),
                Some(_) => {}
                None => page.streams.push((name.clone(), stream.info(false))),
            }
        }
        page
    }

    /// The stream other than `name` that captures an overlapping subject.
    fn captures(&self, name: &StreamName, subject: &str) -> bool {
        self.streams
            .iter()
            .filter(|(other, _)| *other != name.as_str())
            .flat_map(|(_, stream)| &stream.config.subjects)
            .any(|other| overlap(other, subject))
    }
}

/// Whether some subject matches both patterns.
fn overlap(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (Some(">"), Some(_)) | (Some(_), Some(">")) | (None, None) => return true,
            (Some(x), Some(y)) if x == y || x == "*" || y == "*" => {}
            _ => return false,
        }
    }
}

/// What a server would say, in its own words where it has any.
fn detail(kind: &FaultKind) -> String {
    match kind {
        FaultKind::Timeout => "no answer within 5 s".into(),
        FaultKind::Denied(subject) => {
            format!("Permissions Violation for Publish to \"{subject}\"")
        }
        FaultKind::Offline => "stream is offline: no server of its peers is up".into(),
        FaultKind::NoLeader => "JetStream system temporarily unavailable".into(),
        FaultKind::Disconnected => "connection closed".into(),
        kind => format!("{kind:?}"),
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
        self.serve(request, |state, now| Ok((state.stream(stream, now)?.info(deleted), None))).await
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

    async fn create(&self, spec: &StreamSpec) -> Result<StreamInfo, StoreError> {
        let request = Request::Create(spec.name.clone());
        self.may_write(&request)?;
        let config = contract_config(spec);
        self.serve(request.clone(), move |state, now| {
            if let Some(kind) = state.strike(&request, None) {
                return Err((kind.clone(), detail(&kind)));
            }
            if let Ok(stream) = state.stream(&spec.name, now) {
                return if stream.config == config {
                    Ok((stream.info(false), None))
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
            let info = stream.info(false);
            state.streams.insert(spec.name.as_str().to_owned(), stream);
            Ok((info, None))
        })
        .await
    }

    async fn update(&self, spec: &StreamSpec, seen: &StreamInfo) -> Result<StreamInfo, StoreError> {
        let request = Request::Update(spec.name.clone());
        self.may_write(&request)?;
        self.serve(request.clone(), move |state, now| {
            if let Some(kind) = state.strike(&request, None) {
                return Err((kind.clone(), detail(&kind)));
            }
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
            Ok((stream.info(false), None))
        })
        .await
    }

    fn read_only(&self) -> bool {
        self.inner.read_only
    }
}
