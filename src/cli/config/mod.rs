//! The configuration file: what a person wants each time, so that it need not be typed.
//!
//! What the command line says comes first, then the environment where there is a variable, then
//! this file, then the default. The file is read strictly, and never written.

mod keys;
mod place;
mod show;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::Value;

use crate::app::Keymap;
use crate::domain::{PageSize, escape};

use super::connection::reference::expanded;
use super::connection::{self, ConfigDefaults};
use super::error::Failure;
use super::parse::{Color, bytes};
use super::strict::{self, Table, flag, text, wrong};

pub(super) use place::{Configuration, Place};
pub(super) use show::ConfigShown;

/// Keys of the file.
const TOP: &[&str] = &["context", "rooms", "last", "cache", "theme", "keys"];
/// Keys of `[theme]`.
const THEME: &[&str] = &["color", "ascii", "utc", "mouse"];

/// What the file says; `None` where it says nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    pub(super) place: Place,
    pub(super) exists: bool,
    /// Context of the `nats` command line tool to use unless another is named.
    pub(super) context: Option<String>,
    pub(super) rooms: Option<PathBuf>,
    /// Sequences in a page.
    pub(super) last: Option<PageSize>,
    /// Memory for frames already read, in bytes.
    pub(super) cache: Option<u64>,
    pub(super) color: Option<Color>,
    pub(super) ascii: Option<bool>,
    pub(super) utc: Option<bool>,
    pub(super) mouse: Option<bool>,
    pub(super) keys: keys::Keys,
}

impl Config {
    /// Reads the file that is meant. The usual one need not be there.
    ///
    /// # Errors
    /// When the file cannot be read, or something in it is wrong: its name, the key, and the fix.
    pub(super) fn load(asked: &Configuration) -> Result<Self, Failure> {
        Self::read(place::locate(asked, place::variable, std::env::home_dir()))
    }

    fn read(place: Place) -> Result<Self, Failure> {
        let Some(path) = place.path.clone() else {
            return Ok(Self { place, ..Self::default() });
        };
        let shown = escape::text(&path.display().to_string()).into_owned();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && !place.is_asked_for() => {
                return Ok(Self { place, ..Self::default() });
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(Failure::usage(format!("{shown}: not UTF-8; save it as UTF-8")));
            }
            Err(error) => {
                return Err(Failure::usage(format!(
                    "{shown}: {error}; give a readable file{}, or --no-config for none",
                    place.option()
                )));
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let value =
            strict::toml(text).map_err(|error| Failure::usage(format!("{shown}{error}")))?;
        let said = Self::of(&value, &path);
        said.map(|config| Self { place, exists: true, ..config })
            .map_err(|error| Failure::usage(format!("{shown}: {error}")))
    }

    fn of(value: &Value, path: &Path) -> Result<Self, String> {
        let none = Table::new();
        let top = value.as_object().unwrap_or(&none);
        if let Some(key) = top.keys().find(|key| THEME.contains(&key.as_str())) {
            return Err(format!("{key}: not here; write it below [theme]"));
        }
        if let Some(advice) = top.keys().find_map(|key| elsewhere(key)) {
            return Err(advice);
        }
        strict::only(top, TOP)?;
        let theme = match top.get("theme") {
            None => &none,
            Some(Value::Object(theme)) => theme,
            Some(other) => return Err(wrong("theme", other, "[theme], and its keys below")),
        };
        let said = theme_of(theme).map_err(|error| format!("theme.{error}"))?;
        Ok(Self {
            context: said_text(top, "context")?.map(str::to_owned),
            rooms: said_text(top, "rooms")?
                .map(|file| beside(file, path))
                .transpose()
                .map_err(|error| format!("rooms: {error}"))?,
            last: last(top)?,
            cache: cache(top)?,
            keys: keys::of(top.get("keys"))?,
            ..said
        })
    }

    pub(super) fn keymap(&self) -> Keymap {
        self.keys.map.clone()
    }

    pub(super) fn connection(&self) -> ConfigDefaults {
        ConfigDefaults { context: self.context.clone(), file: self.place.path.clone() }
    }
}

/// A path in the file `of`, to which it is relative; variables and `~` are what they stand for.
fn beside(path: &str, of: &Path) -> Result<PathBuf, String> {
    let path = expanded(path, &connection::process)
        .map_err(|name| format!("${name} is not set; set it, or write the path itself"))?;
    Ok(of.parent().map_or_else(|| path.clone().into(), |folder| folder.join(&path)))
}

/// A string that says something: what is empty was not said.
fn said_text<'a>(table: &'a Table, key: &str) -> Result<Option<&'a str>, String> {
    Ok(text(table, key)?.filter(|text| !text.trim().is_empty()))
}

fn theme_of(theme: &Table) -> Result<Config, String> {
    let above = |key: &&String| TOP.contains(&key.as_str());
    if let Some(key) = theme.keys().find(above) {
        return Err(format!("{key}: not here; write it above [theme]"));
    }
    strict::only(theme, THEME)?;
    Ok(Config {
        color: color(theme)?,
        ascii: flag(theme, "ascii")?,
        utc: flag(theme, "utc")?,
        mouse: flag(theme, "mouse")?,
        ..Config::default()
    })
}

fn color(theme: &Table) -> Result<Option<Color>, String> {
    const WANTED: &str = "\"auto\", \"always\", \"never\" or \"16\"";
    match theme.get("color") {
        None => Ok(None),
        Some(Value::String(name)) => Color::from_str(name, false)
            .map(Some)
            .map_err(|_| format!("color: '{}' is none; write {WANTED}", strict::short(name))),
        Some(other) => Err(wrong("color", other, WANTED)),
    }
}

fn last(top: &Table) -> Result<Option<PageSize>, String> {
    const WANTED: &str = "a whole number from 1 to 1000, as in 200";
    match top.get("last") {
        None => Ok(None),
        Some(Value::Number(number)) => number
            .as_u64()
            .and_then(|n| PageSize::new(n).ok())
            .map(Some)
            .ok_or_else(|| format!("last: {number} is not a page size; write {WANTED}")),
        Some(other) => Err(wrong("last", other, WANTED)),
    }
}

fn cache(top: &Table) -> Result<Option<u64>, String> {
    const WANTED: &str = "a number of bytes, as in \"64MiB\", or 0";
    let not = |shown: &str| format!("cache: '{shown}' is no size; write {WANTED}");
    match top.get("cache") {
        None => Ok(None),
        Some(Value::Number(number)) => {
            number.as_u64().map(Some).ok_or_else(|| not(&number.to_string()))
        }
        Some(Value::String(size)) => bytes(size).map(Some).map_err(|_| not(&strict::short(size))),
        Some(other) => Err(wrong("cache", other, WANTED)),
    }
}

/// How a choice of colours is written.
fn text_of(color: Color) -> String {
    color.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// What people call by another name, or look for here.
fn elsewhere(key: &str) -> Option<String> {
    let said = key.to_lowercase().replace('-', "_");
    match said.as_str() {
        "page_size" | "pagesize" | "page" => {
            Some(format!("{said}: the sequences in a page are called last, as in last = 100"))
        }
        "server" | "servers" | "url" | "user" | "password" | "token" | "creds" | "nkey" => {
            Some(format!(
                "{said}: connections are not kept here; put it into a context of the nats CLI, and \
                 that context's name here: context = \"…\""
            ))
        }
        _ => None,
    }
}
