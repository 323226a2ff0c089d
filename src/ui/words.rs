//! Sentences and short forms that several widgets share.

use jiff::Timestamp;

use crate::app::rooms::RoomRow;
use crate::app::view::Content;
use crate::app::{Action, State, action};
use crate::domain::{Connection, Found, Room, RoomState, StreamSpec, escape, format};

/// Milliseconds after which something under way shows that it is.
pub(super) const SLOW_MS: i64 = 200;

/// Milliseconds from `since` to the state's clock, when it has lasted long enough to tell.
pub(super) fn slow(since: Timestamp, now: Timestamp) -> Option<i64> {
    let ms = now.as_millisecond().saturating_sub(since.as_millisecond());
    (ms > SLOW_MS).then_some(ms)
}

/// Tenths of a second: `1.2 s`.
pub(super) fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// `1 message`, `2 messages`.
pub(super) fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", format::count(n), if n == 1 { "" } else { "s" })
}

/// The first key of an action, as in `Enter`.
pub(super) fn key(of: Action) -> String {
    action::keys_of(of).split(' ').next().unwrap_or_default().to_owned()
}

/// The connection in a few words.
pub(super) fn connection(connection: &Connection, dot: &str) -> String {
    match connection {
        Connection::Demo => "DEMO embedded, no server".into(),
        Connection::Connecting { tried, attempt, last } => match last {
            None => format!("connecting to {tried} {dot} attempt {attempt}"),
            Some(fault) => {
                format!("connecting to {tried} {dot} attempt {attempt}: {}", fault.text)
            }
        },
        Connection::Connected { server, version, account } => {
            let account = account
                .as_ref()
                .map_or(String::new(), |name| format!(" {dot} account {}", escape::text(name)));
            format!("connected {dot} {server} {version}{account}")
        }
        Connection::Reconnecting { tried, attempt, last } => {
            let why = last.as_ref().map_or(String::new(), |f| format!(": {}", f.text));
            format!("reconnecting to {tried} {dot} attempt {attempt}{why}")
        }
        Connection::Denied { tried, fault, .. } => format!("denied by {tried}: {}", fault.text),
    }
}

/// A room's state in a sentence.
pub(super) fn state_sentence(row: &RoomRow) -> String {
    match (row.state(), &row.found) {
        (_, Found::Failed(fault)) => format!("Its stream could not be asked: {fault}."),
        (RoomState::Checking, _) => "Its stream was not asked for yet.".into(),
        (RoomState::Ok, _) if row.room.subject.is_none() => {
            "Its stream is there and looks like what the contract makes; its subject and replicas \
             are not known, so they were not compared."
                .into()
        }
        (RoomState::Ok, _) => "Its stream is there and is what the contract makes.".into(),
        (RoomState::Empty, _) => "Its stream is there and holds no messages now.".into(),
        (RoomState::NoStream, _) => "It has no stream, so there is no history to show.".into(),
        (RoomState::Drift, _) => {
            "Its stream is there, but its configuration is not what the contract makes.".into()
        }
        (RoomState::NotPersisted, Found::Stream(_)) => {
            "The rooms file says that it is not persisted, yet it has a stream.".into()
        }
        (RoomState::NotPersisted, _) => {
            "The rooms file says that its messages are not kept.".into()
        }
        // The found is Failed for these three and was handled above.
        (RoomState::Denied | RoomState::Offline | RoomState::Error, _) => String::new(),
    }
}

/// What a stream would be created with.
pub(super) fn spec(spec: &StreamSpec) -> String {
    format!(
        "{}: subject {}, file storage, limits retention, {}",
        spec.name,
        escape::text(spec.subject.as_str()),
        counted_replicas(spec.replicas)
    )
}

fn counted_replicas(n: u32) -> String {
    if n == 1 { "1 replica".into() } else { format!("{n} replicas") }
}

/// What opening a room without a stream does, given what may be written.
pub(super) fn creating(room: &Room, state: &State) -> String {
    match (room.spec(), room.why_not_ensured()) {
        (Some(wanted), _) if state.read_only => {
            format!(
                "Read-only: nothing is written. Without --read-only, opening it would create {}.",
                spec(&wanted)
            )
        }
        (Some(_), _) if could_not_create(room, state) => {
            "Opening it would have created its stream, and that failed.".into()
        }
        (Some(wanted), _) => {
            format!(
                "Opening it creates {}. Messages from before that were never captured.",
                spec(&wanted)
            )
        }
        (None, Some(why)) => format!("It is read but never created: {why}."),
        (None, None) => String::new(),
    }
}

/// Whether the room is the opened one and has no stream all the same.
fn could_not_create(room: &Room, state: &State) -> bool {
    state.view.room.as_ref() == Some(&room.id) && matches!(state.view.content, Content::NoStream)
}

/// Who named a room.
pub(super) fn known_from(room: &Room) -> String {
    let from = room.known_from;
    let all = [(from.server, "server"), (from.file, "rooms file"), (from.args, "command line")];
    let all: Vec<_> = all.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if all.is_empty() { "unknown".into() } else { all.join(", ") }
}
