//! The verdict on a room by what was read of it. What the server does not give is asked for once
//! more after some seconds: then it came, or the room is damaged.

use std::sync::Arc;

use crate::app::effect::{Effect, Job};
use crate::app::moment::Damage;
use crate::app::state::State;
use crate::app::view::Content;
use crate::domain::{Account, Completeness, GapCause, Page, RoomId, Slot};

use super::load;

/// A read brought what is on the screen: marks the room where it shows damage, or waits to ask again.
pub(super) fn judge(state: &mut State, job: Job) -> Vec<Effect> {
    let was_again = state.view.again.take_if(|again| *again == job).is_some();
    let (Some(id), Some(moment)) = (state.view.room.clone(), state.view.moment) else {
        return Vec::new();
    };
    let account = match &state.view.content {
        Content::Page(page) => page.account(),
        Content::Empty(info) => Account::of_emptied(info),
        Content::Nothing | Content::NoStream => return Vec::new(),
    };
    // What a member without a leader says shows nothing of the stream.
    if account.info.leaderless {
        return Vec::new();
    }
    let (verdict, why) = account.judge();
    if verdict == Completeness::Damaged {
        mark(state, id, Damage { why, moment });
    }
    let Some(page) = state.view.page() else { return Vec::new() };
    if was_again || page.unreadable_again || !has_unreadable(page) {
        return Vec::new();
    }
    let job = state.job();
    state.view.again = Some(job);
    vec![Effect::WaitToReadAgain { job }]
}

fn mark(state: &mut State, id: RoomId, damage: Damage) {
    state.rooms.mark_damaged(&id);
    state.damaged.insert(id, damage);
}

/// Whether a page has sequences that the server counts as stored and did not give, its own limit
/// aside.
pub(super) fn has_unreadable(page: &Page) -> bool {
    let unreadable = |slot: &Slot| slot.gap().is_some_and(|gap| gap.cause == GapCause::Unreadable);
    page.slots().iter().any(unreadable)
}

/// The wait is over: asks again, if the page is still on the screen and nothing else is read.
pub(super) fn again(state: &mut State, job: Job) -> Vec<Effect> {
    let is_due = state.view.again.take_if(|again| *again == job).is_some();
    let (Some(page), Some(room)) = (state.view.page().map(Arc::clone), load::opened(state)) else {
        return Vec::new();
    };
    if !is_due || state.view.load.is_some() || !state.connection.is_up() {
        return Vec::new();
    }
    let (job, read) = load::read_rest(state, room, page);
    state.view.again = Some(job);
    vec![read]
}
