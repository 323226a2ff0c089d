//! Sentences and short forms that several widgets share.

use jiff::Timestamp;

use crate::app::moment::Damage;
use crate::app::since::Since;
use crate::app::view::Content;
use crate::app::{Action, Moment, State};
use crate::domain::{
    Connection, FaultKind, Found, Room, RoomRow, RoomState, StreamSpec, escape, format,
};

use super::text;

/// Before a list of what the configuration can have taken.
pub(super) const IN_FORCE: &str =
    "In force now, and can have removed them (what was in force before is not known):";

/// Milliseconds after which something under way shows that it is.
pub(super) const SLOW_MS: i64 = 200;

/// Milliseconds from `since` to the state's clock, when it has lasted long enough to tell.
pub(super) fn slow(since: Timestamp, now: Timestamp) -> Option<i64> {
    let ms = now.as_millisecond().saturating_sub(since.as_millisecond());
    (ms > SLOW_MS).then_some(ms)
}

/// Columns of an age in a list.
pub(super) const AGE: usize = 8;

/// An age for a column of [`AGE`]: `99d 23h`, `in 5m`; what is wider goes without its smaller
/// unit.
pub(super) fn age(then: Timestamp, now: Timestamp) -> String {
    let age = format::age(then, now);
    match age.rsplit_once(' ') {
        Some((short, _)) if age.len() > AGE => short.to_owned(),
        _ => age,
    }
}

/// Tenths of a second: `1.2 s`.
pub(super) fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// Columns a server's name may take in the status line.
const SERVER_NAME: usize = 20;

/// The connection in the longest form that fits `width` columns. Where it is up, the address is
/// what is cut: version and account show at 80 columns.
pub(super) fn connection(
    connection: &Connection,
    dot: &str,
    ellipsis: &str,
    width: usize,
) -> String {
    match connection {
        Connection::Local { label } => format!("{} embedded, no server", label.to_uppercase()),
        Connection::Connecting { tried, attempt, last } => match last {
            None => format!("connecting to {tried} {dot} attempt {attempt}"),
            Some(fault) => {
                format!("connecting to {tried} {dot} attempt {attempt}: {}", fault.text)
            }
        },
        Connection::Connected { address, server, version, account, .. } => {
            let account = account
                .as_ref()
                .map_or(String::new(), |name| format!(" {dot} account {}", escape::text(name)));
            let name = match text::fit(server, SERVER_NAME, ellipsis) {
                name if is_server_id(server) || name.is_empty() => String::new(),
                name => format!("{name} "),
            };
            let tail = format!(" {dot} {version}{account}");
            let forms = [
                format!("connected {address} {dot} {name}{version}{account}"),
                format!("{address} {dot} {name}{version}{account}"),
                format!("{address}{tail}"),
            ];
            let fits = forms.into_iter().find(|form| text::width(form) <= width);
            fits.unwrap_or_else(|| {
                let room = width.saturating_sub(text::width(&tail)).max(12);
                format!("{}{tail}", text::fit(address, room, ellipsis))
            })
        }
        Connection::Reconnecting { tried, attempt, last } => {
            let why = last.as_ref().map_or(String::new(), |f| format!(": {}", f.text));
            format!("reconnecting to {tried} {dot} attempt {attempt}{why}")
        }
        Connection::Denied { tried, fault, .. } => format!("denied by {tried}: {}", fault.text),
    }
}

/// Whether a server has no name of its own: it then calls itself by its id, a public key of 56
/// characters that begins with N.
pub(super) fn is_server_id(name: &str) -> bool {
    name.len() == 56
        && name.starts_with('N')
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Of a room of which a member without a leader told.
pub(super) const NO_LEADER: &str = "Its stream has no leader: what it holds now is not known.";

/// Whether the last that was heard of a room's stream is that it has no leader.
pub(super) fn has_no_leader(row: &RoomRow) -> bool {
    match &row.found {
        Found::Stream(info) => info.leaderless,
        Found::Failed(fault) => fault.kind == FaultKind::NoLeader,
        _ => false,
    }
}

/// What is wrong with a room, a sentence each, the gravest first; one on its stream otherwise.
pub(super) fn state_sentences(row: &RoomRow) -> Vec<String> {
    let of_stream = RoomState::of(&row.room, &row.found);
    let mut states = row.marks();
    if !states.contains(&of_stream) {
        states.push(of_stream);
    }
    states.into_iter().map(|state| state_sentence(state, row)).collect()
}

fn state_sentence(state: RoomState, row: &RoomRow) -> String {
    match (state, &row.found) {
        (RoomState::Damaged, _) => {
            "Something it held was found lost or unreadable since this program was started.".into()
        }
        (RoomState::Plaintext, _) => {
            "Frames that anyone can read were found in it since this program was started.".into()
        }
        (RoomState::Stale | RoomState::NotKnown, Found::Stream(_)) => {
            let fault = row.stale.as_ref().map_or_else(String::new, ToString::to_string);
            format!("Stale: this is from before the last look failed: {fault}.")
        }
        (_, Found::Failed(fault)) => format!("Its stream could not be asked: {fault}."),
        (_, Found::NotKnown(fault)) => {
            format!("Whether its stream is there is not known: {fault}.")
        }
        (RoomState::NoLeader, _) => NO_LEADER.into(),
        (RoomState::Checking, _) => "Its stream was not asked for yet.".into(),
        (RoomState::Kept, _) if row.room.subject.is_none() => {
            "Its stream is there and looks like what the contract makes; its subject and replicas \
             are not known, so they were not compared."
                .into()
        }
        (RoomState::Kept, _) if row.marks().is_empty() => {
            "The stream is as the contract makes it; of its frames nothing is said.".into()
        }
        (RoomState::Kept, _) => "The stream is as the contract makes it.".into(),
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
        // The found is Failed for the others and was handled above.
        _ => String::new(),
    }
}

/// What a stream would be created with.
pub(super) fn spec(spec: &StreamSpec) -> String {
    format!(
        "{}: subject {}, file storage, limits retention, {}",
        spec.name,
        escape::text(spec.subject.as_str()),
        format::counted(u64::from(spec.replicas), "replica")
    )
}

/// What opening a room without a stream does, given what may be written.
pub(super) fn creating(room: &Room, state: &State) -> String {
    match (room.spec(), room.why_not_ensured()) {
        (Some(wanted), _) if state.read_only => {
            format!(
                "Read-only: nothing is written. Without --read-only, opening it would create {}. \
                 Nothing is captured until it exists.",
                spec(&wanted)
            )
        }
        (Some(_), _) if state.rooms.was_seen(&room.id) => {
            "Its stream was here earlier in this session and is gone. Opening it asks before a new, \
             empty one is made."
                .into()
        }
        (Some(_), _) if could_not_create(room, state) => {
            "Opening it would have created its stream, and that failed.".into()
        }
        (Some(wanted), _) => {
            format!(
                "Opening it creates {}. What was published before is not in it.",
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

/// That a room was found damaged, and why. When that was, where what is on the screen is of
/// another moment.
pub(super) fn damaged(damage: &Damage, state: &State) -> String {
    let why = damage.why.join(" ");
    if state.view.moment == Some(damage.moment) {
        return format!("Damaged: {why}");
    }
    format!("Damaged when seen at {}; as told then: {why}", damage.at(state.now, &state.zone))
}

/// What became of the stream since the page was read.
pub(super) fn since(since: &Since, state: &State) -> String {
    let key = state.keymap.hint(Action::Refresh);
    let moment = since.as_of.map(Moment::by_server);
    let by =
        moment.map_or_else(String::new, |at| format!(" at {}", at.words(state.now, &state.zone)));
    if since.remade {
        return format!("The stream was deleted and made again since{by}. {key} reads it.");
    }
    let mut parts = Vec::new();
    if let Some(last) = since.newer {
        parts.push(format!("Newer frames exist: the stream went on to {}.", format::count(last)));
    }
    if let Some(last) = since.back {
        let last = format::count(last);
        parts.push(format!("Its end is gone since: the last sequence is {last}, lower than here."));
    }
    if let Some(first) = since.begins {
        let first = format::count(first);
        parts.push(format!("Its beginning is gone since: the stream begins at {first}."));
    }
    format!("{} Seen{by}; {key} reads it anew.", parts.join(" "))
}

/// Who named a room.
pub(super) fn known_from(room: &Room) -> String {
    let from = room.known_from;
    let all = [(from.server, "server"), (from.file, "rooms file"), (from.args, "command line")];
    let all: Vec<_> = all.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if all.is_empty() { "unknown".into() } else { all.join(", ") }
}
