//! Arguments of the screen, on a server and on the demo.

use std::path::PathBuf;

use clap::Args;

use crate::cli::connection::args::Server;
use crate::cli::parse::{Color, bytes, page_size, room_id};
use crate::domain::{PageSize, RoomId};

/// The screen on a server.
#[derive(Debug, Args)]
pub(in crate::cli) struct Screen {
    /// Rooms to show, by id; they need not be listed by the server. A single one is opened at
    /// once. (A room that is called like a command goes after "--".)
    #[arg(value_name = "ROOM", value_parser = room_id)]
    pub(super) rooms: Vec<RoomId>,
    /// What the control plane knows of the rooms: a TOML or JSON file.
    #[arg(long = "rooms", value_name = "FILE")]
    pub(super) rooms_file: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) view: View,
    #[command(flatten)]
    pub(super) server: Server,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope demo
  roomscope demo support --last 50 --read-only")]
pub(in crate::cli) struct Demo {
    /// Rooms to show besides the demo's own; a single one is opened at once.
    #[arg(value_name = "ROOM", value_parser = room_id)]
    pub(super) rooms: Vec<RoomId>,
    /// Create no missing stream, not even a made-up one; say what would be done instead.
    #[arg(long)]
    pub(super) read_only: bool,
    #[command(flatten)]
    pub(super) view: View,
}

/// How to show it; `None` where the configuration file and then the default decide.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Screen")]
pub(in crate::cli) struct View {
    /// Sequences in a page, 1 to 1000; 200 by default. Turning into a long hole adds that hole to
    /// the page.
    #[arg(long, value_name = "N", value_parser = page_size, allow_negative_numbers = true)]
    pub(in crate::cli) last: Option<PageSize>,
    /// Memory for frames already read, so that a page seen before costs one request: 32MiB, the
    /// default, or 500kB; 0 keeps none and reads nothing ahead.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(in crate::cli) cache: Option<u64>,
    /// Leave the mouse to the terminal.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    pub(in crate::cli) no_mouse: Option<bool>,
    /// Colours; auto, the default, goes by NO_COLOR, TERM and COLORTERM.
    #[arg(long, value_name = "WHEN", value_enum)]
    pub(in crate::cli) color: Option<Color>,
    /// Draw with ASCII characters only, as is done in a locale that is not UTF-8.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    pub(in crate::cli) ascii: Option<bool>,
    /// Show times in UTC instead of the local time zone.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    pub(in crate::cli) utc: Option<bool>,
    /// Append a log to this file; it holds no credentials and no payloads.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) log: Option<PathBuf>,
}
