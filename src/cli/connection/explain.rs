//! The connection as a person reads it: each value, where it came from, what it replaced, and what
//! is not used. No secret is in it.

use unicode_width::UnicodeWidthStr as _;

use super::Resolved;
use super::reference::{Reference, shown_path};
use super::setting::{Place, Setting};
use super::values::{Source, Value};
use crate::domain::escape;
use crate::store::nats::{Address, AddressLogins, ConnectOptions, KeyText};

/// Shown in place of a secret.
const HIDDEN: &str = "***";
/// Columns of a line, where it can be, so that it fits a terminal of 80 with a prompt beside it.
const WIDTH: usize = 74;

type Row = [String; 3];

impl Resolved {
    /// The whole of it with the warnings, in lines; each ends with a line break.
    pub(super) fn explanation(&self) -> String {
        let mut lines = self.lines();
        for (at, warning) in self.warnings().into_iter().enumerate() {
            lines.extend((at == 0).then(String::new));
            lines.push(format!("warning: {warning}"));
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// The whole of it without the warnings.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = self.heading();
        lines.push(String::new());
        let rows = Setting::every().flat_map(|setting| self.rows(setting)).collect();
        lines.extend(table(["Setting", "Value", "From"], rows));
        let unused = self.unused();
        if !unused.is_empty() {
            lines.push(String::new());
            lines.extend(table(["Not used", "From", "Why"], unused));
        }
        let notes = self.notes();
        lines.extend((!notes.is_empty()).then(String::new));
        lines.extend(notes);
        lines
    }

    /// The same for a narrow place: labels, each with a text that may be folded.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let mut heading = self.heading().into_iter();
        let context = heading.next().unwrap_or_default();
        let context = context.strip_prefix("Context: ").unwrap_or(&context).to_owned();
        let mut fields = vec![("context".to_owned(), context)];
        fields.extend(heading.map(|line| (String::new(), line.trim_start().to_owned())));
        for setting in Setting::every() {
            let rows = self.rows(setting);
            let from = rows.first().map(|[_, _, from]| from.clone()).unwrap_or_default();
            let last = rows.len().saturating_sub(1);
            fields.extend(rows.into_iter().enumerate().map(|(at, [label, value, _])| {
                (label, if at == last { format!("{value} ({from})") } else { value })
            }));
        }
        fields.extend(
            self.unused().into_iter().map(|[label, from, why]| {
                ("not used".to_owned(), format!("{label} ({from}): {why}"))
            }),
        );
        fields.extend(self.notes().into_iter().map(|note| ("note".to_owned(), note)));
        fields
    }

    fn heading(&self) -> Vec<String> {
        let Some(context) = &self.context else {
            return vec![format!("Context: none ({})", self.no_context)];
        };
        let name = escape::text(&context.name);
        let file = shown(&context.file.display().to_string());
        let by = shown(&context.chosen.by());
        let mut lines = vec![format!("Context: {name} ({file}), {by}")];
        let text = context.description.iter();
        lines.extend(text.map(|text| format!("         {}", escape::text(text))));
        lines
    }

    /// The rows of a value that is used; several addresses have one each.
    fn rows(&self, setting: Setting) -> Vec<Row> {
        let given = self.used.get(setting);
        let values = match given {
            _ if setting == Setting::Server => self.addresses(),
            Some(value) => vec![self.value(value)],
            None => self.default(setting).into_iter().collect(),
        };
        let from = match given {
            Some(_) => self.from(setting),
            None if setting == Setting::ApiPrefix && self.domain().is_some() => {
                "the JetStream domain".into()
            }
            None => "default".into(),
        };
        let label = setting.names().label;
        let row = |(at, value)| match at {
            0 => [label.to_owned(), value, from.clone()],
            _ => [String::new(), value, String::new()],
        };
        values.into_iter().enumerate().map(row).collect()
    }

    /// The source of a value, and those that it went before.
    fn from(&self, setting: Setting) -> String {
        let said = |value: &Value| match value.source {
            Source::Flag(name) => format!("flag {name}"),
            source => source.said(),
        };
        let sources: Vec<String> = self.used.values.all(setting).map(said).collect();
        match sources.split_first() {
            Some((from, [])) => from.clone(),
            Some((from, replaced)) => format!("{from}; replaces {}", replaced.join(", ")),
            None => String::new(),
        }
    }

    fn addresses(&self) -> Vec<String> {
        if self.used.addresses.is_empty() {
            return vec![self.options.redacted()];
        }
        let one = |address: &Address| {
            let shown = address.shown();
            match address.login() {
                Some(kind) if self.used.has_own_login(address) => format!("{shown} (own {kind})"),
                Some(kind) => format!("{shown} ({kind} not used)"),
                None => shown,
            }
        };
        self.used.addresses.iter().map(one).collect()
    }

    fn value(&self, value: &Value) -> String {
        let setting = value.setting;
        // A copy, since a place is one to write to.
        let mut options = self.options.clone();
        match setting.place(&mut options) {
            Place::File(Some(path)) | Place::Key(Some(KeyText::File(path))) => {
                return shown(&path.display().to_string());
            }
            _ => {}
        }
        // A user name alone may be a token at the wrong place.
        let is_lone = setting == Setting::User && self.used.values.get(Setting::Password).is_none();
        let is_secret = setting.is_secret() || Setting::UNSUPPORTED.contains(&setting);
        match Reference::of(&value.text).map(Reference::scheme) {
            _ if is_lone => HIDDEN.to_owned(),
            Some(scheme) if setting.is_path() || setting.is_secret() => {
                format!("{HIDDEN} ({scheme})")
            }
            _ if setting.is_path() => shown(shown_path(&value.text)),
            _ if is_secret => HIDDEN.to_owned(),
            _ => shown(&value.text),
        }
    }

    fn default(&self, setting: Setting) -> Option<String> {
        match setting {
            Setting::ApiPrefix => match self.domain() {
                Some(domain) => Some(shown(&format!("$JS.{domain}.API"))),
                None => Some("$JS.API".into()),
            },
            Setting::InboxPrefix => Some("_INBOX".into()),
            Setting::Timeout => Some(format!("{}s", ConnectOptions::TIMEOUT.as_secs())),
            _ => None,
        }
    }

    fn domain(&self) -> Option<&str> {
        self.used.get(Setting::Domain).map(|value| value.text.trim())
    }

    fn unused(&self) -> Vec<Row> {
        let row = |setting: Setting| {
            let unused = self.used.unused.iter().find(|unused| unused.setting == setting)?;
            Some([setting.names().label.to_owned(), self.from(setting), unused.why.clone()])
        };
        let mut rows: Vec<Row> = Setting::every().filter_map(row).collect();
        let is_passed_over =
            |address: &Address| address.login().is_some() && !self.used.has_own_login(address);
        let before = self.used.kind.filter(|_| self.used.address_logins == AddressLogins::Ignored);
        let before = self.used.values.get(before.unwrap_or(Setting::Token));
        if let Some(login) = before
            && self.used.addresses.iter().any(is_passed_over)
        {
            let why = format!("{} goes before", login.source.said());
            rows.push(["address login".to_owned(), self.from(Setting::Server), why]);
        }
        rows
    }

    /// What holds for all servers.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let used = &self.used;
        if used.addresses.iter().any(|address| used.has_own_login(address)) {
            notes.push("A login in an address is sent to that address alone.".to_owned());
            let of_all = match (used.address_logins, used.token_beside) {
                _ if used.login.is_empty() => "",
                (AddressLogins::Beside, true) => "No user or NKey for all is sent there.",
                (AddressLogins::Beside, false) => "No user, NKey or token for all is sent there.",
                (AddressLogins::Alone, true) => {
                    "Of the login for all only the token is sent there."
                }
                (AddressLogins::Alone, false) => "No login for all is sent there.",
                (AddressLogins::Ignored, false) if used.login.contains(&Setting::Token) => {
                    "The token for all is not sent there."
                }
                (AddressLogins::Ignored, _) => "",
            };
            notes.extend((!of_all.is_empty()).then(|| of_all.to_owned()));
            notes.push("Servers that the cluster announces are not followed.".to_owned());
        }
        let options = &self.options;
        let is_tls: Vec<bool> = self.used.addresses.iter().map(|one| one.is_tls()).collect();
        let reasons = [
            (is_tls.contains(&true), "an address is tls://"),
            (options.tls_ca.is_some(), "TLS authorities are given"),
            (options.tls_cert.is_some(), "a TLS certificate is given"),
            (options.tls_first, "TLS comes first"),
        ];
        if is_tls.contains(&false)
            && let Some((_, reason)) = reasons.into_iter().find(|(holds, _)| *holds)
        {
            notes.push(format!("TLS is required of every server: {reason}."));
        }
        notes
    }
}

/// Columns beneath their names. A line that is too long goes on in the next, below its last column.
fn table(names: [&str; 3], rows: Vec<Row>) -> Vec<String> {
    let rows: Vec<Row> = std::iter::once(names.map(Into::into)).chain(rows).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let pad = |text: &str, width: usize| " ".repeat(width - text.width().min(width));
    let mut lines = Vec::new();
    for [label, value, last] in &rows {
        let before = format!("{label}{}  {value}{}  ", pad(label, first), pad(value, second));
        let room = WIDTH.saturating_sub(before.width());
        let (now, later) = match last.split_once("; ") {
            Some((now, later)) if last.width() > room => (now, Some(later)),
            _ => (last.as_str(), None),
        };
        lines.push(format!("{before}{now}").trim_end().to_owned());
        lines.extend(later.map(|later| " ".repeat(before.width()) + later));
    }
    lines
}

fn shown(text: &str) -> String {
    escape::sentence(text)
}
