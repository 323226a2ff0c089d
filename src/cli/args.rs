//! The command line.

use clap::Parser;

use super::config::Configuration;
use super::env::Subcommand;
use super::screen::Screen;

/// Look into the durable history of end-to-end encrypted chat rooms kept in NATS JetStream.
///
/// Frames are shown as they are stored, never decrypted. Looking leaves no trace on the server:
/// no consumers, and no write but the creation of a missing stream when a room named in the rooms
/// file is opened or its history read; with --read-only not even that. Only ensure --apply, and the
/// screen after a question, change a stream.
#[derive(Debug, Parser)]
#[command(
    name = "roomscope",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  roomscope demo
  roomscope --server nats://127.0.0.1:4222 --read-only
  roomscope --creds user.creds --rooms rooms.toml general"
)]
pub(super) struct Cli {
    /// What to do instead of opening the screen on a server.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) screen: Screen,
    /// Which configuration file is read.
    #[command(flatten)]
    pub(super) configuration: Configuration,
}

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the rooms.
    Rooms(super::rooms::Rooms),
    /// Print a room's frames and gaps.
    History(super::history::History),
    /// Report on the health of rooms; for a ticket, or for a job that runs each hour.
    Check(super::check::Check),
    /// Answer why a room's backlog is short.
    ///
    /// Each possible reason with yes, no, or that it cannot be known; how many sequences it
    /// accounts for; what that rests on; and what would prove it, with the price of asking.
    Why(super::why::Args),
    /// Write a room's history into a support bundle.
    ///
    /// Frames as JSON lines and raw, with digests, gaps and their causes, and what the server said
    /// of the stream. Never writes to the server.
    Export(super::bundle::export::Export),
    /// Check that a support bundle is whole, and say which frames are damaged.
    Verify(super::bundle::verify::Verify),
    /// Create missing streams as the control plane does; check them, or change those that differ.
    Ensure(super::ensure::Ensure),
    /// Serve rooms' histories over HTTP.
    ///
    /// GET /rooms/{id}/history?limit=N gives the last N sequences' frames, and GET /healthz tells
    /// whether NATS is connected. One line a request goes to standard error.
    Serve(super::serve::Serve),
    /// Sign a request to a server that enforces signatures, as a curl command.
    Sign(super::sign::Sign),
    /// Show made-up rooms: no server, no network.
    Demo(super::screen::Demo),
    /// Fill a development server with the demo's rooms.
    ///
    /// Makes streams, publishes real messages and deletes some. Refuses to run when any of the
    /// streams exists, unless --force.
    Seed(super::seed::Seed),
    /// Print the configuration in effect, and where each value comes from.
    Config(super::config::ConfigShown),
    /// Print a completion script for a shell.
    Completions(super::completions::Completions),
    /// Print the manual page.
    Man(super::man::ManPage),
}

impl Cli {
    /// What is to be run, and by which configuration.
    pub(super) fn chosen(self) -> (Box<dyn Subcommand>, Configuration) {
        let chosen: Box<dyn Subcommand> = match self.command {
            None => Box::new(self.screen),
            Some(Command::Rooms(args)) => Box::new(args),
            Some(Command::History(args)) => Box::new(args),
            Some(Command::Check(args)) => Box::new(args),
            Some(Command::Why(args)) => Box::new(args),
            Some(Command::Export(args)) => Box::new(args),
            Some(Command::Verify(args)) => Box::new(args),
            Some(Command::Ensure(args)) => Box::new(args),
            Some(Command::Serve(args)) => Box::new(args),
            Some(Command::Sign(args)) => Box::new(args),
            Some(Command::Demo(args)) => Box::new(args),
            Some(Command::Seed(args)) => Box::new(args),
            Some(Command::Config(args)) => Box::new(args),
            Some(Command::Completions(args)) => Box::new(args),
            Some(Command::Man(args)) => Box::new(args),
        };
        (chosen, self.configuration)
    }
}
