//! What a person says about the server to use, checked before anything is tried.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_nats::ServerAddr;

use super::keys::{KeySource, Keys, Kind};
use super::subjects::Subjects;
use super::tls::Tls;
use super::url::{self, Login};
use crate::domain::{FaultKind, escape};
use crate::store::StoreError;

/// Shown for what may be a piece of a secret.
const PIECE: &str = "nats://***";

/// How to reach a server and as whom. `Debug` shows no credentials.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    /// Addresses: `nats://host:4222`, `tls://host`, `host`; each may hold `user:password@` or
    /// `token@`, percent-encoded, and several may stand in one, separated by commas.
    pub servers: Vec<String>,
    /// User name; goes before what an address says.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<String>,
    /// Token; goes before what an address says, and is sent besides any other credentials.
    pub token: Option<String>,
    /// A credentials file (user JWT and seed), read again for each new connection.
    pub creds: Option<PathBuf>,
    /// A file with a user's `NKey` seed, read again for each new connection.
    pub nkey: Option<PathBuf>,
    /// A user JWT.
    pub jwt: Option<String>,
    /// The seed of the user whom the JWT is about; a bearer JWT needs none.
    pub seed: Option<String>,
    /// A PEM file of certificates to trust instead of the system's; TLS is then required.
    pub tls_ca: Option<PathBuf>,
    /// A PEM file with the client's own certificate; TLS is then required.
    pub tls_cert: Option<PathBuf>,
    /// A PEM file with the key of that certificate, not encrypted.
    pub tls_key: Option<PathBuf>,
    /// TLS before the server's greeting (`handshake_first` in its configuration).
    pub tls_first: bool,
    /// `JetStream` domain; goes before the API prefix.
    pub domain: Option<String>,
    /// Subject prefix of the `JetStream` API, instead of `$JS.API`.
    pub api_prefix: Option<String>,
    /// Subject prefix of the inboxes for answers, instead of `_INBOX`.
    pub inbox_prefix: Option<String>,
    /// Longest wait for one attempt to connect to one server; [`Self::TIMEOUT`] unless given.
    pub timeout: Option<Duration>,
    /// No write of any kind is sent.
    pub read_only: bool,
    /// The connection's name in the server's own lists.
    pub name: String,
}

impl ConnectOptions {
    /// The wait for a connection unless another is given, that of the ecosystem's own tool.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// Options for one address, or several separated by commas.
    #[must_use]
    pub fn new(server: impl Into<String>) -> Self {
        Self { servers: vec![server.into()], name: "roomscope".into(), ..Self::default() }
    }

    /// The addresses without credentials, escaped: what may be shown.
    #[must_use]
    pub fn redacted(&self) -> String {
        escape::text(&self.shown().collect::<Vec<_>>().join(", ")).into_owned()
    }

    /// Checks everything that can be checked without a server: addresses, that the credentials
    /// do not contradict each other, and that the files can be read.
    ///
    /// # Errors
    /// [`FaultKind::Usage`], naming what is wrong and the fix.
    pub fn check(&self) -> Result<(), StoreError> {
        self.plan().map(|_| ())
    }

    /// Longest wait for one attempt to connect to one server.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(Self::TIMEOUT)
    }

    fn addresses(&self) -> impl Iterator<Item = &str> {
        let all = self.servers.iter().flat_map(|text| text.split(','));
        all.map(str::trim).filter(|text| !text.is_empty())
    }

    /// Each address as it may be shown. A comma in a password splits an address, and its first
    /// parts are then pieces of a secret that look like addresses: nothing is shown of what stands
    /// before a part that may be the rest of one.
    fn shown(&self) -> impl Iterator<Item = String> {
        let is_rest = |text: &str| {
            text.contains('@') && !text.starts_with("nats://") && !text.starts_with("tls://")
        };
        let rest = self.addresses().collect::<Vec<_>>().iter().rposition(|text| is_rest(text));
        self.addresses().enumerate().map(move |(at, text)| match rest {
            Some(rest) if at < rest => PIECE.to_owned(),
            _ => url::redacted(text),
        })
    }

    pub(super) fn plan(&self) -> Result<Plan, StoreError> {
        let mut addrs = Vec::new();
        let mut logins = Vec::new();
        for (text, shown) in self.addresses().zip(self.shown()) {
            let advice = if shown == PIECE { "; write a comma in a password as %2C" } else { "" };
            let bad = |why: String| usage(format!("server address {shown}"), why + advice);
            let server = url::parse(text).map_err(bad)?;
            addrs.push(server.addr);
            logins.extend(server.login);
        }
        if addrs.is_empty() {
            let advice = "none was given; give one, as in nats://127.0.0.1:4222";
            return Err(usage("server address", advice));
        }
        logins.dedup_by(|a, b| a == b);
        let keys = self.keys()?;
        let mut token = self.token.clone();
        let mut user = self.user_and_password()?;
        if keys.is_none() && token.is_none() && user.is_none() {
            if logins.len() > 1 {
                let advice = "they hold different credentials, and only one set can be used; \
                              give it with --user and --password, --token or --creds";
                return Err(usage(format!("server addresses {}", self.redacted()), advice));
            }
            match logins.pop() {
                Some(Login::Token(given)) => token = Some(given),
                Some(Login::User { user: name, password }) => user = Some((name, password)),
                None => {}
            }
        }
        let timeout = self.timeout();
        if timeout.is_zero() {
            return Err(usage("timeout", "it is zero; give the longest wait, as in 5s"));
        }
        Ok(Plan {
            addrs,
            keys,
            token,
            user,
            tls: Tls::check(self)?,
            subjects: Subjects::new(self)?,
            timeout,
            name: self.name.clone(),
        })
    }

    /// The keys to sign with, of the one kind that was given.
    fn keys(&self) -> Result<Option<KeySource>, StoreError> {
        let kinds = [
            self.user.is_some() || self.password.is_some(),
            self.creds.is_some(),
            self.nkey.is_some(),
            self.jwt.is_some() || self.seed.is_some(),
        ];
        if kinds.into_iter().filter(|given| *given).count() > 1 {
            return Err(usage(
                "credentials",
                "several kinds were given; give one of --creds, --nkey, --jwt with --seed, or \
                 --user with --password (a --token goes with any)",
            ));
        }
        let file = |kind, path: &Path, name: &str, option: &str, advice: &str| {
            let text = read(path, name, option)?;
            KeySource::file(kind, path, &text).map(Some).map_err(|why| {
                let what = format!("read the {name} {}", path.display());
                usage(what, format!("{why}; {advice}"))
            })
        };
        match (&self.creds, &self.nkey, &self.jwt, &self.seed) {
            (Some(path), ..) => {
                let advice = "give a .creds file with a JWT and a seed";
                file(Kind::Creds, path, "credentials file", "--creds", advice)
            }
            (_, Some(path), ..) => {
                file(Kind::Nkey, path, "NKey file", "--nkey", "give a file with a user's seed")
            }
            (.., Some(jwt), seed) => {
                let keys = Keys::of(jwt, seed.as_deref());
                let bad =
                    |why| usage("user JWT and seed", format!("{why}; check --jwt and --seed"));
                keys.map(|keys| Some(KeySource::fixed(keys))).map_err(bad)
            }
            (.., None, Some(_)) => Err(usage("credentials", "--seed needs --jwt")),
            (None, None, None, None) => Ok(None),
        }
    }

    fn user_and_password(&self) -> Result<Option<(String, String)>, StoreError> {
        match (&self.user, &self.password) {
            (None, None) => Ok(None),
            (Some(user), Some(password)) => Ok(Some((user.clone(), password.clone()))),
            (Some(_), None) => {
                Err(usage("credentials", "--user needs --password; a token goes with --token"))
            }
            (None, Some(_)) => Err(usage("credentials", "--password needs --user")),
        }
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |secret: &Option<String>| secret.as_ref().map(|_| "***");
        f.debug_struct("ConnectOptions")
            .field("servers", &self.redacted())
            .field("user", &hidden(&self.user))
            .field("password", &hidden(&self.password))
            .field("token", &hidden(&self.token))
            .field("creds", &self.creds)
            .field("nkey", &self.nkey)
            .field("jwt", &hidden(&self.jwt))
            .field("seed", &hidden(&self.seed))
            .field("tls_ca", &self.tls_ca)
            .field("tls_cert", &self.tls_cert)
            .field("tls_key", &self.tls_key)
            .field("tls_first", &self.tls_first)
            .field("domain", &self.domain)
            .field("api_prefix", &self.api_prefix)
            .field("inbox_prefix", &self.inbox_prefix)
            .field("timeout", &self.timeout)
            .field("read_only", &self.read_only)
            .field("name", &self.name)
            .finish()
    }
}

/// Checked options, from which each attempt to connect is made. No `Debug`: it holds secrets.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) addrs: Vec<ServerAddr>,
    pub(super) subjects: Subjects,
    pub(super) timeout: Duration,
    keys: Option<KeySource>,
    token: Option<String>,
    user: Option<(String, String)>,
    tls: Tls,
    name: String,
}

impl Plan {
    pub(super) const fn has_credentials(&self) -> bool {
        self.keys.is_some() || self.token.is_some() || self.user.is_some()
    }

    /// The client library's options, without the callbacks.
    pub(super) fn client(&self) -> async_nats::ConnectOptions {
        let mut options = match &self.keys {
            Some(keys) => keys.clone().client(self.token.clone()),
            None => async_nats::ConnectOptions::new(),
        };
        if let Some(token) = &self.token {
            options = options.token(token.clone());
        }
        if let Some((user, password)) = &self.user {
            options = options.user_and_password(user.clone(), password.clone());
        }
        if let Some(inbox) = self.subjects.inbox_prefix() {
            options = options.custom_inbox_prefix(inbox);
        }
        self.tls
            .apply(options)
            .name(&self.name)
            .connection_timeout(self.timeout)
            // A dead link with no traffic shows within half a minute.
            .ping_interval(Duration::from_secs(10))
            .request_timeout(None)
    }
}

pub(super) fn read(path: &Path, name: &str, option: &str) -> Result<String, StoreError> {
    std::fs::read_to_string(path).map_err(|error| {
        let what = format!("read the {name} {}", path.display());
        usage(what, format!("{error}; check {option}")).from_source(error)
    })
}

pub(super) fn usage(what: impl Into<String>, detail: impl Into<String>) -> StoreError {
    let what = escape::text(&what.into()).into_owned();
    StoreError::new(FaultKind::Usage, what, detail)
}
