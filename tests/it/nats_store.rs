//! Reading through the NATS store: streams, messages, holes, lists.

use roomscope::domain::{FaultKind, Header};
use roomscope::store::{Get, HistoryStore};
use serde_json::json;

use crate::support::rooms::{delete, fill, info, purge, settle, store, stream};
use crate::support::{NatsServer, Wiretap};

#[tokio::test]
async fn a_stream_and_its_messages_are_read_as_stored() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 2);
    let block = b"NATS/1.0\r\nX-Key: one\r\nX-Key:two\r\nEmpty:\r\n\r\n";
    raw.publish_with_headers("room.a", block, &[0, 255, 27]);
    raw.publish("room.a", b"");
    settle(&mut raw, "a", 4);
    let store = store(&server.url()).await;

    let info = store.info(&stream("a"), false).await.unwrap();
    assert_eq!((info.state.messages, info.state.first_seq, info.state.last_seq), (4, 1, 4));
    assert_eq!(info.config.subjects, ["room.a"]);
    assert_eq!((info.config.retention.as_str(), info.config.storage.as_str()), ("limits", "file"));
    assert_eq!(info.config.others, []);
    assert_eq!(info.state.deleted, None);
    assert!(info.state.first_time <= info.state.last_time && info.state.first_time.is_some());

    let frame = store.get(&stream("a"), Get::Exact(1)).await.unwrap().unwrap();
    assert_eq!((frame.seq, frame.subject.as_str()), (1, "room.a"));
    assert_eq!(frame.payload, b"m1");
    assert_eq!(Some(frame.time), info.state.first_time);
    assert!(frame.headers.is_empty());

    let frame = store.get(&stream("a"), Get::Exact(3)).await.unwrap().unwrap();
    assert_eq!(frame.payload, [0, 255, 27]);
    let pairs = [("X-Key", "one"), ("X-Key", "two"), ("Empty", "")];
    assert_eq!(frame.headers, pairs.map(|(k, v)| Header::new(k, v)));

    let frame = store.get(&stream("a"), Get::Exact(4)).await.unwrap().unwrap();
    assert!(frame.payload.is_empty());
}

#[tokio::test]
async fn headers_that_are_no_headers_hide_no_frame() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 0);
    let block = b"NATS/1.0\r\nno colon here\r\n\xff\xfe: \x1b[31m\r\nOk: yes\r\n\r\n";
    raw.publish_with_headers("room.a", block, b"body");
    settle(&mut raw, "a", 1);
    let store = store(&server.url()).await;
    let frame = store.get(&stream("a"), Get::Exact(1)).await.unwrap().unwrap();
    assert_eq!(frame.payload, b"body");
    let bare = Header { name: b"no colon here".to_vec(), value: None };
    let odd = Header::new(*b"\xff\xfe", *b"\x1b[31m");
    assert_eq!(frame.headers, [bare, odd, Header::new("Ok", "yes")]);
    assert!(store.connection().borrow().is_up());
}

#[tokio::test]
async fn holes_are_told_from_messages_and_jumped_in_one_request() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 12);
    for seq in [1, 4, 5, 6, 9, 12] {
        delete(&mut raw, "a", seq);
    }
    let tap = Wiretap::before(server.port());
    let store = store(&tap.url()).await;
    let name = stream("a");

    let state = store.info(&name, true).await.unwrap().state;
    assert_eq!((state.first_seq, state.last_seq, state.num_deleted), (2, 12, 5));
    let servers: Vec<u64> =
        serde_json::from_value(info(&mut raw, "a")["state"]["deleted"].clone()).unwrap();
    assert_eq!(state.deleted.as_deref(), Some(servers.as_slice()));
    assert_eq!(servers, [4, 5, 6, 9, 12]);

    for seq in [0, 1, 4, 12, 13, u64::MAX] {
        let found = store.get(&name, Get::Exact(seq)).await;
        assert!(seq == 0 || matches!(found, Ok(None)), "{seq}: {found:?}");
    }
    let before = tap.published().len();
    let frame = store.get(&name, Get::AtOrAfter(4)).await.unwrap().unwrap();
    assert_eq!((frame.seq, frame.payload.as_slice()), (7, b"m7".as_slice()));
    assert_eq!(tap.published().len(), before + 1);
    let frame = store.get(&name, Get::AtOrAfter(1)).await.unwrap().unwrap();
    assert_eq!(frame.seq, 2);
    assert!(store.get(&name, Get::AtOrAfter(12)).await.unwrap().is_none());
    assert!(store.get(&name, Get::AtOrAfter(u64::MAX)).await.unwrap().is_none());
}

#[tokio::test]
async fn purged_empty_and_missing_streams() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "empty", "room.empty", 0);
    fill(&mut raw, "gone", "room.gone", 5);
    fill(&mut raw, "head", "room.head", 5);
    purge(&mut raw, "gone", None);
    purge(&mut raw, "head", Some(4));
    let store = store(&server.url()).await;

    let state = store.info(&stream("empty"), true).await.unwrap().state;
    assert_eq!((state.messages, state.first_seq, state.last_seq), (0, 0, 0));
    assert_eq!((state.first_time, state.last_time), (None, None));
    assert_eq!(state.num_deleted, 0);
    assert_eq!(state.deleted.as_deref(), Some([].as_slice()));

    let state = store.info(&stream("gone"), true).await.unwrap().state;
    assert_eq!((state.messages, state.first_seq, state.last_seq), (0, 6, 5));
    assert!(store.get(&stream("gone"), Get::AtOrAfter(1)).await.unwrap().is_none());

    let state = store.info(&stream("head"), true).await.unwrap().state;
    assert_eq!((state.messages, state.first_seq, state.num_deleted), (2, 4, 0));

    for failed in [
        store.info(&stream("never"), true).await.map(drop),
        store.get(&stream("never"), Get::Exact(1)).await.map(drop),
    ] {
        let error = failed.unwrap_err();
        assert_eq!(error.kind, FaultKind::StreamNotFound);
        assert!(error.to_string().contains("UNIBUS_never"), "{error}");
    }
}

#[tokio::test]
async fn lists_come_page_by_page_in_order() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    // Past the 256 of a LIST page; memory streams are quick to make.
    for n in 0..300 {
        let name = format!("UNIBUS_r{n:04}");
        let config = json!({"name": name, "subjects": [format!("r.{n}")], "storage": "memory"});
        raw.api(&format!("STREAM.CREATE.{name}"), &config);
    }
    let store = store(&server.url()).await;
    let names = store.names(0).await.unwrap();
    assert_eq!((names.names.len(), names.total), (300, 300));
    assert!(names.names.is_sorted());
    assert_eq!(store.names(299).await.unwrap().names, ["UNIBUS_r0299"]);
    let past = store.names(400).await.unwrap();
    assert_eq!((past.names.len(), past.total), (0, 300));

    let first = store.list(0).await.unwrap();
    assert_eq!((first.streams.len(), first.entries, first.total), (256, 256, 300));
    let second = store.list(first.entries).await.unwrap();
    assert_eq!((second.streams.len(), second.entries, second.total), (44, 44, 300));
    let listed = first.streams.iter().chain(&second.streams);
    let listed: Vec<_> = listed.map(|(name, _)| name.clone()).collect();
    assert_eq!(listed, names.names);
    assert_eq!(first.streams[7].1.config.subjects, ["r.7"]);
    assert!(first.missing.is_empty() && first.offline.is_empty());
}

#[tokio::test]
async fn sixty_four_frames_at_a_time_within_the_bytes_a_reader_allows_itself() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 0);
    let body = vec![0xab; 8 * 1024 * 1024 / 64];
    for _ in 0..64 {
        raw.publish("room.a", &body);
    }
    settle(&mut raw, "a", 64);
    let store = store(&server.url()).await;
    let name = stream("a");
    let gets = (1..=64).map(|seq| store.get(&name, Get::Exact(seq)));
    for (n, frame) in futures::future::join_all(gets).await.into_iter().enumerate() {
        let frame = frame.unwrap().unwrap();
        assert_eq!(frame.seq, n as u64 + 1);
        assert!(frame.payload == body);
    }
}

#[tokio::test]
async fn names_of_any_characters_are_asked_for() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    for id in ["ünï-房间", "quote\"d", "esc\u{1b}[31m", "a-b_c=d+e"] {
        fill(&mut raw, id, &format!("s.{}", id.len()), 1);
        let store = store(&server.url()).await;
        let frame = store.get(&stream(id), Get::Exact(1)).await.unwrap();
        assert_eq!(frame.unwrap().payload, b"m1", "{id:?}");
    }
}
