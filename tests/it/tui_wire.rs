//! The whole program on the wire: whatever a person does short of confirming a change, it only
//! looks, and writes nothing but the missing stream of a room that is opened.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::support::{NatsServer, Pty, RawNats, Wiretap, rooms, wait};

/// Rooms in the order of the list.
const ROOMS: [&str; 7] = ["abyss", "drift", "empty", "fresh", "hostile", "ops", "purged"];

/// A hole longer than the server's list of deletes is asked for.
const HOLE: u64 = 60_001;

/// A server with a room of every kind, filled by a client of our own.
struct Site {
    server: NatsServer,
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let server = NatsServer::start();
        let mut raw = server.raw();
        abyss(&mut raw);
        rooms::fill(&mut raw, "ops", "room.ops", 30);
        for seq in [11, 12, 13, 25] {
            rooms::delete(&mut raw, "ops", seq);
        }
        rooms::fill(&mut raw, "purged", "room.purged", 5);
        rooms::purge(&mut raw, "purged", None);
        rooms::fill(&mut raw, "empty", "room.empty", 0);
        rooms::fill(&mut raw, "hostile", "room.hostile", 0);
        let block = b"NATS/1.0\r\nno colon here\r\n\xff\xfe: \x1b[31m\r\n\r\n";
        raw.publish_with_headers("room.hostile", block, b"\x1b[2J\x9b");
        rooms::settle(&mut raw, "hostile", 1);
        let mut drifted = rooms::go_config("drift", "room.drift");
        drifted["subjects"] = json!(["room.drift", "room.audit"]);
        let made = raw.api("STREAM.CREATE.UNIBUS_drift", &drifted);
        assert!(made.get("error").is_none(), "{made}");

        let folder = tempfile::tempdir().unwrap();
        let site = Self { server, folder };
        let file = ROOMS.map(|id| format!("[[rooms]]\nid = '{id}'\nsubject = 'room.{id}'\n"));
        std::fs::write(site.file(), file.join("\n")).unwrap();
        site
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("rooms.toml")
    }

    /// Every stream with its configuration, its state and its consumers, by name.
    fn streams(&self) -> Vec<Value> {
        let mut raw = self.server.raw();
        let mut list = raw.api("STREAM.LIST", &json!({}));
        let mut streams: Vec<Value> = serde_json::from_value(list["streams"].take()).unwrap();
        for stream in &mut streams {
            stream.as_object_mut().unwrap().remove("ts");
        }
        streams
    }
}

/// A room of 20 frames, a long hole, and 20 frames: what lies between was published on another
/// subject, which is purged as a whole.
fn abyss(raw: &mut RawNats) {
    let mut both = rooms::go_config("abyss", "room.abyss");
    both["subjects"] = json!(["room.abyss", "chaff"]);
    let made = raw.api("STREAM.CREATE.UNIBUS_abyss", &both);
    assert!(made.get("error").is_none(), "{made}");
    for (count, subject) in [(20, "room.abyss"), (HOLE, "chaff"), (20, "room.abyss")] {
        raw.publish_many(subject, count);
    }
    rooms::settle(raw, "abyss", 40 + HOLE);
    let purged = raw.api("STREAM.PURGE.UNIBUS_abyss", &json!({"filter": "chaff"}));
    assert_eq!(purged["purged"], HOLE, "{purged}");
    let updated = raw.api("STREAM.UPDATE.UNIBUS_abyss", &rooms::go_config("abyss", "room.abyss"));
    assert!(updated.get("error").is_none(), "{updated}");
}

/// Opens a room from the frames pane of another.
fn open(pty: &mut Pty, id: &str) {
    let at = ROOMS.iter().position(|room| *room == id).unwrap();
    pty.send(&format!("hg{}\r", "j".repeat(at)));
}

/// A person looks at everything there is.
fn tour(site: &Site, tap: &Wiretap, args: &[&str]) {
    let (url, file) = (tap.url(), site.file());
    let common = ["--server", &url, "--rooms", file.to_str().unwrap(), "--last", "10"];
    let mut pty = Pty::start(&[&common, args].concat());
    for id in ROOMS {
        pty.wait_for(id);
    }
    pty.wait("the rooms' states", |text| !text.contains("checking"));
    // The list read again, and in each of its orders, the first again at last.
    pty.send("\x12ooooo");
    read_ops(&mut pty, tap);
    jump_the_abyss(&mut pty);

    open(&mut pty, "drift");
    pty.wait_for("Drift in subjects");
    pty.send("d");
    pty.wait_for("room.audit");
    pty.send("q");
    pty.wait("the comparison to close", |text| !text.contains("wanted"));
    pty.send("A");
    if args.contains(&"--read-only") {
        pty.wait_for("read-only: nothing is changed");
    } else {
        pty.wait_for("changes the stream");
        pty.send("n");
        pty.wait("the question to close", |text| !text.contains("changes the stream"));
    }

    open(&mut pty, "hostile");
    pty.wait_for("1 slot = 1 frame");
    open(&mut pty, "empty");
    pty.wait_for("It never stored one");
    open(&mut pty, "purged");
    pty.wait_for("Its last sequence was 5; the next message will be 6.");
    open(&mut pty, "fresh");
    pty.wait("what became of it", |text| {
        text.contains("was created at") || text.contains("would create")
    });
    pty.send("rc");
    pty.wait_for("No consumer is ever made");
    pty.send("qq");
    assert_eq!(pty.ended().code, 0);
    pty.assert_restored();
}

/// Pages, gaps, page size, copies, refresh, and a retry after the connection was lost.
fn read_ops(pty: &mut Pty, tap: &Wiretap) {
    open(pty, "ops");
    pty.wait_for("10 slots = 9 frames + 1 missing");
    pty.send("[");
    pty.wait_for("10 slots = 7 frames + 3 missing");
    pty.send("{");
    pty.wait_for("1-10 of 1-30");
    pty.send("]");
    pty.wait_for("11-20 of 1-30");
    pty.send(",");
    pty.wait_for("Gap 11-13");
    pty.send("}");
    pty.wait_for("21-30 of 1-30");
    pty.send(",");
    pty.wait_for("Gap 25");
    pty.send(":last 30\r");
    pty.wait_for("30 slots = 26 frames + 4 missing");
    pty.send("G");
    pty.wait_for("Frame 30");
    for (key, what) in [("y", "base64 of 30"), ("Y", "hex of 30"), ("s", "sequence 30")] {
        pty.send(key);
        pty.wait_for(what);
    }
    pty.send("SbzzR");
    pty.wait_for("everything on this page was read");

    tap.mute();
    let before = tap.published_under("$JS.API.").len();
    pty.send("r");
    wait::until("the refresh to be sent", || {
        (tap.published_under("$JS.API.").len() > before).then_some(())
    });
    tap.unmute();
    tap.cut();
    pty.wait_for("reconnecting");
    pty.send("R");
    pty.wait("the page to be read again", |text| {
        text.contains("30 slots = 26 frames + 4 missing")
            && text.contains("connected")
            && !text.contains("last read failed")
    });
}

fn jump_the_abyss(pty: &mut Pty) {
    open(pty, "abyss");
    pty.wait_for("30 slots = 20 frames + 10 missing");
    pty.send("[");
    pty.wait_for("60,011 slots = 20 frames + 59,991 missing");
    pty.wait_for("oldest at ");
    pty.send("]");
    pty.wait_for("newest at ");
}

/// Requests that leave nothing behind.
fn is_a_look(subject: &str) -> bool {
    let api = subject.strip_prefix("$JS.API.STREAM.");
    subject == "$SYS.REQ.USER.INFO"
        || api.is_some_and(|verb| {
            ["NAMES", "LIST"].contains(&verb)
                || ["INFO.UNIBUS_", "MSG.GET.UNIBUS_"].iter().any(|look| verb.starts_with(look))
        })
}

fn writes(tap: &Wiretap) -> Vec<String> {
    let mut sent = tap.published();
    for look in ["NAMES", "LIST", "INFO.UNIBUS_ops", "MSG.GET.UNIBUS_abyss"] {
        assert!(sent.contains(&format!("$JS.API.STREAM.{look}")), "{look} never went by");
    }
    sent.retain(|subject| !is_a_look(subject));
    sent
}

#[test]
fn looking_at_everything_writes_nothing_but_the_missing_stream() {
    let site = Site::new();
    let before = site.streams();

    let tap = Wiretap::before(site.server.port());
    tour(&site, &tap, &["--read-only"]);
    assert_eq!(writes(&tap), Vec::<String>::new());
    assert_eq!(site.streams(), before);

    let tap = Wiretap::before(site.server.port());
    tour(&site, &tap, &[]);
    assert_eq!(writes(&tap), ["$JS.API.STREAM.CREATE.UNIBUS_fresh"]);
    let mut after = site.streams();
    after.retain(|stream| stream["config"]["name"] != "UNIBUS_fresh");
    assert_eq!(after, before);
    let consumers = after.iter().map(|stream| stream["state"]["consumer_count"].clone());
    assert!(consumers.eq(std::iter::repeat_n(json!(0), after.len())), "{after:?}");
}
