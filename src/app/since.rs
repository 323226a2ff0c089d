//! What became of a stream since the page on the screen was read, as far as anything that was
//! asked for other reasons told of it.

use jiff::Timestamp;

use crate::domain::StreamInfo;

use super::state::State;

/// How a later answer differs from the one that the page stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Since {
    /// The stream is another one of the same name.
    pub remade: bool,
    /// Its last sequence, where the page was the newest and no longer is.
    pub newer: Option<u64>,
    /// Its last sequence, where that is lower than it was.
    pub back: Option<u64>,
    /// Its first sequence, where that is above the beginning of the page.
    pub begins: Option<u64>,
    /// When the server told so, by its clock.
    pub as_of: Option<Timestamp>,
}

/// What is known to have changed; `None` where nothing is. The room's row has what the last
/// listing, read or search told of its stream.
pub(crate) fn since(state: &State) -> Option<Since> {
    let view = &state.view;
    let page = view.page()?;
    let row = state.rooms.get(view.room.as_ref()?)?;
    let now = row.stream().filter(|now| is_later(now, &page.stream))?;
    let remade = now.created != page.stream.created;
    let (then, window) = (&page.stream.state, page.window());
    let only = |is: bool, seq: u64| (is && !remade).then_some(seq);
    let since = Since {
        remade,
        newer: only(view.is_newest() && now.state.last_seq > window.end(), now.state.last_seq),
        back: only(now.state.last_seq < then.last_seq, now.state.last_seq),
        begins: only(now.state.first_seq > window.start(), now.state.first_seq),
        as_of: None,
    };
    (since != Since::default()).then_some(Since { as_of: now.as_of, ..since })
}

/// Whether an answer is a later one than another. A member without a leader tells of the past.
fn is_later(now: &StreamInfo, then: &StreamInfo) -> bool {
    if now.leaderless {
        return false;
    }
    match (now.as_of, then.as_of) {
        (Some(now), Some(then)) => now > then,
        // A server that tells no time: sequences only rise, unless it was put back.
        _ => now.state.last_seq > then.state.last_seq || now.state.first_seq > then.state.first_seq,
    }
}
