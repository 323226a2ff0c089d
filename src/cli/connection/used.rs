//! What is used of all that was given. Nothing else is resolved, or refused.

use super::Failure;
use super::login::{self, Chosen};
use super::refuse::wrong;
use super::resolve::bare;
use super::setting::Setting;
use super::values::{Layer, Values};
use crate::store::nats::{Address, AddressLogins};

/// A value that was given and is not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unused {
    pub(super) setting: Setting,
    pub(super) why: String,
}

/// What is used, and for which address. No `Debug`: an address may hold a secret.
pub(super) struct Used {
    /// None where one of them cannot be read, which the store tells.
    pub(super) addresses: Vec<Address>,
    pub(super) login: Chosen,
    pub(super) unused: Vec<Unused>,
    /// A domain and a prefix of one source, which cannot be used together.
    pub(super) problem: Option<Failure>,
}

impl Used {
    /// Chooses by where each value is from.
    pub(super) fn of(values: &Values) -> Self {
        let addresses = bare(values).addresses().unwrap_or_default();
        let mut login = login::choose(values);
        let mut unused = std::mem::take(&mut login.unused);
        if values.get(Setting::Server).is_none() {
            // It stands for the address too.
            unused.retain(|unused| unused.setting != Setting::Nsc);
        }
        let (prefix, problem) = prefix(values);
        unused.extend(prefix);
        let above = |setting| values.layer(setting) > Some(Layer::Context);
        if values.get(Setting::WindowsStore).is_some()
            && above(Setting::Cert)
            && above(Setting::Key)
        {
            let why = "the TLS certificate goes before".to_owned();
            unused.push(Unused { setting: Setting::WindowsStore, why });
        }
        // The nats CLI's own words for no proxy.
        let is_none = |text: &str| matches!(text.trim(), "none" | "NONE" | "-");
        if values.get(Setting::Proxy).is_some_and(|proxy| is_none(&proxy.text)) {
            unused
                .push(Unused { setting: Setting::Proxy, why: "it says that there is none".into() });
        }
        let mut all = Self { addresses, login, unused, problem };
        let is_replaced = |setting: &Setting| {
            !all.addresses.is_empty() && !all.addresses.iter().any(|one| all.is_told(*setting, one))
        };
        let why = "every address holds its own login";
        let replaced: Vec<Unused> = all
            .login
            .used
            .iter()
            .copied()
            .filter(is_replaced)
            .map(|setting| Unused { setting, why: why.to_owned() })
            .collect();
        all.unused.extend(replaced);
        all
    }

    pub(super) fn is_used(&self, setting: Setting) -> bool {
        !self.unused.iter().any(|unused| unused.setting == setting)
    }

    /// Whether a login in the address is sent to it.
    pub(super) fn has_own_login(&self, address: &Address) -> bool {
        let login = &self.login;
        let is_ignored = login.address_logins == AddressLogins::Ignored && login.kind.is_some();
        let is_replaced = login.token_beside && address.has_token();
        address.login().is_some() && !is_ignored && !is_replaced
    }

    /// Whether any server is told the login in its address.
    pub(super) fn has_own_logins(&self) -> bool {
        self.addresses.iter().any(|address| self.has_own_login(address))
    }

    /// Whether a server is told a value of the login for all. TLS comes before any login.
    pub(super) fn is_told(&self, setting: Setting, to: &Address) -> bool {
        if !self.has_own_login(to) {
            return true;
        }
        match setting {
            Setting::Cert | Setting::Key => true,
            Setting::Token => self.login.token_beside,
            Setting::Creds | Setting::Nsc | Setting::Jwt | Setting::Seed => {
                self.login.address_logins == AddressLogins::Beside
            }
            _ => false,
        }
    }
}

/// A domain stands for a prefix, so that one of the two is used.
fn prefix(values: &Values) -> (Option<Unused>, Option<Failure>) {
    let (domain, prefix) = (values.get(Setting::Domain), values.get(Setting::ApiPrefix));
    let (Some(domain), Some(prefix)) = (domain, prefix) else { return (None, None) };
    let above = |label: &str| format!("the {label} goes before");
    let (setting, why) = match domain.source.layer().cmp(&prefix.source.layer()) {
        std::cmp::Ordering::Greater => (Setting::ApiPrefix, above("JetStream domain")),
        std::cmp::Ordering::Less => (Setting::Domain, above("API prefix")),
        std::cmp::Ordering::Equal => {
            let why = format!(
                "an API prefix is given with it ({}), and a domain stands for one; leave one out",
                prefix.source.said()
            );
            return (None, Some(wrong(Setting::Domain, domain, why)));
        }
    };
    (Some(Unused { setting, why }), None)
}
