//! Getting connected and staying so, in a task of its own.
//!
//! Each connection is one client of the library, to one address, told what was given for that
//! address and nothing else. The library's own list of servers knows one login for all, ends with
//! the first server that refuses, and waits for a silent one before it tries the next.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, Event, ServerError};
use bytes::Bytes;
use serde::Deserialize;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::flow::Flows;
use super::permissions::Denials;
use super::plan::Plan;
use super::status::{Status, backoff};
use super::subjects::Subjects;
use super::url::Address;

/// Commands that may wait for the socket: more than a page's requests in flight.
const CLIENT_CAPACITY: usize = 4096;
/// Messages that may wait in a subscription (the seeder's acknowledgements).
const SUBSCRIPTION_CAPACITY: usize = 8192;
/// Longest wait for the account's name, which is nice to know.
const IDENTIFY_TIMEOUT: Duration = Duration::from_secs(1);
/// A connection that lasted no longer than this does not begin the waits between attempts anew.
const SHORT: Duration = Duration::from_secs(5);
/// How many times as long as usual a server may take for a sign of life.
const MOST_PATIENCE: u32 = 8;
/// Servers of a cluster that are taken from what it announces.
const MOST_ANNOUNCED: usize = 16;
/// Characters of such an address: a host name of 255 (RFC 1035 section 2.3.4) and a port.
const LONGEST_ANNOUNCED: usize = 261;

/// What requests, the supervisor and the client library's callbacks share.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) status: Status,
    pub(super) denials: Denials,
    pub(super) subjects: Subjects,
    pub(super) flows: Flows,
    /// Requests for which nothing was received at all, not even for another one.
    pub(super) unheard: watch::Sender<u64>,
    /// Longest wait for an answer.
    pub(super) wait: Duration,
    client: RwLock<Option<Arc<Client>>>,
}

/// A connection that was made.
pub(super) struct Connected {
    pub(super) client: Arc<Client>,
    pub(super) address: Address,
    pub(super) life: Arc<Life>,
}

/// What becomes of one client of the library.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// Times it set out to connect; more than once is after a loss.
    tries: AtomicU32,
    /// The supervisor noted the loss.
    is_over: AtomicBool,
    lost: Notify,
}

impl Life {
    /// Whether it may tell who connects: each connection is made by the link, and told once.
    pub(super) fn may_tell(&self) -> bool {
        self.tries.load(Ordering::Acquire) <= 1
    }
}

/// Answered by the server itself (2.8+), or by its word that nobody answers.
pub(super) const USER_INFO: &str = "$SYS.REQ.USER.INFO";

impl Link {
    pub(super) fn new(tried: String, plan: &Plan) -> Arc<Self> {
        Arc::new(Self {
            status: Status::new(tried),
            denials: Denials::default(),
            subjects: plan.subjects.clone(),
            flows: Flows::default(),
            unheard: watch::Sender::new(0),
            wait: plan.timeout,
            client: RwLock::new(None),
        })
    }

    /// The client, when it is connected as far as anyone knows.
    pub(super) fn live(&self) -> Option<Arc<Client>> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        (self.status.is_up() && client.connection_state() == State::Connected).then_some(client)
    }

    /// Stays connected, without end; `first` is a connection that was taken already.
    pub(super) async fn run(self: Arc<Self>, plan: Plan, mut first: Option<Connected>) {
        let mut addresses = plan.addresses.clone();
        let (mut short, mut lost) = (0, Vec::new());
        // A server that was left and is back at once is only far away.
        let (mut patience, mut left): (u32, Option<(Address, Instant)>) = (1, None);
        loop {
            let connected = match first.take() {
                Some(taken) => taken,
                None => {
                    let mut failed = Vec::new();
                    let tried = self.race(&plan, &addresses, plan.timeout, true, &mut failed);
                    // Tried without end, it ends with a connection only.
                    let Some(connected) = tried.await else { return };
                    self.take(&connected);
                    connected
                }
            };
            let began = Instant::now();
            patience = match left.take() {
                Some((left, when)) if left == connected.address && when.elapsed() < SHORT => {
                    (patience * 2).min(MOST_PATIENCE)
                }
                _ => 1,
            };
            tokio::select! {
                () = connected.life.lost.notified() => self.status.note_lost(),
                silent = self.silence(&connected.client, patience) => {
                    self.status.note_silent(silent);
                    left = Some((connected.address.clone(), Instant::now()));
                }
            }
            connected.life.is_over.store(true, Ordering::Release);
            *self.client.write().unwrap_or_else(PoisonError::into_inner) = None;
            let was_short = began.elapsed() < SHORT;
            if !was_short {
                lost.clear();
            }
            lost.retain(|address| *address != connected.address);
            addresses.clone_from(&plan.addresses);
            if plan.may_follow() {
                addresses.extend(announced(&connected.client, &plan.addresses));
            }
            lost.push(connected.address);
            lost.retain(|address| addresses.contains(address));
            // The lost ones last, and the last of them at the end: each may take connections and
            // drop them.
            addresses
                .sort_by_key(|address| lost.iter().position(|it| it == address).map(|at| at + 1));
            // A server that takes connections and drops them is asked more and more seldom.
            short = if was_short { short + 1 } else { 1 };
            sleep(backoff(short)).await;
        }
    }

    /// Requests go over this connection from now on.
    pub(super) fn take(&self, connected: &Connected) {
        self.denials.forget();
        let client = Arc::clone(&connected.client);
        let info = client.server_info();
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = Some(client);
        let address = &connected.address.addr;
        let address = host_port(address.host(), address.port());
        self.status.connected(&address, &info.server_name, &info.version);
    }

    /// Learns the account's name. Whether the account may ask for it.
    pub(super) async fn identify(&self, client: &Client) -> bool {
        let mut denied = self.denials.watch(USER_INFO);
        let reply = tokio::select! {
            reply = timeout(IDENTIFY_TIMEOUT, client.request(USER_INFO, Bytes::new())) => reply,
            _ = denied.denied() => return false,
        };
        if let Ok(Ok(reply)) = reply {
            let user = serde_json::from_slice::<UserInfo>(&reply.payload);
            if let Some(account) = user.ok().and_then(UserInfo::account) {
                self.status.account(&account);
            }
        }
        true
    }

    /// Sets the callbacks. They hold the link weakly: it holds the client that holds them.
    pub(super) fn watched(
        self: &Arc<Self>,
        options: async_nats::ConnectOptions,
        life: &Arc<Life>,
    ) -> async_nats::ConnectOptions {
        let (link, on_attempt, end) =
            (Arc::downgrade(self), Arc::clone(life), End(Arc::clone(life)));
        options
            .client_capacity(CLIENT_CAPACITY)
            .subscription_capacity(SUBSCRIPTION_CAPACITY)
            // An event is dropped where others wait to be taken; this call is not.
            .reconnect_delay_callback(move |_| {
                if on_attempt.tries.fetch_add(1, Ordering::AcqRel) > 0 {
                    on_attempt.lost.notify_one();
                }
                Duration::ZERO
            })
            .event_callback(move |event| {
                let End(life) = &end;
                match event {
                    Event::Disconnected => life.lost.notify_one(),
                    // A late one of a lost connection is nothing to the next.
                    Event::ServerError(ServerError::Other(text))
                        if !life.is_over.load(Ordering::Acquire) =>
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

/// Servers that the cluster announced and that were not given, each once.
fn announced(client: &Client, given: &[Address]) -> Vec<Address> {
    let mut all: Vec<Address> = Vec::new();
    for url in client.server_info().connect_urls {
        let Ok(one) = Address::parse(&url) else { continue };
        let is_known = given.iter().chain(&all).any(|it| it.is_same_server(&one));
        if !is_known && url.len() <= LONGEST_ANNOUNCED && all.len() < MOST_ANNOUNCED {
            all.push(one);
        }
    }
    all
}

/// Tells of the loss where the library's tasks end without a word, as after a panic in one.
struct End(Arc<Life>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.lost.notify_one();
    }
}

fn host_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Answer to `$SYS.REQ.USER.INFO`.
#[derive(Deserialize)]
struct UserInfo {
    data: Option<UserData>,
}

#[derive(Deserialize)]
struct UserData {
    account: Option<String>,
    /// Server 2.11+; an account made by an operator has a key for its `account`.
    account_name: Option<String>,
}

impl UserInfo {
    fn account(self) -> Option<String> {
        let data = self.data?;
        let name = data.account_name.filter(|name| !name.is_empty());
        name.or(data.account).filter(|name| !name.is_empty())
    }
}
