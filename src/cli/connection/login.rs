//! As whom to connect, of all that was said, and what a login in an address is to it.

use super::setting::Setting;
use super::used::Unused;
use super::values::{Layer, Values};
use crate::store::nats::AddressLogins;

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

    /// The highest source of what is given of it.
    fn layer(self, values: &Values) -> Option<Layer> {
        self.given(values).filter_map(|setting| values.layer(setting)).max()
    }

    fn is_whole(self, values: &Values) -> bool {
        values.get(self.first(values)).is_some()
    }
}

/// What is used of the login for all servers, and what an address's own is to it.
pub(super) struct Chosen {
    /// To the kind of login that is used.
    pub(super) address_logins: AddressLogins,
    /// To the token.
    pub(super) token_beside: bool,
    /// The highest value of the kind of login that is used.
    pub(super) kind: Option<Setting>,
    /// All values that are used, the token among them.
    pub(super) used: Vec<Setting>,
    pub(super) unused: Vec<Unused>,
}

/// Chooses by where each value is from.
pub(super) fn choose(values: &Values) -> Chosen {
    let typed = |kind: &Kind| kind.layer(values) == Some(Layer::Flag);
    let mut kinds: Vec<Kind> = Kind::ALL.into_iter().filter(typed).collect();
    let is_typed = !kinds.is_empty();
    if !is_typed {
        kinds.extend(Kind::ALL.into_iter().find(|kind| kind.is_whole(values)));
    }
    // Several typed: all are handed on, and refused with the options to choose from.
    let (used, other): (Vec<Kind>, Vec<Kind>) =
        Kind::ALL.into_iter().partition(|kind| kinds.contains(kind));
    let mut unused = Vec::new();
    for kind in other {
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
    if values.get(Setting::Creds).is_some() {
        let why = "the credentials file goes before".to_owned();
        unused.extend(values.get(Setting::Nsc).map(|_| Unused { setting: Setting::Nsc, why }));
    }
    let mut used: Vec<Setting> = used.iter().flat_map(|kind| kind.given(values)).collect();
    let kind = used.iter().copied().max_by_key(|setting| values.layer(*setting));
    let server = values.layer(Setting::Server);
    let token = values.layer(Setting::Token);
    used.extend(token.map(|_| Setting::Token));
    Chosen {
        address_logins: against(kind.and_then(|kind| values.layer(kind)), server),
        // An address's login goes before the token of its own context.
        token_beside: token >= server && token > Some(Layer::Context),
        kind,
        used,
        unused,
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
