//! The executor: carries out effects in tasks, and sends what came of them as messages.

mod read;
#[cfg(test)]
mod tests;
mod why;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{self, Sender};
use tokio::task::{AbortHandle, JoinHandle, spawn_blocking};
use tokio::time::{sleep, timeout};

use crate::app::{Effect, Job, Msg};
use crate::domain::{Fault, FaultKind, Found, Listed, PageSize, Place, Room, StreamInfo};
use crate::store::ensure::amend;
use crate::store::lister::list_rooms;
use crate::store::reader::{AGAIN_AFTER, Reader};
use crate::store::retry::{Retrying, Wait};
use crate::store::{HistoryStore, OP_TIMEOUT};

use super::clipboard;
use super::terminal::Tty;
use read::Wanted;

/// What effects work on.
#[derive(Clone)]
pub struct Services {
    store: Arc<dyn HistoryStore>,
    reader: Reader,
    /// How long what failed for a passing reason is asked for again.
    retry_for: Duration,
    tty: Option<Tty>,
}

impl Services {
    /// Services over a store, with a cache of so many bytes of frames, which ask again for what
    /// failed for a passing reason for so long. Without a terminal there is no clipboard.
    #[must_use]
    pub fn new(store: Arc<dyn HistoryStore>, cache: u64, retry_for: Duration) -> Self {
        let reader = Reader::new(Arc::clone(&store)).with_cache(cache);
        Self { reader, store, retry_for, tty: None }
    }

    /// The same on a terminal.
    pub(super) fn on(self, tty: Tty) -> Self {
        Self { tty: Some(tty), ..self }
    }

    /// The store for one job, which asks again for what failed for a passing reason and tells of it.
    fn patient(&self, tell: impl Fn(Wait) + Send + Sync + 'static) -> Arc<dyn HistoryStore> {
        Arc::new(Retrying::new(Arc::clone(&self.store), self.retry_for, tell))
    }

    /// A reader over such a store.
    fn patient_reader(&self) -> Reader {
        self.reader.over(self.patient(|_| {}))
    }

    /// The same, with nothing given out that was kept.
    fn anew(self) -> Self {
        Self { reader: self.reader.anew(), ..self }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn HistoryStore> {
        &self.store
    }
}

/// Carries out effects. Dropping it abandons what is under way, a change of a stream excepted.
pub struct Executor {
    services: Services,
    replies: Sender<Msg>,
    listing: Lane,
    reading: Lane,
    /// Reads for the cache; they give way to every other read.
    ahead: Lane,
    seeking: Lane,
    /// A wait before a page is read again.
    waiting: Lane,
    sampling: Lane,
    asking: Lane,
    why: Lane,
    writing: Vec<JoinHandle<()>>,
}

/// At most one job: a new one abandons the former, whose reply nobody waits for any more.
#[derive(Default)]
struct Lane(Option<AbortHandle>);

impl Lane {
    fn start(&mut self, job: impl Future<Output = ()> + Send + 'static) {
        let new = tokio::spawn(job).abort_handle();
        if let Some(old) = self.0.replace(new) {
            old.abort();
        }
    }

    fn stop(&mut self) {
        if let Some(job) = self.0.take() {
            job.abort();
        }
    }

    fn is_busy(&self) -> bool {
        self.0.as_ref().is_some_and(|job| !job.is_finished())
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Executor {
    /// An executor, and where the replies come out: at most `waiting` of them wait there, past
    /// which the tasks wait.
    #[must_use]
    pub fn new(services: Services, waiting: usize) -> (Self, mpsc::Receiver<Msg>) {
        let (replies, out) = mpsc::channel(waiting);
        let executor = Self {
            services,
            replies,
            listing: Lane::default(),
            reading: Lane::default(),
            ahead: Lane::default(),
            seeking: Lane::default(),
            waiting: Lane::default(),
            sampling: Lane::default(),
            asking: Lane::default(),
            why: Lane::default(),
            writing: Vec::new(),
        };
        (executor, out)
    }

    /// Starts an effect and returns at once. The effects that are about the loop or the terminal
    /// itself (suspend, redraw, quit) are given back.
    pub fn start(&mut self, effect: Effect) -> Option<Effect> {
        let (services, replies) = (self.services.clone(), self.replies.clone());
        match effect {
            Effect::List { job, known } => self.listing.start(list(services, replies, job, known)),
            Effect::Open { job, room, place, size, screenful, deleted, make } => {
                let wanted = Wanted { services, replies, job, room, place, size, screenful };
                self.read(wanted.open(deleted, make));
            }
            Effect::Read { job, room, place, size, screenful, fresh } => {
                let services = if fresh { services.anew() } else { services };
                let wanted = Wanted { services, replies, job, room, place, size, screenful };
                self.read(wanted.read());
            }
            Effect::Retry { job, room, page } => {
                let (place, size) = (Place::At(page.window()), PageSize::DEFAULT);
                let wanted = Wanted { services, replies, job, room, place, size, screenful: 0 };
                self.read(wanted.retry(page));
            }
            Effect::WaitToReadAgain { job } => self.waiting.start(async move {
                sleep(AGAIN_AFTER).await;
                let _ = replies.send(Msg::Again(job)).await;
            }),
            Effect::Prefetch { job, room, place, size, bytes } => {
                let wanted = Wanted { services, replies, job, room, place, size, screenful: 0 };
                self.ahead.start(wanted.prefetch(bytes));
            }
            Effect::StopPrefetch => self.ahead.stop(),
            Effect::Seek { job, room, goal } => self.seeking.start(async move {
                let sought = services.patient_reader().seek_as_of(&room.id.stream(), goal).await;
                let (as_of, landing) = match sought {
                    Ok((landing, as_of)) => (as_of, Ok(landing)),
                    Err(error) => (None, Err(error.fault())),
                };
                let _ = replies.send(Msg::Sought(job, as_of, landing)).await;
            }),
            Effect::LookUp { job, room } => self.seeking.start(async move {
                let info = services.patient_reader().state(&room.id.stream()).await;
                let info = info.map(|info| info.map(Box::new)).map_err(|error| error.fault());
                let _ = replies.send(Msg::LookedUp(job, info)).await;
            }),
            Effect::Survey { job, room } => self.sampling.start(async move {
                let survey = services.patient_reader().survey(&room.id.stream()).await;
                let survey = survey.map(|survey| survey.map(Box::new));
                let reply = Msg::Surveyed(job, survey.map_err(|error| error.fault()));
                let _ = replies.send(reply).await;
            }),
            Effect::StopSurvey => {
                self.sampling.stop();
                self.asking.stop();
            }
            Effect::AskTime { job, room, seq } => self.asking.start(async move {
                let found = services.patient_reader().first_from(&room.id.stream(), seq).await;
                let reply = Msg::Asked(job, seq, found.map_err(|error| error.fault()));
                let _ = replies.send(reply).await;
            }),
            Effect::AskWhy { job, room, list, get } => {
                let wanted = why::Wanted { room, list, get };
                self.why.start(wanted.ask(services.patient_reader(), replies, job));
            }
            Effect::StopWhy => self.why.stop(),
            Effect::Amend { job, room, seen } => {
                self.writing.retain(|job| !job.is_finished());
                let change = change(services, replies, job, room, seen);
                self.writing.push(tokio::spawn(change));
            }
            Effect::Copy { what, text } => {
                tokio::spawn(copy(services.tty, replies, what, text));
            }
            Effect::ExpireToast { id, after_ms } => {
                tokio::spawn(async move {
                    sleep(Duration::from_millis(after_ms)).await;
                    let _ = replies.send(Msg::ToastExpired(id)).await;
                });
            }
            effect @ (Effect::Suspend | Effect::Redraw | Effect::Quit) => return Some(effect),
        }
        None
    }

    fn read(&mut self, job: impl Future<Output = ()> + Send + 'static) {
        self.ahead.stop();
        self.seeking.stop();
        self.reading.start(job);
    }

    /// Whether a listing, a read or a change is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.listing.is_busy()
            || self.reading.is_busy()
            || self.seeking.is_busy()
            || self.sampling.is_busy()
            || self.asking.is_busy()
            || self.why.is_busy()
            || self.writing.iter().any(|job| !job.is_finished())
    }

    /// Abandons reads, and waits for changes of streams that were sent: the server makes them in
    /// any case, and the program should not end in the middle of one.
    pub async fn finish(self) {
        drop((self.listing, self.reading, self.ahead));
        drop((self.seeking, self.waiting, self.sampling, self.asking, self.why));
        for job in self.writing {
            // An amend is two requests. Where answers may take longer, a person who quits does
            // not wait for them.
            let _ = timeout(OP_TIMEOUT * 2, job).await;
        }
    }
}

async fn list(services: Services, replies: Sender<Msg>, job: Job, known: Vec<Room>) {
    let (pieces, mut out) = mpsc::channel(16);
    let (store, reader) = (services.patient(|_| {}), services.reader);
    let began = Instant::now();
    let told = async {
        while let Some(piece) = out.recv().await {
            if let Listed::Found(found) = &piece {
                for (id, found) in found {
                    if let Found::Stream(info) = found {
                        reader.heard(&id.stream(), info, began);
                    }
                }
            }
            if replies.send(Msg::Listed(job, piece)).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(list_rooms(store, known, pieces), told);
}

async fn change(
    services: Services,
    replies: Sender<Msg>,
    job: Job,
    room: Box<Room>,
    seen: Box<StreamInfo>,
) {
    let amended = amend(services.store.as_ref(), &room, &seen).await;
    let amended = amended.map(|(info, drift)| (Box::new(info), drift));
    let reply = Msg::Amended(job, amended.map_err(|error| error.fault()));
    let _ = replies.send(reply).await;
}

async fn copy(tty: Option<Tty>, replies: Sender<Msg>, what: String, text: String) {
    let copied = match tty {
        Some(tty) => spawn_blocking(move || clipboard::copy(&tty, &text))
            .await
            .unwrap_or_else(|error| Err(error.to_string())),
        None => Err("there is no terminal".into()),
    };
    let copied = copied.map_err(|why| Fault::new(FaultKind::NotTried, why).text);
    let _ = replies.send(Msg::Copied(what, copied)).await;
}
