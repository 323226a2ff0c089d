//! The rooms that are served: those of the rooms file, and no other.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, Semaphore};

use super::limits::{PARTS, WAITING};
use super::missing::Finds;
use super::pulse::Pulse;
use super::weights::Weights;
use crate::domain::{Drift, Lost, Room, RoomId, StreamConfig, StreamInfo};

/// A room, its members, and what was said of it in the log.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) room: Room,
    members: BTreeSet<String>,
    drifted: AtomicBool,
    /// Answers of this room under way: half of all, so that a room whose server hangs, or whose
    /// callers are slow, does not hold up every other.
    pub(super) reads: Arc<Semaphore>,
    /// Those, and the callers of this room that wait: half of all too.
    pub(super) places: Arc<Semaphore>,
    /// Parts of this room being fetched: all but one of those at the same time.
    pub(super) parts: Arc<Semaphore>,
    /// The heavy frames that its answers saw.
    pub(super) weights: Arc<std::sync::Mutex<Weights>>,
    /// Whether its stream answers.
    pub(super) pulse: Arc<Pulse>,
    /// Held by whoever makes its stream, so that others find it made.
    pub(super) making: Arc<Mutex<()>>,
    /// Whether this service made its stream.
    pub(super) made: Arc<AtomicBool>,
    /// Lost and unreadable sequences that its answers found.
    pub(super) finds: Arc<std::sync::Mutex<Finds>>,
    /// The last report of damage that was told of in the log.
    damage: std::sync::Mutex<Lost>,
}

impl Known {
    /// Whether the holder of this key may read the room.
    pub(super) fn has_member(&self, key: &str) -> bool {
        self.members.contains(key)
    }

    /// How the stream differs from the contract's, when that was not told before.
    pub(super) fn news(&self, config: &StreamConfig) -> Option<String> {
        let drift = Drift::compare(&self.room, config);
        let is_new = !self.drifted.swap(!drift.is_none(), Ordering::Relaxed);
        let fields: Vec<_> = drift.fields.iter().map(|field| field.field).collect();
        (!fields.is_empty() && is_new).then(|| {
            format!(
                "stream {} differs from what the contract makes ({}); it is read as it is, and \
                 not changed",
                self.room.id.stream(),
                fields.join(", ")
            )
        })
    }
}

impl Known {
    /// What the server reports of damage to the stream, when that was not told before.
    pub(super) fn damage(&self, info: &StreamInfo) -> Option<String> {
        let report = info.state.lost.as_ref().filter(|report| !report.is_none())?;
        let mut told = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |lost: &Lost| (lost.seqs.len(), lost.bytes, lost.unnamed);
        if of(&told) == of(report) {
            return None;
        }
        *told = report.clone();
        Some(format!("stream {}: {}", self.room.id.stream(), report.words()))
    }
}

#[derive(Debug)]
pub(super) struct Rooms(HashMap<RoomId, Known>);

impl Rooms {
    /// Rooms of a service that makes so many answers at a time.
    pub(super) fn new(rooms: Vec<Room>, reads: usize) -> Self {
        let known = rooms.into_iter().map(|room| {
            let members = room.members.iter().cloned().collect();
            let known = Known {
                members,
                drifted: AtomicBool::new(false),
                reads: Arc::new(Semaphore::new((reads / 2).max(1))),
                places: Arc::new(Semaphore::new((reads + WAITING).div_ceil(2))),
                parts: Arc::new(Semaphore::new(PARTS - 1)),
                weights: Arc::default(),
                pulse: Arc::new(Pulse::new()),
                making: Arc::new(Mutex::new(())),
                made: Arc::default(),
                finds: Arc::default(),
                damage: std::sync::Mutex::default(),
                room,
            };
            (known.room.id.clone(), known)
        });
        Self(known.collect())
    }

    /// The room of an id as it stands in a path, decoded.
    pub(super) fn get(&self, id: &str) -> Option<&Known> {
        self.0.get(id)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Public keys of all members of all rooms.
    pub(super) fn members(&self) -> BTreeSet<String> {
        self.0.values().flat_map(|known| known.members.iter().cloned()).collect()
    }
}
