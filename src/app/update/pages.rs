//! Opening rooms and turning pages.

use std::sync::Arc;

use crate::app::effect::{Effect, Job, Make, Purpose};
use crate::app::overlay::ToastKind;
use crate::app::state::{Focus, State};
use crate::app::view::{Content, Load, Row, View};
use crate::domain::{FaultKind, Page, PageRequest, PageSize, Place, Room, RoomId, Slot, Window};

use super::{damage, gaps};

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
    effects.push(read(state, room, Place::Newest, Purpose::Open { deleted, make }));
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

fn load(state: &mut State, place: Place) -> Job {
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
    show(state, place, false)
}

fn show(state: &mut State, place: Place, fresh: bool) -> Vec<Effect> {
    match opened(state) {
        Some(room) => vec![read(state, room, place, Purpose::Show { fresh })],
        None => vec![state.toast(ToastKind::Note, NO_ROOM)],
    }
}

fn read(state: &mut State, room: Box<Room>, place: Place, purpose: Purpose) -> Effect {
    let screenful = screenful(state, place);
    let request = PageRequest { place, size: state.page_size, screenful };
    Effect::Read { job: load(state, place), room, request, purpose }
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

/// Reads the same window again. On the newest page with the last row selected, the newest page,
/// so that someone who stands at the end stays at the end. By hand, all of it is read from the
/// server.
pub(super) fn refresh(state: &mut State, by_hand: bool) -> Vec<Effect> {
    let at_end = state.view.is_newest()
        && state.view.selected_index().is_some_and(|at| at + 1 == state.view.rows());
    let place = match state.view.page() {
        Some(page) if !at_end => Place::At(page.window()),
        _ => Place::Newest,
    };
    show(state, place, by_hand)
}

/// Reads what could not be read, unless that is under way.
pub(super) fn retry(state: &mut State) -> Vec<Effect> {
    if state.view.load.is_some_and(|load| load.partial) {
        return vec![state.toast(ToastKind::Note, "the rest of this page is being read")];
    }
    complete(state)
}

/// Reads what is missing of what is on the screen; a read of it under way is abandoned.
pub(super) fn complete(state: &mut State) -> Vec<Effect> {
    let Some(page) = state.view.page().cloned() else {
        return match state.view.room.clone() {
            Some(id) => open(state, &id),
            None => Vec::new(),
        };
    };
    let is_partial = has_unread(&page) || damage::has_unreadable(&page);
    if state.view.fault.is_none() && !is_partial {
        return vec![state.toast(ToastKind::Note, "everything on this page was read")];
    }
    if !is_partial {
        return refresh(state, false);
    }
    let Some(room) = opened(state) else { return Vec::new() };
    vec![read_rest(state, room, page).1]
}

/// Asks for what is missing of the page on the screen.
pub(super) fn read_rest(state: &mut State, room: Box<Room>, page: Arc<Page>) -> (Job, Effect) {
    let job = load(state, Place::At(page.window()));
    state.view.load = state.view.load.map(|load| Load { partial: true, ..load });
    (job, Effect::Retry { job, room, page })
}

/// Whether a page has unread sequences that a connection that is back may bring: what was refused
/// or is too much is not asked for again unasked.
pub(super) fn is_worth_completing(page: &Page) -> bool {
    let passes = |kind: &FaultKind| {
        matches!(kind, FaultKind::Disconnected | FaultKind::Timeout | FaultKind::NotTried)
    };
    page.slots().iter().any(|slot| matches!(slot, Slot::Unread(run) if passes(&run.fault.kind)))
}

pub(super) fn has_unread(page: &Page) -> bool {
    page.slots().iter().any(|slot| matches!(slot, Slot::Unread(_)))
}

/// Changes the page size and reads anew, keeping the end of the page.
pub(super) fn resize(state: &mut State, size: PageSize) -> Vec<Effect> {
    state.page_size = size;
    let Some(page) = state.view.page() else {
        return vec![state.toast(ToastKind::Done, format!("{size} sequences in a page"))];
    };
    let place = match Window::ending_at(page.window().end(), 1, size) {
        Some(window) if !state.view.is_newest() => Place::At(window),
        _ => Place::Newest,
    };
    go(state, place)
}

pub(super) fn next_gap(state: &mut State) -> Vec<Effect> {
    let from = state.view.selected_index().map_or(0, |at| at + 1);
    let found = state.view.page().and_then(|page| {
        (from..Row::count(page)).find(|&i| Row::at(page, i).is_some_and(|row| row.is_gap()))
    });
    match found {
        Some(_) => select_or_say(state, found, ""),
        None => gaps::beyond(state, true),
    }
}

pub(super) fn previous_gap(state: &mut State) -> Vec<Effect> {
    let to = state.view.selected_index().unwrap_or(0);
    let found = state
        .view
        .page()
        .and_then(|page| (0..to).rev().find(|&i| Row::at(page, i).is_some_and(|row| row.is_gap())));
    match found {
        Some(_) => select_or_say(state, found, ""),
        None => gaps::beyond(state, false),
    }
}

fn select_or_say(state: &mut State, row: Option<usize>, none: &str) -> Vec<Effect> {
    match row {
        Some(row) => {
            if state.focus() == Focus::Rooms {
                state.focus_on(Focus::Frames);
            }
            state.view.select(row);
            Vec::new()
        }
        None if state.view.page().is_none() => {
            vec![state.toast(ToastKind::Note, "no page is shown")]
        }
        None => vec![state.toast(ToastKind::Note, none)],
    }
}

/// Goes to the next or previous match on the page, around its end.
pub(super) fn find(state: &mut State, forward: bool) -> Vec<Effect> {
    let Some(wanted) = state.find.clone() else {
        return vec![state.toast(ToastKind::Note, "nothing to find; / begins a search")];
    };
    let Some(page) = state.view.page() else {
        return vec![state.toast(ToastKind::Note, "no page is shown")];
    };
    let (rows, at) = (Row::count(page), state.view.selected_index().unwrap_or(0));
    let found = (1..=rows)
        .map(|step| if forward { at + step } else { at + rows - step } % rows)
        .find(|&i| Row::at(page, i).is_some_and(|row| matches(&row, &wanted)));
    let none = format!("'{}' is not on this page", crate::domain::escape::text(&wanted));
    select_or_say(state, found, &none)
}

/// Whether a row's sequence is the wanted number, or its subject or a header holds the text,
/// letter case aside.
fn matches(row: &Row<'_>, wanted: &str) -> bool {
    let digits: String = wanted.chars().filter(|c| *c != ',').collect();
    if digits.parse().is_ok_and(|seq| row.range().contains(seq)) {
        return true;
    }
    let Row::Frame(frame) = row else { return false };
    let wanted = wanted.to_lowercase();
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(&wanted);
    holds(frame.subject.as_bytes())
        || frame.headers.iter().any(|h| holds(&h.name) || h.value.as_deref().is_some_and(holds))
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
