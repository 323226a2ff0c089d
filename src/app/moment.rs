//! A moment of which something is claimed, such as damage: by the server's clock, and by ours where that differs.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::format;

/// How far apart the clocks may be before both are said.
const APART: SignedDuration = SignedDuration::from_secs(2);

/// When the server told something of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// By its clock; `None` where it told no time (before server 2.10).
    server: Option<Timestamp>,
    /// By our clock, where the server told no time or another one.
    here: Option<Timestamp>,
}

impl Moment {
    /// The moment of an answer to what was asked for at one time and was there at another, by our
    /// clock. The server's clock is another one for sure where its time is outside of the two.
    pub fn of(server: Option<Timestamp>, asked: Timestamp, answered: Timestamp) -> Self {
        let here = match server {
            None => Some(answered),
            Some(at) if asked.duration_since(at) > APART => Some(asked),
            Some(at) if at.duration_since(answered) > APART => Some(answered),
            Some(_) => None,
        };
        Self { server, here }
    }

    /// By the server's clock alone.
    pub const fn by_server(at: Timestamp) -> Self {
        Self { server: Some(at), here: None }
    }

    /// `14:03:05`, or `14:03:05 (here 14:03:11)`; with the date where that is another than today's.
    pub fn words(&self, now: Timestamp, zone: &TimeZone) -> String {
        let clock = |at| format::span_ends(at, now, zone).0;
        match (self.server, self.here) {
            (Some(server), None) => clock(server),
            (Some(server), Some(here)) => format!("{} (here {})", clock(server), clock(here)),
            (None, Some(here)) => format!("{} (here)", clock(here)),
            (None, None) => "an unknown time".into(),
        }
    }
}

/// What shows that a room is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Why, in sentences, the gravest first.
    pub why: Vec<String>,
    pub moment: Moment,
}

impl Damage {
    /// `12:07:30`.
    pub fn at(&self, now: Timestamp, zone: &TimeZone) -> String {
        self.moment.words(now, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn our_clock_is_said_where_it_is_another_one_for_sure() {
        // The clock is at 22:13:20, UTC.
        for (server, asked, answered, words) in [
            (Some(0), 0, 0, "22:13:20"),
            (Some(0), 2, 9, "22:13:20"),
            (Some(0), 3, 9, "22:13:20 (here 22:13:23)"),
            (Some(30), 0, 28, "22:13:50"),
            (Some(30), 0, 20, "22:13:50 (here 22:13:40)"),
            (None, 0, 5, "22:13:25 (here)"),
            (Some(-86_400), -86_400, -86_400, "2023-11-13 22:13:20"),
        ] {
            let moment = Moment::of(server.map(at), at(asked), at(answered));
            assert_eq!(moment.words(at(60), &TimeZone::UTC), words);
        }
    }
}
