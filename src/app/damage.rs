//! Damage that was found in a room.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::moment::Moment;

/// What shows that a room is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Why, in sentences, the gravest first.
    pub why: Vec<String>,
    /// When the server told so.
    pub moment: Moment,
}

impl Damage {
    /// `12:07:30`.
    #[must_use]
    pub fn at(&self, now: Timestamp, zone: &TimeZone) -> String {
        self.moment.words(now, zone)
    }
}
