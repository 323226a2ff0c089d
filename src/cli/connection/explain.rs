//! The connection as a person reads it: each value, where it came from, and what to look out for.
//! No secret is in it.

use unicode_width::UnicodeWidthStr as _;

use super::Resolved;
use super::setting::Setting;
use super::values::{Layer, Source};
use crate::domain::escape;
use crate::store::nats::ConnectOptions;

/// Shown in place of a secret.
const HIDDEN: &str = "***";

impl Resolved {
    /// The whole of it, in lines; each ends with a line break.
    pub(super) fn explanation(&self) -> String {
        let mut out = self.heading() + "\n\n";
        let rows: Vec<[String; 3]> = std::iter::once(["Setting", "Value", "From"].map(Into::into))
            .chain(Setting::ALL.into_iter().filter_map(|setting| self.row(setting)))
            .collect();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or(0)
        };
        let (first, second) = (width(0), width(1));
        for [label, value, from] in &rows {
            let pad = |text: &str, width: usize| " ".repeat(width - text.width().min(width));
            let line =
                format!("{label}{}  {value}{}  {from}", pad(label, first), pad(value, second));
            out.push_str(line.trim_end());
            out.push('\n');
        }
        for (at, warning) in self.warnings().iter().enumerate() {
            out.push_str(if at == 0 { "\nwarning: " } else { "warning: " });
            out.push_str(warning);
            out.push('\n');
        }
        out
    }

    /// What may surprise, each in one line.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut all: Vec<String> = self.elsewhere().into_iter().collect();
        for (key, near) in self.context.iter().flat_map(|context| &context.unknown) {
            let key = escape::text(key);
            let meant = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            all.push(format!("the context's key '{key}' is unknown, and not used{meant}"));
        }
        all
    }

    fn heading(&self) -> String {
        match (&self.context, self.no_context) {
            (Some(context), _) => {
                let name = escape::text(&context.name);
                let file = context.file.display().to_string();
                let by = context.chosen.by();
                let mut line = format!("Context: {name} ({}), {}", shown(&file), shown(&by));
                if let Some(text) = &context.description {
                    line = line + "\n         " + &escape::text(text);
                }
                line
            }
            (None, Some(why)) => format!("Context: none ({why})"),
            (None, None) => "Context: none (this command uses none)".into(),
        }
    }

    fn row(&self, setting: Setting) -> Option<[String; 3]> {
        let value = match self.values.get(setting) {
            Some(_) if setting.is_secret() => HIDDEN.to_owned(),
            // A user name alone may be a token at the wrong place.
            Some(_) if setting == Setting::User && self.lone_user() => HIDDEN.to_owned(),
            Some(value) if setting == Setting::Server => {
                let besides = if value.text.contains('@') { " (with credentials)" } else { "" };
                self.options.redacted() + besides
            }
            Some(value) => shown(&value.text),
            None => self.default(setting)?,
        };
        let mut from = match self.values.get(setting).map(|value| value.source) {
            Some(Source::Flag(name)) => format!("flag {name}"),
            Some(source) => source.said(),
            None if setting == Setting::ApiPrefix && self.options.domain.is_some() => {
                "the JetStream domain".into()
            }
            None => "default".into(),
        };
        if let Some(unused) = self.unused.iter().find(|unused| unused.setting == setting) {
            from = format!("{from} (not used: {})", unused.why);
        }
        Some([setting.names().label.to_owned(), value, from])
    }

    fn lone_user(&self) -> bool {
        self.values.get(Setting::Password).is_none()
    }

    fn default(&self, setting: Setting) -> Option<String> {
        match setting {
            Setting::Server => Some(self.options.redacted()),
            Setting::ApiPrefix => match &self.options.domain {
                Some(domain) => Some(shown(&format!("$JS.{domain}.API"))),
                None => Some("$JS.API".into()),
            },
            Setting::InboxPrefix => Some("_INBOX".into()),
            Setting::Timeout => Some(format!("{}s", ConnectOptions::TIMEOUT.as_secs())),
            _ => None,
        }
    }

    /// The trap of contexts: credentials made for one server go to another, since only the
    /// address was replaced.
    fn elsewhere(&self) -> Option<String> {
        let context = self.context.as_ref()?;
        let server = self.values.get(Setting::Server)?;
        if server.source.layer() == Layer::Context {
            return None;
        }
        let of_context = context.values.iter().find(|(setting, _)| *setting == Setting::Server);
        let own = of_context.map_or(super::DEFAULT_SERVER, |(_, url)| url);
        let own = ConnectOptions::new(own).redacted();
        let used = self.options.redacted();
        if own == used {
            return None;
        }
        let is_used = |setting: &Setting| !self.unused.iter().any(|one| one.setting == *setting);
        let sent: Vec<&str> = Setting::ALL
            .into_iter()
            .filter(|setting| setting.is_login() && is_used(setting))
            .filter(|setting| self.values.layer(*setting) == Some(Layer::Context))
            .map(|setting| setting.names().label)
            .collect();
        if sent.is_empty() {
            return None;
        }
        Some(format!(
            "{} of context '{}', which is for {own}, would go to {used}, since {} replaces only \
             the address; use --no-context, or that server's own context",
            sent.join(", "),
            escape::text(&context.name),
            server.source.said()
        ))
    }
}

fn shown(text: &str) -> String {
    escape::sentence(text)
}
