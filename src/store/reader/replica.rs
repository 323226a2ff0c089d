//! Reading from replicas: direct gets, one message or many a request.
//!
//! Any replica answers them, and it may lag behind the leader. So a frame is taken only where the
//! leader's state and deleted list leave room for one, and what a replica does not give is asked
//! of the leader by message-get: only the leader makes a gap. Without the deleted list a replica
//! could show a message that the leader has deleted, so then direct gets are used only where the
//! leader's copy is the only one.
//!
//! Whatever goes wrong with a direct get, the rest is read by message-get, and so is that stream
//! for the rest of the session. Where it was not answered, or the connection was lost, that has to
//! happen twice, and holds for some minutes: a replica that is stopped would make each part wait.

use crate::domain::{Frame, PageSize, StreamInfo, Window};
use crate::store::{Batch, End, ReadMethod, StoreError};

use super::fetch::Fetch;
use super::read::Read;
use super::requests::{Task, weigh};

/// Sequences that replicas may fail to give before it counts.
const MISSES: u64 = 16;

impl Read<'_> {
    /// How this stream is read.
    pub(super) fn method(&self, info: &StreamInfo) -> ReadMethod {
        let offered = self.store().read_method(info);
        let best = self.reader.methods.best(self.stream, info, offered);
        match (&info.state.deleted, best) {
            (Some(_), best) => best,
            (None, ReadMethod::Batch) if info.config.replicas <= 1 => ReadMethod::Batch,
            (None, _) => ReadMethod::MessageGet,
        }
    }
}

impl Fetch<'_, '_> {
    /// The newest of what is left, as much as one batch should bring. A run longer than any page
    /// of frames is mostly hole: it is read from its start, over the hole in one request.
    pub(super) fn chunk(&mut self) -> Option<Task> {
        let most = self.budget.chunk();
        let listed = self.info.state.deleted.is_some();
        if let Some(long) = self.runs.pop_if(|run| !listed && run.len() > PageSize::MAX.get()) {
            return Some(Task::Batch(vec![long], most));
        }
        let mut room = most;
        let mut runs = Vec::new();
        while room > 0 {
            let Some(run) = self.runs.pop() else { break };
            let from = run.end().saturating_sub(room - 1).max(run.start());
            self.runs.extend(run.below(from));
            let Some(part) = Window::new(from, run.end()) else { break };
            room -= part.len();
            runs.push(part);
        }
        runs.reverse();
        (!runs.is_empty()).then_some(Task::Batch(runs, most - room))
    }

    /// Takes in the answer to one direct get.
    pub(super) fn given(&mut self, seq: u64, found: Option<Frame>) {
        match found {
            Some(frame) if frame.seq == seq => {
                self.read.cost.frames += 1;
                self.replicas.given += 1;
                self.frame(frame);
            }
            _ => {
                self.read.cost.gaps += 1;
                self.missed(Window::one(seq));
            }
        }
        self.judge();
    }

    /// Takes in a batch: the frames of these runs, and nothing else that may be in it.
    pub(super) fn batched(&mut self, runs: Vec<Window>, batch: Batch) {
        let (before, last) = (self.known, batch.last.unwrap_or(0));
        let mut runs = runs.into_iter();
        let mut left = runs.next();
        for frame in batch.frames {
            while let Some(run) = left.filter(|run| run.end() < frame.seq) {
                self.not_given(run, last, batch.end);
                left = runs.next();
            }
            match left.filter(|run| run.contains(frame.seq)) {
                Some(run) => {
                    if let Some(hole) = run.below(frame.seq) {
                        self.not_given(hole, last, batch.end);
                    }
                    left = run.above(frame.seq);
                    if left.is_none() {
                        left = runs.next();
                    }
                    self.replicas.given += 1;
                    self.frame(frame);
                }
                None => self.read.cost.bytes += weigh(&frame),
            }
        }
        left.into_iter().chain(runs).for_each(|run| self.not_given(run, last, batch.end));
        self.runs.sort_unstable();
        if self.known > before {
            self.read.cost.frames += 1;
        } else {
            self.read.cost.gaps += 1;
        }
        if batch.end == End::NoBatches {
            self.fall_back(ReadMethod::Direct);
        }
        self.replicas.missed += batch.unclear;
        self.judge();
        if self.method == ReadMethod::MessageGet {
            // Another batch was refused meanwhile: what this one put back is the leader's too.
            self.ask_the_leader(0);
        }
    }

    /// A batch that ended at `last` did not give this run, or the rest of one.
    fn not_given(&mut self, run: Window, last: u64, end: End) {
        if end == End::Whole || last == 0 {
            return self.missed(run);
        }
        if let Some(passed) = run.below(last.saturating_add(1)) {
            self.missed(passed);
        }
        self.runs.extend(run.above(last));
    }

    /// The leader is asked for what a replica did not give.
    fn missed(&mut self, run: Window) {
        if self.info.state.deleted.is_some() {
            self.replicas.missed += run.len();
            let each = (run.start()..=run.end()).rev().map(Task::Exact);
            self.queue.extend(each);
        } else {
            self.queue.push_back(Task::Chase(run));
        }
    }

    /// Replicas that mostly do not give what the leader has are not worth asking.
    fn judge(&mut self) {
        if self.replicas.missed >= MISSES && self.replicas.missed > self.replicas.given {
            self.fall_back(ReadMethod::MessageGet);
        }
    }

    /// A direct get of these runs failed.
    pub(super) fn refused_directly(&mut self, runs: Vec<Window>, error: &StoreError) {
        self.read.cost.failed += 1;
        self.runs.extend(runs);
        self.runs.sort_unstable();
        if error.kind.may_pass() {
            // Of several under way, which fail alike, one tells of it.
            if self.method != ReadMethod::MessageGet {
                self.read.reader.methods.strike(self.read.stream, self.info.created);
            }
            self.method = ReadMethod::MessageGet;
            return self.ask_the_leader(0);
        }
        self.fall_back(ReadMethod::MessageGet);
    }

    /// Reads the rest of this stream, now and later, by nothing better than `best`.
    fn fall_back(&mut self, best: ReadMethod) {
        if self.method > best {
            self.read.reader.methods.limit(self.read.stream, self.info.created, best);
            self.method = best;
        }
        if self.info.state.deleted.is_none() {
            self.method = ReadMethod::MessageGet;
        }
        if self.method == ReadMethod::MessageGet {
            self.ask_the_leader(0);
        }
    }

    /// Turns what is left into tasks for the leader. With a deleted list the runs stay: their
    /// sequences are asked for one by one. The newest `screenful` is a part of its own.
    pub(super) fn ask_the_leader(&mut self, screenful: usize) {
        if self.info.state.deleted.is_some() {
            return;
        }
        let screenful = u64::try_from(screenful).unwrap_or(u64::MAX);
        let newest = self.runs.last().filter(|run| screenful > 0 && run.len() > screenful);
        let cut = newest.map(|run| run.end() - screenful);
        for run in std::mem::take(&mut self.runs).into_iter().rev() {
            let parts = match cut {
                Some(cut) => [run.above(cut), run.below(cut.saturating_add(1))],
                None => [Some(run), None],
            };
            self.queue.extend(parts.into_iter().flatten().map(Task::Chase));
        }
    }
}
