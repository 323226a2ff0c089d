//! Callers that take their answer slowly, or not at all.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::load::store;
use crate::support::serving::room;
use crate::support::{Http, NatsServer, Serving, wait};

/// What the service gives a request, in seconds.
const REQUEST_TIME: u64 = 20;
/// Longer than anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How late a busy machine may be.
const SLACK: Duration = Duration::from_secs(4);

/// Takes so many bytes a second, for as long as there are any; whether that was the whole answer.
fn take(http: &mut Http, rate: usize) -> bool {
    let (began, mut taken, mut end) = (Instant::now(), 0, Vec::new());
    let mut piece = vec![0; rate / 10];
    loop {
        let due = Duration::from_secs_f64(taken as f64 / rate as f64);
        thread::sleep(due.saturating_sub(began.elapsed()));
        match http.take(&mut piece) {
            Ok(0) => break,
            Ok(len) => {
                taken += len;
                end.extend_from_slice(&piece[..len]);
                end.drain(..end.len().saturating_sub(5));
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}"),
        }
        assert!(began.elapsed() < PATIENCE, "{taken} B at {rate} B/s");
    }
    end == b"0\r\n\r\n"
}

/// Waits for the line of the request on a connection: what it says last, and after how long it was
/// written.
fn line(serving: &Serving, http: &Http) -> (String, Duration) {
    let of = format!(" 127.0.0.1:{} ", http.port());
    let line = wait::within(PATIENCE, "a line", || {
        serving.log().lines().find(|line| line.contains(&of)).map(str::to_owned)
    });
    let (_, rest) = line.split_once(" ms=").unwrap();
    let (ms, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    (rest.to_owned(), Duration::from_millis(ms.parse().unwrap()))
}

#[test]
fn who_takes_has_the_whole_time_and_who_does_not_is_cut_off() {
    let server = NatsServer::start();
    // 8 MB as an answer: more than a socket's buffers take in.
    for id in ["a", "b"] {
        store(&mut server.raw(), id, 0, 60, 100_000);
    }
    let file = ["a", "b"].map(|id| room(id, "")).concat();
    let time = REQUEST_TIME.to_string();
    let serving = Serving::start(&server.url(), &file, &["--request-time", &time]);
    serving.wait_for("NATS: connected");
    let (serving, port) = (&serving, serving.port());
    let connect =
        |narrow: bool| if narrow { Http::narrow(port) } else { Http::patient(port, PATIENCE) };
    let (nothing, gone) = ("the caller took nothing for 15 s", "took nothing for 5 s");
    let all = "the time for the request (20 s) was used up";
    thread::scope(|scope| {
        for (room, rate, narrow, sends_no_more, seconds, why) in [
            ("a", 5_000, true, false, REQUEST_TIME, all),
            ("a", 5_000, true, true, REQUEST_TIME, all),
            ("a", 30_000, false, false, REQUEST_TIME, all),
            ("b", 0, true, false, 15, nothing),
            ("b", 0, false, false, 15, nothing),
            ("b", 0, false, true, 5, gone),
        ] {
            scope.spawn(move || {
                let mut http = connect(narrow);
                http.request("GET", &format!("/rooms/{room}/history"), &[]);
                if sends_no_more {
                    http.send_no_more();
                }
                if rate > 0 {
                    assert!(!take(&mut http, rate), "not whole, and seen to be");
                }
                let (said, took) = line(serving, &http);
                let expected = Duration::from_secs(seconds);
                assert!(said.contains("aborted (") && said.contains(why), "{rate}: {said}");
                assert!(took >= expected && took < expected + SLACK, "{rate}: {took:?} {said}");
            });
        }
    });
}
