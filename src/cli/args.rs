//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use super::connection::args::{Login, Server};

use crate::domain::limit::BadPageSize;
use crate::domain::room::BadName;
use crate::domain::{PageSize, RoomId};
use crate::store::nats::ConnectOptions;

/// Look into the durable history of end-to-end encrypted chat rooms kept in NATS JetStream.
///
/// Frames are shown as they are stored, never decrypted. Looking leaves no trace on the server:
/// no consumers, and no write but the creation of a missing stream when a room named in the rooms
/// file is opened; with --read-only not even that.
#[derive(Debug, Parser)]
#[command(name = "roomscope", version, max_term_width = 100)]
pub(super) struct Cli {
    /// What to do instead of opening the screen on a server.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Rooms to show, by id; they need not be listed by the server. A single one is opened at
    /// once. (A room called "demo" or "seed" goes after "--".)
    #[arg(value_name = "ROOM", value_parser = room_id)]
    pub(super) rooms: Vec<RoomId>,
    /// Where the server is and who is asking.
    #[command(flatten)]
    pub(super) server: Server,
    /// What the control plane knows of the rooms: a TOML or JSON file.
    #[arg(long = "rooms", value_name = "FILE")]
    pub(super) rooms_file: Option<PathBuf>,
    /// How to show it.
    #[command(flatten)]
    pub(super) view: View,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show made-up rooms: no server, no network, no files.
    Demo(Demo),
    /// Fill a development server with the demo's rooms.
    ///
    /// Makes streams, publishes real messages and deletes some. Refuses to run when any of the
    /// streams exists, unless --force.
    Seed(Seed),
    /// List the rooms.
    Rooms(super::rooms::Rooms),
    /// Create missing streams as the control plane does; check them, or change those that differ.
    Ensure(super::ensure::Ensure),
    /// Print a room's frames and gaps.
    History(super::history::History),
    /// Serve rooms' histories over HTTP.
    ///
    /// GET /rooms/{id}/history?limit=N gives the last N sequences' frames, and GET /healthz tells
    /// whether NATS is connected. One line a request goes to standard error.
    Serve(super::serve::Serve),
    /// Sign a request to a server that enforces signatures, as a curl command.
    Sign(super::sign::Sign),
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Rooms to show besides the demo's own; a single one is opened at once.
    #[arg(value_name = "ROOM", value_parser = room_id)]
    pub(super) rooms: Vec<RoomId>,
    /// Create no missing stream, not even a made-up one; say what would be done instead.
    #[arg(long)]
    pub(super) read_only: bool,
    /// Instead of opening the screen, draw it into an SVG file as of a fixed moment.
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) picture: Option<PathBuf>,
    /// Columns and rows of the picture.
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "140x40", value_parser = size,
        requires = "picture", hide = true)]
    pub(super) size: (u16, u16),
    /// Keys pressed before the picture is taken, as the help names them: "j j Enter ] Ctrl-d".
    #[arg(long, default_value = "", requires = "picture", hide = true)]
    pub(super) keys: String,
    /// How to show it.
    #[command(flatten)]
    pub(super) view: View,
}

/// Arguments of `seed`.
#[derive(Args)]
pub(super) struct Seed {
    /// Address of the server to fill: nats://host:4222. Never taken from the environment.
    #[arg(long, value_name = "URL", required = true, value_delimiter = ',')]
    pub(super) server: Vec<String>,
    /// Who is asking.
    #[command(flatten)]
    pub(super) login: Login,
    /// Delete those of the demo's streams that exist, with all that they hold, and make them
    /// anew. No other stream is touched. A rooms file that is there is replaced.
    #[arg(long)]
    pub(super) force: bool,
    /// Write a rooms file that goes with what was made.
    #[arg(long, value_name = "FILE")]
    pub(super) write_rooms: Option<PathBuf>,
}

/// How to show it.
#[derive(Debug, Args)]
pub(super) struct View {
    /// Sequences in a page, 1 to 1000. Turning into a long hole adds that hole to the page.
    #[arg(long, value_name = "N", default_value = "200", value_parser = page_size,
        allow_negative_numbers = true)]
    pub(super) last: PageSize,
    /// Memory for frames already read, so that a page seen before costs one request: 32MiB,
    /// 500kB; 0 keeps none and reads nothing ahead.
    #[arg(long, value_name = "SIZE", default_value = "32MiB", value_parser = bytes)]
    pub(super) cache: u64,
    /// Leave the mouse to the terminal.
    #[arg(long)]
    pub(super) no_mouse: bool,
    /// Colours; auto goes by NO_COLOR, TERM and COLORTERM.
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    pub(super) color: Color,
    /// Draw with ASCII characters only, as is done in a locale that is not UTF-8.
    #[arg(long)]
    pub(super) ascii: bool,
    /// Show times in UTC instead of the local time zone.
    #[arg(long)]
    pub(super) utc: bool,
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

pub(super) fn room_id(text: &str) -> Result<RoomId, BadName> {
    RoomId::new(text)
}

fn page_size(text: &str) -> Result<PageSize, BadPageSize> {
    PageSize::parse(text)
}

fn bytes(text: &str) -> Result<u64, String> {
    text.parse::<bytesize::ByteSize>()
        .map(|size| size.as_u64())
        .map_err(|_| "give a number of bytes, as in 64MiB, or 0".into())
}

fn size(text: &str) -> Result<(u16, u16), String> {
    text.split_once('x')
        .and_then(|(columns, rows)| Some((columns.parse().ok()?, rows.parse().ok()?)))
        .filter(|&(columns, rows)| (1..=500).contains(&columns) && (1..=200).contains(&rows))
        .ok_or_else(|| "give columns and rows, as in 140x40".into())
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

    #[test]
    fn a_size_is_two_numbers() {
        assert_eq!(size("140x40"), Ok((140, 40)));
        for bad in ["140", "x", "0x10", "10x0", "9999x10", "-1x3"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
