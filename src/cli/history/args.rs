//! Arguments of `history`, and what can be said of them without a server.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::config::Config;
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::cli::parse::{room_id, whole};
use crate::cli::source::SourceArgs;
use crate::domain::when::{self, BadSpot, Spot};
use crate::domain::{PageSize, RoomId, escape, format};
use crate::store::reader::Span;

/// Arguments of `history`.
#[derive(Debug, Args)]
#[command(after_help = "\
A window is counted in sequences, so one with gaps has fewer frames than sequences. What is missing
and what could not be read is said in place by the formats table, hex and jsonl, and on standard
error in any case, lost and unreadable sequences by number. The exit status is 1 where something
could not be read, else 0: damage is for roomscope check to judge. A room of the rooms file without
a stream gets one, as the control plane would make it, unless --read-only. Where there is no
JetStream, the format contract has an empty history, and standard error says why; to the other
formats it is a failure.

Examples:
  roomscope history support --demo --last 20
  roomscope history support --demo --since 2h --format jsonl
  roomscope history support --demo --seq 230 --format raw > frame.bin")]
pub(in crate::cli) struct History {
    /// The room, by its id.
    #[arg(value_name = "ROOM", value_parser = room_id)]
    pub(super) room: RoomId,
    /// The newest N sequences; with --from or --since, the N from there on. Any number, or all;
    /// 1 to 1000 for the format contract; 200 by default.
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    last: Option<Count>,
    /// From this sequence on.
    #[arg(long, value_name = "SEQ", value_parser = whole, allow_negative_numbers = true,
        conflicts_with_all = ["since", "seq"])]
    pub(super) from: Option<u64>,
    /// From the first frame found that was stored at or after this time: '3h', '14:03',
    /// '2026-11-20 14:03', 'yesterday 14:00' or RFC 3339; local unless it has an offset. Where the
    /// server's clock was set back, others may lie earlier; it is said where that shows.
    #[arg(long, value_name = "TIME", conflicts_with = "seq")]
    pub(super) since: Option<String>,
    /// Only this sequence.
    #[arg(long, value_name = "SEQ", value_parser = whole, allow_negative_numbers = true,
        conflicts_with = "last")]
    pub(super) seq: Option<u64>,
    /// The form of the output.
    #[arg(long, value_enum, default_value = "table")]
    pub(super) format: Form,
    /// Times of the table in UTC instead of the local time zone.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    utc: Option<bool>,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// A form of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// A line for each frame and each gap.
    Table,
    /// A hex dump of each frame: offset, 16 bytes, ASCII.
    Hex,
    /// Each frame in base64 (RFC 4648 section 4), one a line.
    Base64,
    /// The bytes of one frame, which --seq names.
    Raw,
    /// JSON lines: frames, gaps and unread sequences as records.
    Jsonl,
    /// {"messages":[…]}, byte for byte what GET /rooms/{id}/history answers.
    Contract,
}

/// How many sequences.
#[derive(Debug, Clone, Copy)]
pub(super) enum Count {
    All,
    Of(u64),
}

impl History {
    /// Lets the configuration file say what the command line left open.
    pub(super) fn fill(&mut self, config: &Config) {
        self.last = self.last.or_else(|| config.last.map(|size| Count::Of(size.get())));
        self.utc = self.utc.or(config.utc);
    }

    pub(super) fn last(&self) -> Count {
        self.last.unwrap_or(Count::Of(PageSize::DEFAULT.get()))
    }

    /// What can be said without a server.
    pub(super) fn check(&self) -> Result<Span, Failure> {
        match (self.format, self.seq, self.last()) {
            (Form::Raw, None, _) => {
                return Err(Failure::usage(
                    "--format raw prints the bytes of one frame; name it with --seq",
                ));
            }
            (Form::Contract, _, Count::Of(n)) if PageSize::new(n).is_err() => {
                return Err(Failure::usage(format!(
                    "--last {n}: the format contract has 1 to {} sequences; choose so many, or \
                     another format",
                    PageSize::MAX
                )));
            }
            (Form::Contract, _, Count::All) => {
                return Err(Failure::usage(
                    "--last all: the format contract has 1 to 1000 sequences; choose another format",
                ));
            }
            _ => {}
        }
        if self.format == Form::Raw && Out::is_terminal() {
            return Err(Failure::usage(
                "--format raw prints bytes that a terminal would obey; redirect it into a file or \
                 a pipe, or use --format hex",
            ));
        }
        if let Some(text) = &self.since {
            time(text, &self.zone())?;
        }
        Ok(match (self.seq, self.from, self.last()) {
            (Some(seq), _, _) => Span::From { seq, most: 1 },
            (_, Some(seq), last) => Span::From { seq, most: last.most() },
            (_, _, Count::Of(n)) => Span::Last(n),
            (_, _, Count::All) => Span::All,
        })
    }

    pub(super) fn zone(&self) -> TimeZone {
        if self.utc == Some(true) { TimeZone::UTC } else { TimeZone::system() }
    }
}

impl Form {
    /// Whether gaps have a place in it.
    pub(super) const fn shows_gaps(self) -> bool {
        matches!(self, Self::Table | Self::Hex | Self::Jsonl)
    }
}

impl Count {
    pub(super) const fn most(self) -> u64 {
        match self {
            Self::All => u64::MAX,
            Self::Of(n) => n,
        }
    }
}

/// The time that a text means; one to come holds nothing yet. A span alone is one before now, as
/// the nats CLI has it.
pub(super) fn time(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let now = Timestamp::now();
    let spot = when::parse(text, now, zone);
    let spot = spot.or_else(|bad| when::parse(&format!("{text} ago"), now, zone).map_err(|_| bad));
    match spot {
        Err(BadSpot::Unknown(_) | BadSpot::Empty) => Err(Failure::usage(format!(
            "--since: '{}' is no time; as in 3h, 14:03, 2026-11-20 14:03, yesterday 14:00",
            escape::text(text)
        ))),
        Err(bad) => Err(Failure::usage(format!("--since: {bad}"))),
        Ok(Spot::Sequence(seq)) => Err(Failure::usage(format!(
            "--since: {seq} is a sequence; give a time, or --from {seq}"
        ))),
        Ok(Spot::Time(when)) if when.at > now => Err(Failure::usage(format!(
            "--since: {} is in the future; give a time in the past",
            format::date_clock(when.at, zone)
        ))),
        Ok(Spot::Time(when)) => Ok(when.at),
    }
}

fn count(text: &str) -> Result<Count, String> {
    match text {
        "all" => Ok(Count::All),
        text => whole(text).map(Count::Of).map_err(|why| why + ", or all"),
    }
}
