//! Searches for a time where the server's clock was set back.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;

/// A room to which these clocks published, each up to a second and so many frames, one a second.
fn room(clocks: &[(i64, u64)]) -> Room {
    let now = Arc::new(AtomicI64::new(NOW));
    let clock = Arc::clone(&now);
    let at = move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap();
    let store = EmbeddedStore::new(at, false);
    let id = RoomId::new("a").unwrap();
    store.make(&id);
    for (until, frames) in clocks {
        now.store(NOW + until, Ordering::Relaxed);
        store.publish(&id, *frames);
    }
    let reader = Reader::new(Arc::new(store.clone()) as Arc<dyn HistoryStore>);
    Room { store, reader, stream: id.stream() }
}

/// The store times of such a room, from sequence 1 on.
fn times(clocks: &[(i64, u64)]) -> Vec<i64> {
    let mut all = Vec::new();
    for (until, frames) in clocks {
        all.extend((1 - frames.cast_signed()..=0).map(|second| NOW + until + second));
    }
    all
}

fn since(second: i64) -> Goal {
    Goal::Time(Timestamp::from_second(second).unwrap())
}

#[tokio::test]
async fn frames_below_the_first_that_a_halving_finds_are_found_and_the_disorder_is_said() {
    // Set back by 300 s after 1,000 frames, and then 1,000 more.
    let clocks = [(0, 1_000), (700, 1_000)];
    let room = room(&clocks);
    let all = times(&clocks);
    for second in NOW - 250..NOW {
        let (landing, gets) = room.seek(since(second)).await;
        let first = all.iter().position(|at| *at >= second).unwrap() as u64 + 1;
        let Landing::Disordered(Some(edge)) = landing else { panic!("{second} {landing:?}") };
        assert_eq!(edge.seq, first, "{}", second - NOW);
        assert!(gets <= 18 + 11 + 11 + 11, "{gets}");
    }
}

#[tokio::test]
async fn what_was_stored_since_is_not_past_the_end_because_the_last_frame_is_not() {
    let clocks = [(0, 1_000), (-500, 100)];
    let room = room(&clocks);
    let (landing, gets) = room.seek(since(NOW - 40)).await;
    assert!(matches!(landing, Landing::Disordered(Some(Edge { seq: 960, .. }))), "{landing:?}");
    assert!(gets <= 30, "{gets}");
    assert_eq!(room.seek(since(NOW + 1)).await.0, Landing::Disordered(None));
}

#[tokio::test]
async fn few_searches_miss_frames_without_a_word() {
    let (mut tries, mut silent) = (0, 0);
    for n in 0..40_i64 {
        let (before, back) = (100 + n.cast_unsigned() * 37, 7 + n * 9);
        let clocks = [(0, before), (before.cast_signed() * 3 / 2 - back, before * 3 / 2)];
        let room = room(&clocks);
        let all = times(&clocks);
        for part in 1..16 {
            let second = NOW - back * part / 16;
            let (landing, gets) = room.seek(since(second)).await;
            let first = all.iter().position(|at| *at >= second).unwrap() as u64 + 1;
            tries += 1;
            match landing {
                Landing::Frame(edge) => silent += u32::from(edge.seq > first),
                Landing::Disordered(Some(_)) => {}
                other => assert!(matches!(other, Landing::BeforeFirst(_)), "{other:?}"),
            }
            assert!(gets <= 18 + 11 + 11 + 11, "{gets}");
        }
    }
    assert!(silent * 100 <= tries, "{silent} of {tries}");
}

proptest! {
    #[test]
    fn in_a_few_frames_nothing_is_missed_without_a_word(
        clocks in prop::collection::vec((-60i64..60, 1u64..5), 1..5),
        second in NOW - 70..NOW + 70,
    ) {
        prop_assume!(clocks.iter().map(|(_, frames)| frames).sum::<u64>() <= 16);
        let all = times(&clocks);
        let run = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (landing, gets) = run.block_on(room(&clocks).seek(since(second)));
        prop_assert!(gets <= 40);
        let first = all.iter().position(|at| *at >= second).map(|at| at as u64 + 1);
        match landing {
            Landing::Frame(edge) | Landing::BeforeFirst(edge) => {
                prop_assert_eq!(Some(edge.seq), first);
            }
            Landing::AfterLast => prop_assert_eq!(first, None),
            Landing::Disordered(found) => {
                prop_assert!(!all.is_sorted());
                prop_assert!(found.is_none_or(|edge| edge.time.as_second() >= second));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
