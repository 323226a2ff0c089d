//! The whole stream at a glance: from its first to its last sequence in a row of cells, each with
//! what is known to be in it. What is not proved is unknown, never taken for frames or for holes.

mod survey;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;

use super::cause::gap::Edge;
use super::page::holes::Holes;
use super::page::window::Window;
use super::page::{Page, Slot};
use super::stream::StreamState;
pub use survey::Survey;
use survey::{joined, part};

/// What is known of a stream from its first to its last sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamMap {
    span: Window,
    basis: Basis,
    deleted: Option<Arc<[u64]>>,
    /// Runs proved to hold nothing that are not in the list.
    holes: Vec<Window>,
    /// Runs that the server counts as stored and does not give.
    unreadable: Vec<Window>,
    /// Runs proved to hold frames; not used where there is a list.
    frames: Vec<Window>,
    times: Vec<Edge>,
    /// Sequences without a message, as the stream counts them.
    missing: u64,
}

/// What a map is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The server's list of deleted sequences: nothing is unknown.
    List,
    /// The page on the screen alone: the list is too long to ask for, and nothing was sampled.
    Page {
        /// Whether the page holds all missing sequences, so that nothing is unknown.
        complete: bool,
    },
    Sampled {
        requests: u64,
        /// Whether all missing sequences were found, so that nothing is unknown.
        complete: bool,
        /// Whether frames were deleted since, so that the frames it saw prove nothing any more.
        stale: bool,
    },
}

/// A part of the stream. `frames + missing + unreadable + unknown` is the length of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub range: Window,
    /// Sequences proved to hold a frame.
    pub frames: u64,
    /// Sequences proved to hold nothing.
    pub missing: u64,
    /// Sequences that the server counts as stored and does not give.
    pub unreadable: u64,
    /// Sequences of which nothing is proved.
    pub unknown: u64,
}

impl StreamMap {
    /// The map of the stream that a page was read from, with what a survey of the same stream
    /// proved. Sends nothing and walks along no hole.
    pub fn new(page: &Page, survey: Option<&Survey>) -> Self {
        let survey = survey.filter(|survey| survey.created == page.stream.created);
        let own = &page.stream.state;
        let sampled = survey.map(|survey| &survey.state);
        let state = sampled.filter(|state| age(state) > age(own)).unwrap_or(own);
        let span = Window::new(state.first_seq.max(1), state.last_seq).unwrap_or(page.window());
        let mut map = Self {
            span,
            basis: Basis::List,
            // A list that contradicts its own count proves nothing.
            deleted: own.deleted.clone().filter(|_| !own.is_doubtful()),
            holes: Vec::new(),
            unreadable: Vec::new(),
            frames: Vec::new(),
            times: times(page, state, survey),
            missing: state.num_deleted,
        };
        if let Some(list) = map.deleted.clone() {
            map.missing = own.num_deleted;
            map.span = Window::new(own.first_seq.max(1), own.last_seq).unwrap_or(span);
            // Lost from storage, or gone since the list was read.
            let unlisted = holes(page).flat_map(|hole| Holes(&list).present(hole));
            map.holes = joined(unlisted.filter_map(|run| run.intersect(map.span)).collect());
            map.unreadable = unreadable(page, map.span);
        } else {
            map.unreadable = unreadable(page, map.span);
            map.prove(page, state, survey);
        }
        map
    }

    fn prove(&mut self, page: &Page, state: &StreamState, survey: Option<&Survey>) {
        let span = self.span;
        let inside = |run: Window| run.intersect(span);
        let sampled = survey.map_or(&[][..], Survey::holes).iter().copied();
        // A survey jumps over what is unreadable as over a hole.
        let holes = joined(sampled.chain(holes(page)).filter_map(inside).collect());
        self.holes = without(&holes, &self.unreadable);
        // The state is never older than the holes: a reader looks at it again once it saw one.
        let complete = self.found() == state.num_deleted;
        let mut frames = Vec::new();
        frames.extend(complete.then_some(span));
        self.basis = Basis::Page { complete };
        if let Some(survey) = survey {
            // Frames that go missing inside the stream raise the count; the head takes its own.
            let stale = age(&survey.state) != age(state)
                && (survey.state.first_seq, survey.state.num_deleted)
                    != (state.first_seq, state.num_deleted);
            self.basis = Basis::Sampled { requests: survey.requests, complete, stale };
            if !stale {
                frames.extend(survey.frames().iter().map(|edge| Window::one(edge.seq)));
            }
        }
        frames.extend(page.frames().map(|frame| Window::one(frame.seq)));
        let frames = joined(frames.into_iter().filter_map(inside).collect());
        self.frames = without(&without(&frames, &self.holes), &self.unreadable);
    }

    /// The sequences from the stream's first to its last.
    pub const fn span(&self) -> Window {
        self.span
    }

    /// What the map is drawn from.
    pub const fn basis(&self) -> Basis {
        self.basis
    }

    /// Whether nothing is unknown.
    pub const fn is_complete(&self) -> bool {
        match self.basis {
            Basis::List => true,
            Basis::Page { complete } | Basis::Sampled { complete, .. } => complete,
        }
    }

    /// Sequences between first and last without a message, as the stream counts them.
    pub const fn missing(&self) -> u64 {
        self.missing
    }

    /// Sequences proved to hold nothing.
    pub fn found(&self) -> u64 {
        let listed = self.deleted.as_deref().map_or(0, |list| Holes(list).count(self.span));
        listed + self.holes.iter().map(|hole| hole.len()).sum::<u64>()
    }

    /// The stream in `n` cells, or in as many as it has sequences when these are fewer. Every
    /// sequence is in exactly one. Costs O(n × log list).
    pub fn cells(&self, n: usize) -> Vec<Cell> {
        let n = self.count(n);
        (0..n).filter_map(|i| part(self.span, i, n)).map(|range| self.cell(range)).collect()
    }

    /// Which of `n` cells holds a sequence; the nearest one for a sequence outside.
    pub fn index(&self, n: usize, seq: u64) -> usize {
        let n = self.count(n);
        let (mut low, mut high) = (0, n);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            let above = part(self.span, middle, n).is_some_and(|cell| cell.start() <= seq);
            if above { low = middle } else { high = middle }
        }
        usize::try_from(low).unwrap_or(0)
    }

    fn count(&self, n: usize) -> u64 {
        (n as u64).min(self.span.len())
    }

    fn cell(&self, range: Window) -> Cell {
        let unreadable = overlap(&self.unreadable, range);
        let (frames, missing) = match &self.deleted {
            Some(list) => {
                let missing = Holes(list).count(range) + overlap(&self.holes, range);
                (range.len().saturating_sub(missing).saturating_sub(unreadable), missing)
            }
            None => (overlap(&self.frames, range), overlap(&self.holes, range)),
        };
        let known = frames.saturating_add(missing).saturating_add(unreadable);
        let unknown = range.len().saturating_sub(known);
        Cell { range, frames, missing, unreadable, unknown }
    }

    /// Whether the server does not give some of what it counts as stored.
    pub const fn has_unreadable(&self) -> bool {
        !self.unreadable.is_empty()
    }

    /// The first sequence in a range whose time is known, and that time.
    pub fn time_in(&self, range: Window) -> Option<Edge> {
        let at = self.times.partition_point(|edge| edge.seq < range.start());
        self.times.get(at).filter(|edge| range.contains(edge.seq)).copied()
    }

    /// When the first and the last sequence were stored, where known.
    pub fn ends(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let time = |seq| self.time_in(Window::one(seq)).map(|edge| edge.time);
        (time(self.span.start()), time(self.span.end()))
    }
}

/// Tells which of two states of one stream is the later: none of these goes back, the count of
/// missing sequences as long as the first stays.
const fn age(state: &StreamState) -> (u64, u64, u64) {
    (state.last_seq, state.first_seq, state.num_deleted)
}

fn times(page: &Page, state: &StreamState, survey: Option<&Survey>) -> Vec<Edge> {
    let edge = |seq, time: Option<Timestamp>| time.map(|time| Edge { seq, time });
    let mut times: Vec<Edge> = page.frames().map(|frame| Edge::of(frame)).collect();
    times.extend(survey.map_or(&[][..], Survey::frames));
    times.extend(edge(state.first_seq, state.first_time));
    times.extend(edge(state.last_seq, state.last_time));
    times.sort_unstable_by_key(|edge| edge.seq);
    times.dedup_by_key(|edge| edge.seq);
    times
}

/// The runs of a page for which there is no message, those below the first sequence aside. What is
/// unreadable is none of them: the server counts it as stored.
fn holes(page: &Page) -> impl Iterator<Item = Window> {
    let first = page.stream.state.first_seq;
    let gaps = page.slots().iter().filter_map(|slot| match slot {
        Slot::Gap(gap) => Some(gap.range),
        Slot::Frame(_) | Slot::Unreadable(_) | Slot::Unread(_) => None,
    });
    gaps.filter_map(move |range| match first.checked_sub(1) {
        Some(below) => range.above(below),
        None => Some(range),
    })
}

/// The unreadable runs of a page, as far as they are in the span.
fn unreadable(page: &Page, span: Window) -> Vec<Window> {
    let runs = page.slots().iter().filter_map(|slot| match slot {
        Slot::Unreadable(gap) => gap.range.intersect(span),
        Slot::Frame(_) | Slot::Gap(_) | Slot::Unread(_) => None,
    });
    joined(runs.collect())
}

/// How many sequences of a range lie in the runs, which are in order and do not overlap.
fn overlap(runs: &[Window], range: Window) -> u64 {
    let from = runs.partition_point(|run| run.end() < range.start());
    let inside = runs.get(from..).unwrap_or_default().iter();
    inside.map_while(|run| run.intersect(range)).map(Window::len).sum()
}

/// The parts of `runs` that are in none of `holes`; both are in order and do not overlap.
fn without(runs: &[Window], holes: &[Window]) -> Vec<Window> {
    let mut out = Vec::new();
    for run in runs {
        let mut left = Some(*run);
        let from = holes.partition_point(|hole| hole.end() < run.start());
        for hole in holes.get(from..).unwrap_or_default() {
            let Some(rest) = left.filter(|rest| hole.start() <= rest.end()) else { break };
            out.extend(rest.below(hole.start()));
            left = rest.above(hole.end());
        }
        out.extend(left);
    }
    out
}
