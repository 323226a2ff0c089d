//! The program with what the nats CLI has configured.

use std::process::Output;

use serde_json::json;
use tempfile::TempDir;

use crate::support::program::command;
use crate::support::rooms::fill;
use crate::support::{NatsServer, Pty};

/// A configuration folder with one context, `prod`, selected.
fn folder(says: &serde_json::Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let contexts = folder.path().join("nats/context");
    std::fs::create_dir_all(&contexts).unwrap();
    std::fs::write(contexts.join("prod.json"), says.to_string()).unwrap();
    std::fs::write(folder.path().join("nats/context.txt"), "prod").unwrap();
    folder
}

fn run(folder: &TempDir, args: &[&str], variables: &[(&str, &str)]) -> (String, Output) {
    let mut command = command(args);
    command.env("XDG_CONFIG_HOME", folder.path()).envs(variables.iter().copied());
    let output = command.output().unwrap();
    (String::from_utf8(output.stdout.clone()).unwrap(), output)
}

#[test]
fn the_connection_is_explained_without_being_made() {
    // Nothing listens there: had it been tried, the command would fail.
    let folder = folder(&json!({"url": "nats://127.0.0.1:1", "token": "s3cr3t",
        "user": "me", "password": "s3cr3t", "inbox_prefix": "_IN"}));
    for args in [&["--explain-connection"][..], &["rooms", "--explain-connection"]] {
        let (told, output) = run(&folder, args, &[("NATS_USER", "s3cr3t")]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
        for part in ["Context: prod", "nats://127.0.0.1:1", "context: url", "environment NATS_USER"]
        {
            assert!(told.contains(part), "{told} says nothing of {part}");
        }
        assert!(!told.contains("s3cr3t"), "{told}");
    }
    // What cannot work is told with it.
    let args = ["--explain-connection", "--creds", "/nowhere/x.creds"];
    let (told, output) = run(&folder, &args, &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(told.contains("flag --creds"), "{told}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/x.creds"));
}

#[test]
fn a_made_up_server_is_never_filled_by_what_is_configured() {
    let folder = folder(&json!({"url": "nats://127.0.0.1:1", "user": "me", "password": "p"}));
    let args = ["seed", "--server", "nats://127.0.0.1:2", "--explain-connection"];
    let (told, output) = run(&folder, &args, &[("NATS_URL", "nats://127.0.0.1:3")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(told.contains("nats://127.0.0.1:2") && told.contains("flag --server"), "{told}");
    assert!(!told.contains("127.0.0.1:1") && !told.contains("127.0.0.1:3"), "{told}");
    assert!(!told.contains("context: "), "{told}");
}

#[test]
fn what_is_not_supported_ends_each_command_in_one_line() {
    let folder = folder(&json!({"url": "nats://h", "socks_proxy": "socks5://u:s3cr3t@h"}));
    for args in [&[][..], &["rooms"]] {
        let (_, output) = run(&folder, args, &[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.lines().count() == 1 && said.contains("socks_proxy"), "{said}");
        assert!(!said.contains("s3cr3t"), "{said}");
    }
    let (told, output) = run(&folder, &["--explain-connection"], &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(told.contains("SOCKS proxy") && !told.contains("s3cr3t"), "{told}");
    let (_, output) = run(&folder, &["rooms", "--demo"], &[]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn screen_and_commands_use_the_selected_context() {
    let server = NatsServer::with_config(
        "jetstream { domain: hub }\nauthorization { user: me, password: s3cr3t }",
    );
    fill(&mut server.raw_as("me", "s3cr3t"), "general", "room.general", 2);
    let folder = folder(&json!({"url": server.url(), "user": "me", "password": "s3cr3t",
        "jetstream_domain": "hub", "inbox_prefix": "_IN.me"}));
    let (listed, output) = run(&folder, &["rooms", "--json"], &[]);
    assert!(output.status.success(), "{output:?}");
    assert!(listed.contains("general"), "{listed}");
    let (_, output) = run(&folder, &["rooms", "--no-context", "--server", &server.url()], &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let root = folder.path().to_str().unwrap();
    let mut pty = Pty::start_with(&[], &[("XDG_CONFIG_HOME", root)]);
    let shown =
        pty.wait("the room", |text| text.contains("● connected") && text.contains("general"));
    assert!(!shown.contains("s3cr3t"), "{shown}");
    // The screen of the connection says what the command line does.
    pty.send("c");
    let shown = pty.wait_for("context: inbox_prefix");
    for part in ["prod (", "context: url", "context: password", "***", "context: jetstream_"] {
        assert!(shown.contains(part), "{shown} says nothing of {part}");
    }
    assert!(!shown.contains("s3cr3t"), "{shown}");
}

#[test]
fn a_file_that_is_missing_is_traced_to_where_it_was_named() {
    let folder = folder(&json!({"url": "nats://h", "creds": "/nowhere/x.creds"}));
    let (_, output) = run(&folder, &["rooms"], &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("/nowhere/x.creds") && said.contains("--explain-connection"), "{said}");
}

#[test]
fn the_timeout_bounds_the_wait_for_a_connection() {
    // Takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nats://{}", silent.local_addr().unwrap());
    let folder = folder(&json!({ "url": url }));
    let started = std::time::Instant::now();
    let (_, output) = run(&folder, &["rooms"], &[("NATS_TIMEOUT", "300ms")]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no answer") && said.lines().count() == 1, "{said}");
    assert!(started.elapsed() < std::time::Duration::from_secs(3), "{:?}", started.elapsed());
}
