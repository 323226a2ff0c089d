//! One stream in memory, with the bookkeeping of a real server (measured on 2.15.1): what delete
//! and purge do to its first and last sequence, and what counts as deleted.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    FaultKind, Frame, Lost, StreamConfig, StreamInfo, StreamState, Window, Witness,
};
use crate::store::Get;

use super::generate::Shape;
use super::holes::Holes;
use super::request::Request;
use super::runs::{Run, Runs, Source};
use super::script::Condition;

/// Frames that go on being published by the clock.
#[derive(Debug, Clone)]
struct Arriving {
    since: Timestamp,
    every: SignedDuration,
    /// Last sequence before the first of them.
    base: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) created: Timestamp,
    pub(super) config: StreamConfig,
    /// Every read of it fails so.
    pub(super) refused: Option<FaultKind>,
    /// Reads of these sequences are never answered in time.
    pub(super) unanswered: Option<Window>,
    /// What is wrong with it.
    pub(super) condition: Condition,
    first: u64,
    last: u64,
    bytes: u64,
    holes: Holes,
    runs: Runs,
    arriving: Option<Arriving>,
}

impl Stream {
    pub(super) fn new(created: Timestamp, config: StreamConfig) -> Self {
        Self {
            created,
            config,
            refused: None,
            unanswered: None,
            condition: Condition::default(),
            first: 0,
            last: 0,
            bytes: 0,
            holes: Holes::default(),
            runs: Runs::default(),
            arriving: None,
        }
    }

    #[cfg(test)]
    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    /// Why a read of this stream fails which would be answered with sequence `found`.
    pub(super) fn refuses(&self, request: &Request, found: Option<u64>) -> Option<FaultKind> {
        match (&self.refused, request) {
            (Some(FaultKind::Denied(_)), _) => Some(FaultKind::Denied(request.subject())),
            (Some(kind), _) => Some(kind.clone()),
            (None, Request::Get { at: Get::Exact(asked) | Get::AtOrAfter(asked), .. }) => {
                let window = self.unanswered?;
                let meets =
                    window.contains(*asked) || found.is_some_and(|seq| window.contains(seq));
                meets.then_some(FaultKind::Timeout)
            }
            _ => None,
        }
    }

    const fn messages(&self) -> u64 {
        if self.last == 0 || self.first > self.last {
            0
        } else {
            self.last - self.first + 1 - self.holes.total()
        }
    }

    /// Publishes the next `count` frames of a run.
    pub(super) fn publish(&mut self, count: u64, run: Run) {
        if let Some(window) = self.grow(count) {
            self.runs.insert(window.start(), run);
            self.bytes = self.bytes.saturating_add(self.runs.bytes_of(window));
        }
    }

    fn grow(&mut self, count: u64) -> Option<Window> {
        let window = Window::new(self.last.checked_add(1)?, self.last.saturating_add(count))?;
        self.first = self.first.max(1);
        self.last = window.end();
        Some(window)
    }

    /// Publishes one frame of the shape each period from `since` on, as the clock passes.
    pub(super) fn keep_arriving(&mut self, since: Timestamp, every: SignedDuration, shape: Shape) {
        let base = self.last;
        self.runs.insert(
            base + 1,
            Run {
                source: Source::Generated(shape),
                from: since.checked_add(every).unwrap_or(since),
                step: every,
                uneven: false,
            },
        );
        self.arriving = Some(Arriving { since, every, base });
    }

    /// Takes in what arrived until `now`. A clock that goes back takes nothing away.
    pub(super) fn advance(&mut self, now: Timestamp) {
        let Some(arriving) = &self.arriving else {
            return;
        };
        let passed = now.duration_since(arriving.since).as_millis();
        let arrived = passed / arriving.every.as_millis().max(1);
        let last = arriving.base + u64::try_from(arrived).unwrap_or(0);
        if let Some(window) = self.grow(last.saturating_sub(self.last)) {
            self.bytes = self.bytes.saturating_add(self.runs.bytes_of(window));
        }
    }

    /// Removes the messages of a window, as deletes and purges alike do; gives how many there
    /// were. Removed at the head, they advance the first sequence; at the tail, they leave the
    /// last where it is.
    pub(super) fn remove(&mut self, window: Window) -> u64 {
        let Some(window) = Window::new(self.first, self.last).and_then(|all| all.intersect(window))
        else {
            return 0;
        };
        let parts = self.holes.between(window);
        let bytes: u64 = parts.iter().map(|part| self.runs.bytes_of(*part)).sum();
        self.bytes = self.bytes.saturating_sub(bytes);
        self.holes.insert(window);
        if let Some(head) = self.holes.around(self.first) {
            self.first = head.end() + 1;
            self.holes.forget_below(self.first);
        }
        parts.into_iter().map(Window::len).sum()
    }

    /// Removes all below `seq`; all there is when `seq` is past the last.
    pub(super) fn purge_below(&mut self, seq: u64) -> u64 {
        Window::new(1, seq.saturating_sub(1)).map_or(0, |below| self.remove(below))
    }

    /// Takes away all above a sequence, as if it had never been; its numbers are given out again.
    #[cfg(test)]
    pub(super) fn put_back(&mut self, last: u64) {
        let Some(gone) = Window::new(last.saturating_add(1), self.last) else { return };
        let bytes: u64 =
            self.holes.between(gone).iter().map(|part| self.runs.bytes_of(*part)).sum();
        self.bytes = self.bytes.saturating_sub(bytes);
        self.last = last;
        self.runs.forget_above(last);
        self.arriving = None;
    }

    /// The message a get is answered with.
    pub(super) fn get(&self, at: Get) -> Option<Frame> {
        let all = Window::new(self.first, self.last)?;
        let unreadable = &self.condition.unreadable;
        if let Get::AtOrAfter(from) = at
            && !unreadable.is_empty()
        {
            let mut next = Some(from.max(self.first));
            while let Some(seq) = next {
                let seq =
                    self.holes.around(seq).map_or(Some(seq), |hole| hole.end().checked_add(1))?;
                if !unreadable.contains(&seq) {
                    return all.contains(seq).then(|| self.runs.frame(seq))?;
                }
                next = seq.checked_add(1);
            }
            return None;
        }
        let seq = match at {
            Get::Exact(seq) if unreadable.contains(&seq) => return None,
            Get::Exact(seq) => self.holes.around(seq).is_none().then_some(seq)?,
            Get::AtOrAfter(seq) => {
                let seq = seq.max(self.first);
                match self.holes.around(seq) {
                    Some(hole) => hole.end().checked_add(1)?,
                    None => seq,
                }
            }
        };
        all.contains(seq).then(|| self.runs.frame(seq))?
    }

    /// The first message stored at or after a time. Times never go back along the sequences.
    pub(super) fn since(&self, time: Timestamp) -> Option<Frame> {
        let (mut low, mut high) = (self.first, self.last.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let earlier = self.runs.time(middle).is_some_and(|at| at < time);
            if earlier { low = middle + 1 } else { high = middle }
        }
        self.get(Get::AtOrAfter(low))
    }

    fn listed(&self) -> Arc<[u64]> {
        let mut list: Vec<u64> = self.holes.sequences().collect();
        list.extend(&self.condition.also_listed);
        list.sort_unstable();
        list.into()
    }

    /// The answer to STREAM.INFO: as sparing as a server's, so of damage only with details.
    pub(super) fn info(&self, deleted: bool, now: Timestamp) -> StreamInfo {
        let condition = &self.condition;
        let by = Witness { leader: condition.leader.clone(), as_of: Some(now) };
        StreamInfo {
            created: self.created,
            as_of: Some(now),
            config: self.config.clone(),
            state: StreamState {
                messages: self.messages().saturating_sub(condition.uncounted),
                bytes: self.bytes,
                first_seq: self.first,
                last_seq: if condition.wrapped { self.first.saturating_sub(1) } else { self.last },
                first_time: (self.messages() > 0).then(|| self.runs.time(self.first)).flatten(),
                last_time: self.runs.time(self.last),
                num_deleted: self.holes.total() + condition.also_listed.len() as u64,
                deleted: deleted.then(|| self.listed()),
                lost: deleted.then(|| Lost { by, ..condition.lost.clone() }),
                ..StreamState::default()
            },
            leader: condition.leader.clone(),
            leaderless: condition.leaderless,
            peers: condition.peers.clone(),
            behind: Vec::new(),
        }
    }
}
