//! What was asked of the embedded store, and what it is told to get wrong: for tests that count
//! requests and break them.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{FaultKind, StreamName};
use crate::store::Get;

/// One request, in the order they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// STREAM.NAMES from this offset.
    Names(u64),
    /// STREAM.LIST from this offset.
    List(u64),
    /// STREAM.INFO.
    Info {
        /// Of which stream.
        stream: StreamName,
        /// With its list of deleted sequences.
        deleted: bool,
    },
    /// STREAM.MSG.GET.
    Get {
        /// From which stream.
        stream: StreamName,
        /// Where.
        at: Get,
    },
    /// DIRECT.GET of one message.
    Direct {
        /// From which stream.
        stream: StreamName,
        /// Which.
        seq: u64,
    },
    /// DIRECT.GET of many messages.
    Batch {
        /// From which stream.
        stream: StreamName,
        /// From which sequence on.
        from: u64,
        /// How many at most.
        most: u64,
    },
    /// STREAM.MSG.GET by time.
    Since {
        /// From which stream.
        stream: StreamName,
        /// Stored at or after this time.
        time: Timestamp,
    },
    /// STREAM.CREATE.
    Create(StreamName),
    /// STREAM.UPDATE.
    Update(StreamName),
}

impl Request {
    /// Whether it writes.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Update(_))
    }

    /// The API subject a real server is asked on.
    pub(super) fn subject(&self) -> String {
        let name = |word: &str, stream: &StreamName| format!("STREAM.{word}.{}", stream.as_str());
        let tail = match self {
            Self::Names(_) => "STREAM.NAMES".into(),
            Self::List(_) => "STREAM.LIST".into(),
            Self::Info { stream, .. } => name("INFO", stream),
            Self::Get { stream, .. } | Self::Since { stream, .. } => name("MSG.GET", stream),
            Self::Direct { stream, .. } | Self::Batch { stream, .. } => {
                format!("DIRECT.GET.{}", stream.as_str())
            }
            Self::Create(stream) => name("CREATE", stream),
            Self::Update(stream) => name("UPDATE", stream),
        };
        format!("$JS.API.{tail}")
    }

    /// What is being done, on what.
    pub(super) fn what(&self) -> String {
        match self {
            Self::Names(_) => "list stream names".into(),
            Self::List(_) => "list streams".into(),
            Self::Info { stream, .. } => format!("read the state of {stream}"),
            Self::Get { stream, at } => match at {
                Get::Exact(seq) => format!("read sequence {seq} of {stream}"),
                Get::AtOrAfter(seq) => format!("read from sequence {seq} of {stream} on"),
            },
            Self::Direct { stream, seq } => format!("read sequence {seq} of {stream} directly"),
            Self::Batch { stream, from, .. } => format!("read {stream} from {from} on directly"),
            Self::Since { stream, time } => format!("read from {time} of {stream} on"),
            Self::Create(stream) => format!("create {stream}"),
            Self::Update(stream) => format!("change {stream}"),
        }
    }
}

/// What the store makes of a get by time; real servers differ (see [`HistoryStore::since`]).
///
/// [`HistoryStore::since`]: crate::store::HistoryStore::since
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Times {
    /// The first message at or after the time.
    #[default]
    Found,
    /// The stream's first message, whatever the time, as before 2.11.
    PassedOver,
    /// What is found so much later, as 2.11.0 may where messages were deleted.
    Late(SignedDuration),
}

/// Which requests a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strikes {
    /// Every STREAM.NAMES.
    Names,
    /// Every STREAM.LIST.
    List,
    /// STREAM.INFO of this stream.
    Info(StreamName),
    /// A get in this stream that asks for this sequence, or would be answered with it; direct
    /// gets too.
    Seq(StreamName, u64),
    /// Every message-get in this stream.
    Gets(StreamName),
    /// Every direct get in this stream that would be answered with this sequence: a stored
    /// message that the client cannot take.
    Poison(StreamName, u64),
    /// CREATE and UPDATE of this stream.
    Writes(StreamName),
}

/// A fault that was set up.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) strikes: Strikes,
    pub(super) kind: FaultKind,
    /// Times it still strikes; `None` for always.
    pub(super) left: Option<u32>,
}

impl Fault {
    /// Whether it strikes a request that would be answered with sequence `found`.
    pub(super) fn hits(&self, request: &Request, found: Option<u64>) -> bool {
        if self.left == Some(0) {
            return false;
        }
        match (&self.strikes, request) {
            (Strikes::Names, Request::Names(_)) | (Strikes::List, Request::List(_)) => true,
            (Strikes::Info(name), Request::Info { stream, .. })
            | (Strikes::Gets(name), Request::Get { stream, .. } | Request::Since { stream, .. })
            | (Strikes::Writes(name), Request::Create(stream) | Request::Update(stream)) => {
                name == stream
            }
            (
                Strikes::Seq(name, seq) | Strikes::Poison(name, seq),
                Request::Direct { stream, seq: asked },
            ) => name == stream && asked == seq && found.is_some(),
            (
                Strikes::Seq(name, seq) | Strikes::Poison(name, seq),
                Request::Batch { stream, from, .. },
            ) => name == stream && found.is_some_and(|last| (*from..=last).contains(seq)),
            (Strikes::Seq(name, seq), Request::Get { stream, at }) => {
                let (Get::Exact(asked) | Get::AtOrAfter(asked)) = *at;
                name == stream && (asked == *seq || found == Some(*seq))
            }
            _ => false,
        }
    }
}
