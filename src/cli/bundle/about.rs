//! What a bundle says of the server and the stream it was read from. No credentials in any of it:
//! a [`Connection`] holds none.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Connection, Holes, Lost, Room, Runs, StreamInfo, Window, Witness};

use super::manifest::Ends;

/// Runs of lost sequences that each look names. All of them stand once in the manifest.
const RUNS: usize = 1_000;

/// Lost sequences that are handed on from an earlier run.
const MOST_NAMED: usize = 200_000;

/// One look at the stream: when, by which program, through which server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Visit {
    pub(super) time: Timestamp,
    pub(super) program: String,
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
        server: String,
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
    pub(super) leader: Option<String>,
    /// When the leader said all this, by its own clock.
    #[serde(default)]
    pub(super) as_of: Option<Timestamp>,
    pub(super) config: Config,
    pub(super) state: State,
}

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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    messages: u64,
    bytes: u64,
    first_seq: u64,
    last_seq: u64,
    first_time: Option<Timestamp>,
    last_time: Option<Timestamp>,
    deleted: u64,
    /// What the server reported of damage to its storage, in this answer or an earlier one; null
    /// where it was not asked.
    #[serde(default)]
    damage: Option<Damage>,
}

/// A server's report of damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Damage {
    /// Runs of sequences that it names.
    sequences: Vec<Ends>,
    /// Sequences that it names beyond those.
    sequences_left_out: u64,
    bytes: u64,
    /// Whether there are bytes for which it names no sequences.
    unnamed: bool,
    /// Whether the latest answer does not repeat it.
    forgotten: bool,
    /// Who reported it, and when by its own clock.
    leader: Option<String>,
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
        Connection::Local { .. } => Server::Demo,
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
    /// Whether nothing came or went since, and the same leader says so.
    pub(super) fn is_unchanged(&self, now: &StreamInfo) -> bool {
        let (before, state) = (&self.state, &now.state);
        self.leader == now.leader
            && (before.messages, before.deleted) == (state.messages, state.num_deleted)
            && (before.first_seq, before.last_seq) == (state.first_seq, state.last_seq)
    }

    fn of(info: &StreamInfo) -> Self {
        let (config, state) = (&info.config, &info.state);
        Self {
            created: info.created,
            leader: info.leader.clone(),
            as_of: info.as_of,
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
                damage: state.lost.as_ref().map(|lost| Damage::of(lost, RUNS)),
            },
        }
    }
}

impl Damage {
    /// A report; of its sequences, the first so many runs.
    pub(super) fn of(lost: &Lost, most: usize) -> Self {
        let all = Window::new(1, u64::MAX);
        let runs = all.map(|all| Holes(&lost.seqs).runs(all)).unwrap_or_default();
        let left_out = runs.iter().skip(most).map(|run| run.len()).sum();
        Self {
            sequences: runs.into_iter().take(most).map(Ends::from).collect(),
            sequences_left_out: left_out,
            bytes: lost.bytes,
            unnamed: lost.unnamed,
            forgotten: lost.earlier,
            leader: lost.by.leader.clone(),
            as_of: lost.by.as_of,
        }
    }

    /// The same with whether it is still repeated.
    pub(super) fn forgotten(self, forgotten: bool) -> Self {
        Self { forgotten, ..self }
    }

    /// The two together where the new one tells more; `None` where it does not. What a reader
    /// found to be readable again, or another leader does not know of, was reported all the same.
    pub(super) fn with(&self, new: &Self) -> Option<Self> {
        let runs = |it: &Self| -> Runs {
            it.sequences.iter().filter_map(|run| Window::new(run.start, run.end)).collect()
        };
        let mut all = runs(self);
        all.extend(&runs(new));
        let unnamed = self.unnamed || new.unnamed;
        let tells_more = all.sequences() > runs(self).sequences()
            || new.bytes > self.bytes
            || unnamed && !self.unnamed;
        tells_more.then(|| Self {
            sequences: all.as_slice().iter().copied().map(Ends::from).collect(),
            bytes: self.bytes.max(new.bytes),
            unnamed,
            ..new.clone()
        })
    }

    /// The report, as a reader remembers it.
    pub(super) fn lost(&self) -> Lost {
        // Bounded, as what a reader keeps is: a file may claim anything.
        let runs = self.sequences.iter().flat_map(|run| run.start..=run.end);
        let seqs: Vec<u64> = runs.take(MOST_NAMED).collect();
        Lost {
            unnamed: self.unnamed || self.sequences_left_out > 0,
            seqs: seqs.into(),
            bytes: self.bytes,
            by: Witness { leader: self.leader.clone(), as_of: self.as_of },
            earlier: true,
            unasked: false,
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
