//! The floors of the house: nobody imports from above, and the lower floors know no runtime, no
//! NATS and no terminal; and no files of one floor need each other. Reads the paths in the sources,
//! so it needs no compiler.

#![allow(clippy::unwrap_used, reason = "helpers of a test")]

mod circles;
mod no_circles;
mod paths;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use paths::{code_only, paths};

/// A top-level module, the modules of ours it may name, and the crates it may name; `None` is
/// any crate.
struct Floor {
    name: &'static str,
    ours: &'static [&'static str],
    crates: Option<&'static [&'static str]>,
}

const FLOORS: &[Floor] = &[
    Floor {
        name: "domain",
        ours: &["domain"],
        crates: Some(&["base64", "bytesize", "hex", "jiff", "serde", "sha2"]),
    },
    Floor { name: "store", ours: &["domain", "store"], crates: None },
    Floor {
        name: "app",
        ours: &["domain", "app"],
        crates: Some(&["jiff", "serde", "nucleo_matcher", "tui_input"]),
    },
    Floor {
        name: "ui",
        ours: &["domain", "app", "ui"],
        crates: Some(&["jiff", "ratatui", "unicode_width", "tui_input"]),
    },
    Floor { name: "runtime", ours: &["domain", "store", "app", "ui", "runtime"], crates: None },
    Floor { name: "http", ours: &["domain", "store", "http"], crates: None },
    Floor {
        name: "cli",
        ours: &["domain", "store", "app", "ui", "runtime", "http", "cli"],
        crates: None,
    },
];

/// Crates for tests, allowed in test code on every floor.
const FOR_TESTS: &[&str] = &["proptest", "insta", "tempfile", "vt100", "portable_pty"];

/// The module path of a file below `src`: `app/update/mod.rs` is `app::update`.
fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    module
}

/// What a file below `src` names that its floor may not; `externs` are the crates there are.
fn offences(file: &str, source: &str, externs: &BTreeSet<String>) -> Vec<String> {
    let module = module_of(Path::new(file));
    let Some(floor) =
        module.first().and_then(|name| FLOORS.iter().find(|floor| floor.name == name))
    else {
        return match file {
            "lib.rs" | "main.rs" => Vec::new(),
            _ => vec![format!("{file}: no floor is named for it")],
        };
    };
    let mut offences = Vec::new();
    let mut refuse = |path: &[String]| {
        let offence = format!("{file}: {} may not name {}", floor.name, path.join("::"));
        if !offences.contains(&offence) {
            offences.push(offence);
        }
    };
    for path in paths(&code_only(source)) {
        let supers = path.iter().take_while(|part| *part == "super").count();
        let first = path.first().map(String::as_str).unwrap_or_default();
        let target = match first {
            "crate" | "roomscope" => Some(path.get(1).map_or("*", String::as_str)),
            // Inside an inline module `super` reaches less far than the file says; then what it
            // names is no floor.
            "super" if supers >= module.len() => path
                .get(supers)
                .map(String::as_str)
                .filter(|name| FLOORS.iter().any(|floor| floor.name == *name)),
            _ => None,
        };
        if let Some(target) = target {
            if !floor.ours.contains(&target) {
                refuse(&path);
            }
        } else if let Some(allowed) = floor.crates
            && externs.contains(first)
            && !allowed.contains(&first)
            && !FOR_TESTS.contains(&first)
        {
            refuse(&path);
        }
    }
    offences
}

/// Crates in Cargo.toml, as they are named in code.
fn externs() -> BTreeSet<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
    ["dependencies", "dev-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(toml::Table::keys)
        .map(|name| name.replace('-', "_"))
        .collect()
}

/// All sources: their paths below `src`, and their texts.
fn sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![src.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let name = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 20, "the sources were found");
    found
}

#[test]
fn no_floor_imports_from_above() {
    let externs = externs();
    let files = sources();
    let offences: Vec<String> =
        files.iter().flat_map(|(file, text)| offences(file, text, &externs)).collect();
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn the_checker_finds_what_it_should() {
    let bad = [
        ("domain/a.rs", "use crate::store::Get;"),
        ("domain/a.rs", "use super::super::store::Get;"),
        ("domain/a/b.rs", "fn f() { super::super::super::app::x() }"),
        ("domain/a.rs", "fn f() -> crate::app::State { todo() }"),
        ("domain/mod.rs", "use super::store;"),
        ("domain/a.rs", "use crate::*;"),
        ("domain/a.rs", "use tokio::sync;"),
        ("domain/a.rs", "use ::tokio::sync;"),
        ("domain/a.rs", "fn f() { tokio::spawn(x); }"),
        ("domain/a.rs", "use serde_json as json;"),
        ("domain/a.rs", "use {std::fmt, async_nats::Client};"),
        ("store/a.rs", "pub use crate::{domain::Room, app::State};"),
        ("store/a.rs", "use crate::{\n    domain::{Room, Frame},\n    ui,\n};"),
        ("store/nats/mod.rs", "use crate::runtime;"),
        ("app/a.rs", "use crate::store::StoreError;"),
        ("app/update/mod.rs", "use super::super::ui::theme;"),
        ("app/a.rs", "use crossterm::event::KeyCode;"),
        ("app/a.rs", "use ratatui::Frame;"),
        ("ui/a.rs", "use crossterm::event;"),
        ("ui/a.rs", "use ratatui::Frame; use crate::store;"),
        ("http/a.rs", "use crate::app;"),
        ("runtime/a.rs", "use crate::cli;"),
        ("attic/a.rs", ""),
        ("app/a.rs", "let c = '\"'; use crate::ui; let d = '\"';"),
        ("app/a.rs", "let c = '\\''; use crate::ui; // '"),
        ("app/a.rs", "let s = r#\"a\" b\"#; use crate::ui;"),
    ];
    let externs = externs();
    for (file, source) in bad {
        assert_eq!(offences(file, source, &externs).len(), 1, "{file}: {source}");
    }
}

#[test]
fn the_checker_lets_pass_what_it_should() {
    let good = [
        ("domain/a.rs", "use super::room::Room; use crate::domain::Frame; use std::fmt;"),
        ("domain/a/tests.rs", "use super::super::room; use proptest::prelude::*;"),
        ("domain/a.rs", "// use crate::store;\n/* crate::ui */ let s = \"crate::app::x\";"),
        ("domain/a.rs", "mod tests { use super::super::room; }"),
        ("domain/a.rs", "let bytes = hex::encode(x); fn hex() {} jiff::Timestamp::MIN;"),
        ("store/a.rs", "use super::{Get, StoreError}; use tokio::sync; use crate::domain::Room;"),
        ("app/a.rs", "use crate::domain::Room; use super::msg::Msg; let bytes = bytes(1);"),
        ("ui/a.rs", "use crate::app::State; use ratatui::Frame; use unicode_width::X;"),
        ("http/a.rs", "use crate::store::reader; use tokio::net;"),
        ("cli/a.rs", "use crate::{runtime, ui, http, app, store, domain};"),
        ("main.rs", "use roomscope::cli;"),
        ("lib.rs", "pub mod cli;"),
    ];
    let externs = externs();
    for (file, source) in good {
        let none: [&str; 0] = [];
        assert_eq!(offences(file, source, &externs), none, "{file}: {source}");
    }
}
