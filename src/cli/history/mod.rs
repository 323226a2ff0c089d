//! `history`: a room's frames and gaps, in the form that is wanted.

mod contract;
mod hex;
mod jsonl;
mod table;
mod write;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::when::{self, Spot};
use crate::domain::{Ensured, Goal, Landing, Ledger, PageSize, Room, RoomId, Slot, format};
use crate::store::ensure::{ensure_missing, present};
use crate::store::reader::{Begun, Span, Walk};

use super::args::room_id;
use super::config::Config;
use super::error::Failure;
use super::out::{Out, say};
use super::progress::Progress;
use super::source::{Opened, Source, no_stream, on};
use write::Write;

/// Sequences that are read without a word on how far it is.
const QUICK: u64 = 2_000;

/// Arguments of `history`.
#[derive(Debug, Args)]
#[command(after_help = "\
A window is counted in sequences, so one with gaps has fewer frames than sequences. What is missing
and what could not be read is said in place by the formats table, hex and jsonl, and on standard
error in any case. A room of the rooms file without a stream gets one, as the control plane would
make it, unless --read-only.

Examples:
  roomscope history support --demo --last 20
  roomscope history support --demo --since '2h ago' --format jsonl
  roomscope history support --demo --seq 230 --format raw > frame.bin")]
pub(super) struct History {
    /// The room, by its id.
    #[arg(value_name = "ROOM", value_parser = room_id)]
    room: RoomId,
    /// The newest N sequences; with --from or --since, the N from there on. Any number, or all;
    /// 1 to 1000 for the format contract; 200 by default.
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    last: Option<Count>,
    /// From this sequence on.
    #[arg(long, value_name = "SEQ", value_parser = sequence, allow_negative_numbers = true,
        conflicts_with_all = ["since", "seq"])]
    from: Option<u64>,
    /// From the first frame stored at or after this time on: '14:03', '3h ago',
    /// '2026-11-20 14:03', 'yesterday 14:00' or RFC 3339; local unless it has an offset.
    #[arg(long, value_name = "TIME", conflicts_with = "seq")]
    since: Option<String>,
    /// Only this sequence.
    #[arg(long, value_name = "SEQ", value_parser = sequence, allow_negative_numbers = true)]
    seq: Option<u64>,
    /// The form of the output.
    #[arg(long, value_enum, default_value = "table")]
    format: Form,
    /// Times of the table in UTC instead of the local time zone.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    utc: Option<bool>,
    #[command(flatten)]
    pub(super) source: Source,
}

/// A form of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
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
enum Count {
    All,
    Of(u64),
}

/// Prints a room's history.
pub(super) async fn run(args: History) -> Result<u8, Failure> {
    let span = args.check()?;
    let opened = args.source.open().await?;
    let room = opened.room(&args.room);
    let stream = room.id.stream();
    let reader = opened.reader();
    let span = match &args.since {
        None => span,
        Some(text) => {
            let time = time(text, &args.zone())?;
            match reader.seek(&stream, Goal::Time(time)).await.map_err(|error| on(&room, error))? {
                Landing::Frame(edge) | Landing::BeforeFirst(edge) => {
                    Span::From { seq: edge.seq, most: args.last().most() }
                }
                Landing::Nothing => Span::All,
                _ => {
                    say(&format!("{}: nothing is stored at or after {time}", room.id));
                    return args.nothing();
                }
            }
        }
    };
    let begun = reader.walk(&stream, span).await.map_err(|error| on(&room, error))?;
    match begun {
        Begun::Walk(walk) => {
            remark(&room, present(&room, walk.stream().clone()));
            args.print(&room, *walk).await
        }
        Begun::Outside(info) => {
            let (first, last) = (info.state.first_seq, info.state.last_seq);
            Err(Failure::failed(format!(
                "room {}: the stream holds sequences {} to {}, and nothing at or above {}; choose \
                 one of those",
                room.id,
                format::count(first),
                format::count(last),
                format::count(args.from.or(args.seq).unwrap_or(last))
            )))
        }
        Begun::Empty(info) => {
            let last = info.state.last_seq;
            remark(&room, present(&room, *info));
            let was = match last {
                0 => "never held one".to_owned(),
                last => format!("all up to sequence {} were removed", format::count(last)),
            };
            say(&format!("{}: the stream holds no messages; {was}", room.id));
            args.nothing()
        }
        Begun::NoStream => {
            missing(&opened, &room).await?;
            args.nothing()
        }
    }
}

impl History {
    /// Lets the configuration file say what the command line left open.
    pub(super) fn fill(&mut self, config: &Config) {
        self.last = self.last.or_else(|| config.last.map(|size| Count::Of(size.get())));
        self.utc = self.utc.or(config.utc);
    }

    fn last(&self) -> Count {
        self.last.unwrap_or(Count::Of(PageSize::DEFAULT.get()))
    }

    /// What can be said without a server.
    fn check(&self) -> Result<Span, Failure> {
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

    fn zone(&self) -> TimeZone {
        if self.utc == Some(true) { TimeZone::UTC } else { TimeZone::system() }
    }

    fn writer(&self, last: u64) -> Box<dyn Write> {
        match self.format {
            Form::Table => Box::new(table::Table::new(self.zone(), Timestamp::now(), last)),
            Form::Hex => Box::new(hex::Hex::new(self.zone(), Timestamp::now())),
            Form::Base64 => Box::new(write::Base64),
            Form::Raw => Box::new(write::Raw),
            Form::Jsonl => Box::new(jsonl::Jsonl),
            Form::Contract => Box::new(contract::Contract::default()),
        }
    }

    /// An answer with nothing in it.
    fn nothing(&self) -> Result<u8, Failure> {
        let mut out = Out::new();
        let mut writer = self.writer(0);
        writer.begin(&mut out)?;
        writer.end(&mut out)?;
        out.flush()?;
        Ok(0)
    }

    async fn print(&self, room: &Room, mut walk: Walk) -> Result<u8, Failure> {
        let window = walk.window();
        self.mind_the_head(room, &walk)?;
        let what = format!("read {}", room.id);
        let progress =
            (window.len() > QUICK).then(|| Progress::new(&what, window.len(), "sequences"));
        let mut out = Out::new();
        let mut writer = self.writer(window.end());
        let mut ledger = Ledger::default();
        let mut unread = None;
        writer.begin(&mut out)?;
        while let Some(page) = walk.next().await.map_err(|error| on(room, error))? {
            ledger = ledger.plus(page.ledger());
            for slot in page.slots() {
                match slot {
                    Slot::Unread(run) => {
                        unread.get_or_insert_with(|| run.fault.to_string());
                        if self.format == Form::Contract {
                            // What follows would look like a whole answer.
                            out.flush()?;
                            return Err(incomplete(room, ledger, unread));
                        }
                    }
                    Slot::Gap(gap) if self.seq.is_some() && !self.format.shows_gaps() => {
                        return Err(Failure::failed(format!(
                            "room {}: no frame: {}. {}",
                            room.id,
                            table::gap(gap, &self.zone(), Timestamp::now()),
                            gap.cause.evidence()
                        )));
                    }
                    _ => {}
                }
                writer.slot(slot, &mut out)?;
            }
            out.flush()?;
            if let Some(progress) = &progress {
                progress.set(page.window().end() - window.start() + 1);
            }
        }
        writer.end(&mut out)?;
        out.flush()?;
        drop(progress);
        say(&account(room, &walk, ledger));
        if ledger.unread > 0 {
            return Err(incomplete(room, ledger, unread));
        }
        Ok(0)
    }

    /// What was asked for below the stream's first sequence.
    fn mind_the_head(&self, room: &Room, walk: &Walk) -> Result<(), Failure> {
        let first = walk.window().start();
        let why = "removed by limits or a purge, or never given out";
        match (self.seq, self.from) {
            (Some(seq), _) if seq < first => Err(Failure::failed(format!(
                "room {}: sequence {} is before the stream's first, {}: {why}",
                room.id,
                format::count(seq),
                format::count(first)
            ))),
            (_, Some(from)) if from < first => {
                say(&format!(
                    "{}: the stream begins at sequence {}; {} to {} were {why}",
                    room.id,
                    format::count(first),
                    format::count(from),
                    format::count(first - 1)
                ));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Form {
    /// Whether gaps have a place in it.
    const fn shows_gaps(self) -> bool {
        matches!(self, Self::Table | Self::Hex | Self::Jsonl)
    }
}

impl Count {
    const fn most(self) -> u64 {
        match self {
            Self::All => u64::MAX,
            Self::Of(n) => n,
        }
    }
}

/// Says what the stream means for the room, where that is anything to say.
fn remark(room: &Room, ensured: Ensured) {
    if let Ensured::Drifted(_, drift) = ensured {
        let fields: Vec<&str> = drift.fields.iter().map(|field| field.field).collect();
        say(&format!(
            "{}: the stream is not as the contract makes it ({}); see roomscope ensure --check {}",
            room.id,
            fields.join(", "),
            room.id
        ));
    }
}

/// A stream that is missing is made, as on every read of a persisted room's history.
async fn missing(opened: &Opened, room: &Room) -> Result<(), Failure> {
    let ensured = ensure_missing(opened.store.as_ref(), room).await;
    match ensured.map_err(|error| on(room, error))? {
        Ensured::Created(_) => say(&format!(
            "{}: there was no stream; created it now, so what was published before was never \
             captured",
            room.id
        )),
        Ensured::WouldCreate(spec) => say(&format!(
            "{}: there is no stream; without --read-only, {} would be created for {}",
            room.id, spec.name, spec.subject
        )),
        Ensured::NotOurs { why, .. } if room.known_from.file => {
            say(&format!("{}: there is no stream, and none is made: {why}", room.id));
        }
        Ensured::NotOurs { .. } => return Err(no_stream(room)),
        Ensured::Present(_) | Ensured::Drifted(..) => say(&format!(
            "{}: the stream was made by someone else just now; run it again to read it",
            room.id
        )),
    }
    Ok(())
}

/// What the window came to.
fn account(room: &Room, walk: &Walk, ledger: Ledger) -> String {
    let state = &walk.stream().state;
    format!(
        "{}: sequences {} of {}-{}: {} slots = {} frames + {} missing + {} unread, {} requests",
        room.id,
        format::range(walk.window()),
        format::count(state.first_seq),
        format::count(state.last_seq),
        format::count(ledger.slots),
        format::count(ledger.frames),
        format::count(ledger.missing),
        format::count(ledger.unread),
        format::count(walk.cost().requests())
    )
}

fn incomplete(room: &Room, ledger: Ledger, why: Option<String>) -> Failure {
    Failure::failed(format!(
        "room {}: {} of {} sequences could not be read, which says nothing of whether they hold a \
         frame: {}; run it again",
        room.id,
        format::count(ledger.unread),
        format::count(ledger.slots),
        why.unwrap_or_default()
    ))
}

/// The time that a text means; one to come holds nothing yet.
fn time(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let now = Timestamp::now();
    let spot =
        when::parse(text, now, zone).map_err(|bad| Failure::usage(format!("--since: {bad}")))?;
    match spot {
        Spot::Sequence(seq) => Err(Failure::usage(format!(
            "--since: {seq} is a sequence; give a time, or --from {seq}"
        ))),
        Spot::Time(when) if when.at > now => Err(Failure::usage(format!(
            "--since: {} is in the future; give a time in the past",
            format::date_clock(when.at, zone)
        ))),
        Spot::Time(when) => Ok(when.at),
    }
}

fn count(text: &str) -> Result<Count, String> {
    match text {
        "all" => Ok(Count::All),
        text => {
            number(text).map(Count::Of).map_err(|()| "give a number of sequences, or all".into())
        }
    }
}

fn sequence(text: &str) -> Result<u64, String> {
    number(text).map_err(|()| "sequences are whole numbers from 1 on".into())
}

fn number(text: &str) -> Result<u64, ()> {
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    digits.parse().ok().filter(|&n| n > 0).ok_or(())
}
