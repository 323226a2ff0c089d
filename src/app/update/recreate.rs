//! The question before a stream that this session has seen, and that is gone, is made anew: the new
//! one would hide that the old one was lost.

use jiff::Timestamp;

use crate::app::action::Action;
use crate::app::effect::{Effect, Job, Make};
use crate::app::key::{Key, KeyCode};
use crate::app::overlay::Overlay;
use crate::app::overlay::ToastKind;
use crate::app::state::State;
use crate::domain::RoomId;

use super::{motion, pages};

/// Asks, unless the person went elsewhere meanwhile.
pub(super) fn ask(
    state: &mut State,
    job: Job,
    room: RoomId,
    made: Option<Timestamp>,
) -> Vec<Effect> {
    if state.view.load.is_some_and(|load| load.job == job) {
        state.overlays.push(Overlay::Recreate { scroll: 0, room, made });
    }
    Vec::new()
}

/// The answer: Enter and `y` are yes, whatever else they are bound to.
pub(super) fn answer(state: &mut State, key: Key) -> Vec<Effect> {
    let yes = key == Key::char('y') || key == Key::plain(KeyCode::Enter);
    match state.keymap.action(key).filter(|_| !yes) {
        Some(Action::Up) => return motion::scroll_overlay(state, -1),
        Some(Action::Down) => return motion::scroll_overlay(state, 1),
        _ => {}
    }
    match state.overlays.pop() {
        Some(Overlay::Recreate { room, .. }) if yes => pages::open_and(state, &room, Make::Asked),
        _ => vec![state.toast(ToastKind::Note, "nothing was created")],
    }
}
