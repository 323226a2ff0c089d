//! What a listing of the rooms gives, piece by piece.

use super::{Found, Room, RoomId};
use crate::domain::Fault;

/// One piece of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// Rooms found on the server by the names of their streams.
    Rooms(Vec<Room>),
    /// What was found of rooms' streams.
    Found(Vec<(RoomId, Found)>),
    /// Something the listing could not do, as when the account may not list streams.
    Note(Fault),
    /// So many rooms' servers were not reached, and are waited for; told once more when that is over.
    Unreached(u64),
    /// Streams came or went while they were listed; told at most once, and near the end.
    Moved(Moved),
    Done {
        /// Rooms it told of.
        rooms: u64,
        requests: u64,
    },
}

/// What a listing is worth during which streams came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// Each stream that was there all the while is in it.
    Covered,
    /// Its parts do not fit together: rooms that nobody touched may be missing.
    MayLack,
}

impl Moved {
    pub const fn words(self) -> &'static str {
        match self {
            Self::Covered => {
                "the list moved: streams came or went while it was read; all that were there the \
                 whole time are in it"
            }
            Self::MayLack => {
                "the list moved: its parts do not fit together, as when streams come and go while \
                 it is read; rooms may be missing from it, and none of them is gone by that"
            }
        }
    }
}
