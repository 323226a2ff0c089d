//! Reads: opening a room, turning its pages, and reading ahead.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::Sender;

use super::{Services, told};
use crate::app::{Job, Make, Msg, Purpose};
use crate::domain::{Ensured, Fault, History, Page, PageRequest, Room, StreamInfo};
use crate::store::ensure::{ensure_missing, present};
use crate::store::reader::{Reader, Watch};
use crate::store::retry::Wait;

/// A page to read for someone who waits for it, or will.
pub(super) struct PageRead {
    pub(super) services: Services,
    pub(super) replies: Sender<Msg>,
    pub(super) job: Job,
    pub(super) room: Box<Room>,
}

impl PageRead {
    pub(super) async fn run(self, request: PageRequest, purpose: Purpose) {
        match purpose {
            Purpose::Open { deleted, make } => {
                let history = self.open(request, deleted, make).await;
                self.reply(history).await;
            }
            Purpose::Show { fresh } => {
                let reader = if fresh { self.reader().anew() } else { self.reader() };
                let history = self.page(&reader, request, &self.teller(false)).await;
                self.reply(history).await;
            }
            Purpose::Ahead { bytes } => self.ahead(request, bytes).await,
        }
    }

    /// Reads the page; the read's own STREAM.INFO tells what ensuring would ask for. Only a
    /// stream that is missing costs a write, and one that this session has seen only after a person
    /// was asked. `deleted` is how many deleted sequences it last had.
    async fn open(
        &self,
        request: PageRequest,
        deleted: Option<u64>,
        make: Make,
    ) -> Result<History, Fault> {
        if let Some(deleted) = deleted {
            self.services.reader.expect(&self.room.id.stream(), deleted);
        }
        let teller = self.teller(true);
        let mut history = self.page(&self.reader(), request, &teller).await;
        if matches!(history, Ok(History::NoStream)) && !teller.has_ensured() {
            let made = self.services.reader.seen(&self.room.id.stream());
            let is_new = make == Make::Unseen && made.is_none();
            if self.would_make() && !is_new && make != Make::Asked {
                let gone = Msg::Gone(self.job, self.room.id.clone(), made);
                let _ = self.replies.send(gone).await;
                return history;
            }
            match self.make().await {
                // Whoever made it, it may have captured something by now.
                Some(info) if !info.state.is_empty() => {
                    history = self.page(&self.reader(), request, &self.teller(false)).await;
                }
                Some(info) => history = Ok(History::Empty(info)),
                None => {}
            }
        } else if let Some(info) = history.as_ref().ok().and_then(seen)
            && let Some(reply) = teller.ensured(info)
        {
            let _ = self.replies.send(reply).await;
        }
        history
    }

    /// Whether ensuring a missing stream would write.
    fn would_make(&self) -> bool {
        self.room.spec().is_some() && self.services.store().may_write()
    }

    /// Creates the missing stream in a task of its own: a write that was sent is made whatever
    /// becomes of this read, so what came of it is told in any case.
    async fn make(&self) -> Option<Box<StreamInfo>> {
        let (store, replies) = (Arc::clone(self.services.store()), self.replies.clone());
        let (job, room) = (self.job, self.room.clone());
        let making = tokio::spawn(async move {
            let ensured = ensure_missing(store.as_ref(), &room).await;
            let made = ensured.as_ref().ok().and_then(stream_of).cloned().map(Box::new);
            let outcome = ensured.map_err(|error| error.fault());
            let _ = replies.send(Msg::Ensured(job, room.id, outcome)).await;
            made
        });
        making.await.ok().flatten()
    }

    /// Reads what could not be read of a page.
    pub(super) async fn retry(self, page: Arc<Page>) {
        let (reader, teller) = (self.reader(), self.teller(false));
        let history = reader.retry(&self.room.id.stream(), &page, &teller).await;
        self.reply(told(history)).await;
    }

    /// Reads the page into the cache, if `bytes` of it fit there, and says that it is done.
    async fn ahead(self, request: PageRequest, bytes: u64) {
        let reader = &self.services.reader;
        let mut info = None;
        if bytes <= reader.cache_limit() / 2 {
            // What fails here is said when somebody wants the page.
            let history = reader.page(&self.room.id.stream(), request, &()).await.ok();
            info = history.as_ref().and_then(seen).cloned().map(Box::new);
        }
        let _ = self.replies.send(Msg::Prefetched(self.job, info)).await;
    }

    /// A reader that asks again for what failed for a passing reason, and tells of it.
    fn reader(&self) -> Reader {
        let (replies, job) = (self.replies.clone(), self.job);
        let store = self.services.patient(move |wait| {
            let met = match wait {
                Wait::Begun(fault, _) => Some(fault.kind),
                Wait::Over(_) => None,
            };
            let _ = replies.try_send(Msg::Waiting(job, met));
        });
        self.services.reader.over(store)
    }

    async fn page(
        &self,
        reader: &Reader,
        request: PageRequest,
        teller: &Teller<'_>,
    ) -> Result<History, Fault> {
        told(reader.page(&self.room.id.stream(), request, teller).await)
    }

    fn teller(&self, opens: bool) -> Teller<'_> {
        Teller {
            replies: &self.replies,
            job: self.job,
            opens: opens.then_some(&self.room),
            told: AtomicBool::new(false),
        }
    }

    async fn reply(&self, history: Result<History, Fault>) {
        let _ = self.replies.send(Msg::Read(self.job, history)).await;
    }
}

fn stream_of(ensured: &Ensured) -> Option<&StreamInfo> {
    match ensured {
        Ensured::Present(info) | Ensured::Drifted(info, _) | Ensured::Created(info) => Some(info),
        Ensured::WouldCreate(_) => None,
        Ensured::NotOurs { info, .. } => info.as_deref(),
    }
}

fn seen(history: &History) -> Option<&StreamInfo> {
    match history {
        History::NoStream => None,
        History::Empty(info) => Some(info),
        History::Page(page) => Some(&page.stream),
    }
}

/// Tells the loop how a read goes. It never waits: what finds no room is not told, since more
/// is to come.
struct Teller<'a> {
    replies: &'a Sender<Msg>,
    job: Job,
    /// The room, when the read opens it.
    opens: Option<&'a Room>,
    /// Whether the outcome of the ensure was told.
    told: AtomicBool,
}

impl Teller<'_> {
    fn has_ensured(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }

    /// What the stream of a room that is opened means for it, once.
    fn ensured(&self, info: &StreamInfo) -> Option<Msg> {
        let room = self.opens.filter(|_| !self.told.swap(true, Ordering::Relaxed))?;
        let ensured = Ok(present(room, info.clone()));
        Some(Msg::Ensured(self.job, room.id.clone(), ensured))
    }
}

impl Watch for Teller<'_> {
    fn known(&self, known: u64, total: u64) {
        if self.replies.capacity() > self.replies.max_capacity() / 2 {
            let _ = self.replies.try_send(Msg::Progress(self.job, known, total));
        }
    }

    fn partial(&self, page: Page) {
        // Both or none, so that no first picture comes before what is known of its stream.
        if self.replies.capacity() < 2 {
            return;
        }
        if let Some(reply) = self.ensured(&page.stream) {
            let _ = self.replies.try_send(reply);
        }
        let _ = self.replies.try_send(Msg::Partial(self.job, Box::new(page)));
    }
}
