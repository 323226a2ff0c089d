//! What fails inside: a 500 and nothing more for the caller, the reason in the log, and never a
//! part for the whole.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures::poll;

use super::*;
use crate::domain::{Connection, FaultKind};
use crate::http::limits::RETRY_TIME;
use crate::http::outage::Outage;
use crate::store::HistoryStore as _;
use crate::store::embedded::Strikes;

/// A world with a room of ten frames.
fn ten() -> World {
    let world = World::of(vec![room("a")]);
    world.store.make(&id("a"));
    world.store.publish_these(&id("a"), payloads(1..=10));
    world
}

fn seq(seq: u64) -> Strikes {
    Strikes::Seq(id("a").stream(), seq)
}

#[tokio::test]
async fn a_sequence_that_cannot_be_read_fails_the_request_and_is_no_deletion() {
    for kind in [FaultKind::Timeout, FaultKind::BadReply, FaultKind::Denied("x".into())] {
        let world = ten();
        world.store.fail(seq(5), kind.clone(), None);
        let answer = world.get("/rooms/a/history").await;
        assert_eq!(answer.status, 500, "{kind:?}");
        assert_eq!(answer.json(), json!({"error": "internal error"}));
        assert!(world.log().contains("sequence 5 of UNIBUS_a"), "{}", world.log());
    }
}

#[tokio::test]
async fn what_fails_once_is_read_again() {
    let world = ten();
    world.store.fail(seq(5), FaultKind::Timeout, Some(2));
    assert_eq!(world.get("/rooms/a/history").await.frames().len(), 10);
}

#[tokio::test]
async fn no_jetstream_is_no_history_and_everything_else_a_failure() {
    for (kind, status) in [
        (FaultKind::NoJetStream, 200),
        (FaultKind::JetStreamOff, 200),
        (FaultKind::Timeout, 500),
        (FaultKind::NoLeader, 500),
        (FaultKind::Denied("$JS".into()), 500),
        (FaultKind::Offline, 500),
    ] {
        let world = ten();
        world.store.refuse(&id("a"), Some(kind.clone()));
        let answer = world.get("/rooms/a/history").await;
        assert_eq!(answer.status, status, "{kind:?}");
        let body = if status == 200 {
            json!({"messages": []})
        } else {
            json!({"error": "internal error"})
        };
        assert_eq!(answer.json(), body, "{kind:?}");
    }
}

#[tokio::test]
async fn a_stream_that_cannot_be_made_is_a_failure() {
    let world = World::of(vec![room("a"), room("b")]);
    let taken = crate::domain::StreamConfig {
        subjects: vec!["unibus.room.a".into()],
        ..crate::domain::StreamConfig::default()
    };
    world.store.make_with(&id("b"), taken);
    let answer = world.get("/rooms/a/history").await;
    assert_eq!(answer.status, 500);
    assert!(world.log().contains("subjects overlap"), "{}", world.log());
}

#[tokio::test]
async fn a_failure_behind_the_first_part_cuts_the_answer_off() {
    let world = World::of(vec![room("a")]);
    world.store.make(&id("a"));
    let frame = |n: u8| RawFrame::new("unibus.room.a", vec![n; 1 << 20]);
    world.store.publish_these(&id("a"), (0..12).map(frame).collect());
    world.store.fail(seq(12), FaultKind::BadReply, None);
    let answer = world.get("/rooms/a/history").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.is_none(), "an answer without its end");
    let log = world.log();
    assert!(log.contains("aborted") && log.contains("sequence 12"), "{log}");
}

fn lost() -> Connection {
    Connection::Reconnecting { tried: "nats://h".into(), attempt: 1, last: None }
}

#[tokio::test]
async fn without_a_connection_it_fails_at_once_and_is_well_again_by_itself() {
    let limits = Limits { loss_time: Duration::ZERO, ..Limits::default() };
    let world = World::with(vec![room("a")], false, |service| service.with_limits(limits, 1));
    world.store.make(&id("a"));
    world.store.publish_these(&id("a"), payloads(1..=10));
    world.store.set_connection(lost());
    let began = Instant::now();
    // More than there are places.
    let asked = (0..20).map(|_| world.get("/rooms/a/history"));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(answer.status, 500, "{}", world.log());
    }
    assert!(began.elapsed() < RETRY_TIME / 2, "{:?}", began.elapsed());
    let health = world.get("/healthz").await;
    assert_eq!(
        (health.status.as_u16(), health.json()["nats"].as_str()),
        (503, Some("reconnecting"))
    );
    assert!(!String::from_utf8(health.body.unwrap()).unwrap().contains("nats://h"));
    world.store.set_connection(Connection::local("demo"));
    assert_eq!(world.get("/rooms/a/history").await.frames().len(), 10);
    assert_eq!(world.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_connection_that_was_lost_just_now_is_waited_for() {
    let world = ten();
    world.store.set_connection(lost());
    let mut answer = pin!(world.get("/rooms/a/history"));
    assert!(poll!(&mut answer).is_pending());
    world.store.set_connection(Connection::local("demo"));
    assert_eq!(answer.await.frames().len(), 10);
}

#[tokio::test]
async fn a_loss_counts_from_when_it_was_and_not_from_the_first_request_in_it() {
    let store = EmbeddedStore::new(Timestamp::now, false);
    let outage = Outage::follow(store.connection());
    assert_eq!(outage.time(), None);
    store.set_connection(lost());
    // The task that follows it has its turn.
    tokio::task::yield_now().await;
    let since = Instant::now();
    while since.elapsed() < Duration::from_millis(2) {
        tokio::task::yield_now().await;
    }
    let least = since.elapsed();
    let time = outage.time().unwrap();
    assert!(time >= least, "{time:?}");
    store.set_connection(Connection::local("demo"));
    assert_eq!(outage.time(), None);
    store.set_connection(lost());
    assert!(outage.time().unwrap() < time);
}

#[tokio::test]
async fn callers_wait_for_one_another_and_not_for_ever() {
    let request_time = Duration::from_millis(100);
    let limits = Limits { reads: 1, request_time, ..Limits::default() };
    let world = World::with(vec![room("a")], false, |service| service.with_limits(limits, 1));
    world.store.make(&id("a"));
    world.store.publish_these(&id("a"), payloads(1..=10));
    let request = || Request::get("/rooms/a/history").body(Body::empty()).unwrap();
    let first = world.router.clone().oneshot(request()).await.unwrap();
    assert_eq!(first.status(), 200);
    // While its body is not taken, another one waits, and a third finds no place to.
    let (second, third) = tokio::join!(world.ask(request()), world.ask(request()));
    for late in [&second, &third] {
        assert_busy(late);
    }
    assert!(
        world.log().contains("(the time for the request (0.1 s) was used up)"),
        "{}",
        world.log()
    );
    assert!(world.log().contains("(too many requests under way)"), "{}", world.log());
    drop(first);
    assert_eq!(world.get("/rooms/a/history").await.status, 200);
}

fn assert_busy(answer: &Answer) {
    assert_eq!(answer.status, 503);
    assert_eq!(answer.headers["retry-after"], "5");
    assert_eq!(answer.json(), json!({"error": "busy with other requests; try again"}));
}

#[tokio::test]
async fn whoever_waits_too_long_gets_the_same_answer_wherever_it_waits() {
    let limits = Limits { request_time: Duration::from_millis(100), ..Limits::default() };
    let mut held = Vec::new();
    let world = World::with(vec![room("a"), room("b")], false, |service| {
        let service = service.with_limits(limits, 9);
        let known = |name: &str| service.rooms.get(name).unwrap();
        // Nobody finds a turn to read a part, nor to be answered in room b.
        held.push(Arc::clone(&service.parts).try_acquire_many_owned(3).unwrap());
        held.push(Arc::clone(&known("b").reads).try_acquire_many_owned(4).unwrap());
        service
    });
    for name in ["a", "b"] {
        world.store.make(&id(name));
        world.store.publish_these(&id(name), payloads(1..=10));
        assert_busy(&world.get(&format!("/rooms/{name}/history")).await);
        let line = format!("/rooms/{name}/history\" 503 ");
        assert!(world.log().contains(&line), "{}", world.log());
    }
    assert_eq!(world.log().matches("(the time for the request (0.1 s) was used up)").count(), 2);
    drop(held);
    for name in ["a", "b"] {
        assert_eq!(world.get(&format!("/rooms/{name}/history")).await.frames().len(), 10);
    }
}

#[tokio::test]
async fn whoever_waits_for_a_stream_to_be_made_waits_no_longer_than_for_anything_else() {
    let limits = Limits { request_time: Duration::from_millis(100), ..Limits::default() };
    let mut making = None;
    let world = World::with(vec![room("a")], false, |service| {
        let known = service.rooms.get("a").unwrap();
        making = Some(Arc::clone(&known.making).try_lock_owned().unwrap());
        service.with_limits(limits, 9)
    });
    assert_busy(&world.get("/rooms/a/history").await);
    drop(making);
    assert_eq!(world.get("/rooms/a/history").await.status, 200);
}

#[tokio::test]
async fn one_room_leaves_places_and_turns_to_the_others() {
    let store = Arc::new(EmbeddedStore::new(Timestamp::now, false));
    let (rooms, limits) = (vec![room("a"), room("b")], Limits::default());
    let service = Service::new(store, rooms, false, limits, Arc::new(|_: &str| {}));
    let soon = || tokio::time::Instant::now() + Duration::from_millis(20);
    let of = |name: &str| service.rooms.get(name).unwrap();
    let mut admitted = Vec::new();
    for _ in 0..limits.reads / 2 {
        let place = service.place(of("a")).unwrap();
        admitted.push(service.admit(place, of("a"), 0, soon()).await.unwrap());
    }
    let place = service.place(of("a")).unwrap();
    assert!(service.admit(place, of("a"), 0, soon()).await.is_err());
    let waiting: Vec<_> = std::iter::from_fn(|| service.place(of("a"))).collect();
    assert!(waiting.len() > 100);
    let place = service.place(of("b")).unwrap();
    assert!(service.admit(place, of("b"), 0, soon()).await.is_ok());
}

#[tokio::test]
async fn a_head_without_a_body_is_all_that_is_asked_for() {
    let world = ten();
    let answer = world.ask(Request::head("/rooms/a/history").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.as_deref(), Some(&b""[..]));
    assert!(answer.headers.contains_key("content-length"));
    assert!(!world.log().contains("aborted"), "{}", world.log());
}
