//! What a listing of the rooms gives, piece by piece.

use super::fault::Fault;
use super::room::{Room, RoomId};
use super::room_state::Found;

/// One piece of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// Rooms found on the server by the names of their streams.
    Rooms(Vec<Room>),
    /// What was found of rooms' streams.
    Found(Vec<(RoomId, Found)>),
    /// Something the listing could not do, as when the account may not list streams.
    Note(Fault),
    /// The listing ended.
    Done {
        /// Rooms it told of.
        rooms: u64,
        /// Requests it sent.
        requests: u64,
    },
}
