//! Fetching what a window holds, many requests at once.
//!
//! Where the deleted list is known, each sequence that should be there is asked for exactly.
//! Where it is not, runs are *chased*: "the first message at or after" jumps a hole of any length,
//! and what is left of the run is split so that the parts are chased at once. A part is split only
//! after it gave a frame, so a window costs at most two requests a frame and one more.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};

use crate::domain::{Edge, Fault, FaultKind, Frame, Holes, StreamInfo, Window};
use crate::store::{Get, HistoryStore, StoreError};

use super::budget::Budget;
use super::cache::Keep;
use super::locate::Located;
use super::{Read, Watch};

/// Requests that may time out before the rest of a read is given up.
const TIMEOUTS_AT_MOST: usize = 3;

/// What a fetch learned.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    /// Frames, in no order.
    pub(super) frames: Vec<Arc<Frame>>,
    /// Runs for which the server said that there is no message.
    pub(super) holes: Vec<Window>,
    /// Runs that could not be read, and why.
    pub(super) failed: Vec<(Window, Fault)>,
    /// The nearest frame seen above the fetched ranges.
    pub(super) beyond: Option<Edge>,
}

impl Fetched {
    /// Whether the stream's state must be looked at again before this can be judged.
    pub(super) fn needs_recheck(&self) -> bool {
        !self.holes.is_empty()
            || self.failed.iter().any(|(_, fault)| fault.kind == FaultKind::StreamNotFound)
    }
}

#[derive(Debug, Clone, Copy)]
enum Task {
    Exact(u64),
    Chase(Window),
}

impl Task {
    const fn get(self) -> Get {
        match self {
            Self::Exact(seq) => Get::Exact(seq),
            Self::Chase(run) => Get::AtOrAfter(run.start()),
        }
    }

    const fn range(self) -> Window {
        match self {
            Self::Exact(seq) => Window::one(seq),
            Self::Chase(run) => run,
        }
    }
}

type Answer = (Task, bool, Result<Option<Frame>, StoreError>);

/// A fetch under way.
struct Fetch<'a> {
    store: &'a dyn HistoryStore,
    stream: &'a crate::domain::StreamName,
    /// Runs to ask for one sequence after another, the newest first.
    exact: Vec<Window>,
    /// Tasks before those: chased runs, and what is tried again.
    queue: VecDeque<(Task, bool)>,
    budget: Budget,
    under_way: FuturesUnordered<BoxFuture<'a, Answer>>,
    out: Fetched,
    keep: Option<Keep<'a>>,
    known: u64,
    timeouts: usize,
    /// Why nothing more is sent.
    stopped: Option<Fault>,
    cost: crate::domain::Cost,
}

impl Read<'_> {
    /// Fetches all that may be in `ranges`, which lie in order and do not overlap. What choosing
    /// the window taught is not asked for again.
    pub(super) async fn fetch(
        &mut self,
        info: &StreamInfo,
        ranges: &[Window],
        located: Option<Located>,
        watch: &dyn Watch,
    ) -> Fetched {
        let stored = Window::new(info.state.first_seq.max(1), info.state.last_seq);
        let ranges: Vec<Window> =
            ranges.iter().filter_map(|range| range.intersect(stored?)).collect();
        let (mut exact, mut queue) = (Vec::new(), VecDeque::new());
        match &info.state.deleted {
            Some(list) => {
                exact.extend(ranges.iter().flat_map(|range| Holes(list).present(*range)));
            }
            None => {
                let hole = located.and_then(|located| located.hole);
                let left = ranges.iter().rev().flat_map(|range| match hole {
                    Some(hole) => [range.above(hole.end()), range.below(hole.start())],
                    None => [Some(*range), None],
                });
                queue.extend(left.flatten().map(|run| (Task::Chase(run), false)));
            }
        }
        let total = exact.iter().map(|run| run.len()).sum::<u64>()
            + queue.iter().map(|(task, _)| task.range().len()).sum::<u64>();
        let mut fetch = Fetch {
            store: self.store,
            stream: self.stream,
            exact,
            queue,
            budget: Budget::new(info.state.bytes / info.state.messages.max(1)),
            under_way: FuturesUnordered::new(),
            out: Fetched {
                holes: located.and_then(|located| located.hole).into_iter().collect(),
                beyond: located.and_then(|located| located.above),
                ..Fetched::default()
            },
            keep: self.keep.clone(),
            known: 0,
            timeouts: 0,
            stopped: None,
            cost: self.cost,
        };
        loop {
            fetch.send();
            let Some(answer) = fetch.under_way.next().await else {
                break;
            };
            fetch.take(answer);
            watch.known(fetch.known, total);
        }
        fetch.give_up();
        self.cost = fetch.cost;
        fetch.out
    }
}

impl Fetch<'_> {
    fn send(&mut self) {
        while self.stopped.is_none() && self.budget.has_room() {
            let Some((task, again)) = self.next() else {
                return;
            };
            let (store, stream) = (self.store, self.stream);
            self.budget.sent();
            self.under_way.push(Box::pin(async move {
                let answer = store.get(stream, task.get()).await;
                (task, again, answer)
            }));
        }
    }

    fn next(&mut self) -> Option<(Task, bool)> {
        if let Some(task) = self.queue.pop_front() {
            return Some(task);
        }
        let run = self.exact.pop()?;
        self.exact.extend(run.below(run.end()));
        Some((Task::Exact(run.end()), false))
    }

    fn take(&mut self, (task, again, answer): Answer) {
        let weight = answer.as_ref().ok().and_then(Option::as_ref).map_or(0, weigh);
        self.budget.answered(weight);
        match (task, answer) {
            (Task::Exact(seq), Ok(Some(frame))) if frame.seq == seq => self.frame(frame, weight),
            (Task::Exact(seq), Ok(None)) => {
                self.cost.gaps += 1;
                self.hole(Window::one(seq));
            }
            (Task::Chase(run), Ok(found)) => self.chased(run, found, weight),
            (Task::Exact(seq), Ok(Some(frame))) => {
                let detail = format!("the server answered with sequence {}", frame.seq);
                let error = StoreError::new(
                    FaultKind::BadReply,
                    format!("read sequence {seq} of {}", self.stream),
                    detail,
                );
                self.failed(task, true, &error);
            }
            (task, Err(error)) => self.failed(task, again, &error),
        }
    }

    fn frame(&mut self, frame: Frame, weight: u64) {
        self.cost.frames += 1;
        self.cost.bytes += weight;
        self.known += 1;
        let frame = Arc::new(frame);
        if let Some(keep) = &self.keep {
            keep.frame(&frame);
        }
        self.out.frames.push(frame);
    }

    fn hole(&mut self, run: Window) {
        self.known += run.len();
        if let Some(keep) = &self.keep {
            keep.hole(run);
        }
        self.out.holes.push(run);
    }

    fn chased(&mut self, run: Window, found: Option<Frame>, weight: u64) {
        let Some(frame) = found.filter(|frame| frame.seq >= run.start()) else {
            self.cost.gaps += 1;
            return self.hole(run);
        };
        let seq = frame.seq;
        self.skip(run.start(), seq);
        if !run.contains(seq) {
            self.cost.gaps += 1;
            if self.out.beyond.is_none_or(|edge| seq < edge.seq) {
                self.out.beyond = Some(Edge::of(&frame));
            }
            if let Some(keep) = &self.keep {
                Window::new(run.start(), seq - 1).into_iter().for_each(|hole| keep.hole(hole));
                keep.frame(&Arc::new(frame));
            }
            return self.hole(run);
        }
        if let Some(hole) = run.below(seq) {
            self.hole(hole);
        }
        self.frame(frame, weight);
        if let Some(rest) = run.above(seq) {
            self.chase(rest);
        }
    }

    /// Nothing is stored in `from..to`: runs still queued need not find that out again.
    fn skip(&mut self, from: u64, to: u64) {
        let mut holes = Vec::new();
        self.queue.retain_mut(|(task, _)| {
            let Task::Chase(run) = *task else { return true };
            if !(from < run.start() && run.start() < to) {
                return true;
            }
            holes.extend(run.below(to));
            run.above(to - 1).map(|rest| *task = Task::Chase(rest)).is_some()
        });
        holes.into_iter().for_each(|hole| self.hole(hole));
    }

    /// Queues a run, in two parts while there is room to chase both at once.
    fn chase(&mut self, run: Window) {
        let middle = run.start() + (run.len() - 1) / 2;
        if self.budget.is_slack(self.queue.len())
            && let Some(newer) = run.above(middle)
            && let Some(older) = run.below(newer.start())
        {
            self.queue.push_back((Task::Chase(newer), false));
            self.queue.push_back((Task::Chase(older), false));
        } else {
            self.queue.push_back((Task::Chase(run), false));
        }
    }

    fn failed(&mut self, task: Task, again: bool, error: &StoreError) {
        self.cost.failed += 1;
        if error.kind == FaultKind::Timeout {
            self.timeouts += 1;
        }
        let fault = error.fault();
        if self.stops(&error.kind) {
            self.stopped.get_or_insert(fault.clone());
        }
        if error.kind.is_transient() && !again && self.stopped.is_none() {
            self.queue.push_back((task, true));
        } else {
            self.known += task.range().len();
            self.out.failed.push((task.range(), fault));
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
    fn give_up(&mut self) {
        let fault = self.stopped.take().unwrap_or_else(Fault::not_tried);
        let queued = self.queue.drain(..).map(|(task, _)| task.range());
        let unread = queued.chain(self.exact.drain(..));
        self.out.failed.extend(unread.map(|range| (range, fault.clone())));
    }
}

fn weigh(frame: &Frame) -> u64 {
    let header = |h: &crate::domain::Header| h.name.len() + h.value.as_ref().map_or(0, Vec::len);
    (frame.payload.len() + frame.headers.iter().map(header).sum::<usize>()) as u64
}
