//! `history`: a room's frames and gaps, in the form that is wanted.

mod args;
mod damage;
mod formats;
mod print;
#[cfg(test)]
mod tests;

use crate::cli::config::Config;
use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::out::say;
use crate::cli::source::{Opened, SourceArgs, Wait, no_stream, on};
use crate::domain::jump::OUT_OF_ORDER;
use crate::domain::room::created;
use crate::domain::{Connection, Ensured, Gap, Goal, Landing, Room, StreamState, format};
use crate::store::StoreError;
use crate::store::ensure::{ensure_missing, present};
use crate::store::reader::{Begun, Reader, Span};
use args::Form;
pub(super) use args::History;
use damage::Damage;

/// Why nothing is printed: a request failed, or anything else.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Said(#[from] Failure),
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
    let (span, disordered) = match &args.since {
        None => (span, false),
        Some(text) => {
            let time = args::time(text, &args.zone())?;
            let from = |seq| Span::From { seq, most: args.last().most() };
            // Never that all since then is here: only what was seen can be told.
            match reader.seek(&stream, Goal::Time(time)).await? {
                Landing::Frame(edge) | Landing::BeforeFirst(edge) => (from(edge.seq), false),
                Landing::Disordered(Some(edge)) => (from(edge.seq), true),
                Landing::Nothing => (Span::All, false),
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
    if matches!(begun, Begun::NoStream) && missing(opened, &reader, room).await? {
        begun = reader.walk(&stream, span).await?;
    }
    match begun {
        Begun::Walk(walk) => {
            remark(room, present(room, walk.stream().clone()));
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
            remark(room, present(room, *info));
            let was = match state.last_seq {
                0 => "this server knows of none that was given out".to_owned(),
                last => format!("the last sequence that it knows is {}", format::count(last)),
            };
            say(&format!("{}: the stream holds no messages; {was}", room.id));
            Damage::of(&gaps).say(room, &state);
            Ok(args.only(&gaps, &state)?)
        }
        Begun::NoStream => Ok(args.only(&[], &StreamState::default())?),
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

/// A stream that is missing is made, as on every read of a persisted room's history; not one that
/// was there a moment ago. Whether there is something to read in it.
async fn missing(opened: &Opened, reader: &Reader, room: &Room) -> Result<bool, Stopped> {
    let id = &room.id;
    if reader.seen(&id.stream()).is_some() {
        return Err(Stopped::Said(Failure::failed(format!(
            "room {id}: its stream was deleted just now, and is not made anew unasked; roomscope \
             ensure {id} makes it"
        ))));
    }
    let words = match ensure_missing(opened.store.as_ref(), room).await? {
        Ensured::Created(info) => {
            say(&format!("{id}: there was no stream; created it now: {}", created(&info)));
            return Ok(!info.state.is_empty());
        }
        Ensured::Present(_) | Ensured::Drifted(..) => {
            say(&format!("{id}: the stream was made by someone else just now"));
            return Ok(true);
        }
        Ensured::WouldCreate(spec) => {
            format!("; without --read-only, {} would be created for {}", spec.name, spec.subject)
        }
        Ensured::NotOurs { why, .. } if room.known_from.file => {
            format!(", and none is made: {why}")
        }
        Ensured::NotOurs { .. } => return Err(Stopped::Said(no_stream(room))),
    };
    say(&format!("{id}: there is no stream{words}"));
    Ok(false)
}
