//! What a history read means for the room's stream: a missing one is made, a drifted one is told of.

use crate::cli::error::Failure;
use crate::cli::out::say;
use crate::cli::source::{Opened, no_stream};
use crate::domain::room::created;
use crate::domain::{Ensured, Room};
use crate::store::ensure::ensure_missing;
use crate::store::reader::Reader;

use super::Stopped;

/// Says what the stream means for the room, where that is anything to say.
pub(super) fn remark(room: &Room, ensured: Ensured) {
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
pub(super) async fn missing(
    opened: &Opened,
    reader: &Reader,
    room: &Room,
) -> Result<bool, Stopped> {
    if reader.seen(&room.id.stream()).is_some() {
        return Err(Stopped::Said(Failure::failed(format!(
            "room {}: its stream was deleted just now, and is not made anew unasked; roomscope \
             ensure {} makes it",
            room.id, room.id
        ))));
    }
    match ensure_missing(opened.store.as_ref(), room).await.map_err(Stopped::Store)? {
        Ensured::Created(info) => {
            let words = created(&info);
            say(&format!("{}: there was no stream; created it now: {words}", room.id));
            return Ok(!info.state.is_empty());
        }
        Ensured::WouldCreate(spec) => say(&format!(
            "{}: there is no stream; without --read-only, {} would be created for {}",
            room.id, spec.name, spec.subject
        )),
        Ensured::NotOurs { why, .. } if room.known_from.file => {
            say(&format!("{}: there is no stream, and none is made: {why}", room.id));
        }
        Ensured::NotOurs { .. } => return Err(Stopped::Said(no_stream(room))),
        Ensured::Present(_) | Ensured::Drifted(..) => {
            say(&format!("{}: the stream was made by someone else just now", room.id));
            return Ok(true);
        }
    }
    Ok(false)
}
