//! Connecting, being refused, losing the server and finding it again.

use std::time::{Duration, Instant};

use roomscope::domain::{Connection, FaultKind};
use roomscope::store::nats::{ConnectOptions, NatsStore};
use roomscope::store::{Get, HistoryStore, StreamWriter};

use crate::support::cluster::Cluster;
use crate::support::rooms::{fill, spec, store, stream};
use crate::support::wait::for_state;

use crate::support::{NatsServer, Wiretap};

fn locked(password: &str) -> String {
    format!("authorization {{ users: [{{user: \"al@ice\", password: \"{password}\"}}] }}")
}

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn without_a_server_it_goes_on_trying_until_there_is_one() {
    let mut server = NatsServer::start();
    let url = server.url();
    server.kill();
    let started = Instant::now();
    let store = NatsStore::connect(&ConnectOptions::new(&url)).unwrap();
    assert!(started.elapsed() < Duration::from_secs(1));
    let mut connection = store.connection();
    let third = |now: &Connection| {
        matches!(now, Connection::Connecting { attempt: 3.., last: Some(_), .. })
    };
    let state = for_state(&mut connection, "a third attempt", third).await;
    let Connection::Connecting { tried, last, .. } = state else { panic!("{state:?}") };
    assert_eq!(tried, url);
    assert!(last.unwrap().text.contains("connection refused"));
    let error = store.names(0).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Disconnected, "{error}");

    server.restart();
    for_state(&mut connection, "a connection", Connection::is_up).await;
    assert_eq!(store.names(0).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_killed_server_is_seen_and_its_return_too() {
    let mut server = NatsServer::start();
    fill(&mut server.raw(), "a", "room.a", 1);
    let store = store(&server.url()).await;
    let mut connection = store.connection();
    for _ in 0..2 {
        server.kill();
        let again = |now: &Connection| {
            matches!(now, Connection::Reconnecting { attempt: 2.., last: Some(_), .. })
        };
        let state = for_state(&mut connection, "a second attempt", again).await;
        let Connection::Reconnecting { last, .. } = state else { panic!("{state:?}") };
        assert!(last.unwrap().text.contains("connection refused"));
        let started = Instant::now();
        let error = store.create(&spec("late", "room.late")).await.unwrap_err();
        assert_eq!(error.kind, FaultKind::Disconnected, "{error}");
        assert!(started.elapsed() < Duration::from_secs(1));

        server.restart();
        for_state(&mut connection, "a new connection", Connection::is_up).await;
        let frame = store.get(&stream("a"), Get::Exact(1)).await.unwrap();
        assert_eq!(frame.unwrap().payload, b"m1");
        // A write refused while the server was away is not sent when it is back.
        let error = store.info(&stream("late"), false).await.unwrap_err();
        assert_eq!(error.kind, FaultKind::StreamNotFound, "{error}");
    }
}

#[tokio::test]
async fn a_request_under_way_ends_with_the_connection() {
    let server = NatsServer::start();
    fill(&mut server.raw(), "a", "room.a", 1);
    let tap = Wiretap::before(server.port());
    let store = store(&tap.url()).await;
    tap.mute();
    let started = Instant::now();
    let (name, sent) = (stream("a"), "$JS.API.STREAM.MSG.GET");
    let cut = async {
        while tap.published_under(sent).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tap.unmute();
        tap.cut();
    };
    let (got, ()) = tokio::join!(store.get(&name, Get::Exact(1)), cut);
    assert_eq!(got.unwrap_err().kind, FaultKind::Disconnected);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    for_state(&mut store.connection(), "a new connection", Connection::is_up).await;
    assert!(store.get(&name, Get::Exact(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn silence_ends_the_connection_and_is_never_a_missing_message() {
    let server = NatsServer::start();
    fill(&mut server.raw(), "a", "room.a", 1);
    let tap = Wiretap::before(server.port());
    let store = store(&tap.url()).await;
    tap.mute();
    let error = store.get(&stream("a"), Get::Exact(1)).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Disconnected, "{error}");
    assert!(error.to_string().contains("said nothing for "), "{error}");
    tap.unmute();

    // The wait that was asked for is that for answers, too.
    let mut options = ConnectOptions::new(tap.url());
    options.timeout = Some(Duration::from_millis(300));
    let store = NatsStore::connect_now(&options, LIMIT).await.unwrap();
    tap.mute();
    let started = Instant::now();
    let error = store.get(&stream("a"), Get::Exact(1)).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Timeout, "{error}");
    assert!(error.to_string().contains("within 0.3 s"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn credentials_in_the_address_are_used_and_never_shown() {
    let server = NatsServer::with_config(&locked("s3cr3t:/@"));
    let url = server.url_as("al%40ice:s3cr3t%3A%2F%40");
    let options = ConnectOptions::new(&url);
    let store = NatsStore::connect_now(&options, LIMIT).await.unwrap();
    assert_eq!(store.names(0).await.unwrap().total, 0);
    for shown in [format!("{store:?}"), format!("{options:?}"), options.redacted()] {
        assert!(!shown.contains("s3cr3t") && !shown.contains("ice"), "{shown}");
    }
    let mut options = ConnectOptions::new(server.url());
    options.user = Some("al@ice".into());
    options.password = Some("s3cr3t:/@".into());
    assert!(!format!("{options:?}").contains("s3cr3t"));
    NatsStore::connect_now(&options, LIMIT).await.unwrap();
}

#[tokio::test]
async fn refused_credentials_are_denied_at_first_and_when_they_change() {
    let mut server = NatsServer::with_config(&locked("right"));
    let wrong = ConnectOptions::new(server.url_as("al%40ice:s3cr3t"));
    let error = NatsStore::connect_now(&wrong, LIMIT).await.unwrap_err();
    assert!(matches!(error.kind, FaultKind::Denied(_)), "{error}");
    assert!(error.to_string().contains("refused the credentials"), "{error}");
    assert!(!format!("{error:?}").contains("s3cr3t"));
    let none = ConnectOptions::new(server.url());
    let error = NatsStore::connect_now(&none, LIMIT).await.unwrap_err();
    assert!(error.fault().to_string().contains("--creds"), "{error}");

    let denied = |now: &Connection| matches!(now, Connection::Denied { .. });
    let store = NatsStore::connect(&wrong).unwrap();
    for_state(&mut store.connection(), "a denial", denied).await;
    let error = store.names(0).await.unwrap_err();
    assert!(matches!(error.kind, FaultKind::Denied(_)), "{error}");

    let right = ConnectOptions::new(server.url_as("al%40ice:right"));
    let store = NatsStore::connect_now(&right, LIMIT).await.unwrap();
    server.kill();
    server.reconfigure(&locked("rotated"));
    server.restart();
    let mut connection = store.connection();
    for_state(&mut connection, "a denial on reconnecting", denied).await;
    server.reconfigure(&locked("right"));
    server.restart();
    for_state(&mut connection, "a connection once more", Connection::is_up).await;
}

#[tokio::test]
async fn a_server_that_the_cluster_announces_is_gone_on_with() {
    let mut cluster = Cluster::start(2);
    let url = cluster.url(0);
    let store = NatsStore::connect_now(&ConnectOptions::new(&url), LIMIT).await.unwrap();
    // The addresses of the others come with the greeting, or soon after it.
    let own =
        NatsStore::connect_now(&ConnectOptions::new(url.replace("nats://", "nats://u:p@")), LIMIT)
            .await
            .unwrap();
    cluster.kill(0);
    let elsewhere = |now: &Connection| matches!(now, Connection::Connected { address, .. } if !url.ends_with(address.as_str()));
    for_state(&mut store.connection(), "the other member", elsewhere).await;
    // A login in an address is for that one alone.
    let again = |now: &Connection| {
        matches!(now, Connection::Reconnecting { attempt: 3.., last: Some(_), .. })
    };
    let state = for_state(&mut own.connection(), "a third attempt", again).await;
    let Connection::Reconnecting { last, .. } = state else { panic!("{state:?}") };
    assert!(last.unwrap().text.contains("connection refused"));
}

#[tokio::test]
async fn of_several_servers_each_is_said_what_it_did() {
    let (one, other) = (locked("right"), locked("other"));
    let (one, other) = (NatsServer::with_config(&one), NatsServer::with_config(&other));
    let both = format!("{},{}", one.url(), other.url_as("al%40ice:wrong"));
    let error = NatsStore::connect_now(&ConnectOptions::new(&both), LIMIT).await.unwrap_err();
    assert!(matches!(error.kind, FaultKind::Denied(_)), "{error}");
    for part in [
        format!("{}: the server wants credentials", one.url()),
        format!("{}: the server refused the credentials", other.url()),
    ] {
        assert!(error.to_string().contains(&part), "{error} says nothing of {part}");
    }
    // Where not all refused, nothing is said of all.
    let mixed = format!("{both},nats://127.0.0.1:1");
    let error = NatsStore::connect_now(&ConnectOptions::new(&mixed), LIMIT).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Disconnected, "{error}");
    assert!(error.to_string().contains("nats://127.0.0.1:1: connection refused"), "{error}");
    // And one that takes it is enough.
    let mixed = format!("{mixed},{}", one.url_as("al%40ice:right"));
    NatsStore::connect_now(&ConnectOptions::new(&mixed), LIMIT).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_back_is_not_kept_waiting_by_a_silent_one() {
    let mut server = NatsServer::start();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let list = format!("{},{}", server.url(), silent.local_addr().unwrap());
    let mut options = ConnectOptions::new(list);
    // As long as the silent one is waited for.
    options.timeout = Some(Duration::from_secs(60));
    let store = NatsStore::connect_now(&options, LIMIT).await.unwrap();
    let mut connection = store.connection();
    server.kill();
    let again = |now: &Connection| {
        matches!(now, Connection::Reconnecting { last: Some(fault), .. }
            if fault.text.contains("connection refused") && fault.text.contains("no answer yet"))
    };
    for_state(&mut connection, "what each of them said", again).await;
    server.restart();
    let started = Instant::now();
    for_state(&mut connection, "a new connection", Connection::is_up).await;
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

/// A server that greets, and says `last` once it was told who connects and asked for a sign of
/// life, after the answer to that with `answers`.
fn says(last: &'static [u8], answers: bool) -> String {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let info = br#"INFO {"server_id":"x","server_name":"x","version":"2.15.1","proto":1,"go":"","host":"0.0.0.0","port":4222,"headers":true,"max_payload":1048576}"#;
                (&socket).write_all(&[info, &b"\r\n"[..]].concat()).unwrap();
                let mut lines = BufReader::new(&socket).lines().map_while(Result::ok);
                if lines.any(|line| line == "PING") {
                    let first: &[u8] = if answers { b"PONG\r\n" } else { b"" };
                    let _ = (&socket).write_all(&[first, last].concat());
                    // Until the other side ends it.
                    lines.for_each(drop);
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn a_server_that_talks_nonsense_ends_its_own_connection_and_no_more() {
    let server = NatsServer::start();
    let address = server.url().replace("nats://", "");
    let good = |now: &Connection| matches!(now, Connection::Connected { address: at, .. } if *at == address);
    for last in ["-ERR\r\n", "-ERR x\r\n", "nonsense\r\n", "INFO\r\n", "MSG\r\n", "\u{0}\r\n"] {
        for answers in [false, true] {
            let bad = says(last.as_bytes(), answers);
            let options = ConnectOptions::new(format!("{bad},{}", server.url()));
            // Answered, it is connected to for a moment.
            let store = NatsStore::connect_now(&options, LIMIT).await.unwrap();
            if !last.starts_with("-ERR x") {
                for_state(&mut store.connection(), last, good).await;
            }
        }
    }
    let bad = says(b"-ERR\r\n", false);
    let alone = NatsStore::connect_now(&ConnectOptions::new(&bad), LIMIT).await;
    let error = alone.unwrap_err().to_string();
    assert!(error.contains("no line of the protocol"), "{error}");
}

#[tokio::test]
async fn servers_that_drop_each_connection_keep_nobody_from_the_next() {
    let server = NatsServer::start();
    let address = server.url().replace("nats://", "");
    let (first, second) = (says(b"nonsense\r\n", true), says(b"-ERR\r\n", true));
    let list = format!("{first},{second},{}", server.url());
    let store = NatsStore::connect_now(&ConnectOptions::new(list), LIMIT).await.unwrap();
    let good = |now: &Connection| matches!(now, Connection::Connected { address: at, .. } if *at == address);
    for_state(&mut store.connection(), "the third server", good).await;
    assert_eq!(store.names(0).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_login_is_told_once_a_connection() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nats://u:s3cr3t@{}", listener.local_addr().unwrap());
    let told = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = std::sync::Arc::clone(&told);
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let info = b"INFO {\"server_id\":\"x\",\"server_name\":\"x\",\"version\":\"2.15.1\",\"proto\":1,\"go\":\"\",\"host\":\"0.0.0.0\",\"port\":4222,\"headers\":true,\"max_payload\":1048576}\r\n";
            let _ = (&socket).write_all(info);
            for line in BufReader::new(&socket).lines().map_while(Result::ok) {
                if line.starts_with("CONNECT") && line.contains("s3cr3t") {
                    count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
                if line == "PING" {
                    let _ = (&socket).write_all(b"PONG\r\n");
                    // Dropped as soon as it is up.
                    break;
                }
            }
        }
    });
    for _ in 0..20 {
        let store = NatsStore::connect_now(&ConnectOptions::new(&url), LIMIT).await.unwrap();
        let again = |now: &Connection| !now.is_up();
        for_state(&mut store.connection(), "the loss", again).await;
        drop(store);
    }
    // More than once a round only where a quarter of a second passed before the store was dropped.
    let told = told.load(std::sync::atomic::Ordering::SeqCst);
    assert!((20..30).contains(&told), "{told}");
}

#[tokio::test]
async fn a_secret_that_a_server_repeats_is_not_shown_and_a_short_one_garbles_nothing() {
    let with = async |url: String| {
        let options = ConnectOptions::new(url);
        NatsStore::connect_now(&options, LIMIT).await.unwrap_err().to_string()
    };
    let server = says(b"-ERR 'no user alice with s3cr3t'\r\n", false);
    let said = with(server.replace("nats://", "nats://alice:s3cr3t@")).await;
    assert!(said.contains("no user alice with ***") && !said.contains("s3cr3t"), "{said}");
    let said = with("nats://alice:e@127.0.0.1:1".into()).await;
    assert!(said.contains("connection refused; check that a server runs there"), "{said}");
}
