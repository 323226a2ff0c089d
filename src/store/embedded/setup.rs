//! Setting the store up, changing it while it is being read, and seeing what was asked of it.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::domain::{Connection, FaultKind, Room, RoomId, StreamConfig, StreamName, Window};

use super::condition::Condition;
use super::generate::Shape;
use super::log::{self, Request, Strikes, Times};
use super::play::{ago, apply};
use super::script::{RawFrame, Step};
use super::state::{State, When};
use super::stream::{Run, Source, Stream};
use super::{EmbeddedStore, Inner};
use crate::store::Offer;

/// Names and streams in one page of a real server.
const PAGES: (usize, usize) = (1024, 256);

impl EmbeddedStore {
    /// An empty store that keeps a log of its requests.
    #[must_use]
    pub fn new(clock: impl Fn() -> Timestamp + Send + Sync + 'static, read_only: bool) -> Self {
        Self::with(Box::new(clock), read_only, true)
    }

    /// The demo: its rooms, as they are at the clock's time now, and what a rooms file would know
    /// of them. Some of its rooms are in no such file and only to be discovered.
    #[must_use]
    pub fn demo(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        read_only: bool,
    ) -> (Self, Vec<Room>) {
        let store = Self::with(Box::new(clock), read_only, false);
        let rooms = super::rooms();
        let now = store.now();
        for room in &rooms {
            store.play(room, now);
            let unanswered = room.stream.as_ref().and_then(|script| script.unanswered);
            for seq in unanswered.iter().flat_map(|run| run.start()..=run.end()) {
                let strikes = Strikes::Seq(room.room.id.stream(), seq);
                store.fail(strikes, FaultKind::Timeout, None);
            }
        }
        let known = rooms.into_iter().filter(|room| room.in_rooms_file);
        (store, known.map(|room| room.room).collect())
    }

    fn with(clock: super::Clock, read_only: bool, recording: bool) -> Self {
        Self {
            inner: Arc::new(Inner {
                clock,
                read_only,
                recording,
                connection: watch::Sender::new(Connection::Demo),
                state: Mutex::new(State { pages: PAGES, ..State::default() }),
            }),
        }
    }

    /// Makes the room's stream by the contract, created now and empty, on subject
    /// `unibus.room.<id>`; an older one of that name is gone.
    pub fn make(&self, id: &RoomId) {
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
    pub fn make_with(&self, id: &RoomId, config: StreamConfig) {
        self.make_named(id.stream().as_str(), config);
    }

    /// Makes a stream of any name, also one that is no room's.
    pub fn make_named(&self, name: &str, config: StreamConfig) {
        let stream = Stream::new(self.now(), config);
        self.state().streams.insert(name.to_owned(), stream);
    }

    /// Publishes generated frames, one a second, the last one now.
    pub fn publish(&self, id: &RoomId, count: u64) {
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
    pub fn publish_these(&self, id: &RoomId, frames: Vec<RawFrame>) {
        let now = self.now();
        let until = SignedDuration::ZERO;
        self.on(id, |stream| {
            apply(stream, &Step::PublishThese { frames, until }, now);
        });
    }

    /// Deletes the messages of these sequences.
    pub fn delete(&self, id: &RoomId, window: Window) {
        self.on(id, |stream| {
            stream.remove(window);
        });
    }

    /// Purges what is below a sequence.
    pub fn purge_below(&self, id: &RoomId, seq: u64) {
        self.on(id, |stream| {
            stream.purge_below(seq);
        });
    }

    /// Purges the stream to empty.
    pub fn purge_all(&self, id: &RoomId) {
        self.purge_below(id, u64::MAX);
    }

    /// Removes the room's stream.
    pub fn drop_stream(&self, id: &RoomId) {
        self.drop_named(id.stream().as_str());
    }

    /// Removes a stream of any name.
    pub fn drop_named(&self, name: &str) {
        self.state().streams.remove(name);
    }

    /// Sets what is wrong with the room's stream, and who leads it.
    pub fn set_condition(&self, id: &RoomId, condition: Condition) {
        self.on(id, |stream| stream.condition = condition);
    }

    /// Sets when the room's stream was made.
    pub fn set_created(&self, id: &RoomId, created: Timestamp) {
        self.on(id, |stream| stream.created = created);
    }

    /// Puts the room's stream back to what it was after so many sequences, its creation included,
    /// as when an older copy of the store is put in place.
    pub fn put_back(&self, id: &RoomId, last: u64) {
        self.on(id, |stream| stream.put_back(last));
    }

    /// Refuses every read of the room's stream from now on, or allows it again. A denied stream
    /// is left out of the list, an offline one named as such there.
    pub fn refuse(&self, id: &RoomId, kind: Option<FaultKind>) {
        self.on(id, |stream| stream.refused = kind);
    }

    /// Makes requests fail: `times` times, or always. Faults strike in the order they were set.
    ///
    /// With [`FaultKind::NotTried`] they are never answered.
    pub fn fail(&self, strikes: Strikes, kind: FaultKind, times: Option<u32>) {
        self.state().faults.push(log::Fault { strikes, kind, left: times });
    }

    /// Sets what a get by time is answered with.
    pub fn set_times(&self, times: Times) {
        self.state().times = times;
    }

    /// Ends all faults.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// Names streams that the list cannot reach, as in a cluster.
    pub fn set_missing(&self, missing: Vec<StreamName>) {
        let names = missing.iter().map(|name| name.as_str().to_owned());
        self.state().missing = names.collect();
    }

    /// Sets how many names and how many streams make a page; 1,024 and 256 at first.
    pub fn set_pages(&self, names: usize, streams: usize) {
        self.state().pages = (names.max(1), streams.max(1));
    }

    /// Offers streams that have `allow_direct` to be read so from now on; at first by message-get
    /// only.
    pub fn set_offer(&self, offer: Offer) {
        self.state().offer = Some(offer);
    }

    /// Ends every batch after so many bytes.
    pub fn set_batch_bytes(&self, bytes: u64) {
        self.state().batch_bytes = Some(bytes);
    }

    /// Keeps the replicas of a room's stream as the stream is now, while the leader's goes on:
    /// they answer the direct gets.
    pub fn lag(&self, id: &RoomId) {
        let mut state = self.state();
        let name = id.stream().as_str().to_owned();
        if let Some(stream) = state.streams.get(&name).cloned() {
            state.replicas.insert(name, stream);
        }
    }

    /// Sets the state of the connection. While it is not up, every request fails.
    pub fn set_connection(&self, connection: Connection) {
        self.inner.connection.send_replace(connection);
    }

    /// Does something to the store when the `count`th request from the start arrives, before it
    /// is answered. One at a time; a later one replaces it.
    pub fn when(&self, count: u64, act: impl FnOnce(&Self) + Send + 'static) {
        self.state().when = Some(When { count, act: Box::new(act) });
    }

    /// The requests so far, in order; none in the demo, which only counts them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// The requests since this was last called, in order.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state().requests)
    }

    /// How many requests there were.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.state().count
    }

    /// The most requests that were ever under way at the same time.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.state().most_in_flight
    }

    fn on(&self, id: &RoomId, change: impl FnOnce(&mut Stream)) {
        if let Some(stream) = self.state().streams.get_mut(id.stream().as_str()) {
            change(stream);
        }
    }
}
