//! JSON lines: one record a slot.

use super::write::Write;
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::domain::{Slot, StreamState, record};

/// Records of frames, gaps and unread sequences.
pub(super) struct Jsonl;

impl Write for Jsonl {
    fn slot(&mut self, slot: &Slot, of: &StreamState, out: &mut Out) -> Result<(), Failure> {
        out.json(&record::of_part(slot, of))
    }
}
