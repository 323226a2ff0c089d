//! Whether a message that the server counts and does not give is unreadable. Only this order shows
//! it, all of one leader: a list that counts the sequence, "no message" (10037), such a list read
//! anew, "no message" again. What had to be asked for again in between may have been answered by
//! another leader, and shows nothing. With one list before or after, healthy streams that are deleted from
//! while they are read are accused by the hundred.

use crate::domain::{StreamInfo, Window};
use crate::store::StoreError;

use super::fetch::Fetched;
use super::{Read, Watch, account};

/// Lists that are read for one page: a leader that changes in between needs another round.
const ROUNDS: usize = 3;

/// What the looks after a fetch came to.
pub(super) enum Confirmed {
    /// The stream as it was seen last.
    Seen(Box<StreamInfo>),
    /// There is none any more.
    Gone,
}

impl Read<'_> {
    /// Head expiry, deletions and a stream made anew all race a read: what looked like a hole is
    /// judged by the state after it was seen. Without an answer it stays a hole of which nothing
    /// more is known, since the server did say that there is no message; and what was listed as
    /// deleted before stays so, since no deletion is ever undone.
    ///
    /// # Errors
    /// When the stream was made anew.
    pub(super) async fn confirm(
        &mut self,
        info: StreamInfo,
        fetched: &mut Fetched,
        watch: &dyn Watch,
    ) -> Result<Confirmed, StoreError> {
        let mut before = info;
        let mut repeated = self.repeated.failed;
        for _ in 0..ROUNDS {
            let now = match self.look_anew(&before).await {
                Ok(Some(now)) => now,
                Ok(None) => return Ok(Confirmed::Gone),
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
            let again = self.fetch(&before, &suspects, None, &()).await;
            one_leader &= self.repeated_so_far() == told;
            repeated = told;
            fetched.take_again(again, &suspects, one_leader);
            if one_leader {
                break;
            }
        }
        Ok(Confirmed::Seen(Box::new(before)))
    }

    /// Requests of this stream that were repeated, by this read or another.
    fn repeated_so_far(&self) -> u64 {
        self.store.repeated(Some(self.stream)).failed
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
    let counted = runs.flat_map(|run| account::present(run, before));
    let mut suspects: Vec<Window> = counted.flat_map(|run| account::present(run, now)).collect();
    suspects.sort_unstable();
    suspects.dedup();
    suspects
}

impl Fetched {
    /// Takes in what asking for suspects once more gave.
    fn take_again(&mut self, again: Self, suspects: &[Window], one_leader: bool) {
        let covers = |range: &Window| {
            suspects.iter().any(|run| run.start() <= range.start() && range.end() <= run.end())
        };
        self.holes.retain(|hole| !covers(hole));
        self.frames.extend(again.frames);
        self.failed.extend(again.failed);
        let holes = if one_leader { &mut self.unreadable } else { &mut self.holes };
        holes.extend(again.holes);
    }
}
