//! What messages say of themselves, on a real server: what its headers come to in `history` and
//! `check`, and what a client can make them say.

use serde_json::{Value, json};

use crate::support::program::{Done, run};
use crate::support::rooms::{delete, go_config, info, settle, stream};
use crate::support::{NatsServer, RawNats, wait};

/// A room's stream as the contract makes it, and these fields besides.
fn make(raw: &mut RawNats, id: &str, besides: Value) {
    let mut config = go_config(id, &format!("room.{id}.>"));
    config.as_object_mut().unwrap().extend(besides.as_object().unwrap().clone());
    let made = raw.api(&format!("STREAM.CREATE.{}", stream(id).as_str()), &config);
    assert!(made.get("error").is_none(), "{made}");
}

fn publish(raw: &mut RawNats, subject: &str, headers: &[(&str, &str)], payload: &[u8]) {
    let mut block = "NATS/1.0\r\n".to_owned();
    for (name, value) in headers {
        block += &format!("{name}: {value}\r\n");
    }
    raw.publish_with_headers(subject, (block + "\r\n").as_bytes(), payload);
}

/// A message of an atomic batch; the server answers the last one.
fn member(raw: &mut RawNats, subject: &str, id: &str, n: u64, commit: bool) {
    let n = n.to_string();
    let mut headers = vec![("Nats-Batch-Id", id), ("Nats-Batch-Sequence", n.as_str())];
    if commit {
        headers.push(("Nats-Batch-Commit", "1"));
    }
    publish(raw, subject, &headers, n.as_bytes());
}

fn history(server: &NatsServer, id: &str) -> Vec<Value> {
    let url = server.url();
    let args = ["history", id, "--server", &url, "--read-only", "--last", "all"];
    let done = run(&[&args[..], &["--format", "jsonl"]].concat());
    assert_eq!(done.code, 0, "{}", done.said);
    done.json()
}

fn check(server: &NatsServer, id: &str, args: &[&str]) -> Done {
    let url = server.url();
    run(&[&["check", id, "--server", &url, "--last", "all"], args].concat())
}

fn of<'a>(report: &'a Value, check: &str) -> Option<&'a Value> {
    report["checks"].as_array().unwrap().iter().find(|one| one["check"] == check)
}

fn header<'a>(record: &'a Value, name: &str) -> Option<&'a str> {
    let headers = record["headers"].as_array().unwrap();
    headers.iter().find(|header| header["name"] == name)?["value"].as_str()
}

#[test]
fn markers_are_told_apart_and_what_a_client_forged_is_not_believed() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let hour = 3_600_000_000_000u64;
    make(
        &mut raw,
        "a",
        json!({"allow_msg_ttl": true, "allow_rollup_hdrs": true, "max_age": 1_000_000_000u64,
            "subject_delete_marker_ttl": hour}),
    );
    publish(&mut raw, "room.a.kept", &[("Nats-TTL", "never")], b"stays");
    raw.publish("room.a.gone", b"expires");
    // The server's own marker; found by its form, which no client has published yet.
    let made = wait::until("the server's marker", || {
        history(&server, "a").into_iter().find(|record| record["marker"] == "MaxAge")
    });
    assert_eq!((&made["subject"], &made["size"]), (&json!("room.a.gone"), &json!(0)));
    assert_eq!(header(&made, "Nats-TTL"), Some("1h0m0s"));

    // A client's: without a payload it cannot be told from the server's, and the words say so.
    make(&mut raw, "b", json!({}));
    publish(&mut raw, "room.b.x", &[("Nats-Marker-Reason", "MaxAge")], b"");
    publish(&mut raw, "room.b.x", &[("Nats-Marker-Reason", "MaxAge")], b"people wrote this");
    publish(&mut raw, "room.b.x", &[("Nats-Marker-Reason", "Bogus")], b"");
    publish(&mut raw, "room.b.x", &[("nats-marker-reason", "MaxAge")], b"");
    settle(&mut raw, "b", 4);
    let marked: Vec<_> =
        history(&server, "b").into_iter().map(|one| one["marker"].clone()).collect();
    assert_eq!(marked, [json!("MaxAge"), Value::Null, Value::Null, Value::Null]);
    let report = &check(&server, "b", &["--json"]).json()[0];
    let markers = of(report, "markers").unwrap();
    assert_eq!((&markers["standing"], &markers["count"]), (&json!("ok"), &json!(1)));
    assert_eq!(markers["items"][0]["at"]["seq"], 1);
    let text = check(&server, "b", &[]).out;
    assert!(text.contains("any client can publish the same"), "{text}");
    let url = server.url();
    let table = run(&["history", "b", "--server", &url, "--read-only"]).out;
    assert_eq!(table.matches(", marker MaxAge").count(), 1, "{table}");
}

#[test]
fn a_batch_is_stored_in_a_row_and_its_missing_members_are_named() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, "a", json!({"allow_atomic": true}));
    // Between the members of one batch: another batch, and plain messages.
    for n in 1..=4 {
        member(&mut raw, "room.a.x", "one", n, n == 4);
        if n < 4 {
            member(&mut raw, "room.a.y", "two", n, n == 3);
            raw.publish("room.a.z", b"between");
        }
    }
    settle(&mut raw, "a", 10);
    let records = history(&server, "a");
    let ids: Vec<_> =
        records.iter().map(|one| header(one, "Nats-Batch-Id").unwrap_or("-")).collect();
    assert_eq!(ids, ["-", "-", "two", "two", "two", "-", "one", "one", "one", "one"]);
    let report = &check(&server, "a", &["--json"]).json()[0];
    assert_eq!((of(report, "batches"), of(report, "markers")), (None, None), "{report}");

    delete(&mut raw, "a", 8);
    delete(&mut raw, "a", 9);
    delete(&mut raw, "a", 5);
    let report = &check(&server, "a", &["--json"]).json()[0];
    let batches = of(report, "batches").unwrap();
    assert_eq!((&batches["count"], &batches["whole"]), (&json!(2), &json!(0)));
    assert_eq!(batches["standing"], "note");
    let words: Vec<_> =
        batches["items"].as_array().unwrap().iter().map(|one| &one["words"]).collect();
    assert_eq!(
        words,
        [
            "member 3, and any after it, is missing: nothing is stored there",
            "members 2-3 are missing: nothing is stored there"
        ]
    );
    assert_eq!(batches["items"][1]["missing"][0], json!({"start": 8, "end": 9, "count": 2}));
    // A part of a batch is not called broken.
    let url = server.url();
    let part = run(&["check", "a", "--server", &url, "--last", "1", "--json"]);
    assert_eq!(of(&part.json()[0], "batches"), None, "{}", part.out);
}

#[test]
fn sources_counters_and_schedules_have_the_headers_that_are_explained() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, "count", json!({"allow_msg_counter": true, "allow_direct": true}));
    for by in ["+1", "5", "-2"] {
        publish(&mut raw, "room.count.c", &[("Nats-Incr", by)], b"");
    }
    settle(&mut raw, "count", 3);
    let records = history(&server, "count");
    assert_eq!(header(&records[2], "Nats-Incr"), Some("-2"));
    assert_eq!(records[2]["base64"], "eyJ2YWwiOiI0In0=", "the total, {{\"val\":\"4\"}}");

    make(
        &mut raw,
        "from",
        json!({"subjects": null, "sources": [{"name": stream("count").as_str()}],
        "allow_msg_counter": true, "allow_direct": true}),
    );
    settle(&mut raw, "from", 3);
    let records = history(&server, "from");
    let source = header(&records[0], "Nats-Stream-Source").unwrap();
    assert!(
        source.starts_with(&format!("{} 1 > > room.count.c", stream("count").as_str())),
        "{source}"
    );
    assert!(header(&records[0], "Nats-Counter-Sources").is_some());

    make(
        &mut raw,
        "plan",
        json!({"allow_msg_schedules": true, "allow_msg_ttl": true, "allow_rollup_hdrs": true}),
    );
    let plan = [
        ("Nats-Schedule", "@every 1s"),
        ("Nats-Schedule-Target", "room.plan.t"),
        ("Nats-Schedule-TTL", "5m"),
    ];
    publish(&mut raw, "room.plan.s", &plan, b"again");
    wait::until("the schedule's first message", || {
        (info(&mut raw, "plan")["state"]["last_seq"].as_u64() > Some(1)).then_some(())
    });
    let records = history(&server, "plan");
    assert_eq!(header(&records[0], "Nats-Rollup"), Some("sub"), "the server adds it");
    assert_eq!(header(&records[1], "Nats-Scheduler"), Some("room.plan.s"));
    assert_eq!(header(&records[1], "Nats-TTL"), Some("5m"));
    let next = header(&records[1], "Nats-Schedule-Next").unwrap();
    assert!(next.parse::<jiff::Timestamp>().is_ok(), "{next}");
}

/// Which of these headers a client can publish by itself: the words depend on it.
#[test]
fn what_a_client_can_forge_is_what_the_words_doubt() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, "a", json!({}));
    for (n, (name, value, is_stored)) in [
        ("Nats-Marker-Reason", "MaxAge", true),
        ("Nats-Counter-Sources", "{}", true),
        ("Nats-Batch-Sequence", "1", true),
        ("Nats-Batch-Commit", "1", true),
        ("Nats-Expected-Stream", stream("a").as_str(), true),
        ("Nats-Batch-Id", "x", false),
        ("Nats-TTL", "5s", false),
        ("Nats-Stream-Source", "A 1 > > a", false),
        ("Nats-Schedule", "@every 1s", false),
        ("Nats-Schedule-Next", "2030-01-01T00:00:00Z", false),
        ("Nats-Incr", "1", false),
        ("Nats-Rollup", "sub", false),
        ("Nats-Expected-Stream", "other", false),
    ]
    .into_iter()
    .enumerate()
    {
        let before = info(&mut raw, "a")["state"]["last_seq"].as_u64().unwrap();
        publish(&mut raw, "room.a.x", &[(name, value)], b"forged");
        // The server takes messages in their order, so this one's sequence tells of the other.
        let end = format!("room.a.end.{n}");
        raw.publish(&end, b"end");
        let get = format!("STREAM.MSG.GET.{}", stream("a").as_str());
        let seq = wait::until("the last of both", || {
            raw.api(&get, &json!({"last_by_subj": end}))["message"]["seq"].as_u64()
        });
        assert_eq!(seq - before == 2, is_stored, "{name}: {value}");
    }
}
