//! Why sequences have no frame: the causes of gaps with their evidence and sentences, what the
//! configuration in force can remove, how complete a room's history is, and why a backlog is short.

pub mod completeness;
pub mod gap;
pub mod removal;
pub mod why;

pub use completeness::{Account, Completeness};
pub use removal::{From, Removal, What, can_have_taken, removals};
