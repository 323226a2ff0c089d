//! What the shell reports: the connection, listings and reads.

use jiff::Timestamp;

use crate::app::effect::{Effect, Job};
use crate::app::moment::Moment;
use crate::app::overlay::ToastKind;
use crate::app::rooms::Listing;
use crate::app::state::State;
use crate::app::view::{Content, Row};
use crate::domain::{
    Connection, Ensured, Fault, FaultKind, Found, History, Listed, Page, Place, RoomId, Slot,
    format,
};

use super::{damage, pages};

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
        effects.extend(pages::open(state, &id));
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

fn is_current(state: &State, job: Job) -> bool {
    state.view.load.is_some_and(|load| load.job == job)
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
    if shown && (created || is_current(state, job)) {
        state.view.note = note;
    } else if !created {
        return Vec::new();
    }
    toast.map(|(kind, text)| state.toast(kind, text)).into_iter().collect()
}

pub(super) fn progress(state: &mut State, job: Job, known: u64, total: u64) -> Vec<Effect> {
    if let Some(load) = state.view.load.as_mut().filter(|load| load.job == job) {
        load.progress = Some((known, total));
        load.waiting = None;
    }
    Vec::new()
}

pub(super) fn waiting(state: &mut State, job: Job, met: Option<&FaultKind>) -> Vec<Effect> {
    if let Some(load) = state.view.load.as_mut().filter(|load| load.job == job) {
        load.waiting = met.map(FaultKind::word);
    }
    Vec::new()
}

/// The first picture of a page that is still being read.
pub(super) fn partial(state: &mut State, job: Job, page: Box<Page>) -> Vec<Effect> {
    let Some(load) = state.view.load.as_mut().filter(|load| load.job == job) else {
        return Vec::new();
    };
    load.partial = true;
    let (place, asked) = (load.place, load.since);
    let Some(id) = state.view.room.clone() else { return Vec::new() };
    show(state, &id, History::Page(page), asked);
    select(state, place);
    state.jumps.pictured = state.view.selected;
    Vec::new()
}

pub(super) fn read(state: &mut State, job: Job, outcome: Result<History, Fault>) -> Vec<Effect> {
    let Some(load) = state.view.load.filter(|load| load.job == job) else { return Vec::new() };
    let Some(id) = state.view.room.clone() else { return Vec::new() };
    let spot = load.partial.then(|| Spot::of(state));
    state.view.load = None;
    match outcome {
        Ok(history) => {
            state.forget_failures();
            if let Some(spot) = spot {
                let digest = state.detail.digest.take();
                show(state, &id, history, load.since);
                state.detail.digest = digest;
                spot.restore(state);
            } else {
                show(state, &id, history, load.since);
                select(state, load.place);
            }
            damage::judge(state, job)
        }
        Err(fault) => {
            let toast = state.toast(ToastKind::Failed, fault.to_string());
            if fault.kind == FaultKind::NoLeader {
                state.rooms.set_found(&id, Found::Failed(fault.clone()));
            }
            state.view.fault = Some(fault);
            vec![toast]
        }
    }
}

/// Shows what a read gave that was asked for then.
fn show(state: &mut State, id: &RoomId, history: History, asked: Timestamp) {
    state.view.fault = None;
    state.forget_failures();
    state.detail.digest = None;
    state.view.take(history);
    let as_of = state.view.stream().and_then(|info| info.as_of);
    state.view.moment = Some(Moment::of(as_of, asked, state.now));
    know(state, id);
}

/// Where a person was on the part of a page, to be found again on the whole of it.
struct Spot {
    seq: Option<u64>,
    /// Rows between the top of the pane and the selection.
    line: usize,
}

impl Spot {
    /// Someone on the row of what is still being read came to it from below.
    fn of(state: &State) -> Self {
        let view = &state.view;
        let seq = match view.selected_row() {
            Some(Row::Unread(run)) if view.is_reading(run) => Some(run.range.end()),
            _ => view.selected,
        };
        let line = view.selected_index().unwrap_or(0).saturating_sub(view.offset);
        Self { seq, line }
    }

    fn restore(self, state: &mut State) {
        let Some((page, seq)) = state.view.page().zip(self.seq) else { return };
        let index = Row::index_of(page, seq);
        state.view.offset = index.saturating_sub(self.line);
        state.view.select(index);
    }
}

/// The list learns what the read saw of the stream.
fn know(state: &mut State, id: &RoomId) {
    let without_leader = |slot: &Slot| match slot {
        Slot::Unread(run) if run.fault.kind == FaultKind::NoLeader => Some(run.fault.clone()),
        _ => None,
    };
    let page = state.view.page();
    if let Some(fault) = page.and_then(|page| page.slots().iter().find_map(without_leader)) {
        // It was there at the first look, and gone before the last.
        state.rooms.set_found(id, Found::Failed(fault));
        return;
    }
    let found = match (&state.view.content, state.view.stream()) {
        (_, Some(info)) => {
            let mut info = Box::new(info.clone());
            // The list is the page's; a row for every room that was opened must not keep one.
            info.state.deleted = None;
            Found::Stream(info)
        }
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
            state.view.select(at);
        }
        (Place::Around(seq), _) => {
            let at = state.view.page().map_or(0, |page| Row::index_of(page, seq));
            state.view.select(at);
            state.view.offset = at.saturating_sub(state.viewport.frames / 2);
            return;
        }
        (Place::Oldest | Place::After(_), None) => state.view.select(0),
        _ => state.view.select(usize::MAX),
    }
    if let Some(page) = state.view.page()
        && kept.is_none()
    {
        state.view.offset = Row::count(page);
    }
}
