//! The values a connection is made of, and what each is called on the command line, in the
//! environment and in a context.

use super::args::{Login, Server};

/// One value.
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
    /// In a table.
    pub(super) label: &'static str,
    /// On the command line; empty where there is none.
    pub(super) flag: &'static str,
    /// In the environment.
    pub(super) variable: Option<&'static str>,
    /// In a context file.
    pub(super) key: Option<&'static str>,
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

    /// What the command line says of a server.
    pub(super) fn in_server(self, flags: &Server) -> Option<String> {
        match self {
            Self::Server => Some(flags.server.join(",")),
            _ => self.in_login(&flags.login),
        }
    }

    /// What the command line says of a login.
    pub(super) fn in_login(self, flags: &Login) -> Option<String> {
        match self {
            Self::Server | Self::Proxy | Self::Nsc | Self::WindowsStore => None,
            Self::User => flags.user.clone(),
            Self::Password => flags.password.clone(),
            Self::Creds => flags.creds.clone(),
            Self::Nkey => flags.nkey.clone(),
            Self::Jwt => flags.jwt.clone(),
            Self::Seed => flags.seed.clone(),
            Self::Token => flags.token.clone(),
            Self::Ca => flags.tls_ca.clone(),
            Self::Cert => flags.tls_cert.clone(),
            Self::Key => flags.tls_key.clone(),
            Self::TlsFirst => flags.tls_first.then(|| "true".to_owned()),
            Self::Domain => flags.js_domain.clone(),
            Self::ApiPrefix => flags.js_api_prefix.clone(),
            Self::InboxPrefix => flags.inbox_prefix.clone(),
            Self::Timeout => flags.timeout.clone(),
        }
    }
}
