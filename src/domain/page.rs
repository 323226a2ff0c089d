//! Pages: what one read of a window gave, with every sequence accounted for exactly once.

use std::sync::Arc;

use super::fault::Fault;
use super::frame::Frame;
use super::gap::Gap;
use super::stream::StreamInfo;
use super::window::Window;

/// Which page to read, in terms that survive a stream that grows or loses its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The contract's window: the last N sequences.
    Newest,
    /// The N sequences from the first stored one.
    Oldest,
    /// The sequences just below this one. A hole right there is taken in whole, on top of N, so
    /// that no page is nothing but a hole.
    Before(u64),
    /// The sequences just above this one, a hole right there taken in whole, on top of N.
    After(u64),
    /// Exactly this window, as when refreshing in place.
    At(Window),
}

/// What reading a room's history gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum History {
    /// There is no stream: an empty history, not an error.
    NoStream,
    /// The stream holds no messages now; its state says whether it ever did.
    Empty(Box<StreamInfo>),
    /// A window of slots.
    Page(Box<Page>),
}

/// One read of one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    window: Window,
    slots: Vec<Slot>,
    /// The run below the stream's first sequence, when the window begins at the first one and it
    /// is not 1. Outside the window, so not in the ledger.
    pub head: Option<Gap>,
    /// The stream as it was when the page was read.
    pub stream: StreamInfo,
    /// What the read cost.
    pub cost: Cost,
}

/// What a window holds at a sequence or a run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// A stored message.
    Frame(Arc<Frame>),
    /// A run without messages.
    Gap(Gap),
    /// A run that could not be read. Never a statement about what is stored.
    Unread(Unread),
}

/// A run of sequences that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The sequences.
    pub range: Window,
    /// What went wrong; the same for the whole run.
    pub fault: Fault,
}

/// What a read cost the server and the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Requests about the stream itself (STREAM.INFO).
    pub info: u64,
    /// Requests that brought a frame of the page.
    pub frames: u64,
    /// Requests that found the extent or the edges of gaps.
    pub gaps: u64,
    /// Requests that failed, retries included.
    pub failed: u64,
    /// Payload and header bytes received in frames.
    pub bytes: u64,
    /// Wall time in microseconds.
    pub micros: u64,
}

impl Cost {
    /// All requests sent.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.info + self.frames + self.gaps + self.failed
    }

    /// The sum of two reads, as when a retry completes a page.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            info: self.info + other.info,
            frames: self.frames + other.frames,
            gaps: self.gaps + other.gaps,
            failed: self.failed + other.failed,
            bytes: self.bytes + other.bytes,
            micros: self.micros + other.micros,
        }
    }
}

/// The account of a page: `slots = frames + missing + unread`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Sequences in the window.
    pub slots: u64,
    /// Sequences that hold a frame.
    pub frames: u64,
    /// Sequences in gaps.
    pub missing: u64,
    /// Sequences that could not be read.
    pub unread: u64,
}

impl Slot {
    /// The sequences of the slot.
    #[must_use]
    pub fn range(&self) -> Window {
        match self {
            Self::Frame(frame) => Window::one(frame.seq),
            Self::Gap(gap) => gap.range,
            Self::Unread(unread) => unread.range,
        }
    }
}

impl Page {
    /// The window that was asked for.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// The slots, in sequence order, together exactly the window.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The frames, oldest to newest.
    pub fn frames(&self) -> impl Iterator<Item = &Arc<Frame>> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Frame(frame) => Some(frame),
            _ => None,
        })
    }

    /// The account of the window, counted from the slots.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let mut ledger = Ledger {
            slots: self.window.len(),
            ..Ledger::default()
        };
        for slot in &self.slots {
            match slot {
                Slot::Frame(_) => ledger.frames += 1,
                Slot::Gap(gap) => ledger.missing += gap.range.len(),
                Slot::Unread(unread) => ledger.unread += unread.range.len(),
            }
        }
        ledger
    }
}

/// Collects what was learned about a window, in any order, and gives it out as slots.
///
/// A sequence that is reported twice keeps the stronger statement: a frame over a gap, a gap over
/// unread. What nobody reported comes out as unread with the fault given at the end, so a page
/// accounts for its window whatever happened.
#[derive(Debug)]
pub struct PageBuilder {
    window: Window,
    frames: std::collections::BTreeMap<u64, Arc<Frame>>,
    gaps: Vec<Gap>,
    unread: Vec<Unread>,
}

impl PageBuilder {
    /// An empty account of a window.
    #[must_use]
    pub const fn new(window: Window) -> Self {
        Self {
            window,
            frames: std::collections::BTreeMap::new(),
            gaps: Vec::new(),
            unread: Vec::new(),
        }
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

    /// The finished slots. Adjacent gaps of one cause, and adjacent unread runs of one fault,
    /// become one; edges of gaps are filled from the frames beside them.
    #[must_use]
    pub fn finish(mut self, rest: &Fault) -> Vec<Slot> {
        self.gaps.sort_by_key(|gap| (gap.range.start(), gap.cause));
        self.unread.sort_by_key(|unread| unread.range.start());
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
        fill_edges(&mut slots);
        slots
    }

    fn fill(&self, hole: Window, rest: &Fault, slots: &mut Vec<Slot>) {
        let mut at = Some(hole.start());
        let first = self
            .gaps
            .partition_point(|gap| gap.range.end() < hole.start());
        for gap in self
            .gaps
            .iter()
            .skip(first)
            .take_while(|gap| gap.range.start() <= hole.end())
        {
            let Some(left) = at.and_then(|from| Window::new(from, hole.end())) else {
                return;
            };
            let Some(part) = gap.range.intersect(left) else {
                continue;
            };
            if let Some(before) = left.below(part.start()) {
                self.fill_unread(before, rest, slots);
            }
            push_gap(
                slots,
                Gap {
                    range: part,
                    ..gap.clone()
                },
            );
            at = part.end().checked_add(1);
        }
        if let Some(left) = at.and_then(|from| Window::new(from, hole.end())) {
            self.fill_unread(left, rest, slots);
        }
    }

    fn fill_unread(&self, hole: Window, rest: &Fault, slots: &mut Vec<Slot>) {
        let mut at = Some(hole.start());
        for unread in &self.unread {
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

fn push_gap(slots: &mut Vec<Slot>, gap: Gap) {
    if let Some(Slot::Gap(last)) = slots.last_mut()
        && last.cause == gap.cause
        && let Some(joined) = Window::new(last.range.start(), gap.range.end())
    {
        last.range = joined;
        last.before = last.before.or(gap.before);
        last.after = gap.after.or(last.after);
        return;
    }
    slots.push(Slot::Gap(gap));
}

fn push_unread(slots: &mut Vec<Slot>, range: Window, fault: &Fault) {
    if let Some(Slot::Unread(last)) = slots.last_mut()
        && last.fault == *fault
        && let Some(joined) = Window::new(last.range.start(), range.end())
    {
        last.range = joined;
        return;
    }
    slots.push(Slot::Unread(Unread {
        range,
        fault: fault.clone(),
    }));
}

/// Gives each gap the frames beside it. Through neighbouring gaps of another cause the edge is
/// still the nearest frame; through an unread run it is unknown, and stays as reported.
fn fill_edges(slots: &mut [Slot]) {
    let walk = |slot: &mut Slot, edge: &mut Option<super::gap::Edge>, below: bool| match slot {
        Slot::Frame(frame) => {
            *edge = Some(super::gap::Edge {
                seq: frame.seq,
                time: frame.time,
            });
        }
        Slot::Gap(gap) => {
            let side = if below {
                &mut gap.before
            } else {
                &mut gap.after
            };
            *side = edge.or(*side);
            *edge = *side;
        }
        Slot::Unread(_) => *edge = None,
    };
    let mut edge = None;
    for slot in slots.iter_mut() {
        walk(slot, &mut edge, true);
    }
    edge = None;
    for slot in slots.iter_mut().rev() {
        walk(slot, &mut edge, false);
    }
}

impl Page {
    /// A page from what was collected. `rest` is the fault for sequences nobody reported.
    #[must_use]
    pub fn build(builder: PageBuilder, rest: &Fault, stream: StreamInfo, cost: Cost) -> Self {
        let window = builder.window();
        Self {
            window,
            slots: builder.finish(rest),
            head: None,
            stream,
            cost,
        }
    }

    /// A builder that already holds everything this page knows, so that a retry need read only
    /// the unread runs; they are given beside it.
    #[must_use]
    pub fn reopen(&self) -> (PageBuilder, Vec<Window>) {
        let mut builder = PageBuilder::new(self.window);
        let mut unread = Vec::new();
        for slot in &self.slots {
            match slot {
                Slot::Frame(frame) => builder.frame(Arc::clone(frame)),
                Slot::Gap(gap) => builder.gap(gap.clone()),
                Slot::Unread(run) => unread.push(run.range),
            }
        }
        (builder, unread)
    }
}
