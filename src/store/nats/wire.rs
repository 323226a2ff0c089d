//! The JetStream API's answers as they come: unknown fields are passed over.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::config;
use super::origin::WireBehind;
use super::state::WireState;
use crate::domain::{FaultKind, Peer, StreamInfo, escape};

/// An answer that may hold an error instead of what was asked for.
pub(super) trait Reply {
    /// The error, if the answer is one.
    fn take_error(&mut self) -> Option<ApiError>;
}

macro_rules! reply {
    ($($name:ident $(<$life:lifetime>)?),*) => {$(
        impl $(<$life>)? Reply for $name $(<$life>)? {
            fn take_error(&mut self) -> Option<ApiError> {
                self.error.take()
            }
        }
    )*};
}

reply!(GetReply<'a>, InfoReply, NamesReply, ListReply<'a>, DoneReply, PubAck);

/// An error as the API sends it.
#[derive(Debug, Deserialize)]
pub(super) struct ApiError {
    #[serde(default)]
    code: u64,
    #[serde(default)]
    pub(super) err_code: u64,
    #[serde(default)]
    description: String,
}

impl ApiError {
    /// Its kind; servers before 2.4 send no `err_code`.
    pub(super) const fn kind(&self) -> FaultKind {
        FaultKind::from_code(if self.err_code == 0 { self.code } else { self.err_code })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = if self.err_code == 0 { self.code } else { self.err_code };
        write!(f, "{} ({code})", self.description)
    }
}

/// Answer to STREAM.MSG.GET.
#[derive(Deserialize)]
pub(super) struct GetReply<'a> {
    error: Option<ApiError>,
    #[serde(borrow)]
    pub(super) message: Option<StoredMessage<'a>>,
}

#[derive(Deserialize)]
pub(super) struct StoredMessage<'a> {
    pub(super) subject: String,
    pub(super) seq: u64,
    /// Base64; absent for none.
    #[serde(borrow, default)]
    pub(super) hdrs: Option<Cow<'a, str>>,
    /// Base64; absent for an empty body.
    #[serde(borrow, default)]
    pub(super) data: Option<Cow<'a, str>>,
    pub(super) time: Timestamp,
}

/// Answer to STREAM.INFO, CREATE and UPDATE.
#[derive(Deserialize)]
pub(super) struct InfoReply {
    error: Option<ApiError>,
    config: Option<Map<String, Value>>,
    created: Option<Timestamp>,
    state: Option<WireState>,
    cluster: Option<WireCluster>,
    ts: Option<Timestamp>,
    mirror: Option<WireBehind>,
    sources: Option<Vec<WireBehind>>,
}

impl InfoReply {
    pub(super) fn info(self) -> Option<WireInfo> {
        Some(WireInfo {
            config: self.config?,
            created: self.created?,
            state: self.state?,
            cluster: self.cluster,
            ts: self.ts,
            mirror: self.mirror,
            sources: self.sources,
        })
    }
}

/// One stream.
#[derive(Deserialize)]
pub(super) struct WireInfo {
    pub(super) config: Map<String, Value>,
    created: Timestamp,
    state: WireState,
    cluster: Option<WireCluster>,
    /// Server 2.10+.
    ts: Option<Timestamp>,
    mirror: Option<WireBehind>,
    sources: Option<Vec<WireBehind>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireCluster {
    name: Option<String>,
    leader: Option<String>,
    replicas: Option<Vec<WirePeer>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WirePeer {
    name: String,
    current: bool,
    offline: bool,
    /// Nanoseconds; below zero where clocks were set.
    active: i64,
    lag: u64,
}

impl WirePeer {
    /// Whether the leader has not heard of it for so long that it may have elected another one by
    /// now. Members speak once a second, however idle a stream is, and elect 4 s after they last heard of
    /// a leader; that calls them current for 10 s all the same (2.10.25 to 2.15.1).
    fn is_unheard(&self) -> bool {
        self.offline || self.active >= 3_500_000_000
    }
}

impl WireInfo {
    pub(super) fn into_info(self) -> StreamInfo {
        let cluster = self.cluster.unwrap_or_default();
        let leader = cluster.leader.filter(|name| !name.is_empty());
        let peers = cluster.replicas.unwrap_or_default();
        let clustered = cluster.name.is_some() || !peers.is_empty();
        let unheard = peers.iter().filter(|peer| peer.is_unheard()).count();
        let leaderless = match &leader {
            // A server by itself names itself.
            None => clustered,
            // For up to 20 s a leader goes on answering that hears of nobody any more, while the others
            // have another one.
            Some(_) => unheard > 0 && 2 * (peers.len() + 1 - unheard) <= peers.len() + 1,
        };
        let peer = |peer: WirePeer| Peer {
            name: escape::text(&peer.name).into_owned(),
            current: peer.current,
            offline: peer.offline,
            active: u64::try_from(peer.active).unwrap_or_default(),
            lag: peer.lag,
        };
        let behind = self.mirror.into_iter().chain(self.sources.unwrap_or_default());
        StreamInfo {
            created: self.created,
            config: config::read(&self.config),
            state: self.state.into_state(),
            as_of: self.ts,
            leader: leader.map(|name| escape::text(&name).into_owned()),
            leaderless,
            peers: peers.into_iter().map(peer).collect(),
            behind: behind.map(WireBehind::into_behind).collect(),
        }
    }
}

/// Answer to STREAM.NAMES.
#[derive(Deserialize)]
pub(super) struct NamesReply {
    error: Option<ApiError>,
    #[serde(default)]
    pub(super) total: u64,
    pub(super) streams: Option<Vec<String>>,
}

/// Answer to STREAM.LIST. Each stream is parsed by itself, so that one that is not understood
/// takes no other with it.
#[derive(Deserialize)]
pub(super) struct ListReply<'a> {
    error: Option<ApiError>,
    #[serde(default)]
    pub(super) total: u64,
    #[serde(borrow)]
    pub(super) streams: Option<Vec<&'a RawValue>>,
    pub(super) missing: Option<Vec<String>>,
    /// Name and reason; server 2.12+.
    pub(super) offline: Option<Map<String, Value>>,
}

/// Answer to a delete or a purge.
#[derive(Deserialize)]
pub(super) struct DoneReply {
    error: Option<ApiError>,
    #[serde(default)]
    pub(super) success: bool,
    #[serde(default)]
    pub(super) purged: u64,
}

/// Acknowledgement of a published message.
#[derive(Deserialize)]
pub(super) struct PubAck {
    error: Option<ApiError>,
    #[serde(default)]
    pub(super) seq: u64,
}

/// Answer to `$SYS.REQ.USER.INFO`.
#[derive(Deserialize)]
pub(super) struct UserInfo {
    data: Option<UserData>,
}

#[derive(Deserialize)]
struct UserData {
    account: Option<String>,
    /// Server 2.11+; an account made by an operator has a key for its `account`.
    account_name: Option<String>,
}

impl UserInfo {
    pub(super) fn account(self) -> Option<String> {
        let data = self.data?;
        let name = data.account_name.filter(|name| !name.is_empty());
        name.or(data.account).filter(|name| !name.is_empty())
    }
}
