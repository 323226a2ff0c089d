//! Bundles of damaged stores, and of what the server has forgotten meanwhile.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{command, export, manifest, ran, roomscope, verify};
use crate::support::rooms::{fill, info, settle};
use crate::support::{NatsServer, Wiretap, program, wait};

/// Messages of 100 KB: three blocks of 8 MB.
const MESSAGES: u64 = 240;

/// A server that was stopped after it stored all of them.
fn stopped() -> NatsServer {
    let mut server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "chat.a", 0);
    for n in 0..MESSAGES {
        raw.publish("chat.a", &vec![n as u8; 100_000]);
    }
    settle(&mut raw, "a", MESSAGES);
    server.stop();
    server
}

/// Records of all kinds but frames.
fn holes(bundle: &Path) -> Vec<Value> {
    let text = fs::read_to_string(bundle.join("frames.jsonl")).unwrap();
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.filter(|record| record["type"] != "frame").collect()
}

#[test]
fn a_loss_is_in_the_bundle_also_when_the_server_forgot_it_before_the_export_went_on() {
    let mut server = stopped();
    fs::remove_file(server.streams().join("UNIBUS_a/msgs/2.blk")).unwrap();
    server.start_again();
    let state = info(&mut server.raw(), "a")["state"].clone();
    let lost: Vec<u64> = serde_json::from_value(state["lost"]["msgs"].clone()).unwrap();
    let (first, last, n) = (lost[0], lost[lost.len() - 1], lost.len() as u64);
    assert!(n > 50 && last < MESSAGES, "{lost:?}");
    let folder = tempfile::tempdir().unwrap();
    let (whole, out) = (folder.path().join("whole"), folder.path().join("out"));
    let said = ran(&roomscope(&[&"export", &"a", &"--server", &server.url(), &"--out", &whole]), 0);
    assert!(said.1.contains(&format!("completeness: damaged: {n} sequences are reported as lost")));
    let told = verify(&whole, 0);
    assert_eq!((&told["completeness"], &told["whole"]), (&"damaged".into(), &true.into()));
    assert_eq!(told["account"]["missing_by_cause"]["lost"], n);

    // A history names it, too, and is no failure by it.
    let history = ["history", "a", "--last", "all", "--format", "base64", "--server"];
    let history = program::run(&[&history[..], &[&server.url()]].concat());
    assert_eq!((history.code, history.out.lines().count() as u64), (0, MESSAGES - n));
    let line = format!("a: {n} sequences lost ({first}-{last}), as the server reports");
    assert!(history.said.lines().any(|said| said == line), "{}", history.said);

    // The beginning of it before the server is started again, the rest after.
    let slow = Wiretap::far_before(server.port(), Duration::from_millis(150));
    let mut child =
        command(&[&"export", &"a", &"--server", &slow.url(), &"--out", &out]).spawn().unwrap();
    let lines = folder.path().join("out.partial/bundle/frames.jsonl");
    wait::until("a part to be written", || {
        assert!(child.try_wait().unwrap().is_none(), "it ended too soon");
        fs::metadata(&lines).is_ok_and(|file| file.len() > 1_000).then_some(())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let read = fs::read_to_string(&lines).unwrap().lines().count() as u64;
    assert!(read < first, "{read} lines were read before");
    server.stop();
    server.start_again();
    assert!(info(&mut server.raw(), "a")["state"]["lost"].is_null(), "it has forgotten");
    export(&server.url(), "a", &out);
    for (bundle, forgotten) in [(&whole, false), (&out, true)] {
        let holes = holes(bundle);
        assert_eq!(holes.len(), 1, "{holes:?}");
        let ends = (&holes[0]["cause"], &holes[0]["start"], &holes[0]["end"]);
        assert_eq!(ends, (&"lost".into(), &first.into(), &last.into()));
        assert_eq!(holes[0]["evidence"]["forgotten"], forgotten);
        let about = manifest(bundle);
        assert_eq!(about["completeness"], "damaged");
        let damage = &about["damage"];
        assert_eq!(damage["sequences"], serde_json::json!([{"start": first, "end": last}]));
        assert_eq!(damage["forgotten"], forgotten);
        assert!(damage["leader"].is_string() && damage["as_of"].is_string(), "{damage}");
        assert_eq!(about["begun"]["stream"]["state"]["damage"]["forgotten"], false);
        let ended = &about["ended"]["stream"]["state"]["damage"];
        assert_eq!(ended["forgotten"], forgotten, "{ended}");
    }
}

#[test]
fn a_flipped_bit_is_an_unreadable_sequence_and_damage_some_seconds_later() {
    let mut server = stopped();
    server.start_again();
    let block = server.streams().join("UNIBUS_a/msgs/2.blk");
    let mut bytes = fs::read(&block).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&block, bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    export(&server.url(), "a", &out);
    let told = verify(&out, 0);
    let account = &told["account"];
    assert_eq!((&account["frames"], &account["unreadable"]), (&239.into(), &1.into()));
    assert_eq!((&account["missing"], &account["unread"]), (&0.into(), &0.into()));
    assert_eq!(told["completeness"], "damaged");
    let holes = holes(&out);
    assert_eq!((holes.len(), &holes[0]["type"]), (1, &"unreadable".into()));
    let (shown, _) = ran(&roomscope(&[&"verify", &out]), 0);
    assert!(shown.contains("1 unreadable, 0 unread"), "{shown}");
    assert!(shown.contains("when it was exported: damaged"), "{shown}");
    let why = manifest(&out)["completeness_reasons"][0].as_str().unwrap().to_owned();
    assert!(why.contains("twice some seconds apart"), "{why}");
}

#[test]
fn a_lost_head_is_named_beside_what_is_before_the_first_sequence() {
    let mut server = stopped();
    fs::remove_file(server.streams().join("UNIBUS_a/msgs/1.blk")).unwrap();
    server.start_again();
    let state = info(&mut server.raw(), "a")["state"].clone();
    let first = state["first_seq"].as_u64().unwrap();
    assert!(first > 50 && state["num_deleted"].is_null(), "{state}");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    export(&server.url(), "a", &out);
    assert_eq!(verify(&out, 0)["completeness"], "damaged");
    let below = manifest(&out)["before_first"].clone();
    assert_eq!((&below["start"], &below["end"]), (&1.into(), &(first - 1).into()));
    assert_eq!(below["lost"], serde_json::json!([{"start": 1, "end": first - 1}]), "{below}");
}
