//! What the account may not do is said at once, and by name.

use std::time::{Duration, Instant};

use roomscope::domain::{Connection, FaultKind};
use roomscope::store::{Get, HistoryStore, StoreError, StreamWriter};

use crate::support::NatsServer;
use crate::support::rooms::{fill, spec, store, stream};
use crate::support::wait;

const CONFIG: &str = r#"
accounts {
  CHAT {
    jetstream: enabled
    users: [
      {user: all, password: all},
      {user: blind, password: blind, permissions: {publish: {deny: [
        "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.INFO.*",
        "$JS.API.STREAM.MSG.GET.*", "$JS.API.STREAM.CREATE.*", "$SYS.REQ.USER.INFO"]}}},
      {user: deaf, password: deaf, permissions: {subscribe: {allow: ["room.>"]}}},
    ]
  }
  PLAIN { users: [{user: plain, password: plain}] }
}
"#;

fn denied_on(error: &StoreError, subject: &str) {
    assert_eq!(error.kind, FaultKind::Denied(subject.into()), "{error}");
    assert!(error.to_string().contains(subject), "{error}");
}

#[tokio::test]
async fn a_forbidden_request_fails_at_once_and_names_the_subject() {
    let server = NatsServer::with_config(CONFIG);
    fill(&mut server.raw_as("all", "all"), "a\"b", "room.a", 1);
    let store = store(&server.url_as("blind:blind")).await;
    let name = stream("a\"b");
    let started = Instant::now();
    denied_on(&store.names(0).await.unwrap_err(), "$JS.API.STREAM.NAMES");
    denied_on(&store.list(0).await.unwrap_err(), "$JS.API.STREAM.LIST");
    let error = store.info(&name, false).await.unwrap_err();
    denied_on(&error, "$JS.API.STREAM.INFO.UNIBUS_a\"b");
    let gets = (1..=64).map(|seq| store.get(&name, Get::Exact(seq)));
    for got in futures::future::join_all(gets).await {
        denied_on(&got.unwrap_err(), "$JS.API.STREAM.MSG.GET.UNIBUS_a\"b");
    }
    let error = store.create(&spec("new", "room.new")).await.unwrap_err();
    denied_on(&error, "$JS.API.STREAM.CREATE.UNIBUS_new");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(store.connection().borrow().is_up());
}

#[tokio::test]
async fn a_client_that_may_not_hear_answers_is_told_so() {
    let server = NatsServer::with_config(CONFIG);
    let store = store(&server.url_as("deaf:deaf")).await;
    let started = Instant::now();
    for _ in 0..2 {
        let error = store.names(0).await.unwrap_err();
        assert!(matches!(&error.kind, FaultKind::Denied(s) if s.starts_with("_INBOX.")), "{error}");
    }
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_account_is_known_where_the_server_tells() {
    let server = NatsServer::with_config(CONFIG);
    let store = store(&server.url_as("all:all")).await;
    let told = |now: &Connection| matches!(now, Connection::Connected { account: Some(_), .. });
    let state = wait::for_state(&mut store.connection(), "the account", told).await;
    let Connection::Connected { version, account, .. } = state else { panic!("{state:?}") };
    assert_eq!((version.as_str(), account.as_deref()), ("2.15.1", Some("CHAT")));
}

#[tokio::test]
async fn jetstream_off_for_the_account_or_the_server_is_told_apart() {
    let server = NatsServer::with_config(CONFIG);
    let plain = store(&server.url_as("plain:plain")).await;
    assert_eq!(plain.names(0).await.unwrap_err().kind, FaultKind::JetStreamOff);
    let error = plain.info(&stream("a"), false).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::JetStreamOff, "{error}");

    let server = NatsServer::without_jetstream();
    let none = store(&server.url()).await;
    assert_eq!(none.names(0).await.unwrap_err().kind, FaultKind::NoJetStream);
    let error = none.get(&stream("a"), Get::Exact(1)).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::NoJetStream, "{error}");
}
