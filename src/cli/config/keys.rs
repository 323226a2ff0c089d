//! `[keys]`: actions by name, each with a key or a list of keys.

use serde_json::Value;

use crate::app::action::Entry;
use crate::app::keymap::BadKey;
use crate::app::{Action, Key, Keymap, REGISTRY};
use crate::cli::strict::{self, kind, short, wrong};

const WANTED: &str = "a key, as in \"Ctrl-d\", or a list of keys";

/// The keymap, and which actions the file names.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Keys {
    /// Which key means what.
    pub(super) map: Keymap,
    /// Actions whose keys the file gives.
    pub(super) given: Vec<Action>,
}

/// The keys of a `[keys]` table.
///
/// # Errors
/// The action, what is wrong with its keys, and the fix.
pub(super) fn of(table: Option<&Value>) -> Result<Keys, String> {
    let table = match table {
        None => return Ok(Keys::default()),
        Some(Value::Object(table)) => table,
        Some(other) => return Err(wrong("keys", other, "[keys], and actions below")),
    };
    let mut changes = Vec::new();
    for (name, value) in table {
        let Some(entry) = REGISTRY.iter().find(|entry| entry.name == name) else {
            return Err(format!("keys.{}", unknown(name)));
        };
        let keys = listed(value).map_err(|error| format!("keys.{name}: {error}"))?;
        changes.push((entry.action, keys));
    }
    let map = Keymap::with(&changes).map_err(|(action, bad)| {
        let name = name(action);
        format!("keys.{name}: {}", why(bad))
    })?;
    Ok(Keys { map, given: changes.into_iter().map(|(action, _)| action).collect() })
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = REGISTRY.iter().map(|entry| entry.name).collect();
    let shown = short(name);
    match strict::nearest(name, names.iter().copied(), strict::SLIPS) {
        Some(meant) => format!("{shown}: unknown action; did you mean {meant}?"),
        None => format!("{shown}: unknown action; the help (?) and roomscope config list them"),
    }
}

fn listed(value: &Value) -> Result<Vec<Key>, String> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    values
        .iter()
        .map(|value| match value {
            Value::String(word) => Key::parse(word).ok_or_else(|| no_key(word)),
            other => Err(format!("{} will not do; write {WANTED}", kind(other))),
        })
        .collect()
}

fn no_key(word: &str) -> String {
    let plain = word.strip_prefix("Ctrl-");
    // What is near is told of the part after Ctrl- too.
    let meant = strict::nearest(plain.unwrap_or(word), Key::names(), strict::SLIPS);
    let shown = short(word);
    match (meant, plain) {
        (Some(meant), None) => format!("'{shown}' is no key; did you mean {meant}?"),
        (Some(meant), Some(_)) => format!("'{shown}' is no key; did you mean Ctrl-{meant}?"),
        (None, _) => format!(
            "'{shown}' is no key; write one character, {}, or Ctrl- and one of these",
            Key::names().collect::<Vec<_>>().join(", ")
        ),
    }
}

fn why(bad: BadKey) -> String {
    match bad {
        BadKey::Reserved(key, action) => {
            format!("{key} is always {}; choose another key", name(action))
        }
        BadKey::Digit(key) => {
            format!("{key} begins a count, as in 12j; choose a key that is no digit")
        }
        BadKey::SameAs(key, arrives) => {
            format!("terminals send {arrives} for {key}; write \"{arrives}\", or another key")
        }
        BadKey::Taken(key, other) => {
            format!("{key} is given to {} too; give one of them another key", name(other))
        }
    }
}

fn name(action: Action) -> &'static str {
    REGISTRY.iter().find(|entry| entry.action == action).map_or("", |entry: &Entry| entry.name)
}
