//! What lies over the panes: layers, the line that is typed, and short notices.

use jiff::Timestamp;
use tui_input::Input;

use crate::domain::{RoomId, StreamInfo};

use super::action::Action;
use super::effect::Job;

/// A layer over the panes.
#[derive(Debug, Clone)]
pub enum Overlay {
    Help {
        scroll: usize,
        /// Shows only entries that hold this text.
        filter: String,
    },
    /// Wanted and found, field by field.
    Drift {
        scroll: usize,
    },
    /// The question before a drifted stream is changed. Only `y` changes it, and only when the
    /// last line was in sight.
    Confirm {
        scroll: usize,
        room: RoomId,
        /// The stream as it was when the question was put.
        seen: Box<StreamInfo>,
        /// What would change, one line each, escaped.
        changes: Vec<String>,
    },
    /// The question before a stream that was seen in this session and is gone is made anew.
    Recreate {
        scroll: usize,
        room: RoomId,
        /// When that was made, where it is known.
        made: Option<Timestamp>,
    },
    Connection {
        scroll: usize,
    },
    Map {
        /// A sequence in the cell under the cursor.
        cursor: u64,
    },
    Why(Box<WhyLayer>),
    Prompt(Prompt),
}

impl Overlay {
    /// Lines scrolled down; `None` for a layer that does not scroll.
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

    /// The action that opens it, and closes it again.
    pub(super) const fn opened_by(&self) -> Option<Action> {
        match self {
            Self::Help { .. } => Some(Action::Help),
            Self::Drift { .. } => Some(Action::Drift),
            Self::Connection { .. } => Some(Action::Connection),
            Self::Map { .. } => Some(Action::Map),
            Self::Why(_) => Some(Action::Why),
            Self::Confirm { .. } | Self::Recreate { .. } | Self::Prompt(_) => None,
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
    pub kind: PromptKind,
    pub input: Input,
    /// Why the text will not do, as of the last Enter.
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// Filter the rooms, as typed.
    Filter,
    Find,
    /// Filter the help, as typed.
    HelpFilter,
    PageSize,
    /// A sequence or a time.
    Goto,
    Command,
}

impl PromptKind {
    /// What stands before the line.
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
    pub scroll: usize,
    pub room: RoomId,
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub id: u64,
    pub kind: ToastKind,
    /// One line, escaped.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Done,
    Note,
    Failed,
}
