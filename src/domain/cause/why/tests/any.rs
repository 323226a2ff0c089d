//! Whatever a server says, the answer is whole and its sums are sane.

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 8] = [
    "max_age",
    "max_msgs",
    "max_bytes",
    "max_msgs_per_subject",
    "max_msg_size",
    "first_seq",
    "allow_msg_ttl",
    "discard",
];

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..2_000, Just(u64::MAX), Just(u64::MAX - 1), Just(1 << 62), any::<u64>()]
}

prop_compose! {
    fn any_config()(
        others in prop::collection::vec((0..NAMES.len(), number()), 0..6),
        flags in any::<(bool, bool, bool)>(),
        lag in number(),
    ) -> (StreamConfig, Vec<Behind>) {
        let others = others.into_iter().map(|(at, n)| {
            let value = match NAMES[at] {
                "allow_msg_ttl" => "true".to_owned(),
                "discard" => "new".to_owned(),
                _ => n.to_string(),
            };
            (NAMES[at].to_owned(), value)
        });
        let (mirror, sealed, interest) = flags;
        let config = StreamConfig {
            subjects: vec!["room.a".into()],
            retention: if interest { "interest".into() } else { "limits".into() },
            mirror,
            sealed,
            origins: vec![Origin::default()],
            others: others.collect(),
            ..StreamConfig::default()
        };
        (config, vec![Behind { lag, ..Behind::default() }; 2])
    }
}

prop_compose! {
    fn any_info()(
        (config, behind) in any_config(),
        numbers in [number(), number(), number(), number(), number()],
        list in prop::option::of(prop::collection::vec(number(), 0..40)),
        lost in prop::option::of((prop::collection::vec(number(), 0..10), any::<bool>(), number())),
        back in prop::option::of(number()),
        times in [-9_000_000_i64..9_000_000, -9_000_000..9_000_000, -9_000_000..9_000_000],
    ) -> StreamInfo {
        let sorted = |mut list: Vec<u64>| {
            list.sort_unstable();
            list.dedup();
            Arc::from(list)
        };
        let [messages, bytes, first_seq, last_seq, num_deleted] = numbers;
        let state = StreamState {
            messages, bytes, first_seq, last_seq, num_deleted,
            first_time: Some(at(times[0])),
            last_time: Some(at(times[1])),
            deleted: list.map(sorted),
            lost: lost.map(|(seqs, unnamed, bytes)| Lost {
                seqs: sorted(seqs), unnamed, bytes, ..Lost::default()
            }),
            went_back: back.map(|from| (from, last_seq)),
            ..StreamState::default()
        };
        StreamInfo { created: at(times[2]), as_of: Some(at(0)), config, state, behind,
            ..StreamInfo::default() }
    }
}

prop_compose! {
    fn any_reading()(
        start in 1_u64..2_000, len in 0_u64..2_000,
        numbers in [0_u64..2_000, 0_u64..2_000, 0_u64..2_000, 0_u64..2_000, 0_u64..2_000],
    ) -> Reading {
        let [frames, lost, unreadable, not_known, unread] = numbers;
        Reading { lost, unreadable, not_known, unread, ..read(start, start + len, frames) }
    }
}

proptest! {
    #[test]
    fn every_reason_is_answered_once_in_order_and_in_ascii(
        info in any_info(),
        reading in prop::option::of(any_reading()),
        round_trip in prop::option::of(number()),
    ) {
        let case = Case { reading, round_trip, ..Case::default() };
        let why = case.ask(Looked::Stream(&info));
        for what in What::ALL {
            prop_assert_eq!(why.reasons.iter().filter(|reason| reason.what == what).count(), 1);
        }
        prop_assert!(why.reasons.is_sorted_by_key(|reason| reason.answer));
        for reason in &why.reasons {
            prop_assert!(reason.answer != NO || reason.sequences.is_none(), "{reason:?}");
            prop_assert!(reason.sequences.is_none_or(|n| n.n > 0), "{reason:?}");
            prop_assert!(reason.words.iter().all(|words| words.ends_with('.')), "{reason:?}");
        }
        prop_assert!(text(&why).is_ascii());
    }

    #[test]
    fn a_stream_that_is_as_it_says_adds_up(
        first in 1_u64..500, len in 1_u64..900, holes in prop::collection::btree_set(1_u64..899, 0..300),
    ) {
        let last = first + len;
        let holes: Vec<u64> =
            holes.into_iter().map(|n| first + n).filter(|seq| *seq < last).collect();
        let stream = info(first, last, &holes);
        let case = Case::default();
        let window = Window::newest(first, last, 200).unwrap();
        let inside = (window.start()..=last).filter(|seq| !holes.contains(seq)).count() as u64;
        let outside = case.of(&stream, What::Window).sequences.map_or(0, |n| n.n);
        prop_assert_eq!(outside + inside, stream.state.messages);
        let missing = holes.len() as u64 + first - 1;
        for what in [What::Limits, What::Removed, What::Expired, What::NeverStored, What::Lost] {
            let reason = case.of(&stream, what);
            prop_assert!(reason.sequences.is_none_or(|n| n.n <= missing), "{:?}", reason);
            prop_assert_eq!(reason.answer == NO, missing == 0, "{:?}", reason);
        }
    }
}
