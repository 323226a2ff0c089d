use proptest::prelude::*;

use super::runs::each;
use super::*;
use crate::domain::{GapCause, StreamState, Window};

/// The runs of a list, of which these are reported as lost.
fn runs(list: &[u64], lost: &[u64]) -> Vec<(u64, u64, GapCause)> {
    let state = StreamState {
        messages: 1_000 - list.len() as u64,
        first_seq: 1,
        last_seq: 1_000,
        num_deleted: list.len() as u64,
        deleted: Some(list.into()),
        ..StreamState::default()
    };
    let info = StreamInfo { state, ..StreamInfo::default() };
    let mut out = Vec::new();
    let lost = lost.iter().copied().map(Window::one).collect();
    each(list, &info, &lost, &mut |run: Window, cause| {
        out.push((run.start(), run.end(), cause));
        Ok(())
    })
    .unwrap();
    out
}

#[test]
fn runs_are_whole_and_lost_ones_stand_apart() {
    use GapCause::{Lost, Removed};
    assert_eq!(runs(&[], &[]), []);
    assert_eq!(runs(&[5], &[]), [(5, 5, Removed)]);
    let list = [5, 6, 7, 8, 20, 22];
    let all = [(5, 8, Removed), (20, 20, Removed), (22, 22, Removed)];
    assert_eq!(runs(&list, &[]), all);
    // What is reported and not listed can be read.
    assert_eq!(runs(&list, &[9, 10]), all);
    let apart = [(5, 5, Removed), (6, 7, Lost), (8, 8, Removed), (20, 20, Lost), (22, 22, Removed)];
    assert_eq!(runs(&list, &[6, 7, 20]), apart);
}

#[test]
fn a_list_that_contradicts_the_counts_makes_nothing_lost() {
    let state = StreamState {
        messages: 5,
        first_seq: 1,
        last_seq: 100,
        num_deleted: 2,
        ..StreamState::default()
    };
    let info = StreamInfo { state, ..StreamInfo::default() };
    let mut causes = Vec::new();
    let lost = std::iter::once(Window::one(5)).collect();
    each(&[5, 6], &info, &lost, &mut |_: Window, cause| {
        causes.push(cause);
        Ok(())
    })
    .unwrap();
    assert_eq!(causes, [GapCause::Removed]);
}

proptest! {
    #[test]
    fn every_listed_sequence_is_in_one_run(
        list in prop::collection::btree_set(1_u64..1_000, 0..400),
        lost in prop::collection::btree_set(1_u64..1_000, 0..100),
    ) {
        let (list, lost): (Vec<u64>, Vec<u64>) =
            (list.into_iter().collect(), lost.into_iter().collect());
        let runs = runs(&list, &lost);
        let flat: Vec<u64> = runs.iter().flat_map(|(start, end, _)| *start..=*end).collect();
        prop_assert_eq!(&flat, &list);
        for (start, end, cause) in runs {
            let is = |seq: u64| lost.contains(&seq);
            prop_assert!((start..=end).all(|seq| is(seq) == (cause == GapCause::Lost)));
        }
    }
}
