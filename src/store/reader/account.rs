//! Turning what was fetched into slots: every sequence of the fetched ranges, with its cause.

use std::sync::Arc;

use crate::domain::{Gap, GapCause, Holes, PageBuilder, StreamInfo, Window};

use super::fetch::Fetched;

/// Reports all that was learned of `ranges` to the builder. `info` is the stream as it was after
/// the fetch wherever holes were seen, and `list_seen` whether its deleted list is of then.
pub(super) fn account(
    builder: &mut PageBuilder,
    fetched: &Fetched,
    info: &StreamInfo,
    ranges: &[Window],
    list_seen: bool,
) {
    for frame in fetched.frames.values() {
        builder.frame(Arc::clone(frame));
    }
    for range in ranges {
        below_first(builder, *range, info);
        let list = info.state.deleted.as_deref().unwrap_or_default();
        for run in Holes(list).runs(*range) {
            builder.gap(gap(run, GapCause::Deleted));
        }
    }
    let list = info.state.deleted.as_deref();
    let cause = GapCause::Missing { list_seen };
    for hole in fetched.holes.iter().chain(&fetched.kept_holes) {
        let Some(stored) = at_or_above(*hole, info.state.first_seq) else {
            continue;
        };
        for run in Holes(list.unwrap_or_default()).present(stored) {
            builder.gap(gap(run, cause));
        }
    }
    for (range, fault) in &fetched.failed {
        builder.unread(*range, fault.clone());
    }
}

/// The gap below the stream's first sequence, when the window begins there.
pub(super) fn head(window: Window, info: &StreamInfo) -> Option<Gap> {
    let first_seq = info.state.first_seq;
    if window.start() > first_seq {
        return None;
    }
    let range = Window::new(1, first_seq.min(window.start()).checked_sub(1)?)?;
    Some(gap(range, GapCause::BeforeFirst { first_seq }))
}

fn below_first(builder: &mut PageBuilder, range: Window, info: &StreamInfo) {
    let first_seq = info.state.first_seq;
    if let Some(range) = range.below(first_seq) {
        builder.gap(gap(range, GapCause::BeforeFirst { first_seq }));
    }
}

fn at_or_above(range: Window, first_seq: u64) -> Option<Window> {
    match first_seq.checked_sub(1) {
        Some(below) => range.above(below),
        None => Some(range),
    }
}

const fn gap(range: Window, cause: GapCause) -> Gap {
    Gap { range, cause, before: None, after: None }
}
