//! Waiting for a condition, with a bound.

use std::time::{Duration, Instant};

use roomscope::domain::Connection;
use tokio::sync::watch;

/// Longest wait for anything that a test expects to happen.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// Polls until `probe` gives a value.
pub(crate) fn until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + BOUND;
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(Instant::now() < end, "waited {BOUND:?} for {what}");
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
