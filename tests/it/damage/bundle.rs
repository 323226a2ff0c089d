//! What a bundle says: its records, and in its manifest what lies below the first sequence.

use serde_json::Value;

use super::faces::{Account, At, Said, instead};
use crate::support::program::run;

/// A bundle's `frames.jsonl`.
pub(super) fn bundle(at: &At<'_>) -> Account {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("bundle");
    let done = run(&at.args(&["export"], &["--allow-unread", "--out", out.to_str().unwrap()]));
    let records = std::fs::read_to_string(out.join("frames.jsonl")).unwrap_or_default();
    let mut account = Account::of_records("bundle", &records);
    let manifest = std::fs::read(out.join("manifest.json")).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
    account.said.splice(0..0, below(&manifest));
    if account.said.is_empty() {
        account.instead = Some(instead(&done));
    }
    account
}

/// What a bundle's manifest tells of what lies below the first sequence.
fn below(manifest: &Value) -> Vec<Said> {
    let Some(below) = manifest.pointer("/head/before_first").or(manifest.get("before_first"))
    else {
        return Vec::new();
    };
    let ends = |run: &Value| Some((run["start"].as_u64()?, run["end"].as_u64()?));
    let words = below["words"].as_str().unwrap_or_default();
    let said = |start, end, cause: &str| Said {
        start,
        end,
        cause: cause.to_owned(),
        digest: None,
        words: words.to_owned(),
    };
    let Some((mut next, last)) = ends(below) else { return Vec::new() };
    let mut all = Vec::new();
    for (start, end) in below["lost"].as_array().into_iter().flatten().filter_map(ends) {
        if next < start {
            all.push(said(next, start - 1, "before-first"));
        }
        all.push(said(start, end, "lost"));
        next = end + 1;
    }
    if next <= last {
        all.push(said(next, last, "before-first"));
    }
    all
}
