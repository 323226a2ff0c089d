//! What is told of lost and unreadable sequences beside the body, and of a stream that is gone.

use super::*;
use crate::domain::Lost;
use crate::store::embedded::Condition;

/// A world with a room of ten frames, of which some are deleted, and reported as lost.
fn damaged(deleted: &[(u64, u64)], lost: &[u64], unreadable: &[u64]) -> World {
    let world = World::of(vec![room("a")]);
    world.store.make(&id("a"));
    world.store.publish_these(&id("a"), payloads(1..=10));
    for (start, end) in deleted {
        world.store.delete(&id("a"), Window::new(*start, *end).unwrap());
    }
    condition(&world, lost, unreadable);
    world
}

fn condition(world: &World, lost: &[u64], unreadable: &[u64]) {
    let bytes = if lost.is_empty() { 0 } else { 99 };
    let lost = Lost { seqs: lost.iter().copied().collect(), bytes, ..Lost::default() };
    let unreadable = unreadable.iter().copied().collect();
    let condition = Condition { lost, unreadable, ..Condition::default() };
    world.store.set_condition(&id("a"), condition);
}

fn missing(answer: &Answer) -> Option<&str> {
    answer.headers.get("roomscope-missing").map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_head_names_what_is_lost_or_unreadable_and_the_body_is_the_contracts() {
    let world = damaged(&[(3, 5), (7, 7)], &[3, 4, 5], &[8]);
    let answer = world.get("/rooms/a/history").await;
    assert_eq!(missing(&answer), Some("lost=3-5; unreadable=8"));
    let wanted = [1, 2, 6, 9, 10].map(|n| format!("frame {n}").into_bytes());
    assert_eq!(answer.frames(), wanted);
    let mut body = String::from(crate::domain::contract::BEGIN);
    let mut messages = crate::domain::contract::Messages::default();
    wanted.iter().for_each(|frame| messages.frame(frame, &mut body));
    body += crate::domain::contract::END;
    assert_eq!(answer.body.as_deref(), Some(body.as_bytes()));
    assert_eq!(answer.headers["content-length"], body.len().to_string().as_str());
    let log = world.log();
    assert!(log.contains("missing=\"lost=3-5; unreadable=8\""), "{log}");
    assert!(!log.contains("found-later"), "{log}");
    // Told once, and only of its window.
    assert_eq!(missing(&world.get("/rooms/a/history?limit=4").await), Some("unreadable=8"));
    assert_eq!(missing(&world.get("/rooms/a/history?limit=2").await), None);
    assert_eq!(log.matches("stream UNIBUS_a: the server reported damage: 3 sequences").count(), 1);
}

#[tokio::test]
async fn nothing_is_said_of_deletions_nor_of_a_loss_that_can_be_read_again() {
    for (deleted, lost) in [(&[(3, 5)][..], &[][..]), (&[(1, 2)], &[]), (&[], &[4, 5])] {
        let answer = damaged(deleted, lost, &[]).get("/rooms/a/history").await;
        assert_eq!(answer.status, 200);
        assert_eq!(missing(&answer), None, "{deleted:?} {lost:?}");
    }
}

#[tokio::test]
async fn a_loss_before_the_first_sequence_or_of_all_of_it_is_told() {
    let world = damaged(&[(1, 4)], &[2, 3, 4], &[]);
    assert_eq!(missing(&world.get("/rooms/a/history").await), Some("lost=2-4"));
    assert_eq!(missing(&world.get("/rooms/a/history?limit=8").await), Some("lost=3-4"));
    assert_eq!(missing(&world.get("/rooms/a/history?limit=6").await), None);
    assert_eq!(world.log().matches("reported damage: 3 sequences").count(), 1, "{}", world.log());
    world.store.delete(&id("a"), Window::new(5, 10).unwrap());
    let answer = world.get("/rooms/a/history").await;
    assert_eq!(answer.json(), json!({"messages": []}));
    assert_eq!(missing(&answer), Some("lost=2-4"));
}

#[tokio::test]
async fn what_is_found_too_late_for_the_head_is_logged_and_in_the_next_one() {
    let world = World::of(vec![room("a")]);
    world.store.make(&id("a"));
    let frame = |n: u8| RawFrame::new("unibus.room.a", vec![n; 1 << 20]);
    world.store.publish_these(&id("a"), (0..14).map(frame).collect());
    world.store.delete(&id("a"), Window::one(13));
    condition(&world, &[13], &[12]);
    let first = world.get("/rooms/a/history").await;
    // The list told of the lost one; nothing did of the unreadable one.
    assert_eq!(missing(&first), Some("lost=13"));
    assert_eq!(first.frames().len(), 12, "an unreadable sequence cuts nothing off");
    assert!(world.log().ends_with("missing=\"lost=13\" found-later=\"unreadable=12\""));
    let next = world.get("/rooms/a/history").await;
    assert_eq!(missing(&next), Some("lost=13; unreadable=12"));
    assert_eq!(world.log().matches("found-later").count(), 1, "{}", world.log());
    // Deleted since, it is no longer there to be read.
    world.store.delete(&id("a"), Window::one(12));
    assert_eq!(missing(&world.get("/rooms/a/history").await), Some("lost=13"));
    // A new stream has nothing of the old one's.
    world.store.drop_stream(&id("a"));
    world.store.make(&id("a"));
    world.store.publish_these(&id("a"), (0..14).map(frame).collect());
    assert_eq!(missing(&world.get("/rooms/a/history").await), None);
}

#[tokio::test]
async fn a_stream_without_a_leader_is_a_failure_and_no_empty_history() {
    for frames in [0, 3] {
        let world = World::of(vec![room("a")]);
        world.store.make(&id("a"));
        world.store.publish(&id("a"), frames);
        let condition = Condition { leaderless: true, ..Condition::default() };
        world.store.set_condition(&id("a"), condition);
        let answer = world.get("/rooms/a/history").await;
        assert_eq!(answer.status, 500, "{frames}");
        assert_eq!(missing(&answer), None);
        assert!(world.log().contains("no leader"), "{}", world.log());
        assert_eq!(world.writes(), 0);
    }
}

#[tokio::test]
async fn a_stream_that_was_there_is_not_made_anew_and_not_called_empty() {
    // Seen, or made, by this service.
    for made in [true, false] {
        let world = World::of(vec![room("a")]);
        if !made {
            world.store.make(&id("a"));
        }
        assert_eq!(world.get("/rooms/a/history").await.status, 200);
        let writes = world.writes();
        world.store.drop_stream(&id("a"));
        for _ in 0..2 {
            let answer = world.get("/rooms/a/history").await;
            assert_eq!(answer.status, 500);
            assert_eq!(answer.json(), json!({"error": "internal error"}));
        }
        assert!(world.log().contains("until roomscope ensure a made it"), "{}", world.log());
        assert_eq!(world.writes(), writes, "{made}");
        // Somebody made it.
        world.store.make(&id("a"));
        world.store.publish(&id("a"), 2);
        assert_eq!(world.get("/rooms/a/history").await.frames().len(), 2);
    }
}
