//! Setting the store up, changing it while it is being read, and seeing what was asked of it.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::domain::{RoomId, StreamConfig, Window};

use super::super::generate::RawFrame;
use super::super::generate::Shape;
use super::super::play::{ago, apply};
use super::super::runs::{Run, Source};
use super::super::script::Step;
use super::super::*;
use super::faults::{Fault, Strikes, Times};

/// What a test set up, and what it sees afterwards.
#[derive(Default)]
pub(crate) struct Setup {
    faults: Vec<Fault>,
    pub(crate) times: Times,
    /// How streams with `allow_direct` may be read.
    pub(crate) method: Option<ReadMethod>,
    /// Bytes after which a batch ends, where that is less than was asked for.
    pub(crate) batch_bytes: Option<u64>,
    /// What the replicas that answer direct gets hold, where that is not what the leader holds.
    replicas: BTreeMap<String, Stream>,
    /// Streams that the list cannot reach.
    pub(crate) missing: Vec<String>,
    /// Something to do to the store once so many requests were counted.
    when: Option<(u64, Act)>,
    requests: Vec<Request>,
    count: u64,
    pub(crate) in_flight: usize,
    most_in_flight: usize,
}

type Act = Box<dyn FnOnce(&EmbeddedStore) + Send>;

impl Setup {
    /// The fault that a request meets which would be answered with sequence `found`.
    pub(crate) fn strike(&mut self, request: &Request, found: Option<u64>) -> Option<FaultKind> {
        let fault = self.faults.iter_mut().find(|f| f.hits(request, found))?;
        fault.left = fault.left.map(|left| left.saturating_sub(1));
        Some(fault.kind.clone())
    }
}

impl State {
    /// The stream as the replica has it that answers direct gets.
    pub(crate) fn replica(&mut self, name: &StreamName, now: Timestamp) -> Answer<&mut Stream> {
        if self.setup.replicas.contains_key(name.as_str()) {
            return Ok(self.setup.replicas.get_mut(name.as_str()).unwrap());
        }
        self.stream(name, now)
    }
}

/// A request in flight; its end is counted even when its future is dropped.
pub(crate) struct Flight<'a>(&'a EmbeddedStore);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.state().setup.in_flight -= 1;
    }
}

impl EmbeddedStore {
    /// Counts a request, and does to the store what was to be done when it arrives.
    pub(crate) fn arrived(&self, request: &Request) -> Flight<'_> {
        let act = {
            let setup = &mut self.state().setup;
            setup.count += 1;
            setup.in_flight += 1;
            setup.most_in_flight = setup.most_in_flight.max(setup.in_flight);
            setup.requests.push(request.clone());
            let count = setup.count;
            setup.when.take_if(|(at, _)| count >= *at)
        };
        let flight = Flight(self);
        if let Some((_, act)) = act {
            act(self);
        }
        flight
    }

    pub(crate) fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        read_only: bool,
    ) -> Self {
        Self::empty(Box::new(clock), read_only)
    }

    /// Makes the room's stream by the contract, created now and empty, on subject
    /// `unibus.room.<id>`; an older one of that name is gone.
    pub(crate) fn make(&self, id: &RoomId) {
        let config = StreamConfig {
            subjects: vec![format!("unibus.room.{}", id.as_str())],
            retention: "limits".into(),
            storage: "file".into(),
            replicas: 1,
            ..StreamConfig::default()
        };
        self.make_with(id, config);
    }

    /// Makes the room's stream with this configuration, created now and empty.
    pub(crate) fn make_with(&self, id: &RoomId, config: StreamConfig) {
        self.make_named(id.stream().as_str(), config);
    }

    /// Makes a stream of any name, also one that is no room's.
    pub(crate) fn make_named(&self, name: &str, config: StreamConfig) {
        let stream = Stream::new(self.now(), config);
        self.state().streams.insert(name.to_owned(), stream);
    }

    /// Publishes generated frames, one a second, the last one now.
    pub(crate) fn publish(&self, id: &RoomId, count: u64) {
        let now = self.now();
        let seconds = i64::try_from(count).unwrap_or(i64::MAX).saturating_sub(1);
        self.on(id, |stream| {
            let subject = format!("unibus.room.{}", id.as_str());
            let run = Run {
                source: Source::Generated(Shape::chat(stream.last() + 1, subject)),
                from: ago(now, SignedDuration::from_secs(seconds)),
                step: SignedDuration::from_secs(1),
                uneven: false,
            };
            stream.publish(count, run);
        });
    }

    /// Publishes these frames, one a second, the last one now.
    pub(crate) fn publish_these(&self, id: &RoomId, frames: Vec<RawFrame>) {
        let now = self.now();
        let until = SignedDuration::ZERO;
        self.on(id, |stream| {
            apply(stream, &Step::PublishThese { frames, until }, now);
        });
    }

    /// Deletes the messages of these sequences.
    pub(crate) fn delete(&self, id: &RoomId, window: Window) {
        self.on(id, |stream| {
            stream.remove(window);
        });
    }

    /// Purges what is below a sequence.
    pub(crate) fn purge_below(&self, id: &RoomId, seq: u64) {
        self.on(id, |stream| {
            stream.purge_below(seq);
        });
    }

    /// Purges the stream to empty.
    pub(crate) fn purge_all(&self, id: &RoomId) {
        self.purge_below(id, u64::MAX);
    }

    /// Removes the room's stream.
    pub(crate) fn drop_stream(&self, id: &RoomId) {
        self.drop_named(id.stream().as_str());
    }

    /// Removes a stream of any name.
    pub(crate) fn drop_named(&self, name: &str) {
        self.state().streams.remove(name);
    }

    /// Sets what is wrong with the room's stream, and who leads it.
    pub(crate) fn set_condition(&self, id: &RoomId, condition: Condition) {
        self.on(id, |stream| stream.condition = condition);
    }

    /// Sets when the room's stream was made.
    pub(crate) fn set_created(&self, id: &RoomId, created: Timestamp) {
        self.on(id, |stream| stream.created = created);
    }

    /// Puts the room's stream back to what it was after so many sequences, its creation included,
    /// as when an older copy of the store is put in place.
    pub(crate) fn put_back(&self, id: &RoomId, last: u64) {
        self.on(id, |stream| stream.put_back(last));
    }

    /// Refuses every read of the room's stream from now on, or allows it again. A denied stream
    /// is left out of the list, an offline one named as such there.
    pub(crate) fn refuse(&self, id: &RoomId, kind: Option<FaultKind>) {
        self.on(id, |stream| stream.refused = kind);
    }

    /// Makes requests fail: `times` times, or always. Faults strike in the order they were set.
    ///
    /// With [`FaultKind::NotTried`] they are never answered.
    pub(crate) fn fail(&self, strikes: Strikes, kind: FaultKind, times: Option<u32>) {
        self.state().setup.faults.push(Fault { strikes, kind, left: times });
    }

    /// Sets what a get by time is answered with.
    pub(crate) fn set_times(&self, times: Times) {
        self.state().setup.times = times;
    }

    pub(crate) fn heal(&self) {
        self.state().setup.faults.clear();
    }

    /// Names streams that the list cannot reach, as in a cluster.
    pub(crate) fn set_missing(&self, missing: Vec<StreamName>) {
        let names = missing.iter().map(|name| name.as_str().to_owned());
        self.state().setup.missing = names.collect();
    }

    /// Sets how many names and how many streams make a page; 1,024 and 256 at first.
    pub(crate) fn set_pages(&self, names: usize, streams: usize) {
        self.state().pages = (names.max(1), streams.max(1));
    }

    /// Offers streams that have `allow_direct` to be read so from now on; at first by message-get
    /// only.
    pub(crate) fn set_method(&self, method: ReadMethod) {
        self.state().setup.method = Some(method);
    }

    /// Ends every batch after so many bytes.
    pub(crate) fn set_batch_bytes(&self, bytes: u64) {
        self.state().setup.batch_bytes = Some(bytes);
    }

    /// Keeps the replicas of a room's stream as the stream is now, while the leader's goes on:
    /// they answer the direct gets.
    pub(crate) fn lag(&self, id: &RoomId) {
        let mut state = self.state();
        let name = id.stream().as_str().to_owned();
        if let Some(stream) = state.streams.get(&name).cloned() {
            state.setup.replicas.insert(name, stream);
        }
    }

    /// Sets the state of the connection. While it is not up, every request fails.
    pub(crate) fn set_connection(&self, connection: Connection) {
        self.inner.connection.send_replace(connection);
    }

    /// Does something to the store when the `count`th request from the start arrives, before it
    /// is answered. One at a time; a later one replaces it.
    pub(crate) fn when(&self, count: u64, act: impl FnOnce(&Self) + Send + 'static) {
        self.state().setup.when = Some((count, Box::new(act)));
    }

    /// The requests so far, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().setup.requests.clone()
    }

    /// The requests since this was last called, in order.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state().setup.requests)
    }

    /// How many requests there were.
    pub(crate) fn request_count(&self) -> u64 {
        self.state().setup.count
    }

    /// The most requests that were ever under way at the same time.
    pub(crate) fn most_in_flight(&self) -> usize {
        self.state().setup.most_in_flight
    }

    fn on(&self, id: &RoomId, change: impl FnOnce(&mut Stream)) {
        if let Some(stream) = self.state().streams.get_mut(id.stream().as_str()) {
            change(stream);
        }
    }
}
