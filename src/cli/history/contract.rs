//! The contract's answer, `{"messages":[…]}`.

use super::write::Write;
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::domain::contract::{BEGIN, END, Messages};
use crate::domain::{Slot, StreamState};

/// The answer as far as it is written.
#[derive(Default)]
pub(super) struct Contract {
    messages: Messages,
}

impl Write for Contract {
    fn begin(&mut self, out: &mut Out) -> Result<(), Failure> {
        out.bytes(BEGIN.as_bytes())
    }

    fn slot(&mut self, slot: &Slot, _: &StreamState, out: &mut Out) -> Result<(), Failure> {
        let Slot::Frame(frame) = slot else { return Ok(()) };
        let mut text = String::new();
        self.messages.frame(&frame.payload, &mut text);
        out.bytes(text.as_bytes())
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        out.bytes(END.as_bytes())
    }
}
