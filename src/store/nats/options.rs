//! What a person says about the server to use, checked before anything is tried.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_nats::ServerAddr;

use super::url::{self, Login};
use crate::domain::{FaultKind, escape};
use crate::store::StoreError;

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
    /// Token; goes before what an address says.
    pub token: Option<String>,
    /// A credentials file (user JWT and seed).
    pub creds: Option<PathBuf>,
    /// A PEM file of certificates to trust instead of the system's; TLS is then required.
    pub tls_ca: Option<PathBuf>,
    /// No write of any kind is sent.
    pub read_only: bool,
    /// The connection's name in the server's own lists.
    pub name: String,
}

impl ConnectOptions {
    /// Options for one address, or several separated by commas.
    #[must_use]
    pub fn new(server: impl Into<String>) -> Self {
        Self { servers: vec![server.into()], name: "roomscope".into(), ..Self::default() }
    }

    /// The addresses without credentials, escaped: what may be shown.
    #[must_use]
    pub fn redacted(&self) -> String {
        let shown: Vec<_> = self.addresses().map(url::redacted).collect();
        escape::text(&shown.join(", ")).into_owned()
    }

    /// Checks everything that can be checked without a server: addresses, that the credentials
    /// do not contradict each other, and that the files can be read.
    ///
    /// # Errors
    /// [`FaultKind::Usage`], naming what is wrong and the fix.
    pub fn check(&self) -> Result<(), StoreError> {
        self.plan().map(|_| ())
    }

    fn addresses(&self) -> impl Iterator<Item = &str> {
        let all = self.servers.iter().flat_map(|text| text.split(','));
        all.map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn plan(&self) -> Result<Plan, StoreError> {
        let mut addrs = Vec::new();
        let mut logins = Vec::new();
        // A comma in a password splits an address, and its first part is then a piece of a secret
        // that looks like an address: it is not shown where another part holds an `@`.
        let secret = self.addresses().any(|text| text.contains('@'));
        for text in self.addresses() {
            let piece = secret && !text.contains('@');
            let shown = if piece { "given".to_owned() } else { url::redacted(text) };
            let advice = if piece { "; write a comma in a password as %2C" } else { "" };
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
        let auth = match self.explicit()? {
            Some(auth) => auth,
            None if logins.len() > 1 => {
                let advice = "they hold different credentials, and only one set can be used; \
                              give it with --user and --password, --token or --creds";
                return Err(usage(format!("server addresses {}", self.redacted()), advice));
            }
            None => logins.pop().map_or(Auth::None, Auth::Login),
        };
        if let Some(path) = &self.tls_ca {
            let pem = read(path, "CA file", "--tls-ca")?;
            if !pem.contains("-----BEGIN CERTIFICATE-----") {
                let what = format!("read the CA file {}", path.display());
                let advice = "it holds no certificate; give a PEM file with --tls-ca";
                return Err(usage(what, advice));
            }
        }
        Ok(Plan { addrs, auth, tls_ca: self.tls_ca.clone(), name: self.name.clone() })
    }

    fn explicit(&self) -> Result<Option<Auth>, StoreError> {
        match (&self.creds, &self.token, &self.user, &self.password) {
            (None, None, None, None) => Ok(None),
            (Some(path), None, None, None) => {
                let text = read(path, "credentials file", "--creds")?;
                // Parsed here only for its error, which holds none of the file's content.
                async_nats::ConnectOptions::new().credentials(&text).map_err(|error| {
                    let what = format!("read the credentials file {}", path.display());
                    let advice = format!("{error}; give a .creds file with a JWT and a seed");
                    usage(what, advice)
                })?;
                Ok(Some(Auth::Creds(text)))
            }
            (None, Some(token), None, None) => Ok(Some(Auth::Login(Login::Token(token.clone())))),
            (None, None, Some(user), Some(password)) => Ok(Some(Auth::Login(Login::User {
                user: user.clone(),
                password: password.clone(),
            }))),
            (None, None, Some(_), None) => Err(usage("credentials", "--user needs --password")),
            (None, None, None, Some(_)) => Err(usage("credentials", "--password needs --user")),
            _ => Err(usage(
                "credentials",
                "several kinds were given; give one of --creds, --token, or --user with --password",
            )),
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
            .field("tls_ca", &self.tls_ca)
            .field("read_only", &self.read_only)
            .field("name", &self.name)
            .finish()
    }
}

/// Checked options, from which each attempt to connect is made. No `Debug`: it holds secrets.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) addrs: Vec<ServerAddr>,
    auth: Auth,
    tls_ca: Option<PathBuf>,
    name: String,
}

#[derive(Clone)]
enum Auth {
    None,
    Login(Login),
    Creds(String),
}

impl Plan {
    pub(super) const fn has_credentials(&self) -> bool {
        !matches!(self.auth, Auth::None)
    }

    /// The client library's options, without the callbacks.
    pub(super) fn client(&self) -> Result<async_nats::ConnectOptions, StoreError> {
        let mut options = async_nats::ConnectOptions::new()
            .name(&self.name)
            .connection_timeout(Duration::from_secs(5))
            // A dead link with no traffic shows within half a minute.
            .ping_interval(Duration::from_secs(10))
            .request_timeout(None);
        if let Some(path) = &self.tls_ca {
            options = options.add_root_certificates(path.clone()).require_tls(true);
        }
        Ok(match &self.auth {
            Auth::None => options,
            Auth::Login(Login::Token(token)) => options.token(token.clone()),
            Auth::Login(Login::User { user, password }) => {
                options.user_and_password(user.clone(), password.clone())
            }
            Auth::Creds(text) => options
                .credentials(text)
                .map_err(|error| usage("read the credentials file", error.to_string()))?,
        })
    }
}

fn read(path: &Path, name: &str, option: &str) -> Result<String, StoreError> {
    std::fs::read_to_string(path).map_err(|error| {
        let what = format!("read the {name} {}", path.display());
        usage(what, format!("{error}; check {option}")).from_source(error)
    })
}

fn usage(what: impl Into<String>, detail: impl Into<String>) -> StoreError {
    let what = escape::text(&what.into()).into_owned();
    StoreError::new(FaultKind::Usage, what, detail)
}
