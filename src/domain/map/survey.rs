//! What jumps through a stream prove of it, and where to jump next.
//!
//! One jump asks for the first message at or after a sequence. Its answer proves one frame, and
//! that nothing is stored between the sequence and that frame. It proves nothing else: there is no
//! request for "are there holes in this range".

#[cfg(test)]
pub(in crate::domain) mod tests;

use jiff::Timestamp;

use crate::domain::cause::gap::Edge;
use crate::domain::page::window::Window;
use crate::domain::stream::{StreamInfo, StreamState};

/// How many evenly spread sequences a survey asks for first.
const SEEDS: u64 = 64;
/// How much more an unknown run counts when it touches a hole, whose other end is there to be
/// found: with few holes so much that all ends are found, which proves the rest to be frames.
const BESIDE_HOLE: (u128, u128) = (8, 1024);
/// So many holes are few enough for that.
const FEW_ENDS: usize = 8;
/// Up to so many holes, the missing sequences not found yet are guessed to lie right below one.
const FEW_HOLES: usize = 3;

/// What was proved of a stream by jumps. Holes stay true, since a sequence once gone stays gone;
/// frames may be deleted later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// When the stream was created.
    pub created: Timestamp,
    /// The stream's state, never older than the jumps that [`Self::seal`] closed.
    pub state: StreamState,
    /// Requests it took, those about the stream's state included.
    pub requests: u64,
    frames: Vec<Edge>,
    holes: Vec<Window>,
}

impl Survey {
    /// A survey that knows nothing yet.
    pub fn new(info: &StreamInfo) -> Self {
        let state = StreamState { deleted: None, ..info.state.clone() };
        Self { created: info.created, state, requests: 0, frames: Vec::new(), holes: Vec::new() }
    }

    /// The sequences from the stream's first to its last; `None` when it is empty.
    pub fn span(&self) -> Option<Window> {
        Window::new(self.state.first_seq.max(1), self.state.last_seq)
    }

    /// Frames that were seen, in order.
    pub fn frames(&self) -> &[Edge] {
        &self.frames
    }

    /// Runs proved to hold nothing, in order; no two of them touch.
    pub fn holes(&self) -> &[Window] {
        &self.holes
    }

    /// Sequences in the runs proved to hold nothing.
    pub fn missing(&self) -> u64 {
        self.holes.iter().map(|hole| hole.len()).sum()
    }

    /// Whether every missing sequence that the stream counts was found, so that all others are
    /// proved to hold frames.
    pub fn is_complete(&self) -> bool {
        self.missing() == self.state.num_deleted
    }

    /// Takes in that the first message at or after `asked` is `found`.
    pub fn learn(&mut self, asked: u64, found: Option<Edge>) {
        let Some(span) = self.span().filter(|span| span.contains(asked)) else { return };
        let last = found.map_or(span.end(), |edge| span.end().min(edge.seq.saturating_sub(1)));
        if let Some(hole) = Window::new(asked, last) {
            self.holes.push(hole);
            self.holes = joined(std::mem::take(&mut self.holes));
            self.frames.retain(|edge| !hole.contains(edge.seq));
        }
        if let Some(edge) = found.filter(|edge| edge.seq >= asked && span.contains(edge.seq))
            && let Err(at) = self.frames.binary_search_by_key(&edge.seq, |known| known.seq)
        {
            self.frames.insert(at, edge);
        }
    }

    /// Takes in the stream's state as it was after the jumps; what fell off its head is forgotten.
    pub fn seal(&mut self, state: &StreamState) {
        self.state = StreamState { deleted: None, ..state.clone() };
        let Some(span) = self.span() else {
            (self.frames, self.holes) = (Vec::new(), Vec::new());
            return;
        };
        self.frames.retain(|edge| span.contains(edge.seq));
        self.holes = self.holes.iter().filter_map(|hole| hole.intersect(span)).collect();
    }

    /// The sequences to ask for next, at most `most`; none when there is nothing left to learn.
    /// The first are spread evenly. Later ones halve the longest runs of which nothing is known,
    /// those beside a hole before others.
    pub fn next(&self, most: usize) -> Vec<u64> {
        let Some(span) = self.span().filter(|_| !self.is_complete()) else { return Vec::new() };
        if self.frames.is_empty() && self.holes.is_empty() {
            let seeds = SEEDS.min(most as u64).min(span.len());
            return (0..seeds).filter_map(|i| part(span, i, seeds)).map(Window::start).collect();
        }
        let mut unknown = self.unknown(span);
        let few = self.holes.len() <= FEW_ENDS;
        let weight = if few { BESIDE_HOLE.1 } else { BESIDE_HOLE.0 };
        unknown.sort_by_key(|(run, beside)| {
            std::cmp::Reverse(u128::from(run.len()) * if *beside { weight } else { 1 })
        });
        let left = self.state.num_deleted.saturating_sub(self.missing());
        unknown.truncate(most);
        let probe = |(run, beside): &(Window, bool)| {
            let guess = run.end().checked_sub(left.saturating_sub(1));
            let guess = guess.filter(|&seq| *beside && left > 0 && run.contains(seq));
            guess
                .filter(|_| self.holes.len() <= FEW_HOLES)
                .unwrap_or(run.start() + (run.len() - 1) / 2)
        };
        unknown.iter().map(probe).collect()
    }

    /// The runs of which nothing is known, and whether a hole begins right above each.
    fn unknown(&self, span: Window) -> Vec<(Window, bool)> {
        let frames = self.frames.iter().map(|edge| (Window::one(edge.seq), false));
        let mut known: Vec<_> = frames.chain(self.holes.iter().map(|hole| (*hole, true))).collect();
        known.sort_unstable();
        let mut unknown = Vec::new();
        let mut left = Some(span);
        for (run, is_hole) in known {
            let Some(rest) = left else { break };
            unknown.extend(rest.below(run.start()).map(|run| (run, is_hole)));
            left = rest.above(run.end());
        }
        unknown.extend(left.map(|run| (run, false)));
        unknown
    }
}

/// Part `i` of a span cut into `n` parts that differ in length by at most one; `None` past the end,
/// or when a part would be empty.
pub(super) fn part(span: Window, i: u64, n: u64) -> Option<Window> {
    let cut = |i: u64| u128::from(span.len()) * u128::from(i) / u128::from(n.max(1));
    let at = |offset: u128| u64::try_from(offset).ok()?.checked_add(span.start());
    if i >= n {
        return None;
    }
    Window::new(at(cut(i))?, at(cut(i + 1).checked_sub(1)?)?)
}

/// The same sequences as runs in order, of which no two overlap or touch.
pub(super) fn joined(mut runs: Vec<Window>) -> Vec<Window> {
    runs.sort_unstable();
    let mut out: Vec<Window> = Vec::with_capacity(runs.len());
    for run in runs {
        match out.last_mut() {
            Some(last) if run.start() <= last.end().saturating_add(1) => {
                *last = Window::new(last.start(), last.end().max(run.end())).unwrap_or(*last);
            }
            _ => out.push(run),
        }
    }
    out
}
