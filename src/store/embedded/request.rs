//! What is asked of the embedded store.

use jiff::Timestamp;

use crate::domain::StreamName;
use crate::store::Get;

/// One request, in the order they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// STREAM.NAMES from this offset.
    Names(u64),
    /// STREAM.LIST from this offset.
    List(u64),
    Info {
        stream: StreamName,
        /// With its list of deleted sequences.
        deleted: bool,
    },
    Get {
        stream: StreamName,
        at: Get,
    },
    /// DIRECT.GET of one message.
    #[cfg(test)]
    Direct {
        stream: StreamName,
        seq: u64,
    },
    /// DIRECT.GET of many messages.
    #[cfg(test)]
    Batch {
        stream: StreamName,
        from: u64,
        most: u64,
    },
    Since {
        stream: StreamName,
        /// Stored at or after this time.
        time: Timestamp,
    },
    Create(StreamName),
    Update(StreamName),
}

impl Request {
    pub(crate) const fn is_write(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Update(_))
    }

    /// The stream whose state or messages it reads by their sequence.
    pub(super) const fn reads(&self) -> Option<&StreamName> {
        match self {
            Self::Info { stream, .. } | Self::Get { stream, .. } => Some(stream),
            #[cfg(test)]
            Self::Direct { stream, .. } | Self::Batch { stream, .. } => Some(stream),
            _ => None,
        }
    }

    /// The API subject a real server is asked on.
    pub(super) fn subject(&self) -> String {
        let name = |word: &str, stream: &StreamName| format!("STREAM.{word}.{}", stream.as_str());
        let tail = match self {
            Self::Names(_) => "STREAM.NAMES".into(),
            Self::List(_) => "STREAM.LIST".into(),
            Self::Info { stream, .. } => name("INFO", stream),
            Self::Get { stream, .. } | Self::Since { stream, .. } => name("MSG.GET", stream),
            #[cfg(test)]
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
            #[cfg(test)]
            Self::Direct { stream, seq } => format!("read sequence {seq} of {stream} directly"),
            #[cfg(test)]
            Self::Batch { stream, from, .. } => format!("read {stream} from {from} on directly"),
            Self::Since { stream, time } => format!("read from {time} of {stream} on"),
            Self::Create(stream) => format!("create {stream}"),
            Self::Update(stream) => format!("change {stream}"),
        }
    }
}
