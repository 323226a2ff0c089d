//! Fetching what a window holds, many requests at once, the newest first.
//!
//! Where the deleted list is known, each sequence that should be there is asked for exactly, or
//! with its neighbours in a batch. Where it is not, runs are chased; see [`super::chase`]. What a
//! replica does not give is asked of the leader; see [`super::replica`].

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::Timestamp;

use crate::domain::{Edge, Fault, FaultKind, Frame, Holes, PageBuilder, StreamInfo, Window};
use crate::store::{Get, ReadMethod, StoreError};

use super::Watch;
use super::budget::Budget;
use super::read::{Located, Read};
use super::requests::{Reply, Tally, Task, weigh};

/// What a fetch learned, beside the frames.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    /// When the youngest frame was stored.
    pub(super) youngest: Option<Timestamp>,
    /// Runs for which the server said that there is no message.
    pub(super) holes: Vec<Window>,
    /// Runs that hold nothing, as an earlier read found out; as true as the state that this read
    /// began with, so they need no second look.
    pub(super) kept_holes: Vec<Window>,
    /// Listed runs that were asked for all the same.
    pub(super) tried: Vec<Window>,
    /// Runs that the leader counts as stored and does not give; see [`super::confirm`].
    pub(super) unreadable: Vec<Window>,
    /// Runs that could not be read, and why.
    pub(super) failed: Vec<(Window, Fault)>,
    /// The nearest frame seen above the fetched ranges.
    pub(super) beyond: Option<Edge>,
}

impl Fetched {
    /// Whether a frame is younger than the last one of the stream, and so may be that of a stream
    /// made anew under the same name.
    pub(super) fn is_odd(&self, info: &StreamInfo) -> bool {
        self.youngest.zip(info.state.last_time).is_some_and(|(frame, last)| frame > last)
    }
}

type Answer = (Task, Duration, Result<Reply, StoreError>);

/// A fetch under way.
pub(super) struct Fetch<'f, 'a> {
    pub(super) read: &'f mut Read<'a>,
    pub(super) info: &'f StreamInfo,
    pub(super) builder: &'f mut PageBuilder,
    /// How `runs` are read.
    pub(super) method: ReadMethod,
    /// Runs to ask for, the newest last. With a deleted list, every sequence of them should be
    /// there.
    pub(super) runs: Vec<Window>,
    /// Other tasks: chased runs, and what a replica did not give. They go before `runs`, but after
    /// all batches.
    pub(super) queue: VecDeque<Task>,
    pub(super) budget: Budget,
    under_way: FuturesUnordered<BoxFuture<'a, Answer>>,
    /// The ranges of what is under way, in no order.
    flying: Vec<Window>,
    pub(super) out: Fetched,
    pub(super) known: u64,
    pub(super) timeouts: usize,
    /// Bytes of frames that the page holds.
    pub(super) held: u64,
    /// Why nothing more is sent.
    pub(super) stopped: Option<Fault>,
    pub(super) replicas: Tally,
}

impl Read<'_> {
    /// Fetches all that may be in `ranges`, which lie in order and do not overlap. What choosing
    /// the window taught is not asked for again. Frames go to the builder.
    pub(super) async fn fetch(
        &mut self,
        info: &StreamInfo,
        builder: &mut PageBuilder,
        ranges: &[Window],
        located: Option<Located>,
        watch: &dyn Watch,
    ) -> Fetched {
        let stored = Window::new(info.state.first_seq.max(1), info.state.last_seq);
        let inside: Vec<Window> =
            ranges.iter().filter_map(|range| range.intersect(stored?)).collect();
        let kept = self.kept(&inside).await;
        let inside = kept.rest;
        let hole = located.and_then(|located| located.hole);
        let runs: Vec<Window> = match (&info.state.deleted, hole) {
            (Some(list), _) => inside.iter().flat_map(|run| Holes(list).present(*run)).collect(),
            (None, Some(hole)) => {
                let beside = |run: &Window| [run.below(hole.start()), run.above(hole.end())];
                inside.iter().flat_map(beside).flatten().collect()
            }
            (None, None) => inside.clone(),
        };
        let doubtful: Vec<Window> = doubtful(info, &inside).collect();
        let total = runs.iter().chain(&doubtful).map(|run| run.len()).sum::<u64>();
        let mut owed = self.screenful;
        let mut fetch = Fetch {
            info,
            builder,
            method: self.method(info),
            runs,
            queue: doubtful.iter().copied().map(Task::Chase).collect(),
            budget: Budget::new(&info.state, owed).among(self.reader.among, &info.state),
            under_way: FuturesUnordered::new(),
            flying: Vec::new(),
            out: Fetched {
                holes: hole.into_iter().collect(),
                kept_holes: kept.holes,
                beyond: located.and_then(|located| located.above),
                tried: doubtful,
                ..Fetched::default()
            },
            known: 0,
            timeouts: 0,
            held: self.held,
            stopped: None,
            replicas: Tally::default(),
            read: self,
        };
        kept.frames.into_iter().for_each(|frame| fetch.put(frame));
        if fetch.method == ReadMethod::MessageGet {
            fetch.ask_the_leader(owed);
        }
        fetch.enforce_size_limit();
        loop {
            fetch.send();
            let Some(answer) = fetch.under_way.next().await else { break };
            if answer.2.is_ok() {
                watch.answered();
            }
            fetch.take(answer);
            watch.known(fetch.known, total);
            owed = fetch.offer(owed, ranges, watch);
        }
        fetch.give_up();
        fetch.out
    }
}

/// What is listed and yet worth asking for: what is reported as lost, which is lost only if it
/// cannot be read now; all that a list names which contradicts itself.
fn doubtful<'a>(info: &'a StreamInfo, inside: &'a [Window]) -> impl Iterator<Item = Window> + 'a {
    let state = &info.state;
    let list = Holes(state.deleted.as_deref().unwrap_or_default());
    let lost = Holes(state.lost.as_ref().map_or(&[][..], |lost| &lost.seqs));
    let listed = inside.iter().rev().flat_map(move |range| list.runs(*range).into_iter().rev());
    listed.flat_map(move |run| if state.is_doubtful() { vec![run] } else { lost.runs(run) })
}

impl<'a> Fetch<'_, 'a> {
    fn send(&mut self) {
        while self.stopped.is_none() {
            let Some(task) = self.next() else { return };
            self.flying.push(task.range());
            self.budget.sent(matches!(task, Task::Batch(..)));
            let answer = self.ask(task.clone());
            self.under_way.push(Box::pin(async move {
                let sent = Instant::now();
                let answer = answer.await;
                (task, sent.elapsed(), answer)
            }));
        }
    }

    fn ask(&self, task: Task) -> BoxFuture<'a, Result<Reply, StoreError>> {
        let (store, stream) = (self.read.store(), self.read.stream);
        let max_bytes = self.budget.batch_bytes();
        Box::pin(async move {
            match task {
                Task::Exact(seq) => store.get(stream, Get::Exact(seq)).await.map(Reply::One),
                Task::Chase(run) => {
                    store.get(stream, Get::AtOrAfter(run.start())).await.map(Reply::One)
                }
                Task::Direct(seq) => store.direct(stream, seq).await.map(Reply::One),
                Task::Batch(_, most) => {
                    let from = task.range().start();
                    store.batch(stream, from, most, max_bytes).await.map(Reply::Many)
                }
            }
        })
    }

    fn next(&mut self) -> Option<Task> {
        if self.method == ReadMethod::Batch {
            // What the replicas did not give waits for the last batch: both together would be
            // twice the bytes in flight.
            if !self.runs.is_empty() && self.budget.has_room_for_batch() {
                return self.chunk();
            }
            if !self.runs.is_empty() || self.budget.batches() > 0 {
                return None;
            }
        }
        if !self.budget.has_room() {
            return None;
        }
        if let Some(task) = self.queue.pop_front() {
            return Some(task);
        }
        let run = self.runs.pop()?;
        self.runs.extend(run.below(run.end()));
        let seq = run.end();
        let direct = self.method == ReadMethod::Direct;
        Some(if direct { Task::Direct(seq) } else { Task::Exact(seq) })
    }

    /// The highest sequence not answered for yet.
    pub(super) fn open(&self) -> Option<u64> {
        let queued = self.queue.iter().map(Task::range);
        let flying = self.flying.iter().copied();
        let left = self.runs.last().copied();
        queued.chain(flying).chain(left).map(Window::end).max()
    }

    fn take(&mut self, (task, took, answer): Answer) {
        let range = task.range();
        if let Some(at) = self.flying.iter().position(|flying| *flying == range) {
            self.flying.swap_remove(at);
        }
        let weight = answer.as_ref().map_or((0, 0), Reply::weight);
        self.budget.answered(matches!(task, Task::Batch(..)), weight, took);
        match (task, answer) {
            (Task::Exact(seq), Ok(Reply::One(Some(frame)))) if frame.seq == seq => {
                self.read.cost.frames += 1;
                self.frame(frame);
            }
            (Task::Exact(seq), Ok(Reply::One(None))) => {
                self.read.cost.gaps += 1;
                self.hole(Window::one(seq));
            }
            (Task::Chase(run), Ok(Reply::One(found))) => self.chased(run, found),
            (Task::Direct(seq), Ok(Reply::One(found))) => self.given(seq, found),
            (Task::Batch(runs, _), Ok(Reply::Many(batch))) => self.batched(runs, batch),
            (task @ (Task::Direct(_) | Task::Batch(..)), Err(error)) => {
                self.refused_directly(task.runs(), &error);
            }
            (task, Ok(_)) => {
                let what = format!("read sequence {} of {}", range.start(), self.read.stream);
                let detail = "the server answered with another sequence";
                let error = StoreError::new(FaultKind::BadReply, what, detail);
                self.failed(task, &error);
            }
            (task, Err(error)) => self.failed(task, &error),
        }
    }

    /// Takes in a frame of a range.
    pub(super) fn frame(&mut self, frame: Frame) {
        self.read.cost.bytes += weigh(&frame);
        self.known += 1;
        let frame = Arc::new(frame);
        if let Some(view) = &self.read.view {
            view.frame(&frame);
        }
        self.put(frame);
        self.enforce_size_limit();
    }

    fn put(&mut self, frame: Arc<Frame>) {
        self.held += weigh(&frame);
        self.out.youngest = self.out.youngest.max(Some(frame.time));
        self.builder.frame(frame);
    }

    /// The leader has nothing in this run.
    pub(super) fn hole(&mut self, run: Window) {
        self.known += run.len();
        if let Some(view) = &self.read.view {
            view.hole(run);
        }
        self.out.holes.push(run);
    }
}
