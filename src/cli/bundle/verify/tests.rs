use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::cli::bundle::seal::{Style, seal};
use crate::cli::bundle::tests::{bundle, put};
use crate::cli::bundle::{FRAMES, MANIFEST, RAW, SUMS};

/// What is said of a bundle that can be judged.
#[track_caller]
fn said(path: &Path) -> Vec<String> {
    let verdict = look(path).unwrap();
    assert_eq!(verdict.findings.more, 0);
    verdict.findings.damage.iter().map(damage::Damage::words).collect()
}

/// The sequence whose payload or record holds each byte of the two files of frames.
fn owners(folder: &Path) -> BTreeMap<&'static str, Vec<u64>> {
    let lines = fs::read_to_string(folder.join(FRAMES)).unwrap();
    let (mut in_lines, mut in_raw) = (Vec::new(), Vec::new());
    for line in lines.split_inclusive('\n') {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let seq = record["seq"].as_u64().or(record["start"].as_u64()).unwrap();
        in_lines.resize(in_lines.len() + line.len(), seq);
        let size = record["size"].as_u64().unwrap_or(0);
        in_raw.resize(in_raw.len() + usize::try_from(size).unwrap(), seq);
    }
    [(FRAMES, in_lines), (RAW, in_raw)].into()
}

/// Whether a finding concerns the sequence, and at most its neighbours besides.
fn names(findings: &Findings, seq: u64) -> bool {
    findings.damage.iter().any(|damage| {
        let (Some(start), Some(end)) = (damage.start, damage.end) else { return false };
        (start..=end).contains(&seq) && end - start <= 3
    })
}

#[test]
fn a_whole_bundle_is_whole_in_both_forms() {
    let folder = tempdir().unwrap();
    for name in ["dir", "file.tar"] {
        let verdict = look(&bundle(&folder, name)).unwrap();
        assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
        let tally = &verdict.tally;
        let account = (tally.sequences, tally.frames, tally.missing, tally.unread);
        assert_eq!(account, (8, 5, 2, 1));
        assert_eq!(verdict.manifest.unwrap().head.room.id, "caf\u{e9}");
    }
}

#[test]
fn a_flipped_bit_in_a_folder_is_found_and_the_frame_named() {
    let folder = tempdir().unwrap();
    let path = bundle(&folder, "dir");
    let owners = owners(&path);
    // Every byte of the frames; of the manifest and the sums a dense sample.
    for (name, step) in [(FRAMES, 1), (RAW, 1), (MANIFEST, 5), (SUMS, 3)] {
        let file = path.join(name);
        let whole = fs::read(&file).unwrap();
        for at in (0..whole.len()).step_by(step) {
            let mut bad = whole.clone();
            bad[at] ^= 1 << (at % 7);
            put(&file, &bad);
            let verdict = look(&path).unwrap();
            let findings = &verdict.findings;
            assert!(findings.touch(name), "{name} {at}: {findings:?}");
            if let Some(owners) = owners.get(name) {
                assert!(names(findings, owners[at]), "{name} {at}: {findings:?}");
            }
        }
        put(&file, &whole);
    }
    assert_eq!(said(&path), [""; 0]);
}

#[test]
fn a_flipped_bit_in_a_tar_is_found_and_the_frame_named() {
    let folder = tempdir().unwrap();
    let owners = owners(&bundle(&folder, "dir"));
    let path = bundle(&folder, "file.tar");
    let whole = fs::read(&path).unwrap();
    let Files::Tar(_, places) = Files::find(&path, &mut Findings::default()).unwrap() else {
        panic!("a tar");
    };
    for at in 0..whole.len() {
        let place = FILES.iter().zip(places).find_map(|(name, place)| {
            let (offset, len) = place.unwrap();
            let within = u64::try_from(at).unwrap().checked_sub(offset)?;
            (within < len).then(|| (*name, usize::try_from(within).unwrap()))
        });
        let owner = place.and_then(|(name, within)| owners.get(name)?.get(within));
        // The files were tried byte by byte as a folder. Of what is around them, all but some of
        // the zeros are.
        if at % 16 > 0 && (place.is_some() || whole[at] == 0 && at % 3 > 0) {
            continue;
        }
        let mut bad = whole.clone();
        bad[at] ^= 1 << (at % 7);
        put(&path, &bad);
        let verdict = look(&path).unwrap();
        assert!(!verdict.findings.is_empty(), "byte {at} in {place:?}");
        if let Some(seq) = owner {
            assert!(names(&verdict.findings, *seq), "{place:?}: {:?}", verdict.findings);
        }
    }
}

#[test]
fn a_damaged_header_does_not_hide_what_follows() {
    let folder = tempdir().unwrap();
    let path = bundle(&folder, "file.tar");
    let whole = fs::read(&path).unwrap();
    let Files::Tar(_, places) = Files::find(&path, &mut Findings::default()).unwrap() else {
        panic!("a tar");
    };
    for (name, place) in FILES.iter().zip(places) {
        // The first digit of the size.
        let mut bad = whole.clone();
        bad[usize::try_from(place.unwrap().0).unwrap() - 512 + 124] ^= 1;
        fs::write(&path, &bad).unwrap();
        let wanted = format!("{name}: its header in the tar is damaged");
        assert_eq!(said(&path)[0], wanted);
        // The padding after payloads cannot be told from them.
        assert!(said(&path).len() <= 2, "{:?}", said(&path));
    }
}

#[test]
fn a_bundle_cut_anywhere_is_not_whole() {
    let folder = tempdir().unwrap();
    let path = bundle(&folder, "file.tar");
    let whole = fs::read(&path).unwrap();
    for cut in (0..whole.len()).step_by(97) {
        put(&path, &whole[..cut]);
        match look(&path) {
            Ok(verdict) => assert!(!verdict.findings.is_empty(), "{cut}"),
            Err(Unfit::NoBundle) => assert!(cut < 1024, "{cut}"),
            Err(other) => panic!("{cut}: {other:?}"),
        }
    }
    fs::write(&path, [whole, vec![0; 512]].concat()).unwrap();
    assert_eq!(said(&path), ["frames.bin: the tar does not end as it should after it"]);
}

#[test]
fn what_is_missing_or_too_much_is_named() {
    let folder = tempdir().unwrap();
    let path = bundle(&folder, "dir");
    fs::write(path.join("extra"), "").unwrap();
    assert_eq!(said(&path), ["manifest.json: 1 files beside it do not belong to the bundle"]);
    fs::remove_file(path.join("extra")).unwrap();
    for name in FILES {
        let text = fs::read(path.join(name)).unwrap();
        fs::remove_file(path.join(name)).unwrap();
        assert_eq!(said(&path), [format!("{name}: is missing")]);
        fs::write(path.join(name), text).unwrap();
    }
    let (frames, raw) = (path.join(FRAMES), path.join(RAW));
    let lines = fs::read_to_string(&frames).unwrap();
    let without = |n: usize| -> String {
        lines.split_inclusive('\n').enumerate().filter(|(at, _)| *at != n).map(|(_, l)| l).collect()
    };
    fs::write(&frames, without(2)).unwrap();
    let told = said(&path);
    assert_eq!(
        told[0],
        "sequence 7: frames.jsonl, line 3: no record speaks of them before this line"
    );
    let bytes = "sequence 11: frames.bin: 300 bytes before its payload belong to no record";
    assert_eq!(told[1], bytes);
    fs::write(&frames, without(6)).unwrap();
    assert_eq!(said(&path)[0], "sequence 12: frames.jsonl: ends before them");
    let twice = lines.split_inclusive('\n').take(1).chain([lines.as_str()]).collect::<String>();
    fs::write(&frames, twice).unwrap();
    assert!(said(&path)[0].starts_with("sequence 5: frames.jsonl, line 2: is told of twice"));
    fs::write(&frames, &lines).unwrap();
    fs::write(&raw, [fs::read(&raw).unwrap(), vec![1]].concat()).unwrap();
    assert_eq!(said(&path), ["frames.bin: 1 bytes at its end belong to no record"]);
}

#[test]
fn a_manifest_that_was_sealed_anew_must_say_what_the_records_do() {
    let folder = tempdir().unwrap();
    let path = bundle(&folder, "dir");
    let (manifest, sums) = (path.join(MANIFEST), path.join(SUMS));
    let (old, list) = (fs::read_to_string(&manifest).unwrap(), fs::read_to_string(&sums).unwrap());
    let (body, _) = old.split_once(",\n  \"check\"").unwrap();
    let sha256 = |text: &str| crate::domain::encode::sha256(text.as_bytes());
    for (from, to, wanted) in [
        ("\"frames\": 5", "\"frames\": 6", "manifest.json: its account is not that of the records"),
        ("\"end\": 12", "\"end\": 13", "sequence 13: frames.jsonl: ends before them"),
    ] {
        let new = seal(&(body.replacen(from, to, 1) + "\n}"), Style::Pretty);
        put(&manifest, new.as_bytes());
        put(&sums, list.replace(&sha256(&old), &sha256(&new)).as_bytes());
        assert_eq!(said(&path), [wanted]);
    }
}

#[test]
fn a_damaged_payload_has_a_whole_copy() {
    let folder = tempdir().unwrap();
    let path = bundle(&folder, "dir");
    let mut raw = fs::read(path.join(RAW)).unwrap();
    raw[0] = b'F';
    fs::write(path.join(RAW), raw).unwrap();
    let wanted = "sequence 5: frames.bin: its payload in frames.bin is damaged; the base64 in \
                  frames.jsonl is whole";
    assert_eq!(said(&path), [wanted]);
}

#[test]
fn what_is_no_bundle_is_not_judged() {
    let folder = tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert!(matches!(look(&empty), Err(Unfit::NoBundle)));
    for (name, text) in [("none", ""), ("text", "hello"), ("zeros", &"\0".repeat(9999))] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        assert!(matches!(look(&path), Err(Unfit::NoBundle)), "{name}");
    }
    assert!(matches!(look(&folder.path().join("nothing")), Err(Unfit::Io(_))));
    fs::write(empty.join("progress.json"), "").unwrap();
    assert!(matches!(look(&empty), Err(Unfit::Unfinished)));
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    let folder = tempdir().unwrap();
    let path = bundle(&folder, "dir");
    fs::rename(path.join(RAW), folder.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), path.join(RAW)).unwrap();
    assert_eq!(said(&path), ["frames.bin: is not a plain file, so it was not read"]);
}

#[test]
fn findings_are_bounded_and_still_counted() {
    let mut findings = Findings::default();
    for seq in 1..=250 {
        findings.add(damage::Damage::of(RAW, "x").on(seq, seq));
    }
    assert_eq!((findings.damage.len(), findings.more), (100, 150));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is done to a bundle, it is judged without a panic, and not as whole.
    #[test]
    fn no_bytes_break_the_judge(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..20),
        is_tar in any::<bool>(),
        which in 0..4_usize,
    ) {
        let folder = tempdir().unwrap();
        let path = bundle(&folder, if is_tar { "file.tar" } else { "dir" });
        let file = if is_tar { path.clone() } else { path.join(FILES[which]) };
        let whole = fs::read(&file).unwrap();
        let mut bytes = whole.clone();
        for (at, byte, how) in edits {
            if bytes.is_empty() { break; }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.drain(at..bytes.len().min(at + usize::from(byte))); }
            }
        }
        fs::write(&file, &bytes).unwrap();
        if let Ok(verdict) = look(&path) {
            prop_assert_eq!(verdict.findings.is_empty(), bytes == whole);
        }
    }
}
