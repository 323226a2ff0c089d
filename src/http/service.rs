//! What all requests share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::access::Journal;
use super::auth::Auth;
use super::failed::Failed;
use super::limits::{Limits, PARTS, RETRY_TIME, SHARE, WAITING};
use super::outage::Outage;
use super::pulse::Pulse;
use super::rooms::{Known, Rooms};
use crate::domain::Room;
use crate::store::HistoryStore;
use crate::store::reader::Reader;
use crate::store::retry::Retrying;

/// The time now, as signatures are judged by it.
type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// The service: rooms, their store, and who may read them.
pub struct Service {
    pub(super) store: Arc<dyn HistoryStore>,
    pub(super) reader: Reader,
    pub(super) rooms: Rooms,
    pub(super) auth: Auth,
    pub(super) limits: Limits,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) parts: Arc<Semaphore>,
    /// Whether the store answers.
    pub(super) pulse: Arc<Pulse>,
    /// Whether there is a connection.
    outage: Arc<Outage>,
    reads: Arc<Semaphore>,
    /// What those with heavy frames take besides: they wait for one another, and hold up no others.
    heavy: Arc<Semaphore>,
    /// Those, and the callers that wait.
    places: Arc<Semaphore>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("rooms", &self.rooms.len())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// A service of these rooms, on a runtime. With `enforce`, requests must be signed by members; otherwise
    /// everybody reads everything. One line a request goes to the journal.
    pub fn new(
        store: Arc<dyn HistoryStore>,
        rooms: Vec<Room>,
        enforce: bool,
        limits: Limits,
        journal: Journal,
    ) -> Self {
        let rooms = Rooms::new(rooms, limits.reads);
        let auth = if enforce { Auth::enforce(rooms.members()) } else { Auth::Off };
        let reads = limits.reads.max(1);
        Self {
            // No cache: it would be memory that no bound here knows.
            reader: Reader::new(Arc::clone(&store)).among(PARTS),
            outage: Outage::follow(store.connection()),
            store,
            rooms,
            auth,
            limits,
            journal,
            clock: Box::new(Timestamp::now),
            parts: Arc::new(Semaphore::new(PARTS)),
            pulse: Arc::new(Pulse::new()),
            reads: Arc::new(Semaphore::new(reads)),
            heavy: Arc::new(Semaphore::new(reads / 2)),
            places: Arc::new(Semaphore::new(reads + WAITING)),
        }
    }

    /// The same with another clock.
    #[cfg(test)]
    pub(super) fn with_clock(
        mut self,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The same with other limits, and so many places to wait.
    #[cfg(test)]
    pub(super) fn with_limits(self, limits: Limits, waiting: usize) -> Self {
        Self {
            limits,
            reads: Arc::new(Semaphore::new(limits.reads)),
            heavy: Arc::new(Semaphore::new(limits.reads / 2)),
            places: Arc::new(Semaphore::new(limits.reads + waiting)),
            ..self
        }
    }

    /// Whether the connection was lost some time ago, so that nobody waits for it any more.
    pub(super) fn is_cut_off(&self) -> bool {
        self.outage.time().is_some_and(|time| time >= self.limits.loss_time)
    }

    /// A reader for one request, which asks again for what failed for a passing reason within the
    /// time of one JetStream operation; not where it is cut off.
    pub(super) fn patient(&self) -> Reader {
        let most = if self.is_cut_off() { Duration::ZERO } else { RETRY_TIME };
        let store = Retrying::new(Arc::clone(&self.store), most, |_| {});
        self.reader.over(Arc::new(store))
    }

    /// A place among those who may ask the store and wait, and among those of the room. None when
    /// all are taken.
    pub(super) fn place(&self, known: &Known) -> Option<Place> {
        let place = |places: &Arc<Semaphore>| Arc::clone(places).try_acquire_owned().ok();
        Some(Place { _room: place(&known.places)?, _place: place(&self.places)? })
    }

    /// Waits for others to be done, those of the same room first, until `due` at the latest. An
    /// answer whose frames are expected to weigh more than answers usually hold counts as several: in
    /// its room, and among all those that do.
    ///
    /// # Errors
    /// When that took too long.
    pub(super) async fn admit(
        &self,
        place: Place,
        known: &Known,
        heaviest: u64,
        due: Instant,
    ) -> Result<Admission, Failed> {
        // Of one room it is at most half of all.
        let most = (self.limits.reads / 2).max(1);
        let shares = usize::try_from(heaviest.div_ceil(SHARE)).unwrap_or(most).clamp(1, most);
        let shares = u32::try_from(shares).unwrap_or(1);
        let read = async {
            let room = Arc::clone(&known.reads).acquire_many_owned(shares).await.ok()?;
            let heavy = Arc::clone(&self.heavy).acquire_many_owned(shares - 1).await.ok()?;
            // One at last: whoever waits for several takes each that is free, and keeps it from others.
            let read = Arc::clone(&self.reads).acquire_owned().await.ok()?;
            Some(Admission { _room: room, _heavy: heavy, _read: read, _place: place })
        };
        // Never closed.
        timeout_at(due, read).await.ok().flatten().ok_or(Failed::Late(self.limits))
    }
}

/// Leave to ask the store and wait; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    _room: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// Leave to read and answer; given back when dropped.
#[derive(Debug)]
pub(super) struct Admission {
    _room: OwnedSemaphorePermit,
    _heavy: OwnedSemaphorePermit,
    _read: OwnedSemaphorePermit,
    _place: Place,
}
