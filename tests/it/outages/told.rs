//! What the top line and `/healthz` say of a connection: that a frozen server is not one, and that
//! a server which is only in the list is nobody's business.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::site::{Turn, filled};
use super::truth::assert_newest;
use crate::support::cluster::{current, lead};
use crate::support::rooms::stream;
use crate::support::serving::room;
use crate::support::{Acknowledged, Cluster, Http, NatsServer, Pty, RawNats, Serving, rooms, wait};

/// Within which a frozen server is no longer called connected: 5 s, and what a machine that is
/// busy otherwise may add.
const TOLD: Duration = Duration::from_secs(6);
/// How long nothing may happen: longer than it takes to find out that a connection is dead.
const CALM: Duration = Duration::from_secs(6);
/// The same where a connection would be seen to end at once.
const SHORT_CALM: Duration = Duration::from_secs(3);
/// Frames of the room.
const FRAMES: u64 = 40;
const PATH: &str = "/rooms/r/history";

/// The screen and the service, on the same servers.
struct Faces {
    screen: Pty,
    serving: Serving,
    _folder: tempfile::TempDir,
}

impl Faces {
    fn open(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rooms.toml");
        let known = room("r", "replicas = 3");
        std::fs::write(&file, &known).unwrap();
        let screen = Pty::start(&["--server", list, "--rooms", file.to_str().unwrap(), "r"]);
        screen.wait_for("40 slots = 40 frames + 0 missing");
        let serving = Serving::start(list, &known, &[]);
        serving.wait_for("NATS: connected");
        Self { screen, serving, _folder: folder }
    }

    fn top(&self) -> String {
        self.screen.text().lines().next().unwrap_or_default().to_owned()
    }

    /// Whether the top line says that it is connected, and to this port.
    fn is_connected(&self, port: u16) -> bool {
        self.top().contains(&format!("connected 127.0.0.1:{port}"))
    }

    fn health(&self) -> (u16, Value) {
        let reply = Http::once(self.serving.port(), "/healthz");
        (reply.status, reply.json())
    }

    /// How often the service told of its connection.
    fn connections(&self) -> usize {
        self.serving.log().matches(" NATS: ").count()
    }

    /// A history, if it is there: nothing else than all of it.
    fn has_history(&self, truth: &Acknowledged) -> bool {
        let reply = Http::once(self.serving.port(), PATH);
        if reply.status == 200 {
            assert_newest(&reply.body, FRAMES, FRAMES, truth);
            return true;
        }
        assert!(reply.status >= 500, "{}: {}", reply.status, self.serving.log());
        false
    }

    /// Both faces show the room whole, over some connection.
    fn assert_well(&mut self, truth: &Acknowledged) {
        wait::until("a history", || self.has_history(truth).then_some(()));
        assert_eq!(self.health().0, 200);
        self.screen.wait("a connection", |text| {
            text.lines().next().is_some_and(|top| top.contains("connected 127.0.0.1:"))
        });
        self.screen.send("r");
        self.screen.wait_for("40 slots = 40 frames + 0 missing");
    }
}

#[test]
fn a_frozen_server_is_told_of_in_five_seconds_where_it_matters() {
    thread::scope(|scope| [single, of_three].map(|case| drop(scope.spawn(case))));
}

/// The only server is told of.
fn single() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "r", "room.r", 0);
    let mut truth = Acknowledged::of("r");
    truth.fill(&mut raw, FRAMES, 100);
    let mut faces = Faces::open(&server.url());
    assert!(faces.is_connected(server.port()), "{}", faces.top());

    server.pause();
    let frozen = Instant::now();
    wait::within(TOLD, "both faces to tell", || {
        let told = !faces.is_connected(server.port()) && faces.health().0 == 503;
        told.then_some(())
    });
    assert!(frozen.elapsed() < TOLD, "{:?}", frozen.elapsed());
    assert!(!faces.has_history(&truth));
    server.resume();
    faces.assert_well(&truth);
    assert!(faces.is_connected(server.port()), "{}", faces.top());
}

/// Nothing happens for a while: the same connection, and whole histories.
fn assert_calm(faces: &Faces, port: u16, truth: &Acknowledged, context: &str, calm: Duration) {
    let began = Instant::now();
    while began.elapsed() < calm {
        assert!(faces.is_connected(port), "{context}: {}", faces.top());
        assert_eq!(faces.health().0, 200, "{context}");
        assert!(faces.has_history(truth), "{context}: {}", faces.serving.log());
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(faces.connections(), 1, "{context}: {}", faces.serving.log());
}

/// Of three servers only the connected one matters.
fn of_three() {
    let _turn = Turn::take();
    let mut cluster = Cluster::start(3);
    let mut raw: RawNats = cluster.raw(0);
    let truth = filled(&cluster, &mut raw, "r", FRAMES, 100);
    let name = stream("r");
    lead(&mut raw, name.as_str(), 0);
    let mut faces = Faces::open(&cluster.urls());
    let port = cluster.port(0);
    assert!(faces.is_connected(port), "{}", faces.top());

    let frozen = cluster.freeze(2);
    assert_calm(&faces, port, &truth, "another one is frozen", CALM);
    drop(frozen);
    current(&mut raw, name.as_str());
    cluster.kill(2);
    assert_calm(&faces, port, &truth, "another one is killed", SHORT_CALM);
    cluster.start_member(2);
    cluster.wait_for(2);
    cluster.wait_for_health(2);
    current(&mut raw, name.as_str());

    // Another one leads, so that there is no election to wait for.
    lead(&mut raw, name.as_str(), 1);
    let frozen = cluster.freeze(0);
    wait::within(TOLD, "both faces to tell", || {
        // The service may be connected to another one before its health is asked for.
        let told = faces.health().0 == 503 || faces.connections() > 1;
        (told && !faces.is_connected(port)).then_some(())
    });
    faces.assert_well(&truth);
    assert!(!faces.is_connected(port), "{}", faces.top());
    drop(frozen);
}
