//! What a failed request means for the rest of a fetch.

use crate::domain::{Fault, FaultKind};
use crate::store::{Offer, StoreError};

use super::fetch::Fetch;
use super::task::Task;

/// Requests that may time out before the rest of a read is given up.
const TIMEOUTS_AT_MOST: usize = 3;

impl Fetch<'_> {
    /// A request to the leader failed.
    pub(super) fn failed(&mut self, task: Task, again: bool, error: &StoreError) {
        self.cost.failed += 1;
        // A direct read took the connection, and this went with it.
        let swept =
            error.kind == FaultKind::Disconnected && (self.cut || self.offer != Offer::MessageGet);
        if error.kind == FaultKind::Timeout {
            self.timeouts += 1;
        }
        let fault = error.fault();
        if self.stops(&error.kind) && (again || !swept) {
            self.stopped.get_or_insert(fault.clone());
        }
        let retry = error.kind.is_transient() || swept;
        if retry && !again && self.stopped.is_none() {
            self.queue.push_back((task, true));
        } else {
            let range = task.range();
            self.known += range.len();
            self.out.failed.push((range, fault));
        }
    }

    /// Whether the same would befall every other request.
    fn stops(&self, kind: &FaultKind) -> bool {
        match kind {
            FaultKind::Timeout => self.timeouts >= TIMEOUTS_AT_MOST,
            FaultKind::Disconnected
            | FaultKind::Denied(_)
            | FaultKind::NoJetStream
            | FaultKind::JetStreamOff
            | FaultKind::StreamNotFound
            | FaultKind::Offline => true,
            _ => false,
        }
    }

    /// What was never sent is unread, for the reason that stopped the rest.
    pub(super) fn give_up(&mut self) {
        let fault = self.stopped.take().unwrap_or_else(Fault::not_tried);
        let queued = self.queue.drain(..).flat_map(|(task, _)| task.runs());
        let unread = queued.chain(self.runs.drain(..));
        self.out.failed.extend(unread.map(|range| (range, fault.clone())));
    }
}
