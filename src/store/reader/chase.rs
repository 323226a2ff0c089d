//! Reading runs of which it is not known what they hold, from the leader.
//!
//! "The first message at or after" jumps a hole of any length, and what is left of the run is
//! split so that the parts are chased at once. A part is split only after it gave a frame, so
//! requests stay in proportion to the frames and holes of a window.

use std::sync::Arc;

use crate::domain::{Edge, Frame, Window};

use super::fetch::Fetch;
use super::requests::Task;

/// Parts of a run that began with a frame: it is likely full of them.
const DENSE_PARTS: u64 = 8;
/// Parts of a run that began with a hole.
const PARTS: u64 = 2;

impl Fetch<'_, '_> {
    /// Takes in the leader's answer to a chase: the first frame at or after the run's start.
    pub(super) fn chased(&mut self, run: Window, found: Option<Frame>) {
        let Some(frame) = found.filter(|frame| frame.seq >= run.start()) else {
            self.read.cost.gaps += 1;
            return self.hole(run);
        };
        let seq = frame.seq;
        self.skip(run.start(), seq);
        if !run.contains(seq) {
            self.read.cost.gaps += 1;
            if self.out.beyond.is_none_or(|edge| seq < edge.seq) {
                self.out.beyond = Some(Edge::of(&frame));
            }
            if let Some(view) = &self.read.view {
                view.jump(run.start(), &Arc::new(frame));
            }
            return self.hole(run);
        }
        if let Some(hole) = run.below(seq) {
            self.hole(hole);
        }
        self.read.cost.frames += 1;
        self.frame(frame);
        if let Some(rest) = run.above(seq) {
            self.chase(rest, if seq == run.start() { DENSE_PARTS } else { PARTS });
        }
    }

    /// Nothing is stored in `from..to`: runs still queued need not find that out again.
    fn skip(&mut self, from: u64, to: u64) {
        let mut holes = Vec::new();
        self.queue.retain_mut(|task| {
            let Task::Chase(run) = *task else { return true };
            if !(from < run.start() && run.start() < to) {
                return true;
            }
            holes.extend(run.below(to));
            run.above(to - 1).map(|rest| *task = Task::Chase(rest)).is_some()
        });
        holes.into_iter().for_each(|hole| self.hole(hole));
    }

    /// Queues a run, in up to so many parts as there is room to chase at once, the newest first.
    fn chase(&mut self, run: Window, parts: u64) {
        let slack = self.budget.slack(self.queue.len());
        let parts = parts.min(slack).min(run.len()).max(1);
        let mut left = Some(run);
        for part in (1..=parts).rev() {
            let Some(rest) = left else { return };
            let newer = rest.end() - rest.len() / part + 1;
            let Some(task) = Window::new(newer, rest.end()) else { return };
            self.queue.push_back(Task::Chase(task));
            left = rest.below(newer);
        }
    }
}
