//! What is kept of each stream, and in which order it was used.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Frame, StreamName, Window};

use super::{CacheHits, CacheView};

/// Bytes to count for an entry besides the frame's own: the maps' nodes and the frame's fields.
const OVERHEAD: u64 = 256;

#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) streams: HashMap<Arc<StreamName>, Stream>,
    /// By when it was last used.
    pub(super) by_use: BTreeMap<u64, (Arc<StreamName>, u64)>,
    pub(super) uses: u64,
    pub(super) bytes: u64,
}

/// What is kept of a stream: true of it as of the stamp.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) name: Arc<StreamName>,
    pub(super) stamp: Stamp,
    pub(super) entries: BTreeMap<u64, Entry>,
    /// The newest frame when ones above it were first kept without its having been read again. It
    /// and what is below it are older than the frames above, which prove nothing of them.
    pub(super) older: Option<u64>,
}

/// What stays the same as long as nothing is removed from a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) created: Timestamp,
    pub(super) first_seq: u64,
    pub(super) num_deleted: u64,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) used: u64,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Frame(Arc<Frame>),
    /// No message up to this sequence, as the server answered.
    Hole(u64),
}

impl What {
    fn contradicts(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Frame(one), Self::Frame(other)) if one != other)
    }

    pub(super) fn weight(&self) -> u64 {
        let Self::Frame(frame) = self else { return OVERHEAD };
        let header =
            |h: &crate::domain::Header| h.name.len() + h.value.as_ref().map_or(0, Vec::len) + 48;
        let own = frame.payload.capacity()
            + frame.subject.len()
            + frame.headers.iter().map(header).sum::<usize>();
        OVERHEAD.saturating_add(own as u64)
    }
}

impl Entries {
    pub(super) fn stream(&self, view: &CacheView<'_>) -> Option<&Stream> {
        self.streams.get(view.stream).filter(|stream| stream.stamp == view.stamp)
    }

    pub(super) fn renew(
        &mut self,
        name: &StreamName,
        stamp: Stamp,
        last: u64,
        deleted: Option<&[u64]>,
    ) {
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

    pub(super) fn forget(&mut self, name: &StreamName) {
        let Some(stream) = self.streams.remove(name) else { return };
        for entry in stream.entries.values() {
            self.by_use.remove(&entry.used);
            self.bytes = self.bytes.saturating_sub(entry.what.weight());
        }
    }

    /// What was kept up to `newest` is older than what is kept from now on. Of two such ages only
    /// the later is kept: each takes a request to be proved.
    fn set_apart(&mut self, view: &CacheView<'_>, newest: u64) {
        let Some(stream) = self.streams.get_mut(view.stream) else { return };
        if stream.stamp != view.stamp || stream.older.is_some_and(|older| older >= newest) {
            return;
        }
        if let Some(older) = stream.older.replace(newest) {
            self.forget_up_to(view.stream, older);
        }
        if let Some(stream) = self.streams.get_mut(view.stream) {
            stream.older = Some(newest);
        }
    }

    pub(super) fn forget_up_to(&mut self, name: &StreamName, seq: u64) {
        let Some(stream) = self.streams.get_mut(name) else { return };
        let above = seq.checked_add(1).map(|from| stream.entries.split_off(&from));
        let gone = std::mem::replace(&mut stream.entries, above.unwrap_or_default());
        for entry in gone.values() {
            self.by_use.remove(&entry.used);
            self.bytes = self.bytes.saturating_sub(entry.what.weight());
        }
        stream.older = None;
        if stream.entries.is_empty() {
            self.streams.remove(name);
        }
    }

    pub(super) fn touch(&mut self, name: &StreamName, used: &[u64]) {
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

    pub(super) fn put(&mut self, view: &CacheView<'_>, seq: u64, what: What, most: u64) {
        let kept = self.streams.get(view.stream).and_then(|stream| stream.entries.get(&seq));
        if kept.is_some_and(|kept| kept.what.contradicts(&what)) {
            // No message ever changes, so the stream was put back: nothing kept of it holds.
            self.forget(view.stream);
        }
        if let Some(newest) = view.newest.filter(|newest| *newest < seq) {
            self.set_apart(view, newest);
        }
        if !self.streams.contains_key(view.stream) {
            let name = Arc::new(view.stream.clone());
            self.streams.insert(Arc::clone(&name), Stream::new(name, view.stamp));
        }
        let Some(stream) = self.streams.get_mut(view.stream) else { return };
        if stream.stamp != view.stamp {
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
            } else if stream.older == Some(seq) {
                self.forget_up_to(&name, seq);
            }
        }
    }
}

impl Stream {
    const fn new(name: Arc<StreamName>, stamp: Stamp) -> Self {
        Self { name, stamp, entries: BTreeMap::new(), older: None }
    }

    pub(super) fn hits(&self, range: Window, hits: &mut CacheHits, used: &mut Vec<u64>) {
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
                What::Frame(frame) => hits.frames.push(Arc::clone(frame)),
                What::Hole(_) => hits.holes.push(part),
            }
            used.push(seq);
            hits.rest.extend(rest.below(part.start()));
            left = rest.above(part.end());
        }
        hits.rest.extend(left);
    }
}
