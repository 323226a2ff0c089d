//! A store that was put back to an older copy, and published on.

use super::*;

#[tokio::test]
async fn old_bytes_are_not_shown_when_only_newer_ones_were_read_since() {
    for (published, anew) in [(60, false), (60, true), (35, true)] {
        let mut room = room(100, &[]);
        room.reader = room.reader.with_cache(1 << 20);
        room.page(Place::Newest, 20).await;
        room.page(Place::Before(81), 20).await;
        // Put back to an older copy, and published on: nothing that is counted tells of it.
        room.store.put_back(&room.id, 70);
        room.store.publish(&room.id, published);
        let reader = if anew { room.reader.clone().anew() } else { room.reader.clone() };
        reader.page(&room.stream, PageRequest::whole(Place::Newest, size(20)), &()).await.unwrap();
        for before in [101, 86, 81] {
            let place = Place::Before(before);
            let page = room.page(place, 20).await;
            let plain = Reader::new(Arc::new(room.store.clone()) as Arc<dyn HistoryStore>);
            let now =
                plain.page(&room.stream, PageRequest::whole(place, size(20)), &()).await.unwrap();
            let History::Page(now) = now else { panic!() };
            assert_eq!(bare(&page), bare(&now), "{place:?} {published} {anew}");
        }
    }
}

#[tokio::test]
async fn what_was_kept_before_newer_ones_were_read_is_proved_by_two_gets() {
    let mut room = room(100, &[]);
    room.reader = room.reader.with_cache(1 << 20);
    room.page(Place::Newest, 20).await;
    room.store.publish(&room.id, 60);
    room.page(Place::Newest, 20).await;
    let mut gets = Vec::new();
    for _ in 0..2 {
        let page = room.page(Place::Before(101), 20).await;
        assert_eq!(page.cost.cached, 20);
        gets.push(page.cost.gaps);
    }
    assert_eq!(gets, [2, 1]);
}

#[tokio::test]
async fn a_long_list_of_a_store_that_was_put_back_is_not_kept() {
    let room = room(7_000, &[]);
    let before = room.store.info(&room.stream, false).await.unwrap();
    // Each second one of 1002 to 4000.
    for seq in (1_002..=4_000).step_by(2) {
        room.store.delete(&room.id, window(seq, seq));
    }
    let old = accounted(room.page(Place::At(window(2_990, 3_009)), 20).await);
    assert_eq!(old.ledger().missing, 10);
    // The older copy had none of those deletions; as many others were made since.
    room.store.make_with(&room.id, before.config.clone());
    room.store.publish(&room.id, 7_001);
    room.store.set_created(&room.id, before.created);
    room.store.delete(&room.id, window(5_001, 6_500));
    let new = accounted(room.page(Place::At(window(2_990, 3_009)), 20).await);
    assert_eq!((new.ledger().frames, new.ledger().missing), (20, 0));
}
