//! `verify`: whether a bundle is whole, and if not, which frames it concerns.

mod archive;
mod damage;
mod files;
mod judge;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::cli::progress::Progress;
use crate::domain::{escape, format};

use super::manifest::{Ends, Manifest};
use super::tally::Tally;
use super::{FILES, target};
use damage::Findings;
use files::{Files, Unfit};
use judge::Verdict;

/// Exit code for a bundle that is not whole.
const NOT_WHOLE: u8 = 3;

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope verify ticket-4711.tar
  roomscope verify ticket-4711 --json

Exit codes: 0 whole, 1 it could not be read or is no bundle, 3 damaged or unfinished. The check
finds damage; it cannot tell whether somebody made the bundle anew, since it is not signed.")]
pub(crate) struct Verify {
    /// The bundle: a folder or a tar that roomscope export wrote.
    #[arg(value_name = "DIR|FILE.tar")]
    bundle: PathBuf,
    /// Print what was found as one JSON object.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    bundle: String,
    whole: bool,
    room: Option<&'a str>,
    stream: Option<&'a str>,
    window: Option<Ends>,
    account: &'a Tally,
    /// Of the room when it was exported, as the bundle says.
    completeness: Option<&'a str>,
    #[serde(flatten)]
    findings: &'a Findings,
}

impl Subcommand for Verify {
    fn run(self: Box<Self>, _: &Env) -> Result<u8, Failure> {
        run(&self)
    }
}

/// Verifies a bundle. Reads files only.
fn run(args: &Verify) -> Result<u8, Failure> {
    let path = &args.bundle;
    let shown = escape::sentence(&path.display().to_string());
    let verdict = match look(path) {
        Ok(verdict) => verdict,
        Err(Unfit::Io(error)) => {
            return Err(target::failed("read", path, &error, "check the name and permissions"));
        }
        Err(Unfit::NoBundle) => {
            return Err(Failure::failed(format!(
                "{shown} is no bundle of roomscope export; a tar must be as it was written, and \
                 one packed again is verified as a folder"
            )));
        }
        Err(Unfit::Unfinished) => {
            return Err(Failure {
                code: NOT_WHOLE,
                ..Failure::failed(format!(
                    "{shown} is an export that was not finished; run the same export again"
                ))
            });
        }
    };
    if let Some(version) = verdict.newer {
        return Err(Failure::failed(format!(
            "{shown} has version {version} of the format; use a newer roomscope"
        )));
    }
    let whole = verdict.findings.is_empty();
    tell(args, &shown, whole, &verdict)?;
    Ok(if whole { 0 } else { NOT_WHOLE })
}

fn look(path: &Path) -> Result<Verdict, Unfit> {
    let mut findings = Findings::default();
    let files = Files::find(path, &mut findings)?;
    let progress = Progress::new("verify", size(path), "bytes");
    let done = Cell::new(0);
    let told = |bytes: u64| {
        done.set(done.get() + bytes);
        progress.set(done.get());
    };
    Ok(judge::judge(&files, findings, &told)?)
}

/// Bytes to read, about.
fn size(path: &Path) -> u64 {
    let len = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    if path.is_dir() { FILES.iter().map(|name| len(&path.join(name))).sum() } else { len(path) }
}

fn tell(args: &Verify, shown: &str, whole: bool, verdict: &Verdict) -> Result<(), Failure> {
    let mut out = Out::new();
    let manifest = verdict.manifest.as_ref();
    let (tally, findings) = (&verdict.tally, &verdict.findings);
    if args.json {
        out.json(&Report {
            bundle: args.bundle.display().to_string(),
            whole,
            room: manifest.map(|manifest| manifest.head.room.id.as_str()),
            stream: manifest.map(|manifest| manifest.head.stream.as_str()),
            window: manifest.and_then(|manifest| manifest.head.window),
            account: tally,
            completeness: manifest.and_then(|manifest| manifest.completeness.as_deref()),
            findings,
        })?;
        return out.flush();
    }
    out.line(&format!("{shown}: {}", if whole { "whole" } else { "damaged" }))?;
    if let Some(manifest) = manifest {
        out.line(&of(manifest))?;
    }
    let Tally { frames, missing, unread, .. } = tally;
    // Nothing is said of frames where no record could be read.
    if whole || tally.sequences > 0 {
        out.line(&format!(
            "{}, {} without one, {}{} unread{}",
            format::counted(*frames, "frame"),
            format::counted(*missing, "sequence"),
            tally.unreadable_words(),
            format::count(*unread),
            manifest.map(|manifest| manifest.head.below()).unwrap_or_default()
        ))?;
    }
    if let Some(completeness) = manifest.and_then(|manifest| manifest.completeness.as_ref()) {
        let safe = escape::text(completeness);
        out.line(&format!("the room's history when it was exported: {safe}"))?;
    }
    for damage in &findings.damage {
        out.line(&damage.words())?;
    }
    if findings.more > 0 {
        out.line(&format!("and {} more", findings.more))?;
    }
    out.flush()
}

/// What a bundle is of, in a line.
fn of(manifest: &Manifest) -> String {
    let head = &manifest.head;
    let window = match head.window {
        Some(window) => format!("sequences {} to {}", window.start, window.end),
        None => "which held no messages".into(),
    };
    let (room, stream) = (escape::text(&head.room.id), escape::text(&head.stream));
    format!("room {room}, stream {stream}, {window}, as of {}", head.begun.time)
}
