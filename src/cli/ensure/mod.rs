//! `ensure`: streams of rooms as the control plane makes them.

mod row;

use clap::Args;
use futures::stream::{self, StreamExt as _};

use crate::domain::{Room, RoomId, format};
use crate::store::ensure::ensure;

use super::env::{Env, Subcommand};
use super::error::Failure;
use super::out::{Out, say};
use super::parse::room_id;
use super::source::{Opened, SourceArgs, Wait};
use row::{Outcome, Row};

/// Rooms looked at at the same time.
const DEPTH: usize = 8;

/// Arguments of `ensure`.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --apply a stream that exists is never changed. Exit status: 0 when every stream is there and
as the contract makes it, 3 when one is missing or differs, 1 when one could not be looked at or
made.

Examples:
  roomscope ensure --all --check --rooms rooms.toml
  roomscope ensure general --rooms rooms.toml
  roomscope ensure payments --apply --demo")]
pub(super) struct Ensure {
    /// Rooms, by their ids; they must be in the rooms file, which tells their subjects.
    #[arg(value_name = "ROOM", value_parser = room_id, required_unless_present = "all")]
    rooms: Vec<RoomId>,
    /// All rooms of the rooms file.
    #[arg(long, conflicts_with = "rooms")]
    all: bool,
    /// Write nothing; say what is missing or differs.
    #[arg(long, conflicts_with = "apply")]
    check: bool,
    /// Change streams that differ, too, after showing how; what the contract does not own stays.
    #[arg(long)]
    apply: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

impl Subcommand for Ensure {
    fn source(&mut self) -> Option<&mut SourceArgs> {
        Some(&mut self.source)
    }

    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(run(*self))
    }
}

/// Ensures the streams.
async fn run(mut args: Ensure) -> Result<u8, Failure> {
    let server = &mut args.source.server;
    if args.apply && server.read_only {
        let line = "--apply changes streams, and --read-only forbids it; choose one";
        return Err(Failure::usage(line));
    }
    // The store itself then refuses any write.
    server.read_only |= args.check;
    let opened = args.source.open(Wait::UntilUp).await?;
    let rooms = args.rooms(&opened)?;
    let store = opened.store.as_ref();
    let mut out = Out::new();
    let (mut code, mut outcomes) = (0, Vec::new());
    let mut ensured = stream::iter(&rooms)
        .map(|room| async move { (room, ensure(store, room).await) })
        .buffered(DEPTH);
    while let Some((room, ensured)) = ensured.next().await {
        let mut row = Row::of(room, ensured);
        if args.apply && row.drifted() {
            // What would be changed is shown before it is.
            args.print(&row, &mut out)?;
            out.flush()?;
            row = row.amended(store, room).await;
        }
        args.print(&row, &mut out)?;
        out.flush()?;
        // A failure goes before a finding.
        code = match (code, row.code()) {
            (1, _) | (_, 1) => 1,
            (before, now) => before.max(now),
        };
        outcomes.push(row.outcome);
    }
    say(&args.account(&outcomes));
    Ok(code)
}

impl Ensure {
    fn rooms(&self, opened: &Opened) -> Result<Vec<Room>, Failure> {
        if !self.all {
            return Ok(self.rooms.iter().map(|id| opened.room(id)).collect());
        }
        if opened.known.is_empty() {
            let line = "--all: no rooms are known; name them in a rooms file (--rooms FILE)";
            return Err(Failure::usage(line));
        }
        Ok(opened.known.clone())
    }

    /// What became of how many, and what would mend the rest.
    fn account(&self, outcomes: &[Outcome]) -> String {
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let parts: Vec<String> = Outcome::ALL
            .into_iter()
            .filter(|outcome| count(*outcome) > 0)
            .map(|outcome| format!("{} {}", count(outcome), outcome.word()))
            .collect();
        let mut line =
            format!("{}: {}", format::counted(outcomes.len() as u64, "room"), parts.join(", "));
        if count(Outcome::Drifted) > 0 && !self.apply {
            line += "; --apply changes what differs";
        }
        line
    }

    fn print(&self, row: &Row, out: &mut Out) -> Result<(), Failure> {
        if self.json { out.json(row) } else { out.line(&row.text()) }
    }
}
