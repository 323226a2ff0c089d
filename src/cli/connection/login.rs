//! As whom to connect, of all that was said, and the options for the store.

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;

use super::DEFAULT_SERVER;
use super::setting::Setting;
use super::values::{Layer, Values};
use crate::cli::error::Failure;
use crate::store::nats::ConnectOptions;

/// A value that was given and is not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unused {
    pub(super) setting: Setting,
    pub(super) why: &'static str,
}

/// The kinds of login of which one is used, the first before the others, as in the nats CLI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Creds,
    Nkey,
    Jwt,
}

impl Kind {
    const ALL: [Self; 4] = [Self::User, Self::Creds, Self::Nkey, Self::Jwt];

    /// The value without which there is no such login, and what goes with it.
    const fn parts(self) -> (Setting, Option<Setting>) {
        match self {
            Self::User => (Setting::User, Some(Setting::Password)),
            Self::Creds => (Setting::Creds, None),
            Self::Nkey => (Setting::Nkey, None),
            Self::Jwt => (Setting::Jwt, Some(Setting::Seed)),
        }
    }

    /// The highest source of what is given of it.
    fn layer(self, values: &Values) -> Option<Layer> {
        let (first, second) = self.parts();
        values.layer(first).max(second.and_then(|second| values.layer(second)))
    }

    fn is_whole(self, values: &Values) -> bool {
        values.get(self.parts().0).is_some()
    }
}

/// The store's options, and what was given and is not used.
///
/// # Errors
/// For options of the command line that contradict each other, or a value that cannot be used.
pub(super) fn options(values: &Values) -> Result<(ConnectOptions, Vec<Unused>), Failure> {
    let server = values.get(Setting::Server);
    let address = server.map_or(DEFAULT_SERVER, |value| &value.text);
    let mut options = ConnectOptions::new(address);
    options.tls_ca = file(values, Setting::Ca);
    options.tls_cert = file(values, Setting::Cert);
    options.tls_key = file(values, Setting::Key);
    options.tls_first = values.get(Setting::TlsFirst).is_some();
    options.domain = values.text(Setting::Domain);
    options.api_prefix = values.text(Setting::ApiPrefix);
    options.inbox_prefix = values.text(Setting::InboxPrefix);
    options.timeout = timeout(values)?;
    let mut unused = Vec::new();
    if options.domain.is_some() && options.api_prefix.is_some() {
        unused
            .push(Unused { setting: Setting::ApiPrefix, why: "the JetStream domain goes before" });
    }
    choose(values, address, &mut options, &mut unused)?;
    Ok((options, unused))
}

fn choose(
    values: &Values,
    address: &str,
    options: &mut ConnectOptions,
    unused: &mut Vec<Unused>,
) -> Result<(), Failure> {
    let typed = |kind: &Kind| kind.layer(values) == Some(Layer::Flag);
    let typed: Vec<Kind> = Kind::ALL.into_iter().filter(typed).collect();
    // Credentials in an address go before those of a lower source, and after any others.
    let in_address = address.split(',').any(|one| one.contains('@'));
    let server = values.layer(Setting::Server).filter(|_| in_address);
    let is_below = |layer: Option<Layer>| layer.is_some() && layer < server;
    let below = "the address holds credentials";
    let kind = match typed.as_slice() {
        // Several typed: all are handed on, and refused with the options to choose from.
        [_, _, ..] => None,
        [one] => Some(*one),
        [] => {
            let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_whole(values));
            kinds.filter(|kind| !is_below(kind.layer(values))).find(|kind| kind.is_whole(values))
        }
    };
    let used = |of: Kind| kind == Some(of) || typed.len() > 1 && typed.contains(&of);
    for of in Kind::ALL {
        let (first, second) = of.parts();
        for setting in std::iter::once(first).chain(second) {
            if values.get(setting).is_none() {
                continue;
            }
            let why = match kind {
                _ if used(of) => continue,
                _ if is_below(of.layer(values)) && typed.is_empty() => below,
                Some(_) if !typed.is_empty() => "an option gives another login",
                Some(_) if of.is_whole(values) => "another login goes before",
                _ if setting == Setting::Password => "there is no user name",
                _ => "there is no user JWT",
            };
            unused.push(Unused { setting, why });
        }
    }
    if used(Kind::User) {
        options.user = values.text(Setting::User);
        options.password = values.text(Setting::Password);
        let in_context = values.layer(Setting::User) == Some(Layer::Context);
        if options.password.is_none() && in_context {
            // Sent as it is by the nats CLI.
            options.password = Some(String::new());
        }
    }
    if used(Kind::Creds) {
        options.creds = file(values, Setting::Creds).map(Into::into);
    }
    if used(Kind::Nkey) {
        options.nkey = file(values, Setting::Nkey).map(Into::into);
    }
    if used(Kind::Jwt) {
        options.jwt = values.text(Setting::Jwt);
        options.seed = values.text(Setting::Seed);
    }
    if is_below(values.layer(Setting::Token)) && kind.is_none() {
        unused.push(Unused { setting: Setting::Token, why: below });
    } else {
        options.token = values.text(Setting::Token);
    }
    Ok(())
}

fn file(values: &Values, setting: Setting) -> Option<PathBuf> {
    values.text(setting).map(PathBuf::from)
}

fn timeout(values: &Values) -> Result<Option<Duration>, Failure> {
    let Some(value) = values.get(Setting::Timeout) else { return Ok(None) };
    let read = value.text.trim().parse::<SignedDuration>().ok();
    let most = SignedDuration::from_hours(1);
    let fits = read.filter(|time| time.is_positive() && *time <= most);
    let time = fits.and_then(|time| Duration::try_from(time).ok()).ok_or_else(|| {
        let shown = &value.text;
        let from = value.source.said();
        Failure::usage(format!(
            "'{shown}' ({from}) is no time to wait: give one of up to an hour, as in 5s or 1m30s"
        ))
    })?;
    Ok(Some(time))
}
