//! Why sequences have no frame: what the configuration in force can remove, and how complete a
//! room's history is.

pub mod completeness;
pub mod removal;

pub use completeness::{Account, Completeness};
pub use removal::{From, Removal, What, removals};
