use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::{Fault, FaultKind, GapCause, Header, Window};

fn frame(seq: u64, second: i64, payload: &[u8]) -> Frame {
    Frame {
        seq,
        time: Timestamp::from_second(second).unwrap(),
        subject: "a".into(),
        headers: Vec::new(),
        payload: payload.to_vec(),
    }
}

fn id(mut frame: Frame, id: &str) -> Frame {
    frame.headers.push(Header::new("Nats-Msg-Id", id));
    frame
}

fn audit(encrypted: bool, frames: impl IntoIterator<Item = Frame>) -> Findings {
    let mut audit = Audit::new(encrypted);
    frames.into_iter().for_each(|frame| audit.feed(&Slot::Frame(Arc::new(frame))));
    audit.finish()
}

fn gap(start: u64, end: u64, cause: GapCause) -> Slot {
    Gap::new(Window::new(start, end).unwrap(), cause, Arc::default()).into()
}

#[test]
fn a_clock_that_goes_back_is_told_with_the_frame_before() {
    let seconds = [10, 11, 11, 9, 10, 12, 3];
    let frames = seconds.iter().zip(1..).map(|(&second, seq)| frame(seq, second, b""));
    let found = audit(false, frames);
    let back: Vec<_> = found.back.kept().iter().map(|b| (b.at.seq, b.before.seq, b.by())).collect();
    let seconds = SignedDuration::from_secs;
    assert_eq!(back, [(4, 3, seconds(2)), (7, 6, seconds(9))]);
}

#[test]
fn the_frame_before_may_be_beyond_a_gap() {
    let mut audit = Audit::new(false);
    audit.feed(&Slot::Frame(Arc::new(frame(1, 10, b""))));
    audit.feed(&gap(2, 900, GapCause::Removed));
    audit.feed(&Slot::Frame(Arc::new(frame(901, 9, b""))));
    let found = audit.finish();
    assert_eq!(found.back.kept()[0].before.seq, 1);
}

#[test]
fn a_payload_seen_before_is_wrong_in_an_encrypted_room_or_under_the_same_id() {
    let long = [7u8; 40];
    let frames = || {
        [
            frame(1, 1, &long),
            frame(2, 2, b"ok"),
            frame(3, 3, &long),
            frame(4, 4, b"ok"),
            frame(5, 5, b""),
            frame(6, 6, b""),
            id(frame(7, 7, b"seven"), "x"),
            id(frame(8, 8, b"seven"), "x"),
            id(frame(9, 9, b"seven"), "y"),
        ]
    };
    let seqs = |few: &Few<Repeat>| -> Vec<_> {
        few.kept().iter().map(|r| (r.at.seq, r.first, r.same_id)).collect()
    };
    let sealed = audit(true, frames());
    assert_eq!(seqs(&sealed.repeats), [(3, 1, false), (8, 7, true)]);
    assert_eq!(seqs(&sealed.alike), [(4, 2, false), (9, 7, false)]);
    let open = audit(false, frames());
    assert_eq!(seqs(&open.repeats), [(8, 7, true)]);
    assert_eq!(seqs(&open.alike), [(3, 1, false), (4, 2, false), (9, 7, false)]);
    assert_eq!(sealed.repeats.kept()[0].sha256, crate::domain::encode::sha256(&long));
}

#[test]
fn digests_are_bounded_and_what_was_not_kept_is_counted() {
    let mut digests = Digests::new(2);
    let mut see = |seq, payload: &[u8]| digests.see(&frame(seq, 0, payload));
    assert!(!see(1, b"a").not_kept && !see(2, b"b").not_kept && see(3, b"c").not_kept);
    assert_eq!(see(4, b"b").first, Some(2));
    let again = see(5, b"c");
    assert!(again.first.is_none() && again.not_kept);
}

#[test]
fn frames_are_judged_in_an_encrypted_room_only() {
    let plain = b"the customer is on the line again, can you take over?";
    let found = audit(true, [frame(1, 1, plain), frame(2, 2, b"short"), frame(3, 3, b"")]);
    let judged = found.plaintext.as_ref().unwrap();
    let leaks: Vec<_> = judged.leaks.kept().iter().map(|leak| (leak.at.seq, leak.size)).collect();
    assert_eq!((leaks, judged.short), (vec![(1, plain.len() as u64)], 2));
    assert_eq!(found.judged(), 1);
    assert_eq!(audit(false, [frame(1, 1, plain)]).plaintext, None);
}

#[test]
fn findings_beyond_the_first_are_counted() {
    let frames = (1..=200).map(|seq| frame(seq, 1_000 - seq as i64, b""));
    let found = audit(false, frames);
    assert_eq!(found.back.kept().len(), MOST_KEPT);
    assert_eq!((found.back.total(), found.back.more()), (199, 149));
}

#[test]
fn markers_are_counted_apart_and_batches_that_are_not_whole_are_named() {
    let with = |seq, headers: &[(&str, &str)], payload: &[u8]| {
        let mut frame = frame(seq, 1, payload);
        frame.headers = headers.iter().map(|(name, value)| Header::new(*name, *value)).collect();
        Slot::Frame(Arc::new(frame))
    };
    let member = |seq, id, n, commit: bool| {
        let mut headers = vec![("Nats-Batch-Id", id), ("Nats-Batch-Sequence", n)];
        headers.extend(commit.then_some(("Nats-Batch-Commit", "1")));
        with(seq, &headers, b"x")
    };
    let marker = [("Nats-Marker-Reason", "MaxAge")];
    let mut audit = Audit::new(false);
    for slot in [
        member(5, "cut", "2", true),
        with(6, &marker, b""),
        with(7, &marker, b"a person's"),
        member(8, "whole", "1", false),
        member(9, "whole", "2", true),
        member(10, "torn", "1", false),
        gap(11, 12, GapCause::Removed),
        member(13, "torn", "4", true),
    ] {
        audit.feed(&slot);
    }
    let found = audit.finish().headers;
    let markers: Vec<_> = found.markers.kept().iter().map(|m| (m.at.seq, m.reason)).collect();
    assert_eq!(markers, [(6, "MaxAge")]);
    assert_eq!((found.batches, found.whole), (3, 1));
    let broken: Vec<_> = found.broken.kept().iter().map(|b| (b.id.as_slice(), b.first)).collect();
    assert_eq!(broken, [(&b"torn"[..], 10)]);
    assert_eq!(found.broken.kept()[0].missing, [Window::new(11, 12).unwrap()]);
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Frame,
    Deleted,
    Missing,
    Unread,
}

/// Slots of these kinds, from sequence 1 on, cut at will.
fn slots(kinds: &[Kind]) -> Vec<Slot> {
    let slot = |(kind, seq): (&Kind, u64)| match kind {
        Kind::Frame => Slot::Frame(Arc::new(frame(seq, seq as i64, &seq.to_le_bytes()))),
        Kind::Deleted => gap(seq, seq, GapCause::Removed),
        Kind::Missing => gap(seq, seq, GapCause::NotKnown),
        Kind::Unread => Slot::Unread(Unread {
            range: Window::one(seq),
            fault: Fault::new(FaultKind::Timeout, "x"),
        }),
    };
    kinds.iter().zip(1..).map(slot).collect()
}

proptest! {
    /// Runs are told whole however they were cut, and every sequence is accounted for.
    #[test]
    fn runs_are_joined(kinds in prop::collection::vec(
        prop::sample::select(vec![Kind::Frame, Kind::Deleted, Kind::Missing, Kind::Unread]), 0..400)
    ) {
        let mut audit = Audit::new(true);
        slots(&kinds).iter().for_each(|slot| audit.feed(slot));
        let found = audit.finish();
        let count = |kind| kinds.iter().filter(|k| **k == kind).count() as u64;
        let runs = |kind| kinds.chunk_by(|a, b| a == b).filter(|run| run[0] == kind).count() as u64;
        prop_assert_eq!(found.frames, count(Kind::Frame));
        prop_assert_eq!(found.missing, count(Kind::Deleted) + count(Kind::Missing));
        prop_assert_eq!(found.unread_sequences, count(Kind::Unread));
        prop_assert_eq!(found.gaps.total(), runs(Kind::Deleted) + runs(Kind::Missing));
        prop_assert_eq!(found.unread.total(), runs(Kind::Unread));
        prop_assert!(found.back.is_empty() && found.repeats.is_empty());
        let kept: u64 = found.gaps.kept().iter().map(|gap| gap.range.len()).sum();
        prop_assert!(found.gaps.more() > 0 || kept == found.missing);
    }
}
