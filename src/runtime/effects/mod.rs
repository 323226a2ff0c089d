//! The executor: carries out effects in tasks, and sends what came of them as messages.

mod jobs;
mod read;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, Sender};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{sleep, timeout};

use crate::app::{Effect, Msg, Purpose};
use crate::domain::Fault;
use crate::store::reader::{AGAIN_AFTER, Reader};
use crate::store::retry::{Retrying, Wait};
use crate::store::{HistoryStore, OP_TIMEOUT, StoreError};

use super::terminal::Tty;
use read::PageRead;

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

    pub fn store(&self) -> &Arc<dyn HistoryStore> {
        &self.store
    }
}

/// What of each kind is under way: one task at most. A new one abandons the former, whose reply
/// nobody waits for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    List,
    Read,
    Ahead,
    Search,
    Wait,
    Survey,
    Time,
    Why,
}

impl Lane {
    /// Which others give way to it.
    const fn abandons(self) -> &'static [Self] {
        match self {
            Self::Read => &[Self::Ahead, Self::Search],
            _ => &[],
        }
    }

    /// Whether somebody waits for what comes of it.
    const fn is_work(self) -> bool {
        !matches!(self, Self::Ahead | Self::Wait)
    }
}

/// A task that ends with this value.
struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Carries out effects. Dropping it abandons what is under way, a change of a stream excepted.
pub struct Executor {
    services: Services,
    replies: Sender<Msg>,
    lanes: HashMap<Lane, Task>,
    writing: Vec<JoinHandle<()>>,
}

impl Executor {
    /// An executor, and where the replies come out: at most `waiting` of them wait there, past
    /// which the tasks wait.
    pub fn new(services: Services, waiting: usize) -> (Self, mpsc::Receiver<Msg>) {
        let (replies, out) = mpsc::channel(waiting);
        (Self { services, replies, lanes: HashMap::new(), writing: Vec::new() }, out)
    }

    /// Starts an effect and returns at once. The effects that are about the loop or the terminal
    /// itself (suspend, redraw, quit) are given back.
    pub fn start(&mut self, effect: Effect) -> Option<Effect> {
        let (services, replies) = (self.services.clone(), self.replies.clone());
        match effect {
            Effect::List { job, known } => {
                self.run(Lane::List, jobs::list(services, replies, job, known));
            }
            Effect::Read { job, room, request, purpose } => {
                let ahead = matches!(purpose, Purpose::Ahead { .. });
                let read = PageRead { services, replies, job, room };
                self.run(if ahead { Lane::Ahead } else { Lane::Read }, read.run(request, purpose));
            }
            Effect::Retry { job, room, page } => {
                self.run(Lane::Read, PageRead { services, replies, job, room }.retry(page));
            }
            Effect::WaitToReadAgain { job } => self.reply(Lane::Wait, async move {
                sleep(AGAIN_AFTER).await;
                Msg::Again(job)
            }),
            Effect::StopPrefetch => self.stop(Lane::Ahead),
            Effect::Seek { job, room, goal } => {
                let reader = services.patient_reader();
                self.reply(Lane::Search, jobs::seek(reader, job, room.id.stream(), goal));
            }
            Effect::LookUp { job, room } => self.reply(Lane::Search, async move {
                let info = services.patient_reader().state(&room.id.stream()).await;
                Msg::LookedUp(job, told(info.map(|info| info.map(Box::new))))
            }),
            Effect::Survey { job, room } => self.reply(Lane::Survey, async move {
                let survey = services.patient_reader().survey(&room.id.stream()).await;
                Msg::Surveyed(job, told(survey.map(|survey| survey.map(Box::new))))
            }),
            Effect::StopSurvey => {
                self.stop(Lane::Survey);
                self.stop(Lane::Time);
            }
            Effect::AskTime { job, room, seq } => self.reply(Lane::Time, async move {
                let found = services.patient_reader().first_from(&room.id.stream(), seq).await;
                Msg::Asked(job, seq, told(found))
            }),
            Effect::AskWhy { job, room, list, get } => self.reply(Lane::Why, async move {
                let reader = services.patient_reader();
                Msg::WhyAsked(job, told(jobs::why(reader, room.id.stream(), list, get).await))
            }),
            Effect::StopWhy => self.stop(Lane::Why),
            Effect::Amend { job, room, seen } => {
                self.writing.retain(|job| !job.is_finished());
                let change = jobs::change(services, replies, job, room, seen);
                self.writing.push(tokio::spawn(change));
            }
            Effect::Copy { what, text } => {
                tokio::spawn(jobs::copy(services.tty, replies, what, text));
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

    fn run(&mut self, lane: Lane, job: impl Future<Output = ()> + Send + 'static) {
        lane.abandons().iter().for_each(|other| self.stop(*other));
        self.lanes.insert(lane, Task(tokio::spawn(job).abort_handle()));
    }

    fn reply(&mut self, lane: Lane, job: impl Future<Output = Msg> + Send + 'static) {
        let replies = self.replies.clone();
        self.run(lane, async move {
            let _ = replies.send(job.await).await;
        });
    }

    fn stop(&mut self, lane: Lane) {
        self.lanes.remove(&lane);
    }

    /// Whether a listing, a read or a change is under way.
    pub fn is_busy(&self) -> bool {
        self.lanes.iter().any(|(lane, task)| lane.is_work() && !task.0.is_finished())
            || self.writing.iter().any(|job| !job.is_finished())
    }

    /// Abandons reads, and waits for changes of streams that were sent: the server makes them in
    /// any case, and the program should not end in the middle of one.
    pub async fn finish(self) {
        drop(self.lanes);
        for job in self.writing {
            // An amend is two requests. Where answers may take longer, a person who quits does
            // not wait for them.
            let _ = timeout(OP_TIMEOUT * 2, job).await;
        }
    }
}

fn told<T>(outcome: Result<T, StoreError>) -> Result<T, Fault> {
    outcome.map_err(|error| error.fault())
}
