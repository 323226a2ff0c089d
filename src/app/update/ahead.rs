//! Reading ahead: the neighbouring page goes into the cache while a person scrolls towards it.
//!
//! Only a person who moves towards an end of a whole page causes it, and only when nothing else is
//! under way; opening a room never does. Each neighbour is read once for a page on the screen, one
//! at a time, and abandoned when the person moves on.

use std::sync::Arc;

use crate::app::effect::{Effect, Job, Purpose};
use crate::app::msg::Msg;
use crate::app::state::{Focus, State};
use crate::app::view::Ahead;
use crate::domain::{Found, Page, PageRequest, Place, StreamInfo};

use super::{load, pages};

/// Most bytes that a page may be expected to have to be read for nobody yet.
const BYTES_AT_MOST: u64 = 8_000_000;

/// Where a person was before a message.
pub(super) struct Before {
    page: Option<Arc<Page>>,
    index: Option<usize>,
    /// Whether the message is a person's doing.
    person: bool,
}

impl Before {
    pub(super) fn of(state: &State, msg: &Msg) -> Self {
        let person = matches!(msg, Msg::Key(_) | Msg::Click(_) | Msg::Wheel(..));
        if !person {
            return Self { page: None, index: None, person };
        }
        let view = &state.view;
        Self { page: view.page().cloned(), index: view.selected_index(), person }
    }
}

/// Begins or abandons reading ahead, by where the message brought the selection.
pub(super) fn follow(state: &mut State, before: &Before) -> Vec<Effect> {
    if state.view.ahead.is_some_and(|ahead| !still_wanted(state, ahead)) {
        state.view.ahead = None;
        // A read that was just asked for abandons it by itself.
        return if state.view.load.is_some() { Vec::new() } else { vec![Effect::StopPrefetch] };
    }
    next(state, before).map_or_else(Vec::new, |place| begin(state, place))
}

pub(super) fn fetched(state: &mut State, job: Job, stream: Option<Box<StreamInfo>>) -> Vec<Effect> {
    if let Some(ahead) = state.view.ahead.take_if(|ahead| ahead.job == job) {
        state.view.fetched_ahead.push(ahead.place);
        // What the neighbour showed of the stream may be news for the page on the screen.
        if let (Some(id), Some(stream)) = (state.view.room.clone(), stream) {
            state.rooms.set_found(&id, Found::Stream(stream));
        }
    }
    Vec::new()
}

fn begin(state: &mut State, place: Place) -> Vec<Effect> {
    let (Some(room), Some(page)) = (load::opened(state), state.view.page()) else {
        return Vec::new();
    };
    let (stored, size) = (&page.stream.state, state.page_size);
    let bytes = (stored.bytes / stored.messages.max(1)).saturating_mul(size.get());
    if bytes > BYTES_AT_MOST {
        return Vec::new();
    }
    let job = state.job();
    state.view.ahead = Some(Ahead { job, place });
    let (request, purpose) = (PageRequest::whole(place, size), Purpose::Ahead { bytes });
    vec![Effect::Read { job, room, request, purpose }]
}

/// The neighbour that a person moved towards just now and that is worth reading.
fn next(state: &State, before: &Before) -> Option<Place> {
    let (page, at) = (state.view.page()?, state.view.selected_index()?);
    let (was_on, was_at) = (before.page.as_ref()?, before.index?);
    if !before.person || !Arc::ptr_eq(page, was_on) || state.is_busy() || pages::has_unread(page) {
        return None;
    }
    let place = if at < was_at && !state.view.is_oldest() {
        Place::Before(page.window().start())
    } else if at > was_at && !state.view.is_newest() {
        Place::After(page.window().end())
    } else {
        return None;
    };
    let view = &state.view;
    let done =
        view.fetched_ahead.contains(&place) || view.ahead.is_some_and(|ahead| ahead.place == place);
    (!done && is_near(state, place)).then_some(place)
}

fn still_wanted(state: &State, ahead: Ahead) -> bool {
    state.connection.is_up() && state.view.load.is_none() && is_near(state, ahead.place)
}

/// Whether the selection is within a screenful of the end of the page where this place begins.
fn is_near(state: &State, place: Place) -> bool {
    let (Some(page), Some(at)) = (state.view.page(), state.view.selected_index()) else {
        return false;
    };
    let left = match place {
        Place::Before(seq) if seq == page.window().start() => at,
        Place::After(seq) if seq == page.window().end() => state.view.rows().saturating_sub(at + 1),
        _ => return false,
    };
    left < state.viewport.rows(Focus::Frames).max(1)
}
