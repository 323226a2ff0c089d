use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn flat(windows: Vec<Window>) -> Vec<u64> {
    windows.into_iter().flat_map(|window| window.start()..=window.end()).collect()
}

proptest! {
    #[test]
    fn runs_are_those_of_the_list(
        list in prop::collection::btree_set(1u64..80, 0..60),
        span in (1u64..80, 0u64..40),
        high in any::<bool>(),
    ) {
        let shift = if high { u64::MAX - 80 } else { 0 };
        let list: Vec<u64> = list.into_iter().map(|seq| seq + shift).collect();
        let naive: BTreeSet<u64> = list.iter().copied().collect();
        let window = Window::new(span.0 + shift, (span.0 + span.1).min(80) + shift).unwrap();
        let holes = Holes(&list);
        let all = window.start()..=window.end();
        let (deleted, present): (Vec<u64>, Vec<u64>) = all.partition(|seq| naive.contains(seq));
        let runs = holes.runs(window);
        for pair in runs.windows(2) {
            prop_assert!(pair[0].end() + 1 < pair[1].start(), "runs are whole");
        }
        prop_assert_eq!(flat(runs), deleted);
        prop_assert_eq!(flat(holes.present(window)), present);
        for seq in 1 + shift..=shift + 80 {
            let around = holes.around(seq);
            prop_assert_eq!(around.is_some(), naive.contains(&seq));
            if let Some(run) = around {
                prop_assert!(run.contains(seq));
                prop_assert!((run.start()..=run.end()).all(|seq| naive.contains(&seq)));
                prop_assert!(!naive.contains(&(run.start() - 1)));
                prop_assert!(run.end().checked_add(1).is_none_or(|seq| !naive.contains(&seq)));
            }
        }
    }
}

proptest! {
    #[test]
    fn neighbours_are_those_of_a_walk(
        deleted in prop::collection::btree_set(1u64..60, 0..40),
        seq in 0u64..70,
    ) {
        let list: Vec<u64> = deleted.iter().copied().collect();
        let all = Holes(&list).runs(Window::new(1, 100).unwrap());
        let next = all.iter().copied().find(|run| run.start() > seq);
        let previous = all.iter().copied().rfind(|run| run.end() < seq);
        prop_assert_eq!(Holes(&list).next(seq), next);
        prop_assert_eq!(Holes(&list).previous(seq), previous);
        let window = Window::new(seq.max(1), seq + 9).unwrap();
        let count = deleted.range(window.start()..=window.end()).count() as u64;
        prop_assert_eq!(Holes(&list).count(window), count);
    }
}
