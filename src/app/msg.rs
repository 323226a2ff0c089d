//! Messages: everything that can happen to the app.

use jiff::Timestamp;

use crate::domain::{
    Connection, Drift, Edge, Ensured, Fault, FaultKind, History, Landing, Listed, Page, RoomId,
    StreamInfo, Survey,
};

use super::effect::Job;
use super::key::Key;
use super::overlay::Told;
use super::state::{Focus, Viewport};

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Key(Key),
    Paste(String),
    /// A click on something the layout put there.
    Click(Target),
    /// The wheel over something: rows to move, negative is up.
    Wheel(Target, i32),
    /// The terminal has another size, in cells.
    Resize(u16, u16),
    /// The layout gives the panes this much room.
    Viewport(Viewport),
    /// Time passed; sent before other messages and while something is under way.
    Now(Timestamp),
    Connection(Connection),
    /// Part of a listing.
    Listed(Job, Listed),
    /// Outcome of ensuring the opened room.
    Ensured(Job, RoomId, Result<Ensured, Fault>),
    /// The opened room's stream is missing, and was there earlier in this session; with when it was
    /// made, where that is known. Nothing was made.
    Gone(Job, RoomId, Option<Timestamp>),
    /// A read under way: slots known of slots in the window.
    Progress(Job, u64, u64),
    /// A read under way met this, and waits until it is over; `None` once it is.
    Waiting(Job, Option<FaultKind>),
    /// The newest rows of a page that is still being read; the rest of it is unread, not tried.
    Partial(Job, Box<Page>),
    Read(Job, Result<History, Fault>),
    /// A page was read into the cache, or could not be; with its stream as the read saw it.
    Prefetched(Job, Option<Box<StreamInfo>>),
    /// What the server did not give may be asked for again.
    Again(Job),
    /// A search ended, in the stream as it was at this time by the server's clock.
    Sought(Job, Option<Timestamp>, Result<Landing, Fault>),
    /// The stream as it is now; `None` where there is none.
    LookedUp(Job, Result<Option<Box<StreamInfo>>, Fault>),
    /// A survey ended; `None` when there is nothing to survey.
    Surveyed(Job, Result<Option<Box<Survey>>, Fault>),
    /// The first message at or after a sequence.
    Asked(Job, u64, Result<Option<Edge>, Fault>),
    /// What was still open of why a backlog is short.
    WhyAsked(Job, Result<Told, Fault>),
    /// A change of a stream ended: the stream now, and what drift is left.
    Amended(Job, Result<(Box<StreamInfo>, Drift), Fault>),
    /// A copy ended: what, and by which way or why not.
    Copied(String, Result<String, String>),
    /// A toast has been there long enough.
    ToastExpired(u64),
    /// Open this room, as when it was named on the command line.
    OpenRoom(RoomId),
}

/// What the pointer is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A row of the room list, by its index among the visible rooms.
    Room(usize),
    /// A row of the page, by its index.
    Row(usize),
    /// A cell of the stream map, by its first sequence.
    MapCell(u64),
    /// A pane, anywhere else in it.
    Pane(Focus),
    /// The layer on top.
    Overlay,
    Nothing,
}
