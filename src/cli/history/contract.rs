//! The contract's answer, `{"messages":[…]}`.

use super::write::Write;
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::domain::contract::{BEGIN, END, Messages};
use crate::domain::{Slot, StreamState};

/// The answer as far as it is written. Nothing is, before there is a frame or the end: a failure
/// before that prints nothing.
#[derive(Default)]
pub(super) struct Contract {
    messages: Messages,
    begun: bool,
}

impl Contract {
    /// What comes before the first frame, once.
    fn begun(&mut self) -> &'static str {
        if std::mem::replace(&mut self.begun, true) { "" } else { BEGIN }
    }
}

impl Write for Contract {
    fn slot(&mut self, slot: &Slot, _: &StreamState, out: &mut Out) -> Result<(), Failure> {
        let Slot::Frame(frame) = slot else { return Ok(()) };
        let mut text = self.begun().to_owned();
        self.messages.frame(&frame.payload, &mut text);
        out.bytes(text.as_bytes())
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        let begun = self.begun();
        out.bytes([begun, END].concat().as_bytes())
    }
}
