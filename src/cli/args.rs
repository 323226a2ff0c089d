//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use super::connection::args::{Login, Server};

use crate::domain::page::page_size::BadPageSize;
use crate::domain::room::BadName;
use crate::domain::{PageSize, RoomId};
use crate::store::nats::ConnectOptions;

use super::config::Configuration;

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
    /// Rooms to show, by id; they need not be listed by the server. A single one is opened at
    /// once. (A room that is called like a command goes after "--".)
    #[arg(value_name = "ROOM", value_parser = room_id)]
    pub(super) rooms: Vec<RoomId>,
    /// What the control plane knows of the rooms: a TOML or JSON file.
    #[arg(long = "rooms", value_name = "FILE")]
    pub(super) rooms_file: Option<PathBuf>,
    /// How to show it.
    #[command(flatten)]
    pub(super) view: View,
    /// Where the server is and who is asking.
    #[command(flatten)]
    pub(super) server: Server,
    /// Which configuration file is read.
    #[command(flatten)]
    pub(super) configuration: Configuration,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
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
    Demo(Demo),
    /// Fill a development server with the demo's rooms.
    ///
    /// Makes streams, publishes real messages and deletes some. Refuses to run when any of the
    /// streams exists, unless --force.
    Seed(Seed),
    /// Print the configuration in effect, and where each value comes from.
    Config(super::config::ConfigShown),
    /// Print a completion script for a shell.
    Completions(super::completions::Completions),
    /// Print the manual page.
    Man(super::man::ManPage),
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope demo
  roomscope demo support --last 50 --read-only")]
pub(super) struct Demo {
    /// Rooms to show besides the demo's own; a single one is opened at once.
    #[arg(value_name = "ROOM", value_parser = room_id)]
    pub(super) rooms: Vec<RoomId>,
    /// Create no missing stream, not even a made-up one; say what would be done instead.
    #[arg(long)]
    pub(super) read_only: bool,
    /// How to show it.
    #[command(flatten)]
    pub(super) view: View,
}

/// Arguments of `seed`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  roomscope seed --server nats://127.0.0.1:4222 --write-rooms rooms.toml
  roomscope seed --server nats://127.0.0.1:4222 --force")]
pub(super) struct Seed {
    /// Address of the server to fill: nats://host:4222. Never taken from the environment.
    #[arg(long, value_name = "URL", required = true, value_delimiter = ',')]
    pub(super) server: Vec<String>,
    /// Delete those of the demo's streams that exist, with all that they hold, and make them
    /// anew. No other stream is touched. A rooms file that is there is replaced.
    #[arg(long)]
    pub(super) force: bool,
    /// Write a rooms file that goes with what was made.
    #[arg(long, value_name = "FILE")]
    pub(super) write_rooms: Option<PathBuf>,
    /// Who is asking.
    #[command(flatten)]
    pub(super) login: Login,
}

/// How to show it; `None` where the configuration file and then the default decide.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Screen")]
pub(super) struct View {
    /// Sequences in a page, 1 to 1000; 200 by default. Turning into a long hole adds that hole to
    /// the page.
    #[arg(long, value_name = "N", value_parser = page_size, allow_negative_numbers = true)]
    pub(super) last: Option<PageSize>,
    /// Memory for frames already read, so that a page seen before costs one request: 32MiB, the
    /// default, or 500kB; 0 keeps none and reads nothing ahead.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(super) cache: Option<u64>,
    /// Leave the mouse to the terminal.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    pub(super) no_mouse: Option<bool>,
    /// Colours; auto, the default, goes by NO_COLOR, TERM and COLORTERM.
    #[arg(long, value_name = "WHEN", value_enum)]
    pub(super) color: Option<Color>,
    /// Draw with ASCII characters only, as is done in a locale that is not UTF-8.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    pub(super) ascii: Option<bool>,
    /// Show times in UTC instead of the local time zone.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    pub(super) utc: Option<bool>,
    /// Append a log to this file; it holds no credentials and no payloads.
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// As the environment says.
    Auto,
    /// Even under NO_COLOR.
    Always,
    /// Never.
    Never,
    /// The terminal's own 16.
    #[value(name = "16")]
    Sixteen,
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

/// A number of sequences, or a sequence; thousands may be apart.
pub(super) fn whole(text: &str) -> Result<u64, String> {
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let number = digits.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "give a whole number from 1 on".into())
}

pub(super) fn room_id(text: &str) -> Result<RoomId, BadName> {
    RoomId::new(text)
}

fn page_size(text: &str) -> Result<PageSize, BadPageSize> {
    PageSize::parse(text)
}

/// A size in bytes, with or without a unit.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    text.parse::<bytesize::ByteSize>()
        .map(|size| size.as_u64())
        .map_err(|_| "give a number of bytes, as in 64MiB, or 0".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_cache_is_bytes_with_or_without_a_unit() {
        for (text, is) in [("0", 0), ("32MiB", 32 << 20), ("64 MiB", 64 << 20), ("500kB", 500_000)]
        {
            assert_eq!(bytes(text), Ok(is), "{text}");
        }
        for bad in ["", "much", "-1", "12 parsecs"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }
}
