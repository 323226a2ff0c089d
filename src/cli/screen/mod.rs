//! The screen, on a server or on the demo.

mod args;
pub(super) mod settings;
pub(super) mod theme;

use std::io::{self, IsTerminal};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::state::Start;
use crate::domain::room::KnownFrom;
use crate::domain::{Room, RoomId};
use crate::runtime::{self, Exit, Services};

use super::env::{Env, Subcommand, defect};
use super::error::Failure;
use super::log;
use super::source::{Opened, Source, SourceArgs, Wait};
use super::strict::nearest;
pub(super) use args::{Demo, Screen, View};
pub(super) use settings::Settings;

impl Subcommand for Screen {
    /// All that can be wrong with the arguments is said before the screen is drawn.
    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        let Self { rooms, rooms_file, view, server } = *self;
        let config = env.config()?;
        let mut source = SourceArgs { rooms_file, server, ..SourceArgs::default() };
        source.fill(&config);
        let known = source.known()?;
        misspelt(&rooms, &known, &env.command)?;
        open(source.choose(known)?, &rooms, &view, Settings::new(&view, &config), env)
    }
}

impl Subcommand for Demo {
    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        let Self { rooms, read_only, view } = *self;
        let config = env.config()?;
        let mut source = SourceArgs { demo: true, ..SourceArgs::default() };
        source.server.read_only = read_only;
        open(source.choose(Vec::new())?, &rooms, &view, Settings::new(&view, &config), env)
    }
}

fn open(
    source: Source,
    rooms: &[RoomId],
    view: &View,
    settings: Settings,
    env: &Env,
) -> Result<u8, Failure> {
    terminal_is_there()?;
    log::start(view.log.as_deref())?;
    env.block_on(async {
        let Opened { store, mut known, fields, warnings, retry_for, .. } =
            source.open(Wait::InBackground).await?;
        let open = named(rooms, &mut known);
        let start = Start {
            read_only: !store.may_write(),
            connection: store.connection().borrow().clone(),
            now: Timestamp::now(),
            zone: if settings.utc { TimeZone::UTC } else { TimeZone::system() },
            keymap: settings.keymap.clone(),
            // The runtime asks the terminal.
            size: (80, 24),
            page_size: settings.last,
            known,
            open,
            remarks: warnings,
            explained: fields,
        };
        show(Services::new(store, settings.cache, retry_for), start, &settings).await
    })
}

async fn show(services: Services, start: Start, settings: &Settings) -> Result<u8, Failure> {
    // The theme knows NO_COLOR. Left to itself, crossterm would answer it with resets that wipe
    // reverse and bold.
    crossterm::style::force_color_output(true);
    let theme = theme::theme(settings);
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

/// A subcommand with a slip in it would be taken for a room.
fn misspelt(ids: &[RoomId], known: &[Room], root: &clap::Command) -> Result<(), Failure> {
    let told_apart = std::env::args_os().any(|argument| argument == "--");
    let Some(first) = ids.first().filter(|id| !told_apart && !known.iter().any(|k| k.id == **id))
    else {
        return Ok(());
    };
    let commands = root.get_subcommands().map(clap::Command::get_name);
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
