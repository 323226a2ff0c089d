//! `why` on a real server: each state has its reason, and what is open stays open.

use serde_json::{Value, json};

use crate::support::program::{Done, run};
use crate::support::rooms::{delete, fill, go_config, info, purge, settle, stream};
use crate::support::{NatsServer, RawNats, Wiretap, wait};

fn why(url: &str, args: &[&str]) -> Done {
    run(&[&["why", "--server", url], args].concat())
}

/// The answer for a room, as JSON.
fn answer(url: &str, args: &[&str]) -> Value {
    let done = why(url, &[args, &["--json"]].concat());
    assert_eq!(done.code, 0, "{}", done.said);
    done.json().remove(0)
}

fn of<'a>(answer: &'a Value, reason: &str) -> &'a Value {
    let reasons = answer["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 15);
    reasons.iter().find(|one| one["reason"] == reason).unwrap()
}

/// Answer, sequences and bound of a reason.
fn is(answer: &Value, reason: &str) -> (String, Value, Value) {
    let one = of(answer, reason);
    (one["answer"].as_str().unwrap().into(), one["sequences"].clone(), one["bound"].clone())
}

fn said(answer: &Value, reason: &str) -> String {
    let words = of(answer, reason)["evidence"]["words"].as_array().unwrap();
    words.iter().map(|words| words.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

fn open(n: u64) -> (String, Value, Value) {
    ("unknown".into(), n.into(), "at-most".into())
}

fn no() -> (String, Value, Value) {
    ("no".into(), Value::Null, Value::Null)
}

/// Makes a room's stream with these fields besides.
fn make(raw: &mut RawNats, id: &str, fields: Value) {
    let mut config = go_config(id, &format!("room.{id}"));
    let set = fields.as_object().unwrap().clone();
    config.as_object_mut().unwrap().extend(set);
    if config.get("mirror").is_some() {
        config.as_object_mut().unwrap().remove("subjects");
    }
    let made = raw.api(&format!("STREAM.CREATE.{}", stream(id).as_str()), &config);
    assert!(made.get("error").is_none(), "{made}");
}

#[test]
fn a_healthy_room_has_no_reason_but_what_no_one_can_know() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 30);
    let tap = Wiretap::before(server.port());
    let all = answer(&tap.url(), &["a"]);
    assert_eq!(all["completeness"], "whole");
    for reason in ["window", "limits", "removed", "expired", "never-stored", "lost", "unreadable"] {
        assert_eq!(is(&all, reason), no(), "{reason}: {}", said(&all, reason));
    }
    for reason in ["unread", "upstream", "idle", "control-plane", "not-persisted"] {
        assert_eq!(is(&all, reason), no(), "{reason}: {}", said(&all, reason));
    }
    for reason in ["other-place", "made-later", "full"] {
        assert_eq!(is(&all, reason).0, "unknown", "{reason}");
    }
    // It only looks, and says how often.
    let published = tap.published_under("$JS");
    assert_eq!(all["requests"]["all"], published.len());
    let looks = ["STREAM.INFO", "STREAM.MSG.GET"];
    let other = published.iter().find(|subject| !looks.iter().any(|look| subject.contains(look)));
    assert_eq!(other, None);
    let text = why(&server.url(), &["a"]);
    assert!(text.out.is_ascii() && text.out.contains("complete  whole"), "{}", text.out);
}

#[test]
fn trimmed_and_deleted_rooms_name_what_can_have_and_no_more() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, "trim", json!({"max_msgs": 20}));
    raw.publish_many("room.trim", 50);
    settle(&mut raw, "trim", 50);
    let trimmed = answer(&server.url(), &["trim"]);
    assert_eq!(trimmed["completeness"], "explained");
    assert_eq!(is(&trimmed, "limits"), open(30));
    assert!(said(&trimmed, "limits").contains("max_msgs 20; the stream holds 20"));
    assert_eq!(is(&trimmed, "lost"), open(30), "a limit can hide a loss");

    fill(&mut raw, "del", "room.del", 100);
    for seq in [1, 2, 50, 51, 52] {
        delete(&mut raw, "del", seq);
    }
    let deleted = answer(&server.url(), &["del", "--last", "60"]);
    assert_eq!(deleted["completeness"], "not-explained");
    assert_eq!(is(&deleted, "removed"), open(5));
    assert_eq!(is(&deleted, "window"), ("yes".into(), json!(38), "exactly".into()));
    assert!(
        said(&deleted, "window").contains("60 sequences (41-100), of which 57 frames were read")
    );
    assert_eq!(is(&deleted, "unreadable"), no());

    // Denied afterwards, it can have been a deletion all the same.
    let mut config = info(&mut raw, "del")["config"].clone();
    config["deny_delete"] = true.into();
    config["deny_purge"] = true.into();
    let done = raw.api("STREAM.UPDATE.UNIBUS_del", &config);
    assert!(done.get("error").is_none(), "{done}");
    let denied = answer(&server.url(), &["del"]);
    assert_eq!(is(&denied, "removed"), open(5));
    assert!(said(&denied, "removed").contains("before that was set they can have"));

    fill(&mut raw, "empty", "room.empty", 7);
    purge(&mut raw, "empty", None);
    let emptied = answer(&server.url(), &["empty"]);
    assert_eq!((is(&emptied, "removed"), is(&emptied, "window")), (open(7), no()));
}

#[test]
fn a_window_of_holes_is_named_and_what_lies_below() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 300);
    for seq in 111..=295 {
        delete(&mut raw, "a", seq);
    }
    let all = answer(&server.url(), &["a"]);
    assert_eq!(is(&all, "window"), ("yes".into(), json!(100), "exactly".into()));
    assert!(said(&all, "window").contains("15 frames were read; 100 messages lie below it"));
    let window = &of(&all, "window")["evidence"];
    assert_eq!(
        (&window["window"], &window["frames"]),
        (&json!({"start": 101, "end": 300}), &json!(15))
    );
    // The control plane sends a get for each of them, missing ones included.
    assert_eq!(of(&all, "control-plane")["evidence"]["gets"], 200);
    assert!(of(&all, "control-plane")["evidence"]["round_trip_us"].as_u64().unwrap() > 0);
    let whole = answer(&server.url(), &["a", "--last", "all"]);
    assert_eq!(is(&whole, "window"), no());
}

#[test]
fn a_full_stream_that_refuses_says_so() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, "full", json!({"max_msgs": 5, "discard": "new"}));
    make(&mut raw, "bytes", json!({"max_bytes": 200, "discard": "new"}));
    raw.publish_many("room.full", 9);
    raw.publish_many("room.bytes", 30);
    settle(&mut raw, "full", 5);
    let full = answer(&server.url(), &["full"]);
    assert_eq!(is(&full, "full").0, "yes");
    assert!(said(&full, "full").contains("at max_msgs 5 (5 messages"), "{}", said(&full, "full"));
    // What was refused is no missing sequence.
    assert_eq!((full["completeness"].as_str(), is(&full, "removed")), (Some("whole"), no()));
    let bytes = answer(&server.url(), &["bytes"]);
    assert_eq!(is(&bytes, "full").0, "unknown", "a small enough one is still taken");
    delete(&mut raw, "full", 5);
    let roomy = answer(&server.url(), &["full"]);
    assert_eq!(is(&roomy, "full").0, "unknown", "it was full before");
}

#[test]
fn a_mirror_is_named_with_origin_filter_and_lag() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let made = raw.api(
        "STREAM.CREATE.ORIGIN",
        &json!({"name": "ORIGIN", "subjects": ["o.>"], "retention": "limits", "storage": "file",
            "num_replicas": 1}),
    );
    assert!(made.get("error").is_none(), "{made}");
    for _ in 0..10 {
        raw.publish("o.b", b"x");
        raw.publish("o.a", b"x");
    }
    make(&mut raw, "m", json!({"mirror": {"name": "ORIGIN", "filter_subject": "o.a"}}));
    settle(&mut raw, "m", 20);
    let mirror = answer(&server.url(), &["m"]);
    let words = said(&mirror, "upstream");
    assert!(words.starts_with("It mirrors ORIGIN, only o.a."), "{words}");
    assert!(words.contains("0 messages behind ORIGIN when it was heard of last"), "{words}");
    // No lag that is told proves that there is none.
    assert_eq!(is(&mirror, "upstream").0, "unknown");
    assert_eq!(of(&mirror, "upstream")["evidence"]["lag"], 0);
    // What the filter left out has numbers here that no message ever had.
    assert_eq!(is(&mirror, "never-stored"), open(10));
    assert!(said(&mirror, "never-stored").contains("ORIGIN, only o.a"));
    make(&mut raw, "lost", json!({"mirror": {"name": "NOBODY"}}));
    wait::until("the server to say that there is no origin", || {
        let heard = info(&mut raw, "lost")["mirror"]["error"].is_object();
        heard.then_some(())
    });
    let words = said(&answer(&server.url(), &["lost"]), "upstream");
    assert!(
        words.contains("NOBODY was not heard of yet; the server says: stream not found"),
        "{words}"
    );
}

#[test]
fn a_room_without_a_stream_is_answered_and_one_without_a_server_is_not() {
    let server = NatsServer::start();
    let none = answer(&server.url(), &["nobody"]);
    assert_eq!((&none["found"], &none["completeness"]), (&json!(false), &Value::Null));
    assert_eq!(none["reasons"][0]["reason"], "not-persisted");
    assert_eq!(is(&none, "not-persisted").0, "yes");
    // It makes nothing.
    assert_eq!(server.raw().api("STREAM.NAMES", &json!({}))["total"], 0);
    let folder = tempfile::tempdir().unwrap();
    let rooms = folder.path().join("rooms.toml");
    std::fs::write(&rooms, "[[rooms]]\nid = 'a'\nsubject = 'room.a'\npersist = false\n").unwrap();
    let unkept = answer(&server.url(), &["a", "--rooms", rooms.to_str().unwrap()]);
    assert!(said(&unkept, "not-persisted").contains("rooms file says"), "{unkept}");
    let nobody = why("nats://127.0.0.1:1", &["a"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    let slip = why(&server.url(), &["a", "--last", "0"]);
    assert_eq!(slip.code, 2, "{}", slip.said);
}

#[test]
fn a_room_that_may_not_be_looked_at_is_not_known() {
    let server = NatsServer::with_config(
        "accounts { CHAT { jetstream: enabled, users: [{user: all, password: all},\
           {user: blind, password: blind, permissions: {publish: {deny: [\
             \"$JS.API.STREAM.INFO.UNIBUS_a\", \"$JS.API.STREAM.MSG.GET.UNIBUS_b\"]}}}]}}",
    );
    let mut raw = server.raw_as("all", "all");
    fill(&mut raw, "a", "room.a", 3);
    fill(&mut raw, "b", "room.b", 3);
    let url = server.url_as("blind:blind");
    let done = why(&url, &["a", "--json"]);
    assert_eq!(done.code, 1, "{}", done.said);
    let blind = &done.json()[0];
    assert_eq!((&blind["completeness"], &blind["found"]), (&json!("not-known"), &Value::Null));
    let answers: Vec<_> = blind["reasons"].as_array().unwrap().iter().collect();
    assert!(answers.iter().all(|one| one["answer"] == "unknown"), "{blind}");
    assert_eq!(of(blind, "other-place")["evidence"]["account"], "CHAT");
    // Its state can be had, but none of its frames: that is no reason to call them gone.
    let unread = answer(&url, &["b"]);
    assert_eq!(is(&unread, "unread"), ("yes".into(), json!(3), "exactly".into()));
    assert_eq!(is(&unread, "removed"), no());
    assert_eq!(unread["completeness"], "not-known");
}

#[test]
fn a_first_sequence_is_told_with_its_condition_and_as_set_later_where_it_was() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, "made", json!({"first_seq": 1_000}));
    raw.publish_many("room.made", 5);
    settle(&mut raw, "made", 1_004);
    let made = answer(&server.url(), &["made"]);
    assert_eq!(is(&made, "never-stored"), open(999));
    assert!(said(&made, "never-stored").contains("if it was made so"));

    fill(&mut raw, "later", "room.later", 10);
    for seq in [1, 2] {
        delete(&mut raw, "later", seq);
    }
    let mut config = go_config("later", "room.later");
    config["first_seq"] = 1_000.into();
    let done = raw.api("STREAM.UPDATE.UNIBUS_later", &config);
    assert!(done.get("error").is_none(), "{done}");
    let later = answer(&server.url(), &["later"]);
    assert!(said(&later, "never-stored").contains("was set later"), "{later}");
    assert_eq!(later["completeness"], "not-explained");
}

#[test]
fn every_run_is_listed_without_reading_a_frame() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 3_000);
    for seq in (2..2_900).step_by(2).chain([1, 2_999]) {
        delete(&mut raw, "a", seq);
    }
    let tap = Wiretap::before(server.port());
    let done = why(&tap.url(), &["a", "--runs", "--json"]);
    assert_eq!(done.code, 0, "{}", done.said);
    let gets = tap.published_under("$JS");
    assert!(gets.iter().all(|subject| subject.contains("STREAM.INFO")), "{gets:?}");
    let lines = done.json();
    let (first, runs) = lines.split_first().unwrap();
    assert_eq!(is(first, "unread").0, "unknown", "nothing was read");
    assert_eq!(is(first, "window"), ("yes".into(), json!(1_399), "exactly".into()));
    let (ends, causes): (Vec<_>, Vec<_>) = runs
        .iter()
        .map(|run| {
            assert_eq!(run["type"], "gap");
            let end = |end: &str| run[end].as_u64().unwrap();
            assert_eq!(end("count"), end("end") - end("start") + 1);
            ((end("start"), end("end")), run["cause"].as_str().unwrap())
        })
        .unzip();
    assert_eq!((ends[0], causes[0]), ((1, 2), "before-first"));
    assert_eq!((ends[1], causes[1]), ((4, 4), "removed"));
    assert_eq!((ends[ends.len() - 1], ends.len()), ((2_999, 2_999), 1 + 1_448 + 1));
    let missing: u64 = runs.iter().map(|run| run["count"].as_u64().unwrap()).sum();
    assert_eq!(missing, 1_449 + 2);

    let text = why(&server.url(), &["a", "--runs"]);
    assert!(text.out.ends_with("\n2999-2999 1 removed\n1,450 runs, 1,451 missing sequences\n"));
    assert!(text.out.contains("\n1-2 2 before the first sequence\n4-4 1 removed\n"));
}

#[test]
fn the_runs_of_a_damaged_room_and_its_verdict_say_the_same() {
    let done = run(&["why", "vault", "--demo", "--runs", "--json"]);
    assert_eq!(done.code, 0, "{}", done.said);
    let lines = done.json();
    let (first, runs) = lines.split_first().unwrap();
    assert_eq!(first["completeness"], "damaged");
    assert_eq!(is(first, "lost"), ("yes".into(), json!(63), "exactly".into()));
    let lost = runs.iter().filter(|run| run["cause"] == "lost");
    assert_eq!(lost.map(|run| run["count"].as_u64().unwrap()).sum::<u64>(), 63);
}
