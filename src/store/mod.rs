//! Stores of room history, and the one reader above them.

pub mod embedded;
pub mod ensure;
mod error;
pub mod lister;
pub mod nats;
pub mod reader;
pub mod retry;
#[cfg(test)]
pub(crate) mod tests_double;

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

pub use error::StoreError;

use crate::domain::{Connection, Cost, FaultKind, Frame, StreamInfo, StreamName, StreamSpec};

/// Where a get begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Get {
    /// The message at exactly this sequence.
    Exact(u64),
    /// The first message at or after this sequence, over a hole of any length, in one request.
    AtOrAfter(u64),
}

/// How a stream may be read, the slowest first. Found from what the stream and its server have,
/// never by changing the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadMethod {
    /// STREAM.MSG.GET. Only the stream's leader answers, so an answer is never out of date.
    MessageGet,
    /// Direct get, one message a request: the stream has `allow_direct`. Any replica answers.
    Direct,
    /// Direct get of many messages in one request: server 2.11+ besides.
    Batch,
}

/// What one batch gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Frames in sequence order. What is not among them may still be stored: the replica that
    /// answered may lag behind.
    pub frames: Vec<Frame>,
    /// Messages that came and could not be told byte for byte; they are not among the frames.
    pub unclear: u64,
    /// The last sequence that came, clear or not.
    pub last: Option<u64>,
    /// Why no more came.
    pub end: End,
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All came that the replica has from there on.
    Whole,
    /// As many came as were asked for, or the limit in bytes or the time was reached.
    Cut,
    /// The server answered with one message and knows no batches (before 2.11).
    NoBatches,
}

/// One page of stream names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamePage {
    /// Names in the server's order, which is by name; all streams of the account.
    pub names: Vec<String>,
    /// Streams in the account in all.
    pub total: u64,
}

/// One page of streams with their configuration and state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InfoPage {
    /// Streams by name, in the same order as the names. A stream whose entry could not be
    /// understood is left out; it is then asked for by itself.
    pub streams: Vec<(String, StreamInfo)>,
    /// Entries the server sent, understood or not: the next page begins after so many.
    pub entries: u64,
    /// Streams in the account in all.
    pub total: u64,
    /// Names the server could not reach in time (clusters only).
    pub missing: Vec<String>,
    /// Names of streams the server calls offline, with its reason.
    pub offline: Vec<(String, String)>,
}

/// A place that holds room streams. All calls are requests: none is cached, none but those of a
/// [store that retries](retry) is repeated, and each is answered or fails within [`OP_TIMEOUT`], or
/// the wait that was asked for; a read, while others come, within four times that.
///
/// Dropping the future of a call abandons its answer.
#[async_trait]
pub trait HistoryStore: Send + Sync + fmt::Debug {
    /// The state of the connection, now and as it changes.
    fn connection(&self) -> watch::Receiver<Connection>;

    /// Names of streams from `offset` on; 1,024 a page on a real server.
    async fn names(&self, offset: u64) -> Result<NamePage, StoreError>;

    /// Streams with configuration and state from `offset` on; 256 a page on a real server.
    async fn list(&self, offset: u64) -> Result<InfoPage, StoreError>;

    /// One stream's configuration and state. With `deleted`, the list of deleted sequences too,
    /// which costs the server time under its lock in proportion to that list.
    ///
    /// # Errors
    /// [`StreamNotFound`](crate::domain::FaultKind::StreamNotFound) and all else that can fail.
    async fn info(&self, stream: &StreamName, deleted: bool) -> Result<StreamInfo, StoreError>;

    /// One message. `None` only when the store says that there is no such message (10037); every
    /// other failure is an error.
    async fn get(&self, stream: &StreamName, at: Get) -> Result<Option<Frame>, StoreError>;

    /// How this stream may be read. Known without a request.
    fn read_method(&self, info: &StreamInfo) -> ReadMethod {
        let _ = info;
        ReadMethod::MessageGet
    }

    /// One message from any replica, where [`Self::read_method`] says so. `None` says nothing about
    /// the stream: the replica may lag behind, or have answered what cannot be told byte for byte.
    ///
    /// # Errors
    /// All that can fail; [`Disconnected`](FaultKind::Disconnected) also when a stored message
    /// has headers that the client cannot take, which costs the connection.
    async fn direct(&self, stream: &StreamName, seq: u64) -> Result<Option<Frame>, StoreError> {
        Err(not_offered(format!("read sequence {seq} of {stream} directly")))
    }

    /// Up to `most` messages at or after `from` from any replica, in one request, where
    /// [`Self::read_method`] says so; no more once `max_bytes` of them came.
    ///
    /// # Errors
    /// As [`Self::direct`].
    async fn batch(
        &self,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        let _ = (most, max_bytes);
        Err(not_offered(format!("read {stream} from sequence {from} on")))
    }

    /// The first message stored at or after a time, by the server's own search (2.11+). Only a
    /// hint: where messages were deleted, 2.11.0 answers with a later or an earlier one, or says
    /// that there is none, and before 2.11 the time is passed over. Whoever leans on it checks it.
    /// `None` where the store knows no such search.
    async fn since(
        &self,
        stream: &StreamName,
        time: Timestamp,
    ) -> Result<Option<Frame>, StoreError> {
        let _ = (stream, time);
        Ok(None)
    }

    /// The requests about a stream, or of all kinds, that were sent besides those that were asked
    /// for, so far: those that failed and were repeated, and those that asked whether that helps.
    fn repeated(&self, stream: Option<&StreamName>) -> Cost {
        let _ = stream;
        Cost::default()
    }

    /// Whether what failed for a passing reason is asked for again.
    fn retries(&self) -> bool {
        false
    }

    /// Waits for a stream's leader to answer, for so long at the most. Whether it does; never where
    /// nothing is asked for again.
    async fn is_reached(&self, stream: &StreamName, most: std::time::Duration) -> bool {
        let _ = (stream, most);
        false
    }

    /// What changes streams here; `None` for a source that can only be read.
    fn writer(&self) -> Option<&dyn StreamWriter> {
        None
    }

    /// Whether a write would be sent at all.
    fn may_write(&self) -> bool {
        self.writer().is_some_and(|writer| !writer.read_only())
    }
}

/// Creates and changes rooms' streams. Each write is sent once.
#[async_trait]
pub trait StreamWriter: Send + Sync {
    /// Whether writes are off (`--read-only`).
    fn read_only(&self) -> bool;

    /// Creates the stream as the contract makes it. On an identical stream this changes nothing.
    ///
    /// # Errors
    /// [`StreamExists`](crate::domain::FaultKind::StreamExists) when it differs;
    /// [`ReadOnly`](crate::domain::FaultKind::ReadOnly) without a request when writes are off;
    /// [`Disconnected`](crate::domain::FaultKind::Disconnected) without a request when the
    /// connection is down, since a queued write would be sent later.
    async fn create(&self, spec: &StreamSpec) -> Result<StreamInfo, StoreError>;

    /// Changes the fields that the contract owns, and keeps every other field of the stream as it
    /// is, those this program does not know included. `seen` is what the person agreed to change:
    /// when the stream is no longer that, nothing is changed.
    ///
    /// # Errors
    /// As [`Self::create`], and [`Recreated`](crate::domain::FaultKind::Recreated) when the
    /// stream is not the one in `seen`.
    async fn update(&self, spec: &StreamSpec, seen: &StreamInfo) -> Result<StreamInfo, StoreError>;
}

/// Longest wait for one JetStream operation (contract, "Limits").
pub const OP_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

fn not_offered(what: String) -> StoreError {
    StoreError::new(FaultKind::NotTried, what, "this store reads by message-get only")
}
