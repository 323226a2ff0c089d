//! Ensuring a room's stream without ever changing an existing one, and changing one when a person
//! says so.
//!
//! An UPDATE replaces a stream's whole configuration and would scale three replicas to one
//! without a word, so ensuring never sends one: it reads, creates what is missing, and reports
//! what differs.

#[cfg(test)]
mod tests;

use super::{HistoryStore, StoreError};
use crate::domain::{Drift, Ensured, FaultKind, Room, StreamInfo};

/// Why nothing is written to a source without a [writer](HistoryStore::writer).
const ONLY_READ: &str = "it comes from a source that can only be read";

/// Ensures that the room's stream exists. Sends no write where it does.
///
/// # Errors
/// Whatever the requests fail with; a stream that is missing is not an error.
pub async fn ensure(store: &dyn HistoryStore, room: &Room) -> Result<Ensured, StoreError> {
    match look(store, room).await? {
        Some(info) => Ok(present(room, info)),
        None => ensure_missing(store, room).await,
    }
}

/// What ensuring a stream that is there comes to. No request: whoever read its state has all that
/// it takes.
pub fn present(room: &Room, info: StreamInfo) -> Ensured {
    if room.spec().is_none() {
        return not_ours(room, Some(info));
    }
    compared(room, info)
}

/// Ensures a stream that was found missing just now.
///
/// # Errors
/// Whatever the requests fail with.
pub async fn ensure_missing(store: &dyn HistoryStore, room: &Room) -> Result<Ensured, StoreError> {
    let Some(spec) = room.spec() else { return Ok(not_ours(room, None)) };
    let Some(writer) = store.writer() else {
        return Ok(Ensured::NotOurs { why: ONLY_READ, info: None });
    };
    if writer.read_only() {
        return Ok(Ensured::WouldCreate(spec));
    }
    match writer.create(&spec).await {
        // Of a stream that is there and has no leader, a member answers a CREATE as if it had made it.
        Ok(info) => Ok(Ensured::Created(Box::new(led(room, info)?))),
        // Somebody else created it in between, and differently.
        Err(error) if error.kind == FaultKind::StreamExists => match look(store, room).await? {
            Some(info) => Ok(compared(room, info)),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// Changes a drifted stream to what the contract makes of the room, as a person confirmed it on
/// `seen`. Gives the stream as it is then, and the drift that is left. Sends nothing where
/// nothing differs.
///
/// # Errors
/// Before anything is sent: when the room has no known stream, or when a field differs that no
/// update can change on a living stream. Otherwise as [`StreamWriter::update`](super::StreamWriter::update).
pub async fn amend(
    store: &dyn HistoryStore,
    room: &Room,
    seen: &StreamInfo,
) -> Result<(StreamInfo, Drift), StoreError> {
    let refused = |kind, detail: String| {
        let what = format!("change {}", room.id.stream());
        Err(StoreError::new(kind, what, detail))
    };
    let Some(mut spec) = room.spec() else {
        let why = room.why_not_ensured().unwrap_or("its stream is not known");
        return refused(FaultKind::BadConfig, why.into());
    };
    let drift = Drift::compare(room, &seen.config);
    if drift.is_none() {
        return Ok((seen.clone(), drift));
    }
    let fixed = drift.fields.iter().filter(|field| !field.changeable);
    let fixed: Vec<&str> = fixed.map(|field| field.field).collect();
    if !fixed.is_empty() {
        let detail = format!(
            "{} cannot be changed on an existing stream, so nothing was changed; only a new \
             stream can have it otherwise",
            fixed.join(", ")
        );
        return refused(FaultKind::StreamExists, detail);
    }
    // What nobody said stays as it is: a room of unknown replicas must not be scaled down to one.
    spec.replicas = room.replicas.unwrap_or(seen.config.replicas).max(1);
    let Some(writer) = store.writer() else {
        return refused(FaultKind::StreamExists, ONLY_READ.into());
    };
    let info = writer.update(&spec, seen).await?;
    let left = Drift::compare(room, &info.config);
    Ok((info, left))
}

/// What a member without a leader says is not the stream: it may be old, and nothing is compared
/// with it.
async fn look(store: &dyn HistoryStore, room: &Room) -> Result<Option<StreamInfo>, StoreError> {
    match store.info(&room.id.stream(), false).await {
        Ok(info) => led(room, info).map(Some),
        Err(error) if error.kind == FaultKind::StreamNotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The stream, unless it is one member's own, possibly old, state: nothing is said by that.
fn led(room: &Room, info: StreamInfo) -> Result<StreamInfo, StoreError> {
    if !info.leaderless {
        return Ok(info);
    }
    let detail = "it has no leader just now, and what a member without one says may be old";
    Err(StoreError::new(FaultKind::NoLeader, format!("look up {}", room.id.stream()), detail))
}

fn not_ours(room: &Room, info: Option<StreamInfo>) -> Ensured {
    let why = room.why_not_ensured().unwrap_or("its stream is not known");
    Ensured::NotOurs { why, info: info.map(Box::new) }
}

fn compared(room: &Room, info: StreamInfo) -> Ensured {
    let drift = Drift::compare(room, &info.config);
    if drift.is_none() {
        Ensured::Present(Box::new(info))
    } else {
        Ensured::Drifted(Box::new(info), drift)
    }
}
