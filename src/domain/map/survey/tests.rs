use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

pub(in crate::domain) fn info(first: u64, last: u64, missing: u64) -> StreamInfo {
    let at = |second: u64| Timestamp::from_second(second.cast_signed()).ok();
    StreamInfo {
        state: StreamState {
            messages: last + 1 - first - missing,
            first_seq: first,
            last_seq: last,
            first_time: at(first),
            last_time: at(last),
            num_deleted: missing,
            ..StreamState::default()
        },
        ..StreamInfo::default()
    }
}

pub(in crate::domain) fn edge(seq: u64) -> Edge {
    Edge { seq, time: Timestamp::from_second(seq.cast_signed()).unwrap() }
}

/// Surveys a stream of these frames with so many jumps at most.
pub(in crate::domain) fn survey(stored: &BTreeSet<u64>, last: u64, jumps: usize) -> Survey {
    let first = *stored.first().unwrap();
    let missing = last + 1 - first - stored.len() as u64;
    let mut survey = Survey::new(&info(first, last, missing));
    let mut left = jumps;
    while left > 0 {
        let probes = survey.next(left.min(16));
        if probes.is_empty() {
            break;
        }
        left -= probes.len();
        for seq in probes {
            survey.learn(seq, stored.range(seq..).next().copied().map(edge));
        }
    }
    survey.seal(&info(first, last, missing).state);
    survey
}

fn stored(first: u64, last: u64, holes: &[(u64, u64)]) -> BTreeSet<u64> {
    (first..=last).filter(|seq| !holes.iter().any(|(a, b)| (a..=b).contains(&seq))).collect()
}

#[test]
fn one_great_hole_is_found_whole_in_a_few_jumps() {
    for holes in [[(20_001, 92_000)], [(500, 99_999)], [(60_000, 60_999)], [(7, 99_990)]] {
        let all = stored(1, 100_000, &holes);
        let survey = survey(&all, 100_000, 130);
        assert!(survey.is_complete(), "{holes:?}: {:?}", survey.holes());
        assert_eq!(survey.holes(), [Window::new(holes[0].0, holes[0].1).unwrap()]);
    }
}

#[test]
fn jumps_go_where_holes_are() {
    let all = stored(1, 100_000, &[(30_000, 39_999), (70_001, 75_000)]);
    let survey = survey(&all, 100_000, 250);
    assert!(survey.is_complete(), "{:?}", survey.holes());
    assert_eq!(survey.missing(), 15_000);
}

#[test]
fn what_arrives_or_leaves_meanwhile_is_not_mixed_in() {
    let mut survey = Survey::new(&info(10, 100, 5));
    survey.learn(50, Some(edge(120)));
    assert_eq!(survey.holes(), [Window::new(50, 100).unwrap()]);
    assert!(survey.frames().is_empty(), "120 came after the survey began");
    survey.learn(20, Some(edge(20)));
    survey.learn(19, Some(edge(21)));
    assert_eq!(survey.frames(), [edge(21)], "20 was deleted in between");
    survey.seal(&info(60, 130, 41).state);
    assert_eq!(survey.holes(), [Window::new(60, 100).unwrap()]);
    assert!(survey.is_complete());
}

proptest! {
    #[test]
    fn a_survey_says_nothing_untrue_and_with_enough_jumps_everything(
        gone in prop::collection::btree_set(1u64..300, 0..200),
        first in 1u64..50,
        jumps in 0usize..400,
    ) {
        let stored: BTreeSet<u64> = (first..=300).filter(|seq| !gone.contains(seq)).collect();
        let least = *stored.first().unwrap();
        let survey = survey(&stored, 300, jumps);
        for hole in survey.holes() {
            prop_assert!(stored.range(hole.start()..=hole.end()).next().is_none());
        }
        for (a, b) in survey.holes().iter().zip(survey.holes().iter().skip(1)) {
            prop_assert!(a.end() + 1 < b.start());
        }
        for edge in survey.frames() {
            prop_assert!(stored.contains(&edge.seq));
        }
        let missing = (300 + 1 - least) - stored.len() as u64;
        prop_assert_eq!(survey.is_complete(), survey.missing() == missing);
        if jumps >= 300 {
            prop_assert!(survey.is_complete(), "{:?}", survey.holes());
        }
        for seq in survey.next(16) {
            prop_assert!(survey.span().unwrap().contains(seq));
            prop_assert!(survey.frames().binary_search_by_key(&seq, |edge| edge.seq).is_err());
            prop_assert!(!survey.holes().iter().any(|hole| hole.contains(seq)));
        }
    }
}
