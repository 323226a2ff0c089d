//! `why`: one answer to "why is this room's backlog short?". Only looks.

mod json;
mod runs;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::cli::check::gather::{self, Gathered, Outcome};
use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::cli::parse::{room_id, whole};
use crate::cli::source::{Opened, SourceArgs, Wait};
use crate::domain::cause::why::{self, Asked, Looked, Reading};
use crate::domain::{
    Connection, Cost, Fault, Found, GapCause, Holes, PageSize, Room, RoomId, Runs, StreamInfo,
    format,
};
use crate::store::reader::{LONGEST_LIST, Reader, Span};

/// How long to wait for the server to tell which account this is: another account than the writers'
/// is a reason, too.
const ACCOUNT: Duration = Duration::from_millis(150);

/// Arguments of `why`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The window is the newest N sequences, as the control plane chooses it; they are read, and one get
more tells how long one takes. A reason is answered with yes, no, or unknown: what is in force now
says nothing of an earlier configuration, and a server lists deleted and lost sequences alike, so
much stays unknown. Under a reason that is not ruled out stands what would prove it, with its
price.

--runs prints every run of missing sequences, those before the first one included, as the server
lists them. No frame is read then, so nothing is said of what cannot be read.

Exit status: 0 when it could answer, also where there is no stream; else 1.

Examples:
  roomscope why support --demo
  roomscope why support --demo --last 50 --json
  roomscope why support --demo --runs")]
pub(super) struct Args {
    /// The room, by its id.
    #[arg(value_name = "ROOM", value_parser = room_id)]
    room: RoomId,
    /// How many of the newest sequences are wanted, or "all".
    #[arg(long, value_name = "N", default_value_t = Last(Some(PageSize::DEFAULT.get())),
        value_parser = last, allow_negative_numbers = true)]
    last: Last,
    /// Add every run of missing sequences, and read no frame.
    #[arg(long)]
    runs: bool,
    /// The answer as one JSON object; with --runs, each run as one more.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

/// A number of sequences; `None` for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last(Option<u64>);

impl std::fmt::Display for Last {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(n) => n.fmt(f),
            None => f.write_str("all"),
        }
    }
}

fn last(text: &str) -> Result<Last, String> {
    if text == "all" {
        return Ok(Last(None));
    }
    whole(text).map(|n| Last(Some(n))).map_err(|why| why + ", or all")
}

impl Subcommand for Args {
    fn source(&mut self) -> Option<&mut SourceArgs> {
        Some(&mut self.source)
    }

    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(run(*self))
    }
}

/// Answers.
async fn run(mut args: Args) -> Result<u8, Failure> {
    // The store itself then refuses any write.
    args.source.server.read_only = true;
    let opened = args.source.open(Wait::UntilUp).await?;
    let room = opened.room(&args.room);
    let reader = opened.reader().with_list_at_most(LONGEST_LIST);
    let span = args.last.0.map_or(Span::All, Span::Last);
    let mut seen = if args.runs {
        looked(&reader, &room).await
    } else {
        Seen::of(gather::gather(&reader, &room, &Found::Unknown, span).await)
    };
    if !args.runs {
        seen.measure(&reader, &room).await;
    }
    seen.print(&args, &connected(&opened).await, &room)
}

/// The connection with its account, which the server tells only after a moment, if at all.
async fn connected(opened: &Opened) -> Connection {
    let mut connection = opened.store.connection();
    let told = |connection: &Connection| {
        !matches!(connection, Connection::Connected { account: None, .. })
    };
    let _ = tokio::time::timeout(ACCOUNT, connection.wait_for(told)).await;
    connection.borrow_and_update().clone()
}

/// What was found out.
struct Seen {
    what: What,
    reading: Option<Reading>,
    /// Runs that are reported as lost and cannot be read now, where no frame was read.
    lost: Option<Runs>,
    round_trip: Option<u64>,
    cost: Cost,
}

enum What {
    Failed(Fault),
    NoStream,
    Stream(Box<StreamInfo>),
}

/// The stream alone, with its list and without a frame.
async fn looked(reader: &Reader, room: &Room) -> Seen {
    let one = Cost { info: 1, ..Cost::default() };
    let (what, lost, cost) = match reader.look(&room.id.stream()).await {
        Ok(None) => (What::NoStream, None, one),
        Ok(Some(looked)) => {
            let lost = looked.lost.into_iter().collect();
            (What::Stream(Box::new(looked.info)), Some(lost), looked.cost)
        }
        Err(error) => {
            let cost = reader.cost_of_failure(&room.id.stream());
            (What::Failed(error.fault()), None, cost)
        }
    };
    Seen { what, reading: None, lost, round_trip: None, cost }
}

impl Seen {
    fn of(gathered: Gathered) -> Self {
        let cost = gathered.cost;
        let (what, reading) = match gathered.outcome {
            Outcome::Failed(fault) => (What::Failed(fault), None),
            Outcome::NoStream => (What::NoStream, None),
            Outcome::Empty(info) => (What::Stream(info), None),
            Outcome::Read(reading) => {
                let read = of_window(&reading);
                (What::Stream(Box::new(reading.info)), read)
            }
        };
        Self { what, reading, lost: None, round_trip: None, cost }
    }

    /// Times one get of a message that is there.
    async fn measure(&mut self, reader: &Reader, room: &Room) {
        let (What::Stream(info), Some(reading)) = (&self.what, &self.reading) else { return };
        if reading.frames == 0 {
            return;
        }
        let list = Holes(info.state.deleted.as_deref().unwrap_or_default());
        let newest = list.present(reading.window).last().map(|run| run.end());
        let seq = newest.filter(|_| info.state.deleted.is_some());
        let seq = seq.unwrap_or_else(|| reading.window.start());
        let began = Instant::now();
        let got = reader.first_from(&room.id.stream(), seq).await;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        if got.is_ok() {
            self.cost.frames += 1;
            self.round_trip = Some(took.max(1));
        } else {
            self.cost.failed += 1;
        }
    }

    fn print(&self, args: &Args, connection: &Connection, room: &Room) -> Result<u8, Failure> {
        let asked = Asked {
            room,
            looked: match &self.what {
                What::Failed(fault) => Looked::Failed(fault),
                What::NoStream => Looked::NoStream,
                What::Stream(info) => Looked::Stream(info),
            },
            last: args.last.0,
            reading: self.reading.clone(),
            lost: self.lost.as_ref().map(Runs::sequences),
            round_trip: self.round_trip,
            connection,
            now: Timestamp::now(),
        };
        let mut answer = why::why(&asked);
        let mut out = Out::new();
        if args.json {
            out.json(&json::object(&asked, &answer, &self.cost))?;
        } else {
            answer.head.push(("requests", requests(&self.cost)));
            out.line(&why::text(&answer))?;
        }
        if let (true, Some(info)) = (args.runs, asked.stream()) {
            let none = Runs::default();
            runs::print(&mut out, info, self.lost.as_ref().unwrap_or(&none), args.json)?;
        }
        out.flush()?;
        Ok(u8::from(matches!(self.what, What::Failed(_))))
    }
}

fn requests(cost: &Cost) -> String {
    let n = format::counted(cost.requests(), "request");
    format!("{n}, {} of frames; none of them writes", format::bytes(cost.bytes))
}

/// What reading the window gave; `None` where none of it was read.
fn of_window(reading: &gather::Reading) -> Option<Reading> {
    let found = &reading.findings;
    reading.until?;
    let asked = reading.window;
    let error = found.unread.kept().first().map(|run| &run.fault.text);
    let broken = reading.broken.as_ref().map(|fault| &fault.text);
    Some(Reading {
        window: asked,
        frames: found.frames,
        markers: found.headers.markers.kept().iter().filter(|m| m.reason == why::EXPIRED).count()
            as u64,
        lost: reading.lost.iter().map(|run| run.len()).sum(),
        unreadable: found.of(GapCause::Unreadable),
        unreadable_again: reading.unreadable_again,
        past_limit: found.of(GapCause::PastLimit),
        not_known: found.of(GapCause::NotKnown),
        unread: reading.unread(),
        error: error.or(broken).cloned(),
        counted: reading.counted,
    })
}
