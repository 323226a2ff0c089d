//! The judgement: each line by its seal, each payload by its digest, the account by its window,
//! each file by the manifest, and the manifest by its own seal.

use std::io::{self, BufReader, Read};

use sha2::{Digest, Sha256};

use super::damage::{Damage, Findings};
use super::files::Files;
use crate::cli::bundle::manifest::{self, Bad, Manifest};
use crate::cli::bundle::scan::Scan;
use crate::cli::bundle::tally::Tally;
use crate::cli::bundle::{FRAMES, MANIFEST, RAW, SUMS};
use crate::domain::Window;

/// Most bytes of a manifest: a thousand holes take half a megabyte.
const MAX_MANIFEST: u64 = 64 << 20;

/// What was found out.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) findings: Findings,
    /// The manifest, where it is whole.
    pub(super) manifest: Option<Manifest>,
    /// The version of a manifest that this program does not know.
    pub(super) newer: Option<u32>,
    /// What the records add up to.
    pub(super) tally: Tally,
}

/// Judges a bundle whose files were found. `told` hears of bytes read.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn judge(files: &Files, findings: Findings, told: &dyn Fn(u64)) -> io::Result<Verdict> {
    let mut verdict = Verdict { findings, ..Verdict::default() };
    let own = read_manifest(files, &mut verdict)?;
    if verdict.newer.is_some() {
        return Ok(verdict);
    }
    let (Some(lines), Some(raw)) = (files.open(FRAMES)?, files.open(RAW)?) else {
        sums(files, &mut verdict, [own, None, None])?;
        return Ok(verdict);
    };
    let mut lines = Digesting::of(lines, told);
    let mut raw = Digesting::of(raw, told);
    frames(&mut lines, &mut raw, &mut verdict)?;
    let digests = [own, Some(lines.finish()?), Some(raw.finish()?)];
    against_manifest(&mut verdict, &digests);
    sums(files, &mut verdict, digests)?;
    Ok(verdict)
}

type Sha = Option<(String, u64)>;

fn read_manifest(files: &Files, verdict: &mut Verdict) -> io::Result<Sha> {
    let Some(file) = files.open(MANIFEST)? else { return Ok(None) };
    let mut text = Vec::new();
    file.take(MAX_MANIFEST).read_to_end(&mut text)?;
    match manifest::read(&text) {
        Ok(manifest) => verdict.manifest = Some(manifest),
        Err(Bad::Version(version)) => verdict.newer = Some(version),
        Err(Bad::Damaged) => {
            verdict.findings.add(Damage::of(MANIFEST, "does not match its own check"));
        }
    }
    Ok(Some((hex::encode(Sha256::digest(&text)), text.len() as u64)))
}

/// A run of lines that are no records.
struct Torn {
    first: u64,
    last: u64,
    why: &'static str,
}

impl Torn {
    fn damage(&self) -> Damage {
        let what = if self.first == self.last {
            self.why.to_owned()
        } else {
            format!("{}; the lines up to {} are no better", self.why, self.last)
        };
        Damage::of(FRAMES, what).at(self.first)
    }
}

fn frames<'a>(
    lines: &mut Digesting<'a, impl Read>,
    raw: &mut Digesting<'a, impl Read>,
    verdict: &mut Verdict,
) -> io::Result<()> {
    let window = verdict.manifest.as_ref().map(Manifest::window);
    let mut scan = Scan::new(BufReader::with_capacity(1 << 16, lines), raw);
    let findings = &mut verdict.findings;
    // The sequence that the next record should begin at.
    let mut next = window.flatten().map(Window::start);
    let mut torn: Option<Torn> = None;
    while let Some(seen) = scan.next()? {
        let line = match seen.record {
            Ok(line) => line,
            Err(why) => {
                let torn = torn.get_or_insert(Torn { first: seen.number, last: 0, why });
                torn.last = seen.number;
                continue;
            }
        };
        let (start, end) = (line.range.start(), line.range.end());
        let expected = next.unwrap_or(start);
        let was_torn = torn.take();
        match &was_torn {
            Some(torn) => findings.add(torn.damage().on(expected, start.saturating_sub(1))),
            None if start > expected => {
                let damage = Damage::of(FRAMES, "no record speaks of them before this line");
                findings.add(damage.at(seen.number).on(expected, start - 1));
            }
            None => {}
        }
        let outside = window.is_some_and(|window| {
            window.is_none_or(|window| window.intersect(line.range) != Some(line.range))
        });
        if start < expected || outside {
            let what = if outside { "is outside the window" } else { "is told of twice" };
            findings.add(Damage::of(FRAMES, what).at(seen.number).on(start, end));
        }
        if let Some(what) = seen.fault {
            findings.add(Damage::of(RAW, what).on(start, end));
        } else if seen.skipped > 0 && was_torn.is_none() {
            let what = format!("{} bytes before its payload belong to no record", seen.skipped);
            findings.add(Damage::of(RAW, what).on(start, end));
        }
        verdict.tally.add(line.range, line.fact);
        next = Some(expected.max(end.saturating_add(1)));
    }
    let left = scan.drain()?;
    let end = window.flatten().map(Window::end);
    if let Some(torn) = torn {
        // Without a manifest, how far the account should go is not known.
        findings.add(match (next, end) {
            (Some(next), Some(end)) => torn.damage().on(next, end),
            (next, _) => torn.damage().on(next.unwrap_or(1), next.unwrap_or(1)),
        });
        return Ok(());
    }
    if let (Some(next), Some(end)) = (next, end)
        && next <= end
    {
        findings.add(Damage::of(FRAMES, "ends before them").on(next, end));
    }
    if left > 0 {
        findings.add(Damage::of(RAW, format!("{left} bytes at its end belong to no record")));
    }
    Ok(())
}

/// Compares files and account with the manifest, where nothing nearer was found already.
fn against_manifest(verdict: &mut Verdict, digests: &[Sha; 3]) {
    let Some(manifest) = &verdict.manifest else { return };
    let [_, lines, raw] = digests;
    for (name, found) in [(FRAMES, lines), (RAW, raw)] {
        let wanted = manifest.files.iter().find(|file| file.name == name);
        let same = wanted
            .zip(found.as_ref())
            .is_some_and(|(wanted, (sha256, len))| wanted.sha256 == *sha256 && wanted.size == *len);
        if !same && !verdict.findings.touch(name) {
            verdict.findings.add(Damage::of(name, "is not the file of the manifest"));
        }
    }
    if verdict.findings.is_empty() && manifest.account != verdict.tally {
        verdict.findings.add(Damage::of(MANIFEST, "its account is not that of the records"));
    }
}

/// Compares `SHA256SUMS` with what the files are, or should be where they are damaged.
fn sums(files: &Files, verdict: &mut Verdict, digests: [Sha; 3]) -> io::Result<()> {
    let Some(file) = files.open(SUMS)? else { return Ok(()) };
    let mut text = Vec::new();
    file.take(1 << 16).read_to_end(&mut text)?;
    let told: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let [own, lines, raw] = digests;
    let manifest = verdict.manifest.as_ref();
    let wanted = |name: &str, found: Sha| {
        let listed = manifest.and_then(|m| m.files.iter().find(|file| file.name == name));
        let found = found.filter(|_| !verdict.findings.touch(name)).map(|(sha256, _)| sha256);
        listed.map(|file| file.sha256.clone()).or(found)
    };
    let wanted = [
        own.filter(|_| manifest.is_some()).map(|(sha256, _)| sha256),
        wanted(FRAMES, lines),
        wanted(RAW, raw),
    ];
    let mut same = told.len() == wanted.len();
    for (line, (name, wanted)) in told.iter().zip([MANIFEST, FRAMES, RAW].iter().zip(&wanted)) {
        let rest = format!("  {name}\n");
        same &= match wanted {
            Some(sha256) => *line == format!("{sha256}{rest}").as_bytes(),
            // Damaged itself, so only the shape can be told.
            None => line.strip_suffix(rest.as_bytes()).is_some_and(|digits| {
                digits.len() == 64 && digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            }),
        };
    }
    if !same && !verdict.findings.touch(SUMS) {
        verdict.findings.add(Damage::of(SUMS, "does not agree with the files and the manifest"));
    }
    Ok(())
}

/// Reads a file and takes its digest.
struct Digesting<'a, R> {
    from: R,
    hash: Sha256,
    len: u64,
    told: &'a dyn Fn(u64),
}

impl<'a, R: Read> Digesting<'a, R> {
    fn of(from: R, told: &'a dyn Fn(u64)) -> Self {
        Self { from, hash: Sha256::new(), len: 0, told }
    }

    /// The digest and length of all of it.
    fn finish(mut self) -> io::Result<(String, u64)> {
        io::copy(&mut self, &mut io::sink())?;
        Ok((hex::encode(self.hash.finalize()), self.len))
    }
}

impl<R: Read> Read for Digesting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        self.len += read as u64;
        (self.told)(read as u64);
        Ok(read)
    }
}
