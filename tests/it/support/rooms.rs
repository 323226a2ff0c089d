//! Shorthands for stores, rooms and streams in tests.

use std::time::Duration;

use roomscope::domain::room::KnownFrom;
use roomscope::domain::{Room, RoomId, StreamName, StreamSpec, Subject};
use roomscope::store::nats::{ConnectOptions, NatsStore};
use serde_json::{Value, json};

use super::RawNats;

/// A store that is connected.
pub(crate) async fn store(url: &str) -> NatsStore {
    connect(&ConnectOptions::new(url)).await
}

/// A connected store that sends no writes.
pub(crate) async fn read_only(url: &str) -> NatsStore {
    let mut options = ConnectOptions::new(url);
    options.read_only = true;
    connect(&options).await
}

async fn connect(options: &ConnectOptions) -> NatsStore {
    NatsStore::connect_now(options, Duration::from_secs(10)).await.unwrap()
}

pub(crate) fn stream(id: &str) -> StreamName {
    RoomId::new(id).unwrap().stream()
}

pub(crate) fn spec(id: &str, subject: &str) -> StreamSpec {
    StreamSpec { name: stream(id), subject: Subject::new(subject).unwrap(), replicas: 1 }
}

/// A room as a rooms file names it.
pub(crate) fn room(id: &str, subject: &str) -> Room {
    let known_from = KnownFrom { file: true, ..KnownFrom::default() };
    Room {
        subject: Some(Subject::new(subject).unwrap()),
        persist: Some(true),
        replicas: Some(1),
        ..Room::bare(RoomId::new(id).unwrap(), known_from)
    }
}

/// What the Go client sends to create or update a room's stream: its struct's zero values are on
/// the wire wherever the field has no `omitempty` (nats.go, `jetstream.StreamConfig`).
pub(crate) fn go_config(id: &str, subject: &str) -> Value {
    json!({
        "name": stream(id).as_str(),
        "subjects": [subject],
        "retention": "limits",
        "max_consumers": 0,
        "max_msgs": 0,
        "max_bytes": 0,
        "discard": "old",
        "max_age": 0,
        "max_msgs_per_subject": 0,
        "storage": "file",
        "num_replicas": 1,
        "compression": "none",
        "allow_direct": false,
        "mirror_direct": false,
        "consumer_limits": {},
    })
}

/// Makes a room's stream as the Go client does, and stores `count` messages `m1`, `m2`, ….
pub(crate) fn fill(raw: &mut RawNats, id: &str, subject: &str, count: u64) {
    let name = stream(id);
    let made = raw.api(&format!("STREAM.CREATE.{}", name.as_str()), &go_config(id, subject));
    assert!(made.get("error").is_none(), "{made}");
    for n in 1..=count {
        raw.publish(subject, format!("m{n}").as_bytes());
    }
    settle(raw, id, count);
}

/// Waits until the stream's last sequence is `last`: a core publish is not acknowledged.
pub(crate) fn settle(raw: &mut RawNats, id: &str, last: u64) {
    super::wait::until("messages to be stored", || {
        (info(raw, id)["state"]["last_seq"].as_u64() == Some(last)).then_some(())
    });
}

/// The stream as the server reports it.
pub(crate) fn info(raw: &mut RawNats, id: &str) -> Value {
    let subject = format!("STREAM.INFO.{}", stream(id).as_str());
    raw.api(&subject, &json!({"deleted_details": true}))
}

/// Deletes one message.
pub(crate) fn delete(raw: &mut RawNats, id: &str, seq: u64) {
    let subject = format!("STREAM.MSG.DELETE.{}", stream(id).as_str());
    let done = raw.api(&subject, &json!({"seq": seq}));
    assert_eq!(done["success"], true, "{done}");
}

/// Purges everything below a sequence, or all with none.
pub(crate) fn purge(raw: &mut RawNats, id: &str, below: Option<u64>) {
    let subject = format!("STREAM.PURGE.{}", stream(id).as_str());
    let body = below.map_or_else(|| json!({}), |seq| json!({"seq": seq}));
    let done = raw.api(&subject, &body);
    assert_eq!(done["success"], true, "{done}");
}
