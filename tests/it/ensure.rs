//! Ensuring a room's stream on a real server: what is sent, and what it changes.

use roomscope::domain::{Ensured, FaultKind};
use roomscope::store::ensure::ensure;
use serde_json::{Value, json};

use crate::support::rooms::{fill, go_config, info, read_only, room, store};
use crate::support::{NatsServer, RawNats, Wiretap};

/// All that the server says of a stream, but for the moment at which it says so.
fn all(raw: &mut RawNats, id: &str) -> Value {
    let mut info = info(raw, id);
    assert!(info.get("error").is_none(), "{info}");
    info.as_object_mut().unwrap().remove("ts");
    info
}

/// JetStream requests that went through the tap.
fn asked(tap: &Wiretap) -> Vec<String> {
    tap.published_under("$JS.")
}

#[tokio::test]
async fn on_the_go_clients_stream_it_only_looks() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 3);
    let before = all(&mut raw, "a");
    let tap = Wiretap::before(server.port());
    let store = store(&tap.url()).await;
    for _ in 0..2 {
        let ensured = ensure(&store, &room("a", "room.a")).await.unwrap();
        assert!(matches!(ensured, Ensured::Present(_)), "{ensured:?}");
    }
    assert_eq!(asked(&tap), ["$JS.API.STREAM.INFO.UNIBUS_a"; 2]);
    assert_eq!(all(&mut raw, "a"), before);
}

#[tokio::test]
async fn a_missing_stream_is_created_once_as_the_contract_makes_it() {
    let server = NatsServer::start();
    let tap = Wiretap::before(server.port());
    let store = store(&tap.url()).await;
    let mut wanted = room("a", "room.a");
    // Zero is one: the contract's least.
    wanted.replicas = Some(0);
    let first = ensure(&store, &wanted).await.unwrap();
    assert!(matches!(first, Ensured::Created(_)), "{first:?}");
    let second = ensure(&store, &wanted).await.unwrap();
    assert!(matches!(second, Ensured::Present(_)), "{second:?}");
    let look = "$JS.API.STREAM.INFO.UNIBUS_a";
    assert_eq!(asked(&tap), [look, "$JS.API.STREAM.CREATE.UNIBUS_a", look]);
    let body = json!({"name": "UNIBUS_a", "subjects": ["room.a"], "retention": "limits",
        "storage": "file", "num_replicas": 1});
    assert_eq!(tap.bodies_under("$JS.API.STREAM.CREATE."), [body]);

    let mut raw = server.raw();
    let ours = all(&mut raw, "a");
    let theirs = raw.api("STREAM.CREATE.UNIBUS_a", &go_config("a", "room.a"));
    assert_eq!(theirs["config"], ours["config"]);
    assert_eq!(theirs["created"], ours["created"]);
}

#[tokio::test]
async fn a_drifted_stream_is_left_as_it_is() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let mut config = go_config("a", "room.a");
    config["subjects"] = json!(["room.a", "audit.a"]);
    config["max_age"] = json!(86_400_000_000_000_u64);
    config["storage"] = json!("memory");
    let made = raw.api("STREAM.CREATE.UNIBUS_a", &config);
    assert!(made.get("error").is_none(), "{made}");
    let before = all(&mut raw, "a");
    let tap = Wiretap::before(server.port());
    let store = store(&tap.url()).await;
    let ensured = ensure(&store, &room("a", "room.a")).await.unwrap();
    let Ensured::Drifted(_, drift) = ensured else { panic!("{ensured:?}") };
    let fields: Vec<_> = drift.fields.iter().map(|field| field.field).collect();
    assert_eq!(fields, ["subjects", "storage"]);
    assert_eq!(asked(&tap), ["$JS.API.STREAM.INFO.UNIBUS_a"]);
    assert_eq!(all(&mut raw, "a"), before);
}

#[tokio::test]
async fn read_only_and_rooms_of_unknown_subject_or_not_persisted_cause_no_write() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "there", "room.there", 1);
    let before = all(&mut raw, "there");
    let tap = Wiretap::before(server.port());

    let quiet = read_only(&tap.url()).await;
    let missing = ensure(&quiet, &room("gone", "room.gone")).await.unwrap();
    let Ensured::WouldCreate(spec) = missing else { panic!("{missing:?}") };
    assert_eq!((spec.name.as_str(), spec.subject.as_str()), ("UNIBUS_gone", "room.gone"));
    let drifted = ensure(&quiet, &room("there", "room.else")).await.unwrap();
    assert!(matches!(drifted, Ensured::Drifted(..)), "{drifted:?}");

    let store = store(&tap.url()).await;
    for id in ["gone", "there"] {
        let mut unknown = room(id, "room.x");
        unknown.subject = None;
        let mut passing = room(id, "room.x");
        passing.persist = Some(false);
        for (room, word) in [(unknown, "subject"), (passing, "not persisted")] {
            let ensured = ensure(&store, &room).await.unwrap();
            let Ensured::NotOurs { why, info } = ensured else { panic!("{ensured:?}") };
            assert!(why.contains(word), "{why}");
            assert_eq!(info.is_some(), id == "there");
        }
    }
    let asked = asked(&tap);
    assert_eq!(asked.len(), 6);
    assert!(asked.iter().all(|s| s.starts_with("$JS.API.STREAM.INFO.")), "{asked:?}");
    assert_eq!(all(&mut raw, "there"), before);
    assert_eq!(info(&mut raw, "gone")["error"]["err_code"], 10059);
}

#[tokio::test]
async fn a_subject_that_another_stream_captures_is_named_as_the_cause() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "first", "room.a", 1);
    let before = all(&mut raw, "first");
    let store = store(&server.url()).await;
    let error = ensure(&store, &room("second", "room.a")).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::SubjectTaken, "{error}");
    let said = error.fault().to_string();
    for part in ["create UNIBUS_second", "subjects overlap", "10065", "nats stream find"] {
        assert!(said.contains(part), "{said} says nothing of {part}");
    }
    assert_eq!(info(&mut raw, "second")["error"]["err_code"], 10059);
    assert_eq!(all(&mut raw, "first"), before);
}
