//! What is used of all that was given: one login and what goes with it, and one of a domain and a
//! prefix. Nothing else is resolved, or refused.

use super::Failure;
use super::setting::Setting;
use super::values::{Layer, Value, Values};
use crate::store::nats::{Address, AddressLogins};

/// The kinds of login of which one is used, the first before the others, as in the nats CLI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Creds,
    Nkey,
    Jwt,
}

/// A value that was given and is not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unused {
    pub(super) setting: Setting,
    pub(super) why: String,
}

/// What is used, and for which address. No `Debug`: it holds secrets.
pub(super) struct Used {
    /// All that was given.
    pub(super) values: Values,
    /// None where one of them cannot be read, which the store tells.
    pub(super) addresses: Vec<Address>,
    /// What an address's own login is to the kind of login that is used.
    pub(super) address_logins: AddressLogins,
    /// Whether the token goes beside a login in an address.
    pub(super) token_beside: bool,
    /// The highest value of the kind of login that is used.
    pub(super) kind: Option<Setting>,
    /// All values of the login that are used, the token among them.
    pub(super) login: Vec<Setting>,
    pub(super) unused: Vec<Unused>,
    /// A domain and a prefix of one source, which cannot be used together.
    pub(super) problem: Option<Failure>,
}

impl Kind {
    const ALL: [Self; 4] = [Self::User, Self::Creds, Self::Nkey, Self::Jwt];

    /// The value without which there is no such login.
    fn first(self, values: &Values) -> Setting {
        match self {
            Self::User => Setting::User,
            // An nsc profile stands for a credentials file, where none is given.
            Self::Creds if values.get(Setting::Creds).is_none() => Setting::Nsc,
            Self::Creds => Setting::Creds,
            Self::Nkey => Setting::Nkey,
            Self::Jwt => Setting::Jwt,
        }
    }

    /// Its values, as far as they are given.
    fn given(self, values: &Values) -> impl Iterator<Item = Setting> {
        let second = match self {
            Self::User => Some(Setting::Password),
            Self::Jwt => Some(Setting::Seed),
            Self::Creds | Self::Nkey => None,
        };
        let all = std::iter::once(self.first(values)).chain(second);
        all.filter(|setting| values.get(*setting).is_some())
    }

    fn is_whole(self, values: &Values) -> bool {
        values.get(self.first(values)).is_some()
    }
}

impl Unused {
    fn new(setting: Setting, why: impl Into<String>) -> Self {
        Self { setting, why: why.into() }
    }
}

impl Used {
    /// Chooses by where each value is from.
    pub(super) fn of(values: Values) -> Self {
        let typed = |kind: &Kind| {
            kind.given(&values).filter_map(|setting| values.layer(setting)).max()
                == Some(Layer::Flag)
        };
        let mut kinds: Vec<Kind> = Kind::ALL.into_iter().filter(typed).collect();
        let is_typed = !kinds.is_empty();
        if !is_typed {
            kinds.extend(Kind::ALL.into_iter().find(|kind| kind.is_whole(&values)));
        }
        // Several typed: all are handed on, and refused with the options to choose from.
        let mut login: Vec<Setting> = kinds.iter().flat_map(|kind| kind.given(&values)).collect();
        let kind = login.iter().copied().max_by_key(|setting| values.layer(*setting));
        let server = values.layer(Setting::Server);
        let token = values.layer(Setting::Token);
        login.extend(token.map(|_| Setting::Token));
        let mut used = Self {
            addresses: values.bare().addresses().unwrap_or_default(),
            address_logins: against(kind.and_then(|kind| values.layer(kind)), server),
            // An address's login goes before the token of its own context.
            token_beside: token >= server && token > Some(Layer::Context),
            kind,
            login,
            unused: Vec::new(),
            problem: None,
            values,
        };
        used.leave_out_logins(&kinds, is_typed);
        used.leave_out_others();
        used
    }

    /// Notes the kinds of login that are not used, and why.
    fn leave_out_logins(&mut self, used: &[Kind], is_typed: bool) {
        let values = &self.values;
        let mut unused = Vec::new();
        for kind in Kind::ALL.into_iter().filter(|kind| !used.contains(kind)) {
            for setting in kind.given(values) {
                let why = match used.first() {
                    Some(_) if is_typed => "an option gives another login".to_owned(),
                    Some(first) if kind.is_whole(values) => {
                        format!("the {} goes before", first.first(values).names().label)
                    }
                    _ if setting == Setting::Password => "there is no user name".to_owned(),
                    _ => "there is no user JWT".to_owned(),
                };
                unused.push(Unused { setting, why });
            }
        }
        if values.get(Setting::Creds).is_some() && values.get(Setting::Nsc).is_some() {
            unused.push(Unused::new(Setting::Nsc, "the credentials file goes before"));
        }
        if values.get(Setting::Server).is_none() {
            // It stands for the address too.
            unused.retain(|unused| unused.setting != Setting::Nsc);
        }
        self.unused = unused;
    }

    /// Notes what else is not used, and why.
    fn leave_out_others(&mut self) {
        let values = &self.values;
        match prefix(values) {
            Ok(unused) => self.unused.extend(unused),
            Err(problem) => self.problem = Some(problem),
        }
        let above = |setting| values.layer(setting) > Some(Layer::Context);
        let has_store = values.get(Setting::WindowsStore).is_some();
        if has_store && above(Setting::Cert) && above(Setting::Key) {
            let why = "the TLS certificate goes before";
            self.unused.push(Unused::new(Setting::WindowsStore, why));
        }
        // The nats CLI's own words for no proxy.
        let is_none = |proxy: &Value| matches!(proxy.text.trim(), "none" | "NONE" | "-");
        if values.get(Setting::Proxy).is_some_and(is_none) {
            self.unused.push(Unused::new(Setting::Proxy, "it says that there is none"));
        }
        let is_replaced = |setting: &Setting| {
            let mut addresses = self.addresses.iter();
            !self.addresses.is_empty() && !addresses.any(|one| self.is_told(*setting, one))
        };
        let replaced: Vec<Setting> = self.login.iter().copied().filter(is_replaced).collect();
        let why = "every address holds its own login";
        self.unused.extend(replaced.into_iter().map(|setting| Unused::new(setting, why)));
    }

    pub(super) fn is_used(&self, setting: Setting) -> bool {
        !self.unused.iter().any(|unused| unused.setting == setting)
    }

    /// The value that is used.
    pub(super) fn get(&self, setting: Setting) -> Option<&Value> {
        self.values.get(setting).filter(|_| self.is_used(setting))
    }

    /// Whether a login in the address is sent to it.
    pub(super) fn has_own_login(&self, address: &Address) -> bool {
        let is_ignored = self.address_logins == AddressLogins::Ignored && self.kind.is_some();
        let is_replaced = self.token_beside && address.has_token();
        address.login().is_some() && !is_ignored && !is_replaced
    }

    /// Whether a server is told a value of the login for all. TLS comes before any login.
    pub(super) fn is_told(&self, setting: Setting, to: &Address) -> bool {
        if !self.has_own_login(to) {
            return true;
        }
        match setting {
            Setting::Cert | Setting::Key => true,
            Setting::Token => self.token_beside,
            Setting::Creds | Setting::Nsc | Setting::Jwt | Setting::Seed => {
                self.address_logins == AddressLogins::Beside
            }
            _ => false,
        }
    }
}

/// The higher source goes before. Of one source an address's login does, for its address; as in
/// the nats CLI it is sent beside keys with a JWT.
fn against(login: Option<Layer>, server: Option<Layer>) -> AddressLogins {
    match (login, server) {
        (Some(login), Some(server)) if login < server => AddressLogins::Alone,
        (Some(login), Some(server)) if login == server => AddressLogins::Beside,
        _ => AddressLogins::Ignored,
    }
}

/// A domain stands for a prefix, so that one of the two is used.
fn prefix(values: &Values) -> Result<Option<Unused>, Failure> {
    let (domain, prefix) = (values.get(Setting::Domain), values.get(Setting::ApiPrefix));
    let (Some(domain), Some(prefix)) = (domain, prefix) else { return Ok(None) };
    match domain.layer().cmp(&prefix.layer()) {
        std::cmp::Ordering::Greater => {
            Ok(Some(Unused::new(Setting::ApiPrefix, "the JetStream domain goes before")))
        }
        std::cmp::Ordering::Less => {
            Ok(Some(Unused::new(Setting::Domain, "the API prefix goes before")))
        }
        std::cmp::Ordering::Equal => Err(domain.wrong(format!(
            "an API prefix is given with it ({}), and a domain stands for one; leave one out",
            prefix.source.said()
        ))),
    }
}
