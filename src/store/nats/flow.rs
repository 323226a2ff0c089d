//! How long an answer may take while others come.
//!
//! On a slow line the answers that were asked for together come one after another, and the last of
//! them long after it was asked for. That is no silence. So the time for an answer begins anew with
//! each that comes of the same stream.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How often the time for an answer a request may take in all. One answer may be lost while
/// others come.
const LONGEST: u32 = 4;

/// The answers of all streams that are waited for.
#[derive(Debug, Default)]
pub(super) struct Flows(Mutex<HashMap<String, Weak<Flow>>>);

/// The answers of one stream.
#[derive(Debug)]
pub(super) struct Flow {
    last: Mutex<Instant>,
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
        let flow = Arc::new(Flow { last: Mutex::new(Instant::now()) });
        flows.insert(name.to_owned(), Arc::downgrade(&flow));
        flow
    }
}

impl Flow {
    /// An answer came.
    pub(super) fn answered(&self) {
        *lock(&self.last) = Instant::now();
    }

    /// Ends when no answer came for `wait`, from now on.
    pub(super) async fn dry(&self, wait: Duration) {
        let began = Instant::now();
        loop {
            let end = (*lock(&self.last)).max(began) + wait;
            let end = end.min(began + wait * LONGEST);
            if Instant::now() >= end {
                return;
            }
            sleep_until(end).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_answer_of_the_stream_gives_the_others_time_up_to_a_bound() {
        let wait = Duration::from_millis(60);
        let flows = Flows::default();
        let (flow, same) =
            (flows.of("$JS.API.STREAM.MSG.GET.A"), flows.of("$JS.API.STREAM.INFO.A"));
        assert!(Arc::ptr_eq(&flow, &same) && !Arc::ptr_eq(&flow, &flows.of("x.B")));
        let began = Instant::now();
        flow.dry(wait).await;
        assert!(began.elapsed() >= wait);
        let began = Instant::now();
        let answers = async {
            loop {
                same.answered();
                tokio::time::sleep(wait / 4).await;
            }
        };
        tokio::select! {
            () = flow.dry(wait) => assert!(began.elapsed() >= wait * LONGEST),
            () = answers => {}
        }
    }
}
