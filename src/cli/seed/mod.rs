//! `seed`: the demo's rooms on a real server, made of real messages and real deletions.

mod play;
mod report;

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::domain::{Connection, FaultKind, Room, StreamName};
use crate::store::embedded::{self, DemoRoom, Script};
use crate::store::nats::{ConnectOptions, NatsStore, Seeder};
use crate::store::{HistoryStore, StoreError};

use super::connection::{self, args::Login};
use super::env::{Env, Subcommand};
use super::error::Failure;
use super::rooms_file;

/// The long hole, and the sequences around it. The demo's million would take a server minutes.
const LONG: (u64, u64) = (120_000, 100_000);

/// Arguments of `seed`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  roomscope seed --server nats://127.0.0.1:4222 --write-rooms rooms.toml
  roomscope seed --server nats://127.0.0.1:4222 --force")]
pub(in crate::cli) struct Seed {
    /// Address of the server to fill: nats://host:4222. Never taken from the environment.
    #[arg(long, value_name = "URL", required = true, value_delimiter = ',')]
    server: Vec<String>,
    /// Delete those of the demo's streams that exist, with all that they hold, and make them
    /// anew. No other stream is touched. A rooms file that is there is replaced.
    #[arg(long)]
    force: bool,
    /// Write a rooms file that goes with what was made.
    #[arg(long, value_name = "FILE")]
    write_rooms: Option<PathBuf>,
    /// Who is asking.
    #[command(flatten)]
    login: Login,
}

/// Shows no credentials that may be in an address.
impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seed")
            .field("server", &ConnectOptions::new(self.server.join(",")).redacted())
            .field("login", &self.login)
            .field("force", &self.force)
            .field("write_rooms", &self.write_rooms)
            .finish()
    }
}

impl Subcommand for Seed {
    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(fill(&self)).map(|()| 0)
    }
}

/// Fills the server. Nothing is touched before all that can be checked was checked.
async fn fill(seed: &Seed) -> Result<(), Failure> {
    let options = connection::open_named(&seed.server, &seed.login)?.options;
    if let Some(path) = &seed.write_rooms {
        may_write(path, seed.force)?;
    }
    say(&format!("Server: {}", options.redacted()))?;
    let store = NatsStore::connect_now(&options, options.timeout()).await?;
    if let Connection::Connected { address, server, version, .. } = &*store.connection().borrow() {
        say(&format!("Connected to {server} at {address}, version {version}."))?;
    }
    let seeder = store.seeder()?;
    let rooms = rooms();
    let there = there(&store, &rooms, seed.force).await?;
    let mut report = report::Report::default();
    let mut may_create = false;
    for room in in_order(&rooms, &there) {
        let stream = room.room.id.stream();
        if there.contains(&stream) && !may_create {
            try_create(&seeder, &rooms, &there).await?;
            may_create = true;
        }
        let left_out = match &room.stream {
            Some(script) => {
                make(&seeder, room, script, there.contains(&stream)).await.map_err(|error| {
                    let fault = error.fault();
                    let id = &room.room.id;
                    Failure::failed(format!("room {id}: {fault}; then run seed again with --force"))
                })?
            }
            None => {
                // The demo has no stream for it.
                if there.contains(&stream) {
                    seeder.delete_stream(&stream).await?;
                }
                0
            }
        };
        may_create |= room.stream.is_some();
        let info = match room.stream {
            Some(_) => Some(store.info(&stream, false).await?),
            None => None,
        };
        report.add(room, info.as_ref(), left_out);
    }
    say(&report.to_string())?;
    if let Some(path) = &seed.write_rooms {
        let known = rooms.iter().filter(|room| report::is_in_file(room));
        let known: Vec<&Room> = known.map(|room| &room.room).collect();
        let shown = path.display();
        std::fs::write(path, rooms_file::render(path, &known)).map_err(|error| {
            Failure::failed(format!("write {shown}: {error}; give another --write-rooms"))
        })?;
        let server = options.redacted();
        say(&format!("Look at it with: roomscope --server {server} --rooms {shown}"))?;
    }
    Ok(())
}

/// The demo's rooms, the one with the long hole scaled down.
fn rooms() -> Vec<DemoRoom> {
    let scaled = embedded::long_hole(LONG.0, LONG.1);
    let is_scaled = |room: &DemoRoom| scaled.as_ref().is_some_and(|s| s.room.id == room.room.id);
    let mut rooms: Vec<DemoRoom> =
        embedded::rooms().into_iter().filter(|room| !is_scaled(room)).collect();
    rooms.extend(scaled);
    rooms
}

/// The streams that are there and would be in the way. Refuses when there are any, unless told to
/// replace them.
async fn there(
    store: &NatsStore,
    rooms: &[DemoRoom],
    force: bool,
) -> Result<HashSet<StreamName>, Failure> {
    let mut there = Vec::new();
    for room in rooms {
        let stream = room.room.id.stream();
        match store.info(&stream, false).await {
            Ok(_) => there.push(stream),
            Err(error) if error.kind == FaultKind::StreamNotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    if there.is_empty() {
        return Ok(HashSet::new());
    }
    let names: Vec<String> = there.iter().map(StreamName::to_string).collect();
    let names = names.join(", ");
    if !force {
        return Err(Failure::failed(format!(
            "nothing was changed, since these streams exist: {names}; give --force to delete \
             them with all that they hold and make them anew, or use another server"
        )));
    }
    say(&format!("Deleting and making anew one by one, as told by --force: {names}"))?;
    Ok(there.into_iter().collect())
}

/// The rooms whose streams are missing first: where streams cannot be made, that shows before
/// any is deleted.
fn in_order<'a>(
    rooms: &'a [DemoRoom],
    there: &HashSet<StreamName>,
) -> impl Iterator<Item = &'a DemoRoom> {
    let is_there = |room: &&DemoRoom| there.contains(&room.room.id.stream());
    let (replaced, fresh): (Vec<_>, Vec<_>) = rooms.iter().partition(is_there);
    fresh.into_iter().chain(replaced)
}

/// Finds out whether streams may be made, before the first is deleted and none was missing. To
/// make one that is there changes nothing: the server says that it is there, or refuses.
async fn try_create(
    seeder: &Seeder,
    rooms: &[DemoRoom],
    there: &HashSet<StreamName>,
) -> Result<(), Failure> {
    let scripts =
        rooms.iter().filter_map(|room| Some((room.room.id.stream(), room.stream.as_ref()?)));
    let mut of_those = scripts.filter(|(stream, _)| there.contains(stream));
    let Some((stream, script)) = of_those.next() else { return Ok(()) };
    match seeder.create(&stream, play::config(&script.config)).await {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind, FaultKind::StreamExists | FaultKind::SubjectTaken) => {
            Ok(())
        }
        Err(error) => Err(Failure::failed(format!("nothing was deleted, since {}", error.fault()))),
    }
}

/// Makes a room's stream, in place of one that is there; gives how many frames could not be
/// published.
async fn make(
    seeder: &Seeder,
    room: &DemoRoom,
    script: &Script,
    is_there: bool,
) -> Result<u64, StoreError> {
    let stream = room.room.id.stream();
    if is_there {
        seeder.delete_stream(&stream).await?;
    }
    seeder.create(&stream, play::config(&script.config)).await?;
    play::steps(seeder, &stream, &script.steps).await
}

/// Checks the rooms file's path before anything is made.
fn may_write(path: &Path, force: bool) -> Result<(), Failure> {
    let shown = path.display();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.exists() && !force {
        return Err(Failure::usage(format!(
            "{shown} exists; give another --write-rooms, or --force to replace it"
        )));
    }
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!(
            "the folder of {shown} is not there; give another --write-rooms"
        )));
    }
    Ok(())
}

fn say(text: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{}", text.trim_end())
        .map_err(|error| Failure::failed(format!("write to standard output: {error}")))
}
