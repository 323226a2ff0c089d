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
mod locate;
mod lost;
mod memory;
mod partial;
mod paths;
mod replica;
mod seek;
mod snapshot;
pub mod survey;
mod task;
#[cfg(test)]
mod tests;
mod walk;
mod watch;

use std::sync::Arc;
use std::time::Instant;

use crate::domain::{
    Cost, Edge, FaultKind, Frame, GapCause, History, Page, PageBuilder, PageRequest, Slot,
    StreamInfo, StreamName, Window,
};

use super::{Get, HistoryStore, StoreError};
use cache::{Cache, Keep, Known};
use confirm::Confirmed;
use failures::PAGE_BYTES;
use locate::Located;
pub use lost::Looked;
pub use memory::AGAIN_AFTER;
use memory::Memory;
use paths::Paths;
pub use snapshot::LONGEST_LIST;
use snapshot::Lists;
pub use walk::{Begun, Span, Walk};
pub use watch::Watch;

/// Reads pages of rooms' histories. Clones share one store, the deleted lists, the cache, and what
/// was learned of the ways streams can be read.
///
/// Requests of a page grow with the frames and gaps in it, never with the length of a gap. At
/// most 64 requests for frames are in flight, and about 8 MB by the weight of the frames seen so far. A page is the same whichever way it is read.
/// Dropping a future abandons its read.
#[derive(Debug, Clone)]
pub struct Reader {
    store: Arc<dyn HistoryStore>,
    lists: Arc<Lists>,
    memory: Arc<Memory>,
    paths: Arc<Paths>,
    cache: Arc<Cache>,
    among: usize,
    anew: bool,
}

/// One read under way: what it reads from, and what it has cost so far.
#[derive(Debug)]
struct Read<'a> {
    store: &'a dyn HistoryStore,
    lists: &'a Lists,
    memory: &'a Memory,
    paths: &'a Paths,
    cache: &'a Cache,
    /// The cache for the stream as this read found it.
    keep: Option<Keep<'a>>,
    stream: &'a StreamName,
    cost: Cost,
    /// What the store had repeated before.
    repeated: Cost,
    began: Instant,
    /// When the stream's state was asked for last.
    asked: Instant,
    /// Rows of the partial page still owed; 0 for none.
    screenful: usize,
    /// Bytes of the frames that the page held before.
    held: u64,
    /// Bytes of frames at which the page is full.
    most: u64,
    /// Reads that share what may be in flight.
    among: usize,
    /// Whether nothing that was kept is given out.
    anew: bool,
    /// Whether the report of damage is still to be asked for.
    report_due: bool,
    /// Those of the frames that were kept before this read which prove the others.
    witnesses: Vec<Arc<Frame>>,
    /// Whether what is kept was shown to be what the stream holds; `None` until that is asked.
    proved: Option<bool>,
}

impl Reader {
    /// A reader over a store, without a cache.
    #[must_use]
    pub fn new(store: Arc<dyn HistoryStore>) -> Self {
        let cache = Arc::new(Cache::new(0));
        Self {
            store,
            lists: Arc::default(),
            memory: Arc::default(),
            paths: Arc::default(),
            cache,
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

    /// Most bytes of frames to keep; 0 for no cache.
    #[must_use]
    pub fn cache_limit(&self) -> u64 {
        self.cache.most()
    }

    /// The same reader over another store of the same streams, with all that it learned of them.
    #[must_use]
    pub fn over(&self, store: Arc<dyn HistoryStore>) -> Self {
        Self { store, ..self.clone() }
    }

    /// Tells that a stream is about to be read that had so many deleted sequences when it was last
    /// heard of, so that the first look at it brings their list and no second one is needed.
    pub fn expect(&self, stream: &StreamName, num_deleted: u64) {
        self.lists.expect(stream, num_deleted);
    }

    /// Reads one page. A missing stream, or one without messages, is an answer and not an error;
    /// so is a page that could be read only in part. `watch` gets the first picture, where one is wanted.
    ///
    /// # Errors
    /// When the stream's state could not be had, or the stream was made anew meanwhile.
    pub async fn page(
        &self,
        stream: &StreamName,
        request: PageRequest,
        watch: &dyn Watch,
    ) -> Result<History, StoreError> {
        let mut read = self.begin(stream);
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

    /// The page with what is reported as lost elsewhere in the stream.
    async fn with_lost(&self, stream: &StreamName, mut history: History) -> History {
        if let History::Page(page) = &mut history {
            let (lost, cost) = self.still_lost(stream, &page.stream, page.window()).await;
            page.lost_elsewhere = lost;
            page.cost = page.cost.plus(cost);
        }
        history
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
        let mut read = self.begin(stream);
        let Some(info) = read.snapshot().await? else {
            return Ok(History::NoStream);
        };
        read.same_stream(&page.stream, &info)?;
        read.recall(&info);
        read.held = page.frames().map(|frame| task::weigh(frame)).sum();
        let (builder, unread) = page.reopen();
        let mut history = read.complete(info, builder, &unread, None, watch).await?;
        if let History::Page(whole) = &mut history {
            whole.cost = whole.cost.plus(page.cost);
        }
        Ok(self.with_lost(stream, history).await)
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

    fn begin<'a>(&'a self, stream: &'a StreamName) -> Read<'a> {
        Read {
            store: self.store.as_ref(),
            lists: &self.lists,
            memory: &self.memory,
            paths: &self.paths,
            cache: &self.cache,
            keep: None,
            stream,
            cost: Cost::default(),
            repeated: self.store.repeated(Some(stream)),
            began: Instant::now(),
            asked: Instant::now(),
            screenful: 0,
            held: 0,
            most: PAGE_BYTES,
            among: self.among,
            anew: self.anew,
            report_due: false,
            witnesses: Vec::new(),
            proved: None,
        }
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
        let (store, stream) = (self.store, self.stream);
        let due = std::mem::take(&mut self.report_due);
        let report = async {
            if due { Some((Instant::now(), store.info(stream, true).await)) } else { None }
        };
        let (mut fetched, report) =
            futures::join!(self.fetch(&info, ranges, located, watch), report);
        if let Some(answer) = report {
            self.take_report(&mut info, answer);
        }
        if fetched.needs_recheck(&info) {
            match self.confirm(info, &mut fetched, watch).await? {
                Confirmed::Seen(now) => info = *now,
                Confirmed::Gone => return Ok(History::NoStream),
            }
        }
        let beyond = fetched.beyond;
        account::account(&mut builder, &fetched, &info, ranges);
        let outer = self.outer_edges(&info, &builder, beyond).await;
        self.count_repeated();
        self.cost.micros = micros(self.began);
        let head = account::head(builder.window(), &info);
        let mut page = Page::build(builder, outer, head, info, self.cost);
        let runs = page.slots().iter().filter_map(Slot::gap);
        let runs = runs.filter(|gap| gap.cause == GapCause::Unreadable).map(|gap| gap.range);
        let runs: Vec<Window> = runs.collect();
        if let Some(lost) = &page.stream.state.lost {
            let back = page.frames().map(|frame| frame.seq);
            let back: Vec<u64> = back.filter(|seq| lost.seqs.binary_search(seq).is_ok()).collect();
            self.memory.came_back(self.stream, &back);
        }
        page.unreadable_again = self.memory.unreadable(self.stream, page.window(), &runs);
        Ok(History::Page(Box::new(page)))
    }

    /// Takes in what the store repeated for this read.
    fn count_repeated(&mut self) {
        let now = self.store.repeated(Some(self.stream));
        self.cost.info += now.info.saturating_sub(self.repeated.info);
        self.cost.failed += now.failed.saturating_sub(self.repeated.failed);
        self.repeated = now;
    }

    /// Opens the cache for the stream as this read found it.
    fn recall(&mut self, info: &StreamInfo) {
        let keep = self.cache.at(self.stream, info);
        self.witnesses = keep.witnesses();
        self.keep = Some(keep);
    }

    /// What the cache holds of the ranges, if it is of the stream as it is now.
    async fn kept(&mut self, ranges: &[Window]) -> Known {
        let known = self.keep.as_ref().map(|keep| keep.known(ranges));
        let known = known.filter(|known| !known.frames.is_empty() || !known.holes.is_empty());
        match known {
            Some(known) if self.prove().await => {
                self.cost.cached += known.frames.len() as u64;
                known
            }
            _ => Known { rest: ranges.to_vec(), ..Known::default() },
        }
    }

    /// Whether what is kept is of the stream as it is now. A store that was put back to an older
    /// copy and published on has other messages under the same sequences, and the same creation,
    /// first sequence and counts. So the newest kept frame is read again, once a read: if it is the
    /// same to the nanosecond, it and all below it were never rolled back since it was kept. What
    /// was kept before that has a newest frame of its own.
    async fn prove(&mut self) -> bool {
        if self.anew {
            return false;
        }
        if let Some(proved) = self.proved {
            return proved;
        }
        if self.witnesses.is_empty() {
            return false;
        }
        let witnesses = std::mem::take(&mut self.witnesses);
        let mut proved = true;
        for witness in &witnesses {
            proved &= match self.store.get(self.stream, Get::Exact(witness.seq)).await {
                Ok(found) => {
                    self.cost.gaps += 1;
                    self.cost.bytes += found.as_ref().map_or(0, task::weigh);
                    found.is_some_and(|frame| frame == **witness)
                }
                Err(_) => {
                    self.cost.failed += 1;
                    self.witnesses = witnesses;
                    return false;
                }
            };
            if !proved {
                break;
            }
        }
        if let Some(keep) = &mut self.keep {
            if proved { keep.proved() } else { keep.forget() }
        }
        self.proved = Some(proved);
        proved
    }

    /// The frame beside something, from the cache or the server, and the requests it took.
    async fn beside(&mut self, get: Get) -> Result<(Option<Edge>, u64), StoreError> {
        let kept = self.keep.as_ref().and_then(|keep| keep.get(get));
        if let Some(frame) = kept
            && self.prove().await
        {
            return Ok((Some(Edge::of(&frame)), 0));
        }
        let frame = self.store.get(self.stream, get).await?.map(Arc::new);
        if let (Some(keep), Some(frame)) = (&self.keep, &frame) {
            if let Get::AtOrAfter(seq) = get {
                keep.jump(seq, frame);
            } else {
                keep.frame(frame);
            }
        }
        Ok((frame.as_deref().map(Edge::of), 1))
    }

    fn same_stream(&self, before: &StreamInfo, now: &StreamInfo) -> Result<(), StoreError> {
        if before.created == now.created {
            return Ok(());
        }
        Err(StoreError::new(
            FaultKind::Recreated,
            format!("read {}", self.stream),
            "the stream was deleted and made again",
        ))
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
