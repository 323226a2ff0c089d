//! What was once seen of streams in this session. A server forgets most of what it reports of
//! damage at its next start, so the evidence is kept here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::{Lost, StreamInfo, StreamName, Window};

use super::Reader;

/// Streams remembered at most; past that those are forgotten of which there is no damage to tell.
const STREAMS: usize = 4096;
/// Sequences kept of one stream's reports. What is beyond counts as not named.
const SEQUENCES: usize = 200_000;
/// Runs that could not be read, kept of one stream.
const RUNS: usize = 1024;
/// Copies of one stream whose reports are kept, each of another leader.
const COPIES: usize = 8;
/// How long after a message could not be read it counts as damage when it still cannot: what
/// passes, as a shortage of file descriptors, mostly passes sooner.
pub const AGAIN_AFTER: Duration = Duration::from_secs(3);

impl Reader {
    /// Takes in what a listing that began at a time told of a stream. Costs nothing where the stream
    /// was not read in this session.
    pub fn heard(&self, stream: &StreamName, info: &StreamInfo, began: Instant) {
        self.memory.heard(stream, info, began);
    }

    /// Takes in what an earlier session was told of damage to a stream, as if it had been this one.
    pub fn remember(&self, stream: &StreamName, created: Timestamp, lost: Lost) {
        self.memory.of(stream, created, |seen| {
            let at = seen.lost.iter().position(|other| other.by.leader == lost.by.leader);
            let known = at.map(|at| seen.lost.remove(at)).unwrap_or_default();
            seen.keep_lost(merged(&known, &lost));
        });
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
    /// What was reported of each copy, the latest at the end.
    lost: Vec<Lost>,
    last: Option<Last>,
    /// From where to where the last sequence went back.
    went_back: Option<(u64, u64)>,
    /// Runs that could not be read, and since when.
    unreadable: Vec<(Window, Instant)>,
}

/// The last sequence of a stream, as the latest answer told it.
#[derive(Debug)]
struct Last {
    seq: u64,
    leader: Option<String>,
    /// When that answer was there.
    told: Instant,
}

impl Memory {
    /// Takes in an answer to what was asked for at a time, and adds to it what earlier ones said and
    /// it does not repeat. Only what was asked for after another answer was there is later than it:
    /// the answers of reads at the same time come in any order.
    pub(super) fn recall(&self, stream: &StreamName, info: &mut StreamInfo, asked: Instant) {
        self.of(stream, info.created, |seen| {
            seen.recall_lost(info);
            seen.recall_last(info, asked);
        });
    }

    /// Takes in what a listing that began then told of a stream that was read before: it may be all
    /// that ever shows that the last sequence went back.
    fn heard(&self, stream: &StreamName, info: &StreamInfo, asked: Instant) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = streams.get_mut(stream).filter(|seen| seen.created == info.created);
        if let Some(seen) = seen.filter(|_| !info.leaderless) {
            seen.recall_last(&mut info.clone(), asked);
        }
    }

    /// What is remembered of a stream that was made then.
    fn of<T>(
        &self,
        stream: &StreamName,
        created: Timestamp,
        take: impl FnOnce(&mut Seen) -> T,
    ) -> T {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if streams.len() >= STREAMS && !streams.contains_key(stream) {
            streams.retain(|_, seen| seen.has_damage());
            if streams.len() >= STREAMS {
                streams.clear();
            }
        }
        let seen = streams.entry(stream.clone()).or_default();
        if seen.created != created {
            *seen = Seen { created, ..Seen::default() };
        }
        take(seen)
    }

    /// Takes in that messages which were reported as lost can be read.
    pub(super) fn came_back(&self, stream: &StreamName, seqs: &[u64]) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = streams.get_mut(stream).filter(|_| !seqs.is_empty()) else { return };
        for lost in &mut seen.lost {
            let left = lost.seqs.iter().filter(|seq| seqs.binary_search(seq).is_err());
            lost.seqs = left.copied().collect();
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

/// Whether two leaders speak of one copy of a stream. A server without a name of its own is called
/// otherwise each time it is started, and another server has another copy.
fn is_one_copy(replicas: u32, one: &Option<String>, other: &Option<String>) -> bool {
    replicas <= 1 || one == other
}

/// What two reports of one copy say together; the second is the later one.
fn merged(known: &Lost, now: &Lost) -> Lost {
    let mut seqs: Vec<u64> = known.seqs.iter().chain(now.seqs.iter()).copied().collect();
    seqs.sort_unstable();
    seqs.dedup();
    let unnamed = known.unnamed || now.unnamed || seqs.len() > SEQUENCES;
    seqs.truncate(SEQUENCES);
    let bytes = now.bytes.max(known.bytes);
    Lost { bytes, seqs: seqs.into(), unnamed, by: now.by.clone(), ..Lost::default() }
}

impl Seen {
    fn has_damage(&self) -> bool {
        !self.lost.is_empty() || self.went_back.is_some() || !self.unreadable.is_empty()
    }

    fn keep_lost(&mut self, lost: Lost) {
        if self.lost.len() >= COPIES {
            self.lost.remove(0);
        }
        self.lost.push(lost);
    }

    /// What a leader missed is no evidence of another's copy, so each copy has its own report.
    fn recall_lost(&mut self, info: &mut StreamInfo) {
        let same = |lost: &Lost| lost.by.leader == info.leader;
        let ours = |lost: &Lost| is_one_copy(info.config.replicas, &lost.by.leader, &info.leader);
        let at = self.lost.iter().position(same).or_else(|| self.lost.iter().position(ours));
        let known = at.and_then(|at| self.lost.get(at)).cloned();
        info.state.lost = match (known, info.state.lost.take()) {
            (known, Some(now)) if !now.is_none() => {
                let all = merged(&known.unwrap_or_default(), &now);
                at.map(|at| self.lost.remove(at));
                self.keep_lost(all.clone());
                Some(all)
            }
            (Some(known), now) => Some(Lost { earlier: true, unasked: now.is_none(), ..known }),
            (None, now) => now,
        };
    }

    fn recall_last(&mut self, info: &mut StreamInfo, asked: Instant) {
        let state = &mut info.state;
        let later = self.last.as_ref().is_none_or(|last| asked >= last.told);
        if let Some(last) = self.last.as_ref().filter(|last| later && state.last_seq < last.seq)
            && is_one_copy(info.config.replicas, &last.leader, &info.leader)
        {
            let from = self.went_back.map_or(last.seq, |(from, _)| from.max(last.seq));
            self.went_back = Some((from, state.last_seq));
        }
        if later {
            let (seq, leader) = (state.last_seq, info.leader.clone());
            self.last = Some(Last { seq, leader, told: Instant::now() });
        }
        state.went_back = self.went_back;
    }
}
