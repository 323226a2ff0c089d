//! Getting connected and staying so, in a task of its own.
//!
//! Each connection is one client of the library, to one address, told what was given for that
//! address and nothing else. The library's own list of servers knows one login for all, ends with
//! the first server that refuses, and waits for a silent one before it tries the next.

use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectError, ConnectErrorKind, Event, ServerError};
use bytes::Bytes;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use tempfile::NamedTempFile;
use tokio::net::lookup_host;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::failure::{self, Failed};
use super::permissions::Denials;
use super::plan::Plan;
use super::status::{Status, backoff};
use super::subjects::Subjects;
use super::url::Address;
use super::wire::UserInfo;
use crate::store::StoreError;

/// Commands that may wait for the socket: more than a page's requests in flight.
const CLIENT_CAPACITY: usize = 4096;
/// Messages that may wait in a subscription (the seeder's acknowledgements).
const SUBSCRIPTION_CAPACITY: usize = 8192;
/// Longest wait for the account's name, which is nice to know.
const IDENTIFY_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a server may be silent before the next of the list is tried besides; less where the
/// list is long, so that each has half of the wait.
const STAGGER: Duration = Duration::from_secs(1);
/// Least part of the wait for one of the machines that a name stands for.
const LEAST: Duration = Duration::from_secs(2);
/// A connection that lasted no longer than this does not begin the waits between attempts anew.
const SHORT: Duration = Duration::from_secs(5);
/// Servers of a cluster that are taken from what it announces.
const MOST_ANNOUNCED: usize = 16;
/// An address that nobody can have: connecting to it fails at once.
const NOWHERE: &str = "nats://127.0.0.1:0";

/// What requests, the supervisor and the client library's callbacks share.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) status: Status,
    pub(super) denials: Denials,
    pub(super) subjects: Subjects,
    /// Longest wait for an answer.
    pub(super) wait: Duration,
    client: RwLock<Option<Arc<Client>>>,
}

/// A connection that was made.
pub(super) struct Connected {
    client: Arc<Client>,
    address: Address,
    /// Until the supervisor noted the loss.
    is_up: Arc<AtomicBool>,
    lost: Arc<Notify>,
}

impl Link {
    pub(super) fn new(tried: String, plan: &Plan) -> Arc<Self> {
        Arc::new(Self {
            status: Status::new(tried),
            denials: Denials::default(),
            subjects: plan.subjects.clone(),
            wait: plan.timeout,
            client: RwLock::new(None),
        })
    }

    /// The client, when it is connected as far as anyone knows.
    pub(super) fn live(&self) -> Option<Arc<Client>> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        (self.status.is_up() && client.connection_state() == State::Connected).then_some(client)
    }

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
    async fn race<'a>(
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
        let mut most = 0;
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
                    let wait = backoff(if failure.is_denied() { u64::MAX } else { tries });
                    failed.retain(|(it, _)| *it != address);
                    failed.push((address, failure));
                    if again {
                        waiting.push((next + wait, tries + 1, address));
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

    /// Tries one address.
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
            Ok(Err(error)) => Failed::new(&error, plan.proof(address), began.elapsed()),
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
        let roots = plan.tls.readable()?;
        let options = plan.client(address, roots.as_ref().map(NamedTempFile::path));
        // A name may stand for several machines, tried one after another: the first may be silent.
        let machines = lookup_host((address.addr.host(), address.addr.port())).await;
        let count = machines
            .map_err(|error| ConnectError::with_source(ConnectErrorKind::Dns, error))?
            .count();
        let share = plan.timeout / u32::try_from(count).unwrap_or(u32::MAX).max(1);
        let options = options.connection_timeout(share.max(LEAST).min(plan.timeout));
        let (is_up, lost) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let connecting = self.watched(options, &is_up, &lost).connect(address.addr.clone());
        // The library panics at some lines that no server sends.
        let client = AssertUnwindSafe(connecting).catch_unwind().await.unwrap_or_else(|_| {
            let why = "what it said is no line of the protocol; is it a NATS server?";
            Err(ConnectError::with_source(ConnectErrorKind::Io, why))
        })?;
        is_up.store(true, Ordering::Release);
        // The library would connect again by itself: it has nowhere to go.
        let _ = client.set_server_pool(NOWHERE).await;
        Ok(Connected { client: Arc::new(client), address: address.clone(), is_up, lost })
    }

    /// Stays connected, without end.
    pub(super) async fn run(self: Arc<Self>, plan: Plan, mut first: Option<Connected>) {
        let mut addresses = plan.addresses.clone();
        let mut short = 0;
        loop {
            let connected = match first.take() {
                Some(connected) => Some(connected),
                None => self.race(&plan, &addresses, plan.timeout, true, &mut Vec::new()).await,
            };
            // Tried without end, it ends with a connection only.
            let Some(connected) = connected else { return };
            let began = Instant::now();
            self.take(&connected);
            let identified = async {
                self.identify(&connected.client).await;
                pending().await
            };
            tokio::select! {
                () = connected.lost.notified() => {}
                () = identified => {}
            }
            connected.is_up.store(false, Ordering::Release);
            self.status.note_lost();
            *self.client.write().unwrap_or_else(PoisonError::into_inner) = None;
            addresses.clone_from(&plan.addresses);
            // The lost one last: it may take connections and drop them.
            addresses.sort_by_key(|address| *address == connected.address);
            if plan.may_follow() {
                let known = connected.client.server_info().connect_urls;
                let known = known.iter().filter_map(|url| Address::parse(url).ok());
                let is_new =
                    |one: &Address| !plan.addresses.iter().any(|it| it.is_same_server(one));
                addresses.extend(known.filter(is_new).take(MOST_ANNOUNCED));
            }
            // A server that takes connections and drops them is asked more and more seldom.
            short = if began.elapsed() < SHORT { short + 1 } else { 1 };
            sleep(backoff(short)).await;
        }
    }

    /// Requests go over this connection from now on.
    fn take(&self, connected: &Connected) {
        self.denials.forget();
        let client = Arc::clone(&connected.client);
        let info = client.server_info();
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = Some(client);
        let address = &connected.address.addr;
        let address = host_port(address.host(), address.port());
        self.status.connected(&address, &info.server_name, &info.version);
    }

    /// Learns the account's name.
    async fn identify(&self, client: &Client) {
        let subject = "$SYS.REQ.USER.INFO";
        let mut denied = self.denials.watch(subject);
        let reply = tokio::select! {
            reply = timeout(IDENTIFY_TIMEOUT, client.request(subject, Bytes::new())) => reply,
            _ = denied.denied() => return,
        };
        let Ok(Ok(reply)) = reply else { return };
        let user = serde_json::from_slice::<UserInfo>(&reply.payload);
        if let Some(account) = user.ok().and_then(UserInfo::account) {
            self.status.account(&account);
        }
    }

    /// Sets the callbacks. They hold the link weakly: it holds the client that holds them.
    fn watched(
        self: &Arc<Self>,
        options: async_nats::ConnectOptions,
        is_up: &Arc<AtomicBool>,
        lost: &Arc<Notify>,
    ) -> async_nats::ConnectOptions {
        let link = Arc::downgrade(self);
        let (event_up, attempt_up) = (Arc::clone(is_up), Arc::clone(is_up));
        let (attempt_lost, end) = (Arc::clone(lost), End(Arc::clone(lost)));
        options
            .client_capacity(CLIENT_CAPACITY)
            .subscription_capacity(SUBSCRIPTION_CAPACITY)
            // An event is dropped where others wait to be taken; this call is not.
            .reconnect_delay_callback(move |_| {
                if attempt_up.load(Ordering::Acquire) {
                    attempt_lost.notify_one();
                }
                Duration::ZERO
            })
            .event_callback(move |event| {
                let End(event_lost) = &end;
                match event {
                    Event::Disconnected => event_lost.notify_one(),
                    // A late one of a lost connection is nothing to the next.
                    Event::ServerError(ServerError::Other(text))
                        if event_up.load(Ordering::Acquire) =>
                    {
                        if let Some(link) = link.upgrade() {
                            link.denials.heard(&text, &link.subjects);
                        }
                    }
                    _ => {}
                }
                std::future::ready(())
            })
    }
}

/// Tells of the loss where the library's tasks end without a word, as after a panic in one.
struct End(Arc<Notify>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.notify_one();
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

fn host_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
