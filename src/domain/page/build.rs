//! Building a page from what was learned about its window, in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::window::Window;
use super::{Cost, Page, Slot, Unread};
use crate::domain::cause::gap::{Edge, Gap};
use crate::domain::fault::Fault;
use crate::domain::frame::Frame;
use crate::domain::stream::StreamInfo;

/// Collects what was learned about a window, in any order, and gives it out as slots.
///
/// A sequence that is reported twice keeps the stronger statement: a frame over a gap, a gap over
/// unread. Of two gaps it keeps the one that begins first, and of two that begin together the one
/// whose cause [`GapCause`](crate::domain::GapCause) names first. What nobody reported comes out as unread with the fault given at the end, so a page
/// accounts for its window whatever happened.
#[derive(Debug, Clone)]
pub struct PageBuilder {
    window: Window,
    frames: BTreeMap<u64, Arc<Frame>>,
    gaps: Vec<Gap>,
    unread: Vec<Unread>,
}

impl PageBuilder {
    /// An empty account of a window.
    pub const fn new(window: Window) -> Self {
        Self { window, frames: BTreeMap::new(), gaps: Vec::new(), unread: Vec::new() }
    }

    /// The window to account for.
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Reports a frame; one outside the window is left out.
    pub fn frame(&mut self, frame: Arc<Frame>) {
        if self.window.contains(frame.seq) {
            self.frames.insert(frame.seq, frame);
        }
    }

    /// How many frames from this sequence on were reported.
    pub fn frames_from(&self, seq: u64) -> usize {
        self.frames.range(seq..).count()
    }

    /// Reports a gap, clipped to the window.
    pub fn gap(&mut self, gap: Gap) {
        if let Some(range) = gap.range.intersect(self.window) {
            self.gaps.push(Gap { range, ..gap });
        }
    }

    /// Reports a run that could not be read, clipped to the window. Where the fault is of another
    /// sequence, the run was given up.
    pub fn unread(&mut self, run: Window, fault: Fault) {
        if let Some(range) = run.intersect(self.window) {
            self.unread.push(Unread { range, fault: fault.of(run) });
        }
    }

    /// Whether a frame of this sequence was reported.
    pub fn has(&self, seq: u64) -> bool {
        self.frames.contains_key(&seq)
    }

    /// The first frame that was reported.
    pub fn first_frame(&self) -> Option<Edge> {
        self.frames.first_key_value().map(|(_, frame)| Edge::of(frame))
    }

    /// Whether a gap was reported at this sequence, and no frame.
    pub fn is_gap(&self, seq: u64) -> bool {
        !self.has(seq) && self.gaps.iter().any(|gap| gap.range.contains(seq))
    }

    /// The finished slots. Adjacent gaps of one cause, and adjacent unread runs of one kind
    /// of fault, become one.
    pub fn finish(mut self, rest: &Fault) -> Vec<Slot> {
        self.gaps.sort_by_key(|gap| (gap.range.start(), gap.cause));
        disjoint(&mut self.gaps, |gap| &mut gap.range);
        self.unread.sort_by_key(|unread| unread.range.start());
        disjoint(&mut self.unread, |unread| &mut unread.range);
        let mut slots = Vec::new();
        let mut next = Some(self.window.start());
        for (&seq, frame) in &self.frames {
            if let Some(hole) = next.and_then(|from| Window::new(from, seq - 1)) {
                self.fill(hole, rest, &mut slots);
            }
            slots.push(Slot::Frame(Arc::clone(frame)));
            next = seq.checked_add(1);
        }
        if let Some(hole) = next.and_then(|from| Window::new(from, self.window.end())) {
            self.fill(hole, rest, &mut slots);
        }
        slots
    }

    fn fill(&self, hole: Window, rest: &Fault, slots: &mut Vec<Slot>) {
        for (part, gap) in parts(hole, &self.gaps, |gap| gap.range) {
            if let Some(gap) = gap {
                push_gap(slots, Gap { range: part, ..gap.clone() });
                continue;
            }
            for (part, unread) in parts(part, &self.unread, |unread| unread.range) {
                push_unread(slots, part, unread.map_or(rest, |unread| &unread.fault));
            }
        }
    }
}

/// The parts of `whole` in their order: each in one of the runs, which are disjoint and sorted, or
/// in none.
fn parts<T>(whole: Window, runs: &[T], range: fn(&T) -> Window) -> Vec<(Window, Option<&T>)> {
    let mut parts = Vec::new();
    let mut left = Some(whole);
    let first = runs.partition_point(|run| range(run).end() < whole.start());
    for run in runs.iter().skip(first) {
        let Some(part) = left.and_then(|left| left.intersect(range(run))) else { break };
        parts.extend(left.and_then(|left| left.below(part.start())).map(|part| (part, None)));
        parts.push((part, Some(run)));
        left = left.and_then(|left| left.above(part.end()));
    }
    parts.extend(left.map(|part| (part, None)));
    parts
}

/// Takes from each of the runs, sorted by their start, what an earlier one covers already.
fn disjoint<T>(runs: &mut Vec<T>, range: fn(&mut T) -> &mut Window) {
    let mut covered = 0;
    runs.retain_mut(|run| {
        let range = range(run);
        let Some(rest) = range.above(covered) else {
            return false;
        };
        *range = rest;
        covered = rest.end();
        true
    });
}

fn push_gap(slots: &mut Vec<Slot>, gap: Gap) {
    if let Some(Slot::Gap(last) | Slot::Unreadable(last)) = slots.last_mut()
        && last.cause == gap.cause
        && let Some(joined) = Window::new(last.range.start(), gap.range.end())
    {
        last.range = joined;
        last.before = last.before.or(gap.before);
        last.after = gap.after.or(last.after);
        return;
    }
    slots.push(gap.into());
}

fn push_unread(slots: &mut Vec<Slot>, range: Window, fault: &Fault) {
    if let Some(Slot::Unread(last)) = slots.last_mut()
        // Texts differ by the sequence that was asked for; one of them stands for all.
        && last.fault.kind == fault.kind
        && let Some(joined) = Window::new(last.range.start(), range.end())
    {
        last.range = joined;
        return;
    }
    slots.push(Slot::Unread(Unread { range, fault: fault.clone() }));
}

/// The nearest frames below and above a window, where known.
pub type Outer = (Option<Edge>, Option<Edge>);

/// Gives each gap the frames beside it. Through neighbouring gaps of another cause the edge is
/// still the nearest frame; through an unread run it is unknown, and stays as reported.
fn fill_edges(slots: &mut [Slot], outer: Outer) {
    let mut below = outer.0;
    for slot in slots.iter_mut() {
        match slot {
            Slot::Frame(frame) => below = Some(Edge::of(frame)),
            Slot::Gap(gap) | Slot::Unreadable(gap) => {
                gap.before = below.or(gap.before);
                below = gap.before;
            }
            Slot::Unread(_) => below = None,
        }
    }
    let mut above = outer.1;
    for slot in slots.iter_mut().rev() {
        match slot {
            Slot::Frame(frame) => above = Some(Edge::of(frame)),
            Slot::Gap(gap) | Slot::Unreadable(gap) => {
                gap.after = above.or(gap.after);
                above = gap.after;
            }
            Slot::Unread(_) => above = None,
        }
    }
}

impl Page {
    /// A page from what was collected. `outer` are the nearest frames below and above the window,
    /// where known: the edges of gaps that touch its ends. `head` are the runs below the first
    /// sequence.
    pub fn build(
        builder: PageBuilder,
        outer: Outer,
        mut head: Vec<Gap>,
        stream: StreamInfo,
        cost: Cost,
    ) -> Self {
        let window = builder.window();
        let mut slots = builder.finish(&Fault::not_tried());
        fill_edges(&mut slots, outer);
        let after = match slots.first() {
            Some(Slot::Frame(frame)) => Some(Edge::of(frame)),
            first => first.and_then(Slot::gap).and_then(|gap| gap.after),
        };
        head.iter_mut().for_each(|gap| gap.after = after);
        let lost_elsewhere = Vec::new();
        Self { window, slots, head, stream, lost_elsewhere, unreadable_again: false, cost }
    }

    /// A builder that already holds everything this page knows, so that a retry need read only
    /// the runs that gave no frame though they may: unread and unreadable ones, which are given
    /// beside it.
    pub fn reopen(&self) -> (PageBuilder, Vec<Window>) {
        let mut builder = PageBuilder::new(self.window);
        let mut unread = Vec::new();
        for slot in &self.slots {
            match slot {
                Slot::Frame(frame) => builder.frame(Arc::clone(frame)),
                Slot::Gap(gap) => builder.gap(gap.clone()),
                Slot::Unreadable(gap) => unread.push(gap.range),
                Slot::Unread(run) => unread.push(run.range),
            }
        }
        (builder, unread)
    }
}
