//! What is known of the way to one leader: whether it answers, and since when it does not.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

use crate::domain::{Cost, Fault, FaultKind, StreamName};
use crate::store::StoreError;

/// A request is overtaken once one was answered that was sent so much later.
const LATER: Duration = Duration::from_millis(500);

/// What a request is about: what has a leader of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Of {
    Names,
    /// The states of all streams: with a dead server the list takes 4 s, however soon names come.
    List,
    Stream(StreamName),
}

impl Of {
    /// What is done with it.
    pub(super) fn what(&self) -> String {
        match self {
            Self::Names | Self::List => "list the streams".to_owned(),
            Self::Stream(stream) => format!("read {stream}"),
        }
    }

    /// The error of a request that is not answered for so long.
    pub(super) fn silent(&self, time: Duration) -> StoreError {
        let detail = format!("no answer within {:.1} s", time.as_secs_f32());
        StoreError::new(FaultKind::Timeout, self.what(), detail)
    }
}

/// The way to one leader.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// Whoever holds it asks for all others that wait.
    pub(super) turn: Turn<()>,
    state: Mutex<State>,
    failed: AtomicU64,
    signs: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// When a read was answered last.
    answered: Option<Instant>,
    /// When the latest of those that were answered had been sent.
    sent: Option<Instant>,
    /// How long the quickest answer took.
    quickest: Option<Duration>,
    outage: Option<Outage>,
    /// Why nothing is asked any more.
    given_up: Option<Fault>,
}

/// A time in which no read was answered.
#[derive(Debug)]
struct Outage {
    /// When the first one was sent that failed, and when it did.
    sent: Instant,
    failed: Instant,
    /// Whether nothing failed otherwise.
    is_silence: bool,
    is_told: bool,
    /// Signs of life that were asked for.
    signs: usize,
}

impl Way {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a failure may be over in a moment. That nobody serves JetStream is one where
    /// somebody just did, or something else failed just before.
    pub(super) fn may_pass(&self, kind: &FaultKind) -> bool {
        let state = self.state();
        let did = || state.answered.is_some() || state.outage.is_some();
        kind.may_pass() || *kind == FaultKind::NoJetStream && did()
    }

    /// A read that was sent then was answered. Gives how long it took since the first that was not,
    /// if that was told of.
    pub(super) fn answered(&self, sent: Instant) -> Option<Duration> {
        let mut state = self.state();
        state.answered = Some(Instant::now());
        state.sent = state.sent.max(Some(sent));
        let took = sent.elapsed();
        state.quickest = Some(state.quickest.map_or(took, |quickest| quickest.min(took)));
        // What was on its way already when another failed shows nothing; where there was but silence,
        // it does.
        let ends = |outage: &mut Outage| outage.is_silence || sent > outage.failed;
        let outage = state.outage.take_if(ends).filter(|outage| outage.is_told);
        outage.map(|outage| outage.sent.elapsed())
    }

    /// Whether something was answered that was sent after this time.
    pub(super) fn is_open_since(&self, time: Instant) -> bool {
        self.state().sent.is_some_and(|sent| sent > time)
    }

    /// Whether any read was ever answered.
    pub(super) fn was_answered(&self) -> bool {
        self.state().answered.is_some()
    }

    pub(super) fn is_answered_since(&self, time: Instant) -> bool {
        self.state().answered.is_some_and(|answered| answered > time)
    }

    /// Whether there was no answer for so long, or three times what the quickest one took, to what
    /// was sent then or later.
    pub(super) fn is_silent(&self, sent: Instant, time: Duration) -> bool {
        let state = self.state();
        let since = state.answered.map_or(sent, |answered| answered.max(sent));
        since.elapsed() >= time.max(state.quickest.unwrap_or_default() * 3)
    }

    /// Whether later requests were answered and one that was sent then was not.
    pub(super) fn is_overtaken(&self, sent: Instant) -> bool {
        self.state().sent.is_some_and(|latest| latest > sent + LATER)
    }

    /// A read that was sent then is not answered, or failed. Gives since when that is so.
    pub(super) fn unanswered(&self, sent: Instant, is_silence: bool) -> Instant {
        let mut state = self.state();
        let failed = Instant::now();
        let new = || Outage { sent, failed, is_silence, is_told: false, signs: 0 };
        let outage = state.outage.get_or_insert_with(new);
        outage.is_silence &= is_silence;
        outage.failed
    }

    /// Whether this outage is to be told of: once.
    pub(super) fn is_news(&self) -> bool {
        let mut state = self.state();
        state.outage.as_mut().is_some_and(|outage| !std::mem::replace(&mut outage.is_told, true))
    }

    /// The signs of life that were asked for in this outage, and one more; `asked` where there is none
    /// just now.
    pub(super) fn signs(&self, asked: usize) -> usize {
        self.state().outage.as_mut().map_or(asked, |outage| {
            outage.signs += 1;
            outage.signs - 1
        })
    }

    /// Others were answered meanwhile: what failed is of no concern to them.
    pub(super) fn is_over(&self) {
        self.state().outage = None;
    }

    /// Nothing is asked from now on.
    pub(super) fn give_up(&self, fault: Fault) {
        self.state().given_up.get_or_insert(fault);
    }

    /// The error of what is not asked any more.
    pub(super) fn given_up(&self, of: &Of) -> Option<StoreError> {
        let fault = self.state().given_up.clone()?;
        let detail = format!("not asked again, since this failed before: {}", fault.text);
        Some(StoreError::new(fault.kind, of.what(), detail))
    }

    /// One more request that failed, or was given up for another like it.
    pub(super) fn count_failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// One more request for a sign of life.
    pub(super) fn count_sign(&self) {
        self.signs.fetch_add(1, Ordering::Relaxed);
    }

    /// What was sent besides what was asked for.
    pub(super) fn repeated(&self) -> Cost {
        let (info, failed) =
            (self.signs.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed));
        Cost { info, failed, ..Cost::default() }
    }
}
