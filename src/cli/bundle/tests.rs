//! A small bundle with all kinds of records, and how an unfinished one is gone on with.

mod judged;
mod reads;
mod unfinished;
mod writes;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;

use super::about::{About, Visit};
use super::judged::Judged;
use super::manifest::{Asked, Head};
use super::partial::Partial;
use super::target::Target;
use super::{FORMAT, VERSION, finish};
use crate::domain::room::KnownFrom;
use crate::domain::{
    Connection, Fault, FaultKind, Frame, Gap, GapCause, Header, Room, RoomId, Slot, Unread, Window,
};

pub(super) fn window() -> Window {
    Window::new(5, 12).unwrap()
}

fn frame(seq: u64, payload: &[u8]) -> Slot {
    Slot::Frame(Arc::new(Frame {
        seq,
        time: Timestamp::from_second(1_700_000_000 + i64::try_from(seq).unwrap()).unwrap(),
        subject: "unibus.room.\u{202e}x".into(),
        headers: vec![Header::new("A\"\u{1b}[2J", *b"\xff\n"), Header::new("", "caf\u{e9}")],
        payload: payload.to_vec(),
    }))
}

/// Frames with and without a payload, a gap, and an unread run.
pub(super) fn slots() -> Vec<Slot> {
    let gap = Window::new(8, 9).unwrap();
    let fault = Fault::new(FaultKind::Timeout, "read sequence 10: no answer");
    vec![
        frame(5, b"first"),
        frame(6, b""),
        frame(7, &[0; 300]),
        Slot::Gap(Gap::new(gap, GapCause::Removed, Arc::default())),
        Slot::Unread(Unread { range: Window::one(10), fault }),
        frame(11, &[0, 255, 10, 13, 0]),
        frame(12, b"last\0\0"),
    ]
}

pub(super) fn head() -> Head {
    let id = RoomId::new("caf\u{e9}").unwrap();
    Head {
        format: FORMAT.into(),
        version: VERSION,
        stream: id.stream().as_str().into(),
        room: About::of(&Room::bare(id, KnownFrom::default())),
        asked: Asked { last: None, from: None },
        window: Some(window().into()),
        created: Timestamp::UNIX_EPOCH,
        connection: vec!["Server  nats://h  flag --server".into()],
        begun: Visit {
            time: Timestamp::UNIX_EPOCH,
            ..Visit::now(&Connection::local("demo"), None)
        },
        before_first: None,
        resumed: Vec::new(),
        damage: None,
        unreadable_again: false,
    }
}

/// Makes these bytes the content of a file that is there. Not emptied first: a file system may wait
/// for the disk then, and the tests do this thousands of times.
pub(super) fn put(path: &Path, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_len(u64::try_from(bytes.len()).unwrap()).unwrap();
}

/// Writes the bundle of [`slots`], as a tar when the name ends so.
pub(super) fn bundle(folder: &TempDir, name: &str) -> PathBuf {
    let target = Target::of(&folder.path().join(name)).unwrap();
    target.check(false).unwrap();
    let partial = Partial::create(&target).unwrap();
    partial.keep(&head()).unwrap();
    let mut files = partial.open(Some(window())).unwrap();
    for slot in slots() {
        files.append(&slot).unwrap();
    }
    let (lines, raw, written) = files.finish().unwrap();
    let ended = head().begun;
    let judged = Judged::of(&head(), &written, None, 0);
    finish::describe(&target, &head(), &ended, 7, &judged, &written).unwrap();
    finish::sync(&target, [lines, raw]).unwrap();
    let packed = target.is_tar.then(|| finish::pack(&target).unwrap());
    target.publish(packed.as_deref(), false).unwrap();
    assert!(!fs::exists(&target.partial).unwrap());
    target.out
}
