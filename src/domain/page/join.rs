//! Joining the slots of parts: where one part of a stream ends and the next begins must not show,
//! or a stream read twice would give two accounts.

use super::Slot;
use super::window::Window;
use crate::domain::cause::gap::Edge;

/// Joins gaps of one cause, and unread runs of one fault, across the seams of parts.
#[derive(Debug, Default)]
pub struct Join {
    held: Option<Slot>,
    /// The nearest frame below, where known.
    below: Option<Edge>,
}

impl Join {
    /// A join that goes on after a frame.
    pub const fn after(below: Option<Edge>) -> Self {
        Self { held: None, below }
    }

    /// Takes the next slot, and gives those that are finished: none, one or two.
    pub fn push(&mut self, slot: Slot) -> [Option<Slot>; 2] {
        match slot {
            Slot::Frame(frame) => {
                self.below = Some(Edge::of(&frame));
                let mut held = self.held.take();
                if let Some(Slot::Gap(gap) | Slot::Unreadable(gap)) = &mut held {
                    gap.after = self.below;
                }
                [held, Some(Slot::Frame(frame))]
            }
            Slot::Gap(mut gap) | Slot::Unreadable(mut gap) => {
                gap.before = self.below.or(gap.before);
                self.below = gap.before;
                if let Some(Slot::Gap(last) | Slot::Unreadable(last)) = &mut self.held
                    && last.cause == gap.cause
                    && let Some(range) = joined(last.range, gap.range)
                {
                    last.range = range;
                    last.after = gap.after.or(last.after);
                    // Of two answers the later one is the evidence.
                    last.evidence = gap.evidence;
                    return [None, None];
                }
                [self.held.replace(gap.into()), None]
            }
            Slot::Unread(run) => {
                self.below = None;
                if let Some(Slot::Unread(last)) = &mut self.held
                    && last.fault.kind == run.fault.kind
                    && let Some(range) = joined(last.range, run.range)
                {
                    last.range = range;
                    return [None, None];
                }
                [self.held.replace(Slot::Unread(run)), None]
            }
        }
    }

    /// The slot that was held back, at the end.
    pub fn finish(&mut self) -> Option<Slot> {
        self.held.take()
    }
}

fn joined(low: Window, high: Window) -> Option<Window> {
    (low.end().checked_add(1)? == high.start()).then(|| Window::new(low.start(), high.end()))?
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::{Fault, FaultKind, Frame, Gap, GapCause, Unread};

    fn frame(seq: u64) -> Slot {
        let time = Timestamp::UNIX_EPOCH;
        let (subject, headers, payload) = ("s".into(), Vec::new(), Vec::new());
        Slot::Frame(Arc::new(Frame { seq, time, subject, headers, payload }))
    }

    fn gap(start: u64, end: u64, cause: GapCause) -> Slot {
        let range = Window::new(start, end).unwrap();
        Gap::new(range, cause, Arc::default()).into()
    }

    fn unread(start: u64, end: u64, kind: FaultKind) -> Slot {
        let range = Window::new(start, end).unwrap();
        Slot::Unread(Unread { range, fault: Fault::new(kind, "x") })
    }

    fn all(slots: Vec<Slot>) -> Vec<Slot> {
        let mut join = Join::default();
        let mut out: Vec<Slot> =
            slots.into_iter().flat_map(|slot| join.push(slot)).flatten().collect();
        out.extend(join.finish());
        out
    }

    #[test]
    fn what_belongs_together_is_joined_and_has_its_edges() {
        let missing = GapCause::Unreadable;
        let out = all(vec![
            frame(1),
            gap(2, 5, GapCause::Removed),
            gap(6, 9, GapCause::Removed),
            gap(10, 10, missing),
            frame(11),
            gap(12, 12, GapCause::Removed),
            frame(13),
            unread(14, 15, FaultKind::Timeout),
            unread(16, 17, FaultKind::Timeout),
            unread(18, 18, FaultKind::Busy),
        ]);
        let ranges: Vec<_> = out.iter().map(|s| (s.range().start(), s.range().end())).collect();
        let expected = [(1, 1), (2, 9), (10, 10), (11, 11), (12, 12), (13, 13), (14, 17), (18, 18)];
        assert_eq!(ranges, expected);
        let (Slot::Gap(deleted), Slot::Unreadable(missing)) = (&out[1], &out[2]) else { panic!() };
        assert_eq!(deleted.before.map(|edge| edge.seq), Some(1));
        assert_eq!(missing.before.map(|edge| edge.seq), Some(1));
        assert_eq!(missing.after.map(|edge| edge.seq), Some(11));
    }
}
