//! Whether the server at the other end still says anything.
//!
//! A server that is stopped, or a way to it that is cut, leaves the connection open: nothing fails,
//! and nothing comes. The library's own pings take half a minute to tell, and cannot be made quicker:
//! it counts whole messages, and on a slow line one of them may take longer than that. So bytes are
//! counted here, and a server that sent none for a while is asked for something that it answers by
//! itself, without JetStream and without the rest of its cluster.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::Client;
use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use super::connect::Link;

/// Answered by the server itself (2.8+), or by its word that nobody answers.
pub(super) const USER_INFO: &str = "$SYS.REQ.USER.INFO";
/// Silence after which the server is asked for a sign of life.
const QUIET: Duration = Duration::from_millis(2500);
/// Least wait for it. Where answers may take longer than by default, so may this.
const LEAST: Duration = Duration::from_secs(2);

/// How often bytes are counted in the time for which there should be none.
const LOOKS: u32 = 8;

/// Ends when no byte came over the connection for so long, give or take an eighth.
pub(super) async fn nothing_received(client: &Client, time: Duration) {
    let statistics = client.statistics();
    let mut before = statistics.in_bytes.load(Ordering::Relaxed);
    let mut quiet = 0;
    while quiet < LOOKS {
        sleep(time / LOOKS).await;
        let now = statistics.in_bytes.load(Ordering::Relaxed);
        quiet = if now == before { quiet + 1 } else { 0 };
        before = now;
    }
}

/// What came of asking for a sign of life.
enum Sign {
    Given,
    NotGiven,
    /// The account may not ask.
    Denied,
}

impl Link {
    /// Ends when the server was silent for 2.5 s and then gave no sign of life, and gives how long
    /// that took; 3.2 to 4.5 s with the default wait for answers. Never ends where the account may
    /// not ask: then only the library's pings tell.
    pub(super) async fn silence(&self, client: &Client) -> Duration {
        let statistics = client.statistics();
        let received = || statistics.in_bytes.load(Ordering::Relaxed);
        let wait = LEAST.max(self.wait * 2 / 5);
        // Where bytes come all the time it is not known when the last one did: half the time then
        // makes silences of 1.25 to 2.5 s.
        let mut window = QUIET / 2;
        loop {
            let (before, began) = (received(), Instant::now());
            sleep(window).await;
            window = QUIET / 2;
            if received() != before {
                continue;
            }
            let asked = Instant::now();
            match self.sign_of_life(client, wait).await {
                Sign::Denied => std::future::pending().await,
                Sign::Given => window = QUIET,
                // After a stop of this program the time is over before anything was looked at.
                Sign::NotGiven if received() == before && asked.elapsed() < wait * 2 => {
                    return began.elapsed();
                }
                Sign::NotGiven => {}
            }
        }
    }

    async fn sign_of_life(&self, client: &Client, wait: Duration) -> Sign {
        let mut denied = self.denials.watch(USER_INFO);
        tokio::select! {
            reply = timeout(wait, client.request(USER_INFO, Bytes::new())) => match reply {
                Ok(_) => Sign::Given,
                Err(_) => Sign::NotGiven,
            },
            _ = denied.denied() => Sign::Denied,
        }
    }
}
