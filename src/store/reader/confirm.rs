//! Whether a message that the server counts and does not give is unreadable. Only this order shows
//! it, all of one leader: a list that counts the sequence, "no message" (10037), such a list read
//! anew, "no message" again. What had to be asked for again in between may have been answered by
//! another leader, and shows nothing. With one list before or after, healthy streams that are deleted from
//! while they are read are accused by the hundred.

use crate::domain::{FaultKind, Holes, PageBuilder, StreamInfo, Window};
use crate::store::StoreError;

use super::Watch;
use super::fetch::Fetched;
use super::read::Read;

/// Lists that are read for one page: a leader that changes in between needs another round.
const ROUNDS: usize = 3;

impl Read<'_> {
    /// Head expiry, deletions and a stream made anew all race a read: what looked like a hole is
    /// judged by the state after it was seen. Without an answer it stays a hole of which nothing
    /// more is known, since the server did say that there is no message; and what was listed as
    /// deleted before stays so, since no deletion is ever undone. Gives the stream as it was seen
    /// last; `None` where there is none any more.
    ///
    /// # Errors
    /// When the stream was made anew.
    pub(super) async fn confirm(
        &mut self,
        info: StreamInfo,
        builder: &mut PageBuilder,
        fetched: &mut Fetched,
        watch: &dyn Watch,
    ) -> Result<Option<StreamInfo>, StoreError> {
        let mut before = info;
        let mut repeated = self.repeated.failed;
        for _ in 0..ROUNDS {
            let now = match self.look_anew(&before).await {
                Ok(Some(now)) => now,
                Ok(None) => return Ok(None),
                Err(_) => {
                    self.cost.failed += 1;
                    break;
                }
            };
            watch.answered();
            self.same_stream(&before, &now)?;
            let suspects = suspects(&fetched.holes, &before, &now);
            let told = self.repeated_so_far();
            let mut one_leader = before.leader == now.leader && told == repeated;
            let list = before.state.deleted.take();
            before = now;
            if suspects.is_empty() {
                before.state.deleted = before.state.deleted.take().or(list);
                break;
            }
            let again = self.fetch(&before, builder, &suspects, None, &()).await;
            one_leader &= self.repeated_so_far() == told;
            repeated = told;
            fetched.take_again(again, &suspects, one_leader);
            if one_leader {
                break;
            }
        }
        Ok(Some(before))
    }

    /// Requests of this stream that were repeated, by this read or another.
    fn repeated_so_far(&self) -> u64 {
        self.store().repeated(Some(self.stream)).failed
    }
}

/// The holes that a list before and a list after them count as stored.
fn suspects(holes: &[Window], before: &StreamInfo, now: &StreamInfo) -> Vec<Window> {
    if before.state.deleted.is_none() || now.state.deleted.is_none() {
        return Vec::new();
    }
    let last = before.state.last_seq.min(now.state.last_seq);
    let stored = Window::new(1, last);
    let runs = holes.iter().filter_map(|hole| hole.intersect(stored?));
    let counted = runs.flat_map(|run| present(run, before));
    let mut suspects: Vec<Window> = counted.flat_map(|run| present(run, now)).collect();
    suspects.sort_unstable();
    suspects.dedup();
    suspects
}

/// The parts of a run that the stream counts as stored.
pub(super) fn present(run: Window, info: &StreamInfo) -> Vec<Window> {
    let stored = match info.state.first_seq.checked_sub(1) {
        Some(below) => run.above(below),
        None => Some(run),
    };
    let list = Holes(info.state.deleted.as_deref().unwrap_or_default());
    stored.map_or_else(Vec::new, |run| list.present(run))
}

impl Fetched {
    /// Whether the stream's state must be looked at again before this can be judged. That what
    /// the list names gives nothing is no news.
    pub(super) fn needs_recheck(&self, info: &StreamInfo) -> bool {
        let listed = info.state.deleted.is_some();
        self.holes.iter().any(|hole| !listed || !present(*hole, info).is_empty())
            || self.is_odd(info)
            || self.failed.iter().any(|(_, fault)| fault.kind == FaultKind::StreamNotFound)
    }

    /// Takes in what asking for suspects once more gave.
    fn take_again(&mut self, again: Self, suspects: &[Window], one_leader: bool) {
        let covers = |range: &Window| {
            suspects.iter().any(|run| run.start() <= range.start() && range.end() <= run.end())
        };
        self.holes.retain(|hole| !covers(hole));
        self.failed.extend(again.failed);
        let holes = if one_leader { &mut self.unreadable } else { &mut self.holes };
        holes.extend(again.holes);
    }
}
