//! The layer that answers why a room's backlog is short: from what is on the screen, without a
//! request, and what may be asked to know more.

use crate::domain::cause::why::{Asked, Looked, Price, Reading, Why, why};
use crate::domain::{Found, Room, RoomId, Slot};

use super::overlay::WhyLayer;
use super::state::State;
use super::view::Content;

/// What is open, and can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The list of missing sequences, which is too long to be asked for unasked; its length and price.
    pub list: Option<(u64, Price)>,
    /// A sequence that holds a frame, to get for its time; and its price.
    pub get: Option<(u64, Price)>,
}

impl WhyLayer {
    /// A layer on a room, just opened.
    pub const fn new(room: RoomId) -> Self {
        Self { scroll: 0, room, asking: None, told: None, failed: None }
    }

    /// The answer, as far as it is known; `None` for a room that is not in the list any more.
    pub fn answer(&self, state: &State) -> Option<Why> {
        self.with(state, |asked| why(&asked))
    }

    /// What can still be asked; `None` where nothing is open.
    pub fn open(&self, state: &State) -> Option<Open> {
        self.with(state, |asked| {
            let info = asked.stream()?;
            let no_list = info.state.deleted.is_none() && info.state.messages > 0;
            let list = no_list.then(|| (info.state.num_deleted, Price::list(info)));
            let frame = if asked.round_trip.is_none() { self.frame(state) } else { None };
            let get = frame.map(|seq| (seq, Price::frames(info, 1)));
            (list.is_some() || get.is_some()).then_some(Open { list, get })
        })?
    }

    /// A frame of the page that is shown of the room.
    fn frame(&self, state: &State) -> Option<u64> {
        let page = state.view.page().filter(|_| state.view.room.as_ref() == Some(&self.room))?;
        page.frames().next_back().map(|frame| frame.seq)
    }

    fn with<T>(&self, state: &State, answer: impl FnOnce(Asked<'_>) -> T) -> Option<T> {
        let row = state.rooms.get(&self.room)?;
        let view = (state.view.room.as_ref() == Some(&self.room)).then_some(&state.view);
        let told = self.told.as_ref();
        let info = told.and_then(|told| told.info.as_deref());
        let shown = |info| (Looked::Stream(info), None);
        let (looked, reading) = match view.map(|view| (&view.content, &view.fault)) {
            Some((Content::Page(page), _)) => {
                // What is still being read is no failure, and nothing is said of it.
                let whole = !page
                    .slots()
                    .iter()
                    .any(|slot| matches!(slot, Slot::Unread(run) if state.view.is_reading(run)));
                (Looked::Stream(&page.stream), whole.then(|| Reading::of(page)))
            }
            Some((Content::Empty(info), _)) => shown(info),
            Some((Content::NoStream, _)) => (Looked::NoStream, None),
            Some((Content::Nothing, Some(fault))) => (Looked::Failed(fault), None),
            _ => match &row.found {
                Found::Unknown => (Looked::NotYet, None),
                Found::NoStream => (Looked::NoStream, None),
                Found::Failed(fault) | Found::NotKnown(fault) => (Looked::Failed(fault), None),
                Found::Stream(info) => shown(info),
            },
        };
        // An answer that was asked for is younger, unless the stream was made anew since.
        let looked = match (looked, info) {
            (Looked::Stream(old), Some(new)) if old.created == new.created => Looked::Stream(new),
            (looked, _) => looked,
        };
        Some(answer(Asked {
            room: &row.room,
            looked,
            last: Some(state.page_size.get()),
            reading,
            lost: None,
            round_trip: told.and_then(|told| told.round_trip),
            connection: &state.connection,
            now: state.now,
        }))
    }

    /// The room, to ask about it.
    pub(super) fn room(&self, state: &State) -> Option<Box<Room>> {
        state.rooms.get(&self.room).map(|row| Box::new(row.room.clone()))
    }
}
