//! `why`: one answer to "why is this room's backlog short?". Only looks.

mod runs;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cli::check::gather::{Outcome, gather};
use crate::cli::check::report::{json_of_cost, json_of_server};
use crate::cli::check::span;
use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::cli::parse::room_id;
use crate::cli::source::{Opened, SourceArgs, Wait};
use crate::domain::cause::why::{self, Asked, Looked, Reading, Reason, Why};
use crate::domain::{
    Completeness, Connection, Cost, Fault, Found, Holes, Room, RoomId, Runs, StreamInfo, format,
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
    #[arg(long, value_name = "N", default_value = "200", value_parser = span,
        allow_negative_numbers = true)]
    last: Span,
    /// Add every run of missing sequences, and read no frame.
    #[arg(long)]
    runs: bool,
    /// The answer as one JSON object; with --runs, each run as one more.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
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
    let mut seen = Seen::default();
    if args.runs {
        seen.look(&reader, &room).await;
    } else {
        seen.read(&reader, &room, args.last).await;
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
#[derive(Default)]
struct Seen {
    stream: Option<Box<StreamInfo>>,
    /// Why the stream could not be looked at.
    fault: Option<Fault>,
    /// Of the window; `None` where none of it was read.
    reading: Option<Reading>,
    /// Runs that are reported as lost and cannot be read now, where no frame was read.
    lost: Runs,
    /// Of one get, in microseconds.
    round_trip: Option<u64>,
    cost: Cost,
}

impl Seen {
    /// The stream alone, with its list and without a frame.
    async fn look(&mut self, reader: &Reader, room: &Room) {
        self.cost = Cost { info: 1, ..Cost::default() };
        match reader.look(&room.id.stream()).await {
            Ok(None) => {}
            Ok(Some(looked)) => {
                self.lost = looked.lost.into_iter().collect();
                self.stream = Some(Box::new(looked.info));
                self.cost = looked.cost;
            }
            Err(error) => {
                self.cost = reader.cost_of_failure(&room.id.stream());
                self.fault = Some(error.fault());
            }
        }
    }

    /// The stream with its window.
    async fn read(&mut self, reader: &Reader, room: &Room, span: Span) {
        let gathered = gather(reader, room, &Found::Unknown, span).await;
        self.cost = gathered.cost;
        match gathered.outcome {
            Outcome::Failed(fault) => self.fault = Some(fault),
            Outcome::NoStream => {}
            Outcome::Empty(info) => self.stream = Some(info),
            Outcome::Read(reading) => {
                self.reading = reading.until.map(|_| reading.told());
                self.stream = Some(Box::new(reading.info));
            }
        }
    }

    /// Times one get of a message that is there.
    async fn measure(&mut self, reader: &Reader, room: &Room) {
        let (Some(info), Some(reading)) = (&self.stream, &self.reading) else { return };
        if reading.frames == 0 {
            return;
        }
        let list = info.state.deleted.as_deref();
        let newest = list.and_then(|list| Holes(list).present(reading.window).last().copied());
        let seq = newest.map_or(reading.window.start(), |run| run.end());
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
            looked: match (&self.fault, &self.stream) {
                (Some(fault), _) => Looked::Failed(fault),
                (None, Some(info)) => Looked::Stream(info),
                (None, None) => Looked::NoStream,
            },
            last: match args.last {
                Span::Last(n) => Some(n),
                _ => None,
            },
            reading: self.reading.clone(),
            lost: args.runs.then(|| self.lost.sequences()),
            round_trip: self.round_trip,
            connection,
            now: Timestamp::now(),
        };
        let mut answer = why::why(&asked);
        let mut out = Out::new();
        if args.json {
            out.json(&object(&asked, &answer, &self.cost))?;
        } else {
            let n = format::counted(self.cost.requests(), "request");
            let bytes = format::bytes(self.cost.bytes);
            let words = format!("{n}, {bytes} of frames; none of them writes");
            answer.head.push(("requests", words));
            out.line(&why::text(&answer))?;
        }
        if let (true, Some(info)) = (args.runs, asked.stream()) {
            runs::print(&mut out, info, &self.lost, args.json)?;
        }
        out.flush()?;
        Ok(u8::from(self.fault.is_some()))
    }
}

/// The answer as one JSON object. Names are as they are, not escaped.
fn object(asked: &Asked<'_>, why: &Why, cost: &Cost) -> Value {
    json!({
        "type": "why",
        "room": asked.room.id.as_str(),
        "name": asked.room.name,
        "stream": asked.room.id.stream().as_str(),
        "roomscope": env!("CARGO_PKG_VERSION"),
        "time": asked.now,
        "as_of": asked.stream().and_then(|info| info.as_of),
        "server": json_of_server(asked.connection),
        "found": match asked.looked {
            Looked::NotYet | Looked::Failed(_) => Value::Null,
            Looked::NoStream => false.into(),
            Looked::Stream(_) => true.into(),
        },
        "last": asked.last,
        "window": asked.window(),
        "completeness": why.completeness.map(Completeness::name),
        "why": why.judged,
        "reasons": why.reasons.iter().map(json_of_reason).collect::<Vec<_>>(),
        "requests": json_of_cost(cost),
    })
}

fn json_of_reason(reason: &Reason) -> Value {
    let facts = reason.facts.iter().map(|(name, fact)| ((*name).to_owned(), json!(fact)));
    let words = ("words".to_owned(), json!(reason.words));
    json!({
        "reason": reason.what.name(),
        "title": reason.what.title(),
        "answer": reason.answer.name(),
        "sequences": reason.sequences.map(|sequences| sequences.n),
        "bound": reason.sequences.map(|sequences| sequences.bound.name()),
        "evidence": std::iter::once(words).chain(facts).collect::<Map<_, _>>(),
        "proof": reason.proof.as_ref().map(|proof| json!({
            "words": proof.words,
            "requests": proof.price.map(|price| price.requests),
            "bytes": proof.price.map(|price| price.bytes),
        })),
    })
}
