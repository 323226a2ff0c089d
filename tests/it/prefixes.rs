//! JetStream behind a domain or another prefix, and answers on inboxes of another prefix.

use std::time::{Duration, Instant};

use roomscope::domain::{FaultKind, PageRequest, PageSize, Place, StreamName};
use roomscope::store::nats::{ConnectOptions, NatsStore, Seed};
use roomscope::store::reader::Reader;
use roomscope::store::{Get, HistoryStore, StreamWriter};

use crate::support::rooms::{fill, go_config, spec, stream};
use crate::support::{NatsServer, Wiretap};

async fn connect(options: &ConnectOptions) -> NatsStore {
    NatsStore::connect_now(options, Duration::from_secs(10)).await.unwrap()
}

/// Everything there is to ask of a stream, and the writes.
async fn use_all(store: NatsStore, name: &StreamName) {
    assert!(store.names(0).await.unwrap().names.contains(&name.to_string()));
    assert_eq!(store.list(0).await.unwrap().total, 1);
    assert_eq!(store.info(name, true).await.unwrap().state.messages, 3);
    assert_eq!(store.get(name, Get::Exact(2)).await.unwrap().unwrap().payload, b"m2");
    let made = store.create(&spec("new", "room.new")).await.unwrap();
    store.update(&spec("new", "room.newer"), &made).await.unwrap();
    let new = stream("new");
    let seeder = store.seeder().unwrap();
    assert_eq!(seeder.publish("room.newer", [Seed::default()]).await.unwrap(), 1);
    seeder.delete(&new, [1]).await.unwrap();
    seeder.delete_stream(&new).await.unwrap();
    let reader = Reader::new(std::sync::Arc::new(store));
    let size = PageSize::parse("200").unwrap();
    let history = reader.page(name, PageRequest::whole(Place::Newest, size), &()).await.unwrap();
    assert_eq!(format!("{history:?}").matches("payload").count(), 3, "{history:?}");
}

#[tokio::test]
async fn a_domain_is_reached_by_its_name_and_by_its_prefix() {
    let server = NatsServer::with_config("jetstream { domain: hub }");
    fill(&mut server.raw(), "a", "room.a", 3);
    for (domain, prefix) in [(Some("hub"), Some("wrong.prefix")), (None, Some("$JS.hub.API"))] {
        let tap = Wiretap::before(server.port());
        let mut options = ConnectOptions::new(tap.url());
        options.domain = domain.map(str::to_owned);
        options.api_prefix = prefix.map(str::to_owned);
        use_all(connect(&options).await, &stream("a")).await;
        assert!(!tap.published_under("$JS.hub.API.").is_empty());
        assert!(tap.published_under("$JS.API.").is_empty());
    }
    let mut options = ConnectOptions::new(server.url());
    options.domain = Some("elsewhere".into());
    let error = connect(&options).await.names(0).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::NoJetStream, "{error}");
    assert!(error.fault().to_string().contains("domain"), "{error}");
}

#[tokio::test]
async fn another_accounts_jetstream_is_reached_through_an_import() {
    let server = NatsServer::with_config(
        r#"
        accounts {
          HUB {
            jetstream: enabled
            users: [{user: hub, password: hub}]
            exports: [{service: "$JS.API.>"}, {service: "room.>"}]
          }
          DESK {
            users: [{user: desk, password: desk}]
            imports: [
              {service: {account: HUB, subject: "$JS.API.>"}, to: "from.hub.>"},
              {service: {account: HUB, subject: "room.>"}},
            ]
          }
        }"#,
    );
    let mut raw = server.raw_as("hub", "hub");
    fill(&mut raw, "a", "room.a", 3);
    let mut options = ConnectOptions::new(server.url_as("desk:desk"));
    let error = connect(&options).await.names(0).await.unwrap_err();
    assert!(matches!(error.kind, FaultKind::JetStreamOff | FaultKind::NoJetStream), "{error}");
    options.api_prefix = Some("from.hub".into());
    use_all(connect(&options).await, &stream("a")).await;

    // The import lets one answer through for each request, so batches would lose all but one.
    let mut config = go_config("a", "room.a");
    config["allow_direct"] = true.into();
    let updated = raw.api("STREAM.UPDATE.UNIBUS_a", &config);
    assert!(updated.get("error").is_none(), "{updated}");
    let started = Instant::now();
    use_all(connect(&options).await, &stream("a")).await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn answers_come_on_the_inboxes_that_are_allowed() {
    let server = NatsServer::with_config(
        r#"
        accounts {
          CHAT {
            jetstream: enabled
            users: [
              {user: all, password: all},
              {user: me, password: me, permissions: {subscribe: {allow: ["_IN.me.>"]}}},
              {user: narrow, password: narrow, permissions: {
                subscribe: {allow: ["_IN.me.>"]}, publish: {deny: ["$JS.API.STREAM.LIST"]}}},
            ]
          }
        }"#,
    );
    fill(&mut server.raw_as("all", "all"), "a", "room.a", 3);
    let with = |login: &str, prefix: Option<&str>| {
        let mut options = ConnectOptions::new(server.url_as(login));
        options.inbox_prefix = prefix.map(str::to_owned);
        options
    };
    use_all(connect(&with("me:me", Some("_IN.me"))).await, &stream("a")).await;
    for (prefix, inboxes) in [(None, "_INBOX.>"), (Some("_IN.you"), "_IN.you.>")] {
        let error = connect(&with("me:me", prefix)).await.names(0).await.unwrap_err();
        assert!(matches!(error.kind, FaultKind::Denied(_)), "{error}");
        assert!(error.to_string().contains(&format!("inbox ({inboxes})")), "{error}");
    }
    let narrow = connect(&with("narrow:narrow", Some("_IN.me."))).await;
    let error = narrow.list(0).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Denied("$JS.API.STREAM.LIST".into()), "{error}");
    assert!(narrow.info(&stream("a"), false).await.is_ok());
}
