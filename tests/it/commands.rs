//! `rooms`, `history` and `ensure` on a real server and on the demo.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::program::{Done, command, run};
use crate::support::rooms::{delete, fill, info, purge, stream};
use crate::support::{NatsServer, RawNats};

/// Forty messages, of which 5, 11 to 13 and 40 were deleted and the first two purged.
fn holed(raw: &mut RawNats) {
    fill(raw, "a", "room.a", 40);
    for seq in [5, 11, 12, 13, 40] {
        delete(raw, "a", seq);
    }
    purge(raw, "a", Some(3));
}

fn history(server: &NatsServer, args: &[&str]) -> Done {
    run(&[&["history", "--server", &server.url()], args].concat())
}

/// The payloads of the sequences that are there.
fn payloads(range: std::ops::RangeInclusive<u64>) -> Vec<String> {
    range
        .filter(|seq| ![1, 2, 5, 11, 12, 13, 40].contains(seq))
        .map(|seq| STANDARD.encode(format!("m{seq}")))
        .collect()
}

#[test]
fn each_form_of_a_history_tells_what_is_stored() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    holed(&mut raw);

    let base64 = history(&server, &["a", "--format", "base64"]);
    assert_eq!((base64.code, base64.out.lines().collect::<Vec<_>>()), (0, strs(&payloads(3..=40))));
    let account = "a: sequences 3-40 of 3-40: 38 slots = 33 frames + 5 missing + 0 unread";
    assert!(base64.said.contains(account), "{}", base64.said);

    let contract = history(&server, &["a", "--format", "contract", "--last", "10"]);
    let wanted = format!("{{\"messages\":[\"{}\"]}}", payloads(31..=40).join("\",\""));
    assert_eq!(contract.out, wanted);

    let jsonl = history(&server, &["a", "--format", "jsonl", "--from", "9", "--last", "6"]).json();
    let kinds: Vec<&str> = jsonl.iter().map(|record| record["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["frame", "frame", "gap", "frame"]);
    let (frame, gap) = (&jsonl[0], &jsonl[2]);
    assert_eq!((&frame["seq"], &frame["subject"]), (&json!(9), &json!("room.a")));
    assert_eq!((&frame["size"], &frame["base64"]), (&json!(2), &json!("bTk=")));
    assert_eq!((&gap["start"], &gap["end"], &gap["count"]), (&json!(11), &json!(13), &json!(3)));
    assert_eq!((&gap["cause"], &gap["before"]["seq"]), (&json!("removed"), &json!(10)));

    let table = history(&server, &["a", "--last", "30", "--utc"]).out;
    assert!(table.contains("--- 11-13 - 3 removed - between 10 (20"), "{table}");
    let end = table.lines().last().unwrap();
    assert!(end.starts_with("--- 40 - 1 removed - after 39 (20"), "{table}");
    let hex = history(&server, &["a", "--seq", "10", "--format", "hex"]).out;
    assert!(hex.contains("00000000  6d 31 30   "), "{hex}");
    assert!(hex.ends_with("|m10|\n00000003\n"), "{hex}");

    let frame = command(&["history", "a", "--seq", "10", "--format", "raw", "--server"])
        .arg(server.url())
        .output()
        .unwrap();
    assert_eq!(frame.stdout, b"m10");
}

fn strs(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

#[test]
fn a_history_since_a_time_begins_with_the_first_frame_after_it() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    holed(&mut raw);
    let jsonl = history(&server, &["a", "--format", "jsonl"]).json();
    let time = jsonl.iter().find(|record| record["seq"] == 30).unwrap()["time"].clone();
    let args = ["a", "--since", time.as_str().unwrap(), "--format", "base64", "--last", "3"];
    let since = history(&server, &args);
    assert_eq!(since.out.lines().collect::<Vec<_>>(), strs(&payloads(30..=32)), "{}", since.said);
    let late = history(&server, &["a", "--since", "now", "--format", "contract"]);
    assert_eq!((late.code, late.out.as_str()), (0, "{\"messages\":[]}"), "{}", late.said);
}

#[test]
fn what_cannot_be_had_is_said_in_one_line_with_the_fix() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    holed(&mut raw);
    for (args, code, wanted) in [
        (&["nope"][..], 1, "there is no stream UNIBUS_nope; check the id with roomscope rooms"),
        (&["a", "--from", "41"], 1, "holds sequences 3 to 40, and nothing at or above 41"),
        (&["a", "--seq", "2", "--format", "base64"], 1, "no frame: 2 of 1-2 - 1 before the first"),
        (&["a", "--seq", "12", "--format", "base64"], 1, "no frame: 12 of 11-13 - 1 removed"),
        (&["a", "--since", "2099-01-01"], 2, "is in the future"),
        (&["a", "--since", "12"], 2, "or --from 12"),
        (&["a", "--since", "whenever"], 2, "'whenever' is no time; as in 3h, 14:03"),
        (&["a", "--seq", "3", "--last", "2"], 2, "cannot be used with"),
        (&["a", "--from", "0"], 2, "a whole number from 1 on"),
        (&["a", "--last", "0"], 2, "a whole number from 1 on, or all"),
        (&["a", "--last", "1001", "--format", "contract"], 2, "1 to 1000"),
        (&["a", "--format", "raw"], 2, "name it with --seq"),
        (&["a.b"], 2, "'.' cannot be part of a stream name"),
    ] {
        let done = history(&server, args);
        assert_eq!((done.code, done.out.as_str()), (code, ""), "{args:?}: {}", done.said);
        assert!(done.said.contains(wanted), "{args:?}: {}", done.said);
        assert_eq!(done.said.lines().count(), 1, "{args:?}: {}", done.said);
    }
}

#[test]
fn what_could_not_be_read_is_never_left_out_in_silence() {
    for (form, whole) in [("table", true), ("jsonl", true), ("base64", true), ("contract", false)] {
        let args = ["history", "--demo", "field-team", "--last", "40", "--format", form];
        let done = run(&args);
        assert_eq!(done.code, 1, "{form}");
        assert!(done.said.contains("8 of "), "{form}: {}", done.said);
        assert!(done.said.contains("could not be read"), "{form}: {}", done.said);
        assert_eq!(done.said.contains("40 slots = 30 frames + 2 missing + 8 unread"), whole);
        if form == "contract" {
            assert!(serde_json::from_str::<Value>(&done.out).is_err(), "it must not look whole");
        }
    }
}

#[test]
fn a_history_ensures_a_known_room_unless_told_not_to() {
    let server = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.toml");
    std::fs::write(&file, "[[rooms]]\nid = 'new'\nsubject = 'room.new'\n").unwrap();
    let rooms = ["--rooms", file.to_str().unwrap(), "new", "--format", "contract"];
    let looked = history(&server, &[&rooms[..], &["--read-only"]].concat());
    assert_eq!((looked.code, looked.out.as_str()), (0, "{\"messages\":[]}"));
    assert!(looked.said.contains("would be created"), "{}", looked.said);
    let mut raw = server.raw();
    assert!(info(&mut raw, "new")["error"].is_object());
    let made = history(&server, &rooms);
    assert_eq!((made.code, made.out.as_str()), (0, "{\"messages\":[]}"));
    assert!(made.said.contains("never captured"), "{}", made.said);
    assert_eq!(info(&mut raw, "new")["config"]["subjects"], json!(["room.new"]));
    assert!(history(&server, &rooms).said.contains("knows of none that was given out"));
}

#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    let mut child = command(&["history", "--demo", "telemetry", "--last", "all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("SUBJECT"), "{line}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn rooms_are_filtered_and_sorted_and_json_is_ascii() {
    let ids = |args: &[&str]| -> Vec<String> {
        let done = run(&[&["rooms", "--demo", "--json"], args].concat());
        assert_eq!(done.code, 0, "{}", done.said);
        assert!(done.out.is_ascii());
        done.json().iter().map(|room| room["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["--sort", "missing"])[..2], ["telemetry", "announcements"]);
    assert_eq!(ids(&["--sort", "frames"])[..2], ["telemetry", "lobby"]);
    assert_eq!(ids(&["--state", "drift"]), ["payments"]);
    assert_eq!(ids(&["--state", "no-stream", "--state", "drift"]), ["design-review", "payments"]);
    assert_eq!(ids(&["support"]), ["support"]);
    assert!(ids(&["no such room"]).is_empty());
    let table = run(&["rooms", "--demo", "--sort", "bytes"]).out;
    assert!(table.starts_with("ROOM "), "{table}");
    assert!(table.lines().nth(1).unwrap().starts_with("telemetry "), "{table}");
    let wrong = run(&["rooms", "--demo", "--state", "fine"]);
    assert!(wrong.code == 2 && wrong.said.contains("no-stream, drift"), "{}", wrong.said);
    assert!(wrong.said.ends_with("; see roomscope rooms --help\n"), "{}", wrong.said);
}

#[test]
fn rooms_of_a_real_server_are_listed() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    holed(&mut raw);
    let done = run(&["rooms", "--json", "--server", &server.url()]);
    let rooms = done.json();
    assert_eq!((done.code, rooms.len()), (0, 1), "{}", done.said);
    let room = &rooms[0];
    assert_eq!((&room["id"], &room["stream"]), (&json!("a"), &json!(stream("a").as_str())));
    assert_eq!((&room["frames"], &room["first_seq"]), (&json!(33), &json!(3)));
    assert_eq!((&room["missing"], &room["before_first"]), (&json!(5), &json!(2)));
}

#[test]
fn ensure_checks_creates_and_changes_only_when_told() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "kept", "room.kept", 1);
    let odd = json!({"name": "UNIBUS_odd", "subjects": ["room.odd", "other.>"],
        "storage": "file", "max_msgs": 7, "description": "keep me"});
    assert!(raw.api("STREAM.CREATE.UNIBUS_odd", &odd).get("error").is_none());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.toml");
    let rooms =
        ["kept", "odd", "new"].map(|id| format!("[[rooms]]\nid='{id}'\nsubject='room.{id}'\n"));
    std::fs::write(&file, rooms.concat()).unwrap();
    let url = server.url();
    let ensure = |args: &[&str]| {
        let common = ["ensure", "--server", &url, "--rooms", file.to_str().unwrap(), "--json"];
        let done = run(&[&common[..], args].concat());
        let outcomes: Vec<String> =
            done.json().iter().map(|row| row["outcome"].as_str().unwrap().to_owned()).collect();
        (done.code, outcomes)
    };
    let found = |code, outcomes: &[&str]| (code, outcomes.iter().map(|&o| o.to_owned()).collect());
    assert_eq!(ensure(&["--all", "--check"]), found(3, &["present", "drifted", "missing"]));
    assert!(info(&mut raw, "new")["error"].is_object(), "a check creates nothing");
    assert_eq!(ensure(&["--all"]), found(3, &["present", "drifted", "created"]));
    assert_eq!(info(&mut raw, "odd")["config"]["subjects"], odd["subjects"], "nor changes");
    assert_eq!(ensure(&["odd", "--apply"]), found(0, &["drifted", "changed"]));
    let changed = info(&mut raw, "odd")["config"].clone();
    assert_eq!(changed["subjects"], json!(["room.odd"]));
    assert_eq!((&changed["max_msgs"], &changed["description"]), (&json!(7), &json!("keep me")));
    assert_eq!(ensure(&["--all", "--check"]), found(0, &["present"; 3]));
    assert_eq!(ensure(&["unknown"]), found(1, &["failed"]));
    let refused = run(&["ensure", "kept", "--apply", "--read-only", "--server", &url]);
    assert!(refused.code == 2 && refused.said.contains("choose one"), "{}", refused.said);
}

#[test]
fn a_gap_is_told_of_as_far_as_it_goes() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    holed(&mut raw);
    delete(&mut raw, "a", 39);
    let whole = history(&server, &["a", "--from", "1", "--last", "4", "--format", "jsonl"]);
    let first = &whole.json()[0];
    assert_eq!((&first["start"], &first["end"]), (&json!(1), &json!(2)));
    assert_eq!(first["cause"], "before-first");
    assert!(whole.said.contains("2 before the first one"), "{}", whole.said);
    let inside = history(&server, &["a", "--last", "3", "--format", "jsonl"]).json();
    assert!(inside.iter().all(|record| record["start"] != 1), "the window does not reach there");
    // The window cuts the hole at either end.
    let cut = history(&server, &["a", "--seq", "39", "--format", "jsonl"]).json();
    assert_eq!(cut[0]["hole"], json!({"start": 39, "end": 40}));
    let cut = history(&server, &["a", "--from", "12", "--last", "3", "--format", "jsonl"]).json();
    assert_eq!((&cut[0]["start"], &cut[0]["hole"]["start"]), (&json!(12), &json!(11)));
    let below = history(&server, &["a", "--seq", "2"]);
    assert_eq!(below.code, 0, "{}", below.said);
    assert!(below.out.contains("--- 2 of 1-2 - 1 before the first sequence"), "{}", below.out);

    purge(&mut raw, "a", None);
    let empty = history(&server, &["a", "--format", "jsonl"]).json();
    assert_eq!((empty.len(), &empty[0]["end"]), (1, &json!(40)));
}

#[test]
fn the_demo_takes_the_place_of_a_server_and_goes_with_none() {
    for (option, value) in
        [("--server", "nats://prod"), ("--context", "prod"), ("--creds", "x"), ("--rooms", "x")]
    {
        let done = run(&["rooms", "--demo", option, value]);
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{option}");
        assert!(done.said.contains("cannot be used with"), "{}", done.said);
    }
}

#[test]
fn a_command_with_a_slip_is_not_taken_for_a_room() {
    let done = run(&["histroy", "support"]);
    assert_eq!(done.code, 2);
    assert!(done.said.contains("'histroy' is no command; did you mean history?"), "{}", done.said);
    let room = run(&["--", "histroy"]);
    assert!(room.said.contains("is not a terminal"), "{}", room.said);
    let tip = run(&["rooms", "--last", "3"]).said;
    assert!(!tip.contains("as a value"), "{tip}");
}

#[test]
fn a_contexts_credentials_do_not_go_elsewhere_in_silence() {
    let server = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let contexts = folder.path().join("nats/context");
    std::fs::create_dir_all(&contexts).unwrap();
    let prod = json!({"url": "nats://prod:4222", "user": "ops", "password": "hunter2"});
    std::fs::write(contexts.join("prod.json"), prod.to_string()).unwrap();
    let done = Done::of(
        command(&["rooms", "--context", "prod", "--server", &server.url()])
            .env("XDG_CONFIG_HOME", folder.path())
            .output()
            .unwrap(),
    );
    assert_eq!(done.code, 0, "{}", done.said);
    assert!(done.said.starts_with("roomscope: warning: user, password of context 'prod'"));
    assert!(!done.said.contains("hunter2"), "{}", done.said);
}
