//! Why sequences have no frame: what the configuration in force can remove, how complete a room's
//! history is, and why a backlog is short.

pub mod completeness;
pub mod removal;
pub mod why;

pub use completeness::{Account, Completeness};
pub use removal::{From, Removal, What, can_have_taken, removals};
