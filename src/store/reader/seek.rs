//! Searching for places: a time, the next gap, the last frame. There is one kind of question, "the
//! first message at or after", so each search is bounded, and says where it gave up.

#[cfg(test)]
mod tests;
mod time;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;

use crate::domain::{Edge, Goal, Holes, Landing, StreamInfo, StreamName, Window};
use crate::store::{Get, StoreError};

use super::Reader;
use super::read::Read;

/// Sequences looked at one by one before a search for a gap begins to leap.
const ONE_BY_ONE: u64 = 64;
/// Leaps of a search for a gap, each longer than the one before.
const LEAPS: u32 = 96;
const DEPTH: u64 = 16;
/// Bytes in flight, by the weight of the stream's average frame.
const BYTES: u64 = 8_000_000;

impl Reader {
    /// Searches for a place. The stream's state takes one request, or two with its deleted list.
    /// Beyond that, at most so many:
    ///
    /// - to a time: none before the first; 16 past the last; 18 where the frame before the one found
    ///   is at the sequence below it or the deleted list tells where; else 82. Where store times
    ///   are out of order, 132 more.
    /// - to the next or previous gap: none with the list. Without it 225, or 291 downwards from
    ///   inside a hole.
    /// - to the last frame: one with the list, or where the last sequence holds it; else 68.
    ///
    /// # Errors
    /// When a request fails; what was learned until then is lost.
    pub async fn seek(&self, stream: &StreamName, goal: Goal) -> Result<Landing, StoreError> {
        Ok(self.seek_as_of(stream, goal).await?.0)
    }

    /// The same, with the server's time at which the stream was as the search took it to be.
    ///
    /// # Errors
    /// As [`Self::seek`].
    pub async fn seek_as_of(
        &self,
        stream: &StreamName,
        goal: Goal,
    ) -> Result<(Landing, Option<Timestamp>), StoreError> {
        let mut read = Read::of(self, stream);
        let Some(info) = read.snapshot().await?.filter(|info| !info.state.is_empty()) else {
            return Ok((Landing::Nothing, None));
        };
        let landing = match goal {
            Goal::Time(time) => read.time(&info, time).await,
            Goal::NextGap(seq) => read.next_gap(&info, seq).await,
            Goal::PreviousGap(seq) => read.previous_gap(&info, seq).await,
            Goal::LastFrame => read.last_frame(&info).await,
        };
        Ok((landing?, info.as_of))
    }

    /// The stream as it is now, with its deleted list where that is short; `None` when it is gone.
    /// As many requests as for the state of a page.
    ///
    /// # Errors
    /// When it could not be had.
    pub async fn state(&self, stream: &StreamName) -> Result<Option<StreamInfo>, StoreError> {
        Read::of(self, stream).snapshot().await
    }

    /// The first frame at or after a sequence, without its payload. One request.
    ///
    /// # Errors
    /// When it fails.
    pub async fn first_from(
        &self,
        stream: &StreamName,
        seq: u64,
    ) -> Result<Option<Edge>, StoreError> {
        Read::of(self, stream).at_or_after(seq).await
    }
}

impl Read<'_> {
    async fn last_frame(&mut self, info: &StreamInfo) -> Result<Landing, StoreError> {
        let (first, last) = (info.state.first_seq.max(1), info.state.last_seq);
        let seq = match &info.state.deleted {
            Some(list) => Holes(list).around(last).map_or(last, |hole| hole.start() - 1),
            None => match self.at_or_after(last).await? {
                Some(edge) => return Ok(Landing::Frame(edge)),
                None => {
                    let below = self.last_below(info, last, None, usize::MAX).await?;
                    return Ok(below.map_or(Landing::Nothing, Landing::Frame));
                }
            },
        };
        if seq < first {
            return Ok(Landing::Nothing);
        }
        Ok(self.at_or_after(seq).await?.map_or(Landing::Nothing, Landing::Frame))
    }

    async fn next_gap(&mut self, info: &StreamInfo, after: u64) -> Result<Landing, StoreError> {
        let (first, last) = (info.state.first_seq.max(1), info.state.last_seq);
        if let Some(list) = listed(info) {
            let gap = list.next(after);
            return Ok(gap.map_or(Landing::NoGap, |gap| Landing::Gap { gap, passed: 0 }));
        }
        // Inside a hole, the search begins behind it.
        let Some(Edge { seq: base, .. }) = self.at_or_after(after.max(first)).await? else {
            return Ok(Landing::NoGap);
        };
        let end = last.min(base.saturating_add(ONE_BY_ONE));
        let hole = |(seq, found): (u64, Option<Edge>)| {
            let above = found.map_or(last.saturating_add(1), |edge| edge.seq);
            Window::new(seq, above.saturating_sub(1))
        };
        let near = self.look(info, (base + 1..=end).collect()).await?;
        if let Some(gap) = near.into_iter().find_map(hole) {
            return Ok(Landing::Gap { gap, passed: 0 });
        }
        if end == last {
            return Ok(Landing::NoGap);
        }
        let (mut low, mut seen) = (end, 0);
        for leaps in leaps(last - end).chunks(DEPTH as usize) {
            for answer in self.look(info, leaps.iter().map(|leap| end + leap).collect()).await? {
                let Some(mut gap) = hole(answer) else {
                    (low, seen) = (answer.0, seen + 1);
                    continue;
                };
                // Some hole begins between what is there and what is not.
                while low + 1 < gap.start() {
                    let middle = low + (gap.start() - low) / 2;
                    match hole((middle, self.at_or_after(middle).await?)) {
                        Some(nearer) => gap = nearer,
                        None => (low, seen) = (middle, seen + 1),
                    }
                }
                return Ok(Landing::Gap { gap, passed: gap.start() - 1 - end - seen });
            }
        }
        Ok(Landing::NoneFound { up_to: end, requests: self.cost.requests() })
    }

    async fn previous_gap(
        &mut self,
        info: &StreamInfo,
        before: u64,
    ) -> Result<Landing, StoreError> {
        let (first, last) = (info.state.first_seq.max(1), info.state.last_seq);
        let head = Window::new(1, first - 1);
        let head = head.map_or(Landing::NoGap, |gap| Landing::Gap { gap, passed: 0 });
        if before <= first {
            return Ok(Landing::NoGap);
        }
        if let Some(list) = listed(info) {
            let gap = list.previous(before);
            return Ok(gap.map_or(head, |gap| Landing::Gap { gap, passed: 0 }));
        }
        let before = before.min(last);
        let base = match self.at_or_after(before).await? {
            Some(edge) if edge.seq == before => before,
            above => {
                let below = self.last_below(info, before, above, usize::MAX).await?;
                below.map_or(first - 1, |edge| edge.seq)
            }
        };
        let end = first.max(base.saturating_sub(ONE_BY_ONE));
        // The last sequence of the hole that a sequence is in.
        let hole = |(seq, found): (u64, Option<Edge>)| {
            let above = found.map_or(last.saturating_add(1), |edge| edge.seq);
            (above > seq).then(|| above - 1)
        };
        let near = self.look(info, (end..base).rev().collect()).await?;
        if let Some(seq) = near.into_iter().find_map(hole) {
            return Ok(Landing::Gap { gap: Window::one(seq), passed: 0 });
        }
        if end == first {
            return Ok(head);
        }
        let (mut high, mut seen) = (end, 0);
        for leaps in leaps(end - first).chunks(DEPTH as usize) {
            for answer in self.look(info, leaps.iter().map(|leap| end - leap).collect()).await? {
                let Some(mut gap) = hole(answer) else {
                    (high, seen) = (answer.0, seen + 1);
                    continue;
                };
                while gap + 1 < high {
                    let middle = gap + (high - gap) / 2;
                    match hole((middle, self.at_or_after(middle).await?)) {
                        Some(nearer) => gap = nearer,
                        None => (high, seen) = (middle, seen + 1),
                    }
                }
                return Ok(Landing::Gap { gap: Window::one(gap), passed: end - 1 - gap - seen });
            }
        }
        Ok(Landing::NoneFound { up_to: end, requests: self.cost.requests() })
    }

    /// What the first message at or after each of these sequences is, in their order.
    pub(super) async fn look(
        &mut self,
        info: &StreamInfo,
        seqs: Vec<u64>,
    ) -> Result<Vec<(u64, Option<Edge>)>, StoreError> {
        // base64 makes four bytes of three.
        let reply = (info.state.bytes / info.state.messages.max(1) / 3).saturating_mul(4) + 300;
        let depth = usize::try_from((BYTES / reply).clamp(1, DEPTH)).unwrap_or(1);
        self.cost.gaps += seqs.len() as u64;
        let (store, stream) = (self.store(), self.stream);
        let asked = seqs.into_iter().map(|seq| async move {
            let frame = store.get(stream, Get::AtOrAfter(seq)).await?;
            Ok((seq, frame.as_ref().map(Edge::of)))
        });
        stream::iter(asked).buffered(depth).try_collect().await
    }
}

/// The deleted list, unless it contradicts itself: then it proves neither a gap nor that there is none.
fn listed(info: &StreamInfo) -> Option<Holes<'_>> {
    info.state.deleted.as_deref().filter(|_| !info.state.is_doubtful()).map(Holes)
}

/// At most [`LEAPS`] distances up to `span`, each longer than the one before, the last all of it.
fn leaps(span: u64) -> Vec<u64> {
    let ratio = (span as f64).powf(1.0 / f64::from(LEAPS));
    let mut all: Vec<u64> = (1..LEAPS).map(|n| ratio.powi(n.cast_signed()) as u64).collect();
    all.push(span);
    all.retain(|leap| (1..=span).contains(leap));
    all.dedup();
    all
}
