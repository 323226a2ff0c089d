//! The nats CLI's contexts: where they are kept, which one is selected, and what one says. Read,
//! never written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Env;
use super::setting::Setting;
use crate::cli::error::Failure;
use crate::cli::strict::{SLIPS, nearest};
use crate::domain::escape;

/// Keys that roomscope has no use for. Of those of the Windows certificate store only the store's
/// own has an effect; the nats CLI writes how to match into every context saved on Windows.
const UNUSED: [&str; 7] = [
    "name",
    "description",
    "color_scheme",
    "jetstream_event_prefix",
    "windows_cert_match",
    "windows_cert_match_by",
    "windows_ca_certs_match",
];

/// The nats CLI's folder: `$XDG_CONFIG_HOME/nats`, else `~/.config/nats`, on every system.
pub(super) struct Folder(PathBuf);

/// Who chose the context, or the file that says so.
pub(super) enum Chosen {
    Flag,
    Variable,
    Config(Option<PathBuf>),
    Selected(PathBuf),
}

/// What a context file says. No `Debug`: it holds secrets.
pub(super) struct Context {
    pub(super) name: String,
    pub(super) file: PathBuf,
    pub(super) chosen: Chosen,
    pub(super) description: Option<String>,
    pub(super) values: Vec<(Setting, String)>,
    /// Keys that are set and unknown, each with the one that was probably meant.
    pub(super) unknown: Vec<(String, Option<&'static str>)>,
}

impl Folder {
    /// `None` where there is no home.
    pub(super) fn locate(env: Env<'_>) -> Option<Self> {
        let set = |name| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")));
        root.map(|root| Self(root.join("nats")))
    }

    /// The selected context's name, if one is, and the file that names it.
    pub(super) fn selected(&self) -> Result<Option<(String, PathBuf)>, Failure> {
        let file = self.0.join("context.txt");
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let name = Some(text.trim().to_owned()).filter(|name| !name.is_empty());
                Ok(name.map(|name| (name, file)))
            }
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(Failure::usage(format!(
                "read the selected context in {}: {error}; make it readable, or use --no-context",
                file.display()
            ))),
        }
    }

    fn contexts(&self) -> PathBuf {
        self.0.join("context")
    }

    /// The names of the contexts there are, sorted.
    fn names(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.contexts()) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        names
    }
}

impl Chosen {
    pub(super) fn by(&self) -> String {
        match self {
            Self::Flag => "--context".into(),
            Self::Variable => "environment NATS_CONTEXT".into(),
            Self::Config(None) => "config file".into(),
            Self::Config(Some(file)) => format!("config file {}", file.display()),
            Self::Selected(file) => format!("selected in {}", file.display()),
        }
    }

    const fn is_selected(&self) -> bool {
        matches!(self, Self::Selected(_))
    }
}

impl Context {
    /// Reads a context by its name or file.
    ///
    /// # Errors
    /// When there is none, or it says what cannot be used.
    pub(super) fn load(
        named: &str,
        chosen: Chosen,
        folder: Option<&Folder>,
    ) -> Result<Self, Failure> {
        let (name, file) = if !chosen.is_selected() && is_file(named) && Path::new(named).exists() {
            let stem = Path::new(named).file_stem().unwrap_or_default();
            (stem.to_string_lossy().into_owned(), PathBuf::from(named))
        } else {
            (named.to_owned(), in_folder(named, &chosen, folder)?)
        };
        let shown = file.display().to_string();
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if is_absent(&error) => return Err(missing(named, &chosen, folder)),
            Err(error) => {
                return Err(Failure::usage(format!(
                    "read context '{name}' in {shown}: {error}; make it a readable file, or use \
                     --no-context"
                )));
            }
        };
        let (values, unknown) = (Vec::new(), Vec::new());
        let mut context = Self { name, file, chosen, description: None, values, unknown };
        match context.take(&text) {
            Ok(()) => Ok(context),
            Err(why) => {
                Err(Failure::usage(format!("context '{}' in {shown}: {why}", context.name)))
            }
        }
    }

    /// Takes in the keys. Like the nats CLI, in any case of their letters.
    fn take(&mut self, text: &str) -> Result<(), String> {
        let map: Value = serde_json::from_str(text).map_err(|error| {
            // Of the library's words only the place is told: they may repeat what is there.
            let (line, column) = (error.line(), error.column());
            format!("it is not JSON at line {line} column {column}; mend it, or use another")
        })?;
        let map: Map<String, Value> = match map {
            Value::Object(map) => map,
            _ => return Err("it is no JSON object; mend it, or use another".into()),
        };
        for (key, value) in map.into_iter().filter(|(_, value)| !is_empty(value)) {
            let lower = key.to_ascii_lowercase();
            let setting = Setting::every().find(|s| s.names().key == Some(lower.as_str()));
            match (setting, value) {
                (Some(Setting::TlsFirst), Value::Bool(_)) => {
                    self.values.push((Setting::TlsFirst, "true".into()));
                }
                (Some(Setting::TlsFirst), _) => return Err(format!("{lower}: not true or false")),
                (Some(setting), Value::String(text)) => self.values.push((setting, text)),
                (Some(_), _) => return Err(format!("{lower}: not a text; write it in quotes")),
                (None, Value::String(text)) if lower == "description" => {
                    self.description = Some(text);
                }
                (None, _) if UNUSED.contains(&lower.as_str()) => {}
                (None, _) => {
                    let known = Setting::ALL.into_iter().filter_map(|s| s.names().key);
                    self.unknown.push((key, nearest(&lower, known, SLIPS)));
                }
            }
        }
        Ok(())
    }
}

/// The nats CLI writes all keys, empty where they say nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// Whether there is no such file. A folder that is none has no files.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether a file is meant rather than a name.
fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "json")
}

/// Whether it can be nothing but a file's path: a context may be named so that it ends in .json.
fn is_path(name: &str) -> bool {
    is_file(name) && name.contains(['/', '\\'])
}

/// The file of a name, which stays inside the folder.
fn in_folder(named: &str, chosen: &Chosen, folder: Option<&Folder>) -> Result<PathBuf, Failure> {
    if !chosen.is_selected() && is_path(named) {
        return Err(missing(named, chosen, folder));
    }
    if named.is_empty() || named.contains("..") || named.contains(['/', '\\']) {
        let advice = if chosen.is_selected() {
            "select one with the nats CLI, or give --context or --no-context"
        } else {
            "give a name, or a file ending in .json"
        };
        // An address at the wrong place may hold a password.
        let shown =
            if named.contains("://") { "a server's address".into() } else { format!("'{named}'") };
        return Err(Failure::usage(format!(
            "{} ({}) is no context name: it holds a '/', '\\' or '..'; {advice}",
            escape::text(&shown),
            chosen.by()
        )));
    }
    let file = folder.map(|folder| folder.contexts().join(format!("{named}.json")));
    file.ok_or_else(|| missing(named, chosen, None))
}

/// There is no such context: where it was looked for, and what there is.
fn missing(named: &str, chosen: &Chosen, folder: Option<&Folder>) -> Failure {
    let shown = escape::text(named);
    let by = chosen.by();
    if is_path(named) {
        return Failure::usage(format!(
            "there is no context file {shown} ({by}); give one that is there, a context's name, \
             or --no-context"
        ));
    }
    let Some(folder) = folder else {
        return Failure::usage(format!(
            "context '{shown}' ({by}) cannot be looked for: neither XDG_CONFIG_HOME nor HOME is \
             set; set one, or give a file ending in .json"
        ));
    };
    let names = folder.names();
    let all = names.join(", ");
    let there = match nearest(named, names.iter().map(String::as_str), SLIPS) {
        _ if names.is_empty() => "that folder holds none".to_owned(),
        Some(near) => format!("did you mean {near}? There are: {all}"),
        None => format!("there are: {all}"),
    };
    Failure::usage(format!(
        "there is no context '{shown}' ({by}) in {}; {there}. Give another --context, or \
         --no-context",
        folder.contexts().display()
    ))
}
