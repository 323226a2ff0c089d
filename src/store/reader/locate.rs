//! Choosing the window for a place: the contract's window for the newest page, and for the others
//! a page that is never nothing but a hole.

use crate::domain::{Edge, Holes, PageRequest, PageSize, Place, StreamInfo, Window};
use crate::store::{Get, StoreError};

use super::read::{Located, Read};

impl Read<'_> {
    /// The window of a place in a stream that holds messages; `None` when it turns out to hold
    /// none any more.
    ///
    /// With the deleted list this sends nothing. Without it, an older page sends one request, and
    /// where a hole covers it whole, two more when that hole holds all the stream's deleted
    /// sequences, else up to 2 + log2 of the distance searched (at most 66). A newer page sends one.
    pub(super) async fn locate(
        &mut self,
        info: &StreamInfo,
        PageRequest { place, size, .. }: PageRequest,
    ) -> Result<Option<Located>, StoreError> {
        let (first, last) = (info.state.first_seq.max(1), info.state.last_seq);
        let newest = Window::last_n(first, last, size);
        let oldest = Window::starting_at(first, last, size);
        let window = match place {
            Place::Before(seq) if seq > first => {
                return self.older(info, (seq - 1).min(last), size).await;
            }
            Place::After(seq) if seq < last => {
                return self.newer(info, (seq + 1).max(first), last, size).await;
            }
            Place::Around(seq) => return self.around(info, seq.clamp(first, last), size).await,
            Place::At(window) if window.start() <= last => {
                Window::new(window.start(), window.end().min(last))
            }
            Place::Oldest | Place::Before(_) => oldest,
            Place::Newest | Place::At(_) | Place::After(_) => newest,
        };
        Ok(window.map(Located::from))
    }

    /// The page that ends at `end`, a sequence of the stream.
    async fn older(
        &mut self,
        info: &StreamInfo,
        end: u64,
        size: PageSize,
    ) -> Result<Option<Located>, StoreError> {
        let first = info.state.first_seq.max(1);
        let Some(plain) = Window::ending_at(end, first, size) else { return Ok(None) };
        let (bottom, above) = match &info.state.deleted {
            Some(list) => match Holes(list).around(end) {
                Some(hole) if hole.start() <= plain.start() => (hole.start() - 1, None),
                _ => return Ok(Some(plain.into())),
            },
            None => match self.at_or_after(plain.start()).await? {
                Some(frame) if frame.seq <= end => return Ok(Some(plain.into())),
                above => {
                    let below = self.last_below(info, plain.start(), above, usize::MAX).await?;
                    (below.map_or(first - 1, |frame| frame.seq), above)
                }
            },
        };
        let below = Window::ending_at(bottom, first, size).map_or(first, Window::start);
        let hole = Window::new(bottom + 1, end).filter(|_| info.state.deleted.is_none());
        Ok(Window::new(below, end).map(|window| Located { window, hole, above }))
    }

    /// The page that begins at `start`, a sequence of the stream, and ends at `last` or before.
    pub(super) async fn newer(
        &mut self,
        info: &StreamInfo,
        start: u64,
        last: u64,
        size: PageSize,
    ) -> Result<Option<Located>, StoreError> {
        let Some(plain) = Window::starting_at(start, last, size) else { return Ok(None) };
        let (next, above) = match &info.state.deleted {
            Some(list) => {
                (Holes(list).around(start).map_or(start, |hole| hole.end().saturating_add(1)), None)
            }
            None => {
                let above = self.at_or_after(start).await?;
                (above.map_or(last.saturating_add(1), |frame| frame.seq), above)
            }
        };
        let end = match Window::starting_at(next, last, size) {
            _ if plain.contains(next) => plain.end(),
            Some(above) => above.end(),
            None => last,
        };
        let hole = Window::new(start, end.min(next - 1));
        let hole = hole.filter(|_| info.state.deleted.is_none());
        Ok(Window::new(start, end).map(|window| Located { window, hole, above }))
    }

    /// The page with `seq`, a sequence of the stream, in its middle.
    ///
    /// With the deleted list this sends nothing. Without it, one request; where `seq` is in a hole,
    /// one more, and where that reaches the page's beginning, those of a search for its own.
    async fn around(
        &mut self,
        info: &StreamInfo,
        seq: u64,
        size: PageSize,
    ) -> Result<Option<Located>, StoreError> {
        let (first, last) = (info.state.first_seq.max(1), info.state.last_seq);
        let half = size.get() / 2;
        let start = seq.saturating_sub(half).max(first);
        let end = last.min(start.saturating_add(size.get() - 1));
        let start = first.max(end.saturating_sub(size.get() - 1));
        let (hole, above) = match &info.state.deleted {
            Some(list) => (Holes(list).around(seq), None),
            None => match self.at_or_after(seq).await? {
                Some(edge) if edge.seq == seq => (None, None),
                above => {
                    let floor = match self.at_or_after(start).await? {
                        Some(edge) if edge.seq < seq => seq,
                        _ => {
                            let below = self.last_below(info, start, above, usize::MAX).await?;
                            below.map_or(first, |edge| edge.seq + 1)
                        }
                    };
                    let ceiling = above.map_or(last, |edge| last.min(edge.seq - 1));
                    (Window::new(floor, ceiling), above)
                }
            },
        };
        let beyond = half.max(1);
        let covers = |hole: &Window| hole.start() <= start;
        let reaches = |hole: &Window| hole.end() >= end;
        let start = match hole.filter(covers) {
            Some(hole) => hole.start().saturating_sub(beyond).max(first),
            None => start,
        };
        let end = match hole.filter(reaches) {
            Some(hole) => last.min(hole.end().saturating_add(beyond)),
            None => end,
        };
        let hole = hole.filter(|_| info.state.deleted.is_none());
        Ok(Window::new(start, end).map(|window| Located { window, hole, above }))
    }

    /// The last stored sequence below `limit`, knowing that `limit..above` holds nothing. There is
    /// no request for "the last at or before", so it is searched for, the likeliest place first:
    /// right below a hole of all the deleted sequences that the stream counts. `None` when there is
    /// none, or it was not found within `most` requests.
    pub(super) async fn last_below(
        &mut self,
        info: &StreamInfo,
        limit: u64,
        above: Option<Edge>,
        most: usize,
    ) -> Result<Option<Edge>, StoreError> {
        let first = info.state.first_seq.max(1);
        let above = above.map_or(info.state.last_seq.saturating_add(1), |frame| frame.seq);
        // Something is stored at or after `low`, or `low` is just below the first; nothing is in
        // `high..above`.
        let (mut low, mut high) = (first - 1, limit);
        let (mut found, mut sent) = (None, 0);
        let below_one_hole = above.saturating_sub(info.state.num_deleted.saturating_add(1));
        let mut guesses = vec![below_one_hole];
        while low + 1 < high {
            let likely = guesses.pop().filter(|guess| (low + 1..high).contains(guess));
            let probe = likely.unwrap_or(low + (high - low) / 2);
            if sent == most {
                return Ok(None);
            }
            sent += 1;
            match self.at_or_after(probe).await? {
                Some(frame) if frame.seq < high => {
                    let seq = frame.seq;
                    (low, found) = (seq, Some(frame));
                    guesses
                        .extend(likely.filter(|&guess| guess == below_one_hole).map(|_| seq + 1));
                }
                _ => high = probe,
            }
        }
        Ok(found)
    }

    pub(super) async fn at_or_after(&mut self, seq: u64) -> Result<Option<Edge>, StoreError> {
        let (edge, requests) = self.beside(Get::AtOrAfter(seq)).await?;
        self.cost.gaps += requests;
        Ok(edge)
    }
}
