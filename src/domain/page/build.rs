//! Building a page from what was learned about its window, in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Slot, Unread};
use crate::domain::cause::gap::{Edge, Gap};
use crate::domain::fault::Fault;
use crate::domain::frame::Frame;
use crate::domain::window::Window;

/// Collects what was learned about a window, in any order, and gives it out as slots.
///
/// A sequence that is reported twice keeps the stronger statement: a frame over a gap, a gap over
/// unread. Of two gaps it keeps the one that begins first, and of two that begin together the one
/// whose cause [`GapCause`](crate::domain::GapCause) names first. What nobody reported comes out as unread with the fault given at the end, so a page
/// accounts for its window whatever happened.
#[derive(Debug)]
pub struct PageBuilder {
    window: Window,
    frames: BTreeMap<u64, Arc<Frame>>,
    gaps: Vec<Gap>,
    unread: Vec<Unread>,
}

impl PageBuilder {
    /// An empty account of a window.
    #[must_use]
    pub const fn new(window: Window) -> Self {
        Self { window, frames: BTreeMap::new(), gaps: Vec::new(), unread: Vec::new() }
    }

    /// The window to account for.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Reports a frame; one outside the window is left out.
    pub fn frame(&mut self, frame: Arc<Frame>) {
        if self.window.contains(frame.seq) {
            self.frames.insert(frame.seq, frame);
        }
    }

    /// Reports a gap, clipped to the window.
    pub fn gap(&mut self, gap: Gap) {
        if let Some(range) = gap.range.intersect(self.window) {
            self.gaps.push(Gap { range, ..gap });
        }
    }

    /// Reports a run that could not be read, clipped to the window.
    pub fn unread(&mut self, range: Window, fault: Fault) {
        if let Some(range) = range.intersect(self.window) {
            self.unread.push(Unread { range, fault });
        }
    }

    /// Whether a frame of this sequence was reported.
    #[must_use]
    pub fn has(&self, seq: u64) -> bool {
        self.frames.contains_key(&seq)
    }

    /// The first frame that was reported.
    #[must_use]
    pub fn first_frame(&self) -> Option<Edge> {
        self.frames.first_key_value().map(|(_, frame)| Edge::of(frame))
    }

    /// Whether a gap was reported at this sequence, and no frame.
    #[must_use]
    pub fn is_gap(&self, seq: u64) -> bool {
        !self.has(seq) && self.gaps.iter().any(|gap| gap.range.contains(seq))
    }

    /// The finished slots. Adjacent gaps of one cause, and adjacent unread runs of one kind
    /// of fault, become one.
    #[must_use]
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
        let mut at = Some(hole.start());
        let first = self.gaps.partition_point(|gap| gap.range.end() < hole.start());
        for gap in self.gaps.iter().skip(first).take_while(|gap| gap.range.start() <= hole.end()) {
            let Some(left) = at.and_then(|from| Window::new(from, hole.end())) else {
                return;
            };
            let Some(part) = gap.range.intersect(left) else {
                continue;
            };
            if let Some(before) = left.below(part.start()) {
                self.fill_unread(before, rest, slots);
            }
            push_gap(slots, Gap { range: part, ..gap.clone() });
            at = part.end().checked_add(1);
        }
        if let Some(left) = at.and_then(|from| Window::new(from, hole.end())) {
            self.fill_unread(left, rest, slots);
        }
    }

    fn fill_unread(&self, hole: Window, rest: &Fault, slots: &mut Vec<Slot>) {
        let mut at = Some(hole.start());
        let first = self.unread.partition_point(|unread| unread.range.end() < hole.start());
        for unread in
            self.unread.iter().skip(first).take_while(|unread| unread.range.start() <= hole.end())
        {
            let Some(left) = at.and_then(|from| Window::new(from, hole.end())) else {
                return;
            };
            let Some(part) = unread.range.intersect(left) else {
                continue;
            };
            if let Some(before) = left.below(part.start()) {
                push_unread(slots, before, rest);
            }
            push_unread(slots, part, &unread.fault);
            at = part.end().checked_add(1);
        }
        if let Some(left) = at.and_then(|from| Window::new(from, hole.end())) {
            push_unread(slots, left, rest);
        }
    }
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
pub(super) fn fill_edges(slots: &mut [Slot], outer: Outer) {
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
