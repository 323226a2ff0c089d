//! What the store is told to get wrong.

use jiff::{SignedDuration, Timestamp};

use super::super::Request;
use crate::domain::{FaultKind, StreamName};
use crate::store::Get;

/// What the store makes of a get by time; real servers differ (see [`HistoryStore::since`]).
///
/// [`HistoryStore::since`]: crate::store::HistoryStore::since
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Times {
    /// The first message at or after the time.
    #[default]
    Found,
    /// The stream's first message, whatever the time, as before 2.11.
    PassedOver,
    /// What is found so much later, as 2.11.0 may where messages were deleted.
    Late(SignedDuration),
}

impl Times {
    /// The time that is searched for instead.
    pub(crate) fn of(self, time: Timestamp) -> Timestamp {
        match self {
            Self::Found => time,
            Self::PassedOver => Timestamp::MIN,
            Self::Late(by) => time.checked_add(by).unwrap_or(Timestamp::MAX),
        }
    }
}

/// Which requests a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Strikes {
    Names,
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
pub(crate) struct Fault {
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
