//! Many callers at once for much: memory stays within what `docs/http.md` states.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::serving::room;
use crate::support::{Http, NatsServer, RawNats, Serving, rooms};

/// Callers that take all of their answer; the others go away after some of it.
const WHOLE: usize = 2;
/// What the others take, in bytes.
const SOME: usize = 2_000_000;
/// The most memory that may be resident at any time, in bytes, as the documentation states it.
const BOUND: u64 = 256 << 20;

pub(super) fn store(raw: &mut RawNats, count: u64, bytes: usize) {
    rooms::fill(raw, "a", "room.a", 0);
    for n in 1..=count {
        raw.publish("room.a", &vec![n as u8; bytes]);
        // No more than the server may hold for a subject.
        if (n * bytes as u64).is_multiple_of(32 << 20) {
            rooms::settle(raw, "a", n);
        }
    }
    rooms::settle(raw, "a", count);
}

/// All callers ask at the same moment; gives the length of a whole answer.
fn ask(serving: &Serving, callers: usize) -> usize {
    let together = Barrier::new(callers);
    thread::scope(|scope| {
        let callers: Vec<_> = (0..callers)
            .map(|n| {
                let together = &together;
                scope.spawn(move || {
                    let mut http = Http::connect(serving.port());
                    together.wait();
                    http.request("GET", "/rooms/a/history?limit=1000", &[]);
                    let (status, _) = http.head().unwrap();
                    assert_eq!(status, 200, "{}", serving.log());
                    let (mut len, mut chunk) = (0, Vec::new());
                    while n < WHOLE || len < SOME {
                        let more = http.chunk(&mut chunk).unwrap();
                        len += chunk.len();
                        chunk.clear();
                        if !more {
                            break;
                        }
                    }
                    len
                })
            })
            .collect();
        let lens: Vec<usize> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
        assert!(lens[..WHOLE].iter().all(|len| *len == lens[0]), "{lens:?}");
        lens[0]
    })
}

/// Serves what is stored, and gives the length of a whole answer and the most memory it took.
fn measure(server: &NatsServer, callers: usize) -> (usize, u64) {
    let serving = Serving::start(&server.url(), &room("a", ""), &["--request-time", "600"]);
    serving.wait_for("NATS: connected");
    let before = serving.peak();
    let len = ask(&serving, callers);
    let peak = serving.peak();
    assert!(peak < BOUND, "{peak} B resident");
    assert!(before < peak);
    (len, peak)
}

fn length(count: usize, bytes: usize) -> usize {
    (bytes.div_ceil(3) * 4 + 3) * count - 1 + r#"{"messages":[]}"#.len()
}

#[test]
fn fifty_callers_for_a_thousand_frames_of_64_kib() {
    let server = NatsServer::start();
    store(&mut server.raw(), 1000, 64 << 10);
    let (len, peak) = measure(&server, 50);
    println!("{peak} B at the peak");
    assert_eq!(len, length(1000, 64 << 10));
}

#[test]
fn fifty_callers_for_frames_of_1_mib() {
    let server = NatsServer::start();
    // As large as the server takes by default.
    store(&mut server.raw(), 32, 1 << 20);
    let (len, peak) = measure(&server, 50);
    println!("{peak} B at the peak");
    assert_eq!(len, length(32, 1 << 20));
}

#[test]
fn callers_for_frames_of_1_mib_behind_light_ones() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "a", "room.a", 0);
    // The average says nothing of what comes. Together the callers must not ask for so much at a
    // time that the server cuts the connection off.
    raw.publish_many("room.a", 50_000);
    for n in 0..48_u64 {
        raw.publish("room.a", &vec![n as u8; 1 << 20]);
        if n % 16 == 15 {
            rooms::settle(&mut raw, "a", 50_001 + n);
        }
    }
    let (len, peak) = measure(&server, 10);
    println!("{peak} B at the peak");
    let (light, heavy) = (length(952, 1), length(48, 1 << 20));
    assert_eq!(len, light + heavy + 1 - r#"{"messages":[]}"#.len());
}

#[test]
fn a_caller_who_takes_nothing_is_cut_off_and_others_have_their_turn() {
    let server = NatsServer::start();
    store(&mut server.raw(), 40, 1 << 20);
    let serving = Serving::start(&server.url(), &room("a", ""), &["--reads", "1"]);
    serving.wait_for("NATS: connected");
    let mut slow = Http::connect(serving.port());
    slow.request("GET", "/rooms/a/history", &[]);
    assert_eq!(slow.head().unwrap().0, 200);
    let began = Instant::now();
    let other = Http::once(serving.port(), "/rooms/a/history?limit=1");
    assert_eq!(other.status, 200, "{}", serving.log());
    let took = began.elapsed();
    assert!((Duration::from_secs(10)..Duration::from_secs(40)).contains(&took), "{took:?}");
    let mut body = Vec::new();
    let end = loop {
        match slow.chunk(&mut body) {
            Ok(true) => {}
            end => break end,
        }
    };
    assert!(end.is_err(), "cut off, and seen to be");
}
