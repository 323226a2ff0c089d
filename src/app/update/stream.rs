//! Drift: showing it, asking before a stream is changed, and what the change came to. And the question
//! before a stream that this session has seen, and that is gone, is made anew: the new one would hide
//! that the old one was lost.

use jiff::Timestamp;

use crate::app::action::Action;
use crate::app::effect::{Effect, Job, Make};
use crate::app::key::{Key, KeyCode};
use crate::app::overlay::Overlay;
use crate::app::overlay::ToastKind;
use crate::app::state::State;
use crate::domain::{Drift, Fault, Found, RoomId, StreamInfo, escape};

use super::load;

/// Shows the comparison of the current room's stream with the contract.
pub(super) fn show(state: &mut State) -> Vec<Effect> {
    let Some(row) = state.current_room() else { return Vec::new() };
    if row.stream().is_some() {
        state.overlays.push(Overlay::Drift { scroll: 0 });
        return Vec::new();
    }
    let note = "no stream is known to compare; open the room, or list the rooms again";
    vec![state.toast(ToastKind::Note, note)]
}

/// Asks whether to change the drifted stream, naming what would change.
pub(super) fn ask(state: &mut State) -> Vec<Effect> {
    if state.amending.is_some() {
        let note = "a change is under way; wait for its outcome";
        return vec![state.toast(ToastKind::Note, note)];
    }
    let Some(row) = state.current_room() else { return Vec::new() };
    let Some((seen, drift)) = row.drift() else {
        return vec![state.toast(ToastKind::Note, "no drift is known; there is nothing to change")];
    };
    let refusal = if state.read_only {
        let key = state.keymap.hint(Action::Drift);
        Some(format!("read-only: nothing is changed; {key} shows what would be"))
    } else if let Some(why) = row.room.why_not_ensured() {
        Some(format!("not changed: {why}"))
    } else {
        drift.fields.iter().find(|field| !field.changeable).map(|field| {
            format!("not changed: the server does not change {} of an existing stream", field.field)
        })
    };
    if let Some(refusal) = refusal {
        return vec![state.toast(ToastKind::Failed, refusal)];
    }
    let changes = drift
        .fields
        .iter()
        .map(|f| format!("{}: {} -> {}", f.field, escape::text(&f.found), escape::text(&f.wanted)))
        .collect();
    let (room, seen) = (row.room.id.clone(), Box::new(seen.clone()));
    state.overlays.push(Overlay::Confirm { scroll: 0, room, seen, changes });
    Vec::new()
}

/// The answer to the question: only `y` is yes, once everything that would change was in sight.
pub(super) fn answer(state: &mut State, key: Key) -> Vec<Effect> {
    let below = state.viewport.overlay_lines.saturating_sub(state.viewport.overlay);
    let unseen = matches!(state.top(), Some(Overlay::Confirm { scroll, .. }) if *scroll < below);
    let yes = key == Key::char('y');
    // `y` is an answer here, whatever else it is bound to.
    let lines = match state.keymap.action(key).filter(|_| !yes) {
        Some(Action::Up) => -1,
        Some(Action::Down) => 1,
        Some(Action::PageUp) => -5,
        Some(Action::PageDown) => 5,
        _ => 0,
    };
    if lines != 0 {
        state.scroll_layer(lines);
        return Vec::new();
    }
    if unseen && yes {
        let scroll = state.keymap.hint(Action::Down);
        let note = format!("there is more to read below; {scroll} scrolls");
        return vec![state.toast(ToastKind::Note, note)];
    }
    let Some(Overlay::Confirm { room: id, seen, .. }) = state.overlays.pop() else {
        return Vec::new();
    };
    let room = state.rooms.get(&id).map(|row| Box::new(row.room.clone()));
    match room.filter(|_| yes) {
        Some(room) => {
            let job = state.job();
            state.amending = Some((job, id));
            vec![Effect::Amend { job, room, seen }]
        }
        None => vec![state.toast(ToastKind::Note, "nothing was changed")],
    }
}

pub(super) fn amended(
    state: &mut State,
    job: Job,
    outcome: Result<(Box<StreamInfo>, Drift), Fault>,
) -> Vec<Effect> {
    let Some((_, id)) = state.amending.take_if(|(pending, _)| *pending == job) else {
        return Vec::new();
    };
    match outcome {
        Ok((info, drift)) => {
            let text = if drift.is_none() {
                "the stream is now as the contract makes it".to_owned()
            } else {
                match drift.fields.len() {
                    1 => "the stream was changed; 1 field still differs".to_owned(),
                    n => format!("the stream was changed; {n} fields still differ"),
                }
            };
            state.overlays.retain(|layer| !matches!(layer, Overlay::Drift { .. }));
            state.rooms.set_found(&id, Found::Stream(info));
            if state.view.room == Some(id) {
                state.view.note = None;
            }
            vec![state.toast(ToastKind::Done, text)]
        }
        Err(fault) => vec![state.toast(ToastKind::Failed, fault.to_string())],
    }
}

/// Asks whether a stream that is gone is to be made anew, unless the person went elsewhere meanwhile.
pub(super) fn ask_to_recreate(
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
pub(super) fn answer_to_recreate(state: &mut State, key: Key) -> Vec<Effect> {
    let yes = key == Key::char('y') || key == Key::plain(KeyCode::Enter);
    let lines = match state.keymap.action(key).filter(|_| !yes) {
        Some(Action::Up) => -1,
        Some(Action::Down) => 1,
        _ => 0,
    };
    if lines != 0 {
        state.scroll_layer(lines);
        return Vec::new();
    }
    match state.overlays.pop() {
        Some(Overlay::Recreate { room, .. }) if yes => load::open_and(state, &room, Make::Asked),
        _ => vec![state.toast(ToastKind::Note, "nothing was created")],
    }
}
