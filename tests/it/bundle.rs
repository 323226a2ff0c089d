//! Support bundles, made by the real program of streams on a real server.

mod damaged;
mod interrupted;
mod refused;
mod stopped;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::program;
use crate::support::rooms::{delete, fill, go_config, purge, settle};
use crate::support::{NatsServer, RawNats, Wiretap};

/// The program with these arguments, run to its end.
fn roomscope(args: &[&dyn AsRef<OsStr>]) -> Output {
    command(args).output().unwrap()
}

fn command(args: &[&dyn AsRef<OsStr>]) -> Command {
    let mut command = program::command(&[]);
    command.args(args.iter().map(|arg| arg.as_ref())).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn ran(output: &Output, code: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    (out, err)
}

/// Exports all of a room.
#[track_caller]
fn export(url: &str, room: &str, out: &Path) {
    ran(&roomscope(&[&"export", &room, &"--server", &url, &"--out", &out]), 0);
}

/// What `verify --json` says.
#[track_caller]
fn verify(bundle: &Path, code: i32) -> Value {
    let (out, _) = ran(&roomscope(&[&"verify", &"--json", &bundle]), code);
    serde_json::from_str(&out).unwrap()
}

fn manifest(bundle: &Path) -> Value {
    serde_json::from_slice(&fs::read(bundle.join("manifest.json")).unwrap()).unwrap()
}

/// The two files of frames.
fn frames(bundle: &Path) -> (Vec<u8>, Vec<u8>) {
    (fs::read(bundle.join("frames.jsonl")).unwrap(), fs::read(bundle.join("frames.bin")).unwrap())
}

/// A room of which the head is purged and some are deleted, with a frame of a megabyte and one
/// with headers that are none.
fn seeded(raw: &mut RawNats) {
    fill(raw, "a", "chat.a", 300);
    raw.publish("chat.a", &vec![7; 1 << 20]);
    let headers = b"NATS/1.0\r\nno colon\r\nRaw: caf\xe9\x1b[2J\r\nA: 1\r\nA: 2\r\n\r\n";
    raw.publish_with_headers("chat.a", headers, b"\0\xff\n");
    settle(raw, "a", 302);
    purge(raw, "a", Some(5));
    for seq in [7, 8, 9, 250] {
        delete(raw, "a", seq);
    }
}

#[test]
fn a_bundle_holds_what_the_stream_holds_and_leaves_no_trace() {
    let server = NatsServer::start();
    seeded(&mut server.raw());
    let folder = tempfile::tempdir().unwrap();
    let (dir, tar) = (folder.path().join("dir"), folder.path().join("file.tar"));
    let wire = Wiretap::before(server.port());
    export(&wire.url(), "a", &dir);
    export(&wire.url(), "a", &tar);
    for subject in wire.published() {
        let reads = ["$JS.API.STREAM.INFO.UNIBUS_a", "$JS.API.STREAM.MSG.GET.UNIBUS_a"];
        // The last tells whose account this is.
        let is_read = reads.contains(&subject.as_str()) || subject == "$SYS.REQ.USER.INFO";
        assert!(is_read, "{subject}");
    }
    let account = verify(&dir, 0);
    assert_eq!(account["whole"], true);
    assert_eq!(account["window"], serde_json::json!({"start": 5, "end": 302}));
    assert_eq!(account["account"], verify(&tar, 0)["account"]);
    assert_eq!(account["account"]["frames"], 294);
    assert_eq!(account["account"]["missing_by_cause"]["removed"], 4);

    let (lines, raw) = frames(&dir);
    assert!(lines.iter().all(|byte| *byte == b'\n' || (b' '..=b'~').contains(byte)));
    let mut client = server.raw();
    let mut next = 5;
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let record: Value = serde_json::from_slice(line).unwrap();
        assert_eq!(record["seq"].as_u64().or(record["start"].as_u64()), Some(next));
        next = record["end"].as_u64().unwrap_or(next) + 1;
        let Some(seq) = record["seq"].as_u64() else { continue };
        let body = serde_json::json!({ "seq": seq });
        let stored = client.api("STREAM.MSG.GET.UNIBUS_a", &body);
        let data = stored["message"]["data"].as_str().unwrap_or("");
        assert_eq!(record["base64"], data, "{seq}");
        let at = |name: &str| usize::try_from(record[name].as_u64().unwrap()).unwrap();
        let payload = &raw[at("offset")..at("offset") + at("size")];
        use base64::Engine as _;
        assert_eq!(base64::engine::general_purpose::STANDARD.encode(payload), data);
    }
    assert_eq!(next, 303);
    let about = manifest(&dir);
    assert_eq!(about["stream"], "UNIBUS_a");
    let told = about["connection"].as_array().unwrap();
    assert!(told.iter().any(|line| line.as_str().unwrap().contains(&wire.url())), "{told:?}");
    assert_eq!(about["begun"]["connection"]["kind"], "nats");
    assert_eq!(about["begun"]["stream"]["state"]["first_seq"], 5);
    assert!(about["begun"]["connection"]["version"].as_str().unwrap().starts_with("2."));
    let holes = about["holes"].as_array().unwrap();
    assert_eq!(
        (holes.len(), &holes[0]["start"], &holes[0]["cause"]),
        (2, &7.into(), &"removed".into())
    );

    // A second reading gives the same files, in either form.
    let unpacked = folder.path().join("unpacked");
    let mut archive = tar::Archive::new(fs::File::open(&tar).unwrap());
    archive.unpack(&unpacked).unwrap();
    assert!(frames(&unpacked.join("roomscope-bundle")) == (lines, raw));
    verify(&unpacked.join("roomscope-bundle"), 0);
}

#[test]
fn bundles_of_version_1_are_verified() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/bundle");
    let told = verify(&folder.join("version-1.tar"), 0);
    assert_eq!((&told["whole"], &told["account"]["frames"]), (&true.into(), &1.into()));
    assert_eq!(told["account"]["missing_by_cause"]["deleted"], 3, "in its own words");
    assert_eq!(told["completeness"], Value::Null);
    let (out, _) = ran(&roomscope(&[&"verify", &folder.join("version-1-empty.tar")]), 0);
    assert!(out.contains("; 73 before the first one") && !out.contains("exported:"), "{out}");
}

#[cfg(unix)]
#[test]
fn a_bundle_is_its_owners_and_holds_no_secret() {
    use std::os::unix::fs::PermissionsExt as _;

    let server =
        NatsServer::with_config("authorization { users = [{ user: u, password: hunter2 }] }");
    fill(&mut server.raw_as("u", "hunter2"), "a", "chat.a", 3);
    let folder = tempfile::tempdir().unwrap();
    let (out, other) = (folder.path().join("out"), folder.path().join("other"));
    export(&server.url_as("u:hunter2"), "a", &out);
    verify(&out, 0);
    let mut login = command(&[&"export", &"a", &"--server", &server.url(), &"--out", &other]);
    ran(&login.args(["--user", "u", "--password", "hunter2"]).output().unwrap(), 0);
    let told = manifest(&other)["connection"].to_string();
    assert!(told.contains("***") && !told.contains("hunter2"), "{told}");
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains("hunter2"), "{}", path.display());
    }
}

#[test]
fn an_empty_stream_and_a_part_of_one_are_bundles_too() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    raw.api("STREAM.CREATE.UNIBUS_e", &go_config("e", "chat.e"));
    fill(&mut raw, "a", "chat.a", 50);
    let folder = tempfile::tempdir().unwrap();
    let (empty, part) = (folder.path().join("e.tar"), folder.path().join("part.tar"));
    export(&server.url(), "e", &empty);
    let told = verify(&empty, 0);
    assert_eq!((&told["window"], &told["account"]["sequences"]), (&Value::Null, &0.into()));
    let span: [&dyn AsRef<OsStr>; 8] =
        [&"export", &"a", &"--server", &server.url(), &"--out", &part, &"--from", &"11"];
    ran(&roomscope(&span), 0);
    assert_eq!(verify(&part, 0)["account"]["frames"], 40);
    let five = [span.as_slice(), &[&"--last", &"5", &"--force"]].concat();
    ran(&roomscope(&five), 0);
    assert_eq!(verify(&part, 0)["window"], serde_json::json!({"start": 11, "end": 15}));
}

#[test]
fn a_flipped_byte_is_found_by_the_program_and_its_frame_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.tar");
    ran(&roomscope(&[&"export", &"support", &"--demo", &"--last", &"40", &"--out", &path]), 0);
    let (out, err) = ran(&roomscope(&[&"verify", &path]), 0);
    assert!(out.contains("demo.tar: whole") && err.is_empty(), "{out}{err}");
    let whole = fs::read(&path).unwrap();
    let text = String::from_utf8_lossy(&whole).into_owned();
    let at = text.find("\"seq\":400,").unwrap();
    for (at, seq) in [(at + 7, 400), (at + 40, 400)] {
        let mut bad = whole.clone();
        bad[at] ^= 1;
        fs::write(&path, bad).unwrap();
        let (out, _) = ran(&roomscope(&[&"verify", &path]), 3);
        assert!(out.contains("demo.tar: damaged"), "{out}");
        assert!(out.contains(&format!("\nsequence {seq}: frames.jsonl, line ")), "{out}");
        let told = verify(&path, 3);
        assert_eq!((&told["whole"], &told["damage"][0]["start"]), (&false.into(), &seq.into()));
    }
}

#[test]
fn what_is_gone_below_the_first_sequence_is_in_the_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar");
    let shown = path.to_str().unwrap();
    for (room, held, gone) in [("announcements", "253 frames", 387), ("retro", "no messages", 73)] {
        let export = ["export", room, "--demo", "--json", "--force", "--out", shown];
        let done = program::run(&export);
        assert_eq!(done.code, 0, "{}", done.said);
        assert!(done.said.contains(held), "{}", done.said);
        assert!(done.said.contains(&format!("; {gone} before the first one")), "{}", done.said);
        let head = &done.json()[0]["before_first"];
        assert_eq!((&head["start"], &head["end"]), (&1.into(), &gone.into()), "{head}");
        assert!(head["words"].as_str().unwrap().contains("the server does not tell which"));
        let verified = program::run(&["verify", shown]);
        assert_eq!(verified.code, 0, "{}", verified.out);
        assert!(verified.out.contains(&format!("; {gone} before")), "{}", verified.out);
    }
    let newest = ["export", "announcements", "--demo", "--json", "--force", "--last", "3", "--out"];
    let newest = program::run(&[&newest[..], &[shown]].concat());
    assert!(newest.json()[0]["before_first"].is_null(), "the window does not reach there");
}
