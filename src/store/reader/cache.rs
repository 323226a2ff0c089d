//! Frames kept from earlier reads, bounded in bytes, the least recently used given up first.
//!
//! A stored message never changes, so what has to be found out about a kept one is only whether it
//! is still there. One STREAM.INFO tells: while a stream's creation, first sequence and number of
//! deleted sequences are what they were, nothing was removed from it, since deletions only add up
//! as long as the first sequence stays. When they changed, the deleted list says what is left; when
//! there is none, nothing is kept. No frame is given out without that answer of the same read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::domain::{Frame, Holes, StreamInfo, StreamName, Window};
use crate::store::Get;

#[cfg(test)]
mod tests;

/// Bytes to count for an entry besides the frame's own: the maps' nodes and the frame's fields.
const OVERHEAD: u64 = 256;

/// The frames of all streams. Not more than `most` bytes.
#[derive(Debug)]
pub(super) struct Cache {
    most: u64,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    streams: HashMap<Arc<StreamName>, Stream>,
    /// By when it was last used.
    by_use: BTreeMap<u64, (Arc<StreamName>, u64)>,
    uses: u64,
    bytes: u64,
}

/// What is kept of a stream: true of it as of the stamp.
#[derive(Debug)]
struct Stream {
    name: Arc<StreamName>,
    stamp: Stamp,
    /// By first sequence.
    entries: BTreeMap<u64, Entry>,
}

/// What stays the same as long as nothing is removed from a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    created: Timestamp,
    first_seq: u64,
    num_deleted: u64,
}

#[derive(Debug)]
struct Entry {
    used: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    Frame(Arc<Frame>),
    /// No message up to this sequence, as the server answered.
    Hole(u64),
}

impl What {
    fn weight(&self) -> u64 {
        let Self::Frame(frame) = self else { return OVERHEAD };
        let header =
            |h: &crate::domain::Header| h.name.len() + h.value.as_ref().map_or(0, Vec::len) + 48;
        let own = frame.payload.capacity()
            + frame.subject.len()
            + frame.headers.iter().map(header).sum::<usize>();
        OVERHEAD.saturating_add(own as u64)
    }
}

/// The cache as one read sees it: of one stream in one state.
#[derive(Debug, Clone)]
pub(super) struct Keep<'a> {
    cache: &'a Cache,
    stream: &'a StreamName,
    stamp: Stamp,
    last_seq: u64,
    deleted: Option<Arc<[u64]>>,
}

/// What is kept of the ranges of a read.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) frames: Vec<Arc<Frame>>,
    /// Runs that hold nothing, as the server once answered.
    pub(super) holes: Vec<Window>,
    /// What is left to ask for, in order.
    pub(super) rest: Vec<Window>,
}

impl Cache {
    /// A cache of at most so many bytes; 0 keeps nothing.
    pub(super) fn new(most: u64) -> Self {
        Self { most, kept: Mutex::default() }
    }

    /// Most bytes to keep.
    pub(super) const fn most(&self) -> u64 {
        self.most
    }

    /// The cache for a read that found the stream like this. What is not true of it any more is
    /// given up.
    pub(super) fn at<'a>(&'a self, stream: &'a StreamName, info: &StreamInfo) -> Keep<'a> {
        let state = &info.state;
        let stamp = Stamp {
            created: info.created,
            first_seq: state.first_seq,
            num_deleted: state.num_deleted,
        };
        let (last_seq, deleted) = (state.last_seq, state.deleted.clone());
        self.kept().renew(stream, stamp, last_seq, deleted.as_deref());
        Keep { cache: self, stream, stamp, last_seq, deleted }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while it holds the lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keep<'_> {
    /// What is kept of these ranges.
    pub(super) fn known(&self, ranges: &[Window]) -> Known {
        let mut known = Known::default();
        let mut kept = self.cache.kept();
        let mut used = Vec::new();
        if let Some(stream) = kept.stream(self) {
            for range in ranges {
                stream.known(*range, &mut known, &mut used);
            }
        } else {
            known.rest.extend(ranges);
        }
        kept.touch(self.stream, &used);
        known
    }

    /// The kept frame that a get would be answered with now; `None` says nothing.
    pub(super) fn get(&self, at: Get) -> Option<Arc<Frame>> {
        let kept = self.cache.kept();
        let entries = &kept.stream(self)?.entries;
        let seq = match (at, &self.deleted) {
            (Get::Exact(seq), _) => seq,
            (Get::AtOrAfter(seq), Some(list)) => {
                let seq = seq.max(self.stamp.first_seq);
                Holes(list).around(seq).map_or(Some(seq), |hole| hole.end().checked_add(1))?
            }
            (Get::AtOrAfter(seq), None) => match entries.range(..=seq).next_back()?.1.what {
                What::Hole(end) if end >= seq => end.checked_add(1)?,
                _ => seq,
            },
        };
        match &entries.get(&seq)?.what {
            What::Frame(frame) => Some(Arc::clone(frame)),
            What::Hole(_) => None,
        }
    }

    /// Keeps a frame that this read got.
    pub(super) fn frame(&self, frame: &Arc<Frame>) {
        self.put(frame.seq, What::Frame(Arc::clone(frame)));
    }

    /// Keeps a frame that is the first one at or after `from`.
    pub(super) fn jump(&self, from: u64, frame: &Arc<Frame>) {
        if let Some(hole) = frame.seq.checked_sub(1).and_then(|end| Window::new(from, end)) {
            self.hole(hole);
        }
        self.frame(frame);
    }

    /// Keeps that a run holds nothing. Where there is a deleted list, that says it already.
    pub(super) fn hole(&self, run: Window) {
        if self.deleted.is_none() {
            self.put(run.start(), What::Hole(run.end()));
        }
    }

    /// What was seen of another state of the stream than the latest is not kept: it may be gone.
    fn put(&self, seq: u64, what: What) {
        let most = self.cache.most;
        if what.weight() <= most && seq <= self.last_seq {
            self.cache.kept().put(self, seq, what, most);
        }
    }
}

impl Kept {
    fn stream(&self, keep: &Keep<'_>) -> Option<&Stream> {
        self.streams.get(keep.stream).filter(|stream| stream.stamp == keep.stamp)
    }

    fn renew(&mut self, name: &StreamName, stamp: Stamp, last: u64, deleted: Option<&[u64]>) {
        let Some(stream) = self.streams.get_mut(name) else { return };
        // A last sequence that went back is one that the server lost, to be given out again.
        let lost = stream.entries.keys().next_back().is_some_and(|&seq| seq > last);
        if stream.stamp == stamp && !lost {
            return;
        }
        let same = stream.stamp.created == stamp.created && !lost;
        stream.stamp = stamp;
        let list = deleted.filter(|_| same);
        let stays = |seq: u64, entry: &Entry| {
            matches!(entry.what, What::Frame(_))
                && seq >= stamp.first_seq
                && list.is_some_and(|list| list.binary_search(&seq).is_err())
        };
        let mut gone = Vec::new();
        stream.entries.retain(|&seq, entry| {
            let stays = stays(seq, entry);
            if !stays {
                gone.push((entry.used, entry.what.weight()));
            }
            stays
        });
        if stream.entries.is_empty() {
            self.streams.remove(name);
        }
        for (used, weight) in gone {
            self.by_use.remove(&used);
            self.bytes = self.bytes.saturating_sub(weight);
        }
    }

    fn touch(&mut self, name: &StreamName, used: &[u64]) {
        let Some(stream) = self.streams.get_mut(name) else { return };
        for seq in used {
            if let Some(entry) = stream.entries.get_mut(seq)
                && let Some(at) = self.by_use.remove(&entry.used)
            {
                self.uses += 1;
                entry.used = self.uses;
                self.by_use.insert(self.uses, at);
            }
        }
    }

    fn put(&mut self, keep: &Keep<'_>, seq: u64, what: What, most: u64) {
        if !self.streams.contains_key(keep.stream) {
            let name = Arc::new(keep.stream.clone());
            let stream =
                Stream { name: Arc::clone(&name), stamp: keep.stamp, entries: BTreeMap::new() };
            self.streams.insert(name, stream);
        }
        let Some(stream) = self.streams.get_mut(keep.stream) else { return };
        if stream.stamp != keep.stamp {
            return;
        }
        self.uses += 1;
        self.bytes = self.bytes.saturating_add(what.weight());
        self.by_use.insert(self.uses, (Arc::clone(&stream.name), seq));
        let entry = Entry { used: self.uses, what };
        if let Some(old) = stream.entries.insert(seq, entry) {
            self.by_use.remove(&old.used);
            self.bytes = self.bytes.saturating_sub(old.what.weight());
        }
        while self.bytes > most {
            let Some((_, (name, seq))) = self.by_use.pop_first() else { return };
            let Some(stream) = self.streams.get_mut(&name) else { continue };
            if let Some(old) = stream.entries.remove(&seq) {
                self.bytes = self.bytes.saturating_sub(old.what.weight());
            }
            if stream.entries.is_empty() {
                self.streams.remove(&name);
            }
        }
    }
}

impl Stream {
    fn known(&self, range: Window, known: &mut Known, used: &mut Vec<u64>) {
        let below = self.entries.range(..range.start()).next_back();
        let entries = below.into_iter().chain(self.entries.range(range.start()..=range.end()));
        let mut left = Some(range);
        for (&seq, entry) in entries {
            let end = match entry.what {
                What::Frame(_) => seq,
                What::Hole(end) => end,
            };
            let Some((rest, run)) = left.zip(Window::new(seq, end)) else { break };
            let Some(part) = run.intersect(rest) else { continue };
            match &entry.what {
                What::Frame(frame) => known.frames.push(Arc::clone(frame)),
                What::Hole(_) => known.holes.push(part),
            }
            used.push(seq);
            known.rest.extend(rest.below(part.start()));
            left = rest.above(part.end());
        }
        known.rest.extend(left);
    }
}
