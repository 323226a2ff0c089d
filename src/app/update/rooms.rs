//! Rooms: what the connection, listings and ensuring tell of them.

use crate::app::effect::{Effect, Job};
use crate::app::overlay::ToastKind;
use crate::app::rooms::Listing;
use crate::app::state::State;
use crate::domain::{Connection, Ensured, Fault, Found, Listed, RoomId, format};

use super::{load, pages};

/// Reads that a connection that came back causes, without a key in between.
const UNASKED_AT_MOST: u8 = 3;

/// The connection changed. Once it is up, what could not be had before is asked for.
pub(super) fn connection(state: &mut State, connection: Connection) -> Vec<Effect> {
    let came_up = connection.is_up() && (!state.started || !state.connection.is_up());
    state.connection = connection;
    if !came_up {
        return Vec::new();
    }
    state.started = true;
    state.forget_failures();
    let mut effects = list(state);
    if let Some(id) = state.open_at_start.take() {
        effects.extend(load::open(state, &id));
        return effects;
    }
    // Only reads: what would write waits for a key, so a stream is never created by a connection
    // that comes back. Focus and selection stay where the person has them.
    // Not without end, should the read itself be what takes the connection.
    if state.unasked >= UNASKED_AT_MOST {
        return effects;
    }
    if state.view.page().is_some_and(|page| pages::is_worth_completing(page)) {
        state.unasked += 1;
        effects.extend(pages::complete(state));
    } else if state.view.room.is_some() && state.view.fault.is_some() {
        state.unasked += 1;
        effects.extend(pages::refresh(state, false));
    }
    effects
}

/// Lists the rooms, all that are known already included, so that a stream that is gone shows.
pub(super) fn list(state: &mut State) -> Vec<Effect> {
    if !state.connection.is_up() {
        let note = "the rooms cannot be listed: there is no connection just now";
        return vec![state.toast(ToastKind::Note, note)];
    }
    let job = state.job();
    state.rooms.listing = Some(Listing::new(job, state.now));
    let known = state.rooms.all().iter().map(|row| row.room.clone()).collect();
    vec![Effect::List { job, known }]
}

pub(super) fn listed(state: &mut State, job: Job, listed: Listed) -> Vec<Effect> {
    let Some(listing) = state.rooms.listing.filter(|listing| listing.job == job) else {
        return Vec::new();
    };
    if listing.notes_are_old {
        state.rooms.notes.clear();
        state.rooms.moved = None;
        state.rooms.listing = Some(Listing { notes_are_old: false, ..listing });
    }
    match listed {
        Listed::Rooms(rooms) => state.rooms.merge(rooms),
        Listed::Found(found) => state.rooms.found(found),
        Listed::Note(fault) => state.rooms.notes.push(fault),
        Listed::Moved(moved) => state.rooms.moved = Some(moved),
        Listed::Unreached(_) => {}
        Listed::Done { .. } => state.rooms.listing = None,
    }
    Vec::new()
}

/// What ensuring a room's stream came to. The room's row learns it whatever is on the screen by
/// now, and a stream that was created is always told of.
pub(super) fn ensured(
    state: &mut State,
    job: Job,
    id: &RoomId,
    outcome: Result<Ensured, Fault>,
) -> Vec<Effect> {
    let created = matches!(outcome, Ok(Ensured::Created(_)));
    let (found, note, toast) = match outcome {
        Ok(Ensured::Present(info)) => (Some(Found::Stream(info)), None, None),
        // That it drifted is said where its state is: above the page and in the list.
        Ok(Ensured::Drifted(info, _)) => (Some(Found::Stream(info)), None, None),
        Ok(Ensured::Created(info)) => {
            let at = format::clock(state.now, &state.zone);
            let note =
                format!("The stream was created at {at}: {}.", crate::domain::room::created(&info));
            let toast = format!("created {}", id.stream());
            (Some(Found::Stream(info)), Some(note), Some((ToastKind::Done, toast)))
        }
        // What would be created is said where the page would be.
        Ok(Ensured::WouldCreate(_)) => (Some(Found::NoStream), None, None),
        Ok(Ensured::NotOurs { why, info }) => {
            let found = info.map_or(Found::NoStream, Found::Stream);
            (Some(found), Some(format!("Read, but not ensured: {why}.")), None)
        }
        Err(fault) => {
            let note = format!("The stream could not be ensured: {fault}.");
            (None, Some(note), Some((ToastKind::Failed, fault.to_string())))
        }
    };
    if let Some(found) = found {
        state.rooms.set_found(id, found);
    }
    let shown = state.view.room.as_ref() == Some(id);
    if shown && (created || load::is_current(state, job)) {
        state.view.note = note;
    } else if !created {
        return Vec::new();
    }
    toast.map(|(kind, text)| state.toast(kind, text)).into_iter().collect()
}
