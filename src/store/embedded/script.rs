//! What a room's stream went through, as plain steps: the embedded store plays them in memory,
//! and the same steps can be played on a real server by publishing and deleting real messages.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::domain::{FaultKind, Lost, Peer, Room, StreamConfig, StreamSpec, Window};

use super::generate::{RawFrame, Shape};

/// A room, and what its stream went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoRoom {
    /// The room as a rooms file would have it.
    pub room: Room,
    /// Whether the rooms file names it; otherwise it is only discovered by its stream.
    pub in_rooms_file: bool,
    /// Its stream; `None` for a room that has none yet.
    pub stream: Option<Script>,
}

/// A stream: how it was created, then what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The configuration it was created with.
    pub config: StreamConfig,
    /// How long before the store's start it was created.
    pub age: SignedDuration,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// Every read of it fails so. A real server needs permissions or a lost peer for that.
    pub refused: Option<FaultKind>,
    /// Reads of these sequences are never answered, as when a disk is slow to give a block.
    pub unanswered: Option<Window>,
    /// What is wrong with it, and who leads it.
    pub condition: Condition,
}

/// What is wrong with a stream's copy, and who leads it, as a server tells it or shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// What an answer with details reports of damage. Nothing is removed by it.
    pub lost: Lost,
    /// Sequences that are counted as stored and not given; jumps and batches pass over them.
    pub unreadable: BTreeSet<u64>,
    /// Sequences that are listed as deleted and given all the same.
    pub also_listed: BTreeSet<u64>,
    /// Messages that are counted less than there are, so that the sums do not add up.
    pub uncounted: u64,
    /// Whether the last sequence ran past the end of u64, and is below the first.
    pub wrapped: bool,
    /// The name of the leader.
    pub leader: Option<String>,
    pub leaderless: bool,
    pub peers: Vec<Peer>,
}

/// One thing that happened to a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Generated frames were published, the times of day spread over a span of the past. A real
    /// server stores its own time instead.
    Publish {
        count: u64,
        shape: Shape,
        /// How long ago the first was stored.
        from: SignedDuration,
        /// How long ago the last was stored, at the latest.
        until: SignedDuration,
    },
    /// These frames were published, one a second, the last so long ago.
    PublishThese {
        frames: Vec<RawFrame>,
        /// How long ago the last was stored.
        until: SignedDuration,
    },
    /// The messages of these sequences were deleted, one by one (STREAM.MSG.DELETE).
    Delete(Window),
    /// All messages below this sequence were purged (STREAM.PURGE with `seq`).
    PurgeBelow(u64),
    /// All messages were purged (STREAM.PURGE).
    PurgeAll,
    /// From the store's start on, one more generated frame is published each such period.
    KeepArriving {
        /// Time between two frames.
        every: SignedDuration,
        shape: Shape,
    },
}

/// The configuration that the contract makes for a room's stream.
pub fn contract_config(spec: &StreamSpec) -> StreamConfig {
    StreamConfig {
        subjects: vec![spec.subject.as_str().to_owned()],
        retention: "limits".into(),
        storage: "file".into(),
        replicas: spec.replicas.max(1),
        ..StreamConfig::default()
    }
}
