use std::sync::Arc;

use proptest::prelude::*;

use super::super::batch::{End, around};
use super::super::{Batches, Part, batch};
use super::frame;
use crate::domain::page::{Slot, Unread};
use crate::domain::{Fault, FaultKind, Gap, GapCause, Window};

fn member(seq: u64, id: &str, n: u64, commit: bool) -> Slot {
    let n = n.to_string();
    let mut headers = vec![(batch::ID, id), (batch::SEQUENCE, n.as_str())];
    if commit {
        headers.push((batch::COMMIT, "1"));
    }
    Slot::Frame(Arc::new(frame(seq, &headers)))
}

fn plain(seq: u64) -> Slot {
    Slot::Frame(Arc::new(frame(seq, &[])))
}

pub(super) fn gap(start: u64, end: u64) -> Slot {
    let range = Window::new(start, end).unwrap();
    Slot::Gap(Gap::new(range, GapCause::Removed, Arc::default()))
}

fn unread(seq: u64) -> Slot {
    Slot::Unread(Unread { range: Window::one(seq), fault: Fault::new(FaultKind::Timeout, "x") })
}

/// The batches of these slots, in sentences.
pub(super) fn told(slots: &[Slot], first: u64) -> Vec<String> {
    let mut batches = Batches::default();
    let mut found: Vec<_> = slots.iter().filter_map(|slot| batches.feed(slot)).collect();
    found.extend(batches.finish());
    found.iter().map(|batch| batch.sentence("this page", first)).collect()
}

#[test]
fn a_batch_is_whole_or_says_what_is_missing() {
    let whole = [plain(4), member(5, "a", 1, false), member(6, "a", 2, true), plain(7)];
    assert_eq!(told(&whole, 1), ["whole: 2 of 2"]);
    // The same id again is another batch.
    let again = [member(1, "a", 1, true), member(2, "a", 1, false), member(3, "a", 2, true)];
    assert_eq!(told(&again, 1), ["whole: 1 of 1", "whole: 2 of 2"]);
    let holes =
        [gap(1, 3), member(4, "a", 3, false), gap(5, 5), unread(6), member(7, "a", 6, true)];
    assert_eq!(
        told(&holes, 1),
        ["members 1-2, 4 are missing: nothing is stored there; member 5 was not read"]
    );
    let end = [member(1, "a", 1, false), gap(2, 9), plain(10)];
    assert_eq!(told(&end, 1), ["member 2, and any after it, is missing: nothing is stored there"]);
}

#[test]
fn a_batch_that_the_page_cuts_is_not_called_broken() {
    let slots = [member(10, "a", 3, false), member(11, "a", 4, false)];
    assert_eq!(told(&slots, 1), ["it begins before this page; it goes on after this page"]);
    assert_eq!(
        told(&slots, 10),
        ["members 1-2 are below the stream's first sequence; it goes on after this page"]
    );
    assert_eq!(
        told(&slots, 9),
        ["member 1 is below the stream's first sequence; it begins before this page; \
          it goes on after this page"]
    );
    let mut cut = Batches::default();
    assert!(slots.iter().all(|slot| cut.feed(slot).is_none()));
    let cut = cut.finish().unwrap();
    assert!(!cut.is_broken() && !cut.is_whole() && cut.end == End::NotSeen);
}

#[test]
fn what_no_server_stores_is_not_called_missing() {
    let slots = [member(1, "a", 1, false), plain(2), member(3, "a", 3, true)];
    let other =
        "something else stands in the place of member 2, as in no batch that a server stores";
    assert_eq!(told(&slots, 1), [other, other]);
    for (seq, n) in [("0", 9), ("1001", 2_000), ("x", 9), ("", 9), ("9", 8)] {
        let frame = frame(n, &[(batch::ID, "a"), (batch::SEQUENCE, seq)]);
        assert_eq!(Part::of(&frame), None, "{seq}");
    }
    assert_eq!(Part::of(&frame(1, &[(batch::ID, &"y".repeat(65)), (batch::SEQUENCE, "1")])), None);
}

#[test]
fn the_batch_of_a_frame_is_found_on_its_page() {
    let mut slots: Vec<Slot> = (1..=1_000).map(plain).collect();
    slots.extend((1..=1_000).map(|n| member(1_000 + n, "b", n, n == 1_000)));
    slots.push(member(2_001, "b", 1, true));
    for (at, read) in [(1_000, 1_000), (1_999, 1_000), (2_000, 1)] {
        let Slot::Frame(frame) = &slots[at] else { panic!() };
        let batch = around(&slots, frame).unwrap();
        assert_eq!((batch.read, batch.is_whole()), (read, true));
    }
    let Slot::Frame(frame) = &slots[3] else { panic!() };
    assert_eq!(around(&slots, frame), None);
}

proptest! {
    /// Of a stored batch with members gone, exactly those are named, wherever the page begins.
    #[test]
    fn what_is_gone_of_a_batch_is_what_is_said(
        fate in prop::collection::vec(0..3u8, 1..40),
        below in 0..3u64,
        cut in 0..5usize,
    ) {
        let total = fate.len() as u64;
        let mut slots: Vec<Slot> = (1..=below).map(plain).collect();
        for (n, fate) in (1..).zip(&fate) {
            let seq = below + n;
            slots.push(match fate {
                0 => member(seq, "a", n, n == total),
                1 => gap(seq, seq),
                _ => unread(seq),
            });
        }
        slots.push(plain(below + total + 1));
        let seen = slots.split_off(cut.min(slots.len() - 1));
        let from = seen[0].range().start();
        let mut batches = Batches::default();
        let mut found: Vec<_> = seen.iter().filter_map(|slot| batches.feed(slot)).collect();
        found.extend(batches.finish());
        let is_read = |n: &u64| fate[*n as usize - 1] == 0 && below + n >= from;
        let last = (1..=total).rfind(is_read);
        prop_assert_eq!(found.len(), usize::from(last.is_some()));
        let (Some(last), Some(batch)) = (last, found.first()) else { return Ok(()) };
        prop_assert_eq!(batch.read, (1..=total).filter(is_read).count() as u64);
        let count = |runs: &[Window]| runs.iter().map(|run| run.len()).sum::<u64>();
        let of = |kind: u8| (1..last).filter(|n| fate[*n as usize - 1] == kind && below + n >= from).count() as u64;
        prop_assert_eq!(count(&batch.missing), of(1));
        prop_assert_eq!(count(&batch.unread), of(2));
        prop_assert!(batch.other.is_empty());
        let end = if last == total { End::Committed } else if fate[last as usize] == 1 { End::Missing } else { End::Unread };
        prop_assert_eq!(batch.end, end);
    }
}
