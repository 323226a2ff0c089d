//! The service over the embedded store, without a socket.

mod enforced;
mod failures;
mod heavy;
mod missing;
mod sockets;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Limits, Service, router};
use crate::domain::room::KnownFrom;
use crate::domain::{Room, RoomId, Subject, Window};
use crate::store::embedded::{EmbeddedStore, RawFrame, Request as Asked};

fn id(id: &str) -> RoomId {
    RoomId::new(id).unwrap()
}

fn room(name: &str) -> Room {
    let known_from = KnownFrom { file: true, ..KnownFrom::default() };
    Room {
        subject: Some(Subject::new(format!("unibus.room.{name}")).unwrap()),
        persist: Some(true),
        replicas: Some(1),
        ..Room::bare(id(name), known_from)
    }
}

struct World {
    store: EmbeddedStore,
    router: Router,
    lines: Arc<Mutex<Vec<String>>>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// None for one that was cut off.
    body: Option<Vec<u8>>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(self.body.as_ref().expect("a whole body")).unwrap()
    }

    fn frames(&self) -> Vec<Vec<u8>> {
        assert_eq!(self.status, 200, "{:?}", self.body);
        let json = self.json();
        let list = json["messages"].as_array().unwrap();
        list.iter().map(|frame| STANDARD.decode(frame.as_str().unwrap()).unwrap()).collect()
    }
}

impl World {
    fn of(rooms: Vec<Room>) -> Self {
        Self::with(rooms, false, |service| service)
    }

    fn with(rooms: Vec<Room>, enforce: bool, change: impl FnOnce(Service) -> Service) -> Self {
        Self::over(EmbeddedStore::new(Timestamp::now, false), rooms, enforce, change)
    }

    fn over(
        store: EmbeddedStore,
        rooms: Vec<Room>,
        enforce: bool,
        change: impl FnOnce(Service) -> Service,
    ) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let journal = Arc::new(move |line: &str| kept.lock().unwrap().push(line.to_owned()));
        let limits = Limits::default();
        let service = Service::new(Arc::new(store.clone()), rooms, enforce, limits, journal);
        Self { store, router: router::router(&Arc::new(change(service))), lines }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.ok().map(|bytes| bytes.to_vec());
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, target: &str) -> Answer {
        self.ask(Request::get(target).body(Body::empty()).unwrap()).await
    }

    fn log(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    fn writes(&self) -> usize {
        let asked = self.store.requests();
        asked.iter().filter(|asked| matches!(asked, Asked::Create(_) | Asked::Update(_))).count()
    }
}

fn payloads(frames: impl IntoIterator<Item = u32>) -> Vec<RawFrame> {
    frames.into_iter().map(|n| RawFrame::new("unibus.room.a", format!("frame {n}"))).collect()
}

#[tokio::test]
async fn the_last_sequences_come_oldest_first_and_holes_are_skipped() {
    let world = World::of(vec![room("a")]);
    world.store.make(&id("a"));
    world.store.publish_these(&id("a"), payloads(1..=1200));
    world.store.delete(&id("a"), Window::new(1190, 1195).unwrap());
    let frames = |numbers: &mut dyn Iterator<Item = u32>| -> Vec<Vec<u8>> {
        numbers
            .filter(|n| !(1190..=1195).contains(n))
            .map(|n| format!("frame {n}").into())
            .collect()
    };
    for (query, first) in [
        ("", 1001),
        ("?limit=3", 1198),
        ("?limit=7", 1194),
        ("?limit=0", 1001),
        ("?limit=-1", 1001),
        ("?limit=abc", 1001),
        ("?limit=1001", 201),
        ("?limit=99999999999999999999", 1001),
    ] {
        let answer = world.get(&format!("/rooms/a/history{query}")).await;
        assert_eq!(answer.frames(), frames(&mut (first..=1200)), "{query}");
        let len = answer.headers["content-length"].to_str().unwrap();
        assert_eq!(len, answer.body.unwrap().len().to_string());
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    assert_eq!(world.writes(), 0);
    assert!(!world.log().contains("aborted"), "{}", world.log());
}

#[tokio::test]
async fn large_answers_come_in_parts_and_whole() {
    let world = World::of(vec![room("a")]);
    world.store.make(&id("a"));
    let frame = |n: u8| RawFrame::new("unibus.room.a", vec![n; 1 << 20]);
    world.store.publish_these(&id("a"), (0..9).map(frame).collect());
    let answer = world.get("/rooms/a/history").await;
    assert!(answer.headers.get("content-length").is_none());
    let frames = answer.frames();
    assert_eq!(frames.len(), 9);
    assert!(frames.iter().zip(0..).all(|(frame, n)| *frame == vec![n; 1 << 20]));
}

#[tokio::test]
async fn a_missing_stream_is_made_for_a_persisted_room_and_only_for_that() {
    let passing = Room { persist: Some(false), ..room("passing") };
    let world = World::of(vec![room("a"), passing.clone()]);
    for name in ["a", "passing"] {
        let answer = world.get(&format!("/rooms/{name}/history")).await;
        assert_eq!(answer.body.as_deref(), Some(&br#"{"messages":[]}"#[..]), "{name}");
    }
    let created = |asked: &Asked| matches!(asked, Asked::Create(name) if *name == id("a").stream());
    assert_eq!(world.store.requests().iter().filter(|asked| created(asked)).count(), 1);
    assert_eq!(world.writes(), 1);
    assert!(world.log().contains("created stream UNIBUS_a"), "{}", world.log());
    // It captures from now on.
    world.store.publish_these(&id("a"), payloads(1..=2));
    assert_eq!(world.get("/rooms/a/history").await.frames().len(), 2);
    // A room that is not persisted is read all the same, where somebody made its stream.
    world.store.make(&id("passing"));
    world.store.publish(&id("passing"), 3);
    assert_eq!(world.get("/rooms/passing/history").await.frames().len(), 3);
    assert_eq!(world.writes(), 1);

    let store = EmbeddedStore::new(Timestamp::now, true);
    let quiet = World::over(store, vec![room("a")], false, |service| service);
    assert_eq!(quiet.get("/rooms/a/history").await.json(), json!({"messages": []}));
    assert_eq!(quiet.writes(), 0);
}

#[tokio::test]
async fn many_callers_of_a_room_without_a_stream_make_it_once() {
    let world = World::of(vec![room("a")]);
    let asked = (0..20).map(|_| world.get("/rooms/a/history"));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(answer.json(), json!({"messages": []}));
    }
    assert_eq!(world.writes(), 1);
    assert_eq!(world.log().matches("created stream").count(), 1, "{}", world.log());
}

#[tokio::test]
async fn a_drifted_stream_is_read_as_it_is_and_told_of_once() {
    let world = World::of(vec![Room { replicas: Some(3), ..room("a") }]);
    world.store.make(&id("a"));
    world.store.publish(&id("a"), 2);
    for _ in 0..3 {
        assert_eq!(world.get("/rooms/a/history").await.frames().len(), 2);
    }
    assert_eq!(world.log().matches("differs").count(), 1, "{}", world.log());
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_json() {
    let world = World::of(vec![room("a")]);
    world.store.make(&id("a"));
    // A stream alone makes no room: the rooms file does.
    world.store.make(&id("other"));
    for target in
        ["/rooms/other/history", "/rooms/%ff/history", "/rooms/%zz/history", "/rooms/a%2F/history"]
    {
        let answer = world.get(target).await;
        assert_eq!(answer.status, 404, "{target}");
        assert_eq!(answer.json(), json!({"error": "room not found"}), "{target}");
    }
    for target in ["/", "/rooms", "/rooms/a", "/rooms/a/history/", "/rooms//history", "//", "/*"] {
        let answer = world.get(target).await;
        assert_eq!(answer.status, 404, "{target}");
        assert!(answer.json()["error"].is_string(), "{target}");
    }
    for (method, target) in
        [("POST", "/rooms/a/history"), ("DELETE", "/healthz"), ("X", "/rooms/a/history")]
    {
        let request = Request::builder().method(method).uri(target).body(Body::empty()).unwrap();
        let answer = world.ask(request).await;
        assert_eq!(answer.status, 405, "{method} {target}");
        assert!(answer.json()["error"].is_string());
        assert_eq!(answer.headers["allow"], "GET,HEAD");
    }
    assert_eq!(world.get("/rooms/%61/history").await.status, 200);
    assert_eq!(world.get("/healthz").await.json(), json!({"nats": "demo", "status": "ok"}));
}
