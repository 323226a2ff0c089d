use std::fs;
use std::sync::Arc;

use tempfile::{TempDir, tempdir};

use super::{frame, head, put, slots, window};
use crate::cli::bundle::partial::{Found, Partial};
use crate::cli::bundle::target::Target;
use crate::cli::bundle::{FRAMES, RAW};
use crate::domain::{Gap, GapCause, Slot, Window};

/// An unfinished export of these slots.
fn begun(slots: &[Slot]) -> (TempDir, Target) {
    let folder = tempdir().unwrap();
    let target = Target::of(&folder.path().join("out")).unwrap();
    let partial = Partial::create(&target).unwrap();
    partial.keep(&head()).unwrap();
    let mut files = partial.open(Some(window())).unwrap();
    for slot in slots {
        files.append(slot).unwrap();
    }
    files.finish().unwrap();
    (folder, target)
}

/// The last sequence that is kept when the export is taken up again.
fn kept(target: &Target) -> Option<u64> {
    let partial = Partial::existing(target).unwrap().unwrap();
    assert!(matches!(partial.found(), Found::Head(_)));
    let (.., written) = partial.open(Some(window())).unwrap().finish().unwrap();
    let len = |name| fs::metadata(target.file(name)).unwrap().len();
    assert_eq!((written.lines.len, written.raw.len), (len(FRAMES), len(RAW)));
    written.last
}

#[test]
fn a_torn_end_is_cut_off_wherever_it_is() {
    let slots = &slots()[..4];
    let (_folder, whole) = begun(slots);
    let (lines, raw) = (fs::read(whole.file(FRAMES)).unwrap(), fs::read(whole.file(RAW)).unwrap());
    assert_eq!(kept(&whole), Some(9));
    let ends: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at] == b'\n').map(|at| at + 1).collect();
    for cut in 0..=lines.len() {
        put(&whole.file(FRAMES), &lines[..cut]);
        put(&whole.file(RAW), &raw);
        let lines = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(kept(&whole), [None, Some(5), Some(6), Some(7), Some(9)][lines], "{cut}");
    }
    for cut in 0..raw.len() {
        put(&whole.file(FRAMES), &lines);
        put(&whole.file(RAW), &raw[..cut]);
        assert_eq!(kept(&whole), if cut < 5 { None } else { Some(6) }, "{cut}");
    }
}

#[test]
fn what_is_damaged_or_unread_is_read_again() {
    let (_folder, target) = begun(&slots());
    assert_eq!(kept(&target), Some(9), "10 is unread");
    let (_folder, target) = begun(&slots()[..3]);
    let mut raw = fs::read(target.file(RAW)).unwrap();
    raw[7] ^= 1;
    fs::write(target.file(RAW), raw).unwrap();
    assert_eq!(kept(&target), Some(6));
    let (_folder, target) = begun(&[frame(6, b"not where the window begins")]);
    assert_eq!(kept(&target), None);
}

#[test]
fn what_was_unreadable_last_is_read_again() {
    let unreadable = |seq| Gap::new(Window::one(seq), GapCause::Unreadable, Arc::default()).into();
    let (_folder, target) = begun(&[frame(5, b"a"), unreadable(6), unreadable(7)]);
    assert_eq!(kept(&target), Some(5));
    // What was read behind it was no shortage that passed at once.
    let (_folder, target) = begun(&[frame(5, b"a"), unreadable(6), frame(7, b"b"), unreadable(8)]);
    assert_eq!(kept(&target), Some(7));
}

#[test]
fn only_one_export_writes_to_a_place() {
    let (_folder, target) = begun(&slots());
    let first = Partial::existing(&target).unwrap().unwrap();
    let said = Partial::existing(&target).unwrap_err().line;
    assert!(said.contains("another export is writing to"), "{said}");
    drop(first);
    assert!(Partial::existing(&target).unwrap().is_some());
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = tempdir().unwrap();
    let target = Target::of(&folder.path().join("out")).unwrap();
    fs::create_dir(&target.partial).unwrap();
    fs::write(target.partial.join("diary"), "dear").unwrap();
    let said = Partial::existing(&target).unwrap_err().line;
    assert!(said.contains("is no unfinished export"), "{said}");
    fs::create_dir(&target.out).unwrap();
    assert!(target.check(false).unwrap_err().line.contains("--force"));
    target.check(true).unwrap();
    fs::write(target.out.join("diary"), "dear").unwrap();
    assert!(target.check(true).unwrap_err().line.contains("is no bundle"));
    assert_eq!(fs::read(target.partial.join("diary")).unwrap(), b"dear");
}

#[test]
fn what_came_to_the_target_meanwhile_is_not_replaced_unasked() {
    for (name, file) in [("out", "out/diary"), ("out.tar", "out.tar")] {
        let folder = tempdir().unwrap();
        let target = Target::of(&folder.path().join(name)).unwrap();
        target.check(false).unwrap();
        drop(Partial::create(&target).unwrap());
        let packed = target.in_partial("bundle.tar");
        fs::create_dir(target.in_partial("bundle")).unwrap();
        fs::write(&packed, "packed").unwrap();
        let file = folder.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "dear").unwrap();
        let said = target.publish(target.is_tar.then_some(&*packed), false).unwrap_err().line;
        assert!(said.contains("exists"), "{said}");
        assert_eq!(fs::read(&file).unwrap(), b"dear");
        assert!(packed.exists());
    }
}

#[test]
fn what_an_export_is_of_must_be_whole() {
    let (_folder, target) = begun(&slots());
    let path = target.in_partial("progress.json");
    let mut text = fs::read(&path).unwrap();
    text[40] ^= 1;
    fs::write(&path, text).unwrap();
    let partial = Partial::existing(&target).unwrap().unwrap();
    assert!(matches!(partial.found(), Found::Unknown(why) if why.contains("damaged")));
    fs::remove_file(&path).unwrap();
    assert!(matches!(partial.found(), Found::Unknown(why) if why.contains("gone")));
    partial.discard().unwrap();
    assert!(!target.partial.exists());
}
