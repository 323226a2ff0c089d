//! What a failed request means for the rest of a fetch.

use crate::domain::{Fault, FaultKind};
use crate::store::StoreError;

use super::fetch::Fetch;
use super::requests::Task;

/// Requests that may time out before the rest of a read is given up.
const TIMEOUTS_AT_MOST: usize = 3;

impl Fetch<'_, '_> {
    /// A request to the leader failed, for good: what passes, the store asked again for.
    pub(super) fn failed(&mut self, task: Task, error: &StoreError) {
        self.read.cost.failed += 1;
        self.timeouts += usize::from(error.kind == FaultKind::Timeout);
        let range = task.range();
        let fault = Fault { seq: Some(range.start()), ..error.fault() };
        if self.stops(&error.kind) {
            self.stopped.get_or_insert(fault.clone());
        }
        self.known += range.len();
        self.out.failed.push((range, fault));
    }

    /// Stops the read when the page holds as many bytes as one may.
    pub(super) fn enforce_size_limit(&mut self) {
        if self.held > self.read.most {
            let text =
                format!("the page holds {} already", crate::domain::format::bytes(self.held));
            self.stopped.get_or_insert_with(|| Fault::new(FaultKind::PageFull, text));
        }
    }

    /// Whether the same would befall every other request.
    fn stops(&self, kind: &FaultKind) -> bool {
        match kind {
            FaultKind::Timeout => self.timeouts >= TIMEOUTS_AT_MOST,
            FaultKind::NoLeader
            | FaultKind::Busy
            | FaultKind::Disconnected
            | FaultKind::Denied(_)
            | FaultKind::NoJetStream
            | FaultKind::JetStreamOff
            | FaultKind::StreamNotFound
            | FaultKind::Resources
            | FaultKind::Offline => true,
            _ => false,
        }
    }

    /// What was never sent is unread, for the reason that stopped the rest.
    pub(super) fn give_up(&mut self) {
        let fault = self.stopped.take().unwrap_or_else(Fault::not_tried);
        let queued = self.queue.drain(..).flat_map(Task::runs);
        let unread = queued.chain(self.runs.drain(..));
        self.out.failed.extend(unread.map(|range| (range, fault.clone())));
    }
}
