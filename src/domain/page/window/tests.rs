use proptest::prelude::*;

use super::*;

fn size(n: u64) -> PageSize {
    PageSize::new(n).unwrap()
}

/// The contract's words, in numbers too wide to overflow.
fn naive_last_n(first: u64, last: u64, n: u64) -> Option<(u64, u64)> {
    let (first, last, n) = (i128::from(first), i128::from(last), i128::from(n));
    let mut start = first.max(1);
    if last >= n && last - n + 1 > start {
        start = last - n + 1;
    }
    let pair = |a, b| (u64::try_from(a).unwrap(), u64::try_from(b).unwrap());
    (last >= 1 && start <= last).then(|| pair(start, last))
}

fn seq() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..2_500, any::<u64>(), (0u64..2_500).prop_map(|n| u64::MAX - n),]
}

fn ends(window: Option<Window>) -> Option<(u64, u64)> {
    window.map(|window| (window.start(), window.end()))
}

proptest! {
    #[test]
    fn the_last_n_are_those_of_the_contract(first in seq(), last in seq(), n in 1u64..=1000) {
        let window = Window::last_n(first, last, size(n));
        prop_assert_eq!(ends(window), naive_last_n(first, last, n));
        if let Some(window) = window {
            prop_assert!(window.len() <= n);
        }
    }

    #[test]
    fn pages_below_and_above_keep_their_size_and_bounds(
        at in seq(),
        bound in seq(),
        n in 1u64..=1000,
    ) {
        if let Some(window) = Window::starting_at(at, bound, size(n)) {
            let end = (i128::from(at) + i128::from(n) - 1).min(i128::from(bound));
            prop_assert_eq!(window.start(), at);
            prop_assert_eq!(i128::from(window.end()), end);
        } else {
            prop_assert!(at == 0 || at > bound);
        }
        if let Some(window) = Window::ending_at(at, bound, size(n)) {
            prop_assert_eq!(window.end(), at);
            prop_assert!(window.start() >= bound.max(1) && window.len() <= n);
        }
    }

    #[test]
    fn parts_of_a_window_hold_what_they_say(
        a in (1u64..40, 0u64..30),
        b in (1u64..40, 0u64..30),
        at in 0u64..80,
    ) {
        let a = Window::new(a.0, a.0 + a.1).unwrap();
        let b = Window::new(b.0, b.0 + b.1).unwrap();
        let all = |window: Option<Window>, seq| window.is_some_and(|w| w.contains(seq));
        for seq in 0..80 {
            prop_assert_eq!(all(a.intersect(b), seq), a.contains(seq) && b.contains(seq));
            prop_assert_eq!(all(a.below(at), seq), a.contains(seq) && seq < at);
            prop_assert_eq!(all(a.above(at), seq), a.contains(seq) && seq > at);
        }
    }
}

#[test]
fn a_window_is_never_empty_and_holds_no_sequence_0() {
    assert_eq!(Window::new(0, 5), None);
    assert_eq!(Window::new(6, 5), None);
    assert_eq!(Window::one(0), Window::one(1));
    assert_eq!(Window::new(1, u64::MAX).unwrap().len(), u64::MAX);
    assert_eq!(Window::one(u64::MAX).above(u64::MAX), None);
    assert_eq!(Window::one(1).below(0), None);
}

#[test]
fn the_contract_s_examples() {
    let table = [
        (0, 0, 200, None),
        (74, 73, 200, None),
        (1, 1, 1, Some((1, 1))),
        (1, 200, 200, Some((1, 200))),
        (1, 201, 200, Some((2, 201))),
        (388, 640, 200, Some((441, 640))),
        (500, 640, 200, Some((500, 640))),
        (1, u64::MAX, 1000, Some((u64::MAX - 999, u64::MAX))),
        (u64::MAX, u64::MAX, 200, Some((u64::MAX, u64::MAX))),
    ];
    for (first, last, n, expected) in table {
        let window = Window::last_n(first, last, size(n));
        assert_eq!(ends(window), expected, "{first} {last} {n}");
    }
}
