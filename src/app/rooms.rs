//! The room list as the screen has it.

use std::ops::{Deref, DerefMut};

use jiff::Timestamp;

use super::effect::Job;
use crate::domain::{Fault, Moved, Room, RoomList};

/// A listing under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    pub job: Job,
    pub since: Timestamp,
    /// Whether the notes are still those of the listing before.
    pub(super) notes_are_old: bool,
}

impl Listing {
    pub const fn new(job: Job, since: Timestamp) -> Self {
        Self { job, since, notes_are_old: true }
    }
}

/// The list, which it stands for, and what only a screen keeps beside it.
#[derive(Debug, Clone, Default)]
pub struct Rooms {
    list: RoomList,
    /// First visible row on the screen.
    pub offset: usize,
    /// The listing under way.
    pub listing: Option<Listing>,
    /// What the last listing could not do.
    pub notes: Vec<Fault>,
    /// Whether streams came or went during the last listing.
    pub moved: Option<Moved>,
}

impl Rooms {
    /// The rooms known beforehand.
    pub fn new(known: Vec<Room>) -> Self {
        Self { list: RoomList::new(known), ..Self::default() }
    }
}

impl Deref for Rooms {
    type Target = RoomList;

    fn deref(&self) -> &RoomList {
        &self.list
    }
}

impl DerefMut for Rooms {
    fn deref_mut(&mut self) -> &mut RoomList {
        &mut self.list
    }
}
