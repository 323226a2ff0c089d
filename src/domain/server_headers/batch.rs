//! Atomic batches (ADR-50, server 2.12+): which members of one were read, and what stands where
//! the others must be.
//!
//! A batch is stored as a whole under sequences in a row: on server 2.15.1 that held for 40 batches
//! of 100 beside two busy publishers, and for 20 of 50 with three replicas. So member `n` at sequence
//! `s` says where each other member must be, two batches of one id are told apart, and what is
//! missing is known without a search. Mirrors and sources strip the headers; servers before 2.12 store them
//! unchecked.

mod said;

use std::collections::VecDeque;

use super::{Frame, number};
use crate::domain::page::Slot;
use crate::domain::page::window::Window;

pub(super) const ID: &str = "Nats-Batch-Id";
pub(super) const SEQUENCE: &str = "Nats-Batch-Sequence";
pub(super) const COMMIT: &str = "Nats-Batch-Commit";

/// Most members that a server takes in one batch.
pub const MOST: u64 = 1_000;
/// Longest id in bytes.
const LONGEST_ID: usize = 64;

/// A frame as a member of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    pub id: &'a [u8],
    /// Which member, from 1.
    pub member: u64,
    /// Whether it is the last.
    pub commit: bool,
    /// The sequence of member 1.
    first: u64,
}

impl<'a> Part<'a> {
    /// Reads a frame's headers; `None` where they are not as a server stores a batch.
    pub fn of(frame: &'a Frame) -> Option<Self> {
        let id = frame.header(ID).filter(|id| (1..=LONGEST_ID).contains(&id.len()))?;
        let member = number(frame.header(SEQUENCE)?).filter(|n| (1..=MOST).contains(n))?;
        let first = frame.seq.checked_sub(member - 1).filter(|first| *first > 0)?;
        Some(Self { id, member, commit: frame.header(COMMIT) == Some(b"1"), first })
    }
}

/// A batch, as far as slots were seen. All ranges are of sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id, as stored.
    pub id: Vec<u8>,
    /// The sequence of member 1.
    pub first: u64,
    /// The sequence of the last member that was read.
    pub last: u64,
    /// Members that were read.
    pub read: u64,
    /// Members below the last read one that are not stored.
    pub missing: Vec<Window>,
    /// Members below the last read one that could not be read.
    pub unread: Vec<Window>,
    /// Members below the last read one in whose place something else stands.
    pub other: Vec<Window>,
    /// Members below the first slot that was seen.
    pub before: Option<Window>,
    /// What comes after the last read member.
    pub end: End,
}

/// What comes after the last member of a batch that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing: it is the last one.
    Committed,
    /// At least one member more, of which nothing was seen.
    NotSeen,
    /// At least one member more, and nothing is stored in its place.
    Missing,
    /// At least one member more, and its place could not be read.
    Unread,
    /// At least one member more, and something else stands in its place.
    Other,
}

impl Batch {
    /// Whether all members were read.
    pub fn is_whole(&self) -> bool {
        self.end == End::Committed && self.read == self.last - self.first + 1
    }

    /// Whether a member is known not to be stored in its place.
    pub fn is_broken(&self) -> bool {
        let inside = !(self.missing.is_empty() && self.other.is_empty());
        inside || matches!(self.end, End::Missing | End::Other)
    }

    fn is_of(&self, part: &Part<'_>) -> bool {
        self.end == End::NotSeen && self.first == part.first && self.id == part.id
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Frame,
    /// A member of a batch whose first member is at this sequence.
    Member(u64),
    Nothing,
    Unread,
}

/// Finds the batches in slots that come in sequence order. Keeps one batch and what the last
/// [`MOST`] sequences held.
#[derive(Debug, Default)]
pub struct Batches {
    open: Option<Batch>,
    /// The runs seen last, each of one kind and next to each other.
    seen: VecDeque<(Window, Kind)>,
}

impl Batches {
    /// Takes in the next slot; gives a batch that ended before it.
    pub fn feed(&mut self, slot: &Slot) -> Option<Batch> {
        let (part, kind) = match slot {
            Slot::Frame(frame) => {
                let part = Part::of(frame);
                (part, part.map_or(Kind::Frame, |part| Kind::Member(part.first)))
            }
            Slot::Gap(_) => (None, Kind::Nothing),
            Slot::Unreadable(_) | Slot::Unread(_) => (None, Kind::Unread),
        };
        self.see(slot.range(), kind);
        if matches!(kind, Kind::Nothing | Kind::Unread) {
            return None;
        }
        let Some(part) = part else { return self.close() };
        let done = match &self.open {
            Some(open) if open.is_of(&part) => None,
            _ => self.close(),
        };
        let seq = slot.range().end();
        let mut batch = self.open.take().unwrap_or_else(|| Batch {
            id: part.id.to_vec(),
            first: part.first,
            last: part.first - 1,
            read: 0,
            missing: Vec::new(),
            unread: Vec::new(),
            other: Vec::new(),
            before: None,
            end: End::NotSeen,
        });
        if let Some(between) = Window::new(batch.last + 1, seq - 1) {
            self.look(between, &mut batch);
        }
        batch.last = seq;
        batch.read += 1;
        batch.end = if part.commit { End::Committed } else { End::NotSeen };
        self.open = Some(batch);
        done
    }

    /// The batch that was under way at the end.
    pub fn finish(mut self) -> Option<Batch> {
        self.close()
    }

    fn close(&mut self) -> Option<Batch> {
        let mut batch = self.open.take()?;
        if batch.end == End::NotSeen {
            let next = batch.last.saturating_add(1);
            let at = self.seen.iter().find(|(range, _)| range.contains(next));
            batch.end = match at {
                Some((_, Kind::Nothing)) => End::Missing,
                Some((_, Kind::Unread)) => End::Unread,
                Some((_, Kind::Frame | Kind::Member(_))) => End::Other,
                None => End::NotSeen,
            };
        }
        Some(batch)
    }

    /// What stands where these members must be.
    fn look(&self, members: Window, batch: &mut Batch) {
        let from = self.seen.front().map_or(members.end() + 1, |(range, _)| range.start());
        batch.before = Window::new(members.start(), members.end().min(from.saturating_sub(1)));
        for (range, kind) in &self.seen {
            let list = match kind {
                // Read before, when the batch was thought to have ended.
                Kind::Member(first) if *first == batch.first => continue,
                Kind::Frame | Kind::Member(_) => &mut batch.other,
                Kind::Nothing => &mut batch.missing,
                Kind::Unread => &mut batch.unread,
            };
            list.extend(range.intersect(members));
        }
    }

    fn see(&mut self, range: Window, kind: Kind) {
        match self.seen.back_mut() {
            Some((last, of)) if *of == kind && last.end().checked_add(1) == Some(range.start()) => {
                *last = Window::new(last.start(), range.end()).unwrap_or(range);
            }
            _ => self.seen.push_back((range, kind)),
        }
        let least = range.end().saturating_sub(MOST + 1);
        while self.seen.len() > 1 && self.seen.front().is_some_and(|(old, _)| old.end() < least) {
            self.seen.pop_front();
        }
    }
}

/// The batch of a frame among the slots around it; `None` for a frame that is in none.
pub fn around(slots: &[Slot], frame: &Frame) -> Option<Batch> {
    let part = Part::of(frame)?;
    let from = slots.partition_point(|slot| slot.range().end() < part.first);
    let last = part.first.saturating_add(MOST);
    let near = slots.iter().skip(from).take_while(|slot| slot.range().start() <= last);
    let mut batches = Batches::default();
    let mut found = near.filter_map(|slot| batches.feed(slot)).collect::<Vec<_>>();
    found.extend(batches.finish());
    found
        .into_iter()
        .find(|batch| batch.first == part.first && batch.id == part.id && batch.last >= frame.seq)
}
