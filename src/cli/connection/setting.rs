//! The values a connection is made of: what each is called on the command line, in the environment
//! and in a context, and what it sets.

use std::path::PathBuf;
use std::time::Duration;

use super::args::Login;
use crate::store::nats::{ConnectOptions, KeyText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Setting {
    Server,
    User,
    Password,
    Creds,
    Nkey,
    Jwt,
    Seed,
    Token,
    Ca,
    Cert,
    Key,
    TlsFirst,
    Domain,
    ApiPrefix,
    InboxPrefix,
    Timeout,
    Proxy,
    Nsc,
    WindowsStore,
}

/// What a value is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) label: &'static str,
    /// On the command line; empty where there is none.
    pub(super) flag: &'static str,
    pub(super) variable: Option<&'static str>,
    /// In a context file.
    pub(super) key: Option<&'static str>,
}

/// What of the options a value sets.
pub(super) enum Place<'a> {
    Text(&'a mut Option<String>),
    /// The value may say where it is kept.
    Secret(&'a mut Option<String>),
    File(&'a mut Option<PathBuf>),
    /// As for a secret.
    Key(&'a mut Option<KeyText>),
    Switch(&'a mut bool),
    Time(&'a mut Option<Duration>),
    /// Nothing that is its own.
    None,
}

const fn names(
    label: &'static str,
    flag: &'static str,
    variable: Option<&'static str>,
    key: Option<&'static str>,
) -> Names {
    Names { label, flag, variable, key }
}

impl Setting {
    pub(super) const ALL: [Self; 16] = [
        Self::Server,
        Self::User,
        Self::Password,
        Self::Creds,
        Self::Nkey,
        Self::Jwt,
        Self::Seed,
        Self::Token,
        Self::Ca,
        Self::Cert,
        Self::Key,
        Self::TlsFirst,
        Self::Domain,
        Self::ApiPrefix,
        Self::InboxPrefix,
        Self::Timeout,
    ];

    /// What would change the connection in a way that roomscope cannot.
    pub(super) const UNSUPPORTED: [Self; 3] = [Self::Proxy, Self::Nsc, Self::WindowsStore];

    /// Those that roomscope can use, and those that it cannot.
    pub(super) fn every() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain(Self::UNSUPPORTED)
    }

    pub(super) const fn names(self) -> Names {
        match self {
            Self::Server => names("server", "--server", Some("NATS_URL"), Some("url")),
            Self::User => names("user", "--user", Some("NATS_USER"), Some("user")),
            Self::Password => {
                names("password", "--password", Some("NATS_PASSWORD"), Some("password"))
            }
            Self::Creds => names("credentials file", "--creds", Some("NATS_CREDS"), Some("creds")),
            Self::Nkey => names("NKey file", "--nkey", Some("NATS_NKEY"), Some("nkey")),
            Self::Jwt => names("user JWT", "--jwt", Some("NATS_JWT"), Some("user_jwt")),
            Self::Seed => names("user seed", "--seed", Some("NATS_SEED"), Some("user_seed")),
            Self::Token => names("token", "--token", Some("NATS_TOKEN"), Some("token")),
            Self::Ca => names("TLS authorities", "--tls-ca", Some("NATS_CA"), Some("ca")),
            Self::Cert => names("TLS certificate", "--tls-cert", Some("NATS_CERT"), Some("cert")),
            Self::Key => names("TLS key", "--tls-key", Some("NATS_KEY"), Some("key")),
            Self::TlsFirst => names("TLS first", "--tls-first", None, Some("tls_first")),
            Self::Domain => {
                names("JetStream domain", "--js-domain", None, Some("jetstream_domain"))
            }
            Self::ApiPrefix => {
                names("JetStream API", "--js-api-prefix", None, Some("jetstream_api_prefix"))
            }
            Self::InboxPrefix => {
                names("inbox prefix", "--inbox-prefix", None, Some("inbox_prefix"))
            }
            Self::Timeout => names("timeout", "--timeout", Some("NATS_TIMEOUT"), None),
            Self::Proxy => names("SOCKS proxy", "", Some("NATS_SOCKS_PROXY"), Some("socks_proxy")),
            Self::Nsc => names("nsc profile", "", None, Some("nsc")),
            Self::WindowsStore => names("Windows store", "", None, Some("windows_cert_store")),
        }
    }

    /// What the command line says of it.
    pub(super) fn typed(self, servers: &[String], login: &Login) -> Option<String> {
        match self {
            Self::Server => Some(servers.join(",")),
            Self::User => login.user.clone(),
            Self::Password => login.password.clone(),
            Self::Creds => login.creds.clone(),
            Self::Nkey => login.nkey.clone(),
            Self::Jwt => login.jwt.clone(),
            Self::Seed => login.seed.clone(),
            Self::Token => login.token.clone(),
            Self::Ca => login.tls_ca.clone(),
            Self::Cert => login.tls_cert.clone(),
            Self::Key => login.tls_key.clone(),
            Self::TlsFirst => login.tls_first.then(|| "true".to_owned()),
            Self::Domain => login.js_domain.clone(),
            Self::ApiPrefix => login.js_api_prefix.clone(),
            Self::InboxPrefix => login.inbox_prefix.clone(),
            Self::Timeout => login.timeout.clone(),
            Self::Proxy | Self::Nsc | Self::WindowsStore => None,
        }
    }

    pub(super) const fn place(self, options: &mut ConnectOptions) -> Place<'_> {
        match self {
            Self::User => Place::Text(&mut options.user),
            Self::Password => Place::Secret(&mut options.password),
            Self::Creds => Place::Key(&mut options.creds),
            Self::Nkey => Place::Key(&mut options.nkey),
            Self::Jwt => Place::Secret(&mut options.jwt),
            Self::Seed => Place::Secret(&mut options.seed),
            Self::Token => Place::Secret(&mut options.token),
            Self::Ca => Place::File(&mut options.tls_ca),
            Self::Cert => Place::File(&mut options.tls_cert),
            Self::Key => Place::File(&mut options.tls_key),
            Self::TlsFirst => Place::Switch(&mut options.tls_first),
            Self::Domain => Place::Text(&mut options.domain),
            Self::ApiPrefix => Place::Text(&mut options.api_prefix),
            Self::InboxPrefix => Place::Text(&mut options.inbox_prefix),
            Self::Timeout => Place::Time(&mut options.timeout),
            Self::Server | Self::Proxy | Self::Nsc | Self::WindowsStore => Place::None,
        }
    }

    /// A file's path: variables and `~` in it stand for something.
    pub(super) const fn is_path(self) -> bool {
        matches!(self, Self::Creds | Self::Nkey | Self::Ca | Self::Cert | Self::Key)
    }

    /// Never shown.
    pub(super) const fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Jwt | Self::Seed | Self::Token)
    }

    /// Tells a server who is asking.
    pub(super) const fn is_login(self) -> bool {
        self.is_secret() || matches!(self, Self::User | Self::Creds | Self::Nkey | Self::Cert)
    }
}
