//! The deleted lists of the streams read last, so that paging, and going back to a room, does not
//! fetch them anew each time.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::{Lost, StreamInfo, StreamName};

/// Longest deleted list to ask for. The server makes it under its lock: a million entries take
/// it 0.15 s and 6.9 MB; so many take about 8 ms.
const LIST_AT_MOST: u64 = 50_000;

/// Longest deleted list to ask for where all of a stream is accounted for: 14 MB of JSON.
pub const LONGEST_LIST: u64 = 2_000_000;

/// Longest list that is asked for with each look: 7 KB of JSON. A second request would cost more.
const ALWAYS: u64 = 1_000;

/// Sequences to keep in the deleted lists of all streams: 1.6 MB. One list may be longer, where a
/// reader asks for longer ones.
const KEPT_AT_MOST: usize = 200_000;

#[derive(Debug)]
pub(super) struct Lists {
    pub(super) most: u64,
    /// The one kept last is at the end.
    kept: Mutex<Vec<KeptList>>,
    /// The stream of which the next look should bring the list.
    expected: Mutex<Option<StreamName>>,
}

impl Default for Lists {
    fn default() -> Self {
        Self::new(LIST_AT_MOST)
    }
}

/// What a look with details brought.
#[derive(Debug)]
struct KeptList {
    stream: StreamName,
    created: Timestamp,
    leader: Option<String>,
    first_seq: u64,
    last: (u64, Option<Timestamp>),
    deleted: Arc<[u64]>,
    lost: Option<Lost>,
}

impl Lists {
    /// Asks for lists of at most so many sequences.
    pub(super) const fn new(most: u64) -> Self {
        Self { most, kept: Mutex::new(Vec::new()), expected: Mutex::new(None) }
    }

    /// Fills in the kept list and report, when they are still all there is to know: of the same
    /// leader, and nothing came or went since. A sequence once deleted stays deleted, so a list of as
    /// many entries as the server counts is equal to the server's; but a store that was put back to
    /// an older copy counts other ones, and only what was stored last tells it from the newer one.
    pub(super) fn fill_in(&self, stream: &StreamName, info: &mut StreamInfo) -> bool {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut info.state;
        let same = |kept: &&KeptList| {
            kept.stream == *stream
                && kept.created == info.created
                && kept.leader == info.leader
                && kept.first_seq == state.first_seq
                && kept.last == (state.last_seq, state.last_time)
                && kept.deleted.len() as u64 == state.num_deleted
        };
        let Some(kept) = kept.iter().find(same) else { return false };
        state.deleted = Some(Arc::clone(&kept.deleted));
        state.lost.clone_from(&kept.lost);
        true
    }

    /// A stream of which no list is kept is about to be read, and had so many deleted sequences when
    /// it was last heard of.
    pub(super) fn expect(&self, stream: &StreamName, num_deleted: u64) {
        let wanted = num_deleted <= self.most && {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            !kept.iter().any(|kept| kept.stream == *stream)
        };
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        *expected = wanted.then(|| stream.clone());
    }

    /// Whether the first look at a stream should bring its list: it is short as far as is known.
    pub(super) fn is_short(&self, stream: &StreamName) -> bool {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        if expected.take_if(|expected| expected == stream).is_some() {
            return true;
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.iter().find(|kept| kept.stream == *stream);
        kept.is_some_and(|kept| kept.deleted.len() as u64 <= ALWAYS.min(self.most))
    }

    pub(super) fn keep(&self, stream: &StreamName, info: &StreamInfo) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.stream != *stream);
        let state = &info.state;
        let Some(deleted) = state.deleted.clone().filter(|_| !state.is_doubtful()) else { return };
        kept.push(KeptList {
            stream: stream.clone(),
            created: info.created,
            leader: info.leader.clone(),
            first_seq: state.first_seq,
            last: (state.last_seq, state.last_time),
            deleted,
            lost: state.lost.clone(),
        });
        let weigh = |kept: &KeptList| kept.deleted.len() + 64;
        let mut all: usize = kept.iter().map(weigh).sum();
        while all > KEPT_AT_MOST && kept.len() > 1 {
            all -= weigh(&kept.remove(0));
        }
    }
}
