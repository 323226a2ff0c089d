//! What the frames of a stream tell of its health: fed slot by slot, in sequence order, it keeps
//! what was found and not what was read.

mod digests;
mod few;
mod headers;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::cause::gap::{Edge, Gap, GapCause};
use super::frame::Frame;
use super::page::join::Join;
use super::page::{Slot, Unread};
use super::plaintext::{self, LEAST_JUDGED, Reason, Verdict};
use digests::Digests;
pub use digests::MOST_DIGESTS;
pub use few::{Few, MOST_KEPT};
pub use headers::{Headers, Marked};

/// An examination under way. Its memory does not grow with the stream: at most [`MOST_KEPT`]
/// findings of a kind and [`MOST_DIGESTS`] digests (about 30 MB).
#[derive(Debug)]
pub struct Audit {
    encrypted: bool,
    digests: Digests,
    before: Option<Edge>,
    join: Join,
    headers: headers::Reading,
    findings: Findings,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    pub frames: u64,
    /// Payload bytes seen.
    pub bytes: u64,
    /// Runs without a message; one that was fed in pieces is one.
    pub gaps: Few<Gap>,
    pub missing: u64,
    /// Runs that the server counts as stored and does not give.
    pub unreadable: Few<Gap>,
    /// Sequences by what is known of why there is no frame; those that could not be read aside.
    pub causes: BTreeMap<GapCause, u64>,
    /// Runs that could not be read; one that was fed in pieces is one.
    pub unread: Few<Unread>,
    pub unread_sequences: u64,
    /// Frames that were stored at an earlier time than the frame before them.
    pub back: Few<Back>,
    /// Frames with the payload of an earlier one that were published so by mistake: in an encrypted
    /// room, where each nonce makes another ciphertext, or under the `Nats-Msg-Id` of the first.
    pub repeats: Few<Repeat>,
    /// Other frames with the payload of an earlier one: people write "ok" twice, and programs the
    /// same short marker.
    pub alike: Few<Repeat>,
    /// Frames that were compared with earlier ones, but not kept for later ones to be compared
    /// with, since [`MOST_DIGESTS`] were.
    pub not_kept: u64,
    /// Whether frames can be read; `None` for a room that is not encrypted.
    pub plaintext: Option<Plaintext>,
    /// What the headers that servers make say.
    pub headers: Headers,
}

/// How the frames of an encrypted room were judged; see [`plaintext`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plaintext {
    pub leaks: Few<Leak>,
    /// Frames with sentences beside data that cannot be read.
    pub mixed: Few<Edge>,
    /// Frames of which nothing shows that they can be read.
    pub opaque: u64,
    /// Frames that were too short to judge.
    pub short: u64,
}

/// A frame that can be read by anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leak {
    pub at: Edge,
    /// Bytes of its payload.
    pub size: u64,
    /// What gives it away.
    pub reason: Reason,
}

/// A frame that was stored at an earlier time than the frame before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Back {
    pub at: Edge,
    /// The one before it: the nearest below it that was fed.
    pub before: Edge,
}

/// A frame with the payload of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    pub at: Edge,
    /// The first with that payload.
    pub first: u64,
    /// Bytes of the payload.
    pub size: u64,
    /// SHA-256 of the payload, in hex.
    pub sha256: String,
    /// Whether both have a `Nats-Msg-Id`, and it is the same.
    pub same_id: bool,
}

impl Back {
    /// How far the clock went back.
    pub fn by(&self) -> SignedDuration {
        self.before.time.duration_since(self.at.time)
    }
}

impl Findings {
    /// Sequences that were examined.
    pub fn slots(&self) -> u64 {
        self.frames + self.missing + self.unreadable_sequences() + self.unread_sequences
    }

    /// Sequences of this cause.
    pub fn of(&self, cause: GapCause) -> u64 {
        self.causes.get(&cause).copied().unwrap_or_default()
    }

    /// Sequences that the server counts as stored and does not give.
    pub fn unreadable_sequences(&self) -> u64 {
        self.of(GapCause::Unreadable) + self.of(GapCause::PastLimit)
    }
}

impl Audit {
    /// An examination of a room's frames. In an encrypted room they are judged.
    pub fn new(encrypted: bool) -> Self {
        let plaintext = encrypted.then(Plaintext::default);
        Self {
            encrypted,
            digests: Digests::new(MOST_DIGESTS),
            before: None,
            join: Join::default(),
            headers: headers::Reading::default(),
            findings: Findings { plaintext, ..Findings::default() },
        }
    }

    /// Takes in the next slot. Slots must come in sequence order.
    pub fn feed(&mut self, slot: &Slot) {
        for slot in self.join.push(slot.clone()).into_iter().flatten() {
            self.take(slot);
        }
    }

    pub fn finish(mut self) -> Findings {
        if let Some(slot) = self.join.finish() {
            self.take(slot);
        }
        Findings { headers: self.headers.finish(), ..self.findings }
    }

    fn take(&mut self, slot: Slot) {
        self.headers.feed(&slot);
        match slot {
            Slot::Frame(frame) => self.frame(&frame),
            Slot::Gap(gap) => self.gap(gap),
            Slot::Unreadable(gap) => {
                *self.findings.causes.entry(gap.cause).or_default() += gap.range.len();
                self.findings.unreadable.push(gap);
            }
            Slot::Unread(run) => {
                self.findings.unread_sequences += run.range.len();
                self.findings.unread.push(run);
            }
        }
    }

    fn frame(&mut self, frame: &Frame) {
        let at = Edge::of(frame);
        let size = frame.payload.len() as u64;
        self.findings.frames += 1;
        self.findings.bytes += size;
        if let Some(before) = self.before.replace(at).filter(|before| at.time < before.time) {
            self.findings.back.push(Back { at, before });
        }
        self.repeat(frame, at, size);
        if let Some(found) = &mut self.findings.plaintext {
            match plaintext::judge(&frame.payload) {
                Verdict::Plaintext(reason) => found.leaks.push(Leak { at, size, reason }),
                Verdict::Mixed => found.mixed.push(at),
                Verdict::Opaque => found.opaque += 1,
                Verdict::TooShort => found.short += 1,
            }
        }
    }

    /// Looks for an earlier frame with the payload. Empty ones are all the same and are let be.
    fn repeat(&mut self, frame: &Frame, at: Edge, size: u64) {
        if frame.payload.is_empty() {
            return;
        }
        let seen = self.digests.see(frame);
        self.findings.not_kept += u64::from(seen.not_kept);
        let Some(first) = seen.first else { return };
        let sealed = self.encrypted && frame.payload.len() >= LEAST_JUDGED;
        let (sha256, same_id) = (seen.sha256, seen.same_id);
        let wrong = sealed || same_id;
        let found = &mut self.findings;
        let list = if wrong { &mut found.repeats } else { &mut found.alike };
        list.push(Repeat { at, first, size, sha256, same_id });
    }

    fn gap(&mut self, gap: Gap) {
        self.findings.missing += gap.range.len();
        *self.findings.causes.entry(gap.cause).or_default() += gap.range.len();
        self.findings.gaps.push(gap);
    }
}

impl Findings {
    /// Frames that were judged, whatever the verdict.
    pub fn judged(&self) -> u64 {
        let found = self.plaintext.as_ref();
        found.map_or(0, |found| found.opaque + found.leaks.total() + found.mixed.total())
    }
}
