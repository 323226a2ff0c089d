//! Getting connected and staying so, in a task of its own.
//!
//! The client library's own retry of the first connection repeats refused credentials for ever
//! and says nothing, so the first connection is tried here. Later ones are the library's, watched
//! through its callbacks.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use async_nats::{
    Client, ClientError, Event, Server, ServerAddr, ServerError, ServerInfo, connection::State,
};
use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::options::Plan;
use super::permissions::Denials;
use super::status::{Status, backoff};
use super::subjects::Subjects;
use super::wire::UserInfo;
use crate::domain::FaultKind;
use crate::store::StoreError;

/// Commands that may wait for the socket: more than a page's requests in flight.
const CLIENT_CAPACITY: usize = 4096;
/// Messages that may wait in a subscription (the seeder's acknowledgements).
const SUBSCRIPTION_CAPACITY: usize = 8192;
/// Longest wait for what is nice to know of a connection: fresh server info, the account.
const IDENTIFY_TIMEOUT: Duration = Duration::from_secs(1);

/// What one server may take besides the handshake: name resolution, and a second address of it.
const BESIDES: Duration = Duration::from_secs(5);

/// What requests, the supervisor and the client library's callbacks share.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) status: Status,
    pub(super) denials: Denials,
    pub(super) subjects: Subjects,
    client: OnceLock<Client>,
    connected: Notify,
    has_credentials: bool,
    /// Host and port of the only server there is to connect to; none where the library chooses.
    only: Mutex<Option<String>>,
}

impl Link {
    pub(super) fn new(tried: String, plan: &Plan) -> Arc<Self> {
        Arc::new(Self {
            status: Status::new(tried),
            denials: Denials::default(),
            subjects: plan.subjects.clone(),
            client: OnceLock::new(),
            connected: Notify::new(),
            has_credentials: plan.has_credentials(),
            only: Mutex::new(only(&plan.addrs)),
        })
    }

    /// The client, when it is connected as far as anyone knows.
    pub(super) fn live(&self) -> Option<&Client> {
        let client = self.client.get()?;
        (self.status.is_up() && client.connection_state() == State::Connected).then_some(client)
    }

    /// Tries once, all servers in turn.
    pub(super) async fn try_once(self: &Arc<Self>, plan: &Plan) -> Result<(), StoreError> {
        let options = self.watched(plan.client());
        let servers = u32::try_from(plan.addrs.len()).unwrap_or(u32::MAX);
        let connecting = options.connect(plan.addrs.as_slice());
        let client =
            match timeout((plan.timeout + BESIDES).saturating_mul(servers), connecting).await {
                Ok(Ok(client)) => client,
                Ok(Err(error)) => return Err(self.explain(&error.to_string()).from_source(error)),
                Err(_) => return Err(self.explain("timed out")),
            };
        let _ = self.client.set(client);
        Ok(())
    }

    /// Tries the first connection without end.
    pub(super) async fn first(self: Arc<Self>, plan: Plan) {
        let mut attempt = 1;
        loop {
            self.status.attempt(attempt);
            match self.try_once(&plan).await {
                Ok(()) => break,
                Err(error) => self.status.failed(error.fault()),
            }
            tokio::time::sleep(self.pause(attempt)).await;
            attempt += 1;
        }
        self.follow().await;
    }

    /// Takes note of every new connection, without end.
    pub(super) async fn follow(self: Arc<Self>) {
        loop {
            self.connected.notified().await;
            self.identify().await;
        }
    }

    async fn identify(&self) {
        let Some(client) = self.client.get() else {
            return;
        };
        // The library tells of a connection before it takes in the server's new INFO; it takes
        // commands only after.
        while timeout(IDENTIFY_TIMEOUT, client.flush()).await.is_err() {
            if client.connection_state() != State::Connected {
                return;
            }
        }
        if client.connection_state() != State::Connected {
            return;
        }
        let info = client.server_info();
        self.status.connected(&self.address(&info), &info.server_name, &info.version);
        let subject = "$SYS.REQ.USER.INFO";
        let mut denied = self.denials.watch(subject);
        let mut lost = self.status.losses();
        let reply = tokio::select! {
            reply = timeout(IDENTIFY_TIMEOUT, client.request(subject, Bytes::new())) => reply,
            _ = denied.denied() => return,
            _ = lost.changed() => return,
        };
        let Ok(Ok(reply)) = reply else { return };
        let user = serde_json::from_slice::<UserInfo>(&reply.payload);
        if let Some(account) = user.ok().and_then(UserInfo::account) {
            self.status.account(&account);
        }
    }

    /// Where the connection goes to. The library does not tell which of several servers it chose,
    /// and a server's own idea of its address may be that it listens everywhere.
    fn address(&self, info: &ServerInfo) -> String {
        let only = self.only.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let listens_everywhere = matches!(info.host.as_str(), "" | "0.0.0.0" | "::");
        only.unwrap_or_else(|| {
            if listens_everywhere {
                self.status.tried().to_owned()
            } else {
                host_port(&info.host, info.port)
            }
        })
    }

    /// Sets the callbacks. They hold the link weakly: it holds the client that holds them.
    fn watched(
        self: &Arc<Self>,
        options: async_nats::ConnectOptions,
    ) -> async_nats::ConnectOptions {
        let on_event = Arc::downgrade(self);
        let on_attempt = Arc::downgrade(self);
        let on_round = Arc::downgrade(self);
        options
            .client_capacity(CLIENT_CAPACITY)
            .subscription_capacity(SUBSCRIPTION_CAPACITY)
            .event_callback(move |event| {
                with(&on_event, |link| link.event(event));
                std::future::ready(())
            })
            .reconnect_delay_callback(move |attempt| {
                with(&on_attempt, |link| link.reconnecting(attempt))
                    .unwrap_or_else(|| backoff(u64::MAX))
            })
            .reconnect_to_server_callback(move |servers, _| {
                with(&on_round, |link| link.round(&servers));
                std::future::ready(None)
            })
    }

    fn event(&self, event: Event) {
        match event {
            Event::Connected => {
                // Here, so that no violation of the new connection is forgotten with the old.
                self.denials.forget();
                self.connected.notify_one();
            }
            Event::ServerError(ServerError::Other(text)) => {
                self.denials.heard(&text, &self.subjects)
            }
            // Unlike other failures this one is not kept with the server it concerns.
            Event::ClientError(ClientError::Other(text))
                if text == "DNS error" && !self.status.is_up() =>
            {
                self.status.failed(self.explain(&text).fault());
            }
            _ => {}
        }
    }

    /// The library is about to make attempt `n`, after the returned wait.
    fn reconnecting(&self, n: usize) -> Duration {
        if self.client.get().is_none() {
            return Duration::ZERO;
        }
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        self.status.attempt(n);
        self.pause(n)
    }

    /// The library is about to try its servers again, knowing how each failed last. Just after a
    /// loss none has been tried yet, and what it knows is old.
    fn round(&self, servers: &[Server]) {
        if self.client.get().is_none() || self.status.is_up() {
            return;
        }
        let addrs: Vec<_> = servers.iter().map(|server| server.addr.clone()).collect();
        *self.only.lock().unwrap_or_else(PoisonError::into_inner) = only(&addrs);
        let errors = servers.iter().filter_map(|s| s.last_error.as_deref());
        let errors: Vec<_> = errors.map(|text| self.explain(text)).collect();
        let denied = |error: &&StoreError| matches!(error.kind, FaultKind::Denied(_));
        if let Some(error) = errors.iter().find(denied).or(errors.first()) {
            self.status.failed(error.fault());
        }
    }

    fn pause(&self, attempt: u64) -> Duration {
        backoff(if self.status.is_denied() { u64::MAX } else { attempt })
    }

    /// The library's words for a failed attempt, in a person's.
    fn explain(&self, text: &str) -> StoreError {
        let lower = text.to_lowercase();
        let has = |part: &str| lower.contains(part);
        let refused = has("authorization violation")
            || has("authentication") && !has("authentication timeout");
        let (kind, detail) = if refused {
            let advice = if self.has_credentials {
                "the server refused the credentials"
            } else {
                "the server wants credentials, and there were none"
            };
            (FaultKind::Denied(FaultKind::CREDENTIALS.into()), advice.to_owned())
        } else if has("signing nonce") {
            let advice = "the server's challenge could not be signed; check the seed";
            (FaultKind::Denied(FaultKind::CREDENTIALS.into()), advice.to_owned())
        } else {
            (FaultKind::Disconnected, unreachable_because(text, &lower))
        };
        StoreError::new(kind, format!("connect to {}", self.status.tried()), detail)
    }
}

fn only(addrs: &[ServerAddr]) -> Option<String> {
    match addrs {
        [addr] => Some(host_port(addr.host(), addr.port())),
        _ => None,
    }
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
