//! What a bundle says of the server and the stream it was read from. No credentials in any of it:
//! a [`Connection`] holds none.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Connection, Lost, Room, StreamInfo};

/// One look at the stream: when, by which program, through which server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Visit {
    /// When.
    pub(super) time: Timestamp,
    /// Program and version.
    pub(super) program: String,
    /// Where from.
    pub(super) connection: Server,
    /// The stream as it was; `None` where it could not be had.
    pub(super) stream: Option<Stream>,
}

/// Where a stream was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Server {
    /// The program's own made-up rooms.
    Demo,
    /// A server.
    Nats {
        /// Addresses given, redacted.
        given: String,
        /// Host and port of the server in use.
        address: String,
        /// Its name.
        server: String,
        /// Its version.
        version: String,
        /// Account, where the server tells.
        account: Option<String>,
    },
    /// No server was connected.
    Down {
        /// Addresses given, redacted.
        given: String,
    },
}

/// The stream as the server described it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stream {
    /// When it was created: a stream of the same name made later has another time.
    pub(super) created: Timestamp,
    /// Its leader in a cluster.
    pub(super) leader: Option<String>,
    /// Configuration.
    pub(super) config: Config,
    /// State.
    pub(super) state: State,
}

/// A stream's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Config {
    subjects: Vec<String>,
    retention: String,
    storage: String,
    replicas: u32,
    mirror: bool,
    sources: usize,
    subject_transform: bool,
    sealed: bool,
    /// All else that is not at the server's default, as name and value.
    others: Vec<(String, String)>,
}

/// A stream's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    messages: u64,
    bytes: u64,
    first_seq: u64,
    last_seq: u64,
    first_time: Option<Timestamp>,
    last_time: Option<Timestamp>,
    deleted: u64,
    /// What the server reported of damage to its storage, in this answer or an earlier one; absent
    /// where it was not asked.
    #[serde(default)]
    lost: Option<Damage>,
}

/// A server's report of damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Damage {
    /// Sequences that it names.
    msgs: Vec<u64>,
    bytes: u64,
    /// Whether there are bytes for which it names no sequences.
    unnamed: bool,
    /// Whether the latest answer does not repeat it.
    earlier: bool,
    leader: Option<String>,
    /// By the server's own clock.
    as_of: Option<Timestamp>,
}

/// The room, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) id: String,
    name: Option<String>,
    subject: Option<String>,
    persist: Option<bool>,
    encrypted: bool,
}

impl Visit {
    /// A look at this moment.
    pub(super) fn now(connection: &Connection, stream: Option<&StreamInfo>) -> Self {
        Self {
            time: Timestamp::now(),
            program: concat!("roomscope ", env!("CARGO_PKG_VERSION")).into(),
            connection: server(connection),
            stream: stream.map(Stream::of),
        }
    }
}

fn server(connection: &Connection) -> Server {
    match connection {
        Connection::Demo => Server::Demo,
        Connection::Connected { address, tried, server, version, account, .. } => Server::Nats {
            given: tried.clone(),
            address: address.clone(),
            server: server.clone(),
            version: version.clone(),
            account: account.clone(),
        },
        Connection::Connecting { tried, .. }
        | Connection::Reconnecting { tried, .. }
        | Connection::Denied { tried, .. } => Server::Down { given: tried.clone() },
    }
}

impl Stream {
    fn of(info: &StreamInfo) -> Self {
        let (config, state) = (&info.config, &info.state);
        Self {
            created: info.created,
            leader: info.leader.clone(),
            config: Config {
                subjects: config.subjects.clone(),
                retention: config.retention.clone(),
                storage: config.storage.clone(),
                replicas: config.replicas,
                mirror: config.mirror,
                sources: config.sources,
                subject_transform: config.subject_transform,
                sealed: config.sealed,
                others: config.others.clone(),
            },
            state: State {
                messages: state.messages,
                bytes: state.bytes,
                first_seq: state.first_seq,
                last_seq: state.last_seq,
                first_time: state.first_time,
                last_time: state.last_time,
                deleted: state.num_deleted,
                lost: state.lost.as_ref().map(Damage::of),
            },
        }
    }
}

impl Damage {
    fn of(lost: &Lost) -> Self {
        Self {
            msgs: lost.seqs.to_vec(),
            bytes: lost.bytes,
            unnamed: lost.unnamed,
            earlier: lost.earlier,
            leader: lost.by.leader.clone(),
            as_of: lost.by.as_of,
        }
    }
}

impl About {
    /// What is known of a room, its members left out: the bundle is about frames.
    pub(super) fn of(room: &Room) -> Self {
        Self {
            id: room.id.as_str().to_owned(),
            name: room.name.clone(),
            subject: room.subject.as_ref().map(|subject| subject.as_str().to_owned()),
            persist: room.persist,
            encrypted: room.encrypted,
        }
    }
}
