//! What an account may not do, as a person sees it: said at once, by name, with all else working.

use super::support::{NatsServer, Pty, Wiretap, rooms, wait};

const CONFIG: &str = r#"
accounts {
  CHAT {
    jetstream: enabled
    users: [
      {user: all, password: all},
      {user: nolist, password: p, permissions: {publish: {deny: [
        "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST"]}}},
      {user: noget, password: p, permissions: {publish: {deny: ["$JS.API.STREAM.MSG.GET.*"]}}},
      {user: nocreate, password: p, permissions: {publish: {deny: [
        "$JS.API.STREAM.CREATE.*"]}}},
    ]
  }
}
"#;

fn server() -> NatsServer {
    let server = NatsServer::with_config(CONFIG);
    let mut raw = server.raw_as("all", "all");
    rooms::fill(&mut raw, "ops", "room.ops", 5);
    rooms::delete(&mut raw, "ops", 3);
    rooms::fill(&mut raw, "desk", "room.desk", 2);
    server
}

fn open(server: &NatsServer, user: &str, args: &[&str]) -> Pty {
    let url = server.url_as(&format!("{user}:p"));
    Pty::start(&[&["--server", url.as_str()], args].concat())
}

fn quit(mut pty: Pty) {
    pty.send("q");
    assert_eq!(pty.ended().code, 0);
    pty.assert_restored();
}

/// The screen's text without line breaks: the words of a note, wherever it was folded.
fn wait_for_words(pty: &Pty, column: usize, wanted: &str) -> String {
    let words = |text: &str| -> String {
        let parts = text.lines().map(|line| line.split('│').nth(column).unwrap_or(line));
        parts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    words(&pty.wait(wanted, |text| words(text).contains(wanted)))
}

#[test]
fn without_listing_a_note_says_so_and_rooms_that_were_named_open() {
    let server = server();
    let mut pty = open(&server, "nolist", &["ops", "desk"]);
    pty.resize_and_settle(200, 60);
    wait_for_words(&pty, 0, "the account may not publish to $JS.API.STREAM.NAMES");
    wait_for_words(&pty, 0, "command line are sure to be shown");
    pty.wait("the rooms' states", |text| text.contains("● ops") && text.contains("● desk"));
    pty.send("gj\r");
    pty.wait_for("5 slots = 4 frames + 1 missing");
    quit(pty);
}

#[test]
fn without_reading_messages_rows_are_unread_and_never_gaps() {
    let server = server();
    let tap = Wiretap::before(server.port());
    let tapped = tap.url().replace("nats://", "nats://noget:p@");
    let mut pty = Pty::start(&["--server", &tapped, "desk"]);
    let text = pty.wait_for("2 slots = 0 frames + 0 missing + 2 unread");
    assert!(text.contains("could not be read · denied"), "{text}");
    let about = wait_for_words(&pty, 2, "This says nothing of whether messages are stored there.");
    assert!(about.contains("$JS.API.STREAM.MSG.GET.UNIBUS_desk"), "{about}");
    assert!(!text.contains(" removed") && !text.contains("missing ·"), "{text}");
    let reads = || tap.published_under("$JS.API.STREAM.MSG.GET.").len();
    let before = reads();
    pty.send("R");
    wait::until("a retry", || (reads() > before).then_some(()));
    pty.wait_for("2 slots = 0 frames + 0 missing + 2 unread");
    quit(pty);

    // What the server's own list says is deleted is a gap even so; the rest stays unread.
    let pty = open(&server, "noget", &["ops"]);
    let text = pty.wait_for("5 slots = 0 frames + 1 missing + 4 unread");
    assert!(text.contains("3 · 1 removed"), "{text}");
    assert!(text.contains("could not be read · denied"), "{text}");
    quit(pty);
}

#[test]
fn without_creating_a_banner_says_so_and_no_stream_is_claimed() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.toml");
    std::fs::write(&file, "[[rooms]]\nid = 'fresh'\nsubject = 'room.fresh'\n").unwrap();
    let mut pty = open(&server, "nocreate", &["--rooms", file.to_str().unwrap(), "fresh"]);
    pty.resize_and_settle(200, 60);
    let banner = wait_for_words(&pty, 1, "The stream could not be ensured: create UNIBUS_fresh");
    assert!(banner.contains("may not publish to $JS.API.STREAM.CREATE.UNIBUS_fresh"), "{banner}");
    assert!(banner.contains("There is no stream UNIBUS_fresh."), "{banner}");
    assert!(!banner.contains("was created"), "{banner}");
    quit(pty);
    let info = rooms::info(&mut server.raw_as("all", "all"), "fresh");
    assert_eq!(info["error"]["err_code"], 10059, "{info}");
}
