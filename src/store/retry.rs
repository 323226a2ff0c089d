//! A store that asks again for what failed for a passing reason.
//!
//! An election takes 4 to 9 s, a server that is restarted some more, and a lost connection is mostly
//! back in a second. Whoever reads through such a time wants what there is, not the news that it
//! could not be had just then. So a read that met no connection, no leader or no answer is sent again
//! once its stream gives a sign of life. One read asks for that, once a second, and is the first to be
//! sent again; all others that wait follow when it is answered. Writes are never sent again.

mod store;
#[cfg(test)]
mod tests;
mod waited;
mod way;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::{HistoryStore, StoreError};
use crate::domain::{Connection, Fault, FaultKind};
use waited::Waited;
use way::{Of, Way};

/// How long after a read failed it is asked for again, unless something else is said. An election
/// takes 4 to 9 s.
pub const RETRY_FOR: Duration = Duration::from_secs(20);
/// How often as long is waited in all.
const WAITS: u32 = 3;
/// After a wait in vain, others are as much shorter.
const AFTERWARDS: u32 = 4;

/// Waits before a sign of life is asked for; the last one from then on.
const PACE: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1)];
/// Longest wait for one, while others are asked for: one that met no leader is never answered.
const SIGN: Duration = Duration::from_secs(5);
/// A way on which no read was answered for so long, with one under way, is asked for a sign of life.
const QUIET: Duration = Duration::from_millis(1500);
/// How often it is looked at whether that is so.
const LOOK: Duration = Duration::from_millis(250);
/// A way that gives its sign sooner is not told of: the request may have been lost.
const PROMPT: Duration = Duration::from_millis(400);

/// What is told of a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// This failed, and is asked for again for so long at the most.
    Begun(Fault, Duration),
    /// So long after the request was sent that failed, reading goes on.
    Over(Duration),
}

/// Takes in what is told.
type Tell = Box<dyn Fn(Wait) + Send + Sync>;

/// A store that asks another one again. It lives as long as a command, the reading of a page or a
/// request over HTTP does.
pub struct Retrying {
    store: Arc<dyn HistoryStore>,
    most: Duration,
    tell: Tell,
    ways: Mutex<HashMap<Of, Arc<Way>>>,
    waited: Waited,
    /// Whether a wait was in vain.
    in_vain: AtomicBool,
}

impl Retrying {
    /// Asks `store` again for up to `most` after something failed, and three times as long in all;
    /// zero for not at all.
    pub fn new(
        store: Arc<dyn HistoryStore>,
        most: Duration,
        tell: impl Fn(Wait) + Send + Sync + 'static,
    ) -> Self {
        let (ways, waited) = (Mutex::default(), Waited::default());
        let in_vain = AtomicBool::new(false);
        Self { store, most, tell: Box::new(tell), ways, waited, in_vain }
    }

    fn way(&self, of: &Of) -> Arc<Way> {
        Arc::clone(lock(&self.ways).entry(of.clone()).or_default())
    }

    fn is_spent(&self) -> bool {
        self.waited.all() >= self.most * WAITS
    }

    /// Ends when what was sent then is overtaken by others, or nothing was answered for a while and
    /// there is a leader all the same; also, with false, when none showed in time.
    async fn seems_lost(&self, of: &Of, way: &Way, sent: Instant, has_turn: bool) -> bool {
        if self.is_spent() || *of == Of::List {
            return std::future::pending().await;
        }
        loop {
            sleep(LOOK).await;
            if way.is_overtaken(sent) {
                return true;
            }
            let turn = way.turn.try_lock();
            if way.is_silent(sent, QUIET) && (has_turn || turn.is_ok()) {
                let left = self.left(way, way.unanswered(sent, true));
                let _waiting = self.waited.begin();
                let mut sign = pin!(self.sign_of_life(of, way));
                if timeout(PROMPT, &mut sign).await.is_ok() {
                    return true;
                }
                self.tell(way, || of.silent(sent.elapsed()).fault());
                return timeout(left, sign).await.is_ok();
            }
        }
    }

    /// Waits until there is a sign of life, after `error`. Whether there is one in time.
    async fn is_alive(&self, of: &Of, way: &Way, error: &StoreError, failed: Instant) -> bool {
        let _waiting = self.waited.begin();
        let end = Instant::now() + self.left(way, failed);
        let mut sign = pin!(self.sign_of_life(of, way));
        // Of a step-down nobody need be told.
        let prompt = end.min(Instant::now() + PROMPT);
        if error.kind != FaultKind::Disconnected && timeout_at(prompt, &mut sign).await.is_ok() {
            return true;
        }
        self.tell(way, || error.fault());
        timeout_at(end, sign).await.is_ok()
    }

    /// How long a wait may take. Where another one was in vain, few servers may be left; what never
    /// was answered most likely is not now, either.
    fn patience(&self, way: &Way) -> Duration {
        let is_short = self.in_vain.load(Ordering::Acquire) && !way.was_answered();
        if is_short { self.most / AFTERWARDS } else { self.most }
    }

    /// What is left of the wait for something that failed then.
    fn left(&self, way: &Way, failed: Instant) -> Duration {
        let in_all = (self.most * WAITS).saturating_sub(self.waited.all());
        self.patience(way).saturating_sub(failed.elapsed()).min(in_all)
    }

    /// Tells of an outage, once.
    fn tell(&self, way: &Way, fault: impl FnOnce() -> Fault) {
        if way.is_news() {
            (self.tell)(Wait::Begun(fault(), self.patience(way)));
        }
    }

    /// Ends once the leader answers, or says that it never will.
    async fn sign_of_life(&self, of: &Of, way: &Way) {
        let mut connection = self.store.connection();
        let mut asked = FuturesUnordered::new();
        let pace = |asked| {
            let pace = PACE.get(way.signs(asked)).copied();
            Instant::now() + pace.unwrap_or(Duration::from_secs(1))
        };
        let (mut due, mut signs) = (pace(0), 0);
        loop {
            if !connection.borrow().is_up() {
                asked.clear();
                let settled = |now: &Connection| now.is_up() || now.is_denied();
                // What is refused, or gone for good, the next request tells of.
                if !connection.wait_for(settled).await.is_ok_and(|now| now.is_up()) {
                    return;
                }
                due = Instant::now();
            }
            tokio::select! {
                Some(answered) = asked.next() => if answered == Ok(true) { return },
                () = sleep_until(due) => {
                    way.count_sign();
                    asked.push(timeout(SIGN, self.is_answered(of, way)));
                    signs += 1;
                    due = pace(signs);
                }
                changed = connection.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Whether one small request is answered by a leader.
    async fn is_answered(&self, of: &Of, way: &Way) -> bool {
        let answer = match of {
            Of::Names | Of::List => self.store.names(0).await.map(|_| true),
            Of::Stream(stream) => self.store.info(stream, false).await.map(|it| !it.leaderless),
        };
        answer.unwrap_or_else(|error| !way.may_pass(&error.kind))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
