use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::map::survey::tests::{edge, info, survey};
use crate::domain::{Cost, Frame, Gap, GapCause, PageBuilder, StreamInfo};

/// The page of a window of a stream that stores these.
fn page(stored: &BTreeSet<u64>, window: Window, stream: StreamInfo) -> Page {
    let mut builder = PageBuilder::new(window);
    for seq in window.start()..=window.end() {
        if stored.contains(&seq) {
            builder.frame(Arc::new(Frame {
                seq,
                time: edge(seq).time,
                subject: "s".into(),
                headers: Vec::new(),
                payload: Vec::new(),
            }));
        } else {
            builder.gap(Gap::new(Window::one(seq), GapCause::NotKnown, Arc::default()));
        }
    }
    Page::build(builder, (None, None), Vec::new(), stream, Cost::default())
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

/// Every sequence of the span in exactly one cell, in order, and each cell's account right.
fn accounted(map: &StreamMap, n: usize, stored: &BTreeSet<u64>) -> Result<(), TestCaseError> {
    let cells = map.cells(n);
    prop_assert_eq!(cells.len() as u64, (n as u64).min(map.span().len()));
    let mut next = map.span().start();
    for (i, cell) in cells.iter().enumerate() {
        let range = cell.range;
        prop_assert_eq!(range.start(), next);
        next = range.end() + 1;
        let there = stored.range(range.start()..=range.end()).count() as u64;
        prop_assert_eq!(cell.frames + cell.missing + cell.unreadable + cell.unknown, range.len());
        prop_assert!(cell.frames <= there, "{:?} holds {}", cell, there);
        prop_assert!(cell.missing <= range.len() - there, "{:?} holds {}", cell, there);
        for seq in range.start()..=range.end() {
            prop_assert_eq!(map.index(n, seq), i);
        }
        if let Some(edge) = map.time_in(range) {
            prop_assert!(range.contains(edge.seq));
            prop_assert_eq!(edge.time.as_second().cast_unsigned(), edge.seq);
        }
    }
    prop_assert_eq!(next, map.span().end() + 1);
    Ok(())
}

proptest! {
    #[test]
    fn cells_account_for_every_sequence_and_claim_nothing_untrue(
        gone in prop::collection::btree_set(1u64..200, 0..150),
        first in 1u64..40,
        n in 1usize..260,
        at in 0u64..190,
        len in 1u64..30,
        jumps in prop::option::of(0usize..200),
        listed in any::<bool>(),
    ) {
        let stored: BTreeSet<u64> = (first..=200).filter(|seq| !gone.contains(seq)).collect();
        let first = *stored.first().unwrap();
        let missing = (first..=200).filter(|seq| !stored.contains(seq)).collect::<Vec<_>>();
        let mut stream = info(first, 200, missing.len() as u64);
        stream.state.deleted = listed.then(|| Arc::from(missing.as_slice()));
        let start = (first + at).min(200);
        let page = page(&stored, window(start, (start + len).min(200)), stream);
        let survey = jumps.map(|jumps| survey(&stored, 200, jumps));
        let map = StreamMap::new(&page, survey.as_ref());
        accounted(&map, n, &stored)?;
        let known = map.is_complete();
        prop_assert!(known || !listed && !survey.as_ref().is_some_and(Survey::is_complete));
        if known {
            for cell in map.cells(n) {
                prop_assert_eq!(cell.unknown, 0);
                let there = stored.range(cell.range.start()..=cell.range.end()).count();
                prop_assert_eq!(cell.frames, there as u64);
            }
        }
        let ends = map.ends();
        prop_assert_eq!(ends, (Some(edge(first).time), Some(edge(200).time)));
    }

    #[test]
    fn a_map_over_all_sequences_there_can_be_is_cut_evenly(first in 1u64.., n in 1usize..300) {
        prop_assume!(first < u64::MAX - 1);
        let mut stream = info(1, 1, 0);
        (stream.state.first_seq, stream.state.last_seq) = (first, u64::MAX - 1);
        let page = page(&BTreeSet::new(), Window::one(first), stream);
        let map = StreamMap::new(&page, None);
        let cells = map.cells(n);
        let (least, most) = cells.iter().fold((u64::MAX, 0), |(least, most), cell| {
            (least.min(cell.range.len()), most.max(cell.range.len()))
        });
        prop_assert!(most - least <= 1);
        prop_assert_eq!(cells.last().unwrap().range.end(), u64::MAX - 1);
        prop_assert_eq!(map.index(n, u64::MAX - 1), cells.len() - 1);
    }
}

#[test]
fn frames_a_survey_saw_prove_nothing_once_more_went_missing() {
    let stored: BTreeSet<u64> = (1..=1000).filter(|seq| *seq % 3 != 0).collect();
    let survey = survey(&stored, 1000, 40);
    let now = |missing| page(&stored, window(991, 1000), info(1, 1000, missing));
    let seen = |map: &StreamMap| map.cells(99).iter().map(|cell| cell.frames).sum::<u64>();
    let fresh = StreamMap::new(&now(333), Some(&survey));
    let sampled = |stale| Basis::Sampled { requests: survey.requests, complete: false, stale };
    assert_eq!(fresh.basis(), sampled(false));
    let later = StreamMap::new(&now(334), Some(&survey));
    assert_eq!(later.basis(), sampled(true));
    assert!(seen(&fresh) > 30 && seen(&later) == 7, "the page's own frames stay");
    assert_eq!(fresh.found(), later.found(), "holes stay holes");
    let mut other = survey;
    other.created = edge(5).time;
    assert_eq!(StreamMap::new(&now(333), Some(&other)).basis(), Basis::Page { complete: false });
}

#[test]
fn what_is_unreadable_is_no_hole_and_no_frame() {
    let mut stream = info(1, 10, 1);
    for list in [Some(Arc::from([3u64].as_slice())), None] {
        stream.state.deleted = list;
        let mut builder = PageBuilder::new(window(1, 5));
        builder.gap(Gap::new(Window::one(3), GapCause::Removed, Arc::default()));
        builder.gap(Gap::new(Window::one(4), GapCause::Unreadable, Arc::default()));
        let page = Page::build(builder, (None, None), Vec::new(), stream.clone(), Cost::default());
        let map = StreamMap::new(&page, None);
        assert!(map.has_unreadable() && map.found() == 1, "{map:?}");
        let cells = map.cells(10);
        let at = |seq: usize| cells[seq - 1];
        assert_eq!((at(3).missing, at(3).unreadable), (1, 0));
        assert_eq!((at(4).frames, at(4).missing, at(4).unreadable, at(4).unknown), (0, 0, 1, 0));
    }
}
