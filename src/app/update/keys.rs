//! Keys: Ctrl-C and Ctrl-Z before any mode, then the top layer, then counts, then the keymap.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::{Key, KeyCode};
use crate::app::overlay::{Overlay, Prompt, PromptKind};
use crate::app::state::State;

use super::{actions, map, prompt, stream, why};

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
        Some(Overlay::Recreate { .. }) => stream::answer_to_recreate(state, key),
        Some(_) => layer(state, key),
        None => pane(state, key),
    }
}

/// A key while a layer is shown that asks nothing.
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
    state.scroll_layer(match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::HalfUp => -page / 2,
        Action::HalfDown => page / 2,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => 0,
    });
    let top = state.top();
    let opens_it = top.and_then(Overlay::opened_by) == Some(action);
    match (action, top) {
        (Action::Quit | Action::Close, _) => drop(state.overlays.pop()),
        _ if opens_it => drop(state.overlays.pop()),
        (Action::Filter, Some(Overlay::Help { .. })) => {
            state.overlays.push(Overlay::Prompt(Prompt::new(PromptKind::HelpFilter, "")));
        }
        (Action::Apply, Some(Overlay::Drift { .. })) => return stream::ask(state),
        (Action::Suspend | Action::Redraw, _) => return actions::run(state, action, None),
        _ => {}
    }
    Vec::new()
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
