//! Keys: Ctrl-C and Ctrl-Z before any mode, then the top layer, then counts, then the keymap.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::{Key, KeyCode};
use crate::app::overlay::{Overlay, Prompt, PromptKind};
use crate::app::state::State;

use super::{actions, map, motion, prompt, recreate, stream, why};

/// Largest count worth typing.
const COUNT_AT_MOST: usize = 1_000_000;

pub(super) fn key(state: &mut State, key: Key) -> Vec<Effect> {
    if key == Key::ctrl('c') {
        return vec![Effect::Quit];
    }
    if key == Key::ctrl('z') {
        return vec![Effect::Suspend];
    }
    match state.overlays.last() {
        Some(Overlay::Prompt(_)) => prompt::key(state, key),
        Some(Overlay::Confirm { .. }) => stream::answer(state, key),
        Some(Overlay::Recreate { .. }) => recreate::answer(state, key),
        Some(_) => layer(state, key),
        None => pane(state, key),
    }
}

/// A key while help, drift or the connection is shown.
fn layer(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(action) = state.keymap.action(key) else { return Vec::new() };
    if matches!(state.top(), Some(Overlay::Map { .. }))
        && let Some(effects) = map::act(state, action)
    {
        return effects;
    }
    if matches!(state.top(), Some(Overlay::Why(_)))
        && let Some(effects) = why::act(state, action)
    {
        return effects;
    }
    let page = state.viewport.overlay.max(1) as isize;
    match action {
        Action::Quit | Action::Close => close(state),
        Action::Up => return motion::scroll_overlay(state, -1),
        Action::Down => return motion::scroll_overlay(state, 1),
        Action::HalfUp => return motion::scroll_overlay(state, -page / 2),
        Action::HalfDown => return motion::scroll_overlay(state, page / 2),
        Action::PageUp => return motion::scroll_overlay(state, -page),
        Action::PageDown => return motion::scroll_overlay(state, page),
        Action::Top => return motion::scroll_overlay(state, isize::MIN),
        Action::Bottom => return motion::scroll_overlay(state, isize::MAX),
        Action::Filter if matches!(state.top(), Some(Overlay::Help { .. })) => {
            state.overlays.push(Overlay::Prompt(Prompt::new(PromptKind::HelpFilter, "")));
        }
        Action::Help if matches!(state.top(), Some(Overlay::Help { .. })) => close(state),
        Action::Drift if matches!(state.top(), Some(Overlay::Drift { .. })) => close(state),
        Action::Map if matches!(state.top(), Some(Overlay::Map { .. })) => close(state),
        Action::Connection if matches!(state.top(), Some(Overlay::Connection { .. })) => {
            close(state);
        }
        Action::Apply if matches!(state.top(), Some(Overlay::Drift { .. })) => {
            return stream::ask(state);
        }
        Action::Suspend | Action::Redraw => return actions::run(state, action, None),
        _ => {}
    }
    Vec::new()
}

fn close(state: &mut State) {
    state.overlays.pop();
}

/// A key while the panes are in front.
fn pane(state: &mut State, key: Key) -> Vec<Effect> {
    if let (false, KeyCode::Char(digit)) = (key.ctrl, key.code)
        && let Some(digit) = digit.to_digit(10)
        && (digit > 0 || state.count.is_some())
    {
        let count = state.count.unwrap_or(0).saturating_mul(10).saturating_add(digit as usize);
        state.count = Some(count.min(COUNT_AT_MOST));
        return Vec::new();
    }
    let count = state.count.take();
    match state.keymap.action(key) {
        Some(Action::Close) if count.is_some() => Vec::new(),
        Some(action) => actions::run(state, action, count),
        None => Vec::new(),
    }
}
