//! Reading a page again, and finding something on it.

use crate::app::effect::Effect;
use crate::app::overlay::ToastKind;
use crate::app::state::{Focus, State};
use crate::app::view::Row;
use crate::domain::{FaultKind, Page, PageSize, Place, Slot, Window};

use super::damage;
use super::load::{go, open, opened, read_rest, turn};

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
    turn(state, place, by_hand)
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

/// Selects a row of the page, and has the keys go there from the list.
pub(super) fn select(state: &mut State, row: usize) {
    if state.focus() == Focus::Rooms {
        state.focus_on(Focus::Frames);
    }
    state.view.select(row);
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
    match found {
        Some(row) => {
            select(state, row);
            Vec::new()
        }
        None => {
            let none = format!("'{}' is not on this page", crate::domain::escape::text(&wanted));
            vec![state.toast(ToastKind::Note, none)]
        }
    }
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
