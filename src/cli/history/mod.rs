//! `history`: a room's frames and gaps, in the form that is wanted.

mod args;
mod contract;
mod damage;
mod ensured;
mod hex;
mod jsonl;
mod print;
mod table;
mod write;

use crate::cli::config::Config;
use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::out::say;
use crate::cli::source::{Opened, SourceArgs, Wait, on};
use crate::domain::jump::OUT_OF_ORDER;
use crate::domain::{Connection, Gap, Goal, Landing, Room, StreamState, format};
use crate::store::StoreError;
use crate::store::ensure::present;
use crate::store::reader::{Begun, Span};
use args::Form;
pub(super) use args::History;
use damage::Damage;

/// Why nothing is printed.
enum Stopped {
    /// A request failed.
    Store(StoreError),
    /// Anything else.
    Said(Failure),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Said(failure)
    }
}

impl Subcommand for History {
    fn source(&mut self) -> Option<&mut SourceArgs> {
        Some(&mut self.source)
    }

    fn fill(&mut self, config: &Config) {
        History::fill(self, config);
    }

    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(run(*self))
    }
}

/// Prints a room's history.
async fn run(args: History) -> Result<u8, Failure> {
    let span = args.check()?;
    let opened = args.source.open(Wait::UntilUp).await?;
    let room = opened.room(&args.room);
    match read(&args, span, &opened, &room).await {
        Ok(code) => Ok(code),
        Err(Stopped::Said(failure)) => Err(failure),
        // What the contract answers then, and what HTTP does.
        Err(Stopped::Store(error))
            if args.format == Form::Contract && error.kind.is_no_jetstream() =>
        {
            say(&no_jetstream(&room, &error, &opened.store.connection().borrow()));
            args.only(&[], &StreamState::default())
        }
        Err(Stopped::Store(error)) => Err(on(&room, error)),
    }
}

/// Why an empty history says nothing of the room.
fn no_jetstream(room: &Room, error: &StoreError, connection: &Connection) -> String {
    let whose = match connection {
        Connection::Connected { address, account: Some(account), .. } => {
            format!(" for account {account} at {address}")
        }
        Connection::Connected { address, .. } => format!(" for this login at {address}"),
        _ => String::new(),
    };
    format!(
        "{}: there is no JetStream{whose}, where the contract has an empty history; that says \
         nothing of what the room holds: {}",
        room.id,
        error.fault()
    )
}

/// Reads the room's history and prints it; the exit code.
async fn read(args: &History, span: Span, opened: &Opened, room: &Room) -> Result<u8, Stopped> {
    let stream = room.id.stream();
    let reader = opened.reader();
    let mut disordered = false;
    let span = match &args.since {
        None => span,
        Some(text) => {
            let time = args::time(text, &args.zone())?;
            // Never that all since then is here: only what was seen can be told.
            match reader.seek(&stream, Goal::Time(time)).await? {
                Landing::Frame(edge) | Landing::BeforeFirst(edge) => {
                    Span::From { seq: edge.seq, most: args.last().most() }
                }
                Landing::Disordered(Some(edge)) => {
                    disordered = true;
                    Span::From { seq: edge.seq, most: args.last().most() }
                }
                Landing::Nothing => Span::All,
                landing => {
                    say(&format!("{}: no frame stored since {time} was found", room.id));
                    if landing == Landing::Disordered(None) {
                        say(&format!("{}: {OUT_OF_ORDER}", room.id));
                    }
                    return Ok(args.only(&[], &StreamState::default())?);
                }
            }
        }
    };
    let mut begun = reader.walk(&stream, span).await?;
    // A creation may have taken up what an earlier stream held.
    if matches!(begun, Begun::NoStream) && ensured::missing(opened, &reader, room).await? {
        begun = reader.walk(&stream, span).await?;
    }
    match begun {
        Begun::Walk(walk) => {
            ensured::remark(room, present(room, walk.stream().clone()));
            Ok(args.print(room, *walk, disordered).await?)
        }
        Begun::Outside(info) => {
            let (first, last) = (info.state.first_seq, info.state.last_seq);
            Err(Stopped::Said(Failure::failed(format!(
                "room {}: the stream holds sequences {} to {}, and nothing at or above {}; choose \
                 one of those",
                room.id,
                format::count(first),
                format::count(last),
                format::count(args.from.or(args.seq).unwrap_or(last))
            ))))
        }
        Begun::Empty(info) => {
            let (state, gaps) = (info.state.clone(), Gap::before_first(&info));
            ensured::remark(room, present(room, *info));
            let was = match state.last_seq {
                0 => "this server knows of none that was given out".to_owned(),
                last => format!("the last sequence that it knows is {}", format::count(last)),
            };
            say(&format!("{}: the stream holds no messages; {was}", room.id));
            let mut damage = Damage::default();
            gaps.iter().for_each(|gap| damage.take(gap));
            damage.say(room, &state);
            Ok(args.only(&gaps, &state)?)
        }
        Begun::NoStream => Ok(args.only(&[], &StreamState::default())?),
    }
}
