//! Choosing the window for a place: the contract's window for the newest page, and for the others
//! a page that is never nothing but a hole.

use crate::domain::{Holes, PageSize, Place, StreamInfo, Window};
use crate::store::{Get, StoreError};

use super::Read;

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
        place: Place,
        size: PageSize,
    ) -> Result<Option<Window>, StoreError> {
        let (first, last) = (info.state.first_seq.max(1), info.state.last_seq);
        let newest = Window::last_n(first, last, size);
        match place {
            Place::Newest => Ok(newest),
            Place::Oldest => Ok(Window::starting_at(first, last, size)),
            Place::At(window) if window.start() > last => Ok(newest),
            Place::At(window) => Ok(Window::new(window.start(), window.end().min(last))),
            Place::Before(seq) if seq <= first => Ok(Window::starting_at(first, last, size)),
            Place::Before(seq) => self.older(info, (seq - 1).min(last), size).await,
            Place::After(seq) if seq >= last => Ok(newest),
            Place::After(seq) => self.newer(info, (seq + 1).max(first), size).await,
        }
    }

    /// The page that ends at `end`, a sequence of the stream.
    async fn older(
        &mut self,
        info: &StreamInfo,
        end: u64,
        size: PageSize,
    ) -> Result<Option<Window>, StoreError> {
        let first = info.state.first_seq.max(1);
        let Some(plain) = Window::ending_at(end, first, size) else {
            return Ok(None);
        };
        let bottom = match &info.state.deleted {
            Some(list) => match Holes(list).around(end) {
                Some(hole) if hole.start() <= plain.start() => hole.start() - 1,
                _ => return Ok(Some(plain)),
            },
            None => match self.at_or_after(plain.start()).await? {
                Some(seq) if seq <= end => return Ok(Some(plain)),
                found => {
                    let above = found.unwrap_or(info.state.last_seq.saturating_add(1));
                    self.last_below(info, plain.start(), above).await?
                }
            },
        };
        let below = Window::ending_at(bottom, first, size);
        Ok(Window::new(below.map_or(first, Window::start), end))
    }

    /// The page that begins at `start`, a sequence of the stream.
    async fn newer(
        &mut self,
        info: &StreamInfo,
        start: u64,
        size: PageSize,
    ) -> Result<Option<Window>, StoreError> {
        let last = info.state.last_seq;
        let Some(plain) = Window::starting_at(start, last, size) else {
            return Ok(None);
        };
        let next = match &info.state.deleted {
            Some(list) => Holes(list).around(start).map_or(start, |hole| hole.end() + 1),
            None => self.at_or_after(start).await?.unwrap_or(last.saturating_add(1)),
        };
        if plain.contains(next) {
            return Ok(Some(plain));
        }
        let above = Window::starting_at(next, last, size);
        Ok(Window::new(start, above.map_or(last, Window::end)))
    }

    /// The last stored sequence below `limit`, knowing that `limit..above` holds nothing. There is
    /// no request for "the last at or before", so it is searched for, the likeliest place first:
    /// right below a hole of all the deleted sequences that the stream counts. Gives the first
    /// sequence of the stream less one when there is none.
    async fn last_below(
        &mut self,
        info: &StreamInfo,
        limit: u64,
        above: u64,
    ) -> Result<u64, StoreError> {
        let first = info.state.first_seq.max(1);
        // Something is stored at or after `low`, or `low` is just below the first; nothing is in
        // `high..above`.
        let (mut low, mut high) = (first - 1, limit);
        let below_one_hole = above.saturating_sub(info.state.num_deleted.saturating_add(1));
        let mut guesses = vec![below_one_hole];
        while low + 1 < high {
            let likely = guesses.pop().filter(|guess| (low + 1..high).contains(guess));
            let probe = likely.unwrap_or(low + (high - low) / 2);
            match self.at_or_after(probe).await? {
                Some(seq) if seq < high => {
                    low = seq;
                    guesses
                        .extend(likely.filter(|&guess| guess == below_one_hole).map(|_| seq + 1));
                }
                _ => high = probe,
            }
        }
        Ok(low)
    }

    async fn at_or_after(&mut self, seq: u64) -> Result<Option<u64>, StoreError> {
        let frame = self.store.get(self.stream, Get::AtOrAfter(seq)).await?;
        self.cost.gaps += 1;
        Ok(frame.map(|frame| frame.seq))
    }
}
