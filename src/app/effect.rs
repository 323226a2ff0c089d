//! Effects: what the shell is to do for the app. Each long one carries a [`Job`], and its reply
//! carries it back, so that a late reply for a screen that moved on is dropped.

use std::sync::Arc;

use crate::domain::{Goal, Page, PageRequest, Room, StreamInfo};

/// A number that tells one request of the app from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Job(pub u64);

/// Whether opening a room may make its stream where that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    /// Only where this session has not seen the stream.
    Unseen,
    /// No: it was seen, so a person is asked first.
    AskFirst,
    /// Yes: a person was asked.
    Asked,
}

/// What a page is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To open the room: its stream is ensured where it is missing and may be made. Replies with
    /// `Msg::Ensured`, or with `Msg::Gone` where a person is to be asked, then as `Show`.
    Open {
        /// Deleted sequences of its stream, as last heard; `None` where nothing was.
        deleted: Option<u64>,
        make: Make,
    },
    /// To be shown. Replies with `Msg::Progress`, at most one `Msg::Partial`, and `Msg::Read`.
    Show {
        /// Whether nothing that was kept may be shown: a person asked for what the server has now.
        fresh: bool,
    },
    /// For nobody yet: into the cache. It is abandoned by any other read. Replies with
    /// `Msg::Prefetched`.
    Ahead {
        /// About how many bytes its frames have; what would not fit in the cache is not read.
        bytes: u64,
    },
}

/// Something for the shell to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// List the rooms; replaces a listing under way. Replies with `Msg::Listed`.
    List {
        job: Job,
        /// Rooms known beforehand, from the rooms file and the command line.
        known: Vec<Room>,
    },
    /// Read a page; replaces a read under way.
    Read {
        job: Job,
        room: Box<Room>,
        request: PageRequest,
        purpose: Purpose,
    },
    /// Read the unread runs of a page again; replaces a read under way. Replies with
    /// `Msg::Progress` and `Msg::Read`.
    Retry {
        job: Job,
        room: Box<Room>,
        page: Arc<Page>,
    },
    /// Reply with `Msg::Again` when what could not be read may be tried again for the verdict on a
    /// room; replaces such a wait under way.
    WaitToReadAgain {
        job: Job,
    },
    /// Abandon the read ahead.
    StopPrefetch,
    /// Search for a place in the stream; replaces a search under way, and is abandoned by a read.
    /// Replies with `Msg::Sought`.
    Seek {
        job: Job,
        room: Box<Room>,
        goal: Goal,
    },
    /// Ask for the stream's state, and its list of deleted sequences where that is short; takes the
    /// place of a search. Replies with `Msg::LookedUp`.
    LookUp {
        job: Job,
        room: Box<Room>,
    },
    /// Sample the stream for its map, with at most 256 requests; replaces a survey under way.
    /// Replies with `Msg::Surveyed`.
    Survey {
        job: Job,
        room: Box<Room>,
    },
    /// Ask when the first message at or after a sequence was stored: one request. Replies with
    /// `Msg::Asked`.
    AskTime {
        job: Job,
        room: Box<Room>,
        seq: u64,
    },
    /// Ask what the answer to "why is this short?" still lacks: the stream's list of missing
    /// sequences, and how long one get takes. Replaces such a question under way. Replies with
    /// `Msg::WhyAsked`.
    AskWhy {
        job: Job,
        room: Box<Room>,
        /// Whether the list is wanted, however long.
        list: bool,
        /// A sequence to get for its time.
        get: Option<u64>,
    },
    /// Abandon `AskWhy`.
    StopWhy,
    /// Change a drifted stream; confirmed by a person. Never cancelled. Replies `Msg::Amended`.
    Amend {
        job: Job,
        room: Box<Room>,
        /// The stream as the person saw it.
        seen: Box<StreamInfo>,
    },
    /// Abandon a survey and a question for a cell's time.
    StopSurvey,
    /// Put text on the clipboard. Replies with `Msg::Copied`.
    Copy {
        /// What it is, for the toast: "base64 of 1,204".
        what: String,
        text: String,
    },
    /// Send `Msg::ToastExpired` after so many milliseconds.
    ExpireToast {
        id: u64,
        after_ms: u64,
    },
    /// Stop the process by SIGTSTP, terminal restored, and come back.
    Suspend,
    /// Clear and draw everything anew.
    Redraw,
    Quit,
}
