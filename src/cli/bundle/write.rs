//! Appending slots to the two files of frames, with the account and the digests of what is there.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::domain::{Edge, MOST_GIVEN, Slot, Window};

use super::line::{self, Fact, Line};
use super::tally::{Holes, Tally};
use crate::cli::error::Failure;

/// What the two files hold, known without reading them again.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    /// `frames.jsonl`.
    pub(super) lines: Sum,
    /// `frames.bin`.
    pub(super) raw: Sum,
    pub(super) tally: Tally,
    /// Gaps and unread runs for the manifest.
    pub(super) holes: Holes,
    /// Unreadable sequences of which that is no damage: no server gives what is above its limit.
    pub(super) past_limit: u64,
    /// The last sequence accounted for.
    pub(super) last: Option<u64>,
    /// The nearest frame below what comes next, where known.
    pub(super) below: Option<Edge>,
}

/// Length and digest of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    /// Bytes.
    pub(super) len: u64,
    hash: Sha256,
}

impl Sum {
    /// Takes bytes in.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        self.hash.update(bytes);
    }

    /// The SHA-256 of all so far, in hexadecimal.
    pub(super) fn sha256(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }
}

impl Written {
    /// What is still to be accounted for of a window.
    pub(super) fn rest(&self, window: Window) -> Option<Window> {
        match self.last {
            Some(last) => window.above(last),
            None => Some(window),
        }
    }

    /// Takes in a line read back, with its payload.
    pub(super) fn take(&mut self, line: &Line<'_>, text: &[u8], payload: &[u8]) {
        self.add(line.range, line.fact, text, payload);
    }

    fn add(&mut self, range: Window, fact: Fact<'_>, text: &[u8], payload: &[u8]) {
        self.lines.add(text);
        self.raw.add(payload);
        self.tally.add(range, fact);
        self.last = Some(range.end());
        match fact {
            Fact::Frame { edge, .. } => self.below = Some(edge),
            Fact::Gap { .. } => {}
            Fact::Unreadable => {
                let past = range.above(MOST_GIVEN).map_or(0, Window::len);
                self.past_limit = self.past_limit.saturating_add(past);
            }
            Fact::Unread => self.below = None,
        }
        if !matches!(fact, Fact::Frame { .. })
            && let Ok(text) = std::str::from_utf8(text)
        {
            self.holes.add(text);
        }
    }
}

/// Why a slot could not be appended.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// A file could not be written.
    Io(io::Error),
    /// It has no place in a bundle.
    Refused(Failure),
}

/// Appends slots. After an error nothing may be appended; what is torn is cut off by the next
/// run.
#[derive(Debug)]
pub(super) struct Writer<L, R> {
    lines: L,
    raw: R,
    written: Written,
}

impl<L: Write, R: Write> Writer<L, R> {
    /// A writer that goes on where `written` ends, which is where both files must stand.
    pub(super) const fn new(lines: L, raw: R, written: Written) -> Self {
        Self { lines, raw, written }
    }

    /// What is there so far, what waits in buffers included.
    pub(super) const fn written(&self) -> &Written {
        &self.written
    }

    /// Appends the slot of the sequences that come next.
    ///
    /// # Errors
    /// When a file cannot be written, or the record is too long for a bundle.
    pub(super) fn append(&mut self, slot: &Slot) -> Result<(), Unwritten> {
        let text = line::write(slot, self.written.raw.len).map_err(Unwritten::Refused)?;
        let payload: &[u8] = match slot {
            Slot::Frame(frame) => &frame.payload,
            _ => &[],
        };
        self.raw.write_all(payload).map_err(Unwritten::Io)?;
        self.lines.write_all(text.as_bytes()).map_err(Unwritten::Io)?;
        self.written.add(slot.range(), line::fact(slot), text.as_bytes(), payload);
        Ok(())
    }

    /// Hands over what waits in buffers, so that a program that is killed loses none of it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.raw.flush()?;
        self.lines.flush()
    }

    /// Hands over what waits in buffers, and gives the files back.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn finish(mut self) -> io::Result<(L, R, Written)> {
        self.flush()?;
        Ok((self.lines, self.raw, self.written))
    }
}
