//! Checked options, and from them what each server is told.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Auth, AuthError};

use super::connect::Life;
use super::keys::{KeySource, Kind};
use super::options::{AddressLogins, ConnectOptions, KeyText, usage};
use super::subjects::Subjects;
use super::tls::Tls;
use super::url::{Address, Login};
use crate::store::StoreError;

/// Checked options, from which each attempt to connect is made. No `Debug`: it holds secrets.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) addresses: Vec<Address>,
    pub(super) subjects: Subjects,
    pub(super) timeout: Duration,
    logins: AddressLogins,
    token_beside: bool,
    keys: Option<KeySource>,
    token: Option<String>,
    user: Option<(String, String)>,
    pub(super) tls: Tls,
    name: String,
}

/// What a server is told of who connects, as far as its refusal is about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Login,
    /// No login, and a client certificate if the server asks for one.
    Certificate,
    None,
}

/// All that one server is told of who connects.
#[derive(Clone)]
struct Told {
    keys: Option<KeySource>,
    token: Option<String>,
    user: Option<(String, String)>,
}

impl Plan {
    /// Checks all that can be checked without a server.
    ///
    /// # Errors
    /// A usage error that names what is wrong and the fix.
    pub(super) fn new(options: &ConnectOptions) -> Result<Self, StoreError> {
        let addresses = options.addresses()?;
        let timeout = options.timeout();
        if timeout.is_zero() {
            return Err(usage("timeout", "it is zero; give the longest wait, as in 5s"));
        }
        let is_tls = addresses.iter().any(Address::is_tls);
        Ok(Self {
            keys: keys(options)?,
            token: options.token.clone(),
            user: user_and_password(options)?,
            tls: Tls::check(options, is_tls)?,
            subjects: Subjects::new(options)?,
            logins: options.address_logins,
            token_beside: options.token_beside,
            name: options.name.clone(),
            addresses,
            timeout,
        })
    }

    /// What `address` is told of who connects.
    pub(super) fn proof(&self, address: &Address) -> Proof {
        let told = self.told(address);
        if told.keys.is_some() || told.token.is_some() || told.user.is_some() {
            Proof::Login
        } else if self.tls.has_client() {
            Proof::Certificate
        } else {
            Proof::None
        }
    }

    /// A server's words, without what it was told: it may repeat that.
    pub(super) fn hide(&self, address: &Address, text: &str) -> String {
        let mut text = text.to_owned();
        let told = self.told(address);
        let password = told.user.map(|(_, password)| password);
        for secret in password.into_iter().chain(told.token).filter(|secret| !secret.is_empty()) {
            text = text.replace(&secret, "***");
        }
        text
    }

    /// Whether servers that the cluster itself announces may be told what they need: not where a
    /// login belongs to one address.
    pub(super) fn may_follow(&self) -> bool {
        self.addresses.iter().all(|address| self.own_login(address).is_none())
    }

    /// The client library's options for one server, without the callbacks; `roots` is a file of
    /// the authorities to trust instead of the system's.
    pub(super) fn client(
        &self,
        address: &Address,
        roots: Option<&Path>,
        life: &Arc<Life>,
    ) -> async_nats::ConnectOptions {
        let (told, life) = (self.told(address), Arc::clone(life));
        let mut options = async_nats::ConnectOptions::with_auth_callback(move |nonce| {
            let (told, life) = (told.clone(), Arc::clone(&life));
            async move {
                if life.may_tell() {
                    told.auth(&nonce).await
                } else {
                    Err(AuthError::new("each connection is made anew"))
                }
            }
        });
        if let Some(inbox) = self.subjects.inbox_prefix() {
            options = options.custom_inbox_prefix(inbox);
        }
        self.tls
            .apply(options, roots)
            .name(&self.name)
            .ignore_discovered_servers()
            .max_reconnects(1)
            // A dead link with no traffic shows within half a minute.
            .ping_interval(Duration::from_secs(10))
            .request_timeout(None)
    }

    /// The login in an address, where it is used.
    fn own_login<'a>(&self, address: &'a Address) -> Option<&'a Login> {
        let is_ignored =
            self.logins == AddressLogins::Ignored && (self.keys.is_some() || self.user.is_some());
        let is_replaced = |login: &Login| {
            matches!(login, Login::Token(_)) && self.token_beside && self.token.is_some()
        };
        address.login.as_ref().filter(|login| !is_ignored && !is_replaced(login))
    }

    fn told(&self, address: &Address) -> Told {
        let Some(own) = self.own_login(address) else {
            let (keys, token, user) = (self.keys.clone(), self.token.clone(), self.user.clone());
            return Told { keys, token, user };
        };
        let keys = self.keys.clone().filter(KeySource::has_jwt);
        let keys = keys.filter(|_| self.logins == AddressLogins::Beside);
        match own {
            Login::Token(token) => Told { keys, token: Some(token.clone()), user: None },
            Login::User { user, password } => Told {
                keys,
                token: self.token.clone().filter(|_| self.token_beside),
                user: Some((user.clone(), password.clone())),
            },
        }
    }
}

impl Told {
    /// The answer to a server's challenge.
    async fn auth(self, nonce: &[u8]) -> Result<Auth, AuthError> {
        let mut auth = match &self.keys {
            Some(keys) => keys.sign(nonce).await?,
            None => Auth::new(),
        };
        auth.token = self.token;
        if let Some((user, password)) = self.user {
            auth.username = Some(user);
            auth.password = Some(password);
        }
        Ok(auth)
    }
}

/// The keys to sign with, of the one kind that was given.
fn keys(options: &ConnectOptions) -> Result<Option<KeySource>, StoreError> {
    let kinds = [
        options.user.is_some() || options.password.is_some(),
        options.creds.is_some(),
        options.nkey.is_some(),
        options.jwt.is_some() || options.seed.is_some(),
    ];
    if kinds.into_iter().filter(|given| *given).count() > 1 {
        return Err(usage(
            "credentials",
            "several kinds were given; give one of --creds, --nkey, --jwt with --seed, or --user \
             with --password (a --token goes with any)",
        ));
    }
    let read = |kind: Kind, key: &KeyText| {
        let (name, option, advice) = match kind {
            Kind::Creds => {
                ("credentials file", "--creds", "give a .creds file with a JWT and a seed")
            }
            Kind::Nkey => ("NKey file", "--nkey", "give a file with a user's seed"),
        };
        let (what, source) = match key {
            KeyText::File(path) => (
                format!("read the {name} {}", path.display()),
                KeySource::file(kind, path, &super::options::read(path, name, option)?),
            ),
            KeyText::Text(text) => (format!("read the {name}"), KeySource::text(kind, text)),
        };
        source.map(Some).map_err(|why| usage(what, format!("{why}; {advice}")))
    };
    match (&options.creds, &options.nkey, &options.jwt, &options.seed) {
        (Some(key), ..) => read(Kind::Creds, key),
        (_, Some(key), ..) => read(Kind::Nkey, key),
        (.., Some(jwt), seed) => {
            let keys = KeySource::jwt(jwt, seed.as_deref());
            let bad = |why| usage("user JWT and seed", format!("{why}; check --jwt and --seed"));
            keys.map(Some).map_err(bad)
        }
        (.., None, Some(_)) => Err(usage("credentials", "--seed needs --jwt")),
        (None, None, None, None) => Ok(None),
    }
}

fn user_and_password(options: &ConnectOptions) -> Result<Option<(String, String)>, StoreError> {
    match (&options.user, &options.password) {
        (None, None) => Ok(None),
        (Some(user), Some(password)) => Ok(Some((user.clone(), password.clone()))),
        (Some(_), None) => {
            Err(usage("credentials", "--user needs --password; a token goes with --token"))
        }
        (None, Some(_)) => Err(usage("credentials", "--password needs --user")),
    }
}
