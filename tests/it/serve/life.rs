//! Starting, losing NATS, and stopping.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::load::store;
use crate::support::serving::{command, room};
use crate::support::{Http, NatsServer, Serving, rooms, wait};

const PATH: &str = "/rooms/a/history";

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
    for _ in 0..2 {
        let began = Instant::now();
        let reply = http.get(PATH);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!((reply.status, reply.error()), (500, "internal error".into()));
    }
    wait::until("the health to tell", || (http.get("/healthz").status == 503).then_some(()));

    server.restart();
    let after = wait::until("histories again", || {
        let reply = http.get(PATH);
        (reply.status == 200).then_some(reply)
    });
    assert_eq!(after.body, before.body);
    assert_eq!(http.get("/healthz").status, 200);
}

#[test]
fn a_server_that_hangs_is_a_failure_within_five_seconds() {
    let server = NatsServer::start();
    rooms::fill(&mut server.raw(), "a", "room.a", 3);
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    assert_eq!(Http::once(serving.port(), PATH).status, 200);
    server.pause();
    // More callers than answers are made at a time: none waits for another's failure.
    let port = serving.port();
    let callers: Vec<_> = (0..30)
        .map(|_| {
            std::thread::spawn(move || {
                let began = Instant::now();
                (Http::once(port, PATH), began.elapsed())
            })
        })
        .collect();
    let replies: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    server.resume();
    for (reply, took) in replies {
        assert_eq!((reply.status, reply.error()), (500, "internal error".into()));
        assert!(took < Duration::from_secs(5), "{took:?}");
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
    store(&mut server.raw(), 64, 1_000_000);
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
    store(&mut server.raw(), 40, 1_000_000);
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
fn it_stops_in_ten_seconds_although_a_caller_takes_nothing() {
    let server = NatsServer::start();
    store(&mut server.raw(), 40, 1_000_000);
    let mut serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let mut http = Http::connect(serving.port());
    http.request("GET", PATH, &[]);
    http.head().unwrap();
    let began = Instant::now();
    serving.terminate();
    assert_eq!(serving.ended().code(), Some(0));
    let took = began.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(25)).contains(&took), "{took:?}");
    wait::until("its last word", || {
        serving.log().ends_with("stopped; connections cut off: 1").then_some(())
    });
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
