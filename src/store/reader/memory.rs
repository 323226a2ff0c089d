//! What was once seen of streams in this session. A server forgets most of what it reports of
//! damage at its next start, so the evidence is kept here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::{Lost, StreamInfo, StreamName, StreamState, Window};

use super::Reader;

/// Streams remembered at most; past that those are forgotten of which there is no damage to tell.
const STREAMS: usize = 4096;
/// Sequences kept of one stream's reports. What is beyond counts as not named.
const SEQUENCES: usize = 200_000;
/// Runs that could not be read, kept of one stream.
const RUNS: usize = 1024;
/// How long after a message could not be read it counts as damage when it still cannot: what
/// passes, as a shortage of file descriptors, mostly passes sooner.
pub const AGAIN_AFTER: Duration = Duration::from_secs(3);

impl Reader {
    /// Takes in what an earlier session was told of damage to a stream, as if it had been this one.
    pub fn remember(&self, stream: &StreamName, created: Timestamp, lost: Lost) {
        let state = StreamState { lost: Some(lost), ..StreamState::default() };
        let mut told = StreamInfo { created, state, ..StreamInfo::default() };
        self.memory.recall(stream, &mut told);
    }
}

/// What is remembered of all streams.
#[derive(Debug, Default)]
pub(super) struct Memory {
    streams: Mutex<HashMap<StreamName, Seen>>,
}

/// What was seen of a stream, and of no later one of its name.
#[derive(Debug, Default)]
struct Seen {
    created: Timestamp,
    lost: Lost,
    /// The highest last sequence, and the leader that told it.
    last: (u64, Option<String>),
    /// From where to where the last sequence went back.
    went_back: Option<(u64, u64)>,
    /// Runs that could not be read, and since when.
    unreadable: Vec<(Window, Instant)>,
}

impl Memory {
    /// Takes in an answer, and adds to it what earlier ones said and it does not repeat.
    pub(super) fn recall(&self, stream: &StreamName, info: &mut StreamInfo) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if streams.len() >= STREAMS && !streams.contains_key(stream) {
            streams.retain(|_, seen| seen.has_damage());
            if streams.len() >= STREAMS {
                streams.clear();
            }
        }
        let seen = streams.entry(stream.clone()).or_default();
        if seen.created != info.created {
            *seen = Seen { created: info.created, ..Seen::default() };
        }
        seen.recall_lost(info);
        let (last, leader) = &seen.last;
        let state = &mut info.state;
        if state.last_seq < *last && is_one_copy(info.config.replicas, leader, &info.leader) {
            let from = seen.went_back.map_or(*last, |(from, _)| from.max(*last));
            seen.went_back = Some((from, state.last_seq));
        }
        seen.last = (state.last_seq, info.leader.clone());
        state.went_back = seen.went_back;
    }

    /// Takes in that messages which were reported as lost can be read.
    pub(super) fn came_back(&self, stream: &StreamName, seqs: &[u64]) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = streams.get_mut(stream).filter(|_| !seqs.is_empty()) else { return };
        let left = seen.lost.seqs.iter().filter(|seq| seqs.binary_search(seq).is_err());
        seen.lost.seqs = left.copied().collect();
    }

    /// Whether a stream was seen in this session, and when it was made.
    pub(super) fn created(&self, stream: &StreamName) -> Option<Timestamp> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.get(stream).map(|seen| seen.created)
    }

    /// Takes in which runs of a window could not be read now. Gives whether one of them could not
    /// be read [some seconds](AGAIN_AFTER) ago either.
    pub(super) fn unreadable(&self, stream: &StreamName, window: Window, now: &[Window]) -> bool {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = streams.get_mut(stream) else { return false };
        let before = std::mem::take(&mut seen.unreadable);
        let mut again = false;
        for run in now {
            let earlier = before.iter().filter(|(old, _)| old.intersect(*run).is_some());
            let since = earlier.map(|(_, since)| *since).min().unwrap_or_else(Instant::now);
            again |= since.elapsed() >= AGAIN_AFTER;
            seen.unreadable.push((*run, since));
        }
        seen.unreadable
            .extend(before.into_iter().filter(|(run, _)| run.intersect(window).is_none()));
        seen.unreadable.truncate(RUNS);
        again
    }
}

/// Whether two leaders speak of one copy of a stream. A server without a name of its own is called
/// otherwise each time it is started, and another server has another copy.
fn is_one_copy(replicas: u32, one: &Option<String>, other: &Option<String>) -> bool {
    replicas <= 1 || one == other
}

impl Seen {
    fn has_damage(&self) -> bool {
        !self.lost.is_none() || self.went_back.is_some() || !self.unreadable.is_empty()
    }

    fn recall_lost(&mut self, info: &mut StreamInfo) {
        let now = info.state.lost.take();
        let asked = now.is_some();
        let now = now.unwrap_or_default();
        if !now.is_none() {
            let mut seqs: Vec<u64> =
                self.lost.seqs.iter().chain(now.seqs.iter()).copied().collect();
            seqs.sort_unstable();
            seqs.dedup();
            let unnamed = self.lost.unnamed || now.unnamed || seqs.len() > SEQUENCES;
            seqs.truncate(SEQUENCES);
            self.lost = Lost {
                bytes: now.bytes.max(self.lost.bytes),
                seqs: seqs.into(),
                unnamed,
                by: now.by.clone(),
                earlier: false,
                unasked: false,
            };
        }
        // What a leader missed is no evidence of another's copy.
        let is_ours = is_one_copy(info.config.replicas, &self.lost.by.leader, &info.leader);
        let earlier = now.is_none() && !self.lost.is_none() && is_ours;
        if !is_ours {
            info.state.lost = asked.then_some(now);
        } else if asked || earlier {
            let known = if self.lost.is_none() { &now } else { &self.lost };
            info.state.lost = Some(Lost { earlier, unasked: !asked, ..known.clone() });
        }
    }
}
