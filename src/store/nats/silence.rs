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

use super::connect::{Link, USER_INFO};

/// Silence after which the server is asked for a sign of life.
const QUIET: Duration = Duration::from_secs(2);
/// How often the bytes that came are counted.
const LOOK: Duration = Duration::from_millis(750);
/// Least wait for a sign of life. Where answers may take longer than by default, so may this.
const LEAST: Duration = Duration::from_secs(2);
/// Parts of a time for which nothing should come, after each of which that is looked at.
const PARTS: u32 = 8;

/// Ends when no byte came over the connection for so long, give or take an eighth.
pub(super) async fn nothing_received(client: &Client, time: Duration) {
    let statistics = client.statistics();
    let mut before = statistics.in_bytes.load(Ordering::Relaxed);
    let mut quiet = 0;
    while quiet < PARTS {
        sleep(time / PARTS).await;
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
    /// Learns the account's name, and ends when the server was silent for 2 s and then gave no sign of
    /// life for 2 s, or `patience` times as long; gives how long it said nothing, give or take a look. Where the account may not ask
    /// for one, it ends with the first request for which nothing was received at all.
    pub(super) async fn silence(&self, client: &Client, patience: u32) -> Duration {
        let mut unheard = self.unheard.subscribe();
        let statistics = client.statistics();
        let received = || statistics.in_bytes.load(Ordering::Relaxed);
        let wait = LEAST.max(self.wait * 2 / 5) * patience;
        let (mut before, mut last) = (received(), Instant::now());
        if !self.identify(client).await {
            return self.first(&mut unheard).await;
        }
        loop {
            sleep(LOOK.min(QUIET.saturating_sub(last.elapsed()))).await;
            let now = received();
            if now != before {
                (before, last) = (now, Instant::now());
            }
            if last.elapsed() < QUIET {
                continue;
            }
            let asked = Instant::now();
            match self.sign_of_life(client, wait).await {
                Sign::Denied => return self.first(&mut unheard).await,
                // After a stop of this program the time is over before anything was looked at.
                Sign::NotGiven if received() == before && asked.elapsed() < wait * 2 => {
                    return last.elapsed();
                }
                Sign::Given | Sign::NotGiven => (before, last) = (received(), Instant::now()),
            }
        }
    }

    /// The time of the next request for which nothing was received.
    async fn first(&self, unheard: &mut tokio::sync::watch::Receiver<u64>) -> Duration {
        unheard.mark_unchanged();
        // Its sender lives as long as the link.
        let _ = unheard.changed().await;
        self.wait
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
