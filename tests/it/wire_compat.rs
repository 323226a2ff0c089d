//! The Go client, the control plane and roomscope make the same stream, in any order, and none
//! changes what another made.

use roomscope::domain::FaultKind;
use roomscope::store::{HistoryStore, StreamWriter};
use serde_json::{Value, json};

use crate::support::rooms::{fill, go_config, info, read_only, spec, store, stream};
use crate::support::{NatsServer, RawNats, Wiretap};

/// Everything of a stream that must not change: its configuration and when it was made.
fn identity(raw: &mut RawNats, id: &str) -> (Value, Value) {
    let info = info(raw, id);
    (info["config"].clone(), info["created"].clone())
}

#[tokio::test]
async fn the_go_client_leaves_our_stream_unchanged() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let store = store(&server.url()).await;
    let made = store.create(&spec("a", "room.a")).await.unwrap();
    assert_eq!(made.config.others, []);
    let ours = identity(&mut raw, "a");
    for verb in ["CREATE", "UPDATE"] {
        let reply = raw.api(&format!("STREAM.{verb}.UNIBUS_a"), &go_config("a", "room.a"));
        assert!(reply.get("error").is_none(), "{verb}: {reply}");
        assert_eq!(identity(&mut raw, "a"), ours, "{verb}");
    }
}

#[tokio::test]
async fn our_create_leaves_the_go_clients_stream_unchanged() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 3);
    let theirs = identity(&mut raw, "a");
    let store = store(&server.url()).await;
    for _ in 0..2 {
        let made = store.create(&spec("a", "room.a")).await.unwrap();
        assert_eq!(made.state.messages, 3);
        assert_eq!(identity(&mut raw, "a"), theirs);
    }
    // Field by field, a stream of ours and one of theirs differ in name and subject alone.
    store.create(&spec("b", "room.b")).await.unwrap();
    let (mut ours, _) = identity(&mut raw, "b");
    ours["name"] = theirs.0["name"].clone();
    ours["subjects"] = theirs.0["subjects"].clone();
    assert_eq!(ours, theirs.0);
}

#[tokio::test]
async fn create_changes_nothing_of_a_stream_that_differs() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.other", 1);
    let before = identity(&mut raw, "a");
    let store = store(&server.url()).await;
    let error = store.create(&spec("a", "room.a")).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::StreamExists, "{error}");
    assert_eq!(identity(&mut raw, "a"), before);

    let error = store.create(&spec("b", "room.other")).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::SubjectTaken, "{error}");
    let mut three = spec("c", "room.c");
    three.replicas = 3;
    let error = store.create(&three).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Replicas, "{error}");
}

#[tokio::test]
async fn an_update_changes_the_contracts_fields_and_keeps_all_others() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let mut config = go_config("a", "room.old");
    for (field, value) in [
        ("max_age", json!(86_400_000_000_000_u64)),
        ("description", json!("kept")),
        ("compression", json!("s2")),
        ("allow_direct", json!(true)),
        ("max_msgs", json!(5000)),
        ("deny_delete", json!(true)),
        ("metadata", json!({"team": "chat"})),
        ("subject_transform", json!({"src": "room.old", "dest": "room.new"})),
    ] {
        config[field] = value;
    }
    let made = raw.api("STREAM.CREATE.UNIBUS_a", &config);
    assert!(made.get("error").is_none(), "{made}");
    let (mut wanted, created) = identity(&mut raw, "a");

    let store = store(&server.url()).await;
    let seen = store.info(&stream("a"), false).await.unwrap();
    assert!(seen.config.subject_transform);
    let changed = store.update(&spec("a", "room.a"), &seen).await.unwrap();
    assert_eq!(changed.config.subjects, ["room.a"]);
    assert_eq!(changed.config.others, seen.config.others);

    wanted["subjects"] = json!(["room.a"]);
    wanted.as_object_mut().unwrap().remove("subject_transform");
    assert_eq!(identity(&mut raw, "a"), (wanted, created));
}

#[tokio::test]
async fn an_update_acts_only_on_what_the_person_saw() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.old", 1);
    let tap = Wiretap::before(server.port());
    let store = store(&tap.url()).await;
    let seen = store.info(&stream("a"), false).await.unwrap();
    let wanted = spec("a", "room.a");

    let mut config = go_config("a", "room.old");
    config["max_msgs"] = json!(9);
    raw.api("STREAM.UPDATE.UNIBUS_a", &config);
    let error = store.update(&wanted, &seen).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::StreamExists);
    assert!(error.detail.contains("changed since"), "{error}");

    raw.api("STREAM.DELETE.UNIBUS_a", &json!({}));
    let error = store.update(&wanted, &seen).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::StreamNotFound);
    fill(&mut raw, "a", "room.old", 1);
    let error = store.update(&wanted, &seen).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Recreated);
    assert!(tap.published_under("$JS.API.STREAM.UPDATE").is_empty());
}

#[tokio::test]
async fn read_only_sends_no_write_and_nothing_ever_makes_a_consumer() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.old", 2);
    let mut inside = server.raw();
    inside.subscribe("$JS.EVENT.ADVISORY.CONSUMER.>");
    let tap = Wiretap::before(server.port());

    let quiet = read_only(&tap.url()).await;
    let seen = quiet.info(&stream("a"), true).await.unwrap();
    let created = quiet.create(&spec("b", "room.b")).await;
    let updated = quiet.update(&spec("a", "room.a"), &seen).await;
    for refused in [created, updated] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind, FaultKind::ReadOnly);
        assert!(error.to_string().contains("--read-only"), "{error}");
    }
    assert!(matches!(quiet.seeder(), Err(error) if error.kind == FaultKind::ReadOnly));
    let sent = tap.published();
    assert_eq!(sent, ["$SYS.REQ.USER.INFO", "$JS.API.STREAM.INFO.UNIBUS_a"]);

    let store = store(&tap.url()).await;
    store.update(&spec("a", "room.a"), &seen).await.unwrap();
    store.get(&stream("a"), roomscope::store::Get::AtOrAfter(1)).await.unwrap();
    store.names(0).await.unwrap();
    store.list(0).await.unwrap();
    assert!(tap.published_under("$JS.API.CONSUMER").is_empty());
    assert!(tap.published_under("$JS.ACK").is_empty());
    inside.flush();
    assert_eq!(inside.poll(std::time::Duration::from_millis(50)), None);
    assert_eq!(info(&mut raw, "a")["state"]["consumer_count"], 0);
}
