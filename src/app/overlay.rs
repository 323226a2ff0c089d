//! What lies over the panes: layers, the line that is typed, and short notices.

use jiff::Timestamp;
use tui_input::Input;

use crate::domain::{RoomId, StreamInfo};

use super::effect::Job;

/// A layer over the panes.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// The help.
    Help {
        /// Lines scrolled down.
        scroll: usize,
        /// Shows only entries that hold this text.
        filter: String,
    },
    /// Wanted and found, field by field.
    Drift {
        /// Lines scrolled down.
        scroll: usize,
    },
    /// The question before a drifted stream is changed. Only `y` changes it, and only when the
    /// last line was in sight.
    Confirm {
        /// Lines scrolled down.
        scroll: usize,
        /// The room whose stream it is.
        room: RoomId,
        /// The stream as it was when the question was put.
        seen: Box<StreamInfo>,
        /// What would change, one line each, escaped.
        changes: Vec<String>,
    },
    /// The question before a stream that was seen in this session and is gone is made anew.
    Recreate {
        /// Lines scrolled down.
        scroll: usize,
        /// The room whose stream it was.
        room: RoomId,
        /// When that was made, where it is known.
        made: Option<Timestamp>,
    },
    /// The connection in full.
    Connection {
        /// Lines scrolled down.
        scroll: usize,
    },
    /// The map of the whole stream.
    Map {
        /// A sequence in the cell under the cursor.
        cursor: u64,
    },
    /// Why the room's backlog is short.
    Why(Box<WhyLayer>),
    /// A line to type.
    Prompt(Prompt),
}

impl Overlay {
    /// Lines scrolled down; `None` for a layer that does not scroll.
    #[must_use]
    pub const fn scroll(&self) -> Option<usize> {
        match self {
            Self::Help { scroll, .. }
            | Self::Drift { scroll }
            | Self::Confirm { scroll, .. }
            | Self::Recreate { scroll, .. }
            | Self::Connection { scroll } => Some(*scroll),
            Self::Why(why) => Some(why.scroll),
            Self::Map { .. } | Self::Prompt(_) => None,
        }
    }

    pub(super) const fn scroll_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::Help { scroll, .. }
            | Self::Drift { scroll }
            | Self::Confirm { scroll, .. }
            | Self::Recreate { scroll, .. }
            | Self::Connection { scroll } => Some(scroll),
            Self::Why(why) => Some(&mut why.scroll),
            Self::Map { .. } | Self::Prompt(_) => None,
        }
    }
}

/// A line being typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What it is for.
    pub kind: PromptKind,
    /// The text and cursor.
    pub input: Input,
    /// Why the text will not do, as of the last Enter.
    pub error: Option<String>,
}

/// What a typed line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// Filter the rooms, as typed.
    Filter,
    /// Find in the page.
    Find,
    /// Filter the help, as typed.
    HelpFilter,
    /// The page size.
    PageSize,
    /// A sequence or a time.
    Goto,
    /// A command.
    Command,
}

impl PromptKind {
    /// What stands before the line.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Filter => "filter rooms: ",
            Self::Find => "find: ",
            Self::HelpFilter => "find in help: ",
            Self::PageSize => "sequences in a page (1-1000): ",
            Self::Goto => "go to a sequence or a time: ",
            Self::Command => ":",
        }
    }
}

/// The layer that answers why a room's backlog is short.
#[derive(Debug, Clone)]
pub struct WhyLayer {
    /// Lines scrolled down.
    pub scroll: usize,
    /// The room.
    pub room: RoomId,
    /// The question under way.
    pub asking: Option<Job>,
    /// What was asked for, and answered.
    pub told: Option<Told>,
    /// Why it could not be asked.
    pub failed: Option<String>,
}

/// What was asked for beyond what is on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The stream with its list, where that was asked for.
    pub info: Option<Box<StreamInfo>>,
    /// How long one get took, in microseconds.
    pub round_trip: Option<u64>,
}

/// A short notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Which.
    pub id: u64,
    /// How bad.
    pub kind: ToastKind,
    /// One line, escaped.
    pub text: String,
}

/// How a toast is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    /// Something was done.
    Done,
    /// Something to know.
    Note,
    /// Something failed.
    Failed,
}
