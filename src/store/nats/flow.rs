//! How long an answer may take while others come.
//!
//! On a slow line the answers that were asked for together come one after another, and the last of
//! them long after it was asked for; one heavy answer takes as long. Neither is a silence. So the time
//! for an answer begins anew with each that was asked for before it, and while much is received.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How often the time for an answer a request may take in all. One answer may be lost while
/// others come.
const LONGEST: u32 = 4;
/// Bytes that are received in the time for an answer where one is on its way: more than what the
/// server says by itself.
const MUCH: u64 = 16_000;

/// The answers of all streams that are waited for.
#[derive(Debug, Default)]
pub(super) struct Flows(Mutex<HashMap<String, Weak<Flow>>>);

/// The answers of one stream.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// When the last one came, and when it had been asked for.
    last: Mutex<Option<(Instant, Instant)>>,
}

impl Flows {
    /// That of the stream which a request's subject ends with.
    pub(super) fn of(&self, subject: &str) -> Arc<Flow> {
        let name = subject.rsplit('.').next().unwrap_or(subject);
        let mut flows = lock(&self.0);
        if let Some(flow) = flows.get(name).and_then(Weak::upgrade) {
            return flow;
        }
        flows.retain(|_, flow| flow.strong_count() > 0);
        let flow = Arc::new(Flow::default());
        flows.insert(name.to_owned(), Arc::downgrade(&flow));
        flow
    }
}

impl Flow {
    /// An answer came to what was sent then.
    pub(super) fn answered(&self, sent: Instant) {
        *lock(&self.last) = Some((Instant::now(), sent));
    }

    /// Ends when nothing that is on the way to what was sent now came for `wait`. `received` counts
    /// the bytes of the connection.
    pub(super) async fn dry(&self, wait: Duration, received: impl Fn() -> u64) {
        let sent = Instant::now();
        let (mut end, mut before) = (sent + wait, received());
        loop {
            sleep_until(end).await;
            let now = received();
            let last = lock(&self.last).filter(|(_, its)| *its <= sent).map(|(came, _)| came);
            let since = if now >= before + MUCH { Some(end) } else { last };
            end = since.map_or(end, |since| (since + wait).min(sent + wait * LONGEST));
            before = now;
            if Instant::now() >= end {
                return;
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const WAIT: Duration = Duration::from_millis(80);

    /// How often the time for an answer was waited, while something else goes on.
    async fn waits(flow: &Flow, received: impl Fn() -> u64, meanwhile: impl Future) -> u32 {
        let began = Instant::now();
        tokio::select! {
            () = flow.dry(WAIT, received) => {}
            _ = meanwhile => panic!("it goes on"),
        }
        u32::try_from(began.elapsed().as_millis() / WAIT.as_millis()).unwrap()
    }

    async fn again(act: impl Fn()) {
        loop {
            act();
            sleep(WAIT / 8).await;
        }
    }

    #[tokio::test]
    async fn what_was_asked_for_before_gives_time_and_what_was_asked_for_later_does_not() {
        let flows = Flows::default();
        let (flow, same) =
            (flows.of("$JS.API.STREAM.MSG.GET.A"), flows.of("$JS.API.STREAM.INFO.A"));
        assert!(Arc::ptr_eq(&flow, &same) && !Arc::ptr_eq(&flow, &flows.of("x.B")));
        assert_eq!(waits(&flow, || 0, std::future::pending::<()>()).await, 1);
        let earlier = Instant::now();
        let all = waits(&flow, || 0, again(|| same.answered(earlier))).await;
        assert!(all >= LONGEST, "{all}");
        let later = waits(&flow, || 0, again(|| same.answered(Instant::now()))).await;
        assert!(later < LONGEST, "{later}");
    }

    #[tokio::test]
    async fn bytes_on_their_way_give_time() {
        let (flow, bytes) = (Flow::default(), std::cell::Cell::new(0));
        for (n, are_many) in [(MUCH, true), (MUCH / 100, false)] {
            let receive = again(|| bytes.set(bytes.get() + n));
            assert_eq!(waits(&flow, || bytes.get(), receive).await >= LONGEST, are_many);
        }
    }
}
