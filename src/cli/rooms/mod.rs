//! `rooms`: the list of rooms.

mod json;

use std::collections::HashMap;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;

use crate::domain::{Completeness, FaultKind, Found, Moved, RoomId, RoomState, escape, format};
use crate::domain::{RoomRow, Sort};
use crate::store::reader::Reader;

use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::out::{Out, say};
use crate::cli::source::{Listing, SourceArgs, Wait};
use crate::ui::fit;

/// Arguments of `rooms`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope rooms --sort missing
  roomscope rooms --state drift --state no-stream --rooms rooms.toml
  roomscope rooms --ask --state damaged
  roomscope rooms --demo --json")]
pub(super) struct Rooms {
    /// Only rooms with this in their id, name or state.
    #[arg(value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
    /// Only rooms in this state; may be given several times.
    #[arg(long, value_name = "STATE", value_parser = states())]
    state: Vec<RoomState>,
    /// The order; the greatest or latest first, but names from a to z.
    #[arg(long, value_name = "BY", value_enum, default_value = "name")]
    sort: By,
    /// Ask each stream's leader what is missing and what is lost: one STREAM.INFO a room, or two.
    ///
    /// No frame is read, so nothing is said of messages that cannot be read: check and why read them.
    #[arg(long)]
    ask: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

/// What rooms are sorted by.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// By name, or by id where there is none.
    Name,
    /// By when the last frame was stored.
    Activity,
    /// By the number of frames.
    Frames,
    /// By stored bytes.
    Bytes,
    /// By missing sequences, those before the first one included.
    Missing,
}

impl From<By> for Sort {
    fn from(by: By) -> Self {
        match by {
            By::Name => Self::Name,
            By::Activity => Self::Activity,
            By::Frames => Self::Frames,
            By::Bytes => Self::Bytes,
            By::Missing => Self::Missing,
        }
    }
}

impl Subcommand for Rooms {
    fn source(&mut self) -> Option<&mut SourceArgs> {
        Some(&mut self.source)
    }

    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(run(*self))
    }
}

/// Lists the rooms.
async fn run(args: Rooms) -> Result<u8, Failure> {
    let opened = args.source.open(Wait::UntilUp).await?;
    let mut listing = opened.all().await;
    let asked = if args.ask { ask(&opened.reader(), &mut listing).await } else { Asked::default() };
    listing.rooms.set_filter(args.text.clone());
    listing.rooms.set_sort(args.sort.into());
    let rows: Vec<&RoomRow> = (0..listing.rooms.len())
        .filter_map(|at| listing.rooms.row(at))
        .filter(|row| args.state.is_empty() || args.state.iter().any(|state| row.is_in(*state)))
        .collect();
    let mut out = Out::new();
    if args.json {
        for row in &rows {
            out.json(&json::Line::of(row, &asked))?;
        }
    } else if !rows.is_empty() {
        out.line(&table(&rows, args.ask.then_some(&asked), Timestamp::now()))?;
    }
    out.flush()?;
    let (shown, all) = (rows.len() as u64, listing.rooms.all().len() as u64);
    listing.remark();
    say(&format!(
        "{} of {}, {}",
        format::count(shown),
        format::counted(all, "room"),
        format::counted(listing.requests, "request")
    ));
    Ok(u8::from(is_incomplete(&listing)))
}

/// What asking gave: how complete each room's history is, as its leader tells.
type Asked = HashMap<RoomId, Completeness>;

/// Streams asked at the same time.
const ASKING: usize = 8;

/// Asks each stream that the listing found. One that does not answer is not known.
async fn ask(reader: &Reader, listing: &mut Listing) -> Asked {
    let rows = listing.rooms.all().iter();
    let found = rows.filter(|row| matches!(row.found, Found::Stream(_)));
    let ids: Vec<_> = found.map(|row| row.room.id.clone()).collect();
    let looks = ids.into_iter().map(|id| async move {
        let looked = reader.look(&id.stream()).await;
        (id, looked)
    });
    let looks: Vec<_> = stream::iter(looks).buffer_unordered(ASKING).collect().await;
    let mut asked = Asked::new();
    for (id, looked) in looks {
        let verdict = match looked {
            Ok(Some(looked)) => {
                listing.requests += looked.cost.requests();
                looked.account().judge().0
            }
            Ok(None) | Err(_) => {
                listing.requests += 1;
                Completeness::NotKnown
            }
        };
        if verdict == Completeness::Damaged {
            listing.rooms.mark_damaged(&id);
        }
        asked.insert(id, verdict);
    }
    asked
}

/// Whether rooms may be missing from the list. An account that may not list streams still has
/// those of the rooms file.
pub(super) fn is_incomplete(listing: &Listing) -> bool {
    let has_rooms = !listing.rooms.all().is_empty();
    let is_harmless = |kind: &FaultKind| has_rooms && matches!(kind, FaultKind::Denied(_));
    listing.moved == Some(Moved::MayLack)
        || listing.notes.iter().any(|note| !is_harmless(&note.kind))
}

/// States by their words, with a dash for the blank; the blank does too.
fn states() -> impl TypedValueParser<Value = RoomState> {
    let named = |text: &str| {
        let is_meant = |state: &RoomState| text == dashed(*state) || text == state.word();
        RoomState::ALL.into_iter().find(is_meant)
    };
    let words = RoomState::ALL.map(|state| PossibleValue::new(dashed(state)).alias(state.word()));
    PossibleValuesParser::new(words).try_map(move |text| named(&text).ok_or("no such state"))
}

const fn dashed(state: RoomState) -> &'static str {
    match state {
        RoomState::NoStream => "no-stream",
        RoomState::NotPersisted => "not-persisted",
        RoomState::NoAnswer => "no-answer",
        RoomState::NoLeader => "no-leader",
        RoomState::NoJetStream => "no-jetstream",
        RoomState::NotKnown => "not-known",
        state => state.word(),
    }
}

fn table(rows: &[&RoomRow], asked: Option<&Asked>, now: Timestamp) -> String {
    const RIGHT: [usize; 5] = [2, 3, 4, 5, 6];
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let mut header = vec!["ROOM", "STATE", "FRAMES", "BYTES", "MISSING", "BEFORE", "LAST"];
    header.extend(asked.map(|_| "COMPLETE"));
    header.push("NAME");
    table.set_header(header);
    for row in rows {
        // What a member without a leader says is not the stream's state.
        let state = row.stream().filter(|info| !info.leaderless).map(|info| &info.state);
        let number = |number: Option<u64>| number.map_or_else(|| "-".into(), format::count);
        let name = row.room.name.as_deref().unwrap_or_default();
        let mut cells = vec![
            row.room.id.to_string(),
            row.state().word().to_owned(),
            number(state.map(|state| state.messages)),
            state.map_or_else(|| "-".into(), |state| format::bytes(state.bytes)),
            number(state.map(|state| state.num_deleted)),
            number(state.map(crate::domain::StreamState::before_first)),
            state
                .and_then(|state| state.last_time)
                .map_or_else(|| "-".into(), |time| format::age(time, now)),
        ];
        cells.extend(asked.map(|asked| match asked.get(&row.room.id) {
            Some(verdict) => verdict.name().to_owned(),
            None => "-".into(),
        }));
        cells.push(escape::text(name).into_owned());
        table.add_row(cells);
    }
    for at in RIGHT {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let text = table.to_string();
    // On a terminal a row stays a row: what is cut is the name, which comes last.
    let columns = crossterm::terminal::size().ok().filter(|_| Out::is_terminal());
    let columns = columns.map_or(usize::MAX, |(columns, _)| usize::from(columns));
    let lines: Vec<_> = text.lines().map(|line| fit(line.trim_end(), columns, "~")).collect();
    lines.join("\n")
}
