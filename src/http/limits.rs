//! What a caller may take up: memory, time, connections.

use std::time::Duration;

/// Longest request head, in bytes: request line and headers.
pub const HEAD_BYTES: usize = 16 << 10;
/// Most header lines of a request.
pub const HEADERS: usize = 64;
/// Longest request target (path and query), in bytes.
pub const TARGET_BYTES: usize = 4 << 10;

/// Most connections at once. One more is answered with 503 and closed.
pub const CONNECTIONS: usize = 512;
/// Callers that may look at their stream and wait for others' answers to be done. One more is
/// answered with 503.
pub const WAITING: usize = 256;
/// Parts of answers that are fetched from the store at the same time. Together they have no more in
/// flight than one reader alone, since a NATS server cuts off a client that is behind by 64 MB.
pub const PARTS: usize = 3;

/// A frame heavier than this, in bytes, is read alone, but for parts of other rooms with lighter ones:
/// while it is read it is there twice, as it came and as it is kept.
pub const HEAVY: u64 = 4 << 20;
/// Answers with frames heavier than this, in bytes, count as several: one of them as one for each begun
/// so many bytes, and as all that one room may have at the most. What they count above one is half as
/// many as there are answers at a time, of all rooms together.
pub const SHARE: u64 = 8 << 20;

/// Each JetStream operation of a history read, by the contract.
pub const ANSWER_TIME: Duration = Duration::from_secs(5);
/// For the first look at a stream, its creation included. Below the 5 s of a JetStream operation,
/// so that an answer comes within those when no server does.
pub const LOOK_TIME: Duration = Duration::from_millis(4500);
/// For asking again for what failed for a passing reason. Below that, so that the log tells what it
/// was.
pub const RETRY_TIME: Duration = Duration::from_secs(4);

/// Limits that whoever makes the service may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Answers being read and sent at the same time, half of them of one room at the most. Each
    /// holds one part of the stream, which is about 4 MB of frames and 16 MB at the most.
    pub reads: usize,
    /// From a request's head to the last byte of its answer, the wait for others included.
    pub request_time: Duration,
    /// From the first byte of a request's head to its last.
    pub head_time: Duration,
    /// Between two requests on one connection.
    pub idle_time: Duration,
    /// A caller that takes nothing of its answer for so long is cut off, counted from the last byte
    /// that it took.
    pub stall_time: Duration,
    /// A caller that ended its side of the connection, and takes nothing of its answer for so long,
    /// is taken for gone.
    pub gone_time: Duration,
    /// How long after the connection to NATS was lost requests wait for it. Later ones fail at once:
    /// if they waited, they would soon take up all places.
    pub loss_time: Duration,
    /// For requests under way when the service is told to stop.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reads: 8,
            request_time: Duration::from_secs(120),
            head_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(30),
            stall_time: Duration::from_secs(15),
            gone_time: Duration::from_secs(5),
            loss_time: Duration::from_secs(1),
            stop_time: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// That a caller took nothing for so long, in words for the log.
    pub(super) fn took_nothing(time: Duration) -> String {
        format!("the caller took nothing for {} s", seconds(time))
    }

    /// That one who sends no more did.
    pub(super) fn gone(time: Duration) -> String {
        format!(
            "the caller ended its side of the connection, and took nothing for {} s",
            seconds(time)
        )
    }

    /// That `request_time` was over.
    pub(super) fn used_up(&self) -> String {
        format!("the time for the request ({} s) was used up", seconds(self.request_time))
    }
}

fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100.0).round() / 100.0
}
