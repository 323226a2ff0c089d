//! What a failed request means for the rest of a fetch.

use crate::domain::{Fault, FaultKind};
use crate::store::{Offer, StoreError};

use super::fetch::Fetch;
use super::task::Task;

/// Requests that may time out before the rest of a read is given up.
const TIMEOUTS_AT_MOST: usize = 3;

/// Most bytes of frames in one page; it may exceed this by what is in flight. A thousand frames of
/// 1 MiB would be a page of a gigabyte.
pub(super) const PAGE_BYTES: u64 = 64 << 20;

impl Fetch<'_> {
    /// A request to the leader failed.
    pub(super) fn failed(&mut self, task: Task, again: bool, error: &StoreError) {
        self.cost.failed += 1;
        // A direct read took the connection, and this went with it.
        let swept =
            error.kind == FaultKind::Disconnected && (self.cut || self.offer != Offer::MessageGet);
        if error.kind.is_transient() {
            self.timeouts += 1;
        }
        self.cut |= swept;
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

    /// Stops the read when the page holds as many bytes as one may.
    pub(super) fn mind_the_size(&mut self) {
        if self.held > self.most {
            let text =
                format!("the page holds {} already", crate::domain::format::bytes(self.held));
            self.stopped.get_or_insert_with(|| Fault::new(FaultKind::PageFull, text));
        }
    }

    /// Whether the same would befall every other request.
    fn stops(&self, kind: &FaultKind) -> bool {
        match kind {
            FaultKind::Timeout | FaultKind::NoLeader | FaultKind::Busy => {
                self.timeouts >= TIMEOUTS_AT_MOST
            }
            FaultKind::Disconnected
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
        let fault = match self.stopped.take() {
            None => Fault::not_tried(),
            Some(fault) if fault.kind == FaultKind::PageFull => fault,
            Some(Fault { kind, text }) => {
                Fault { kind, text: format!("not tried, since an earlier request failed: {text}") }
            }
        };
        let queued = self.queue.drain(..).flat_map(|(task, _)| task.runs());
        let unread = queued.chain(self.runs.drain(..));
        self.out.failed.extend(unread.map(|range| (range, fault.clone())));
    }
}
