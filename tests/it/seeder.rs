//! Filling a development server.

use std::time::{Duration, Instant};

use roomscope::domain::{FaultKind, Header};
use roomscope::store::nats::Seed;
use roomscope::store::{Get, HistoryStore, StreamWriter};
use serde_json::json;

use crate::support::NatsServer;
use crate::support::rooms::{spec, store, stream};

#[tokio::test]
async fn messages_are_stored_in_order_and_deleted_by_the_thousand() {
    let server = NatsServer::start();
    let store = store(&server.url()).await;
    store.create(&spec("a", "room.a")).await.unwrap();
    let seeder = store.seeder().unwrap();
    let seed = |n: u64| Seed { headers: Vec::new(), payload: n.to_string().into_bytes() };
    let started = Instant::now();
    let last = seeder.publish("room.a", (1..=20_000).map(seed)).await.unwrap();
    assert_eq!(last, 20_000);
    let name = stream("a");
    for seq in [1, 9_999, 20_000] {
        let frame = store.get(&name, Get::Exact(seq)).await.unwrap().unwrap();
        assert_eq!(frame.payload, seq.to_string().into_bytes());
    }
    seeder.delete(&name, 101..=5_100).await.unwrap();
    println!("20,000 published and 5,000 deleted in {:?}", started.elapsed());
    assert!(started.elapsed() < Duration::from_secs(30));
    let state = store.info(&name, true).await.unwrap().state;
    let expected: Vec<u64> = (101..=5_100).collect();
    assert_eq!(state.deleted.as_deref(), Some(expected.as_slice()));

    assert_eq!(seeder.purge(&name, Some(51)).await.unwrap(), 50);
    let state = store.info(&name, false).await.unwrap().state;
    assert_eq!((state.first_seq, state.messages), (51, 14_950));
    assert_eq!(seeder.purge(&name, None).await.unwrap(), 14_950);
    seeder.delete_stream(&name).await.unwrap();
    let error = store.info(&name, false).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::StreamNotFound);
}

#[tokio::test]
async fn headers_arrive_as_given_and_what_cannot_be_sent_is_named() {
    let server = NatsServer::start();
    let store = store(&server.url()).await;
    store.create(&spec("a", "room.a")).await.unwrap();
    let seeder = store.seeder().unwrap();
    let headers = vec![
        Header::new("X-Key", "one"),
        Header::new("X-Key", "two"),
        Header::new("X-Escape", "\u{1b}[31mred"),
    ];
    let seed = Seed { headers: headers.clone(), payload: b"\x1b]0;title\x07".to_vec() };
    seeder.publish("room.a", [seed.clone()]).await.unwrap();
    let frame = store.get(&stream("a"), Get::Exact(1)).await.unwrap().unwrap();
    assert_eq!(frame.payload, seed.payload);
    assert_eq!(frame.headers.len(), 3);
    assert!(headers.iter().all(|header| frame.headers.contains(header)), "{frame:?}");

    let bad = Seed { headers: vec![Header::new("X", "two\r\nlines")], payload: Vec::new() };
    let error = seeder.publish("room.a", [bad]).await.unwrap_err();
    assert!(error.to_string().contains("'X'"), "{error}");
    let error = seeder.publish("nobody.listens", [seed]).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::StreamNotFound, "{error}");
}

#[tokio::test]
async fn a_drifted_stream_is_made_as_asked() {
    let server = NatsServer::start();
    let store = store(&server.url()).await;
    let seeder = store.seeder().unwrap();
    let config =
        json!({"subjects": ["x.1", "x.2"], "storage": "memory", "max_age": 3_600_000_000_000_u64});
    let made = seeder.create(&stream("drift"), config).await.unwrap();
    assert_eq!(made.config.storage, "memory");
    assert_eq!(made.config.subjects.len(), 2);
    assert_eq!(made.config.others, [("max_age".into(), "3600000000000".into())]);
}
