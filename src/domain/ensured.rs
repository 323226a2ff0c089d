//! What ensuring a room's stream came to.

use super::drift::Drift;
use super::room::StreamSpec;
use super::stream::StreamInfo;

/// Outcome of an ensure. In no case was an existing stream changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ensured {
    /// The stream was there, as the contract makes it. No write was sent.
    Present(Box<StreamInfo>),
    /// The stream was there with another configuration. No write was sent.
    Drifted(Box<StreamInfo>, Drift),
    /// The stream was missing and now exists. What was published before is mostly not in it: never
    /// captured, or gone with an earlier stream; its state tells what the server took up of one.
    Created(Box<StreamInfo>),
    /// The stream is missing and would be created, but writes are off.
    WouldCreate(StreamSpec),
    /// The room's stream may not be ensured: its subject is not known, or it is not persisted.
    NotOurs {
        /// Why, in a person's words.
        why: &'static str,
        /// The stream, when there is one all the same.
        info: Option<Box<StreamInfo>>,
    },
}
