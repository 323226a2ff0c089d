//! A single server in states that pass, and one whose store was put back to an older copy.

use std::net::TcpStream;
use std::sync::Arc;

use roomscope::domain::{Connection, History, PageRequest, PageSize, Place, Slot};
use roomscope::store::HistoryStore as _;
use roomscope::store::nats::NatsStore;
use roomscope::store::reader::Reader;

use super::faces::{At, Faces, Knows};
use super::harm::Harm;
use super::law::Moment;
use super::store::Store;
use super::truth::{Server, Truth, digest};
use crate::support::program::run;
use crate::support::rooms::{go_config, read_only, stream};
use crate::support::serving::room;
use crate::support::{NatsServer, RawNats, Serving, copy, wait};

/// A room with so many frames on a server.
fn filled(raw: &mut RawNats, id: &str, count: u64) -> Truth {
    let name = stream(id);
    let config = go_config(id, &format!("room.{id}"));
    let made = raw.api(&format!("STREAM.CREATE.{}", name.as_str()), &config);
    assert!(made.get("error").is_none(), "{made}");
    let mut truth = Truth::default();
    assert_eq!(truth.publish(raw, id, count, 400), count);
    truth
}

async fn newest(reader: &Reader, id: &str) -> Result<History, roomscope::store::StoreError> {
    reader
        .page(&stream(id), PageRequest::whole(Place::Newest, PageSize::new(1000).unwrap()), &())
        .await
}

/// The frames of a page: sequence and digest. Fails when it says that one is missing.
#[track_caller]
fn frames(history: History) -> Vec<(u64, String)> {
    let History::Page(page) = history else { panic!("a page was expected, not {history:?}") };
    assert_eq!(page.head, []);
    let slots = page.slots().iter().map(|slot| match slot {
        Slot::Frame(frame) => (frame.seq, digest(&frame.payload)),
        other => panic!("{other:?}"),
    });
    slots.collect()
}

async fn connected(store: &NatsStore) {
    let up = |state: &Connection| matches!(state, Connection::Connected { .. });
    wait::for_state(&mut store.connection(), "the connection to come back", up).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_of_before_is_shown_once_a_store_was_put_back() {
    let mut server = NatsServer::start();
    let mut raw = server.raw();
    let mut truth = filled(&mut raw, "back", 100);
    server.stop();
    let aside = tempfile::tempdir().unwrap();
    copy(&server.store(), &aside.path().join("copy"));
    server.start_again();
    assert_eq!(truth.publish(&mut server.raw(), "back", 50, 400), 50);

    // An open screen: a reader that keeps what it read.
    let store = Arc::new(read_only(&server.url()).await);
    let reader = Reader::new(Arc::clone(&store) as _).with_cache(32 << 20);
    assert_eq!(frames(newest(&reader, "back").await.unwrap()).len(), 150);
    server.stop();
    std::fs::remove_dir_all(server.store()).unwrap();
    copy(&aside.path().join("copy"), &server.store());
    server.start_again();
    assert_eq!(truth.publish(&mut server.raw(), "back", 60, 400), 60);
    assert_eq!(truth.given_out_again(), (101..=150).collect::<Vec<_>>());
    connected(&store).await;

    let at_last: Vec<_> =
        truth.acked.iter().map(|(seq, all)| (*seq, all.last().unwrap().clone())).collect();
    let shown = frames(newest(&reader, "back").await.unwrap());
    assert_eq!(shown, at_last, "the bytes that the server has now");

    let known = room("back", "");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.toml");
    std::fs::write(&path, &known).unwrap();
    let url = server.url();
    let serving = Serving::start(&url, &known, &["--read-only"]);
    let at = At { url: &url, id: "back", rooms: &path, is_large: false };
    let faces = Faces::ask(&at, Some(&serving), Knows::ask());
    let now = Server::look(&mut server.raw(), "back", truth.last());
    let why = "the numbers were given out again, and no earlier look is at hand";
    let moment = Moment { truth: &truth, server: &now, blind: Some(why) };
    assert_eq!(moment.judge(&faces), Vec::<String>::new(), "{}", moment.line(&faces));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_a_file_to_open_has_lost_nothing() {
    let mut server = NatsServer::start();
    let mut raw = server.raw();
    let truth = filled(&mut raw, "files", 100);
    server.stop();
    server.limit_files(40);
    server.start_again();
    let reader = Reader::new(Arc::new(read_only(&server.url()).await));
    // Connections until none is taken any more: nothing was read yet, so its blocks are closed.
    let mut held: Vec<TcpStream> = Vec::new();
    wait::until("the server to have no file left", || {
        held.push(TcpStream::connect(("127.0.0.1", server.port())).unwrap());
        server.log().contains("too many open files").then_some(())
    });
    match newest(&reader, "files").await {
        Err(_) => {}
        Ok(History::Page(page)) => {
            for slot in page.slots() {
                let is_fair = match slot {
                    Slot::Frame(frame) => truth.acked[&frame.seq][0] == digest(&frame.payload),
                    Slot::Unreadable(_) | Slot::Unread(_) => true,
                    Slot::Gap(_) => false,
                };
                assert!(is_fair, "{slot:?}");
            }
        }
        Ok(other) => panic!("{other:?}"),
    }
    drop(held);
    let shown = wait::until("the server to take connections again", || {
        RawNats::greeting(server.port()).ok()
    });
    assert!(shown.starts_with("INFO "));
    let frames = frames(newest(&reader, "files").await.unwrap());
    let all: Vec<_> = truth.acked.iter().map(|(seq, all)| (*seq, all[0].clone())).collect();
    assert_eq!(frames, all, "everything is there again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_leaves_has_lost_nothing() {
    let server = NatsServer::with_config("lame_duck_duration: 30s\nlame_duck_grace_period: 20s\n");
    let mut raw = server.raw();
    let truth = filled(&mut raw, "duck", 100);
    let reader = Reader::new(Arc::new(read_only(&server.url()).await));
    server.lame_duck();
    wait::until("the server to say that it leaves", || {
        server.log().contains("Entering lame duck mode").then_some(())
    });
    match newest(&reader, "duck").await {
        Err(_) => {}
        Ok(History::Page(page)) => {
            for slot in page.slots() {
                let is_fair = match slot {
                    Slot::Frame(frame) => truth.acked[&frame.seq][0] == digest(&frame.payload),
                    Slot::Unread(_) => true,
                    _ => false,
                };
                assert!(is_fair, "{slot:?}");
            }
        }
        Ok(other) => panic!("{other:?}"),
    }
}

#[test]
fn what_a_create_brought_back_is_not_called_never_captured() {
    let mut server = NatsServer::start();
    let mut raw = server.raw();
    let truth = filled(&mut raw, "meta", 50);
    server.stop();
    Harm::MetaGone.apply(&Store(server.streams().join(stream("meta").as_str())));
    server.start_again();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.toml");
    std::fs::write(&path, room("meta", "")).unwrap();
    let args = ["history", "meta", "--last", "all", "--format", "jsonl", "--no-config"];
    let (url, path) = (server.url(), path.display().to_string());
    let done = run(&[&args[..], &["--server", &url, "--rooms", &path]].concat());
    let words = done.said.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_flat = words.contains("never captured") && !words.contains("gone with an earlier");
    let shown = done.json().iter().filter(|record| record["type"] == "frame").count();
    assert!(!is_flat, "{shown} frames, beside: {words}");
    let now = Server::look(&mut server.raw(), "meta", truth.last());
    assert_eq!(now.held.len(), 50, "the server took its old messages up again");
    assert_eq!(shown, 50, "{words}");
}
