//! Opening the screen, on a server or on the demo.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use clap::CommandFactory as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::state::Start;
use crate::domain::room::KnownFrom;
use crate::domain::{Connection, Room, RoomId};
use crate::runtime::{self, Exit, Services};
use crate::store::HistoryStore;
use crate::store::embedded::EmbeddedStore;
use crate::store::nats::NatsStore;

use super::args::{Cli, Demo};
use super::config::Config;
use super::connection;
use super::error::Failure;
use super::settings::Settings;
use super::strict::nearest;
use super::{appearance, block_on, defect, log, rooms_file};

/// Opens the screen on a server. All that can be wrong with the arguments is said before.
pub(super) fn on_server(cli: &Cli, config: &Config) -> Result<u8, Failure> {
    let mut known = match config.rooms_file(cli.rooms_file.as_deref()) {
        Some(path) => rooms_file::load(path).map_err(Failure::usage)?,
        None => Vec::new(),
    };
    misspelt(&cli.rooms, &known)?;
    let open = named(&cli.rooms, &mut known);
    let connection::Ready { options, fields: explained, warnings: remarks, .. } =
        connection::open(&cli.server, &config.connection())?;
    terminal_is_there()?;
    log::start(cli.view.log.as_deref())?;
    let settings = Settings::new(&cli.view, config);
    block_on(async {
        let store = NatsStore::connect(&options)?;
        let start = Start { remarks, explained, ..start(&store, known, open, &settings) };
        let retry_for = cli.server.retry_for();
        show(Services::new(Arc::new(store), settings.cache, retry_for), start, &settings).await
    })?
}

/// Opens the screen on the demo.
pub(super) fn on_demo(demo: &Demo, config: &Config) -> Result<u8, Failure> {
    terminal_is_there()?;
    log::start(demo.view.log.as_deref())?;
    let (store, mut known) = EmbeddedStore::demo(Timestamp::now, demo.read_only);
    let open = named(&demo.rooms, &mut known);
    let settings = Settings::new(&demo.view, config);
    let start = start(&store, known, open, &settings);
    let services = Services::new(Arc::new(store), settings.cache, Duration::ZERO);
    block_on(show(services, start, &settings))?
}

async fn show(services: Services, start: Start, settings: &Settings) -> Result<u8, Failure> {
    // The theme knows NO_COLOR. Left to itself, crossterm would answer it with resets that wipe
    // reverse and bold.
    crossterm::style::force_color_output(true);
    let theme = appearance::theme(settings);
    match runtime::run(start, theme, settings.mouse, services).await {
        Ok(Exit::Quit) => Ok(0),
        // What a shell reports of a process that a signal ended.
        Ok(Exit::Signal(number)) => Ok(128 + u8::try_from(number).unwrap_or(0)),
        Ok(Exit::Panicked) => Err(defect()),
        Err(error) => Err(Failure::failed(format!(
            "use the terminal: {error}; run roomscope on a terminal that can be read and written"
        ))),
    }
}

/// What the app starts with. Size and connection are put in by the runtime.
fn start(
    store: &dyn HistoryStore,
    known: Vec<Room>,
    open: Option<RoomId>,
    settings: &Settings,
) -> Start {
    Start {
        read_only: !store.may_write(),
        connection: Connection::local("demo"),
        now: Timestamp::now(),
        zone: if settings.utc { TimeZone::UTC } else { TimeZone::system() },
        keymap: settings.keymap.clone(),
        size: (80, 24),
        page_size: settings.last,
        known,
        open,
        remarks: Vec::new(),
        explained: Vec::new(),
    }
}

/// A subcommand with a slip in it would be taken for a room.
fn misspelt(ids: &[RoomId], known: &[Room]) -> Result<(), Failure> {
    let told_apart = std::env::args_os().any(|argument| argument == "--");
    let Some(first) = ids.first().filter(|id| !told_apart && !known.iter().any(|k| k.id == **id))
    else {
        return Ok(());
    };
    let cli = Cli::command();
    let commands = cli.get_subcommands().map(clap::Command::get_name);
    // One slip only: a room may well have a name that is two letters from a command's.
    match nearest(first.as_str(), commands, 1) {
        Some(meant) => Err(Failure::usage(format!(
            "'{first}' is no command; did you mean {meant}? A room of that name is written after --"
        ))),
        None => Ok(()),
    }
}

/// Adds the rooms named as arguments; gives the one to open, if it is a single one.
fn named(ids: &[RoomId], known: &mut Vec<Room>) -> Option<RoomId> {
    let known_from = KnownFrom { args: true, ..KnownFrom::default() };
    known.extend(ids.iter().map(|id| Room::bare(id.clone(), known_from)));
    match ids {
        [one] => Some(one.clone()),
        _ => None,
    }
}

fn terminal_is_there() -> Result<(), Failure> {
    if io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(
        "standard output is not a terminal, and roomscope draws on one; run it without a pipe \
         or redirection",
    ))
}
