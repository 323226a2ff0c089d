//! The program on a real server, in a pseudo-terminal.

use std::path::PathBuf;

use super::support::{NatsServer, Pty, Wiretap, rooms};

/// A server with a room of 30 messages, three of them deleted, and a rooms file that names it and
/// a room without a stream.
struct Site {
    server: NatsServer,
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let server = NatsServer::start();
        let mut raw = server.raw();
        rooms::fill(&mut raw, "ops", "room.ops", 30);
        for seq in [11, 12, 13] {
            rooms::delete(&mut raw, "ops", seq);
        }
        let folder = tempfile::tempdir().unwrap();
        let site = Self { server, folder };
        let file = "[[rooms]]\nid = 'ops'\nsubject = 'room.ops'\n\n\
                    [[rooms]]\nid = 'fresh'\nsubject = 'room.fresh'\n";
        std::fs::write(site.file(), file).unwrap();
        site
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("rooms.toml")
    }

    fn open(&self, args: &[&str]) -> Pty {
        self.open_at(&self.server.url(), args)
    }

    fn open_at(&self, url: &str, args: &[&str]) -> Pty {
        let file = self.file();
        let site = ["--server", url, "--rooms", file.to_str().unwrap()];
        Pty::start(&[&site, args].concat())
    }
}

fn quit(mut pty: Pty) {
    pty.send("q");
    assert_eq!(pty.ended().code, 0);
    pty.assert_restored();
}

#[test]
fn a_room_opens_pages_and_shows_its_gap() {
    let site = Site::new();
    let mut pty = site.open(&["--last", "10", "ops"]);
    let newest = pty.wait_for("10 slots = 10 frames + 0 missing");
    assert!(newest.contains("connected") && newest.contains(" 2.15"), "{newest}");
    pty.send("[");
    let older = pty.wait_for("10 slots = 7 frames + 3 missing");
    assert!(older.contains("11-13 · 3 removed"), "{older}");
    quit(pty);
}

#[test]
fn opening_a_room_without_a_stream_makes_it_and_says_what_was_lost() {
    let site = Site::new();
    let pty = site.open(&["fresh"]);
    pty.wait("the stream to be made", |text| {
        text.contains("never captured") || text.contains("earlier")
    });
    let info = rooms::info(&mut site.server.raw(), "fresh");
    assert_eq!(info["config"]["subjects"][0], "room.fresh", "{info}");
    quit(pty);
}

#[test]
fn read_only_sends_no_write_and_says_what_it_would_do() {
    let site = Site::new();
    let wiretap = Wiretap::before(site.server.port());
    let mut pty = site.open_at(&wiretap.url(), &["--read-only", "fresh"]);
    pty.wait("what would be done", |text| text.contains("would"));
    pty.send("\x12");
    pty.wait_for("● ops");
    quit(pty);
    let asked = wiretap.published_under("$JS.API.");
    assert!(!asked.is_empty());
    let looks = ["STREAM.INFO.", "STREAM.NAMES", "STREAM.LIST", "STREAM.MSG.GET."];
    let looks =
        |subject: &String| looks.iter().any(|look| subject.starts_with(&format!("$JS.API.{look}")));
    assert!(asked.iter().all(looks), "{asked:?}");
    let info = rooms::info(&mut site.server.raw(), "fresh");
    assert_eq!(info["error"]["err_code"], 10059, "{info}");
}

#[test]
fn a_lost_server_leaves_the_content_and_comes_back() {
    let mut site = Site::new();
    let mut pty = site.open(&["ops"]);
    pty.wait_for("27 frames + 3 missing");
    site.server.kill();
    let lost = pty.wait("reconnecting", |text| text.to_lowercase().contains("reconnecting"));
    assert!(lost.contains("11-13 · 3 removed"), "{lost}");
    site.server.restart();
    pty.wait("the connection", |text| !text.to_lowercase().contains("reconnecting"));
    pty.send("r");
    pty.wait_for("27 frames + 3 missing");
    quit(pty);
}

#[test]
fn without_a_server_a_screen_says_what_was_tried() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let log_arg = log.to_str().unwrap();
    let pty = Pty::start(&["--server", "nats://u:s3cr3t@127.0.0.1:1", "--log", log_arg]);
    let text = pty.wait_for("127.0.0.1:1");
    assert!(!text.contains("s3cr3t"), "{text}");
    pty.wait_for("demo");
    quit(pty);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("started") && !log.contains("s3cr3t"), "{log}");
}
