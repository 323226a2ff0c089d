//! Frames kept from earlier reads, bounded in bytes, the least recently used given up first.
//!
//! A stored message never changes, so what has to be found out about a kept one is only whether it
//! is still there. One STREAM.INFO tells: while a stream's creation, first sequence and number of
//! deleted sequences are what they were, nothing was removed from it, since deletions only add up
//! as long as the first sequence stays. When they changed, the deleted list says what is left; when
//! there is none, nothing is kept. No frame is given out without that answer of the same read.

mod entries;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::{Frame, Holes, StreamInfo, StreamName, Window};
use crate::store::Get;

use entries::{Entries, Entry, Stamp, What};

/// The frames of all streams. Not more than `most` bytes.
#[derive(Debug)]
pub(super) struct Cache {
    most: u64,
    kept: Mutex<Entries>,
}

/// The cache as one read sees it: of one stream in one state.
#[derive(Debug, Clone)]
pub(super) struct CacheView<'a> {
    cache: &'a Cache,
    stream: &'a StreamName,
    stamp: Stamp,
    last_seq: u64,
    deleted: Option<Arc<[u64]>>,
    /// The sequence of the newest frame that was kept before this read; `None` once it was proved
    /// that it still holds.
    newest: Option<u64>,
    /// As [`Stream::older`](entries::Stream::older) was when this read began.
    older: Option<u64>,
}

/// What is kept of the ranges of a read.
#[derive(Debug, Default)]
pub(super) struct CacheHits {
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
    pub(super) fn at<'a>(&'a self, stream: &'a StreamName, info: &StreamInfo) -> CacheView<'a> {
        let state = &info.state;
        let stamp = Stamp {
            created: info.created,
            first_seq: state.first_seq,
            num_deleted: state.num_deleted,
        };
        let (last_seq, deleted) = (state.last_seq, state.deleted.clone());
        self.kept().renew(stream, stamp, last_seq, deleted.as_deref());
        let mut view =
            CacheView { cache: self, stream, stamp, last_seq, deleted, newest: None, older: None };
        view.newest = view.witnesses().last().map(|frame| frame.seq);
        view.older = self.kept().stream(&view).and_then(|stream| stream.older);
        view
    }

    fn kept(&self) -> MutexGuard<'_, Entries> {
        // Nothing panics while it holds the lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheView<'_> {
    /// What is kept of these ranges.
    pub(super) fn hits(&self, ranges: &[Window]) -> CacheHits {
        let mut hits = CacheHits::default();
        let mut kept = self.cache.kept();
        let mut used = Vec::new();
        if let Some(stream) = kept.stream(self) {
            for range in ranges {
                stream.hits(*range, &mut hits, &mut used);
            }
        } else {
            hits.rest.extend(ranges);
        }
        kept.touch(self.stream, &used);
        hits
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

    /// The kept frames that prove all others, when they are what the stream holds: the newest one,
    /// and that of an earlier age, where there is one.
    pub(super) fn witnesses(&self) -> Vec<Arc<Frame>> {
        let mut kept = self.cache.kept();
        let frame = |entry: &Entry| match &entry.what {
            What::Frame(frame) => Some(Arc::clone(frame)),
            What::Hole(_) => None,
        };
        let Some(stream) = kept.stream(self) else { return Vec::new() };
        let newest = stream.entries.values().rev().find_map(frame);
        let older = stream.older.filter(|older| newest.as_ref().is_some_and(|at| at.seq > *older));
        let witness = older.and_then(|older| stream.entries.get(&older)).and_then(frame);
        if let Some(older) = older.filter(|_| witness.is_none()) {
            kept.forget_up_to(self.stream, older);
        }
        witness.into_iter().chain(newest).collect()
    }

    /// The witnesses were read again, and are the same.
    pub(super) fn proved(&mut self) {
        self.newest = None;
        let mut kept = self.cache.kept();
        let older = self.older;
        if let Some(stream) = kept.streams.get_mut(self.stream).filter(|one| one.older == older) {
            stream.older = None;
        }
    }

    /// Gives up all that is kept of the stream.
    pub(super) fn forget(&self) {
        self.cache.kept().forget(self.stream);
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
