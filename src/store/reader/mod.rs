//! The sequence-window reader: the only place where windows are chosen, read and accounted for.
//! The screen, the subcommands and HTTP all call it, over any store.

mod account;
mod budget;
mod cache;
mod chase;
mod confirm;
mod edges;
mod failures;
mod fetch;
mod lists;
mod locate;
mod lost;
mod memory;
mod methods;
mod page;
mod read;
mod replica;
mod requests;
mod seek;
pub mod survey;
#[cfg(test)]
mod tests;
mod walk;

use std::sync::Arc;

use crate::domain::{Cost, Page, StreamName};

use super::HistoryStore;
use cache::Cache;
pub use lists::LONGEST_LIST;
use lists::Lists;
pub use lost::Looked;
pub use memory::AGAIN_AFTER;
use memory::Memory;
use methods::Methods;
pub use walk::{Begun, Span, Walk};

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

/// Reads pages of rooms' histories. Clones share one store, the deleted lists, the cache, and what
/// was learned of the ways streams can be read.
///
/// Requests of a page grow with the frames and gaps in it, never with the length of a gap. At
/// most 64 requests for frames are in flight, and about 8 MB by the weight of the frames seen so
/// far. A page is the same whichever way it is read. Dropping a future abandons its read.
#[derive(Debug, Clone)]
pub struct Reader {
    store: Arc<dyn HistoryStore>,
    lists: Arc<Lists>,
    memory: Arc<Memory>,
    methods: Arc<Methods>,
    cache: Arc<Cache>,
    /// Reads that share what may be in flight.
    among: usize,
    /// Whether nothing that was kept is given out.
    anew: bool,
}

impl Reader {
    /// A reader over a store, without a cache.
    pub fn new(store: Arc<dyn HistoryStore>) -> Self {
        Self {
            store,
            lists: Arc::default(),
            memory: Arc::default(),
            methods: Arc::default(),
            cache: Arc::new(Cache::new(0)),
            among: 1,
            anew: false,
        }
    }

    /// The same reader that keeps frames it read, so many bytes of them at most. They are given
    /// out again once a request of the new read told that they are still there.
    #[must_use]
    pub fn with_cache(self, bytes: u64) -> Self {
        Self { cache: Arc::new(Cache::new(bytes)), ..self }
    }

    /// The same reader for those who read so many pages at the same time: together they have no
    /// more in flight than one page alone. A server cuts off a connection that is behind by 64 MB.
    #[must_use]
    pub fn among(self, reads: usize) -> Self {
        Self { among: reads, ..self }
    }

    /// The same reader that asks for deleted lists of up to this many sequences, and with them for
    /// reports of damage. Two million make 14 MB of JSON.
    #[must_use]
    pub fn with_list_at_most(self, most: u64) -> Self {
        Self { lists: Arc::new(Lists::new(most)), ..self }
    }

    /// The same reader that gives out nothing it kept: all frames are read from the server, and
    /// kept for later reads.
    #[must_use]
    pub fn anew(self) -> Self {
        Self { anew: true, ..self }
    }

    /// The same reader over another store of the same streams, with all that it learned of them.
    pub fn over(&self, store: Arc<dyn HistoryStore>) -> Self {
        Self { store, ..self.clone() }
    }

    /// Most bytes of frames to keep; 0 for no cache.
    pub fn cache_limit(&self) -> u64 {
        self.cache.most()
    }

    /// Tells that a stream is about to be read that had so many deleted sequences when it was last
    /// heard of, so that the first look at it brings their list and no second one is needed.
    pub fn expect(&self, stream: &StreamName, num_deleted: u64) {
        self.lists.expect(stream, num_deleted);
    }

    /// What a read costs whose first request failed.
    pub fn cost_of_failure(&self, stream: &StreamName) -> Cost {
        Cost { failed: 1, ..Cost::default() }.plus(self.store.repeated(Some(stream)))
    }

    /// When the stream that this session has seen under a name was made; `None` when it saw none.
    pub fn seen(&self, stream: &StreamName) -> Option<jiff::Timestamp> {
        self.memory.created(stream)
    }
}
