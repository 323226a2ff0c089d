//! Which of several addresses is connected to: the first that takes it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{ConnectError, ConnectErrorKind};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use tempfile::NamedTempFile;
use tokio::net::lookup_host;
use tokio::time::{Instant, sleep_until, timeout};

use super::connect::{Connected, Life, Link};
use super::failure::{self, Failed};
use super::plan::Plan;
use super::status::{REFUSED, backoff};
use super::url::Address;
use crate::store::StoreError;

/// How long a server may be silent before the next of the list is tried besides; less where the
/// list is long, so that each has half of the wait.
const STAGGER: Duration = Duration::from_secs(1);
/// Least part of the wait for one of the machines that a name stands for.
const LEAST: Duration = Duration::from_secs(2);
/// How often it is told what the servers of a list said, while some are still silent.
const PACE: Duration = Duration::from_secs(1);
/// An address that nobody can have: connecting to it fails at once.
const NOWHERE: &str = "nats://127.0.0.1:0";

impl Link {
    /// Connects to the first address that can be connected to: to be tried once each, within
    /// `limit`.
    ///
    /// # Errors
    /// Why each of them could not be.
    pub(super) async fn once(
        self: &Arc<Self>,
        plan: &Plan,
        limit: Duration,
    ) -> Result<Connected, StoreError> {
        let began = Instant::now();
        let mut failed = Vec::new();
        let raced = timeout(limit, self.race(plan, &plan.addresses, limit, false, &mut failed));
        if let Ok(Some(connected)) = raced.await {
            return Ok(connected);
        }
        let all = with_others(&plan.addresses, &failed, &Failed::silent(began.elapsed()));
        Err(failure::of_all(self.status.tried(), &all))
    }

    /// Tries the addresses in their order, the next one as soon as one failed or was silent for a
    /// while, and takes the first that connects. With `again` each is tried without end, after a
    /// wait of its own. What each said last is in `failed`.
    pub(super) async fn race<'a>(
        self: &Arc<Self>,
        plan: &Plan,
        addresses: &'a [Address],
        limit: Duration,
        again: bool,
        failed: &mut Vec<(&'a Address, Failed)>,
    ) -> Option<Connected> {
        let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        let stagger = STAGGER.min(limit / count.saturating_mul(2).max(1));
        let mut next = Instant::now();
        // By the time at which each may be tried, and the number of that attempt.
        let mut waiting: Vec<(Instant, u64, &Address)> =
            addresses.iter().map(|address| (next, 1, address)).collect();
        let mut trying = FuturesUnordered::new();
        let (mut most, mut told) = (0, next);
        loop {
            let first = waiting.iter().enumerate().min_by_key(|(_, (at, ..))| *at);
            let (first, due) = first.map_or((None, next), |(n, (at, ..))| (Some(n), next.max(*at)));
            tokio::select! {
                biased;
                Some((tries, address, tried)) = trying.next() => {
                    let failure: Failed = match tried {
                        Ok(connected) => return Some(connected),
                        Err(failure) => failure,
                    };
                    next = Instant::now();
                    let wait = if failure.is_denied() { REFUSED } else { backoff(tries) };
                    failed.retain(|(it, _)| *it != address);
                    failed.push((address, failure));
                    if again {
                        waiting.push((next + wait, tries + 1, address));
                    }
                    // Of many servers not after each of them.
                    if again && (trying.is_empty() || told.elapsed() > PACE) {
                        told = next;
                        let so_far = with_others(addresses, failed, &Failed::not_yet());
                        let error = failure::of_all(self.status.tried(), &so_far);
                        self.status.failed(error.fault());
                    }
                }
                () = sleep_until(due), if first.is_some() => {
                    let Some(first) = first else { continue };
                    let (_, tries, address) = waiting.remove(first);
                    most = most.max(tries);
                    if again {
                        self.status.attempt(most);
                    }
                    trying.push(async move { (tries, address, self.one(plan, address).await) });
                    next = Instant::now() + stagger;
                }
                else => return None,
            }
        }
    }

    async fn one(self: &Arc<Self>, plan: &Plan, address: &Address) -> Result<Connected, Failed> {
        let began = Instant::now();
        let tried = timeout(plan.timeout, async {
            match self.attempt(plan, address).await {
                Err(error) if failure::is_junk(&error) && plan.tls.pass_over_junk() => {
                    self.attempt(plan, address).await
                }
                tried => tried,
            }
        });
        let failed = match tried.await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => {
                let hide = |text: &str| plan.hide(address, text);
                Failed::new(&error, plan.proof(address), began.elapsed(), hide)
            }
            Err(_) => Failed::silent(plan.timeout),
        };
        tracing::warn!(address = %address.shown(), why = failed.detail(), "not connected");
        Err(failed)
    }

    async fn attempt(
        self: &Arc<Self>,
        plan: &Plan,
        address: &Address,
    ) -> Result<Connected, ConnectError> {
        let roots = plan.tls.usable()?;
        let life = Arc::new(Life::default());
        let options = plan.client(address, roots.as_ref().map(NamedTempFile::path), &life);
        // A name may stand for several machines, tried one after another: the first may be silent.
        let machines = lookup_host((address.addr.host(), address.addr.port())).await;
        let count = machines
            .map_err(|error| ConnectError::with_source(ConnectErrorKind::Dns, error))?
            .count();
        let share = plan.timeout / u32::try_from(count).unwrap_or(u32::MAX).max(1);
        let options = options.connection_timeout(share.max(LEAST).min(plan.timeout));
        let connecting = self.watched(options, &life).connect(address.addr.clone());
        // The library panics at some lines that no server sends.
        let client = AssertUnwindSafe(connecting).catch_unwind().await.unwrap_or_else(|_| {
            let why = "what it said is no line of the protocol; is it a NATS server?";
            Err(ConnectError::with_source(ConnectErrorKind::Io, why))
        })?;
        // The library would connect again by itself: it has nowhere to go.
        let _ = client.set_server_pool(NOWHERE).await;
        Ok(Connected { client: Arc::new(client), address: address.clone(), life })
    }
}

/// What is known of each address: why it failed, or `other`.
fn with_others<'a>(
    addresses: &'a [Address],
    failed: &[(&'a Address, Failed)],
    other: &Failed,
) -> Vec<(&'a Address, Failed)> {
    let known = |address: &&Address| failed.iter().find(|(it, _)| it == address);
    let all = addresses.iter().map(|address| {
        (address, known(&address).map_or_else(|| other.clone(), |(_, failed)| failed.clone()))
    });
    all.collect()
}
