//! Where a subcommand reads from: a server, or the demo's rooms.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::domain::RoomList;
use crate::domain::room::KnownFrom;
use crate::domain::{Fault, Listed, Moved, Room, RoomId, format};
use crate::store::embedded::EmbeddedStore;
use crate::store::lister::list_rooms;
use crate::store::nats::NatsStore;
use crate::store::reader::Reader;
use crate::store::retry::{Retrying, Wait};
use crate::store::{HistoryStore, StoreError};

use super::args::Server;
use super::config::Config;
use super::connection::{self, ConfigDefaults};
use super::error::Failure;
use super::out::say;
use super::rooms_file;

/// Pieces of a listing that may wait to be taken in.
const PIECES: usize = 64;

/// Where a subcommand reads from.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// Use made-up rooms: no server and no network.
    #[arg(long, conflicts_with_all = ["rooms_file", "server", "context", "no_context", "Login"])]
    pub(super) demo: bool,
    /// What the control plane knows of the rooms: a TOML or JSON file.
    #[arg(long = "rooms", value_name = "FILE")]
    pub(super) rooms_file: Option<PathBuf>,
    /// Where the server is and who is asking.
    #[command(flatten)]
    pub(super) server: Server,
    /// What the configuration file says of connections.
    #[arg(skip)]
    pub(super) defaults: ConfigDefaults,
}

/// A store that answers, and what is known of the rooms beforehand.
pub(super) struct Opened {
    pub(super) store: Arc<dyn HistoryStore>,
    pub(super) known: Vec<Room>,
    /// What the connection is made of, as `--explain-connection` says; nothing for the demo.
    pub(super) explained: Vec<String>,
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

impl Source {
    /// Lets the configuration file say what the command line left open.
    pub(super) fn fill(&mut self, config: &Config) {
        if self.rooms_file.is_none() {
            self.rooms_file.clone_from(&config.rooms);
        }
        self.defaults = config.connection();
    }

    /// Connects, once and within the connection's timeout, or plays the demo.
    pub(super) async fn open(&self) -> Result<Opened, Failure> {
        if self.demo {
            let (store, known) = EmbeddedStore::demo(Timestamp::now, self.server.read_only);
            return Ok(Opened { store: Arc::new(store), known, explained: Vec::new() });
        }
        let known = match &self.rooms_file {
            Some(path) => rooms_file::load(path).map_err(Failure::usage)?,
            None => Vec::new(),
        };
        let ready = connection::open(&self.server, &self.defaults)?;
        let explained = ready.report();
        let options = ready.options;
        let store = NatsStore::connect_now(&options, options.timeout()).await?;
        let store =
            Retrying::new(Arc::new(store), self.server.retry_for(), |wait| say(&told(&wait)));
        Ok(Opened { store: Arc::new(store), known, explained })
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

/// What is said of a wait.
fn told(wait: &Wait) -> String {
    match wait {
        Wait::Begun(fault, most) => {
            format!(
                "roomscope: {}; waiting for up to {} s, and asking again",
                fault.text,
                most.as_secs_f32()
            )
        }
        Wait::Over(after) => format!("roomscope: went on after {:.1} s", after.as_secs_f32()),
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
