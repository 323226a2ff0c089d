//! Getting connected and staying so, in a task of its own.
//!
//! Each connection is one client of the library, to one address, told what was given for that
//! address and nothing else. The library's own list of servers knows one login for all, ends with
//! the first server that refuses, and waits for a silent one before it tries the next.

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectError, Event, ServerError};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
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
/// How long a server may be silent before the next of the list is tried besides.
const STAGGER: Duration = Duration::from_secs(1);

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

    /// Connects to the first address that can be connected to, within `limit`. They are tried in
    /// their order, and the next one besides when one is silent.
    ///
    /// # Errors
    /// Why each of them could not be.
    pub(super) async fn any(
        self: &Arc<Self>,
        plan: &Plan,
        addresses: &[Address],
        limit: Duration,
    ) -> Result<Connected, StoreError> {
        let end = Instant::now() + limit;
        let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        let stagger = STAGGER.min(limit / count.saturating_mul(2).max(1));
        let mut failed: Vec<(&Address, Failed)> = Vec::new();
        let mut waiting = addresses.iter();
        let mut trying = FuturesUnordered::new();
        let mut next = Instant::now();
        loop {
            tokio::select! {
                biased;
                Some(done) = trying.next() => match done {
                    (_, Ok(connected)) => return Ok(connected),
                    (address, Err(failure)) => {
                        failed.push((address, failure));
                        next = Instant::now();
                    }
                },
                () = sleep_until(end) => {
                    let is_silent = |one: &&Address| !failed.iter().any(|(it, _)| it == one);
                    let late = Failed::silent(limit);
                    let silent: Vec<_> = addresses.iter().filter(is_silent).collect();
                    failed.extend(silent.into_iter().map(|address| (address, late.clone())));
                    return Err(failure::of_all(self.status.tried(), &failed));
                }
                () = sleep_until(next), if waiting.len() > 0 => {
                    if let Some(address) = waiting.next() {
                        trying.push(async move { (address, self.one(plan, address).await) });
                    }
                    next = Instant::now() + stagger;
                }
            }
            if trying.is_empty() && waiting.len() == 0 {
                return Err(failure::of_all(self.status.tried(), &failed));
            }
        }
    }

    /// Tries one address.
    async fn one(self: &Arc<Self>, plan: &Plan, address: &Address) -> Result<Connected, Failed> {
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
            Ok(Err(error)) => Failed::new(&error, plan.has_login(address)),
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
        let connected = Arc::new(AtomicBool::new(false));
        let lost = Arc::new(Notify::new());
        let options = self.watched(plan.client(address, &connected), &connected, &lost);
        // A name may stand for several machines, tried one after another: the first may be silent.
        let machines = lookup_host((address.addr.host(), address.addr.port())).await;
        let count = machines.map_or(1, |all| u32::try_from(all.count()).unwrap_or(u32::MAX));
        let options = options.connection_timeout(plan.timeout / count.max(1));
        let client = options.connect(address.addr.clone()).await?;
        connected.store(true, Ordering::Release);
        Ok(Connected { client: Arc::new(client), address: address.clone(), lost })
    }

    /// Stays connected, without end.
    pub(super) async fn run(self: Arc<Self>, plan: Plan, mut first: Option<Connected>) {
        let mut addresses = plan.addresses.clone();
        loop {
            let connected = match first.take() {
                Some(connected) => connected,
                None => self.until_connected(&plan, &addresses).await,
            };
            self.take(&connected);
            let identified = async {
                self.identify(&connected.client).await;
                pending().await
            };
            tokio::select! {
                () = connected.lost.notified() => {}
                () = identified => {}
            }
            self.status.note_lost();
            *self.client.write().unwrap_or_else(PoisonError::into_inner) = None;
            addresses.clone_from(&plan.addresses);
            if plan.may_follow() {
                let known = connected.client.server_info().connect_urls;
                let known = known.iter().filter_map(|url| Address::parse(url).ok());
                let is_new =
                    |one: &Address| !plan.addresses.iter().any(|it| it.is_same_server(one));
                addresses.extend(known.filter(is_new));
            }
            sleep(backoff(1)).await;
        }
    }

    async fn until_connected(self: &Arc<Self>, plan: &Plan, addresses: &[Address]) -> Connected {
        let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        let limit = plan.timeout.saturating_add(STAGGER.saturating_mul(count));
        let mut attempt = 1;
        loop {
            self.status.attempt(attempt);
            match self.any(plan, addresses, limit).await {
                Ok(connected) => return connected,
                Err(error) => self.status.failed(error.fault()),
            }
            sleep(backoff(if self.status.is_denied() { u64::MAX } else { attempt })).await;
            attempt += 1;
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
        connected: &Arc<AtomicBool>,
        lost: &Arc<Notify>,
    ) -> async_nats::ConnectOptions {
        let (link, on_event) = (Arc::downgrade(self), Arc::clone(lost));
        let (connected, on_attempt) = (Arc::clone(connected), Arc::clone(lost));
        options
            .client_capacity(CLIENT_CAPACITY)
            .subscription_capacity(SUBSCRIPTION_CAPACITY)
            // An event is dropped where others wait to be taken; this call is not.
            .reconnect_delay_callback(move |_| {
                if connected.load(Ordering::Acquire) {
                    on_attempt.notify_one();
                }
                Duration::ZERO
            })
            .event_callback(move |event| {
                match event {
                    Event::Disconnected => on_event.notify_one(),
                    Event::ServerError(ServerError::Other(text)) => {
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

fn host_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
