//! Getting connected and staying so, in a task of its own.
//!
//! Each connection is one client of the library, to one address, told what was given for that
//! address and nothing else. The library's own list of servers knows one login for all, ends with
//! the first server that refuses, and waits for a silent one before it tries the next.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectError, ConnectErrorKind, Event, ServerError};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::permissions::Denials;
use super::plan::Plan;
use super::status::{Status, backoff};
use super::subjects::Subjects;
use super::url::Address;
use super::wire::UserInfo;
use crate::domain::FaultKind;
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

/// Why a server was not connected to.
#[derive(Clone)]
struct Failed {
    kind: FaultKind,
    detail: String,
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
                    let late = Failed { kind: FaultKind::Timeout, detail: no_answer(limit) };
                    let silent: Vec<_> = addresses.iter().filter(is_silent).collect();
                    failed.extend(silent.into_iter().map(|address| (address, late.clone())));
                    return Err(self.failure(&failed));
                }
                () = sleep_until(next), if waiting.len() > 0 => {
                    if let Some(address) = waiting.next() {
                        trying.push(async move { (address, self.one(plan, address).await) });
                    }
                    next = Instant::now() + stagger;
                }
                else => {}
            }
            if trying.is_empty() && waiting.len() == 0 {
                return Err(self.failure(&failed));
            }
        }
    }

    /// Tries one address.
    async fn one(self: &Arc<Self>, plan: &Plan, address: &Address) -> Result<Connected, Failed> {
        let connected = Arc::new(AtomicBool::new(false));
        let lost = Arc::new(Notify::new());
        let options = self.watched(plan.client(address, &connected), &lost);
        match timeout(plan.timeout, options.connect(address.addr.clone())).await {
            Ok(Ok(client)) => {
                connected.store(true, Ordering::Release);
                Ok(Connected { client: Arc::new(client), address: address.clone(), lost })
            }
            Ok(Err(error)) => {
                let failed = why(&error, plan.has_login(address));
                tracing::warn!(address = %address.shown(), why = %failed.detail, "not connected");
                Err(failed)
            }
            Err(_) => Err(Failed { kind: FaultKind::Timeout, detail: no_answer(plan.timeout) }),
        }
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
            self.identify(&connected.client).await;
            connected.lost.notified().await;
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
    pub(super) fn take(&self, connected: &Connected) {
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

    /// Sets the callback. It holds the link weakly: that holds the client that holds it.
    fn watched(
        self: &Arc<Self>,
        options: async_nats::ConnectOptions,
        lost: &Arc<Notify>,
    ) -> async_nats::ConnectOptions {
        let (link, lost) = (Arc::downgrade(self), Arc::clone(lost));
        options
            .client_capacity(CLIENT_CAPACITY)
            .subscription_capacity(SUBSCRIPTION_CAPACITY)
            .reconnect_delay_callback(|_| Duration::ZERO)
            .event_callback(move |event| {
                match event {
                    Event::Disconnected | Event::Closed => lost.notify_one(),
                    Event::ServerError(ServerError::Other(text)) => {
                        with(&link, |link| link.denials.heard(&text, &link.subjects));
                    }
                    _ => {}
                }
                std::future::ready(())
            })
    }

    /// All that failed, in one error; servers that failed alike are named together.
    fn failure(&self, failed: &[(&Address, Failed)]) -> StoreError {
        let all = || failed.iter().map(|(_, one)| &one.kind);
        let denied = all().find(|kind| matches!(kind, FaultKind::Denied(_)));
        let other = || {
            let silent = all().all(|kind| *kind == FaultKind::Timeout);
            if silent { FaultKind::Timeout } else { FaultKind::Disconnected }
        };
        let mut alike: Vec<(&str, Vec<String>)> = Vec::new();
        for (address, one) in failed {
            match alike.iter_mut().find(|(detail, _)| *detail == one.detail) {
                Some((_, names)) => names.push(address.shown()),
                None => alike.push((&one.detail, vec![address.shown()])),
            }
        }
        let text = match alike.as_slice() {
            [(detail, _)] => (*detail).to_owned(),
            all => {
                let told =
                    |(why, names): &(&str, Vec<String>)| format!("{}: {why}", names.join(", "));
                all.iter().map(told).collect::<Vec<_>>().join(". ")
            }
        };
        let kind = denied.cloned().unwrap_or_else(other);
        StoreError::new(kind, format!("connect to {}", self.status.tried()), text)
    }
}

fn no_answer(limit: Duration) -> String {
    format!(
        "no answer within {} s; check the address, and that no firewall is in between, or wait \
         longer (--timeout)",
        limit.as_secs_f32()
    )
}

/// The library's words for a failed attempt, in a person's.
fn why(error: &ConnectError, has_login: bool) -> Failed {
    let text = error.to_string();
    let lower = text.to_lowercase();
    // The server's own words for a login that ran out or was revoked.
    let over = lower.contains("authentication expired") || lower.contains("authentication revoked");
    let denied = match error.kind() {
        ConnectErrorKind::AuthorizationViolation if has_login => {
            "the server refused the credentials"
        }
        ConnectErrorKind::AuthorizationViolation => {
            "the server wants credentials, and there were none"
        }
        ConnectErrorKind::Authentication => {
            "the server's challenge could not be signed; check the seed"
        }
        _ if over => "the server refused the credentials: they ran out",
        _ => {
            let detail = unreachable_because(&text, &lower);
            return Failed { kind: FaultKind::Disconnected, detail };
        }
    };
    Failed { kind: FaultKind::Denied(FaultKind::CREDENTIALS.into()), detail: denied.into() }
}

fn host_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

fn unreachable_because(text: &str, lower: &str) -> String {
    let has = |part: &str| lower.contains(part);
    let text = text.strip_prefix("IO error: ").unwrap_or(text);
    if has("connection refused") {
        "connection refused; check that a server runs there and the port is right".into()
    } else if has("dns error") || has("lookup address") {
        "the host name cannot be resolved; check its spelling and the network".into()
    } else if has("timed out") {
        "no answer; check the address, and that no firewall is in between".into()
    } else if has("expected info") {
        "what answers there is not a NATS server, or wants TLS first (--tls-first); check the port"
            .into()
    } else if has("corrupt message") || has("invalidcontenttype") {
        "what answers there speaks no TLS, or not yet; use nats:// without --tls-ca, --tls-cert \
         and --tls-first, or check the port"
            .into()
    } else if has("alert: certificaterequired") {
        "the server wants a client certificate; give one with --tls-cert and --tls-key".into()
    } else if has("fatal alert") && (has("certificate") || has("unknownca")) {
        format!("the server refused the client certificate: {text}; check --tls-cert")
    } else if has("could not add certificate or key") {
        "the client certificate and the key do not go together; check --tls-cert and --tls-key"
            .into()
    } else if has("certificate") || has("tls") {
        format!("TLS failed: {text}; check --tls-ca and the host name")
    } else {
        text.strip_prefix("nats: ").unwrap_or(text).to_owned()
    }
}

fn with<T>(link: &Weak<Link>, act: impl FnOnce(&Link) -> T) -> Option<T> {
    link.upgrade().map(|link| act(&link))
}
