//! A page: opening a room, turning to it, asking for it, and taking it in.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::effect::{Effect, Job, Make, Purpose};
use crate::app::moment::Moment;
use crate::app::overlay::ToastKind;
use crate::app::state::{Focus, State};
use crate::app::view::{Content, Load, Row, View};
use crate::domain::{Fault, FaultKind, Found, History, Page, PageRequest, Place, Room, RoomId};

pub(super) const NO_ROOM: &str = "no room is open; Enter opens the selected one";

/// Opens a room at its newest page: its stream is ensured where it may be.
pub(super) fn open(state: &mut State, id: &RoomId) -> Vec<Effect> {
    let make = if state.rooms.was_seen(id) { Make::AskFirst } else { Make::Unseen };
    open_and(state, id, make)
}

/// The same, with what may become of a missing stream.
pub(super) fn open_and(state: &mut State, id: &RoomId, make: Make) -> Vec<Effect> {
    let Some(row) = state.rooms.get(id) else { return Vec::new() };
    let room = Box::new(row.room.clone());
    let deleted = row.stream().map(|info| info.state.num_deleted);
    let mut effects = Vec::new();
    if state.view.room.as_ref() != Some(id) {
        state.view = View { room: Some(id.clone()), ..View::default() };
        let sampling = state.map.sampling.take().is_some();
        if state.map.asking.take().is_some() || sampling {
            effects.push(Effect::StopSurvey);
        }
    }
    state.rooms.selected = Some(id.clone());
    state.focus_on(Focus::Frames);
    effects.push(ask(state, room, Place::Newest, Purpose::Open { deleted, make }));
    effects
}

/// Rows to show before a page is whole. None where the screen shows that page already, since a
/// part of it would be less; none for a page that is read from its top, since the newest rows are
/// what comes first.
fn screenful(state: &State, place: Place) -> usize {
    /// Rows of a common terminal, for as long as the layout is not known.
    const COMMON: usize = 40;
    let wanted = match place {
        Place::Newest => !state.view.is_newest(),
        Place::Before(_) => true,
        Place::At(window) => {
            state.view.page().is_none_or(|page| page.window().intersect(window).is_none())
        }
        Place::Oldest | Place::After(_) | Place::Around(_) => false,
    };
    match state.viewport.frames {
        _ if !wanted => 0,
        0 => COMMON,
        rows => rows,
    }
}

fn begin(state: &mut State, place: Place) -> Job {
    let job = state.job();
    // Whatever is read now is judged anew.
    state.view.again = None;
    // A search whose end nobody waits for any more.
    state.jumps.seek = None;
    state.view.load =
        Some(Load { job, place, since: state.now, progress: None, partial: false, waiting: None });
    job
}

pub(super) fn opened(state: &State) -> Option<Box<Room>> {
    let id = state.view.room.as_ref()?;
    state.rooms.get(id).map(|row| Box::new(row.room.clone()))
}

/// Reads the page of a place.
pub(super) fn go(state: &mut State, place: Place) -> Vec<Effect> {
    turn(state, place, false)
}

/// The same; `fresh` where nothing that was kept may be shown.
pub(super) fn turn(state: &mut State, place: Place, fresh: bool) -> Vec<Effect> {
    match opened(state) {
        Some(room) => vec![ask(state, room, place, Purpose::Show { fresh })],
        None => vec![state.toast(ToastKind::Note, NO_ROOM)],
    }
}

fn ask(state: &mut State, room: Box<Room>, place: Place, purpose: Purpose) -> Effect {
    let screenful = screenful(state, place);
    let request = PageRequest { place, size: state.page_size, screenful };
    Effect::Read { job: begin(state, place), room, request, purpose }
}

/// The page on the screen, or the one being read as far as it can be foretold: keys that turn
/// several pages in a row each turn one.
fn turning_from(state: &State, page: &Page) -> (u64, u64) {
    let (n, stored) = (state.page_size.get(), &page.stream.state);
    let (first, last) = (stored.first_seq, stored.last_seq);
    match state.view.load.map(|load| load.place) {
        Some(Place::Before(seq)) => (seq.saturating_sub(n).max(first), seq.saturating_sub(1)),
        Some(Place::After(seq)) => (seq.saturating_add(1), seq.saturating_add(n).min(last)),
        Some(Place::Newest) => (last.saturating_sub(n - 1).max(first), last),
        Some(Place::Oldest) => (first, first.saturating_add(n - 1).min(last)),
        Some(Place::At(window)) => (window.start(), window.end()),
        Some(Place::Around(_)) | None => (page.window().start(), page.window().end()),
    }
}

/// Goes `pages` pages towards the beginning.
pub(super) fn older(state: &mut State, pages: u64) -> Vec<Effect> {
    let Some(page) = state.view.page() else { return go(state, Place::Newest) };
    let (start, _) = turning_from(state, page);
    if start <= page.stream.state.first_seq {
        let words = format!("this is the oldest page{}", state.as_of());
        return vec![state.toast(ToastKind::Note, words)];
    }
    let skip = (pages - 1).saturating_mul(state.page_size.get());
    go(state, Place::Before(start.saturating_sub(skip).max(1)))
}

/// Goes `pages` pages towards the end.
pub(super) fn newer(state: &mut State, pages: u64) -> Vec<Effect> {
    let Some(page) = state.view.page() else { return go(state, Place::Newest) };
    let (_, end) = turning_from(state, page);
    if end >= page.stream.state.last_seq {
        // Frames may have arrived since; only a read can tell.
        return go(state, Place::Newest);
    }
    let skip = (pages - 1).saturating_mul(state.page_size.get());
    go(state, Place::After(end.saturating_add(skip)))
}

/// Asks for what is missing of the page on the screen.
pub(super) fn read_rest(state: &mut State, room: Box<Room>, page: Arc<Page>) -> (Job, Effect) {
    let job = begin(state, Place::At(page.window()));
    state.view.load = state.view.load.map(|load| Load { partial: true, ..load });
    (job, Effect::Retry { job, room, page })
}

/// Why there is no page, in a person's words.
pub(super) fn no_page(state: &State) -> String {
    match (&state.view.content, &state.view.room) {
        (Content::Empty(_), _) => format!("the stream held no messages{}", state.as_of()),
        (Content::NoStream, _) => format!("the room had no stream{}", state.as_of()),
        (_, None) => NO_ROOM.into(),
        _ => "no page is shown".into(),
    }
}

pub(super) fn is_current(state: &State, job: Job) -> bool {
    state.view.load.is_some_and(|load| load.job == job)
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
            Vec::new()
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
    if let Some(found) = state.view.found() {
        state.rooms.set_found(id, found);
    }
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
