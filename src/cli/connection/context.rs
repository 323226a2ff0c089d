//! One context: which, from where, and what it says.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::folder::{self, Folder};
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

/// Who chose the context.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let may_be_file = !matches!(chosen, Chosen::Selected(_)) && folder::is_file(named);
        let (name, file) = if may_be_file && Path::new(named).exists() {
            let stem = Path::new(named).file_stem().unwrap_or_default();
            (stem.to_string_lossy().into_owned(), PathBuf::from(named))
        } else {
            (named.to_owned(), in_folder(named, &chosen, folder)?)
        };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if folder::is_absent(&error) => {
                return Err(missing(named, &chosen, folder));
            }
            Err(error) => {
                let shown = file.display();
                return Err(Failure::usage(format!(
                    "read context '{name}' in {shown}: {error}; make it a readable file, or use \
                     --no-context"
                )));
            }
        };
        let bad =
            |why: String| Failure::usage(format!("context '{name}' in {}: {why}", file.display()));
        let value: Value = serde_json::from_str(&text).map_err(|error| {
            // Of the library's words only the place is told: they may repeat what is there.
            let (line, column) = (error.line(), error.column());
            bad(format!("it is not JSON at line {line} column {column}; mend it, or use another"))
        })?;
        let Value::Object(map) = value else {
            return Err(bad("it is no JSON object; mend it, or use another".into()));
        };
        let mut context = Self {
            name: name.clone(),
            file: file.clone(),
            chosen,
            description: None,
            values: Vec::new(),
            unknown: Vec::new(),
        };
        context.take(map).map_err(bad)?;
        Ok(context)
    }

    /// Takes in the keys. Like the nats CLI, in any case of their letters.
    fn take(&mut self, map: Map<String, Value>) -> Result<(), String> {
        for (key, value) in map {
            let lower = key.to_ascii_lowercase();
            if is_empty(&value) {
                continue;
            }
            let setting = Setting::every().find(|s| s.names().key == Some(lower.as_str()));
            match (setting, value) {
                (Some(setting), Value::String(text)) if setting != Setting::TlsFirst => {
                    self.values.push((setting, text));
                }
                (Some(Setting::TlsFirst), Value::Bool(_)) => {
                    self.values.push((Setting::TlsFirst, "true".into()));
                }
                (Some(Setting::TlsFirst), _) => return Err(format!("{lower}: not true or false")),
                (Some(_), _) => return Err(format!("{lower}: not a text; write it in quotes")),
                (None, Value::String(text)) if lower == "description" => {
                    self.description = Some(text);
                }
                (None, _) if UNUSED.contains(&lower.as_str()) => {}
                (None, _) => {
                    let known: Vec<&str> =
                        Setting::ALL.into_iter().filter_map(|s| s.names().key).collect();
                    self.unknown.push((key, nearest(&lower, known.iter().copied(), SLIPS)));
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

fn in_folder(named: &str, chosen: &Chosen, folder: Option<&Folder>) -> Result<PathBuf, Failure> {
    let is_selected = matches!(chosen, Chosen::Selected(_));
    if !is_selected && folder::is_path(named) {
        return Err(missing(named, chosen, folder));
    }
    if !folder::is_name(named) {
        let advice = if is_selected {
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
    folder.map(|folder| folder.file(named)).ok_or_else(|| missing(named, chosen, None))
}

/// There is no such context: where it was looked for, and what there is.
fn missing(named: &str, chosen: &Chosen, folder: Option<&Folder>) -> Failure {
    let shown = escape::text(named).into_owned();
    let by = chosen.by();
    if folder::is_path(named) {
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
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let there = match nearest(named, known.iter().copied(), SLIPS) {
        _ if known.is_empty() => "that folder holds none".to_owned(),
        Some(near) => format!("did you mean {near}? There are: {}", known.join(", ")),
        None => format!("there are: {}", known.join(", ")),
    };
    let place = folder.contexts();
    Failure::usage(format!(
        "there is no context '{shown}' ({by}) in {}; {there}. Give another --context, or \
         --no-context",
        place.display()
    ))
}

impl Chosen {
    /// Who named the context, for a sentence.
    pub(super) fn by(&self) -> String {
        match self {
            Self::Flag => "--context".into(),
            Self::Variable => "environment NATS_CONTEXT".into(),
            Self::Config(None) => "config file".into(),
            Self::Config(Some(file)) => format!("config file {}", file.display()),
            Self::Selected(file) => format!("selected in {}", file.display()),
        }
    }
}
