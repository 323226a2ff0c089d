//! What each action of the registry does.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::overlay::ToastKind;
use crate::app::overlay::{Overlay, Prompt, PromptKind};
use crate::app::state::{Focus, State};
use crate::app::view::Encoding;
use crate::domain::Place;

use super::{copy, gaps, jump, load, map, pages, rooms, stream, why};

pub(super) fn run(state: &mut State, action: Action, count: Option<usize>) -> Vec<Effect> {
    if state.connection.never_up() && !works_without_connection(action) {
        let note = "there is no connection yet; it goes on trying by itself";
        return vec![state.toast(ToastKind::Note, note)];
    }
    let pane = state.focus();
    let times = count.unwrap_or(1).max(1) as isize;
    let screen = state.viewport.rows(pane).max(1) as isize;
    match action {
        Action::Up => state.pane_mut(pane).by(-times),
        Action::Down => state.pane_mut(pane).by(times),
        Action::HalfUp => state.pane_mut(pane).by(-(screen / 2).max(1) * times),
        Action::HalfDown => state.pane_mut(pane).by((screen / 2).max(1) * times),
        Action::PageUp => state.pane_mut(pane).by(-screen * times),
        Action::PageDown => state.pane_mut(pane).by(screen * times),
        Action::Top => state.pane_mut(pane).to(count.map_or(0, |row| row.saturating_sub(1))),
        Action::Bottom => {
            state.pane_mut(pane).to(count.map_or(usize::MAX, |row| row.saturating_sub(1)));
        }
        Action::FocusNext => state.focus_next(true),
        Action::FocusPrevious => state.focus_next(false),
        Action::FocusLeft => state.focus_beside(false),
        Action::FocusRight => state.focus_beside(true),
        Action::Zoom => state.zoom = !state.zoom,
        Action::Encoding => {
            state.detail.encoding = match state.detail.encoding {
                Encoding::Hex => Encoding::Base64,
                Encoding::Base64 => Encoding::Hex,
            };
            state.detail.scroll = 0;
        }
        Action::Help => {
            state.overlays.push(Overlay::Help { scroll: 0, filter: String::new() });
        }
        Action::Connection => state.overlays.push(Overlay::Connection { scroll: 0 }),
        Action::Command => prompt(state, PromptKind::Command, ""),
        Action::PageSize => {
            prompt(state, PromptKind::PageSize, "");
        }
        Action::Filter if pane == Focus::Rooms => {
            let filter = state.rooms.filter.clone();
            prompt(state, PromptKind::Filter, &filter);
        }
        Action::Filter => prompt(state, PromptKind::Find, ""),
        Action::Sort => state.rooms.next_sort(),
        Action::Close => back(state),
        Action::Quit if state.zoom => state.zoom = false,
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Open => return open(state),
        Action::RefreshRooms => return rooms::list(state),
        Action::Refresh if pane == Focus::Rooms => return rooms::list(state),
        Action::Refresh => return pages::refresh(state, true),
        Action::Retry => return pages::retry(state),
        Action::OlderPage => return load::older(state, times.unsigned_abs() as u64),
        Action::NewerPage => return load::newer(state, times.unsigned_abs() as u64),
        Action::OldestPage => return load::go(state, Place::Oldest),
        Action::NewestPage => return load::go(state, Place::Newest),
        Action::NextGap => return gaps::seek(state, true),
        Action::PreviousGap => return gaps::seek(state, false),
        Action::Goto => prompt(state, PromptKind::Goto, ""),
        Action::FirstFrame => return jump::first(state),
        Action::LastFrame => return jump::last(state),
        Action::Back => return jump::back(state),
        Action::Map => return map::open(state),
        Action::FindNext => return pages::find(state, true),
        Action::FindPrevious => return pages::find(state, false),
        Action::CopyBase64 | Action::CopyHex | Action::CopySeq | Action::CopySha => {
            return copy::copy(state, action);
        }
        Action::Drift => return stream::show(state),
        Action::Apply => return stream::ask(state),
        Action::Why => return why::open(state),
    }
    Vec::new()
}

/// Whether an action makes sense while the screen shows only that there is no server yet: no key
/// may act on panes that are not on the screen.
const fn works_without_connection(action: Action) -> bool {
    matches!(
        action,
        Action::Quit
            | Action::Close
            | Action::Help
            | Action::Command
            | Action::Connection
            | Action::Suspend
            | Action::Redraw
    )
}

fn prompt(state: &mut State, kind: PromptKind, text: &str) {
    state.overlays.push(Overlay::Prompt(Prompt::new(kind, text)));
}

/// Esc with no layer to close: the whole screen back, then a search forgotten, then a pane back.
fn back(state: &mut State) {
    if state.zoom {
        state.zoom = false;
    } else if state.focus() == Focus::Rooms && !state.rooms.filter.is_empty() {
        state.rooms.set_filter(String::new());
    } else if state.focus() == Focus::Frames && state.find.is_some() {
        state.find = None;
    } else {
        state.focus_beside(false);
    }
}

fn open(state: &mut State) -> Vec<Effect> {
    let selected = state.rooms.selected().map(|row| row.room.id.clone());
    match (state.focus(), selected) {
        (Focus::Rooms, Some(id)) => return load::open(state, &id),
        (Focus::Frames, _) => state.focus_on(Focus::Detail),
        _ => {}
    }
    Vec::new()
}
