//! What is used of all that was given. Nothing else is resolved, or refused.

use super::Failure;
use super::login;
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
    pub(super) address_logins: AddressLogins,
    /// The highest value of the login for all servers.
    pub(super) login: Option<Setting>,
    pub(super) unused: Vec<Unused>,
}

impl Used {
    /// Chooses by where each value is from.
    ///
    /// # Errors
    /// For a JetStream domain and an API prefix of one source.
    pub(super) fn of(values: &Values) -> Result<Self, Failure> {
        let addresses = bare(values).addresses().unwrap_or_default();
        let (address_logins, login, mut unused) = login::choose(values, &addresses);
        if values.get(Setting::Server).is_none() {
            // It stands for the address too.
            unused.retain(|unused| unused.setting != Setting::Nsc);
        }
        unused.extend(prefix(values)?);
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
        Ok(Self { addresses, address_logins, login, unused })
    }

    pub(super) fn is_used(&self, setting: Setting) -> bool {
        !self.unused.iter().any(|unused| unused.setting == setting)
    }

    /// Whether a login in the address is sent to it.
    pub(super) fn has_own_login(&self, address: &Address) -> bool {
        let is_ignored = self.address_logins == AddressLogins::Ignored && self.login.is_some();
        address.login().is_some() && !is_ignored
    }

    /// Whether any server is told the login in its address.
    pub(super) fn has_own_logins(&self) -> bool {
        self.addresses.iter().any(|address| self.has_own_login(address))
    }
}

/// A domain stands for a prefix, so that one of the two is used.
fn prefix(values: &Values) -> Result<Option<Unused>, Failure> {
    let (domain, prefix) = (values.get(Setting::Domain), values.get(Setting::ApiPrefix));
    let (Some(domain), Some(prefix)) = (domain, prefix) else { return Ok(None) };
    let above = |label: &str| format!("the {label} goes before");
    let (setting, why) = match domain.source.layer().cmp(&prefix.source.layer()) {
        std::cmp::Ordering::Greater => (Setting::ApiPrefix, above("JetStream domain")),
        std::cmp::Ordering::Less => (Setting::Domain, above("API prefix")),
        std::cmp::Ordering::Equal => {
            let why = format!(
                "an API prefix is given with it ({}), and a domain stands for one; leave one out",
                prefix.source.said()
            );
            return Err(wrong(Setting::Domain, domain, why));
        }
    };
    Ok(Some(Unused { setting, why }))
}
