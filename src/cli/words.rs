//! Sentences that several commands say.

use jiff::tz::TimeZone;

use crate::domain::{Edge, Gap, GapCause, StreamState, Unread, format};

/// A gap in a line: its sequences, the whole hole where that is longer, the cause, and the frames
/// beside it.
pub(super) fn gap(gap: &Gap, stream: &StreamState, zone: &TimeZone) -> String {
    let (range, n) = (format::range(gap.range), format::count(gap.range.len()));
    let hole = gap.beyond(stream);
    let hole = hole.map_or_else(String::new, |hole| format!(" of {}", format::range(hole)));
    let what = format!("{range}{hole} - {n} {}", gap.cause.word());
    let edge = |edge: Edge| {
        format!("{} ({})", format::count(edge.seq), format::date_clock(edge.time, zone))
    };
    match (gap.cause, gap.before, gap.after) {
        (GapCause::BeforeFirst, ..) => what,
        (_, Some(before), Some(after)) => {
            format!("{what} - between {} and {}", edge(before), edge(after))
        }
        (_, Some(before), None) => format!("{what} - after {}", edge(before)),
        (_, None, Some(after)) => format!("{what} - before {}", edge(after)),
        (_, None, None) => what,
    }
}

/// Sequences that could not be read, in a line.
pub(super) fn unread(run: &Unread) -> String {
    let (range, n) = (format::range(run.range), format::count(run.range.len()));
    format!("{range} - {n} could not be read - {}", run.fault.text)
}
