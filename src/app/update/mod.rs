//! `update`: one message in, a changed state and effects out. Split by what a message is about.

mod actions;
mod ahead;
mod copy;
mod damage;
mod gaps;
mod jump;
mod keys;
mod load;
mod map;
mod pages;
mod pointer;
mod prompt;
mod rooms;
mod stream;
#[cfg(test)]
mod tests;
mod why;

use crate::domain::encode;

use super::effect::Effect;
use super::msg::Msg;
use super::overlay::ToastKind;
use super::state::State;
use super::view::Row;

/// Lets a message change the state, and gives what the shell is to do.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let before = ahead::Before::of(state, &msg);
    let mut effects = match msg {
        Msg::Key(key) => {
            state.unasked = 0;
            state.toasts.retain(|toast| toast.kind != ToastKind::Note);
            keys::key(state, key)
        }
        Msg::Paste(text) => prompt::paste(state, &text),
        Msg::Click(target) => pointer::click(state, target),
        Msg::Wheel(target, rows) => pointer::wheel(state, target, rows),
        Msg::Resize(columns, rows) => {
            state.size = (columns, rows);
            Vec::new()
        }
        Msg::Viewport(viewport) => {
            state.viewport = viewport;
            Vec::new()
        }
        Msg::Now(now) => {
            state.now = now;
            Vec::new()
        }
        Msg::Connection(connection) => rooms::connection(state, connection),
        Msg::Listed(job, listed) => rooms::listed(state, job, listed),
        Msg::Ensured(job, id, outcome) => rooms::ensured(state, job, &id, outcome),
        Msg::Gone(job, id, made) => stream::ask_to_recreate(state, job, id, made),
        Msg::Progress(job, known, total) => load::progress(state, job, known, total),
        Msg::Waiting(job, met) => load::waiting(state, job, met.as_ref()),
        Msg::Partial(job, page) => load::partial(state, job, page),
        Msg::Read(job, outcome) => {
            let shown = outcome.is_ok() && load::is_current(state, job);
            let mut effects = load::read(state, job, outcome);
            if shown {
                effects.extend(damage::judge(state, job));
            }
            effects.extend(jump::landed(state, job));
            effects
        }
        Msg::Sought(job, as_of, outcome) => jump::sought(state, job, as_of, outcome),
        Msg::LookedUp(job, outcome) => gaps::looked_up(state, job, outcome),
        Msg::Surveyed(job, outcome) => map::surveyed(state, job, outcome),
        Msg::Asked(job, seq, outcome) => map::asked(state, job, seq, outcome),
        Msg::WhyAsked(job, outcome) => why::asked(state, job, outcome),
        Msg::Again(job) => damage::again(state, job),
        Msg::Prefetched(job, stream) => ahead::fetched(state, job, stream),
        Msg::Amended(job, outcome) => stream::amended(state, job, outcome),
        Msg::Copied(what, outcome) => copy::copied(state, &what, outcome),
        Msg::ToastExpired(id) => {
            state.toasts.retain(|toast| toast.id != id);
            Vec::new()
        }
        Msg::OpenRoom(id) => load::open(state, &id),
    };
    settle(state);
    effects.extend(ahead::follow(state, &before));
    effects
}

/// Brings what depends on the selection and the layout back in step.
fn settle(state: &mut State) {
    state.map.follow(state.view.room.as_ref(), state.view.page());
    state.keep_in_view();
    let selected = match state.view.selected_row() {
        Some(Row::Frame(frame)) => Some(frame),
        _ => None,
    };
    let shown = state.detail.digest.as_ref().map(|(seq, _)| *seq);
    if shown != selected.map(|frame| frame.seq) {
        state.detail.digest = selected.map(|f| (f.seq, encode::sha256(&f.payload)));
    }
    let selected = state.view.selected;
    if state.detail.of != selected {
        state.detail.of = selected;
        state.detail.scroll = 0;
    }
}
