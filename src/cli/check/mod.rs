//! `check`: a report on the health of rooms, to be pasted into a ticket. Never writes.

mod assess;
mod frames;
pub(super) mod gather;
mod line;
pub(super) mod report;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use clap::Args;
use jiff::Timestamp;

use crate::domain::format::{count, counted};
use crate::domain::{Found, Room, RoomId};
use crate::store::reader::Span;

use super::env::{Env, Subcommand};
use super::error::Failure;
use super::out::{Out, say};
use super::parse::{room_id, whole};
use super::rooms::is_incomplete;
use super::source::{Opened, SourceArgs, Wait};
use assess::{Report, Verdict};
use gather::Gathered;
use report::About;

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Every room has a completeness, over all sequences up to the last that the server knows:
  - whole: nothing is missing, and the server reports no loss
  - explained: only the beginning is missing, and a limit in force now can have taken it
  - not explained: something is missing that may have been removed by a request, or lost; the
    server lists both alike
  - damaged: sequences that the server reports as lost and does not give, messages that it counts
    and could not give twice within some seconds, counts that contradict each other
  - not known: nobody who can tell was asked, or answered

Wrong, so that the exit status is 3:
  - a room that is damaged
  - a room that should be kept and has no stream, or one that should not and has
  - a stream that is not as the contract makes it (config drift)
  - a replica that is offline, behind or missing
  - sequences that gave no answer, while others did and the connection stood
  - a frame stored at an earlier time than the frame before it
  - a payload that was stored before (by its SHA-256): in an encrypted room when it is of 28
    bytes or more, in any room when its Nats-Msg-Id is the same too
  - in an encrypted room, a frame that can be read by anyone

Noted, which is no reason for status 3 unless --strict is given:
  - missing sequences: a report names them with what is known of the cause. Where nothing explains
    them, the exit status is 4 until they are accepted; a job that runs each hour accepts those that
    people removed on purpose, by --accept-missing=COUNT or in the rooms file, and hears of one more
  - fields of the stream that the contract does not own, as limits
  - repeated payloads in a room that is not encrypted, or of less than 28 bytes
  - atomic batches with members that are not stored
  - frames with readable sentences beside data that cannot be read
A room that no rooms file names is taken to be encrypted.

A frame is called plaintext when it can be read and has no room for ciphertext. Random bytes are
named with a probability below 1e-9 a frame, whatever their length; frames of less than 28 bytes are
not judged, but counted. Compressed or otherwise dense plaintext cannot be told from ciphertext, nor
can a short message beside an id of 21 characters or more that is no UUID and no public NKey. No
payload is ever printed.

Exit status, the first that applies to any room: 3 when something is wrong, 1 when a room could not
be checked, as without a leader, or its completeness is not known, 4 when missing sequences are not
explained, else 0.

Examples:
  roomscope check support
  roomscope check --all --rooms rooms.toml --json
  roomscope check support --last all --strict
  roomscope check hr-desk --demo")]
pub(super) struct Check {
    /// Rooms, by their ids.
    #[arg(value_name = "ROOM", value_parser = room_id, required_unless_present = "all")]
    rooms: Vec<RoomId>,
    /// All rooms of the server and of the rooms file.
    #[arg(long, conflicts_with = "rooms")]
    all: bool,
    /// How many of the newest sequences to read, or "all"; what the server itself counts is of the
    /// whole stream in any case.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = span,
        allow_negative_numbers = true)]
    last: Span,
    /// Let what is noted count as wrong.
    #[arg(long)]
    strict: bool,
    /// Take missing sequences that nothing explains for removed on purpose, up to this many; never
    /// what is lost, unreadable or not known.
    #[arg(long, value_name = "COUNT", num_args = 0..=1, require_equals = true,
        default_missing_value = ANY, value_parser = accepted)]
    accept_missing: Option<u64>,
    /// One JSON object a line, each a room.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

impl Subcommand for Check {
    fn source(&mut self) -> Option<&mut SourceArgs> {
        Some(&mut self.source)
    }

    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(run(*self))
    }
}

/// Checks the rooms.
async fn run(mut args: Check) -> Result<u8, Failure> {
    // The store itself then refuses any write.
    args.source.server.read_only = true;
    let opened = args.source.open(Wait::UntilUp).await?;
    let (rooms, listing, is_incomplete) = args.rooms(&opened).await;
    let reader = opened.reader();
    let connection = opened.store.connection().borrow().clone();
    let mut out = Out::new();
    let mut tally = Tally { listing, ..Tally::default() };
    for (room, found) in &rooms {
        let gathered = gather::gather(&reader, room, found, args.last).await;
        let accepted = args.accept_missing.or(room.accept_missing);
        let report = Report::new(&gathered, args.strict, accepted);
        let about = About { now: Timestamp::now(), connection: connection.clone() };
        if args.json {
            out.json(&report::object(&about, &gathered, &report))?;
        } else {
            out.line(&report::text(&about, &gathered, &report))?;
        }
        out.flush()?;
        tally.add(&gathered, &report);
    }
    if rooms.len() != 1 {
        say(&tally.to_string());
    }
    tally.unchecked += u64::from(is_incomplete);
    Ok(tally.code())
}

impl Check {
    /// The rooms, the requests of listing them, and whether not all could be listed.
    async fn rooms(&self, opened: &Opened) -> (Vec<(Room, Found)>, u64, bool) {
        if !self.all {
            let room = |id| (opened.room(id), Found::Unknown);
            let mut seen = HashSet::new();
            let ids = self.rooms.iter().filter(|id| seen.insert(*id));
            return (ids.map(room).collect(), 0, false);
        }
        let listing = opened.all().await;
        listing.remark();
        let rows = listing.rooms.all().iter();
        let mut rooms: Vec<_> = rows.map(|row| (row.room.clone(), row.found.clone())).collect();
        rooms.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        (rooms, listing.requests, is_incomplete(&listing))
    }
}

/// The rooms by what came of them.
#[derive(Debug, Default)]
struct Tally {
    fine: u64,
    wrong: u64,
    not_explained: u64,
    unchecked: u64,
    requests: u64,
    listing: u64,
}

impl Tally {
    fn add(&mut self, gathered: &Gathered, report: &Report) {
        self.requests += gathered.cost.requests();
        match report.verdict {
            Verdict::Fine => self.fine += 1,
            Verdict::Wrong => self.wrong += 1,
            Verdict::NotExplained => self.not_explained += 1,
            Verdict::Unchecked => self.unchecked += 1,
        }
    }

    /// What is wrong goes before a failure, and that before what is not explained.
    const fn code(&self) -> u8 {
        match (self.wrong, self.unchecked, self.not_explained) {
            (0, 0, 0) => 0,
            (0, 0, _) => 4,
            (0, ..) => 1,
            _ => 3,
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {} fine, {} not explained, {} wrong, {} could not be checked; {}",
            counted(self.fine + self.not_explained + self.wrong + self.unchecked, "room"),
            count(self.fine),
            count(self.not_explained),
            count(self.wrong),
            count(self.unchecked),
            counted(self.requests + self.listing, "request"),
        )?;
        if self.listing > 0 {
            write!(f, ", {} of them to list the rooms", count(self.listing))?;
        }
        Ok(())
    }
}

/// Any number of sequences.
const ANY: &str = "any";

fn accepted(text: &str) -> Result<u64, String> {
    if text == ANY { Ok(u64::MAX) } else { whole(text) }
}

/// A number of the newest sequences, or all.
pub(super) fn span(text: &str) -> Result<Span, String> {
    if text == "all" {
        return Ok(Span::All);
    }
    whole(text).map(Span::Last).map_err(|why| why + ", or all")
}
