//! `serve --auth enforce`, asked with what `sign` prints and with a signature of our own making.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::support::serving::{command, room};
use crate::support::{Http, NatsServer, Serving, program, rooms};

/// The headers of a request, made from the text of `docs/http.md`.
fn signed(pair: &KeyPair, target: &str) -> [(&'static str, String); 3] {
    let time = jiff::Timestamp::now().to_string();
    let content = format!("roomscope-http-1\nGET\n{target}\n{time}");
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(content.as_bytes()).unwrap());
    [
        ("Roomscope-Key", pair.public_key()),
        ("Roomscope-Time", time),
        ("Roomscope-Signature", signature),
    ]
}

fn status(serving: &Serving, target: &str, headers: &[(&str, String)]) -> u16 {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = Http::connect(serving.port()).ask("GET", target, &headers);
    if reply.status != 200 {
        assert!(!reply.error().is_empty());
    }
    reply.status
}

fn sign(seed: &str, args: &[&str]) -> Output {
    let mut child = program::command(&["sign", "--seed-file", "-"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(seed.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_order_is_401_then_404_then_403() {
    let server = NatsServer::start();
    rooms::fill(&mut server.raw(), "mine", "room.mine", 3);
    rooms::fill(&mut server.raw(), "theirs", "room.theirs", 3);
    let (member, stranger) = (KeyPair::new_user(), KeyPair::new_user());
    let members = format!("members = ['{}']", member.public_key());
    let file = room("mine", &members) + &room("theirs", "");
    let serving = Serving::start(&server.url(), &file, &["--auth", "enforce"]);
    serving.wait_for("NATS: connected");
    assert!(serving.log().contains("has no members: 1 room (theirs)"), "{}", serving.log());

    for target in ["/rooms/mine/history", "/rooms/none/history", "/none"] {
        assert_eq!(status(&serving, target, &[]), 401, "{target}");
        let mut bad = signed(&member, target);
        bad[2].1 = signed(&stranger, target)[2].1.clone();
        assert_eq!(status(&serving, target, &bad), 401, "{target}");
    }
    for (pair, target, expected) in [
        (&member, "/rooms/none/history", 404),
        (&stranger, "/rooms/none/history", 404),
        (&member, "/rooms/theirs/history", 403),
        (&stranger, "/rooms/mine/history", 403),
        (&member, "/rooms/mine/history?limit=2", 200),
        (&member, "/rooms/mine/history?limit=%32&x=[]", 200),
    ] {
        assert_eq!(status(&serving, target, &signed(pair, target)), expected, "{target}");
    }
    // The same request again is a replay; the next one within the same second is not.
    let target = "/rooms/mine/history";
    let (first, second) = (signed(&member, target), signed(&member, target));
    assert_eq!(status(&serving, target, &first), 200);
    assert_eq!(status(&serving, target, &first), 401);
    assert_eq!(status(&serving, target, &second), 200);
    assert_eq!(Http::once(serving.port(), "/healthz").status, 200);
    let log = serving.log();
    assert!(log.contains(&format!("key={}", member.public_key())), "{log}");
    assert!(!log.contains(&first[2].1), "no signature in the log: {log}");
}

#[test]
fn what_sign_prints_is_accepted_once() {
    let pair = KeyPair::new_user();
    let server = NatsServer::start();
    let members = format!("members = ['{}']", pair.public_key());
    let serving = Serving::start(&server.url(), &room("a", &members), &["--auth", "enforce"]);
    serving.wait_for("NATS: connected");
    let (seed, target) = (pair.seed().unwrap(), "/rooms/a/history?limit=3&q='x'");
    let url = serving.url() + target;

    let printed = sign(&format!("{seed}\n"), &[&url, "--json"]);
    assert!(printed.status.success(), "{printed:?}");
    let line: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let header = |name: &str| line["headers"][name].as_str().unwrap().to_owned();
    let names = ["Roomscope-Key", "Roomscope-Time", "Roomscope-Signature"];
    let headers = names.map(|name| (name, header(name)));
    assert_eq!(status(&serving, target, &headers), 200);
    assert_eq!(status(&serving, target, &headers), 401);

    // A credentials file is looked through for its seed; the command holds no part of it.
    let creds = format!("-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n");
    let printed = sign(&creds, &[&url]);
    let command = String::from_utf8(printed.stdout).unwrap();
    assert!(command.starts_with("curl ") && command.contains(r"q='\''x'\''"), "{command}");
    assert!(!command.contains(&seed));
    let curl = Command::new("sh").args(["-c", &command]).output().unwrap();
    if curl.status.code() != Some(127) {
        let body: Value = serde_json::from_slice(&curl.stdout).unwrap();
        assert_eq!(body, json!({"messages": []}));
    }

    for (seed, args, wanted) in [
        ("nonsense", &[url.as_str()][..], "standard input: it holds no NKey seed"),
        ("", &[&url], "standard input: it holds no NKey seed"),
        (&seed, &["/rooms/a/history"], "give an address"),
        (&seed, &["http://h/a b"], "percent-encoded"),
        (&KeyPair::new_account().seed().unwrap(), &[&url], "not a user's"),
    ] {
        let refused = sign(seed, args);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(wanted) && said.lines().count() == 1, "{said}");
        assert!(seed.is_empty() || !said.contains(seed), "{said}");
    }
}

#[test]
fn an_open_address_is_served_only_by_those_who_know() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let output = command(&["--demo", "--listen", listen]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("--i-know-this-is-open") && said.lines().count() == 1, "{said}");
    }
    // An address of no machine here, so that nothing is opened to the network in a test.
    for more in [&["--i-know-this-is-open"][..], &["--auth", "enforce"]] {
        let args = [&["--demo", "--listen", "192.0.2.1:0"], more].concat();
        let output = command(&args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("no address of this machine"), "{said}");
    }
}
