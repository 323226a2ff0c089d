//! Reading a page: a look at the stream's state, the window, what it holds, and the account of it.
//!
//! The state comes with the list of deleted sequences and the report of damage where the list is
//! short enough to ask for, and nothing that a member without a leader says is the stream's state.

use std::sync::Arc;
use std::time::Instant;

use crate::domain::{
    FaultKind, GapCause, History, Page, PageBuilder, PageRequest, Slot, StreamInfo, StreamName,
    Window, format,
};
use crate::store::StoreError;

use super::read::{Located, Read};
use super::requests::weigh;
use super::{Reader, Watch, account};

impl Reader {
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
        read.held = page.frames().map(|frame| weigh(frame)).sum();
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
    pub(super) async fn complete(
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

    /// The stream as it is now, `None` when there is none. Its deleted list and its report of
    /// damage are set when they are known from before, or the list is short enough to ask for.
    /// One or two requests; two more where the answer contradicts itself.
    ///
    /// # Errors
    /// [`NoLeader`](FaultKind::NoLeader) for the answer of a member that has no leader.
    pub(super) async fn snapshot(&mut self) -> Result<Option<StreamInfo>, StoreError> {
        let details = self.reader.lists.is_short(self.stream);
        self.look_with(details).await
    }

    /// The same, with nothing from before: only a list that is read now tells what is listed now.
    pub(super) async fn look_anew(
        &mut self,
        before: &StreamInfo,
    ) -> Result<Option<StreamInfo>, StoreError> {
        self.look_with(before.state.num_deleted <= self.reader.lists.most).await
    }

    async fn look_with(&mut self, mut details: bool) -> Result<Option<StreamInfo>, StoreError> {
        let Some(mut info) = self.info(details).await? else { return Ok(None) };
        if !details && info.state.num_deleted == 0 && !info.state.is_empty() {
            // The list is known without asking. The report of damage that comes with it is asked
            // for beside the frames, so that nobody waits for it.
            info.state.deleted = Some(Arc::from([]));
            self.report_due = !self.reader.lists.fill_in(self.stream, &mut info);
        } else if !details
            && (self.reader.anew || !self.reader.lists.fill_in(self.stream, &mut info))
            && info.state.num_deleted <= self.reader.lists.most
        {
            details = true;
            let Some(detailed) = self.info(true).await? else { return Ok(None) };
            info = detailed;
        }
        // A contradiction is read again before anybody leans on it.
        for _ in 0..2 {
            if !info.state.is_doubtful() && !info.state.is_wrapped() {
                break;
            }
            details = info.state.num_deleted <= self.reader.lists.most;
            self.report_due &= !details;
            let leader = info.leader.take();
            let Some(again) = self.info(details).await? else { return Ok(None) };
            info = again;
            if info.leader == leader {
                break;
            }
        }
        if info.state.is_wrapped() {
            return Err(self.wrapped(&info));
        }
        if details {
            self.reader.lists.keep(self.stream, &info);
        }
        self.reader.memory.recall(self.stream, &mut info, self.asked);
        Ok(Some(info))
    }

    /// Takes in the answer with the report of damage that was asked for at this time, beside the
    /// frames.
    pub(super) fn take_report(
        &mut self,
        info: &mut StreamInfo,
        (asked, answer): (Instant, Result<StreamInfo, StoreError>),
    ) {
        match answer {
            // Of another leader it would be a report on another copy.
            Ok(mut told)
                if !told.leaderless
                    && told.created == info.created
                    && told.leader == info.leader =>
            {
                self.cost.info += 1;
                self.reader.lists.keep(self.stream, &told);
                self.reader.memory.recall(self.stream, &mut told, asked);
                info.state.lost = told.state.lost;
                info.state.went_back = told.state.went_back;
            }
            Ok(_) => self.cost.info += 1,
            Err(_) => self.cost.failed += 1,
        }
    }

    /// The stream's state as a leader tells it.
    pub(super) async fn info(&mut self, deleted: bool) -> Result<Option<StreamInfo>, StoreError> {
        self.asked = Instant::now();
        match self.store().info(self.stream, deleted).await {
            Ok(info) if info.leaderless => Err(self.no_leader(&info)),
            Ok(info) => {
                self.cost.info += 1;
                Ok(Some(info))
            }
            Err(error) if error.kind == FaultKind::StreamNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn no_leader(&self, info: &StreamInfo) -> StoreError {
        let state = &info.state;
        let why = match &info.leader {
            None => "it has no leader".to_owned(),
            Some(name) => format!("its leader {name} hears of too few others to lead"),
        };
        let detail = format!(
            "{why}; as the member that answered last knew, it held {} up to sequence {}",
            format::counted(state.messages, "message"),
            format::count(state.last_seq)
        );
        StoreError::new(FaultKind::NoLeader, format!("look up {}", self.stream), detail)
    }

    fn wrapped(&self, info: &StreamInfo) -> StoreError {
        let state = &info.state;
        let detail = format!(
            "the server counts {}, the first with sequence {} and the last with {}: its numbers ran \
             past the end, and what it holds cannot be read by sequence",
            format::counted(state.messages, "message"),
            format::count(state.first_seq),
            format::count(state.last_seq)
        );
        StoreError::new(FaultKind::BadReply, format!("look up {}", self.stream), detail)
    }
}
