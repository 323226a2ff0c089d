//! Streams: one with its state, and the lists. Unknown fields of answers are passed over.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::config::{self, WireBehind};
use super::connect::Link;
use super::request::{ApiError, bad_reply, parse, reply};
use super::state::WireState;
use crate::domain::{Lost, Peer, StreamInfo, StreamName, escape};
use crate::store::{InfoPage, NamePage, StoreError};

reply!(WireInfo, NamesReply, ListReply<'a>);

/// A configuration as sent.
pub(super) type Config = Map<String, Value>;

/// One stream: the answer to STREAM.INFO, CREATE and UPDATE, and an entry of STREAM.LIST.
#[derive(Deserialize)]
struct WireInfo {
    error: Option<ApiError>,
    config: Option<Config>,
    created: Option<Timestamp>,
    state: Option<WireState>,
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
    /// The stream, if it holds one.
    fn into_info(self) -> Option<(StreamInfo, Config)> {
        let config = self.config?;
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
        let info = StreamInfo {
            created: self.created?,
            config: config::read(&config),
            state: self.state?.into_state(),
            as_of: self.ts,
            leader: leader.map(|name| escape::text(&name).into_owned()),
            leaderless,
            peers: peers.into_iter().map(peer).collect(),
            behind: behind.map(WireBehind::into_behind).collect(),
        };
        Some((info, config))
    }
}

#[derive(Deserialize)]
struct NamesReply {
    error: Option<ApiError>,
    #[serde(default)]
    total: u64,
    streams: Option<Vec<String>>,
}

/// Answer to STREAM.LIST. Each stream is parsed by itself, so that one that is not understood
/// takes no other with it.
#[derive(Deserialize)]
struct ListReply<'a> {
    error: Option<ApiError>,
    #[serde(default)]
    total: u64,
    #[serde(borrow)]
    streams: Option<Vec<&'a RawValue>>,
    missing: Option<Vec<String>>,
    /// Name and reason; server 2.12+.
    offline: Option<Map<String, Value>>,
}

impl Link {
    pub(super) async fn info(
        &self,
        stream: &StreamName,
        deleted: bool,
    ) -> Result<StreamInfo, StoreError> {
        let what = || format!("look up {stream}");
        let body = if deleted { json!({"deleted_details": true}) } else { json!({}) };
        let (mut info, _) = self.stream("INFO", stream, &body, &what).await?;
        if deleted {
            details(&mut info);
        }
        Ok(info)
    }

    /// Asks what is answered with a stream. Gives it, and its configuration as sent.
    pub(super) async fn stream(
        &self,
        verb: &str,
        stream: &StreamName,
        body: &Value,
        what: &(impl Fn() -> String + Sync),
    ) -> Result<(StreamInfo, Config), StoreError> {
        let subject = self.subjects.api(&format!("STREAM.{verb}.{}", stream.as_str()));
        let reply = self.request(subject, body, what).await?;
        let reply: WireInfo = parse(&reply, what)?;
        reply.into_info().ok_or_else(|| bad_reply(what(), "it holds no stream"))
    }

    pub(super) async fn names(&self, offset: u64) -> Result<NamePage, StoreError> {
        let what = || "list the stream names".to_owned();
        let subject = self.subjects.api("STREAM.NAMES");
        let reply = self.request(subject, &json!({"offset": offset}), &what).await?;
        let reply: NamesReply = parse(&reply, &what)?;
        Ok(NamePage { names: reply.streams.unwrap_or_default(), total: reply.total })
    }

    pub(super) async fn list(&self, offset: u64) -> Result<InfoPage, StoreError> {
        let what = || "list the streams".to_owned();
        let subject = self.subjects.api("STREAM.LIST");
        let reply = self.request(subject, &json!({"offset": offset}), &what).await?;
        Ok(page(parse(&reply, &what)?))
    }
}

/// A server puts a stream that cannot be reached into both lists, with a made-up empty state
/// beside its name: that state is not shown. Each name counts once.
fn page(reply: ListReply<'_>) -> InfoPage {
    let mut missing = reply.missing.unwrap_or_default();
    missing.sort_unstable();
    let offline: Vec<_> = reply
        .offline
        .unwrap_or_default()
        .into_iter()
        .map(|(name, why)| (name, why.as_str().unwrap_or("offline").to_owned()))
        .collect();
    let unreached: BTreeSet<&str> = missing
        .iter()
        .map(String::as_str)
        .chain(offline.iter().map(|(name, _)| name.as_str()))
        .collect();
    let mut entries = unreached.len();
    let mut streams = Vec::new();
    for entry in reply.streams.unwrap_or_default() {
        let info = serde_json::from_str::<WireInfo>(entry.get()).ok();
        let Some((info, config)) = info.and_then(WireInfo::into_info) else {
            entries += 1;
            continue;
        };
        let name = config.get("name").and_then(Value::as_str).unwrap_or_default();
        if !unreached.contains(name) {
            entries += 1;
            streams.push((name.to_owned(), info));
        }
    }
    InfoPage {
        streams,
        entries: u64::try_from(entries).unwrap_or(u64::MAX),
        total: reply.total,
        missing,
        offline,
    }
}

/// Fills in what the server leaves out of an answer with details: an empty list, and a report of
/// damage where there is none.
fn details(info: &mut StreamInfo) {
    let by = info.witness();
    let state = &mut info.state;
    if state.num_deleted == 0 && state.deleted.is_none() {
        state.deleted = Some([].into());
    }
    let lost = state.lost.take().unwrap_or_default();
    state.lost = Some(Lost { by, ..lost });
}
