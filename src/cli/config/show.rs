//! `roomscope config`: what is in effect, and why.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::app::REGISTRY;
use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::out::{Out, json_line};
use crate::cli::screen::{Settings, View, theme as appearance};
use crate::domain::escape;
use crate::ui::{ColorMode, GlyphSet};

use super::place::{self, By};
use super::{Config, text_of};

/// The variable that names a context before the file does.
const CONTEXT: &str = "NATS_CONTEXT";
/// Columns of a value, so that the sources stand below one another.
const VALUE: usize = 30;

/// Arguments of `config`.
///
/// What is printed is a configuration file itself.
#[derive(Debug, Args)]
#[command(after_help = "\
Each value comes from the file, from a variable of the environment, or is the default. What is
printed is a file with the same effect: a good one to begin with.

Examples:
  roomscope config
  roomscope config --json
  roomscope config --no-config > config.toml")]
pub(in crate::cli) struct ConfigShown {
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// A value in effect.
struct Line {
    key: &'static str,
    /// Null for one that is not set.
    value: Value,
    source: &'static str,
    /// What else decides, or what is done without it.
    note: &'static str,
}

impl Subcommand for ConfigShown {
    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        show(&env.config()?, &self)
    }
}

/// Prints the configuration in effect: as a configuration file with comments, or as JSON.
///
/// # Errors
/// When standard output cannot be written.
fn show(config: &Config, shown: &ConfigShown) -> Result<u8, Failure> {
    let mut out = Out::new();
    if shown.json {
        out.json(&record(config))?;
    } else {
        out.bytes(file(config)?.as_bytes())?;
    }
    out.flush().map(|()| 0)
}

fn top(config: &Config, settings: &Settings) -> Vec<Line> {
    let from = source;
    let named = place::variable(CONTEXT).map(|name| name.to_string_lossy().into_owned());
    let (context, of) = match (named, &config.context) {
        (Some(name), _) => (Some(name), CONTEXT),
        (None, Some(name)) => (Some(name.clone()), from(true)),
        (None, None) => (None, from(false)),
    };
    let none = if context.is_none() { "the one that the nats tool selected, if any" } else { "" };
    let rooms = config.rooms.as_ref().map(|path| path.to_string_lossy().into_owned());
    let no_rooms = if rooms.is_none() { "none" } else { "" };
    let line = |key, value, source, note| Line { key, value, source, note };
    vec![
        line("context", json!(context), of, none),
        line("rooms", json!(rooms), from(config.rooms.is_some()), no_rooms),
        line("last", json!(settings.last.get()), from(config.last.is_some()), ""),
        line("cache", json!(settings.cache), from(config.cache.is_some()), "bytes"),
    ]
}

fn theme(config: &Config, settings: &Settings) -> Vec<Line> {
    let line = |key, value, given, note| Line { key, value, source: source(given), note };
    let colors = match appearance::color_mode(settings.color) {
        ColorMode::Mono => "here none",
        ColorMode::Ansi16 => "here the terminal's 16",
        ColorMode::TrueColor => "here true colour",
    };
    let glyphs = match appearance::glyph_set(settings.ascii) {
        GlyphSet::Ascii if !settings.ascii => "here true, since the locale is not UTF-8",
        _ => "",
    };
    vec![
        line("color", json!(text_of(settings.color)), config.color.is_some(), colors),
        line("ascii", json!(settings.ascii), config.ascii.is_some(), glyphs),
        line("utc", json!(settings.utc), config.utc.is_some(), ""),
        line("mouse", json!(settings.mouse), config.mouse.is_some(), ""),
    ]
}

fn keys(config: &Config) -> Vec<Line> {
    let map = &config.keys.map;
    REGISTRY
        .iter()
        .map(|entry| {
            let keys: Vec<String> =
                map.keys(entry.action).iter().map(ToString::to_string).collect();
            let given = config.keys.given.contains(&entry.action);
            let note = match (given, keys.len() < entry.keys.len()) {
                (false, true) => "without what the file gives to others",
                _ if keys.is_empty() => "no key",
                _ => "",
            };
            Line { key: entry.name, value: json!(keys), source: source(given), note }
        })
        .collect()
}

const fn source(in_file: bool) -> &'static str {
    if in_file { "file" } else { "default" }
}

const fn by(by: By) -> &'static str {
    match by {
        By::Option => "option",
        By::Variable => place::VARIABLE,
        By::Usual => "default",
    }
}

fn record(config: &Config) -> Value {
    let settings = Settings::new(&View::default(), config);
    let values = |lines: Vec<Line>| {
        let pair = |line: Line| {
            (line.key.to_owned(), json!({ "value": line.value, "source": line.source }))
        };
        Value::Object(lines.into_iter().map(pair).collect::<Map<_, _>>())
    };
    let mut all = values(top(config, &settings));
    if let Value::Object(all) = &mut all {
        let path = config.place.path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let of = by(config.place.by);
        all.insert("file".into(), json!({ "path": path, "exists": config.exists, "source": of }));
        all.insert("theme".into(), values(theme(config, &settings)));
        all.insert("keys".into(), values(keys(config)));
    }
    all
}

/// A file that would have the same effect.
fn file(config: &Config) -> Result<String, Failure> {
    let settings = Settings::new(&View::default(), config);
    let mut out = format!("# {}\n", said(config));
    for (title, lines) in [
        ("", top(config, &settings)),
        ("\n[theme]\n", theme(config, &settings)),
        ("\n[keys]\n", keys(config)),
    ] {
        out.push_str(title);
        for line in lines {
            out.push_str(&text(&line)?);
        }
    }
    Ok(out)
}

/// What the first line says of the file.
fn said(config: &Config) -> String {
    let Some(path) = &config.place.path else {
        return match config.place.by {
            By::Option => "No file is read (--no-config).".into(),
            _ => "No file is read: there is no home folder to look in.".into(),
        };
    };
    let shown = path.display().to_string();
    let shown = escape::text(&shown);
    let by = match config.place.by {
        By::Option => " (--config)",
        By::Variable => " (ROOMSCOPE_CONFIG)",
        By::Usual => "",
    };
    let there = if config.exists { "read" } else { "not there; all are defaults" };
    format!("{shown}{by}: {there}")
}

fn text(line: &Line) -> Result<String, Failure> {
    let Line { key, value, source, note } = line;
    let (mark, value) = match value {
        Value::Null => ("# ", String::from("\"\"")),
        value => ("", toml(value)?),
    };
    let pair = format!("{mark}{key} = {value}");
    let and = if note.is_empty() { "" } else { "; " };
    Ok(format!("{pair:VALUE$} # {source}{and}{note}\n"))
}

/// A value as TOML writes it: numbers, lists and the escapes of strings are those of JSON
/// (TOML 1.0), and in ASCII there are no others.
fn toml(value: &Value) -> Result<String, Failure> {
    Ok(match value {
        Value::Array(values) => {
            let values: Result<Vec<String>, Failure> = values.iter().map(toml).collect();
            format!("[{}]", values?.join(", "))
        }
        one => json_line(one)?.trim_end().to_owned(),
    })
}
