//! Waiting for a condition, with a bound.

use std::time::{Duration, Instant};

use roomscope::domain::Connection;
use tokio::sync::watch;

/// Longest wait for anything that a test expects to happen.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// Polls until `probe` gives a value.
pub(crate) fn until<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    within(BOUND, what, probe)
}

/// The same with another bound, for what takes longer by itself: members electing a leader.
pub(crate) fn within<T>(bound: Duration, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + bound;
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(Instant::now() < end, "waited {bound:?} for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for a state of the connection.
pub(crate) async fn for_state(
    connection: &mut watch::Receiver<Connection>,
    what: &str,
    wanted: impl Fn(&Connection) -> bool,
) -> Connection {
    let arrived = connection.wait_for(|now| wanted(now));
    if let Ok(state) = tokio::time::timeout(BOUND, arrived).await {
        return state.unwrap().clone();
    }
    panic!("waited {BOUND:?} for {what}; it is {:?}", *connection.borrow());
}
