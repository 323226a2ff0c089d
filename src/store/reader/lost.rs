//! Which of the sequences that a server reports as lost cannot be read now: a peer may have brought
//! them back, or a file may have been away for a moment.

use std::time::Instant;

use crate::domain::{Account, Cost, Holes, StreamInfo, StreamName, Window};
use crate::store::{Get, StoreError};

use super::Reader;
use super::read::Read;

/// Requests for one answer at most. Each run takes one, and one more for each frame in it.
const REQUESTS_AT_MOST: u64 = 1_000;

impl Reader {
    /// The runs outside of `window` that are reported as lost and cannot be read now: those that
    /// the stream lists and does not give, those below its first and above its last. What it costs
    /// is 0 where no loss is reported; a run of which nothing could be found out is left out.
    pub async fn still_lost(
        &self,
        stream: &StreamName,
        info: &StreamInfo,
        window: Window,
    ) -> (Vec<Window>, Cost) {
        let mut read = Read::of(self, stream);
        let lost = read.still_lost(info, Some(window)).await;
        (lost, read.cost)
    }

    /// What the stream's leader tells of all of it, without a frame: its state with the report of
    /// damage where its list is short enough to ask for, and the runs that are reported as lost and
    /// cannot be read now. `None` where there is no stream. One or two requests where no loss is
    /// reported.
    ///
    /// # Errors
    /// When the stream's state could not be had.
    pub async fn look(&self, stream: &StreamName) -> Result<Option<Looked>, StoreError> {
        let mut read = Read::of(self, stream);
        let Some(mut info) = read.snapshot().await? else { return Ok(None) };
        if std::mem::take(&mut read.report_due) {
            let asked = Instant::now();
            let report = read.store().info(stream, true).await;
            read.take_report(&mut info, (asked, report));
        }
        let lost = read.still_lost(&info, None).await;
        Ok(Some(Looked { info, lost, cost: read.cost }))
    }
}

/// What a leader tells of a stream, without a frame.
#[derive(Debug)]
pub struct Looked {
    pub info: StreamInfo,
    /// Runs that are reported as lost and cannot be read now.
    pub lost: Vec<Window>,
    pub cost: Cost,
}

impl Looked {
    /// The account of it.
    pub fn account(&self) -> Account<'_> {
        let lost = self.lost.iter().map(|run| run.len()).sum();
        Account { lost, ..Account::of(&self.info) }
    }
}

impl Read<'_> {
    async fn still_lost(&mut self, info: &StreamInfo, window: Option<Window>) -> Vec<Window> {
        let state = &info.state;
        let Some(reported) = state.lost.as_ref().filter(|lost| !lost.seqs.is_empty()) else {
            return Vec::new();
        };
        let all = Window::new(1, u64::MAX);
        let parts = match window {
            Some(window) => [
                all.and_then(|all| all.below(window.start())),
                all.and_then(|all| all.above(window.end())),
            ],
            None => [all, None],
        };
        let list = Holes(state.deleted.as_deref().unwrap_or_default());
        let mut lost = Vec::new();
        for part in parts.into_iter().flatten() {
            for run in Holes(&reported.seqs).runs(part) {
                lost.extend(run.below(state.first_seq));
                lost.extend(run.above(state.last_seq));
                let stored = Window::new(state.first_seq.max(1), state.last_seq);
                let inside = stored.and_then(|stored| run.intersect(stored));
                for listed in inside.map(|run| list.runs(run)).unwrap_or_default() {
                    lost.extend(self.not_given_in(listed).await);
                }
            }
        }
        lost.sort_unstable();
        lost
    }

    /// The parts of a run for which the leader has no message.
    async fn not_given_in(&mut self, run: Window) -> Vec<Window> {
        let mut lost = Vec::new();
        let mut left = Some(run);
        while let Some(run) = left.filter(|_| self.cost.requests() < REQUESTS_AT_MOST) {
            self.cost.gaps += 1;
            match self.store().get(self.stream, Get::AtOrAfter(run.start())).await {
                Ok(Some(frame)) if run.contains(frame.seq) => {
                    lost.extend(run.below(frame.seq));
                    left = run.above(frame.seq);
                }
                Ok(_) => {
                    lost.push(run);
                    left = None;
                }
                Err(_) => left = None,
            }
        }
        lost
    }
}
