//! `history`: a room's frames and gaps, in the form that is wanted.

mod args;
mod contract;
mod ensured;
mod hex;
mod jsonl;
mod print;
mod table;
mod write;

use crate::cli::error::Failure;
use crate::cli::out::say;
use crate::cli::source::on;
use crate::domain::jump::OUT_OF_ORDER;
use crate::domain::{Gap, Goal, Landing, StreamState, format};
use crate::store::ensure::present;
use crate::store::reader::{Begun, Span};
pub(super) use args::History;

/// Prints a room's history.
pub(super) async fn run(args: History) -> Result<u8, Failure> {
    let span = args.check()?;
    let opened = args.source.open().await?;
    let room = opened.room(&args.room);
    let stream = room.id.stream();
    let reader = opened.reader();
    let mut disordered = false;
    let span = match &args.since {
        None => span,
        Some(text) => {
            let time = args::time(text, &args.zone())?;
            // Never that all since then is here: only what was seen can be told.
            match reader.seek(&stream, Goal::Time(time)).await.map_err(|error| on(&room, error))? {
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
                    return args.only(&[], &StreamState::default());
                }
            }
        }
    };
    let begun = reader.walk(&stream, span).await.map_err(|error| on(&room, error))?;
    match begun {
        Begun::Walk(walk) => {
            ensured::remark(&room, present(&room, walk.stream().clone()));
            args.print(&room, *walk, disordered).await
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
            let (state, gaps) = (info.state.clone(), Gap::before_first(&info));
            ensured::remark(&room, present(&room, *info));
            let was = match state.last_seq {
                0 => "this server knows of none that was given out".to_owned(),
                last => format!("the last sequence that it knows is {}", format::count(last)),
            };
            say(&format!("{}: the stream holds no messages; {was}", room.id));
            args.only(&gaps, &state)
        }
        Begun::NoStream => {
            ensured::missing(&opened, &room).await?;
            args.only(&[], &StreamState::default())
        }
    }
}
