//! The stream map: opening it, its cursor, and the requests it may send.
//!
//! Rule: the strip under the frames never causes a request. Only opening the full view does, and
//! only where the server's list is too long to ask for; then one bounded survey a stream, which is
//! kept. Anything more takes a key.

use crate::app::action::Action;
use crate::app::effect::{Effect, Job};
use crate::app::map::Sampling;
use crate::app::overlay::Overlay;
use crate::app::overlay::ToastKind;
use crate::app::state::State;
use crate::domain::map::Basis;
use crate::domain::{Edge, Fault, StreamMap, Survey};

use super::{jump, load};

/// Opens the full view with its cursor on the selection.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let (Some(map), Some(page)) = (&state.map.shown, state.view.page()) else {
        let words = load::no_page(state);
        return vec![state.toast(ToastKind::Note, words)];
    };
    let unsampled = map.basis() == Basis::Page { complete: false };
    let cursor = state.view.selected.unwrap_or(page.window().end());
    state.map.failed = None;
    state.overlays.push(Overlay::Map { cursor });
    if unsampled { survey(state) } else { Vec::new() }
}

/// What an action does while the map is shown; `None` for those that are not its own.
pub(super) fn act(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    let (columns, rows) = state.viewport.map;
    let row = columns.cast_signed();
    let screen = row * rows.cast_signed();
    match action {
        Action::FocusLeft => step(state, -1),
        Action::FocusRight => step(state, 1),
        Action::Up => step(state, -row),
        Action::Down => step(state, row),
        Action::HalfUp | Action::PageUp => step(state, -(screen / 4).max(1)),
        Action::HalfDown | Action::PageDown => step(state, (screen / 4).max(1)),
        Action::Top | Action::OldestPage => step(state, isize::MIN),
        Action::Bottom | Action::NewestPage => step(state, isize::MAX),
        Action::NextGap => seek_hole(state, true),
        Action::PreviousGap => seek_hole(state, false),
        Action::Open => return Some(go(state)),
        Action::Goto => return Some(ask(state)),
        Action::Refresh => return Some(resample(state)),
        _ => return None,
    }
    Some(Vec::new())
}

fn cursor(state: &mut State) -> Option<&mut u64> {
    match state.overlays.last_mut() {
        Some(Overlay::Map { cursor }) => Some(cursor),
        _ => None,
    }
}

const fn cells(state: &State) -> usize {
    let (columns, rows) = state.viewport.map;
    let cells = columns * rows;
    if cells == 0 { 1 } else { cells }
}

/// Moves the cursor by so many cells, no farther than the ends.
fn step(state: &mut State, by: isize) {
    let n = cells(state);
    let Some(map) = state.map.shown.clone() else { return };
    let Some(cursor) = cursor(state) else { return };
    let cells = map.cells(n);
    let at = map.index(n, *cursor).saturating_add_signed(by).min(cells.len().saturating_sub(1));
    if let Some(cell) = cells.get(at) {
        *cursor = cell.range.start();
    }
}

/// Moves the cursor to the next cell of which some sequences are known to be missing.
fn seek_hole(state: &mut State, forward: bool) {
    let n = cells(state);
    let Some(map) = state.map.shown.clone() else { return };
    let Some(cursor) = cursor(state) else { return };
    let (cells, at) = (map.cells(n), map.index(n, *cursor));
    let found = if forward {
        cells.iter().skip(at + 1).find(|cell| cell.missing > 0 || cell.unreadable > 0)
    } else {
        cells.iter().take(at).rfind(|cell| cell.missing > 0 || cell.unreadable > 0)
    };
    if let Some(cell) = found {
        *cursor = cell.range.start();
    }
}

/// Closes the map and reads the page around the cursor's cell.
fn go(state: &mut State) -> Vec<Effect> {
    let Some(seq) = cursor(state).map(|cursor| *cursor) else { return Vec::new() };
    state.overlays.pop();
    jump::around(state, seq)
}

/// A click on a cell: in the full view it moves the cursor, and jumps where that was already; in
/// the strip it jumps.
pub(super) fn click(state: &mut State, seq: u64) -> Vec<Effect> {
    let n = cells(state);
    let Some(map) = state.map.shown.clone() else { return Vec::new() };
    match cursor(state) {
        Some(cursor) if map.index(n, *cursor) == map.index(n, seq) => go(state),
        Some(cursor) => {
            *cursor = seq;
            Vec::new()
        }
        None => jump::around(state, seq),
    }
}

/// Samples the stream again, where there is no list.
fn resample(state: &mut State) -> Vec<Effect> {
    match state.map.shown.as_ref().map(StreamMap::is_complete) {
        None => Vec::new(),
        Some(true) => {
            let words = "nothing is unknown on this map, so there is nothing to sample";
            vec![state.toast(ToastKind::Note, words)]
        }
        Some(false) => survey(state),
    }
}

fn survey(state: &mut State) -> Vec<Effect> {
    let Some(room) = load::opened(state) else { return Vec::new() };
    if state.map.sampling.as_ref().is_some_and(|under_way| under_way.room == room.id) {
        return Vec::new();
    }
    let job = state.job();
    state.map.failed = None;
    state.map.sampling = Some(Sampling { job, room: room.id.clone(), since: state.now });
    vec![Effect::Survey { job, room }]
}

/// Asks when the first frame in the cursor's cell was stored: one request.
fn ask(state: &mut State) -> Vec<Effect> {
    let (n, room) = (cells(state), load::opened(state));
    let map = state.map.shown.clone();
    let (Some(cursor), Some(map), Some(room)) = (cursor(state), map, room) else {
        return Vec::new();
    };
    let at = map.index(n, *cursor);
    let Some(cell) = map.cells(n).get(at).copied() else { return Vec::new() };
    if map.time_in(cell.range).is_some() || state.map.asking.is_some() {
        return Vec::new();
    }
    if cell.frames + cell.unknown == 0 {
        return vec![state.toast(ToastKind::Note, "there is no frame in this cell to ask for")];
    }
    let job = state.job();
    state.map.asking = Some((job, room.id.clone()));
    vec![Effect::AskTime { job, room, seq: cell.range.start() }]
}

pub(super) fn surveyed(
    state: &mut State,
    job: Job,
    outcome: Result<Option<Box<Survey>>, Fault>,
) -> Vec<Effect> {
    let Some(under_way) = state.map.sampling.take_if(|sampling| sampling.job == job) else {
        return Vec::new();
    };
    match outcome {
        Ok(Some(survey)) => {
            let opened = state.view.room.clone();
            state.map.keep(&under_way.room, *survey, opened.as_ref());
            Vec::new()
        }
        Ok(None) => {
            vec![state.toast(ToastKind::Note, "not sampled: the stream holds no messages now")]
        }
        Err(fault) => {
            state.map.failed = Some(fault.to_string());
            vec![state.toast(ToastKind::Failed, format!("not sampled: {fault}"))]
        }
    }
}

pub(super) fn asked(
    state: &mut State,
    job: Job,
    seq: u64,
    outcome: Result<Option<Edge>, Fault>,
) -> Vec<Effect> {
    let Some((_, room)) = state.map.asking.take_if(|(of, _)| *of == job) else {
        return Vec::new();
    };
    let found = match outcome {
        Ok(found) => found,
        Err(fault) => return vec![state.toast(ToastKind::Failed, fault.to_string())],
    };
    let opened = state.view.room.clone();
    if let Some(page) = state.view.page().filter(|_| opened.as_ref() == Some(&room)) {
        let known = state.map.survey(&room, page.stream.created).cloned();
        let mut survey = known.unwrap_or_else(|| Survey::new(&page.stream));
        // The answer is younger than the state the survey is of, so it proves a frame and its time
        // but no run without one.
        survey.learn(found.map_or(seq, |edge| edge.seq), found);
        survey.requests += 1;
        state.map.keep(&room, survey, opened.as_ref());
    }
    Vec::new()
}
