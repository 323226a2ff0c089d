//! Starting, losing NATS, and stopping.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use super::load::store;
use crate::support::serving::{command, room};
use crate::support::{Http, NatsServer, Serving, rooms, wait};

const PATH: &str = "/rooms/a/history";
/// Less than requests wait for a connection.
const SOON: Duration = Duration::from_secs(3);

#[test]
fn it_fails_fast_while_nats_is_gone_and_is_well_again_by_itself() {
    let mut server = NatsServer::start();
    rooms::fill(&mut server.raw(), "a", "room.a", 3);
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let mut http = Http::connect(serving.port());
    let before = http.get(PATH);
    assert_eq!(before.status, 200);

    server.kill();
    // Those that come first wait for it.
    wait::until("a failure at once", || {
        let began = Instant::now();
        let reply = http.get(PATH);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!((reply.status, reply.error()), (500, "internal error".into()));
        (began.elapsed() < SOON).then_some(())
    });
    wait::until("the health to tell", || (http.get("/healthz").status == 503).then_some(()));
    // More than there are places to wait, so that waiting would show.
    let (began, port) = (Instant::now(), serving.port());
    std::thread::scope(|scope| {
        let ask = |_| scope.spawn(move || Http::once(port, PATH).status);
        for caller in (0..300).map(ask).collect::<Vec<_>>() {
            assert_eq!(caller.join().unwrap(), 500);
        }
    });
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());

    server.restart();
    let after = wait::until("histories again", || {
        let reply = http.get(PATH);
        (reply.status == 200).then_some(reply)
    });
    assert_eq!(after.body, before.body);
    assert_eq!(http.get("/healthz").status, 200);
}

/// Asks for a large history and takes all that comes: the status, and when it ended.
fn taken(port: u16, streaming: &AtomicUsize) -> (u16, Instant) {
    let mut http = Http::connect(port);
    http.request("GET", PATH, &[]);
    let (status, _) = http.head().unwrap();
    if status == 200 {
        streaming.fetch_add(1, Ordering::Relaxed);
        let mut chunk = Vec::new();
        let end = loop {
            chunk.clear();
            match http.chunk(&mut chunk) {
                Ok(true) => {}
                end => break end,
            }
        };
        assert!(end.is_err(), "cut off, and seen to be");
    }
    (status, Instant::now())
}

#[test]
fn a_server_that_hangs_is_a_failure_within_five_seconds() {
    let server = NatsServer::start();
    store(&mut server.raw(), "a", 0, 200, 1_000_000);
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let (port, streaming) = (serving.port(), AtomicUsize::new(0));
    let (paused, waiting, late) = std::thread::scope(|scope| {
        let call = || scope.spawn(|| taken(port, &streaming));
        // More than answers are made at a time: some are read, and others wait for their turn.
        let waiting: Vec<_> = (0..20).map(|_| call()).collect();
        wait::until("answers", || (streaming.load(Ordering::Relaxed) >= 2).then_some(()));
        server.pause();
        let paused = Instant::now();
        // And those who come when it hangs already.
        let late: Vec<_> = (0..20).map(|_| call()).collect();
        let ends = |callers: Vec<ScopedJoinHandle<'_, _>>| -> Vec<(u16, Instant)> {
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        };
        (paused, ends(waiting), ends(late))
    });
    server.resume();
    for (status, end) in &late {
        assert_eq!(*status, 500);
        assert!(*end - paused < Duration::from_secs(5), "{:?}", *end - paused);
    }
    // None waits until others, one after the other, found out the same.
    assert!(waiting.iter().filter(|(status, _)| *status == 500).count() >= 12, "{waiting:?}");
    for (status, end) in &waiting {
        let took = *end - paused;
        assert!(took < Duration::from_secs(8), "{status} {took:?}: {}", serving.log());
    }
}

#[test]
fn it_comes_up_before_nats_does() {
    let mut server = NatsServer::start();
    rooms::fill(&mut server.raw(), "a", "room.a", 3);
    server.kill();
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    assert_eq!(Http::once(serving.port(), PATH).status, 500);
    let health = Http::once(serving.port(), "/healthz");
    assert_eq!((health.status, health.json()["nats"].as_str()), (503, Some("connecting")));
    // Not there is told without NATS.
    assert_eq!(Http::once(serving.port(), "/rooms/b/history").status, 404);
    server.restart();
    wait::until("histories", || (Http::once(serving.port(), PATH).status == 200).then_some(()));
}

#[test]
fn nats_lost_halfway_never_looks_like_the_end() {
    let mut server = NatsServer::start();
    store(&mut server.raw(), "a", 0, 64, 1_000_000);
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let mut http = Http::connect(serving.port());
    http.request("GET", PATH, &[]);
    let (status, headers) = http.head().unwrap();
    assert_eq!((status, headers["transfer-encoding"].as_str()), (200, "chunked"));
    let mut body = Vec::new();
    while body.len() < 1_000_000 {
        assert!(http.chunk(&mut body).unwrap());
    }
    server.kill();
    let end = loop {
        match http.chunk(&mut body) {
            Ok(true) => {}
            end => break end,
        }
    };
    assert!(end.is_err(), "cut off, and seen to be");
    assert!(!body.ends_with(b"]}"));
    serving.wait_for("aborted (");
}

#[test]
fn it_stops_when_what_is_under_way_is_done() {
    let server = NatsServer::start();
    store(&mut server.raw(), "a", 0, 40, 1_000_000);
    let mut serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let mut idle = Http::connect(serving.port());
    assert_eq!(idle.get("/healthz").status, 200);
    let mut http = Http::connect(serving.port());
    http.request("GET", PATH, &[]);
    let (status, _) = http.head().unwrap();
    assert_eq!(status, 200);
    serving.terminate();
    serving.wait_for("SIGTERM");
    assert!(idle.is_closed());
    wait::until("no more connections", || {
        std::net::TcpStream::connect(("127.0.0.1", serving.port())).err()
    });
    let mut body = Vec::new();
    while http.chunk(&mut body).unwrap() {}
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(json["messages"].as_array().unwrap().len(), 40);
    assert_eq!(serving.ended().code(), Some(0));
    assert!(serving.log().ends_with("stopped"), "{}", serving.log());
}

#[test]
fn an_address_that_cannot_be_had_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (args, code, wanted) in [
        (&["--demo", "--listen", &taken][..], 1, "something listens there already"),
        (&["--demo", "--listen", "here"], 2, "give an IP address and a port"),
        (&["--demo", "--listen", "127.0.0.1:99999"], 2, "give an IP address and a port"),
        (&["--listen", "127.0.0.1:0"], 2, "give a rooms file with --rooms"),
        (&["--rooms", "/nonexistent/rooms.toml"], 2, "/nonexistent/rooms.toml"),
        (&["--demo", "--reads", "0"], 2, "from 1 to 256"),
        (&["--demo", "--auth", "maybe"], 2, "off, enforce"),
    ] {
        let output = command(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(wanted) && said.lines().count() == 1, "{args:?}: {said}");
    }
}
