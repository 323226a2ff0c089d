//! `check` on a real server and on the demo.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::program::{Done, run};
use crate::support::rooms::{delete, fill, go_config, settle, stream};
use crate::support::{NatsServer, Wiretap};
use roomscope::store::embedded::{LEAKS, Shape};

fn check(url: &str, args: &[&str]) -> Done {
    run(&[&["check", "--server", url], args].concat())
}

/// One check of a report.
fn of<'a>(report: &'a Value, check: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("{check}: {report}"))
}

fn seqs(items: &Value) -> Vec<u64> {
    items.as_array().unwrap().iter().map(|item| item["seq"].as_u64().unwrap()).collect()
}

/// The checks that came out so.
fn standing(report: &Value, standing: &str) -> BTreeSet<String> {
    let checks = report["checks"].as_array().unwrap();
    let named = checks.iter().filter(|one| one["standing"] == standing);
    named.map(|one| one["check"].as_str().unwrap().to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_demos_leaky_room_is_named_with_its_leaks_and_no_other_is() {
    let done = run(&["check", "hr-desk", "--demo", "--json"]);
    assert_eq!(done.code, 3, "{}", done.said);
    let report = &done.json()[0];
    let plaintext = of(report, "plaintext");
    assert_eq!(seqs(&plaintext["items"]), LEAKS);
    assert_eq!((&plaintext["too_short"], &plaintext["mixed"]["count"]), (&json!(2), &json!(0)));
    assert_eq!(standing(report, "wrong"), set(&["plaintext"]));

    let text = run(&["check", "hr-desk", "--demo"]);
    assert_eq!(text.code, 3);
    assert!(text.out.ends_with("\nverdict   WRONG: plaintext.\n\n"), "{}", text.out);
    // What was said is nobody's business.
    assert!(!text.out.contains("Salary") && !text.out.contains("typing"), "{}", text.out);

    let all = run(&["check", "--all", "--demo", "--json"]);
    // What is wrong goes before the three rooms that could not be looked at.
    assert_eq!(all.code, 3, "{}", all.said);
    let reports = all.json();
    let rooms: BTreeSet<_> = reports.iter().map(|report| report["room"].to_string()).collect();
    assert_eq!((reports.len(), rooms.len()), (18, 18));
    for report in reports.iter().filter(|report| !report["examined"].is_null()) {
        let leaks = of(report, "plaintext")["count"].as_u64().unwrap_or_default();
        assert_eq!(leaks > 0, report["room"] == "hr-desk", "{report}");
    }
}

#[test]
fn ten_thousand_random_frames_are_fine_and_only_read() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 0);
    let shape = Shape { most: 400, ..Shape::chat(77, "room.a") };
    for seq in 1..=10_000 {
        raw.publish("room.a", &shape.frame(seq).payload);
    }
    settle(&mut raw, "a", 10_000);
    let tap = Wiretap::before(server.port());
    let done = check(&tap.url(), &["a", "--last", "all", "--json"]);
    let report = &done.json()[0];
    // No rooms file names the room, yet all that is compared is as it should be.
    assert_eq!((done.code, &report["verdict"]), (0, &json!("fine")), "{report}");
    let plaintext = of(report, "plaintext");
    assert_eq!((&plaintext["judged"], &plaintext["count"]), (&json!(10_000), &json!(0)));
    assert_eq!(of(report, "duplicates")["standing"], "ok");
    assert_eq!(report["examined"]["frames"], 10_000);

    let published = tap.published_under("$JS");
    assert!((10_000..10_060).contains(&published.len()), "{}", published.len());
    assert_eq!(report["requests"]["all"], published.len());
    only_looks(&tap, "a");
}

/// Nothing was sent but looks at one stream.
fn only_looks(tap: &Wiretap, id: &str) {
    let name = stream(id);
    let looks =
        ["STREAM.INFO", "STREAM.MSG.GET"].map(|api| format!("$JS.API.{api}.{}", name.as_str()));
    let allowed = |subject: &String| looks.contains(subject) || subject == "$SYS.REQ.USER.INFO";
    let others: Vec<_> = tap.published().into_iter().filter(|s| !allowed(s)).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn drift_deletions_repeats_and_leaks_are_found_on_a_real_server() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let mut config = go_config("a", "room.a");
    config["subjects"] = json!(["room.a", "audit.a"]);
    config["max_age"] = json!(3_600_000_000_000u64);
    let made = raw.api(&format!("STREAM.CREATE.{}", stream("a").as_str()), &config);
    assert!(made.get("error").is_none(), "{made}");
    let shape = Shape::chat(5, "room.a");
    for seq in 1..=300 {
        // 250 is 40 again, 260 was never encrypted, 270 is in an envelope.
        let payload = match seq {
            250 => shape.frame(40).payload,
            260 => b"has anybody seen the keys to the server room?".to_vec(),
            270 => {
                let sealed = hex::encode(shape.frame(seq).payload);
                json!({"sender": "ada", "room": "a", "ciphertext": sealed}).to_string().into()
            }
            _ => shape.frame(seq).payload,
        };
        raw.publish("room.a", &payload);
    }
    settle(&mut raw, "a", 300);
    for seq in [1, 2, 30, 200, 201, 202, 300] {
        delete(&mut raw, "a", seq);
    }
    let folder = tempfile::tempdir().unwrap();
    let rooms = folder.path().join("rooms.toml");
    std::fs::write(&rooms, "[[rooms]]\nid = 'a'\nsubject = 'room.a'\npersist = true\n").unwrap();
    let rooms = ["--rooms", rooms.to_str().unwrap()];

    let tap = Wiretap::before(server.port());
    let done = check(&tap.url(), &[&["a", "--json"], &rooms[..]].concat());
    assert_eq!(done.code, 3, "{}", done.said);
    let report = &done.json()[0];
    assert_eq!(standing(report, "wrong"), set(&["config", "duplicates", "plaintext"]));
    assert_eq!(standing(report, "note"), set(&["gaps"]));
    assert_eq!(of(report, "config")["drift"][0]["field"], "subjects");
    assert_eq!(of(report, "config")["others"][0][0], "max_age");
    let gaps = of(report, "gaps");
    assert_eq!((&gaps["before_first"], &gaps["missing_in_stream"]), (&json!(2), &json!(5)));
    let runs: Vec<_> =
        gaps["items"].as_array().unwrap().iter().map(|gap| gap["count"].clone()).collect();
    assert_eq!(runs, [1, 3, 1]);
    let repeat = &of(report, "duplicates")["items"][0];
    assert_eq!((&repeat["at"]["seq"], &repeat["first"]), (&json!(250), &json!(40)));
    assert_eq!(seqs(&of(report, "plaintext")["items"]), [260]);
    let requests = tap.published_under("$JS").len();
    assert!((293..293 + 3 + 6).contains(&requests), "{requests}");
    only_looks(&tap, "a");

    // The part that is read does not hold the leak; the rest is still told.
    let newest = check(&server.url(), &[&["a", "--last", "20", "--json"], &rooms[..]].concat());
    let report = &newest.json()[0];
    assert_eq!(standing(report, "wrong"), set(&["config"]));
    assert_eq!(
        report["examined"],
        json!({"start": 281, "end": 300, "frames": 19,
        "bytes": report["examined"]["bytes"]})
    );
    assert_eq!(of(report, "gaps")["missing_in_stream"], 5);
}

#[test]
fn what_is_noted_counts_under_strict_only() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 12);
    delete(&mut raw, "a", 5);
    let lenient = check(&server.url(), &["a"]);
    assert_eq!(lenient.code, 4, "{}", lenient.out);
    assert!(lenient.out.contains("\nverdict   NOT EXPLAINED: 1 missing sequence; noted: gaps.\n"));
    let strict = check(&server.url(), &["a", "--strict"]);
    assert_eq!(strict.code, 3);
    assert!(
        strict.out.contains("\nverdict   WRONG, by --strict; noted: gaps.\n"),
        "{}",
        strict.out
    );
}

#[test]
fn what_people_removed_on_purpose_is_accepted_up_to_a_number() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 12);
    let folder = tempfile::tempdir().unwrap();
    let rooms = folder.path().join("rooms.toml");
    let room = "[[rooms]]\nid = 'a'\nsubject = 'room.a'\naccept_missing = 2\n";
    std::fs::write(&rooms, room).unwrap();
    let rooms = rooms.to_str().unwrap();
    let code = |args: &[&str]| check(&server.url(), &[&["a"], args].concat()).code;
    delete(&mut raw, "a", 1);
    delete(&mut raw, "a", 5);
    assert_eq!(code(&[]), 4);
    assert_eq!((code(&["--accept-missing"]), code(&["--accept-missing=2"])), (0, 0));
    assert_eq!((code(&["--accept-missing=1"]), code(&["--rooms", rooms])), (4, 0));
    assert_eq!(check(&server.url(), &["--all", "--rooms", rooms]).code, 0);
    delete(&mut raw, "a", 7);
    assert_eq!((code(&["--accept-missing=2"]), code(&["--rooms", rooms])), (4, 4));
    assert_eq!(code(&["--rooms", rooms, "--accept-missing=3"]), 0, "what is typed goes before");
    let report = check(&server.url(), &["a", "--accept-missing", "--json"]).json();
    assert_eq!((&report[0]["verdict"], &report[0]["accepted"]), (&json!("fine"), &json!(true)));
    assert_eq!(report[0]["completeness"], "not-explained");
    assert_eq!(report[0]["unexplained"], 3);
}

#[test]
fn a_room_that_is_missing_and_one_that_nobody_knows_are_told_apart() {
    let server = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let rooms = folder.path().join("rooms.toml");
    std::fs::write(
        &rooms,
        "[[rooms]]\nid = 'a'\nsubject = 'room.a'\npersist = true\n\
         [[rooms]]\nid = 'b'\nsubject = 'room.b'\npersist = false\n",
    )
    .unwrap();
    let rooms = rooms.to_str().unwrap();
    let code = |id| check(&server.url(), &[id, "--rooms", rooms]).code;
    assert_eq!((code("a"), code("b"), code("c")), (3, 0, 1));
    let all = check(&server.url(), &["--all", "--rooms", rooms]);
    assert_eq!(all.code, 3, "{}", all.out);
    assert!(
        all.said.starts_with("2 rooms: 1 fine, 0 not explained, 1 wrong, 0 could not be checked"),
        "{}",
        all.said
    );
    // Checking makes nothing.
    assert_eq!(server.raw().api("STREAM.NAMES", &json!({}))["total"], 0);
}

#[test]
fn a_room_that_may_not_be_looked_at_could_not_be_checked() {
    let server = NatsServer::with_config(
        "accounts { CHAT { jetstream: enabled, users: [\
           {user: all, password: all},\
           {user: blind, password: blind, permissions: {publish: {deny: [\
             \"$JS.API.STREAM.INFO.UNIBUS_a\", \"$JS.API.STREAM.MSG.GET.UNIBUS_b\"]}}}]}}",
    );
    let mut raw = server.raw_as("all", "all");
    fill(&mut raw, "a", "room.a", 3);
    fill(&mut raw, "b", "room.b", 3);
    let url = server.url_as("blind:blind");
    let done = check(&url, &["a", "--json"]);
    assert_eq!(done.code, 1);
    let report = &done.json()[0];
    assert_eq!(standing(report, "unchecked"), set(&["stream"]));
    let summary = of(report, "stream")["summary"].as_str().unwrap();
    assert!(summary.contains("$JS.API.STREAM.INFO.UNIBUS_a"), "{summary}");
    // Its state can be had, but none of its frames.
    let done = check(&url, &["b", "--json"]);
    assert_eq!(done.code, 1, "{}", done.out);
    assert_eq!(standing(&done.json()[0], "unchecked"), set(&["unread"]));
    assert!(!done.out.contains("blind:blind"), "{}", done.out);
}

#[test]
fn it_is_asked_for_rightly_or_not_at_all() {
    for (args, wanted) in [
        (&["check"][..], "<ROOM>"),
        (&["check", "a", "--all"], "--all"),
        (&["check", "a", "--last", "0"], "a whole number from 1 on, or all"),
        (&["check", "a", "--last", "-1"], "a whole number from 1 on, or all"),
    ] {
        let done = run(args);
        assert_eq!(done.code, 2, "{args:?}: {}", done.said);
        assert!(done.said.contains(wanted), "{args:?}: {}", done.said);
    }
    let nobody = check("nats://u:s3cr3t@127.0.0.1:1", &["a"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    assert!(!nobody.said.contains("s3cr3t"), "{}", nobody.said);
}
