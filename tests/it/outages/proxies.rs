//! Bad ways to a good server: one that says nothing, one that stops in the middle of an answer, one
//! that is slow.

use std::thread;
use std::time::{Duration, Instant};

use super::truth::{Shown, assert_newest};
use super::words::{assert_even, assert_gave_up, assert_waited};
use crate::support::held::{Ended, run_within};
use crate::support::proxy::Way;
use crate::support::serving::room;
use crate::support::{Acknowledged, Http, NatsServer, Proxy, Serving, rooms};

/// Frames of the room, and their size.
const FRAMES: u64 = 1_000;
const SIZE: usize = 1024;
/// Longest wait for a command that finds out that its connection is dead.
const LONG: Duration = Duration::from_secs(40);
/// Within which a service answers, and a machine that is busy otherwise does.
const ANSWERS: Duration = Duration::from_secs(7);
const PATH: &str = "/rooms/p/history";

fn filled() -> (NatsServer, Acknowledged) {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "p", "room.p", 0);
    let mut truth = Acknowledged::of("p");
    truth.fill(&mut raw, FRAMES, SIZE);
    (server, truth)
}

#[track_caller]
fn history(list: &str, last: u64, truth: &Acknowledged, context: &str) -> Ended {
    let text = last.to_string();
    let args = ["history", "p", "--last", &text, "--format", "jsonl", "--server", list];
    let ended = run_within(&args, LONG);
    let shown = Shown::of(&ended.done.out, truth);
    shown.assert_true(context);
    assert_eq!(ended.done.code, 0, "{context}, after {:?}: {}", ended.took, ended.done.said);
    shown.assert_whole(FRAMES - last + 1..=FRAMES, context);
    ended
}

#[track_caller]
fn check(list: &str, last: u64, context: &str) -> Ended {
    let text = last.to_string();
    let ended = run_within(&["check", "p", "--last", &text, "--json", "--server", list], LONG);
    let report = &ended.done.json()[0];
    assert_eq!(report["completeness"], "whole", "{context}: {report}");
    assert_eq!(ended.done.code, 0, "{context}: {}{report}", ended.done.said);
    ended
}

/// One answer: all of it, or an error in time. Gives which.
#[track_caller]
fn ask(serving: &Serving, limit: u64, truth: &Acknowledged) -> bool {
    let began = Instant::now();
    let mut http = Http::patient(serving.port(), LONG);
    http.request("GET", &format!("{PATH}?limit={limit}"), &[]);
    let Ok(reply) = http.reply("GET") else {
        // Cut off, and seen to be.
        return false;
    };
    if reply.status == 200 {
        assert_newest(&reply.body, limit, FRAMES, truth);
        return true;
    }
    assert!([500, 503].contains(&reply.status), "{}", serving.log());
    assert!(began.elapsed() < ANSWERS, "{:?}: {}", began.elapsed(), serving.log());
    false
}

/// Each is passed by, left, or waited for.
#[test]
fn bad_ways_to_a_good_server_cost_time_and_no_frame() {
    let (server, truth) = filled();
    thread::scope(|scope| {
        for way in [silent, stopping, slow] {
            let (server, truth) = (&server, &truth);
            scope.spawn(move || way(server, truth));
        }
    });
}

/// One that says nothing is passed by.
fn silent(server: &NatsServer, truth: &Acknowledged) {
    let silent = Proxy::before(server.port(), Way::Silent);
    let list = format!("{},{}", silent.url(), server.url());
    thread::scope(|scope| {
        scope.spawn(|| {
            let ended = history(&list, FRAMES, truth, "silent first");
            assert!(ended.took < Duration::from_secs(4), "{:?}", ended.took);
        });
        scope.spawn(|| check(&list, FRAMES, "silent first"));
        scope.spawn(|| {
            let serving = Serving::start(&list, &room("p", ""), &[]);
            serving.wait_for("NATS: connected");
            assert!(ask(&serving, 200, truth), "{}", serving.log());
        });
        scope.spawn(|| {
            let args = ["history", "p", "--server", &silent.url(), "--format", "contract"];
            let alone = run_within(&args, LONG);
            assert_eq!((alone.done.code, alone.done.out.as_str()), (1, ""));
            assert_gave_up("", &alone.done.said, "silent alone");
        });
    });
    assert!(silent.taken() >= 4, "{} connections", silent.taken());
}

/// It stops after some parts of the answers to a command.
const STOPS: usize = 400_000;

/// One that stops in the middle is left, and taken again.
fn stopping(server: &NatsServer, truth: &Acknowledged) {
    let stops = |connections| Way::Stops { after: STOPS, connections };
    thread::scope(|scope| {
        scope.spawn(|| {
            let proxy = Proxy::before(server.port(), stops(1));
            let ended = history(&proxy.url(), FRAMES, truth, "stops once");
            assert_eq!(proxy.stopped(), 1);
            assert_waited(&ended.done.said, "stops once");
        });
        scope.spawn(|| {
            // It stops each time, and the server itself is the second of the list.
            let proxy = Proxy::before(server.port(), stops(usize::MAX));
            let list = format!("{},{}", proxy.url(), server.url());
            let ended = history(&list, FRAMES, truth, "stops, with another way");
            assert_waited(&ended.done.said, "stops, with another way");
        });
        scope.spawn(|| {
            let proxy = Proxy::before(server.port(), stops(1));
            let ended = check(&proxy.url(), FRAMES, "stops once");
            assert_eq!(proxy.stopped(), 1);
            assert_waited(&ended.done.said, "stops once");
        });
        scope.spawn(|| {
            let proxy = Proxy::before(server.port(), stops(1));
            let serving = Serving::start(&proxy.url(), &room("p", ""), &[]);
            serving.wait_for("NATS: connected");
            let began = Instant::now();
            let mut answers = Vec::new();
            while answers.last() != Some(&true) && began.elapsed() < LONG {
                answers.push(ask(&serving, FRAMES, truth));
            }
            assert_eq!(answers.last(), Some(&true), "{}", serving.log());
            assert_eq!(proxy.stopped(), 1);
        });
    });
}

/// Bytes a second of a slow way.
const RATE: u32 = 20_000;

/// A slow one is no dead one.
fn slow(server: &NatsServer, truth: &Acknowledged) {
    thread::scope(|scope| {
        scope.spawn(|| {
            let slow = Proxy::before(server.port(), Way::Slow(RATE));
            let ended = history(&slow.url(), 200, truth, "slow");
            assert_even(&ended.done.said, "slow");
            assert_eq!(slow.taken(), 1, "{}", ended.done.said);
        });
        scope.spawn(|| {
            let slow = Proxy::before(server.port(), Way::Slow(RATE));
            check(&slow.url(), 200, "slow");
            assert_eq!(slow.taken(), 1);
        });
        scope.spawn(|| {
            let slow = Proxy::before(server.port(), Way::Slow(RATE));
            let serving = Serving::start(&slow.url(), &room("p", ""), &[]);
            serving.wait_for("NATS: connected");
            assert!(ask(&serving, 20, truth), "{}", serving.log());
            // As long as answers come, it waits for more of them.
            assert!(ask(&serving, 200, truth), "{}", serving.log());
            assert_eq!(Http::once(serving.port(), "/healthz").status, 200);
            assert_eq!(slow.taken(), 1, "{}", serving.log());
        });
    });
}
