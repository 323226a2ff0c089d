//! `seed`: the demo's rooms on a real server, made of real messages and real deletions.

mod play;
mod report;

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use crate::domain::{Connection, FaultKind, Room, StreamName};
use crate::store::embedded::{self, DemoRoom, Script};
use crate::store::nats::{ConnectOptions, NatsStore, Seeder};
use crate::store::{HistoryStore, StoreError};

use super::args::Seed;
use super::error::Failure;
use super::{rooms_file, screen};

/// Longest wait for the server.
const PATIENCE: Duration = Duration::from_secs(5);
/// The long hole, and the sequences around it. The demo's million would take a server minutes.
const LONG: (u64, u64) = (120_000, 100_000);

/// Fills the server. Nothing is touched before all that can be checked was checked.
pub(super) async fn run(seed: &Seed) -> Result<(), Failure> {
    let options = options(seed);
    options.check()?;
    if let Some(path) = &seed.write_rooms {
        may_write(path, seed.force)?;
    }
    say(&format!("Server: {}", options.redacted()))?;
    let store = NatsStore::connect_now(&options, PATIENCE).await?;
    if let Connection::Connected { server, version, .. } = &*store.connection().borrow() {
        say(&format!("Connected to {server}, version {version}."))?;
    }
    let seeder = store.seeder()?;
    let rooms = rooms();
    clear(&store, &seeder, &rooms, seed.force).await?;
    let mut report = report::Report::default();
    for room in &rooms {
        let left_out = match &room.stream {
            Some(script) => make(&seeder, room, script).await.map_err(|error| {
                let fault = error.fault();
                let id = &room.room.id;
                Failure::failed(format!("room {id}: {fault}; then run seed again with --force"))
            })?,
            None => 0,
        };
        let info = match room.stream {
            Some(_) => Some(store.info(&room.room.id.stream(), false).await?),
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

/// Refuses when a stream is there that would be in the way, or deletes it when told to.
async fn clear(
    store: &NatsStore,
    seeder: &Seeder,
    rooms: &[DemoRoom],
    force: bool,
) -> Result<(), Failure> {
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
        return Ok(());
    }
    let names: Vec<String> = there.iter().map(StreamName::to_string).collect();
    let names = names.join(", ");
    if !force {
        return Err(Failure::failed(format!(
            "nothing was changed, since these streams exist: {names}; give --force to delete \
             them with all that they hold and make them anew, or use another server"
        )));
    }
    say(&format!("Deleting, as told by --force: {names}"))?;
    for stream in &there {
        seeder.delete_stream(stream).await?;
    }
    Ok(())
}

/// Makes a room's stream; gives how many frames could not be published.
async fn make(seeder: &Seeder, room: &DemoRoom, script: &Script) -> Result<u64, StoreError> {
    let stream = room.room.id.stream();
    seeder.create(&stream, play::config(&script.config)).await?;
    play::steps(seeder, &stream, &script.steps).await
}

fn options(seed: &Seed) -> ConnectOptions {
    screen::options(seed.server.clone(), seed.login.clone())
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
