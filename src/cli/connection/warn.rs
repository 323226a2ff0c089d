//! What may surprise about a connection. No secret is in it.

use super::setting::Setting;
use super::values::{Layer, Source, Value};
use super::{DEFAULT_SERVER, Resolved};
use crate::domain::escape;
use crate::store::nats::{Address, AddressLogins, ConnectOptions};

impl Resolved {
    /// What may surprise, each in one line.
    pub(super) fn warnings(&self) -> Vec<String> {
        let elsewhere = [Layer::Context, Layer::Variable].into_iter();
        let mut all: Vec<String> = elsewhere.filter_map(|layer| self.elsewhere(layer)).collect();
        all.extend(self.cut_off());
        for (key, near) in self.context.iter().flat_map(|context| &context.unknown) {
            let key = escape::text(key);
            let meant = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            all.push(format!("the context's key '{key}' is unknown, and not used{meant}"));
        }
        all
    }

    /// The trap of contexts: a login made for one server goes to another, since only the address
    /// was replaced, or only the login.
    fn elsewhere(&self, layer: Layer) -> Option<String> {
        let server = self.values.get(Setting::Server)?;
        let of_layer = |value: &&Value| value.source.layer() == layer;
        let own = self.values.all(Setting::Server).iter().find(of_layer);
        if own.is_none() && layer == Layer::Variable && server.source.layer() == Layer::Flag {
            // Nothing says which server it is for.
            return None;
        }
        let own = ConnectOptions::new(own.map_or(DEFAULT_SERVER, |value| &value.text));
        let known = own.addresses().unwrap_or_default();
        let is_strange = |to: &&Address| !known.iter().any(|known| known.is_same_server(to));
        let is_sent = |setting: &Setting| {
            setting.is_login()
                && self.used.is_used(*setting)
                && self.values.layer(*setting) == Some(layer)
        };
        let sent: Vec<Setting> = Setting::ALL.into_iter().filter(is_sent).collect();
        let addresses = self.used.addresses.iter();
        let strange: Vec<String> = addresses
            .filter(|to| sent.iter().any(|setting| self.is_told(*setting, to)))
            .filter(is_strange)
            .map(Address::shown)
            .collect();
        if strange.is_empty() {
            return None;
        }
        let names = |name: &dyn Fn(&Setting) -> String| {
            sent.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        let labels = names(&|setting| setting.names().label.to_owned());
        let variables = names(&|setting| match self.values.get(*setting).map(|v| v.source) {
            Some(Source::Variable(name)) => name.to_owned(),
            _ => String::new(),
        });
        let (own, to, from) = (own.redacted(), strange.join(", "), server.source.said());
        let context = self.context.as_ref().map(|context| escape::text(&context.name));
        let context = context.unwrap_or_default();
        Some(match (layer, server.source.layer()) {
            (Layer::Context, _) => format!(
                "{labels} of context '{context}', which is for {own}, would go to {to}, since \
                 {from} replaces only the address; use --no-context, or that server's own context"
            ),
            (_, Layer::Context) => {
                format!(
                    "{labels} (environment {variables}) would go to {to}, the server of context '{context}'; \
                     unset what is not meant for it, or give the login as an option"
                )
            }
            _ => {
                format!(
                    "{labels} (environment {variables}) would go to {to}, while NATS_URL is {own}; unset what \
                     is not meant for it, or give the login as an option"
                )
            }
        })
    }

    /// Whether a server is told this value, which is used for some. One with a login of its own is
    /// told no other but the keys beside it, and TLS comes before any login.
    fn is_told(&self, setting: Setting, to: &Address) -> bool {
        match self.used.address_logins {
            _ if setting == Setting::Cert || !self.used.has_own_login(to) => true,
            AddressLogins::Beside => {
                matches!(setting, Setting::Creds | Setting::Jwt | Setting::Seed)
            }
            _ => false,
        }
    }

    /// What stands after a host is not used: a slash in a password ends the address.
    fn cut_off(&self) -> Option<String> {
        let all: Vec<&str> = self.options.servers.iter().flat_map(|list| list.split(',')).collect();
        let end = all.iter().find_map(|text| {
            let text = text.split_once("://").map_or(*text, |(_, rest)| rest);
            let (at, end) = text.char_indices().find(|(_, c)| matches!(c, '/' | '?' | '#'))?;
            text.get(at..)?.contains('@').then_some(end)
        })?;
        let code = u32::from(end);
        Some(format!(
            "what follows the '{end}' in a server's address is not used; write '{end}' in a \
             password as %{code:02X}"
        ))
    }
}
