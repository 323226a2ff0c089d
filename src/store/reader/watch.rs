//! How a read goes, for those who wait for it.

use crate::domain::Page;

/// Told how a read goes. All methods do nothing unless implemented. They are called often and
/// while answers wait, so they should be quick.
pub trait Watch: Send + Sync {
    /// The server answered a request of the read, whatever it said.
    fn answered(&self) {}
    /// Sequences accounted for so far, and those to account for.
    fn known(&self, known: u64, total: u64) {
        let _ = (known, total);
    }

    /// The newest rows of the page are there, the rest is still being read (its slots are unread
    /// with [`NotTried`](crate::domain::FaultKind::NotTried)). Sent at most once a read.
    fn partial(&self, page: Page) {
        let _ = page;
    }
}

impl Watch for () {}
