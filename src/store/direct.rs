//! What a stream offers to be read by, beyond the message-get that every stream answers.

use crate::domain::Frame;

/// How a stream may be read, the slowest first. Found from what the stream and its server have,
/// never by changing the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offer {
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
