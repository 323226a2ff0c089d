//! Frames so heavy that fewer answers are made at a time, and what that means for other rooms.

use std::pin::pin;
use std::time::Duration;

use futures::poll;
use tokio::time::Instant;

use super::*;
use crate::http::limits::{HEAVY, SHARE};

#[tokio::test]
async fn an_answer_with_heavy_frames_holds_up_no_light_one_of_another_room() {
    let store = Arc::new(EmbeddedStore::new(Timestamp::now, false));
    let rooms = ["a", "b", "c", "d", "e"].map(room).into();
    let service = Service::new(store, rooms, false, Limits::default(), Arc::new(|_: &str| {}));
    let due = Instant::now() + Duration::from_secs(10);
    let admit = |name: &str, heaviest| {
        let known = service.rooms.get(name).unwrap();
        service.admit(service.place(known).unwrap(), known, heaviest, due)
    };
    // Slow callers hold five of eight.
    let mut held = Vec::new();
    for name in ["a", "a", "a", "a", "b"] {
        held.push(admit(name, 0).await.unwrap());
    }
    let all_of_a_room = 4 * SHARE;
    let heavy = admit("c", all_of_a_room).await.unwrap();
    // A second one would be too much, and waits; light ones go on.
    let mut second = pin!(admit("d", all_of_a_room));
    assert!(poll!(&mut second).is_pending());
    held.push(admit("e", 0).await.unwrap());
    held.push(admit("e", SHARE).await.unwrap());
    assert!(poll!(pin!(admit("e", 0))).is_pending(), "eight are all");
    // It takes the place of the first.
    drop(heavy);
    second.await.unwrap();
}

#[tokio::test]
async fn a_heavy_frame_that_is_gone_weighs_nothing() {
    let mut weights = None;
    let world = World::with(vec![room("a")], false, |service| {
        weights = Some(Arc::clone(&service.rooms.get("a").unwrap().weights));
        service
    });
    let heaviest = || weights.as_ref().unwrap().lock().unwrap().heaviest_from(1);
    world.store.make(&id("a"));
    let heavy = RawFrame::new("unibus.room.a", vec![0; 1 + HEAVY as usize]);
    world.store.publish_these(&id("a"), payloads(1..=3));
    world.store.publish_these(&id("a"), vec![heavy]);
    world.store.publish_these(&id("a"), payloads(5..=7));
    assert_eq!(world.get("/rooms/a/history").await.frames().len(), 7);
    assert_eq!(heaviest(), 2 * HEAVY);
    // An answer that does not reach so far knows nothing of it.
    assert_eq!(world.get("/rooms/a/history?limit=3").await.frames().len(), 3);
    assert_eq!(heaviest(), 2 * HEAVY);
    world.store.delete(&id("a"), Window::one(4));
    assert_eq!(world.get("/rooms/a/history").await.frames().len(), 6);
    assert_eq!(heaviest(), 0);
}
