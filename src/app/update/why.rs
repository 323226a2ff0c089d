//! Why a room's backlog is short: the layer, and the questions that a person asks from it.

use crate::app::action::Action;
use crate::app::effect::{Effect, Job};
use crate::app::overlay::Overlay;
use crate::app::overlay::ToastKind;
use crate::app::overlay::{Told, WhyLayer};
use crate::app::state::State;
use crate::domain::Fault;
use crate::domain::cause::why;

/// Shows the answer for the current room, from what is known: nothing is asked.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let Some(row) = state.current_room() else {
        return vec![state.toast(ToastKind::Note, "no room is selected")];
    };
    let layer = WhyLayer::new(row.room.id.clone());
    state.overlays.push(Overlay::Why(Box::new(layer)));
    Vec::new()
}

/// What an action does while the answer is shown; `None` for those that are not its own.
pub(super) fn act(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Why | Action::Close | Action::Quit => {
            let asking = layer(state).is_some_and(|layer| layer.asking.is_some());
            state.overlays.pop();
            Some(if asking { vec![Effect::StopWhy] } else { Vec::new() })
        }
        Action::Open => Some(ask(state)),
        Action::CopyBase64 => Some(copy(state)),
        _ => None,
    }
}

fn layer(state: &mut State) -> Option<&mut WhyLayer> {
    match state.overlays.last_mut() {
        Some(Overlay::Why(layer)) => Some(layer),
        _ => None,
    }
}

/// Asks for what is open, once.
fn ask(state: &mut State) -> Vec<Effect> {
    let Some(shown) = layer(state).cloned() else { return Vec::new() };
    if shown.asking.is_some() {
        return Vec::new();
    }
    let (Some(open), Some(room)) = (shown.open(state), shown.room(state)) else {
        return vec![state.toast(ToastKind::Note, "there is nothing more to ask the server here")];
    };
    let job = state.job();
    if let Some(layer) = layer(state) {
        layer.asking = Some(job);
        layer.failed = None;
    }
    let (list, get) = (open.list.is_some(), open.get.map(|(seq, _)| seq));
    vec![Effect::AskWhy { job, room, list, get }]
}

/// Copies the answer for a ticket.
fn copy(state: &mut State) -> Vec<Effect> {
    let Some(shown) = layer(state).cloned() else { return Vec::new() };
    let Some(answer) = shown.answer(state) else { return Vec::new() };
    let (what, text) = (format!("the answer for {}", shown.room), why::text(&answer));
    vec![Effect::Copy { what, text }]
}

pub(super) fn asked(state: &mut State, job: Job, outcome: Result<Told, Fault>) -> Vec<Effect> {
    let layers = state.overlays.iter_mut().filter_map(|layer| match layer {
        Overlay::Why(why) => Some(why),
        _ => None,
    });
    let Some(layer) = layers.into_iter().find(|why| why.asking == Some(job)) else {
        return Vec::new();
    };
    layer.asking = None;
    match outcome {
        Ok(told) => {
            let known = layer.told.take();
            let info = told.info.or_else(|| known.as_ref().and_then(|known| known.info.clone()));
            let round_trip = told.round_trip.or(known.and_then(|known| known.round_trip));
            layer.told = Some(Told { info, round_trip });
            Vec::new()
        }
        Err(fault) => {
            layer.failed = Some(fault.to_string());
            vec![state.toast(ToastKind::Failed, fault.to_string())]
        }
    }
}
