//! Listings during which streams come and go.

use std::collections::BTreeSet;
use std::sync::Mutex;

use proptest::prelude::*;

use super::*;

/// Streams made or dropped when a request arrives, one list a request.
type Script = Vec<Vec<(bool, u8)>>;

/// Rooms that come and go; their names lie between those that stay.
fn moving(n: u8) -> RoomId {
    id(&format!("r{:03}x", n % 30))
}

fn staying(n: u16) -> RoomId {
    id(&format!("r{n:03}"))
}

/// Plays the rest of a script, a part at each request, and notes which rooms were ever away.
fn play(store: &EmbeddedStore, mut script: Script, away: Arc<Mutex<BTreeSet<String>>>) {
    if script.is_empty() {
        return;
    }
    let now = script.remove(0);
    store.when(store.request_count() + 1, move |store| {
        for (there, n) in now {
            let room = moving(n);
            if there {
                store.make(&room);
            } else {
                store.drop_stream(&room);
                away.lock().unwrap().insert(room.as_str().to_owned());
            }
        }
        play(store, script, away);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn no_room_is_lost_or_called_gone_that_was_there_all_the_while(
        stays in 0u16..40,
        begin in prop::collection::btree_set(0u8..30, 0..30),
        script in prop::collection::vec(
            prop::collection::vec((prop::bool::weighted(0.4), 0u8..30), 0..9), 0..40),
        pages in (2usize..9, 1usize..9),
    ) {
        let store = store();
        store.set_pages(pages.0, pages.1);
        (0..stays).for_each(|n| store.make(&staying(n)));
        let away: BTreeSet<String> = (0..30).filter(|n| !begin.contains(n))
            .map(|n| moving(n).as_str().to_owned()).collect();
        begin.iter().for_each(|n| store.make(&moving(*n)));
        let away = Arc::new(Mutex::new(away));
        let is_quiet = script.iter().all(Vec::is_empty);
        play(&store, script, Arc::clone(&away));
        // Every third of those that stay is in the rooms file, and all that move.
        let known = (0..stays).step_by(3).map(staying).chain((0..30).map(moving));
        let known = known.map(|id| Room::bare(id, KnownFrom::default())).collect();
        let run = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let heard = run.block_on(listen(&store, known));

        let away = away.lock().unwrap();
        for n in 0..stays {
            match heard.found.get(staying(n).as_str()) {
                Some(found) => prop_assert!(matches!(found, Found::Stream(_)), "{n} {found:?}"),
                None => prop_assert_eq!(heard.moved, Some(Moved::MayLack), "{}", n),
            }
        }
        for (room, found) in &heard.found {
            prop_assert!(*found != Found::NoStream || away.contains(room), "{}", room);
        }
        prop_assert!(!is_quiet || heard.moved.is_none(), "{:?}", heard.moved);
        prop_assert!(heard.done.1 < 400, "{} requests", heard.done.1);
        prop_assert_eq!(heard.found.len() as u64, heard.done.0);
    }
}

#[tokio::test]
async fn as_many_may_go_as_come_and_none_that_stays_is_missing() {
    // What moves before and behind what is being read is told by neither total nor count.
    for (gone, made) in [(["A0", "A1"], ["Z0", "Z1"]), (["Z2", "Z3"], ["A00", "A01"])] {
        let store = store();
        store.set_pages(4, 4);
        (0..12).for_each(|n| store.make(&staying(n)));
        let foreign = |name: &&str| store.make_named(name, StreamConfig::default());
        ["A0", "A1", "A2", "A3", "Z2", "Z3"].iter().for_each(foreign);
        store.when(2, move |store| {
            gone.iter().for_each(|name| store.drop_named(name));
            made.iter().for_each(|name| store.make_named(name, StreamConfig::default()));
        });
        let heard = listen(&store, Vec::new()).await;
        assert_eq!((heard.found.len(), heard.moved), (12, Some(Moved::Covered)), "{gone:?}");
    }
}

#[tokio::test]
async fn a_gap_that_the_counts_make_up_for_is_still_a_move() {
    let store = store();
    store.set_pages(4, 4);
    (0..30).for_each(|n| store.make(&staying(n)));
    let foreign = |name: &&str| store.make_named(name, StreamConfig::default());
    ["A0", "A1", "Z2", "Z3"].iter().for_each(foreign);
    store.when(2, |store| {
        store.drop_named("A0");
        store.make_named("Z9", StreamConfig::default());
        store.when(7, |store| {
            store.drop_named("Z2");
            store.make_named("A00", StreamConfig::default());
        });
    });
    let heard = listen(&store, Vec::new()).await;
    assert_eq!((heard.found.len(), heard.moved), (30, Some(Moved::Covered)));
}

#[tokio::test]
async fn on_a_list_that_moved_rooms_are_asked_for_before_they_are_called_gone() {
    for (moves, infos) in [(false, 0), (true, 64)] {
        let store = store();
        (0..600).for_each(|n| store.make(&staying(n)));
        store.set_pages(256, 256);
        if moves {
            store.when(2, |store| store.make(&id("r999")));
        }
        let planned = (0..100).map(|n| known(&format!("planned{n}"))).collect();
        let heard = listen(&store, planned).await;
        let absent = heard.found.values().filter(|f| **f == Found::NoStream).count();
        assert_eq!((absent, counts(&store).2), (100, infos));
        assert_eq!(heard.moved, moves.then_some(Moved::Covered));
    }
}

#[tokio::test]
async fn a_list_that_moves_faster_than_it_is_read_says_that_rooms_may_be_missing() {
    fn vanish(store: &EmbeddedStore, from: u16) {
        store.when(store.request_count() + 1, move |store| {
            // As many come behind what is being read as go before it.
            for n in from..from + 2 {
                store.drop_stream(&id(&format!("a{n:03}")));
                store.make(&id(&format!("z{n:03}")));
            }
            if from < 600 {
                vanish(store, from + 2);
            }
        });
    }
    let store = store();
    store.set_pages(4, 4);
    for n in 0..600 {
        store.make(&id(&format!("a{n:03}")));
    }
    vanish(&store, 0);
    let heard = listen(&store, vec![known("a599")]).await;
    assert_eq!(heard.moved, Some(Moved::MayLack));
    assert!(matches!(heard.found["a599"], Found::Stream(_)), "asked for by its name");
}
