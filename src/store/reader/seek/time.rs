//! Searching for a time.
//!
//! Sequences rise, but store times need not: where a server's clock was set back, frames stored
//! since a time can lie below frames stored before it, and no search that leaves frames out can
//! say that there are none. So what is found is looked at from below, too, by a few frames at
//! growing distances, which meet what a clock put there that was set back not long before. All
//! times that are seen on the way are compared, and where they are out of order, that is said.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{Edge, Holes, Landing, StreamInfo, Window};
use crate::store::StoreError;

use super::super::read::Read;

/// Frames looked at below the one that was found.
const BELOW: u32 = 16;

/// Times by sequence, as they were seen.
#[derive(Debug, Default)]
struct Seen(BTreeMap<u64, Timestamp>);

impl Seen {
    fn add(&mut self, edge: Edge) {
        self.0.insert(edge.seq, edge.time);
    }

    fn is_in_order(&self) -> bool {
        self.0.values().is_sorted()
    }
}

impl Read<'_> {
    /// A frame stored at or after a time, the first as far as that can be told. The server's own
    /// search is taken as a hint, and whatever it says is checked: see
    /// [`HistoryStore::since`](crate::store::HistoryStore::since). Without a right hint this
    /// halves the stream.
    pub(super) async fn time(
        &mut self,
        info: &StreamInfo,
        time: Timestamp,
    ) -> Result<Landing, StoreError> {
        let state = &info.state;
        let (first, last) = (state.first_seq.max(1), state.last_seq);
        let mut seen = Seen::default();
        let edge = |(seq, time)| Edge { seq, time };
        if let Some(first) = state.first_time.map(|time| edge((first, time))) {
            if time <= first.time {
                return Ok(Landing::BeforeFirst(first));
            }
            seen.add(first);
        }
        if let Some(last_time) = state.last_time {
            seen.add(edge((last, last_time)));
        }
        // What is at `low` is earlier, and so is what is at the last sequence or below it.
        let low = if state.first_time.is_some() { first } else { first - 1 };
        let end = last.saturating_add(1);
        let mut found = None;
        if state.last_time.is_none_or(|last_time| last_time >= time) {
            let hint = self.store().since(self.stream, time).await?;
            self.cost.gaps += 1;
            let hint = hint.as_ref().map(Edge::of).filter(|edge| edge.time >= time);
            found = self.halve(info, time, (low, end), hint, &mut seen).await?;
        }
        let below = found.map_or(end, |edge| edge.seq);
        let mut earlier = self.earlier(info, time, (low, below), &mut seen).await?;
        if earlier.is_none() {
            earlier = self.before_the_clock_was_set(below, &mut seen).await?;
            earlier = earlier.filter(|edge| edge.time >= time);
        }
        if let Some(earlier) = earlier {
            let nearest = seen.0.range(..earlier.seq).rfind(|(_, at)| **at < time);
            let bounds = (nearest.map_or(low, |(seq, _)| *seq), earlier.seq);
            found = self.halve(info, time, bounds, Some(earlier), &mut seen).await?;
        }
        Ok(match found {
            found if !seen.is_in_order() => Landing::Disordered(found),
            Some(edge) => Landing::Frame(edge),
            None => Landing::AfterLast,
        })
    }

    /// Halves what lies above `low`, which is earlier, and below `high`, until the two are
    /// beside each other. Gives the frame there, which is `hint` where nothing nearer was found.
    async fn halve(
        &mut self,
        info: &StreamInfo,
        time: Timestamp,
        (mut low, mut high): (u64, u64),
        hint: Option<Edge>,
        seen: &mut Seen,
    ) -> Result<Option<Edge>, StoreError> {
        let mut found = hint;
        let mut guess = high.saturating_sub(1);
        if let Some(edge) = hint {
            seen.add(edge);
            high = edge.seq.max(low + 1);
            guess = edge.seq.saturating_sub(1);
        }
        let list = info.state.deleted.as_deref().map(Holes);
        let above_hole = |seq: u64| {
            let hole = list.and_then(|list| list.around(seq.checked_sub(1)?));
            hole.map_or(seq, Window::start)
        };
        high = above_hole(high);
        guess = guess.min(high.saturating_sub(1));
        while low + 1 < high {
            let probe =
                if (low + 1..high).contains(&guess) { guess } else { low + (high - low) / 2 };
            guess = 0;
            let edge = self.at_or_after(probe).await?;
            edge.into_iter().for_each(|edge| seen.add(edge));
            match edge {
                Some(edge) if edge.seq < high && edge.time < time => low = edge.seq,
                Some(edge) if edge.seq < high => {
                    found = Some(edge);
                    high = above_hole(probe);
                }
                _ => high = above_hole(probe),
            }
        }
        Ok(found)
    }

    /// The lowest of a few frames between two sequences that is not earlier all the same. The
    /// distances grow, since what a clock that was set back puts there is not far away.
    async fn earlier(
        &mut self,
        info: &StreamInfo,
        time: Timestamp,
        (low, high): (u64, u64),
        seen: &mut Seen,
    ) -> Result<Option<Edge>, StoreError> {
        let span = high.saturating_sub(low).saturating_sub(1);
        let seqs = distances(span).into_iter().map(|by| high - by);
        let seqs: Vec<u64> = seqs.filter(|seq| !seen.0.contains_key(seq)).collect();
        let edges = self.look(info, seqs).await?;
        let edges = edges.into_iter().filter_map(|(_, edge)| edge);
        let edges: Vec<Edge> = edges.filter(|edge| edge.seq < high).collect();
        edges.iter().for_each(|edge| seen.add(*edge));
        Ok(edges.into_iter().filter(|edge| edge.time >= time).min_by_key(|edge| edge.seq))
    }
}

impl Read<'_> {
    /// The last frame from before the clock was set back, by the lowest two times below a sequence
    /// that were seen to be out of order: it has the latest time of those around it.
    async fn before_the_clock_was_set(
        &mut self,
        below: u64,
        seen: &mut Seen,
    ) -> Result<Option<Edge>, StoreError> {
        let edges = seen.0.range(..below).map(|(seq, time)| Edge { seq: *seq, time: *time });
        let edges: Vec<Edge> = edges.collect();
        let pairs = edges.iter().zip(edges.iter().skip(1));
        let Some((mut low, high)) =
            pairs.map(|(low, high)| (*low, *high)).find(|(low, high)| low.time > high.time)
        else {
            return Ok(None);
        };
        let mut high = high.seq;
        while low.seq + 1 < high {
            let probe = low.seq + (high - low.seq) / 2;
            match self.at_or_after(probe).await?.filter(|edge| edge.seq < high) {
                Some(edge) => {
                    seen.add(edge);
                    if edge.time >= low.time { low = edge } else { high = probe }
                }
                None => high = probe,
            }
        }
        Ok(Some(low))
    }
}

/// At most [`BELOW`] distances up to `span`, each longer than the one before.
fn distances(span: u64) -> Vec<u64> {
    if span <= u64::from(BELOW) {
        return (1..=span).collect();
    }
    let ratio = (span as f64).powf(1.0 / f64::from(BELOW));
    let mut all: Vec<u64> = (1..=BELOW).map(|n| ratio.powi(n.cast_signed()) as u64).collect();
    all.retain(|by| (1..=span).contains(by));
    all.dedup();
    all
}
