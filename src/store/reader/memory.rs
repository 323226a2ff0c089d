//! What was once seen of streams in this session. A server forgets most of what it reports of
//! damage at its next start, so the evidence is kept here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::{Lost, StreamInfo, StreamName, Window};

/// Streams remembered at most; past that all are forgotten.
const STREAMS: usize = 4096;
/// Sequences kept of one stream's reports. What is beyond counts as not named.
const SEQUENCES: usize = 200_000;
/// Runs that could not be read, kept of one stream.
const RUNS: usize = 1024;
/// How long after a message could not be read it counts as damage when it still cannot: what
/// passes, as a shortage of file descriptors, mostly passes sooner.
pub const AGAIN_AFTER: Duration = Duration::from_secs(3);

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
    /// Runs that could not be read, and since when.
    unreadable: Vec<(Window, Instant)>,
}

impl Memory {
    /// Takes in an answer, and adds to it what earlier ones said and it does not repeat.
    pub(super) fn recall(&self, stream: &StreamName, info: &mut StreamInfo) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if streams.len() >= STREAMS && !streams.contains_key(stream) {
            streams.clear();
        }
        let seen = streams.entry(stream.clone()).or_default();
        if seen.created != info.created {
            *seen = Seen { created: info.created, ..Seen::default() };
        }
        seen.recall_lost(info);
        let (last, leader) = &seen.last;
        let state = &mut info.state;
        // Another leader may not have stored all that the one before told of.
        if *leader != info.leader || state.last_seq >= *last {
            seen.last = (state.last_seq, info.leader.clone());
        } else {
            state.went_back_from = Some(*last);
        }
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

impl Seen {
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
            };
        }
        // A report that names less than was once named is of the same loss, half forgotten.
        let earlier = now.is_none() && !self.lost.is_none();
        if asked || earlier {
            let known = if self.lost.is_none() { &now } else { &self.lost };
            info.state.lost = Some(Lost { earlier, ..known.clone() });
        }
    }
}
