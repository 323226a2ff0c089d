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
mod look;
mod lost;
mod memory;
mod methods;
mod read;
mod replica;
mod requests;
mod seek;
pub mod survey;
#[cfg(test)]
mod tests;
mod walk;

use std::sync::Arc;
use std::time::Instant;

use crate::domain::{
    Cost, GapCause, History, Page, PageBuilder, PageRequest, Slot, StreamInfo, StreamName, Window,
};

use super::{HistoryStore, StoreError};
use cache::Cache;
pub use lists::LONGEST_LIST;
use lists::Lists;
pub use lost::Looked;
pub use memory::AGAIN_AFTER;
use memory::Memory;
use methods::Methods;
use read::{Located, Read};
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
    #[must_use]
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
    #[must_use]
    pub fn over(&self, store: Arc<dyn HistoryStore>) -> Self {
        Self { store, ..self.clone() }
    }

    /// Most bytes of frames to keep; 0 for no cache.
    #[must_use]
    pub fn cache_limit(&self) -> u64 {
        self.cache.most()
    }

    /// Tells that a stream is about to be read that had so many deleted sequences when it was last
    /// heard of, so that the first look at it brings their list and no second one is needed.
    pub fn expect(&self, stream: &StreamName, num_deleted: u64) {
        self.lists.expect(stream, num_deleted);
    }

    /// What a read costs whose first request failed.
    #[must_use]
    pub fn cost_of_failure(&self, stream: &StreamName) -> Cost {
        Cost { failed: 1, ..Cost::default() }.plus(self.store.repeated(Some(stream)))
    }

    /// When the stream that this session has seen under a name was made; `None` when it saw none.
    #[must_use]
    pub fn seen(&self, stream: &StreamName) -> Option<jiff::Timestamp> {
        self.memory.created(stream)
    }

    /// Reads one page. A missing stream, or one without messages, is an answer and not an error;
    /// so is a page that could be read only in part. `watch` gets the first picture, where one is
    /// wanted.
    ///
    /// # Errors
    /// When the stream's state could not be had, or the stream was made anew meanwhile.
    pub async fn page(
        &self,
        stream: &StreamName,
        request: PageRequest,
        watch: &dyn Watch,
    ) -> Result<History, StoreError> {
        let mut read = Read::of(self, stream);
        read.screenful = request.screenful;
        let Some(info) = read.snapshot().await? else {
            return Ok(History::NoStream);
        };
        if info.state.is_empty() {
            return Ok(History::Empty(Box::new(info)));
        }
        read.recall(&info);
        let Some(located) = read.locate(&info, request).await? else {
            return Ok(History::Empty(Box::new(info)));
        };
        let builder = PageBuilder::new(located.window);
        let ranges = [located.window];
        let history = read.complete(info, builder, &ranges, Some(located), watch).await?;
        Ok(self.with_lost(stream, history).await)
    }

    /// Reads the unread runs of a page again, and gives the page with what was learned. The window
    /// stays; sequences that fell off the stream's head meanwhile become a gap.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub async fn retry(
        &self,
        stream: &StreamName,
        page: &Page,
        watch: &dyn Watch,
    ) -> Result<History, StoreError> {
        let mut read = Read::of(self, stream);
        let Some(info) = read.snapshot().await? else {
            return Ok(History::NoStream);
        };
        read.same_stream(&page.stream, &info)?;
        read.recall(&info);
        read.held = page.frames().map(|frame| requests::weigh(frame)).sum();
        let (builder, unread) = page.reopen();
        let mut history = read.complete(info, builder, &unread, None, watch).await?;
        if let History::Page(whole) = &mut history {
            whole.cost = whole.cost.plus(page.cost);
        }
        Ok(self.with_lost(stream, history).await)
    }

    /// The page with what is reported as lost elsewhere in the stream.
    async fn with_lost(&self, stream: &StreamName, mut history: History) -> History {
        if let History::Page(page) = &mut history {
            let (lost, cost) = self.still_lost(stream, &page.stream, page.window()).await;
            page.lost_elsewhere = lost;
            page.cost = page.cost.plus(cost);
        }
        history
    }
}

impl Read<'_> {
    /// Fetches `ranges`, accounts for every sequence of the builder's window, and closes the page.
    async fn complete(
        mut self,
        mut info: StreamInfo,
        mut builder: PageBuilder,
        ranges: &[Window],
        located: Option<Located>,
        watch: &dyn Watch,
    ) -> Result<History, StoreError> {
        let (store, stream) = (self.store(), self.stream);
        let due = std::mem::take(&mut self.report_due);
        let report = async {
            if due { Some((Instant::now(), store.info(stream, true).await)) } else { None }
        };
        let fetch = self.fetch(&info, &mut builder, ranges, located, watch);
        let (mut fetched, report) = futures::join!(fetch, report);
        if let Some(answer) = report {
            self.take_report(&mut info, answer);
        }
        if fetched.needs_recheck(&info) {
            match self.confirm(info, &mut builder, &mut fetched, watch).await? {
                Some(now) => info = now,
                None => return Ok(History::NoStream),
            }
        }
        account::account(&mut builder, &fetched, &info, ranges);
        let outer = self.outer_edges(&info, &builder, fetched.beyond).await;
        let head = account::head(builder.window(), &info);
        let mut page = Page::build(builder, outer, head, info, self.finished());
        let runs = page.slots().iter().filter_map(Slot::gap);
        let runs = runs.filter(|gap| gap.cause == GapCause::Unreadable).map(|gap| gap.range);
        let runs: Vec<Window> = runs.collect();
        let memory = &self.reader.memory;
        if let Some(lost) = &page.stream.state.lost {
            let back = page.frames().map(|frame| frame.seq);
            let back: Vec<u64> = back.filter(|seq| lost.seqs.binary_search(seq).is_ok()).collect();
            memory.came_back(stream, &back);
        }
        page.unreadable_again = memory.unreadable(stream, page.window(), &runs);
        Ok(History::Page(Box::new(page)))
    }
}
