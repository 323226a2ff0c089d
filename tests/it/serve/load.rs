//! Many callers at once for much: memory stays within what `docs/http.md` states.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::serving::room;
use crate::support::{Http, NatsServer, RawNats, Serving, rooms, wait};

/// Callers that take all of their answer; the others go away after some of it.
const WHOLE: usize = 2;
/// How long nothing may come: those who wait for their turn wait long on a machine that is busy
/// otherwise.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long answers may be held up; longer, and they are cut off.
const HELD: Duration = Duration::from_secs(14);
/// What the others take, in bytes.
const SOME: usize = 2_000_000;
/// The most memory that may be resident at any time, in bytes, as the documentation states it.
const BOUND: u64 = 256 << 20;
/// The same where all frames weigh alike.
const EVEN: u64 = 128 << 20;
/// One room alone takes half of the answers that are made at a time.
const ROOMS: [&str; 2] = ["a", "b"];

/// Stores frames of this size in a room, behind so many of one byte.
pub(super) fn store(raw: &mut RawNats, id: &str, light: u64, count: u64, bytes: usize) {
    let subject = format!("room.{id}");
    rooms::fill(raw, id, &subject, 0);
    raw.publish_many(&subject, light);
    for n in 1..=count {
        raw.publish(&subject, &vec![n as u8; bytes]);
        // No more than the server may hold for a subject.
        if (n * bytes as u64).is_multiple_of(16 << 20) {
            rooms::settle(raw, id, light + n);
        }
    }
    rooms::settle(raw, id, light + count);
}

/// All callers ask at the same moment, and take nothing until so many answers have begun; gives the
/// length of a whole answer.
fn ask(serving: &Serving, rooms: &[&str], callers: usize, begun: usize) -> usize {
    let together = Barrier::new(callers);
    let answers = AtomicUsize::new(0);
    thread::scope(|scope| {
        let callers: Vec<_> = (0..callers)
            .map(|n| {
                let (together, answers) = (&together, &answers);
                scope.spawn(move || {
                    let mut http = Http::patient(serving.port(), PATIENCE);
                    together.wait();
                    let target = format!("/rooms/{}/history?limit=1000", rooms[n % rooms.len()]);
                    http.request("GET", &target, &[]);
                    let (status, _) = http.head().unwrap();
                    assert_eq!(status, 200, "{}", serving.log());
                    answers.fetch_add(1, Ordering::Relaxed);
                    wait::within(HELD, "answers", || {
                        (answers.load(Ordering::Relaxed) >= begun).then_some(())
                    });
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

/// Serves what both rooms hold to so many callers, within so much memory; gives the length of a
/// whole answer.
fn measure(server: &NatsServer, callers: usize, bound: u64) -> usize {
    measure_held(server, &ROOMS, callers, 0, bound)
}

/// The same of any rooms, where callers take nothing until so many answers have begun.
fn measure_held(
    server: &NatsServer,
    rooms: &[&str],
    callers: usize,
    begun: usize,
    bound: u64,
) -> usize {
    let file: String = rooms.iter().map(|id| room(id, "")).collect();
    let serving = Serving::start(&server.url(), &file, &["--request-time", "600"]);
    serving.wait_for("NATS: connected");
    let len = ask(&serving, rooms, callers, begun);
    let peak = serving.peak();
    assert!(peak < bound, "{peak} B resident");
    len
}

fn length(count: usize, bytes: usize) -> usize {
    (bytes.div_ceil(3) * 4 + 3) * count - 1 + r#"{"messages":[]}"#.len()
}

#[test]
fn fifty_callers_for_a_thousand_frames_of_64_kib() {
    let server = NatsServer::start();
    for id in ROOMS {
        store(&mut server.raw(), id, 0, 1000, 64 << 10);
    }
    assert_eq!(measure(&server, 50, EVEN), length(1000, 64 << 10));
}

#[test]
fn fifty_callers_for_frames_of_1_mib() {
    let server = NatsServer::start();
    // As large as the server takes by default.
    for id in ROOMS {
        store(&mut server.raw(), id, 0, 32, 1 << 20);
    }
    assert_eq!(measure(&server, 50, EVEN), length(32, 1 << 20));
}

#[test]
fn callers_for_frames_of_1_mib_behind_light_ones() {
    let server = NatsServer::start();
    // The average says nothing of what comes. Together the callers must not ask for so much at a
    // time that the server cuts the connection off.
    for id in ROOMS {
        store(&mut server.raw(), id, 50_000, 48, 1 << 20);
    }
    let (light, heavy) = (length(952, 1), length(48, 1 << 20));
    assert_eq!(measure(&server, 8, BOUND), light + heavy + 1 - r#"{"messages":[]}"#.len());
}

#[test]
fn forty_callers_for_frames_of_16_mib() {
    // A server cuts off who is behind by three of them.
    let server = NatsServer::with_config("max_payload: 64MB");
    for id in ROOMS {
        store(&mut server.raw(), id, 0, 3, (16 << 20) - 100);
    }
    // Of each room two answers are made at a time. All hold a frame before the first goes on.
    assert_eq!(measure_held(&server, &ROOMS, 40, 4, BOUND), length(3, (16 << 20) - 100));
}

#[test]
fn forty_callers_for_heavy_frames_and_for_lighter_ones_of_other_rooms() {
    let server = NatsServer::with_config("max_payload: 64MB");
    for id in ROOMS {
        store(&mut server.raw(), id, 0, 3, (16 << 20) - 100);
    }
    // Just so light that each answer counts as one.
    for id in ["c", "d"] {
        store(&mut server.raw(), id, 0, 3, (8 << 20) - 200);
    }
    // Of the heavy ones four are made at a time, and four of the others beside them.
    let rooms = &["a", "b", "c", "d"];
    let len = measure_held(&server, rooms, 40, 8, BOUND);
    assert_eq!(len, length(3, (16 << 20) - 100));
}
