//! What a room's stream went through, as plain steps: the embedded store plays them in memory,
//! and the same steps can be played on a real server by publishing and deleting real messages.

use jiff::SignedDuration;

use crate::domain::{FaultKind, Header, Room, StreamConfig, StreamSpec, Window};

use super::condition::Condition;
use super::generate::Shape;

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

/// One thing that happened to a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Generated frames were published, the times of day spread over a span of the past. A real
    /// server stores its own time instead.
    Publish {
        count: u64,
        /// What they look like.
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
        /// What they look like.
        shape: Shape,
    },
}

/// A message as it is published. Hostile ones are here as they are on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// Subject; one the stream captures.
    pub subject: String,
    /// Header lines. Not every client can publish all of them: a line without a colon takes a
    /// header block written by hand.
    pub headers: Vec<Header>,
    /// Body.
    pub payload: Vec<u8>,
}

impl RawFrame {
    /// A frame without headers.
    #[must_use]
    pub fn new(subject: impl Into<String>, payload: impl Into<Vec<u8>>) -> Self {
        Self { subject: subject.into(), headers: Vec::new(), payload: payload.into() }
    }

    /// The frame with one more header.
    #[must_use]
    pub fn header(mut self, header: Header) -> Self {
        self.headers.push(header);
        self
    }

    /// The header block as stored: `NATS/1.0`, the lines, an empty line. Empty without headers.
    #[must_use]
    pub fn header_block(&self) -> Vec<u8> {
        if self.headers.is_empty() {
            return Vec::new();
        }
        let mut block = b"NATS/1.0\r\n".to_vec();
        for header in &self.headers {
            block.extend_from_slice(&header.name);
            if let Some(value) = &header.value {
                block.extend_from_slice(b": ");
                block.extend_from_slice(value);
            }
            block.extend_from_slice(b"\r\n");
        }
        block.extend_from_slice(b"\r\n");
        block
    }

    /// Bytes a file-backed stream takes for it: a record header of 22, a checksum of 8, and 4
    /// more where there are headers (server 2.10+).
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        let block = self.header_block().len();
        let headers = if block == 0 { 0 } else { block + 4 };
        (22 + self.subject.len() + headers + self.payload.len() + 8) as u64
    }
}

/// The configuration that the contract makes for a room's stream.
#[must_use]
pub fn contract_config(spec: &StreamSpec) -> StreamConfig {
    StreamConfig {
        subjects: vec![spec.subject.as_str().to_owned()],
        retention: "limits".into(),
        storage: "file".into(),
        replicas: spec.replicas.max(1),
        ..StreamConfig::default()
    }
}
