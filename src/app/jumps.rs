//! Jumps through the stream: what is being searched for, and where a person came from.

use jiff::Timestamp;

use crate::domain::{Goal, RoomId, When};

use super::effect::Job;

/// Places to go back to.
const BACK: usize = 64;

#[derive(Debug, Clone, Default)]
pub struct Jumps {
    pub seek: Option<Seek>,
    /// What to do once a read has brought its page.
    pub(super) aim: Option<(Job, Aim)>,
    /// The selection on the first picture of that page.
    pub(super) pictured: Option<u64>,
    /// Where the last search for a gap gave up.
    pub(super) looked: Option<Looked>,
    room: Option<RoomId>,
    back: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seek {
    pub job: Job,
    pub goal: Goal,
    /// The time as it was given, when it is one.
    pub when: Option<When>,
    pub since: Timestamp,
}

/// What a page is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// A sequence that was typed.
    Sequence(u64),
    /// The first frame on the page.
    FirstFrame,
    /// The last frame on the page, or the one below it.
    LastFrame,
}

/// A search for a gap that gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Looked {
    pub(super) forward: bool,
    /// The end of the page that it began at.
    pub(super) from: u64,
    /// The last sequence before which there is none for sure.
    pub(super) up_to: u64,
    /// Which stream of that name.
    pub(super) created: Timestamp,
}

impl Jumps {
    /// Notes where a person is, to come back to.
    pub(super) fn remember(&mut self, room: &RoomId, seq: u64) {
        self.of(room);
        if self.back.last() != Some(&seq) {
            self.back.push(seq);
        }
        if self.back.len() > BACK {
            self.back.remove(0);
        }
    }

    /// Notes where a search for a gap in this room gave up.
    pub(super) fn gave_up(&mut self, room: &RoomId, looked: Looked) {
        self.of(room);
        self.looked = Some(looked);
    }

    /// Where the person was before the last jump in this room.
    pub(super) fn last(&mut self, room: &RoomId) -> Option<u64> {
        self.of(room);
        self.back.pop()
    }

    /// Jumps are back within a room.
    fn of(&mut self, room: &RoomId) {
        if self.room.as_ref() != Some(room) {
            self.room = Some(room.clone());
            self.back.clear();
            self.looked = None;
        }
    }
}
