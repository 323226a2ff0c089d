//! One room of the list: what is known of it, and its state in one word.

use super::{Drift, Found, Room, RoomState};
use crate::domain::{Fault, FaultKind, StreamInfo};

/// One room of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomRow {
    /// What is known of it.
    pub room: Room,
    /// What was found of its stream.
    pub found: Found,
    /// Why the last look at its stream failed, where what was found is from before that.
    pub stale: Option<Fault>,
    /// Whether that look was a listing that could not reach the stream.
    not_reached: bool,
    /// What was found in its frames since the program was started.
    damaged: bool,
    plaintext: bool,
}

impl RoomRow {
    /// A room of whose stream nothing is known yet.
    pub const fn new(room: Room) -> Self {
        Self {
            room,
            found: Found::Unknown,
            stale: None,
            not_reached: false,
            damaged: false,
            plaintext: false,
        }
    }

    /// Takes in what was found. That nobody answered says nothing of the stream, so what is known
    /// of it stays.
    pub(super) fn learn(&mut self, found: Found) {
        self.not_reached = matches!(found, Found::NotKnown(_));
        match (found, &self.found) {
            (Found::NotKnown(fault), Found::Stream(_)) => self.stale = Some(fault),
            (Found::Failed(fault), Found::Stream(_))
                if matches!(fault.kind, FaultKind::Timeout | FaultKind::Disconnected) =>
            {
                self.stale = Some(fault);
            }
            (found, _) => {
                self.found = found;
                self.stale = None;
            }
        }
    }

    /// Notes that something it held was found lost or unreadable. Stays for the session, whatever
    /// the stream says later: a server forgets what it lost.
    pub const fn mark_damaged(&mut self) {
        self.damaged = true;
    }

    /// Notes that frames which anyone can read were found in it. Stays for the session.
    pub const fn mark_plaintext(&mut self) {
        self.plaintext = true;
    }

    /// Its state in one word: the gravest of its marks, where it has any.
    pub fn state(&self) -> RoomState {
        self.marks().first().copied().unwrap_or_else(|| RoomState::of(&self.room, &self.found))
    }

    /// All that is wrong with it, the gravest first.
    pub fn marks(&self) -> Vec<RoomState> {
        let look = match (&self.stale, self.not_reached) {
            (Some(_), true) => Some(RoomState::NotKnown),
            (Some(_), false) => Some(RoomState::Stale),
            (None, _) => None,
        };
        let mut marks: Vec<(usize, RoomState)> = [
            Some(RoomState::of(&self.room, &self.found)),
            look,
            self.damaged.then_some(RoomState::Damaged),
            self.plaintext.then_some(RoomState::Plaintext),
        ]
        .into_iter()
        .flatten()
        .filter_map(|state| Some((state.gravity()?, state)))
        .collect();
        marks.sort_unstable_by_key(|(gravity, _)| *gravity);
        marks.into_iter().map(|(_, state)| state).collect()
    }

    /// Whether this is its state, or one of its marks.
    pub fn is_in(&self, state: RoomState) -> bool {
        self.state() == state || self.marks().contains(&state)
    }

    /// Where its stream differs from the contract, by what was last found. No request.
    pub fn drift(&self) -> Option<(&StreamInfo, Drift)> {
        let info = self.stream()?;
        let drift = Drift::compare(&self.room, &info.config);
        (!drift.is_none()).then_some((info, drift))
    }

    /// Its stream, where it is known to be there.
    pub fn stream(&self) -> Option<&StreamInfo> {
        match &self.found {
            Found::Stream(info) => Some(info),
            _ => None,
        }
    }
}
