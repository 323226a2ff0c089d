//! Where the frames of a stream come from, run by run: a million generated ones cost what one does.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::generate::{RawFrame, Shape, mix};
use crate::domain::{Frame, Window};

/// A run of sequences whose frames come from one place.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) source: Source,
    /// When the first of the run was stored.
    pub(super) from: Timestamp,
    /// Time from one frame to the next.
    pub(super) step: SignedDuration,
    /// Whether frames fall anywhere inside their step rather than at its start.
    pub(super) uneven: bool,
}

/// Where the frames of a run come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Generated(Shape),
    These(Vec<RawFrame>),
}

/// The runs of a stream by their first sequence; each reaches to where the next one begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs(BTreeMap<u64, Run>);

impl Runs {
    pub(super) fn insert(&mut self, from: u64, run: Run) {
        self.0.insert(from, run);
    }

    #[cfg(test)]
    pub(super) fn forget_above(&mut self, seq: u64) {
        self.0.split_off(&seq.saturating_add(1));
    }

    fn run_at(&self, seq: u64) -> Option<(u64, &Run)> {
        let (&start, run) = self.0.range(..=seq).next_back()?;
        Some((start, run))
    }

    /// Bytes a stream takes for the frames of a window.
    pub(super) fn bytes_of(&self, window: Window) -> u64 {
        let mut total = 0u64;
        let mut end = Some(window.end());
        // From the last run down: each reaches to where the one above it begins.
        while let Some(to) = end.filter(|to| *to >= window.start()) {
            let Some((start, run)) = self.run_at(to) else {
                break;
            };
            let from = start.max(window.start());
            if let Some(part) = Window::new(from, to) {
                total = total.saturating_add(match &run.source {
                    Source::Generated(shape) => shape.stored_bytes(part),
                    Source::These(frames) => (from..=to)
                        .filter_map(|seq| frames.get(usize::try_from(seq - start).ok()?))
                        .map(RawFrame::stored_bytes)
                        .sum(),
                });
            }
            end = from.checked_sub(1);
        }
        total
    }

    pub(super) fn time(&self, seq: u64) -> Option<Timestamp> {
        let (start, run) = self.run_at(seq)?;
        let nanos = i64::try_from(run.step.as_nanos()).unwrap_or(i64::MAX);
        let index = i64::try_from(seq - start).unwrap_or(i64::MAX);
        let within =
            if run.uneven && nanos > 0 { (mix(start, seq) >> 1) as i64 % nanos } else { 0 };
        let after = SignedDuration::from_nanos(index.saturating_mul(nanos).saturating_add(within));
        run.from.checked_add(after).ok()
    }

    pub(super) fn frame(&self, seq: u64) -> Option<Frame> {
        let (start, run) = self.run_at(seq)?;
        let raw = match &run.source {
            Source::Generated(shape) => shape.frame(seq),
            Source::These(frames) => frames.get(usize::try_from(seq - start).ok()?)?.clone(),
        };
        Some(Frame {
            seq,
            time: self.time(seq)?,
            subject: raw.subject,
            headers: raw.headers,
            payload: raw.payload,
        })
    }
}
