//! What the shell reports: the connection, listings and reads.

use crate::app::effect::{Effect, Job};
use crate::app::rooms::Listing;
use crate::app::rows;
use crate::app::state::{State, ToastKind};
use crate::app::view::Content;
use crate::domain::{Connection, Ensured, Fault, Found, History, Listed, Place, RoomId};

use super::{motion, pages};

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
        effects.extend(pages::open(state, &id));
        return effects;
    }
    let unread = state.view.page().is_some_and(|page| pages::has_unread(page));
    match (&state.view.content, state.view.room.clone()) {
        (Content::Nothing, Some(id)) if state.view.fault.is_some() => {
            let focus = state.focus;
            effects.extend(pages::open(state, &id));
            state.focus = focus;
        }
        _ if unread || state.view.fault.is_some() => effects.extend(pages::retry(state)),
        _ => {}
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
        state.rooms.listing = Some(Listing { notes_are_old: false, ..listing });
    }
    match listed {
        Listed::Rooms(rooms) => state.rooms.merge(rooms),
        Listed::Found(found) => state.rooms.found(found),
        Listed::Note(fault) => state.rooms.notes.push(fault),
        Listed::Done { .. } => state.rooms.listing = None,
    }
    Vec::new()
}

fn is_current(state: &State, job: Job) -> bool {
    state.view.load.is_some_and(|load| load.job == job)
}

pub(super) fn ensured(state: &mut State, job: Job, outcome: Result<Ensured, Fault>) -> Vec<Effect> {
    let (true, Some(id)) = (is_current(state, job), state.view.room.clone()) else {
        return Vec::new();
    };
    let (found, note, toast) = match outcome {
        Ok(Ensured::Present(info)) => (Some(Found::Stream(info)), None, None),
        // That it drifted is said where its state is: above the page and in the list.
        Ok(Ensured::Drifted(info, _)) => (Some(Found::Stream(info)), None, None),
        Ok(Ensured::Created(info)) => {
            let note = "The stream was created just now. Messages published before it existed \
                        were never captured.";
            let toast = format!("created {}", id.stream());
            (Some(Found::Stream(info)), Some(note.to_owned()), Some((ToastKind::Done, toast)))
        }
        // What would be created is said where the page would be.
        Ok(Ensured::WouldCreate(_)) => (Some(Found::NoStream), None, None),
        Ok(Ensured::NotOurs { why, info }) => {
            let found = info.map_or(Found::NoStream, Found::Stream);
            (Some(found), Some(format!("The stream is read but not ensured: {why}.")), None)
        }
        Err(fault) => {
            let note = format!("The stream could not be ensured: {fault}.");
            (None, Some(note), Some((ToastKind::Failed, fault.to_string())))
        }
    };
    state.view.note = note;
    if let Some(found) = found {
        state.rooms.set_found(&id, found);
    }
    toast.map(|(kind, text)| state.toast(kind, text)).into_iter().collect()
}

pub(super) fn progress(state: &mut State, job: Job, known: u64, total: u64) -> Vec<Effect> {
    if let Some(load) = state.view.load.as_mut().filter(|load| load.job == job) {
        load.progress = Some((known, total));
    }
    Vec::new()
}

pub(super) fn read(state: &mut State, job: Job, outcome: Result<History, Fault>) -> Vec<Effect> {
    let Some(load) = state.view.load.filter(|load| load.job == job) else { return Vec::new() };
    let Some(id) = state.view.room.clone() else { return Vec::new() };
    state.view.load = None;
    match outcome {
        Ok(history) => {
            state.view.fault = None;
            state.forget_failures();
            state.detail.digest = None;
            state.view.take(history);
            know(state, &id);
            select(state, load.place);
            Vec::new()
        }
        Err(fault) => {
            let toast = state.toast(ToastKind::Failed, fault.to_string());
            state.view.fault = Some(fault);
            vec![toast]
        }
    }
}

/// The list learns what the read saw of the stream.
fn know(state: &mut State, id: &RoomId) {
    let found = match (&state.view.content, state.view.stream()) {
        (_, Some(info)) => Found::Stream(Box::new(info.clone())),
        (Content::NoStream, _) => Found::NoStream,
        _ => return,
    };
    state.rooms.set_found(id, found);
}

/// Puts the selection where reading goes on: at the near end of a page that was turned to, on the
/// same sequence after a refresh.
fn select(state: &mut State, place: Place) {
    let kept = state.view.selected.filter(|_| matches!(place, Place::At(_)));
    match (place, kept) {
        (_, Some(_)) => {
            let at = state.view.selected_index().unwrap_or(0);
            motion::select_row(state, at);
        }
        (Place::Oldest | Place::After(_), None) => motion::select_row(state, 0),
        _ => motion::select_row(state, usize::MAX),
    }
    if let Some(page) = state.view.page()
        && kept.is_none()
    {
        state.view.offset = rows::count(page);
    }
}
