//! Gaps, on the page and beyond it. What the page knew of the stream tells where there is one; that there is none
//! is only said of a state that was asked for just now.

use crate::app::action::Action;
use crate::app::effect::{Effect, Job};
use crate::app::jumps::{Looked, Seek};
use crate::app::overlay::ToastKind;
use crate::app::state::State;
use crate::app::view::Row;
use crate::domain::{Fault, Found, GapCause, Goal, Holes, Page, Slot, StreamInfo};

use super::{jump, load, pages};

/// What the state of a stream tells of gaps beyond a page.
enum Beyond {
    /// There is one here.
    At(u64),
    None,
    /// Only a search can tell.
    Unknown,
}

impl Beyond {
    fn of(page: &Page, info: &StreamInfo, forward: bool) -> Self {
        let (window, stream) = (page.window(), &info.state);
        let from = if forward { window.end() } else { window.start() };
        let list = stream.deleted.as_deref().filter(|_| !stream.is_doubtful()).map(Holes);
        let hole =
            list.and_then(|list| if forward { list.next(from) } else { list.previous(from) });
        if let Some(hole) = hole {
            return Self::At(if forward { hole.start() } else { hole.end() });
        }
        let inside = if forward { from < stream.last_seq } else { from > stream.first_seq };
        if inside && list.is_none() && !all_on(page, info) {
            return Self::Unknown;
        }
        // Below the first sequence lies a gap of its own kind.
        if !forward && stream.first_seq > 1 && page.head.is_empty() {
            return Self::At(stream.first_seq - 1);
        }
        Self::None
    }
}

/// Whether all that the server counts as missing inside the stream is on the page.
fn all_on(page: &Page, info: &StreamInfo) -> bool {
    let gone = |slot: &Slot| match slot {
        Slot::Gap(gap) if gap.cause != GapCause::BeforeFirst => gap.range.len(),
        _ => 0,
    };
    page.slots().iter().map(gone).sum::<u64>() == info.state.num_deleted
}

/// Goes to the next or previous gap, beyond the page where there is none on it.
pub(super) fn seek(state: &mut State, forward: bool) -> Vec<Effect> {
    let at = state.view.selected_index();
    let found = state.view.page().and_then(|page| {
        let is_gap = |row: &usize| Row::at(page, *row).is_some_and(|row| row.is_gap());
        if forward {
            (at.map_or(0, |at| at + 1)..Row::count(page)).find(is_gap)
        } else {
            (0..at.unwrap_or(0)).rfind(is_gap)
        }
    });
    match found {
        Some(row) => {
            pages::select(state, row);
            Vec::new()
        }
        None => beyond(state, forward),
    }
}

/// Goes on to the nearest gap beyond the page: by the server's list where that is known, else by
/// a bounded search. Where there seems to be none, the stream is looked up first.
fn beyond(state: &mut State, forward: bool) -> Vec<Effect> {
    let Some(page) = state.view.page().cloned() else {
        let words = load::no_page(state);
        return vec![state.toast(ToastKind::Note, words)];
    };
    let goal = goal(state, &page, forward);
    match Beyond::of(&page, &page.stream, forward) {
        Beyond::At(seq) => jump::around(state, seq),
        Beyond::Unknown => jump::seek(state, goal, None),
        Beyond::None => {
            let Some(room) = load::opened(state) else { return Vec::new() };
            let job = state.job();
            state.jumps.seek = Some(Seek { job, goal, when: None, since: state.now });
            vec![Effect::LookUp { job, room }]
        }
    }
}

/// Where a search begins: the end of the page, or where the one before gave up.
fn goal(state: &State, page: &Page, forward: bool) -> Goal {
    let window = page.window();
    let from = if forward { window.end() } else { window.start() };
    let created = page.stream.created;
    let on = |at: &Looked| at.forward == forward && at.from == from && at.created == created;
    let from = state.jumps.looked.filter(on).map_or(from, |at| at.up_to);
    if forward { Goal::NextGap(from) } else { Goal::PreviousGap(from) }
}

/// The stream was looked up: now it is known, or only a search can tell.
pub(super) fn looked_up(
    state: &mut State,
    job: Job,
    outcome: Result<Option<Box<StreamInfo>>, Fault>,
) -> Vec<Effect> {
    let Some(seek) = state.jumps.seek.take_if(|seek| seek.job == job) else { return Vec::new() };
    let (Some(page), Some(id)) = (state.view.page().cloned(), state.view.room.clone()) else {
        return Vec::new();
    };
    let info = match outcome {
        Err(fault) => return vec![state.toast(ToastKind::Failed, fault.to_string())],
        Ok(None) => return vec![state.toast(ToastKind::Note, "the stream is not there now")],
        Ok(Some(info)) => info,
    };
    state.rooms.set_found(&id, Found::Stream(info.clone()));
    if info.created != page.stream.created {
        let key = state.keymap.hint(Action::Refresh);
        let words = format!("the stream was deleted and made again; {key} reads it");
        return vec![state.toast(ToastKind::Note, words)];
    }
    let forward = matches!(seek.goal, Goal::NextGap(_));
    match Beyond::of(&page, &info, forward) {
        Beyond::At(seq) => jump::around(state, seq),
        Beyond::Unknown => jump::seek(state, seek.goal, None),
        Beyond::None => jump::no_gap(state, forward, info.as_of, seek.since),
    }
}
