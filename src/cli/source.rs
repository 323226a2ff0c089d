//! Where rooms are read from: the only place that makes a source, for the screen as for every
//! command.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::domain::room::KnownFrom;
use crate::domain::{Fault, Listed, Moved, Room, RoomId, RoomList, format};
use crate::store::embedded::EmbeddedStore;
use crate::store::lister::list_rooms;
use crate::store::nats::NatsStore;
use crate::store::reader::Reader;
use crate::store::retry::{Retrying, Wait as Waited};
use crate::store::{HistoryStore, StoreError};

use super::config::Config;
use super::connection::args::Server;
use super::connection::{self, ConfigDefaults, Ready};
use super::error::Failure;
use super::out::say;
use super::rooms_file;

/// Pieces of a listing that may wait to be taken in.
const PIECES: usize = 64;

/// Where to read from.
#[derive(Debug, Default, Args)]
pub(super) struct SourceArgs {
    /// Use made-up rooms: no server and no network.
    #[arg(long, conflicts_with_all = ["rooms_file", "server", "context", "no_context", "Login"])]
    pub(super) demo: bool,
    /// What the control plane knows of the rooms: a TOML or JSON file.
    #[arg(long = "rooms", value_name = "FILE")]
    pub(super) rooms_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) server: Server,
    /// What the configuration file says of connections.
    #[arg(skip)]
    pub(super) defaults: ConfigDefaults,
}

/// Whether to wait for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Connects once, within the connection's timeout. Reads are asked for again, and standard
    /// error tells of the waits.
    UntilUp,
    /// Goes on connecting without end. Reads are asked for again by whoever shows the waits.
    InBackground,
}

/// A source that is chosen and checked, and not opened yet.
pub(super) struct Source {
    /// What is known of the rooms beforehand; nothing yet for the demo.
    pub(super) known: Vec<Room>,
    kind: Kind,
}

enum Kind {
    Demo { read_only: bool },
    Nats { ready: Box<Ready>, retry_for: Duration },
}

/// A source of rooms, and what is known of them beforehand.
pub(super) struct Opened {
    pub(super) store: Arc<dyn HistoryStore>,
    pub(super) known: Vec<Room>,
    /// What the connection is made of, as `--explain-connection` says; nothing for the demo.
    pub(super) explained: Vec<String>,
    /// The same as labels with their texts.
    pub(super) fields: Vec<(String, String)>,
    /// What may surprise about the connection.
    pub(super) warnings: Vec<String>,
    /// How long whoever reads asks again, where the store does not.
    pub(super) retry_for: Duration,
}

/// What a listing came to.
pub(super) struct Listing {
    /// The rooms, by name.
    pub(super) rooms: RoomList,
    /// What the listing could not do.
    pub(super) notes: Vec<Fault>,
    /// Whether streams came or went meanwhile.
    pub(super) moved: Option<Moved>,
    /// Requests it sent.
    pub(super) requests: u64,
}

impl Listing {
    /// Says what the listing could not do, and that it moved.
    pub(super) fn remark(&self) {
        for note in &self.notes {
            say(&format!("roomscope: {note}"));
        }
        if let Some(moved) = self.moved {
            say(&format!("roomscope: {}", moved.words()));
        }
    }
}

impl SourceArgs {
    /// Lets the configuration file say what the command line left open.
    pub(super) fn fill(&mut self, config: &Config) {
        if self.rooms_file.is_none() {
            self.rooms_file.clone_from(&config.rooms);
        }
        self.defaults = config.connection();
    }

    /// What the rooms file says, if there is one.
    pub(super) fn known(&self) -> Result<Vec<Room>, Failure> {
        let load = |path: &PathBuf| rooms_file::load(path).map_err(Failure::usage);
        self.rooms_file.as_ref().filter(|_| !self.demo).map_or_else(|| Ok(Vec::new()), load)
    }

    /// Chooses the source, and says all that can be wrong with it before it is opened.
    pub(super) fn choose(&self, known: Vec<Room>) -> Result<Source, Failure> {
        let kind = if self.demo {
            Kind::Demo { read_only: self.server.read_only }
        } else {
            let ready = Box::new(connection::open(&self.server, &self.defaults)?);
            Kind::Nats { ready, retry_for: self.server.retry_for() }
        };
        Ok(Source { known, kind })
    }

    pub(super) async fn open(&self, wait: Wait) -> Result<Opened, Failure> {
        self.choose(self.known()?)?.open(wait).await
    }
}

impl Source {
    pub(super) async fn open(self, wait: Wait) -> Result<Opened, Failure> {
        let (ready, retry_for) = match self.kind {
            Kind::Nats { ready, retry_for } => (*ready, retry_for),
            Kind::Demo { read_only } => {
                let (store, known) = EmbeddedStore::demo(Timestamp::now, read_only);
                return Ok(Opened {
                    store: Arc::new(store),
                    known,
                    explained: Vec::new(),
                    fields: Vec::new(),
                    warnings: Vec::new(),
                    retry_for: Duration::ZERO,
                });
            }
        };
        let explained = ready.report();
        let Ready { options, fields, warnings, .. } = ready;
        let store: Arc<dyn HistoryStore> = match wait {
            Wait::InBackground => Arc::new(NatsStore::connect(&options)?),
            Wait::UntilUp => {
                let store = NatsStore::connect_now(&options, options.timeout()).await?;
                Arc::new(Retrying::new(Arc::new(store), retry_for, |wait| say(&told(&wait))))
            }
        };
        Ok(Opened { store, known: self.known, explained, fields, warnings, retry_for })
    }
}

/// What is said of rooms whose servers were not reached, before and after the wait for them.
fn unreached(left: u64, since: &mut Option<Instant>) -> String {
    let rooms = format::counted(left, "room");
    match since.take() {
        None => {
            *since = Some(Instant::now());
            format!("roomscope: the servers of {rooms} were not reached; waiting, and asking again")
        }
        Some(began) if left == 0 => {
            format!("roomscope: went on after {:.1} s", began.elapsed().as_secs_f32())
        }
        Some(began) => format!(
            "roomscope: the servers of {rooms} were not reached within {:.1} s",
            began.elapsed().as_secs_f32()
        ),
    }
}

fn told(wait: &Waited) -> String {
    match wait {
        Waited::Begun(fault, most) => {
            format!(
                "roomscope: {}; waiting for up to {} s, and asking again",
                fault.text,
                most.as_secs_f32()
            )
        }
        Waited::Over(after) => format!("roomscope: went on after {:.1} s", after.as_secs_f32()),
    }
}

impl Opened {
    /// What is known of a room, if only its id.
    pub(super) fn room(&self, id: &RoomId) -> Room {
        let known = self.known.iter().find(|room| room.id == *id).cloned();
        let args = KnownFrom { args: true, ..KnownFrom::default() };
        known.unwrap_or_else(|| Room::bare(id.clone(), args))
    }

    /// A reader without a cache: a command reads nothing twice.
    pub(super) fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.store))
    }

    /// The rooms of the server and those known beforehand, with what was found of each.
    pub(super) async fn all(&self) -> Listing {
        let (out, mut pieces) = mpsc::channel(PIECES);
        let listing = list_rooms(Arc::clone(&self.store), self.known.clone(), out);
        let mut rooms = RoomList::new(self.known.clone());
        let (mut notes, mut moved, mut requests) = (Vec::new(), None, 0);
        let mut waiting = None;
        let taking = async {
            while let Some(piece) = pieces.recv().await {
                match piece {
                    Listed::Rooms(found) => rooms.merge(found),
                    Listed::Found(found) => rooms.found(found),
                    Listed::Note(fault) => notes.push(fault),
                    Listed::Moved(how) => moved = Some(how),
                    Listed::Unreached(left) => say(&unreached(left, &mut waiting)),
                    Listed::Done { requests: sent, .. } => requests = sent,
                }
            }
        };
        tokio::join!(listing, taking);
        Listing { rooms, notes, moved, requests }
    }
}

/// The failure of a command on a room's stream that does not exist.
pub(super) fn no_stream(room: &Room) -> Failure {
    let stream = room.id.stream();
    Failure::failed(format!(
        "room {}: there is no stream {stream}; check the id with roomscope rooms, and the account \
         with --explain-connection",
        room.id
    ))
}

/// As a failure of a command on a room.
pub(super) fn on(room: &Room, error: StoreError) -> Failure {
    let failure = Failure::from(error);
    Failure { line: format!("room {}: {}", room.id, failure.line), ..failure }
}
