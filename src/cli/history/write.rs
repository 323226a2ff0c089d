//! What the forms of output have in common, and the two that need no more.

use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::domain::{Slot, StreamState, encode};

/// A form of output, fed slot by slot.
pub(super) trait Write {
    /// What comes before all slots.
    fn begin(&mut self, out: &mut Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }

    /// One slot of a stream in this state.
    fn slot(&mut self, slot: &Slot, of: &StreamState, out: &mut Out) -> Result<(), Failure>;

    /// What comes after all slots.
    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }
}

/// Each frame in base64, one a line.
pub(super) struct Base64;

impl Write for Base64 {
    fn slot(&mut self, slot: &Slot, _: &StreamState, out: &mut Out) -> Result<(), Failure> {
        match slot {
            Slot::Frame(frame) => out.line(&encode::base64(&frame.payload)),
            Slot::Gap(_) | Slot::Unreadable(_) | Slot::Unread(_) => Ok(()),
        }
    }
}

/// The bytes of a frame.
pub(super) struct Raw;

impl Write for Raw {
    fn slot(&mut self, slot: &Slot, _: &StreamState, out: &mut Out) -> Result<(), Failure> {
        match slot {
            Slot::Frame(frame) => out.bytes(&frame.payload),
            Slot::Gap(_) | Slot::Unreadable(_) | Slot::Unread(_) => Ok(()),
        }
    }
}
