//! Many callers at once for much: memory stays within what `docs/http.md` states.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::serving::room;
use crate::support::{Http, NatsServer, RawNats, Serving, rooms};

/// Callers at once.
const CALLERS: usize = 50;
/// Those that take all of their answer; the others go away after some of it.
const WHOLE: usize = 3;
/// What the others take, in bytes.
const SOME: usize = 3_000_000;
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
fn ask(serving: &Serving) -> usize {
    let together = Barrier::new(CALLERS);
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|n| {
                let together = &together;
                scope.spawn(move || {
                    let mut http = Http::connect(serving.port());
                    together.wait();
                    http.request("GET", "/rooms/a/history?limit=1000", &[]);
                    let (status, _) = http.head().unwrap();
                    assert_eq!(status, 200);
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

fn measure(count: u64, bytes: usize) -> String {
    let server = NatsServer::start();
    store(&mut server.raw(), count, bytes);
    let serving = Serving::start(&server.url(), &room("a", ""), &["--request-time", "600"]);
    serving.wait_for("NATS: connected");
    let before = serving.peak();
    let len = ask(&serving);
    let encoded = bytes.div_ceil(3) * 4 + 3;
    assert_eq!(len, encoded * count as usize - 1 + r#"{"messages":[]}"#.len());
    let peak = serving.peak();
    assert!(peak < BOUND, "{peak} B resident");
    format!("{CALLERS} callers, {count} frames of {bytes} B: {before} B before, {peak} B peak")
}

#[test]
fn fifty_callers_for_a_thousand_frames_of_64_kib() {
    println!("{}", measure(1000, 64 << 10));
}

#[test]
fn fifty_callers_for_frames_of_1_mib() {
    // As large as the server takes by default.
    println!("{}", measure(96, 1 << 20));
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
    assert!((Duration::from_secs(10)..Duration::from_secs(20)).contains(&took), "{took:?}");
    let mut body = Vec::new();
    let end = loop {
        match slow.chunk(&mut body) {
            Ok(true) => {}
            end => break end,
        }
    };
    assert!(end.is_err(), "cut off, and seen to be");
}
