//! The contract over HTTP, held by a client written from its text alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::serving::room;
use crate::support::{Http, NatsServer, RawNats, Serving, program, rooms};

/// The frames that the contract gives for the last `limit` sequences, read from the server by
/// sequence with a client of our own.
pub(super) fn expected(raw: &mut RawNats, id: &str, limit: u64) -> Value {
    let info = rooms::info(raw, id);
    let state = |key: &str| info["state"][key].as_u64().unwrap_or_default();
    if info.get("error").is_some() || state("messages") == 0 {
        return json!({"messages": []});
    }
    let (first, last) = (state("first_seq"), state("last_seq"));
    let start = first.max(if last >= limit { last - limit + 1 } else { 0 });
    let mut messages = Vec::new();
    for seq in start..=last {
        let got = raw.api(&format!("STREAM.MSG.GET.UNIBUS_{id}"), &json!({"seq": seq}));
        match got.get("error") {
            Some(error) => assert_eq!(error["err_code"], 10037, "{error}"),
            // The API's own encoding is the contract's: standard base64 with padding; it leaves an
            // empty payload out.
            None => messages.push(got["message"].get("data").cloned().unwrap_or(json!(""))),
        }
    }
    json!({"messages": messages})
}

fn history(server: &NatsServer, file: &str, id: &str, limit: u64) -> Vec<u8> {
    let output = program::command(&["history", id, "--format", "contract"])
        .args(["--last", &limit.to_string(), "--server", &server.url(), "--rooms", file])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

#[test]
fn a_client_written_from_the_contract_reads_what_is_stored() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "busy", "room.busy", 1300);
    for seq in [1, 2, 3, 700, 1295, 1299] {
        rooms::delete(&mut raw, "busy", seq);
    }
    rooms::fill(&mut raw, "odd", "room.odd", 0);
    let payloads: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"\0\x01\xfe\xff".to_vec(),
        "\u{1b}[2J\"\\</script>\u{2028}".into(),
        (0..=255).collect(),
        vec![0xfb; 70_000],
    ];
    for payload in &payloads {
        raw.publish("room.odd", payload);
    }
    raw.publish_with_headers("room.odd", b"NATS/1.0\r\nA: b\r\nno colon\r\n\r\n", b"headed");
    rooms::settle(&mut raw, "odd", 6);
    rooms::fill(&mut raw, "purged", "room.purged", 5);
    rooms::purge(&mut raw, "purged", None);
    rooms::fill(&mut raw, "head", "room.head", 50);
    rooms::purge(&mut raw, "head", Some(41));
    let file = ["busy", "odd", "purged", "head", "new"].map(|id| room(id, "")).concat();
    let serving = Serving::start(&server.url(), &file, &[]);
    serving.wait_for("NATS: connected");

    let mut http = Http::connect(serving.port());
    for id in ["busy", "odd", "purged", "head", "new"] {
        for (query, limit) in [
            ("", 200),
            ("?limit=-1", 200),
            ("?limit=0", 200),
            ("?limit=abc", 200),
            ("?limit=1", 1),
            ("?limit=6", 6),
            ("?limit=1000", 1000),
            ("?limit=1001", 1000),
            ("?other=1&limit=2", 2),
        ] {
            let reply = http.get(&format!("/rooms/{id}/history{query}"));
            assert_eq!(reply.status, 200, "{id}{query}: {}", serving.log());
            assert_eq!(reply.headers["content-type"], "application/json");
            let expected = expected(&mut raw, id, limit);
            assert_eq!(reply.json(), expected, "{id}{query}");
            // Nothing but what a compact JSON encoder writes.
            assert_eq!(reply.body, expected.to_string().into_bytes(), "{id}{query}");
        }
    }
    let odd = http.get("/rooms/odd/history").json();
    for (message, payload) in odd["messages"].as_array().unwrap().iter().zip(&payloads) {
        assert_eq!(STANDARD.decode(message.as_str().unwrap()).unwrap(), *payload);
    }
    // The room without a stream has one now, as the contract makes it, and it captures.
    assert!(serving.log().contains("created stream UNIBUS_new"), "{}", serving.log());
    let made = rooms::info(&mut raw, "new");
    assert_eq!(made["config"]["subjects"], json!(["room.new"]));
    let theirs = raw.api("STREAM.CREATE.UNIBUS_new", &rooms::go_config("new", "room.new"));
    assert_eq!(theirs["config"], made["config"]);
    // No consumer was made for any of it.
    assert_eq!(rooms::info(&mut raw, "busy")["state"]["consumer_count"], 0);
}

#[test]
fn it_gives_what_history_prints_byte_for_byte() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "a", "room.a", 0);
    // More than one part.
    let frame: Vec<u8> = (0..900_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    for n in 0..12 {
        raw.publish("room.a", &frame[n..]);
    }
    rooms::settle(&mut raw, "a", 12);
    rooms::delete(&mut raw, "a", 7);
    let file = room("a", "");
    let serving = Serving::start(&server.url(), &file, &[]);
    serving.wait_for("NATS: connected");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.toml");
    std::fs::write(&path, file).unwrap();
    let path = path.to_str().unwrap();
    for limit in [1, 3, 1000] {
        let reply = Http::once(serving.port(), &format!("/rooms/a/history?limit={limit}"));
        assert_eq!(reply.status, 200);
        assert!(reply.body == history(&server, path, "a", limit), "limit {limit}");
        assert_eq!(reply.headers.contains_key("transfer-encoding"), limit == 1000);
    }
}

#[test]
fn without_jetstream_there_is_no_history_and_no_error() {
    let server = NatsServer::without_jetstream();
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let reply = Http::once(serving.port(), "/rooms/a/history");
    assert_eq!((reply.status, reply.body.as_slice()), (200, &br#"{"messages":[]}"#[..]));
}

#[test]
fn read_only_creates_nothing() {
    let server = NatsServer::start();
    let serving = Serving::start(&server.url(), &room("a", ""), &["--read-only"]);
    serving.wait_for("NATS: connected");
    let reply = Http::once(serving.port(), "/rooms/a/history");
    assert_eq!((reply.status, reply.body.as_slice()), (200, &br#"{"messages":[]}"#[..]));
    assert_eq!(rooms::info(&mut server.raw(), "a")["error"]["err_code"], 10059);
}

#[test]
fn the_demo_is_served_too() {
    let serving = Serving::demo(&[]);
    let reply = Http::once(serving.port(), "/rooms/lobby/history?limit=3");
    assert_eq!(reply.json()["messages"].as_array().unwrap().len(), 3);
}
