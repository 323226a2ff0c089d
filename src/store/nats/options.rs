//! What a person says about the server to use, checked before anything is tried.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::plan::Plan;
use super::url::{self, Address};
use crate::domain::{FaultKind, escape};
use crate::store::StoreError;

/// How to reach a server and as whom. `Debug` shows no credentials.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    /// Addresses: `nats://host:4222`, `tls://host`, `host`; each may hold `user:password@` or
    /// `token@`, percent-encoded, and several may stand in one, separated by commas. A login in
    /// an address is sent to that address alone.
    pub servers: Vec<String>,
    /// What a login in an address and one given here are to each other.
    pub address_logins: AddressLogins,
    /// Whether the token given here goes beside a user in an address, and before a token there.
    pub token_beside: bool,
    pub user: Option<String>,
    pub password: Option<String>,
    /// Token; sent besides any other credentials.
    pub token: Option<String>,
    /// A credentials file (user JWT and seed).
    pub creds: Option<KeyText>,
    /// A user's `NKey` seed.
    pub nkey: Option<KeyText>,
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
    /// Longest wait for one attempt to connect to one server, and for each answer;
    /// [`Self::TIMEOUT`] unless given.
    pub timeout: Option<Duration>,
    /// No write of any kind is sent.
    pub read_only: bool,
    /// The connection's name in the server's own lists.
    pub name: String,
}

/// What a login in an address does to the user, credentials, `NKey` or JWT given for all addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressLogins {
    /// It is used where none of them was given.
    #[default]
    Ignored,
    /// For its address it replaces user and `NKey`; a credentials file or JWT goes with it.
    Beside,
    /// For its address it replaces all of them.
    Alone,
}

/// A key, where it is kept or itself.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyText {
    /// A file, read again for each new connection.
    File(PathBuf),
    /// What such a file would hold.
    Text(String),
}

impl From<PathBuf> for KeyText {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

/// Shows no key.
impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.fmt(f),
            Self::Text(_) => f.write_str("***"),
        }
    }
}

impl ConnectOptions {
    /// The wait for a connection and for each answer unless another is given, that of the
    /// ecosystem's own tool.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// Options for one address, or several separated by commas.
    pub fn new(server: impl Into<String>) -> Self {
        Self { servers: vec![server.into()], name: "roomscope".into(), ..Self::default() }
    }

    /// The addresses without logins, escaped: what may be shown. A comma in a password divides
    /// it into what looks like several addresses, so nothing is shown of a list in which one
    /// cannot be read, nor of what may be the beginning of a secret.
    pub fn redacted(&self) -> String {
        let all: Vec<String> = match self.addresses() {
            Ok(all) => all.iter().map(Address::shown).collect(),
            Err(_) => self.texts().map(|_| url::HIDDEN.to_owned()).collect(),
        };
        all.join(", ")
    }

    /// The addresses, in the order in which they are tried.
    ///
    /// # Errors
    /// [`FaultKind::Usage`] for one that cannot be used, or none at all.
    pub fn addresses(&self) -> Result<Vec<Address>, StoreError> {
        let count = self.texts().count();
        if count == 0 {
            let advice = "none was given; give one, as in nats://127.0.0.1:4222";
            return Err(usage("server address", advice));
        }
        let read = |(at, text)| {
            Address::parse(text).map_err(|why| match count {
                1 => usage("server address", why),
                _ => usage(
                    format!("server address {} of {count}", at + 1),
                    why + "; write a comma in a password as %2C",
                ),
            })
        };
        let mut all: Vec<Address> = self.texts().enumerate().map(read).collect::<Result<_, _>>()?;
        let texts: Vec<&str> = self.texts().collect();
        for at in 0..all.len() {
            let (before, later) = texts.split_at((at + 1).min(texts.len()));
            let is_after_piece =
                at.checked_sub(1).and_then(|one| all.get(one)).is_some_and(|one| one.hidden);
            if let Some(address) = all.get_mut(at) {
                address.hidden = url::may_be_piece(before, later, address, is_after_piece);
            }
        }
        Ok(all)
    }

    /// Checks everything that can be checked without a server: addresses, that the credentials
    /// do not contradict each other, and that the files can be read.
    ///
    /// # Errors
    /// [`FaultKind::Usage`], naming what is wrong and the fix.
    pub fn check(&self) -> Result<(), StoreError> {
        Plan::new(self).map(|_| ())
    }

    /// Longest wait for one attempt to connect to one server, and for each answer.
    pub fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(Self::TIMEOUT)
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let all = self.servers.iter().flat_map(|text| text.split(','));
        all.map(str::trim).filter(|text| !text.is_empty())
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |secret: &Option<String>| secret.as_ref().map(|_| "***");
        f.debug_struct("ConnectOptions")
            .field("servers", &self.redacted())
            .field("address_logins", &self.address_logins)
            .field("token_beside", &self.token_beside)
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
