//! What is stored is hostile: byte by byte, none of it reaches the terminal, and all of it can be
//! read on the screen.

use serde_json::json;

use super::support::{NatsServer, Pty, rooms, stray};

/// What would take over a terminal, and how it is shown in text.
const INJECTED: [(&str, &str); 6] = [
    ("\u{1b}]0;pwned\u{7}", r"\x1b]0;pwned\x07"),
    ("\u{1b}[2Jclear", r"\x1b[2Jclear"),
    ("\u{1b}[38;5;201m", r"\x1b[38;5;201m"),
    ("\u{9b}31m", r"\u{9b}31m"),
    ("\u{202e}exe", r"\u{202e}exe"),
    ("\u{200b}none", r"\u{200b}none"),
];

/// A raw C1 byte, which is not UTF-8.
const C1: &[u8] = b"\x9b2JC1";

/// Asserts that nothing that was stored was written as it is.
fn assert_clean(pty: &Pty) {
    let written = pty.bytes();
    assert_eq!(stray::strays(&written), Vec::<String>::new());
    for (raw, _) in INJECTED {
        let raw = raw.as_bytes();
        assert!(!written.windows(raw.len()).any(|part| part == raw), "{raw:?} was written");
    }
}

/// The screen's text in one piece: what was folded is joined again, pane by pane.
fn unfolded(pty: &Pty) -> String {
    let text = pty.text();
    let panes = text.lines().map(|line| line.rsplit('│').next().unwrap_or(line).trim());
    panes.collect()
}

fn wait_for_unfolded(pty: &Pty, wanted: &str) {
    pty.wait(wanted, |_| unfolded(pty).contains(wanted));
}

fn quit(mut pty: Pty) {
    pty.send("q");
    assert_eq!(pty.ended().code, 0);
    pty.assert_restored();
    assert_clean(&pty);
}

#[test]
fn payloads_headers_and_subjects_are_shown_and_never_obeyed() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let mut config = rooms::go_config("wild", "wild.*");
    config["description"] = json!("\u{1b}]0;pwned\u{7}\n\t\u{9b}31m\u{202e}exe");
    let made = raw.api("STREAM.CREATE.UNIBUS_wild", &config);
    assert!(made.get("error").is_none(), "{made}");

    let injected: Vec<&[u8]> = INJECTED.iter().map(|(raw, _)| raw.as_bytes()).collect();
    let all = [injected.concat(), C1.to_vec(), b"\n\t\r".to_vec()].concat();
    raw.publish("wild.payload", &all);
    for (text, _) in INJECTED {
        raw.publish(&format!("wild.{text}"), b"subject");
    }
    for (text, _) in INJECTED {
        let block = format!("NATS/1.0\r\nvalue: {text}\tend\rofit\r\n\r\n");
        raw.publish_with_headers("wild.value", block.as_bytes(), b"value");
        let block = format!("NATS/1.0\r\n{text}\tend: name\r\n\r\n");
        raw.publish_with_headers("wild.name", block.as_bytes(), b"name");
    }
    let block =
        [b"NATS/1.0\r\nbytes: ", C1, b"\r\n", C1, b"\x1b[2Jname\nno colon\r\n\r\n"].concat();
    raw.publish_with_headers("wild.bytes", &block, b"bytes");
    rooms::settle(&mut raw, "wild", 20);

    // Another subject is wanted, so that the comparison shows the description.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.toml");
    std::fs::write(&file, "[[rooms]]\nid = 'wild'\nsubject = 'room.wild'\n").unwrap();
    let file = file.to_str().unwrap();
    let mut pty = Pty::start(&["--server", &server.url(), "--rooms", file, "wild"]);
    pty.wait_for("20 slots = 20 frames");
    wait_for_unfolded(&pty, "Frame 20");
    wait_for_unfolded(&pty, r"bytes: \x9b2JC1");
    wait_for_unfolded(&pty, r"\x9b2JC1\x1b[2Jname");
    for (n, (_, shown)) in INJECTED.iter().enumerate().rev() {
        pty.send("k");
        wait_for_unfolded(&pty, &format!("Frame {}", 9 + 2 * n));
        wait_for_unfolded(&pty, &format!(r"{shown}\tend: name"));
        pty.send("k");
        wait_for_unfolded(&pty, &format!("Frame {}", 8 + 2 * n));
        wait_for_unfolded(&pty, &format!(r"value: {shown}\tend\rofit"));
    }
    for (n, (_, shown)) in INJECTED.iter().enumerate().rev() {
        pty.send("k");
        wait_for_unfolded(&pty, &format!("Frame {}", 2 + n));
        wait_for_unfolded(&pty, &format!("wild.{shown}"));
    }

    // Hex with its column of characters, then base64, in each way the pane shows them.
    pty.send("k");
    wait_for_unfolded(&pty, "Frame 1 ");
    pty.wait_for("1b 5d 30 3b 70 77 6e 65  .]0;pwne");
    pty.wait_for(base64(&all).split_at(40).0);
    pty.send("lz");
    pty.wait_for(".]0;pwned..[2Jcl");
    pty.wait_for(&base64(&all));
    pty.resize_and_settle(90, 30);
    pty.wait_for(".]0;pwned..[2Jcl");
    pty.send("b");
    pty.wait_for("base64 76 characters");
    pty.wait_for(&base64(&all));
    for (key, what) in [("y", "base64 of 1"), ("Y", "hex of 1"), ("S", "SHA-256 of 1")] {
        pty.send(key);
        pty.wait_for(what);
    }
    pty.resize_and_settle(200, 60);
    pty.send("zd");
    // A value of the configuration is shown as JSON, whose own escapes are text like any other.
    pty.wait_for(r"\\u001b]0;pwned\\u0007\\n\\t\u{9b}31m\u{202e}exe");
    pty.send("q");
    pty.wait("the comparison to close", |text| !text.contains("wanted"));
    quit(pty);
}

#[test]
fn names_of_rooms_streams_and_servers_are_escaped_too() {
    let evil = "\u{1b}]0;pwned\u{7}\u{9b}31m\u{202e}";
    let shown = r"\x1b]0;pwned\x07\u{9b}31m\u{202e}";
    let server =
        NatsServer::with_config("server_name: \"srv\\x1b]0;pwned\\x07\u{9b}31m\u{202e}\"\n");
    let mut raw = server.raw();
    rooms::fill(&mut raw, &format!("id{evil}"), &format!("subject.{evil}"), 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.json");
    let named = json!({"id": format!("id{evil}"), "subject": "subject.other",
        "name": format!("name{evil}\n\t")});
    std::fs::write(&file, json!({"rooms": [named]}).to_string()).unwrap();

    let mut pty = Pty::start(&["--server", &server.url(), "--rooms", file.to_str().unwrap()]);
    pty.resize_and_settle(200, 60);
    // As much as fits of the name, in the list; the rest on the card.
    pty.wait_for(r"name\x1b]0;pwned\x07\u{9b}31m\u{202e}\n\t");
    pty.wait_for(&format!("UNIBUS_id{shown}"));
    pty.wait_for(&format!("subject.{shown}"));
    // The status line has as much of the server's name; the connection in full has the rest.
    pty.wait_for(r" · srv\x1b]0;pwned\x07… ");
    pty.send("\r");
    pty.wait_for("1 slot = 1 frame ");
    pty.send("d");
    pty.wait_for("wanted");
    pty.send("q");
    pty.send("c");
    pty.wait_for(&format!("srv{shown}"));
    pty.wait_for("No consumer is ever made");
    pty.send("q");
    pty.send(":\u{1b}[200~\u{1b}[2Jclear\u{9b}31m\u{202e}\u{1b}[201~");
    pty.wait_for(r"\u{202e}");
    pty.send("\x03");
    assert_eq!(pty.ended().code, 0);
    assert_clean(&pty);
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
