//! Damaged stores behind the service: what the head, the body and the log say.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::contract::expected;
use crate::support::serving::room;
use crate::support::{Http, NatsServer, Serving, program, rooms, wait};

const PATH: &str = "/rooms/a/history";
/// Messages of 100 KB: three blocks of 8 MB.
const MESSAGES: u64 = 240;

/// A server that was stopped after it stored all of them.
fn stopped() -> NatsServer {
    let mut server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "a", "room.a", 0);
    for n in 0..MESSAGES {
        let payload: Vec<u8> = (0..100_000_u64).map(|at| (at * 7 % 251 + n) as u8).collect();
        raw.publish("room.a", &payload);
    }
    rooms::settle(&mut raw, "a", MESSAGES);
    server.stop();
    server
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_block_that_is_gone_is_in_the_head_and_the_log_and_not_in_the_body() {
    let mut server = stopped();
    fs::remove_file(server.streams().join("UNIBUS_a/msgs/2.blk")).unwrap();
    server.start_again();
    let mut raw = server.raw();
    // What the server says itself, whatever fits into its blocks.
    let lost = rooms::info(&mut raw, "a")["state"]["lost"]["msgs"].clone();
    let lost: Vec<u64> = serde_json::from_value(lost).unwrap();
    let (first, last) = (lost[0], lost[lost.len() - 1]);
    assert!(lost.len() > 50 && first > 41 && last < MESSAGES, "{lost:?}");
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let mut http = Http::connect(serving.port());
    let missing = format!("lost={first}-{last}");
    for limit in [200, 1000] {
        let reply = http.get(&format!("{PATH}?limit={limit}"));
        assert_eq!(reply.status, 200);
        assert_eq!(reply.headers["roomscope-missing"], missing);
        assert!(reply.body == expected(&mut raw, "a", limit).to_string().into_bytes(), "{limit}");
    }
    assert!(!http.get(&format!("{PATH}?limit=20")).headers.contains_key("roomscope-missing"));
    serving.wait_for("limit=1000\" 200 ");
    let log = serving.log();
    assert_eq!(log.matches(&format!(" missing=\"{missing}\"")).count(), 2, "{log}");
    let report = format!("reported damage: {} sequences", lost.len());
    assert_eq!(log.matches(&report).count(), 1, "{log}");

    // The server forgets at its next start, and then lists them as deleted. We do not.
    server.stop();
    server.start_again();
    let mut raw = server.raw();
    assert!(rooms::info(&mut raw, "a")["state"]["lost"].is_null());
    let reply =
        wait::until("an answer", || Some(http.get(PATH)).filter(|reply| reply.status == 200));
    assert_eq!(reply.headers["roomscope-missing"], missing);
}

#[test]
fn a_flipped_bit_far_behind_the_first_part_is_logged_and_in_the_next_head() {
    let mut server = stopped();
    server.start_again();
    flip(&server.streams().join("UNIBUS_a/msgs/2.blk"));
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let mut http = Http::connect(serving.port());
    let first = http.get(PATH);
    assert_eq!(first.status, 200);
    assert!(!first.headers.contains_key("roomscope-missing"), "{:?}", first.headers);
    assert!(first.body == expected(&mut server.raw(), "a", 200).to_string().into_bytes());
    assert_eq!(first.json()["messages"].as_array().unwrap().len(), 199);
    serving.wait_for("found-later=\"unreadable=");
    let next = http.get(PATH);
    assert_eq!(next.body, first.body);
    let missing = &next.headers["roomscope-missing"];
    assert!(serving.log().contains(&format!("found-later=\"{missing}\"")), "{missing}");
}

#[test]
fn what_a_create_takes_up_again_is_said() {
    let mut server = NatsServer::start();
    rooms::fill(&mut server.raw(), "a", "room.a", 50);
    server.stop();
    flip(&server.streams().join("UNIBUS_a/meta.inf"));
    server.start_again();
    let mut raw = server.raw();
    assert_eq!(rooms::info(&mut raw, "a")["error"]["err_code"], 10059);
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let reply = Http::once(serving.port(), PATH);
    assert_eq!(reply.json()["messages"].as_array().unwrap().len(), 50);
    let log = serving.log();
    let words =
        "the server took up 50 messages of an earlier stream of this name, up to sequence 50";
    assert!(log.contains("created stream UNIBUS_a") && log.contains(words), "{log}");
}

#[test]
fn a_stream_that_is_gone_is_a_failure_until_a_person_makes_it() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "a", "room.a", 3);
    let file = room("a", "");
    let serving = Serving::start(&server.url(), &file, &[]);
    serving.wait_for("NATS: connected");
    let mut http = Http::connect(serving.port());
    assert_eq!(http.get(PATH).status, 200);
    raw.api("STREAM.DELETE.UNIBUS_a", &json!({}));
    let reply = http.get(PATH);
    assert_eq!((reply.status, reply.error()), (500, "internal error".into()));
    serving.wait_for("until roomscope ensure a made it");
    assert_eq!(rooms::info(&mut raw, "a")["error"]["err_code"], 10059, "nothing was made");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.toml");
    fs::write(&path, file).unwrap();
    let ensured = program::run(&[
        "ensure",
        "a",
        "--rooms",
        path.to_str().unwrap(),
        "--server",
        &server.url(),
    ]);
    assert_eq!(ensured.code, 0, "{}", ensured.said);
    assert!(ensured.out.contains("never captured, or gone with an earlier stream"));
    assert_eq!(http.get(PATH).json(), json!({"messages": []}));
}
