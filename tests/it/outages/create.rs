//! A stream is created by one request: where its answer is lost, it is not sent again.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::site::{LONG, Turn};
use crate::support::held::{Ended, Held, run_within};
use crate::support::rooms::info;
use crate::support::serving::room;
use crate::support::{Cluster, NatsServer, Wiretap, wait};

const CREATE: &str = "$JS.API.STREAM.CREATE.";

fn rooms_file(folder: &Path, rooms: &str) -> String {
    let file = folder.join("rooms.toml");
    std::fs::write(&file, rooms).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Reads a room without a stream; the answer to its creation never comes. With `cut` the
/// connection is lost then.
fn unanswered(server: &NatsServer, id: &str, cut: bool) -> (Ended, usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = rooms_file(folder.path(), &room(id, ""));
    let tap = Wiretap::before(server.port());
    tap.mute_from(CREATE);
    let args = ["history", id, "--format", "jsonl", "--rooms", &file, "--server", &tap.url()];
    let history = Held::start(&args);
    wait::until("the creation", || (!tap.published_under(CREATE).is_empty()).then_some(()));
    wait::until("the stream", || info(&mut server.raw(), id)["error"].is_null().then_some(()));
    if cut {
        tap.unmute();
        tap.cut();
    }
    let ended = history.finish(LONG);
    (ended, tap.published_under(CREATE).len())
}

#[test]
fn a_stream_is_created_by_one_request() {
    thread::scope(|scope| [answer_lost, leaderless].map(|case| drop(scope.spawn(case))));
}

/// A creation whose answer is lost is sent once and said to be open.
fn answer_lost() {
    let server = NatsServer::start();
    thread::scope(|scope| {
        for (id, cut) in [("cut", true), ("silent", false)] {
            let server = &server;
            scope.spawn(move || {
                let (ended, sent) = unanswered(server, id, cut);
                assert_eq!(sent, 1, "{id}: {}", ended.done.said);
                assert_eq!(ended.done.out, "", "{id}");
                assert!(ended.done.said.contains("may have been"), "{id}: {}", ended.done.said);
                assert_eq!(
                    info(&mut server.raw(), id)["config"]["subjects"],
                    json!([format!("room.{id}")])
                );
            });
        }
    });
}

/// A room, none of whose names begins like another one.
fn named(n: usize) -> String {
    format!("new{n:02}")
}

/// How long the leader of the metadata is told to step down, and how often.
const STORM: Duration = Duration::from_secs(5);
const EACH: Duration = Duration::from_millis(300);

/// While the metadata has no leader each room is created once or not.
fn leaderless() {
    let _turn = Turn::take();
    let cluster = Cluster::with_system(3);
    let tap = Wiretap::before(cluster.port(0));
    let folder = tempfile::tempdir().unwrap();
    let rooms: String = (0..12).map(|n| room(&named(n), "replicas = 3")).collect();
    let file = rooms_file(folder.path(), &rooms);
    let began = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            while began.elapsed() < STORM {
                cluster.step_down_meta(1);
                thread::sleep(EACH);
            }
        });
        for some in [0..4, 4..8, 8..12] {
            let (tap, file) = (&tap, &file);
            scope.spawn(move || {
                for n in some {
                    let id = named(n);
                    let args = ["history", &id, "--rooms", file, "--server", &tap.url()];
                    let ended = run_within(&args, LONG);
                    let sent = tap.published_under(&format!("{CREATE}UNIBUS_{id}")).len();
                    let said = &ended.done.said;
                    assert!(sent <= 1, "{id}: {sent} creations; {said}");
                    let says = said.contains("created it now") || said.contains("may have been");
                    assert!(ended.done.code != 0 || says, "{id}: {said}");
                }
            });
        }
    });
    // What was said to be made is there.
    let mut raw = cluster.raw(0);
    for n in 0..12 {
        let id = named(n);
        let sent = tap.published_under(&format!("{CREATE}UNIBUS_{id}")).len();
        let found = info(&mut raw, &id);
        assert!(sent == 1 || found["error"]["err_code"] == 10059, "{id}: {found}");
    }
}
