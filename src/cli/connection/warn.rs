//! What may surprise about a connection. No secret is in it.

use super::setting::Setting;
use super::values::{Layer, Source, Value};
use super::{DEFAULT_SERVER, Resolved};
use crate::domain::escape;
use crate::store::nats::ConnectOptions;

impl Resolved {
    /// What may surprise, each in one line.
    pub(super) fn warnings(&self) -> Vec<String> {
        let layers = [Layer::Context, Layer::Variable].into_iter();
        let mut all: Vec<String> = layers.flat_map(|layer| self.elsewhere(layer)).collect();
        all.extend(self.cut_off());
        for (key, near) in self.context.iter().flat_map(|context| &context.unknown) {
            let key = escape::text(key);
            let meant = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            all.push(format!("the context's key '{key}' is unknown, and not used{meant}"));
        }
        all
    }

    /// The trap of contexts: a login made for one server goes to another, since only the address
    /// was replaced, or only the login. Servers that would be told alike are named together.
    fn elsewhere(&self, layer: Layer) -> Vec<String> {
        let values = &self.used.values;
        let Some(server) = values.get(Setting::Server) else { return Vec::new() };
        let own = values.all(Setting::Server).find(|value| value.layer() == layer);
        if own.is_none() && layer == Layer::Variable && server.layer() == Layer::Flag {
            // Nothing says which server it is for.
            return Vec::new();
        }
        let own = ConnectOptions::new(own.map_or(DEFAULT_SERVER, |value| &value.text));
        let known = own.addresses().unwrap_or_default();
        let is_sent = |setting: &Setting| {
            // A seed goes nowhere: it signs.
            setting.is_login()
                && *setting != Setting::Seed
                && self.used.get(*setting).is_some_and(|value| value.layer() == layer)
        };
        let sent: Vec<Setting> = Setting::ALL.into_iter().filter(is_sent).collect();
        let mut alike: Vec<(Vec<Setting>, Vec<String>)> = Vec::new();
        for to in &self.used.addresses {
            let told = sent.iter().copied().filter(|setting| self.used.is_told(*setting, to));
            let told: Vec<Setting> = told.collect();
            if told.is_empty() || known.iter().any(|known| known.is_same_server(to)) {
                continue;
            }
            match alike.iter_mut().find(|(these, _)| *these == told) {
                Some((_, servers)) => servers.push(to.shown()),
                None => alike.push((told, vec![to.shown()])),
            }
        }
        let said = |(told, to): &(Vec<Setting>, Vec<String>)| {
            self.would_go(layer, server, told, &to.join(", "), &own.redacted())
        };
        alike.iter().map(said).collect()
    }

    fn would_go(
        &self,
        layer: Layer,
        server: &Value,
        told: &[Setting],
        to: &str,
        own: &str,
    ) -> String {
        let labels: Vec<&str> = told.iter().map(|setting| setting.names().label).collect();
        let labels = labels.join(", ");
        let variable = |setting: &Setting| match self.used.values.get(*setting)?.source {
            Source::Variable(name) => Some(name),
            _ => None,
        };
        let variables = told.iter().filter_map(variable).collect::<Vec<_>>().join(", ");
        let context = self.context.as_ref().map(|context| escape::text(&context.name));
        let context = context.unwrap_or_default();
        if layer == Layer::Context {
            return format!(
                "{labels} of context '{context}', which is for {own}, would go to {to}, since {} \
                 replaces only the address; use --no-context, or that server's own context",
                server.source.said()
            );
        }
        let whose = match server.layer() {
            Layer::Context => format!(", the server of context '{context}'"),
            _ => format!(", while NATS_URL is {own}"),
        };
        format!(
            "{labels} (environment {variables}) would go to {to}{whose}; unset what is not meant \
             for it, or give the login as an option"
        )
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
