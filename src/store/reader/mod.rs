//! The sequence-window reader: the only place where windows are chosen, read and accounted for.
//! The screen, the subcommands and HTTP all call it, over any store.

mod account;
mod budget;
mod edges;
mod fetch;
mod locate;
mod seek;
mod snapshot;
pub mod survey;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use crate::domain::{
    FaultKind, History, Page, PageBuilder, PageSize, Place, StreamInfo, StreamName, Window,
};

use super::{HistoryStore, StoreError};
use locate::Located;
use snapshot::Lists;

/// Called with the sequences accounted for so far and those in the window; often, so be quick.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Reads pages of rooms' histories. Clones share one store and one deleted list.
///
/// Requests of a page grow with the frames and gaps in it, never with the length of a gap. At
/// most 64 requests and about 8 MB are in flight. Dropping a future abandons its read.
#[derive(Debug, Clone)]
pub struct Reader {
    store: Arc<dyn HistoryStore>,
    lists: Arc<Lists>,
}

/// One read under way: what it reads from, and what it has cost so far.
#[derive(Debug)]
struct Read<'a> {
    store: &'a dyn HistoryStore,
    lists: &'a Lists,
    stream: &'a StreamName,
    cost: crate::domain::Cost,
    began: Instant,
}

impl Reader {
    /// A reader over a store.
    #[must_use]
    pub fn new(store: Arc<dyn HistoryStore>) -> Self {
        Self { store, lists: Arc::default() }
    }

    /// Reads one page. A missing stream, or one without messages, is an answer and not an error;
    /// so is a page that could be read only in part.
    ///
    /// # Errors
    /// When the stream's state could not be had, or the stream was made anew meanwhile.
    pub async fn page(
        &self,
        stream: &StreamName,
        place: Place,
        size: PageSize,
        progress: Progress<'_>,
    ) -> Result<History, StoreError> {
        let mut read = self.begin(stream);
        let Some(info) = read.snapshot().await? else {
            return Ok(History::NoStream);
        };
        if info.state.is_empty() {
            return Ok(History::Empty(Box::new(info)));
        }
        let Some(located) = read.locate(&info, place, size).await? else {
            return Ok(History::Empty(Box::new(info)));
        };
        let builder = PageBuilder::new(located.window);
        read.complete(info, builder, &[located.window], Some(located), progress).await
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
        progress: Progress<'_>,
    ) -> Result<History, StoreError> {
        let mut read = self.begin(stream);
        let Some(info) = read.snapshot().await? else {
            return Ok(History::NoStream);
        };
        read.same_stream(&page.stream, &info)?;
        let (builder, unread) = page.reopen();
        let mut history = read.complete(info, builder, &unread, None, progress).await?;
        if let History::Page(whole) = &mut history {
            whole.cost = whole.cost.plus(page.cost);
        }
        Ok(history)
    }

    /// The same reader that asks for no deleted list longer than this.
    #[cfg(test)]
    fn with_list_at_most(self, most: u64) -> Self {
        Self { lists: Arc::new(Lists::new(most)), ..self }
    }

    fn begin<'a>(&'a self, stream: &'a StreamName) -> Read<'a> {
        Read {
            store: self.store.as_ref(),
            lists: &self.lists,
            stream,
            cost: crate::domain::Cost::default(),
            began: Instant::now(),
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
        progress: Progress<'_>,
    ) -> Result<History, StoreError> {
        let fetched = self.fetch(&info, ranges, located, progress).await;
        if fetched.needs_recheck() {
            // Head expiry, deletions and a stream made anew all race a read: what looked like a
            // hole is judged by the state after it was seen. Without an answer it stays a hole of
            // the cause "missing", since the server did say that there is no message.
            match self.snapshot().await {
                Ok(Some(now)) => {
                    self.same_stream(&info, &now)?;
                    info = now;
                }
                Ok(None) => return Ok(History::NoStream),
                Err(_) => info.state.deleted = None,
            }
        }
        let beyond = fetched.beyond;
        account::account(&mut builder, fetched, &info, ranges);
        let outer = self.outer_edges(&info, &builder, beyond).await;
        self.cost.micros = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let head = account::head(builder.window(), &info);
        Ok(History::Page(Box::new(Page::build(builder, outer, head, info, self.cost))))
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
