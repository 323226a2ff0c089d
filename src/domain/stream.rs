//! A stream's configuration and state, as the server reports them.

use std::sync::Arc;

use jiff::Timestamp;

/// One STREAM.INFO answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamInfo {
    /// When the stream was created; tells a stream from a later one of the same name.
    pub created: Timestamp,
    /// Configuration.
    pub config: StreamConfig,
    /// State at the time of the answer.
    pub state: StreamState,
    /// Name of the leader in a cluster, escaped; `None` on a single server or without a leader.
    pub leader: Option<String>,
    /// The replicas beside the leader, as it sees them; none on a single server.
    pub peers: Vec<Peer>,
}

/// A replica of a stream as its leader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Name of the server, escaped.
    pub name: String,
    /// Whether it has all that the leader has.
    pub current: bool,
    /// Whether the leader takes it for gone.
    pub offline: bool,
    /// Nanoseconds since the leader heard of it.
    pub active: u64,
    /// Operations it is behind.
    pub lag: u64,
}

/// The parts of a stream's configuration that the contract is about, and the rest as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamConfig {
    /// Captured subjects, as stored (not escaped).
    pub subjects: Vec<String>,
    /// `limits`, `interest` or `workqueue`.
    pub retention: String,
    /// `file` or `memory`.
    pub storage: String,
    /// Copies kept; 0 means the server's default of 1.
    pub replicas: u32,
    /// Whether it mirrors another stream.
    pub mirror: bool,
    /// How many streams it sources from.
    pub sources: usize,
    /// Whether it rewrites subjects.
    pub subject_transform: bool,
    /// Whether it is sealed: nothing can be added or removed.
    pub sealed: bool,
    /// Whether direct get is on; among [`Self::others`] too.
    pub allow_direct: bool,
    /// Every other field that is not at the server's default, name and value (a text as it is,
    /// anything else as JSON), in name
    /// order; `_nats.*` metadata left out.
    pub others: Vec<(String, String)>,
}

/// A stream's state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamState {
    /// Messages stored.
    pub messages: u64,
    /// Bytes stored, the server's own per-message overhead included.
    pub bytes: u64,
    /// First sequence; one past the last when purged empty, 0 when nothing was ever stored.
    pub first_seq: u64,
    /// Last sequence ever given out; stays when its message is deleted.
    pub last_seq: u64,
    /// When the first stored message was stored.
    pub first_time: Option<Timestamp>,
    /// When the last message was stored.
    pub last_time: Option<Timestamp>,
    /// Sequences between first and last without a message.
    pub num_deleted: u64,
    /// Those sequences, sorted, when they were asked for.
    pub deleted: Option<Arc<[u64]>>,
    /// Sequences the server itself reports as lost from its storage.
    pub lost: Vec<u64>,
}

impl StreamState {
    /// Whether nothing is stored now.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.messages == 0 || self.last_seq == 0
    }

    /// Sequences below the first: 1 to `first_seq - 1`. For a purged-empty stream, all there
    /// ever were.
    #[must_use]
    pub const fn before_first(&self) -> u64 {
        self.first_seq.saturating_sub(1)
    }
}
