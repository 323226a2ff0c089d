//! The orders of the room list.

use jiff::Timestamp;

use super::row::RoomRow;

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By name or id.
    #[default]
    Name,
    Activity,
    Frames,
    /// Most stored bytes first.
    Bytes,
    /// Most missing sequences first, those before the first one included.
    Missing,
}

impl Sort {
    /// The word in the pane's title.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Activity => "activity",
            Self::Frames => "frames",
            Self::Bytes => "bytes",
            Self::Missing => "missing",
        }
    }

    pub(super) const fn next(self) -> Self {
        match self {
            Self::Name => Self::Activity,
            Self::Activity => Self::Frames,
            Self::Frames => Self::Bytes,
            Self::Bytes => Self::Missing,
            Self::Missing => Self::Name,
        }
    }
}

/// Most wanted first: the number is negated, so that ascending order shows the greatest on top.
pub(super) type Key = (std::cmp::Reverse<i128>, String);

pub(super) fn key(sort: Sort, row: &RoomRow) -> Key {
    let state = row.stream().map(|info| &info.state);
    let number = match sort {
        Sort::Name => 0,
        Sort::Activity => {
            state.and_then(|s| s.last_time).map_or(i128::MIN, Timestamp::as_nanosecond)
        }
        Sort::Frames => state.map_or(-1, |s| i128::from(s.messages)),
        Sort::Bytes => state.map_or(-1, |s| i128::from(s.bytes)),
        Sort::Missing => {
            state.map_or(-1, |s| i128::from(s.num_deleted) + i128::from(s.before_first()))
        }
    };
    (std::cmp::Reverse(number), row.room.title().to_lowercase())
}
