//! Exports that are interrupted, and go on.

use std::fs;
use std::path::Path;
use std::process::{Child, Output};
use std::time::Duration;

use serde_json::json;

use super::{command, export, frames, manifest, ran, roomscope, verify};
use crate::support::rooms::{delete, fill, settle};
use crate::support::{NatsServer, Wiretap, copy, wait};

/// Frames in the room: several parts.
const FRAMES: u64 = 6_000;
/// A round trip that makes the export last a few seconds.
const FAR: Duration = Duration::from_millis(40);

fn begin(url: &str, out: &Path) -> Child {
    begin_with(url, out, &[])
}

/// Begins an export, and waits until some of it is written.
pub(super) fn begin_with(url: &str, out: &Path, more: &[&str]) -> Child {
    let mut command = command(&[&"export", &"a", &"--server", &url, &"--out", &out]);
    let mut child = command.args(more).spawn().unwrap();
    let partial = out.with_file_name(format!("{}.partial", out.file_name().unwrap().display()));
    let lines = partial.join("bundle/frames.jsonl");
    wait::until("a part to be written", || {
        assert!(child.try_wait().unwrap().is_none(), "it ended too soon");
        fs::metadata(&lines).is_ok_and(|file| file.len() > 1_000).then_some(())
    });
    child
}

fn end(child: Child) -> Output {
    child.wait_with_output().unwrap()
}

#[test]
fn a_killed_export_goes_on_and_ends_as_if_nothing_had_been() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "chat.a", FRAMES);
    for seq in [900, 5_000, 5_001] {
        delete(&mut raw, "a", seq);
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["out", "out.tar"] {
        let (out, whole) = (folder.path().join(name), folder.path().join(format!("{name}.whole")));
        export(&server.url(), "a", &whole);
        let slow = Wiretap::far_before(server.port(), FAR);
        let mut child = begin(&slow.url(), &out);
        child.kill().unwrap();
        end(child);
        assert!(!out.exists(), "nothing looks whole");
        let partial = folder.path().join(format!("{name}.partial"));
        let (_, said) = ran(&roomscope(&[&"verify", &partial]), 3);
        assert!(said.contains("not finished"), "{said}");
        let kept = fs::read_to_string(partial.join("bundle/frames.jsonl")).unwrap();
        let kept = u64::try_from(kept.lines().count()).unwrap();

        // What is published meanwhile is not of the window chosen first.
        raw.publish("chat.a", b"later");
        raw.flush();
        let wire = Wiretap::before(server.port());
        export(&wire.url(), "a", &out);
        assert!(!partial.exists());
        let gets = wire.bodies_under("$JS.API.STREAM.MSG.GET.");
        let lowest = gets.iter().filter_map(|get| get["seq"].as_u64()).min().unwrap();
        assert!(lowest >= kept, "{lowest} was asked for, though {kept} lines were kept");
        verify(&out, 0);
        let folder = if name == "out" { out } else { unpack(&out) };
        assert!(frames(&folder) == frames(&whole));
        let about = manifest(&folder);
        assert_eq!(about["resumed"].as_array().unwrap().len(), 1);
        assert_eq!(about["window"], manifest(&whole)["window"]);
        assert_eq!(about["account"], manifest(&whole)["account"]);
    }
}

fn unpack(path: &Path) -> std::path::PathBuf {
    let to = path.with_extension("unpacked");
    tar::Archive::new(fs::File::open(path).unwrap()).unpack(&to).unwrap();
    to.join("roomscope-bundle")
}

#[test]
fn a_server_that_goes_away_leaves_what_was_read_and_a_word() {
    let mut server = NatsServer::start();
    fill(&mut server.raw(), "a", "chat.a", FRAMES);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tar");
    let slow = Wiretap::far_before(server.port(), FAR);
    let child = begin(&slow.url(), &out);
    server.kill();
    slow.cut();
    let (_, said) = ran(&end(child), 1);
    assert!(said.contains("kept in") && said.contains("out.tar.partial"), "{said}");
    assert!(!out.exists());
    server.restart();
    export(&server.url(), "a", &out);
    assert_eq!(verify(&out, 0)["account"]["frames"], FRAMES);
}

#[test]
fn another_stream_or_another_window_is_not_gone_on_with() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "chat.a", FRAMES);
    fill(&mut raw, "b", "chat.b", 3);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let slow = Wiretap::far_before(server.port(), FAR);
    let mut child = begin(&slow.url(), &out);
    let (_, said) =
        ran(&roomscope(&[&"export", &"a", &"--server", &server.url(), &"--out", &out]), 1);
    assert!(said.contains("another export is writing to"), "{said}");
    child.kill().unwrap();
    end(child);
    let url = server.url();
    let refused = |room: &str, more: &[&str], wanted: &str| {
        let mut all = vec!["export", room, "--server", &url, "--out", out.to_str().unwrap()];
        all.extend(more);
        let all: Vec<&dyn AsRef<std::ffi::OsStr>> = all.iter().map(|arg| arg as _).collect();
        let (_, said) = ran(&roomscope(&all), 2);
        assert!(said.contains(wanted) && said.contains("--force"), "{said}");
    };
    refused("b", &[], "it is of another room");
    refused("a", &["--last", "7"], "it is of the whole stream, not of the last 7 sequences");
    raw.api("STREAM.DELETE.UNIBUS_a", &json!({}));
    fill(&mut raw, "a", "chat.a", FRAMES);
    refused("a", &[], "its stream was deleted and made again");
    assert!(!out.exists());
    let forced = roomscope(&[&"export", &"a", &"--server", &url, &"--out", &out, &"--force"]);
    ran(&forced, 0);
    assert_eq!(verify(&out, 0)["account"]["frames"], FRAMES);
    let forced = roomscope(&[&"export", &"b", &"--server", &url, &"--out", &out, &"--force"]);
    ran(&forced, 0);
    assert_eq!(verify(&out, 0)["room"], "b");
}

fn more(server: &NatsServer) {
    let mut raw = server.raw();
    (100..FRAMES).for_each(|n| raw.publish("chat.a", format!("m{n}").as_bytes()));
    settle(&mut raw, "a", FRAMES);
}

#[test]
fn numbers_given_out_again_are_not_gone_on_with() {
    let mut server = NatsServer::start();
    fill(&mut server.raw(), "a", "chat.a", 100);
    server.stop();
    let aside = tempfile::tempdir().unwrap();
    copy(&server.store(), &aside.path().join("copy"));
    server.start_again();
    more(&server);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let slow = Wiretap::far_before(server.port(), FAR);
    let mut child = begin(&slow.url(), &out);
    child.kill().unwrap();
    end(child);

    server.stop();
    fs::remove_dir_all(server.store()).unwrap();
    copy(&aside.path().join("copy"), &server.store());
    server.start_again();
    more(&server);
    let url = server.url();
    let (_, said) = ran(&roomscope(&[&"export", &"a", &"--server", &url, &"--out", &out]), 2);
    assert!(said.contains("holds another message now") && said.contains("--force"), "{said}");
    assert!(!out.exists());
    let forced = roomscope(&[&"export", &"a", &"--server", &url, &"--out", &out, &"--force"]);
    ran(&forced, 0);
    assert_eq!(verify(&out, 0)["account"]["frames"], FRAMES);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_leaves_nothing_that_looks_whole() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "chat.a", 10);
    for _ in 0..20 {
        raw.publish("chat.a", &[1; 20_000]);
    }
    settle(&mut raw, "a", 30);
    let folder = tempfile::tempdir().unwrap();
    let url = server.url();
    for name in ["out", "out.tar"] {
        let out = folder.path().join(name);
        let args: [&dyn AsRef<std::ffi::OsStr>; 6] =
            [&"export", &"a", &"--server", &url, &"--out", &out];
        // Blocks of 512 bytes: the records take more, and where they do not, the tar does.
        for blocks in ["100", "1100"] {
            let mut limited = std::process::Command::new("sh");
            limited
                .args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\"")])
                .arg(env!("CARGO_BIN_EXE_roomscope"))
                .args(args.iter().map(|arg| arg.as_ref()));
            if name == "out" && blocks == "1100" {
                continue;
            }
            let (_, said) = ran(&limited.output().unwrap(), 1);
            assert!(
                said.contains("File too large") && said.contains("run the same again"),
                "{said}"
            );
            assert!(!out.exists());
        }
        ran(&roomscope(&args), 0);
        assert_eq!(verify(&out, 0)["account"]["frames"], 30);
    }
}
