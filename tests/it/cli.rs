//! What the program says to those who ask for it wrongly: one line, and an exit code.

use std::process::Output;

use crate::support::program::command;

fn roomscope(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// The one line on standard error, without the program's name.
#[track_caller]
fn refused(args: &[&str], code: i32) -> String {
    let output = roomscope(args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
    let line = said.trim_end().strip_prefix("roomscope: ");
    line.unwrap_or_else(|| panic!("{args:?}: {said}")).to_owned()
}

#[test]
fn each_usage_error_is_one_line_that_names_the_fix() {
    for (args, wanted) in [
        (&["--last", "0"][..], "'0' is not a page size: give a whole number from 1 to 1000"),
        (&["--last", "abc"], "'abc' is not a page size"),
        (&["--last", "-5"], "'-5' is not a page size"),
        (&["--last", "1001"], "'1001' is not a page size"),
        (&["--cache", "much"], "give a number of bytes, as in 64MiB, or 0"),
        (&["--lats", "3"], "'--last'"),
        (&["a.b"], "'.' cannot be part of a stream name"),
        (&[""], "room id"),
        (&["--color", "blue"], "auto, always, never, 16"),
        (&["seed"], "--server <URL>"),
        (&["--read-only", "demo"], "put options of demo after it"),
        (&["--server", "nats://a", "seed", "--server", "nats://b"], "put options of seed after it"),
        (&["--rooms", "/nonexistent/rooms.toml"], "/nonexistent/rooms.toml: No such file"),
        (&["--creds", "/nonexistent/a.creds"], "/nonexistent/a.creds"),
        (&["--tls-ca", "/nonexistent/ca.pem"], "/nonexistent/ca.pem"),
        (&["--password", "a"], "--password needs --user"),
        (&["--server", ""], "--server is empty"),
        (&["seed", "--server", ""], "--server is empty"),
        (&["--creds", "/c", "--user", "a", "--password", "b"], "several kinds"),
        (&["--nkey", "/n", "--jwt", "j"], "several kinds"),
        (&["--nkey", "/nonexistent/a.nk"], "/nonexistent/a.nk"),
        (&["--seed", "s"], "--seed needs --jwt"),
        (&["--tls-cert", "/c"], "--tls-cert needs --tls-key"),
        (&["--context", "a", "--no-context"], "--no-context"),
        (&["--context", "prod"], "there is no context 'prod' (--context) in /nonexistent/nats"),
        (&["--timeout", "soon"], "as in 5s or 1m30s"),
        (&["--js-domain", "a.b"], "--js-api-prefix"),
        (&["--server", "nats://u:hunter2,more@h"], "a comma in a password as %2C"),
        (&["nats://u:hunter2@h"], "give it with --server"),
        (&["--server", "http://a:b"], "server address"),
    ] {
        let said = refused(args, 2);
        assert!(said.contains(wanted), "{args:?}: {said}");
        assert!(!said.contains("hunter2"), "{args:?}: {said}");
    }
}

#[test]
fn a_rooms_file_is_checked_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.toml");
    std::fs::write(&path, "[[rooms]]\nid = 'a'\nsubject = 'b'\npresist = false\n").unwrap();
    let said = refused(&["--rooms", path.to_str().unwrap()], 2);
    assert!(said.ends_with("room 1 ('a'): presist: unknown key; did you mean persist?"), "{said}");
}

#[test]
fn no_terminal_on_standard_output_is_said() {
    for args in [&["demo"][..], &[], &["--server", "nats://127.0.0.1:1"]] {
        let said = refused(args, 2);
        assert!(said.contains("is not a terminal"), "{said}");
    }
}

#[test]
fn what_was_typed_cannot_reach_the_terminal_as_an_escape() {
    let said = refused(&["--last", "\x1b[2J\u{202e}3"], 2);
    assert!(!said.contains(['\x1b', '\u{202e}']), "{said:?}");
}

#[test]
fn secrets_are_in_no_message_and_no_help() {
    let said = refused(&["--server", "nats://u:s3cr3t@[bad"], 2);
    assert!(!said.contains("s3cr3t"), "{said}");
    let help = command(&["--help"])
        .env("NATS_URL", "nats://u:s3cr3t@host")
        .env("NATS_CREDS", "/home/s3cr3t.creds")
        .output()
        .unwrap();
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("NATS_URL") && !help.contains("s3cr3t"), "{help}");
}

#[test]
fn an_unreachable_server_fails_the_seed_in_one_line() {
    let output = roomscope(&["seed", "--server", "nats://u:s3cr3t@127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("127.0.0.1:1") && !said.contains("s3cr3t"), "{said}");
}
