//! Ways out while connected to a server: the terminal comes back on each, and soon.

use std::time::{Duration, Instant};

use tokio::signal::unix::SignalKind;

use super::support::pty::Ended;
use super::support::{NatsServer, Pty, Wiretap, rooms, wait};

fn server() -> NatsServer {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "ops", "room.ops", 5);
    server
}

#[test]
fn a_signal_ends_it_with_a_room_open() {
    let server = server();
    let ends = [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131), ("ALRM", 142)];
    let own = [("USR1", SignalKind::user_defined1()), ("USR2", SignalKind::user_defined2())];
    let own = own.map(|(name, kind)| (name, u32::try_from(128 + kind.as_raw_value()).unwrap()));
    for (name, code) in ends.into_iter().chain(own) {
        let mut pty = Pty::start(&["--server", &server.url(), "ops"]);
        pty.wait_for("5 slots = 5 frames");
        pty.assert_taken(true);
        pty.signal(name);
        assert_eq!(pty.ended(), Ended { code, signal: None }, "{name}");
        pty.assert_restored();
    }
}

#[test]
fn a_signal_does_not_wait_for_a_server_that_is_silent() {
    let server = server();
    let tap = Wiretap::before(server.port());
    let mut pty = Pty::start(&["--server", &tap.url(), "ops"]);
    pty.wait_for("5 slots = 5 frames");
    tap.mute();
    let before = tap.published().len();
    pty.send("r");
    wait::until("the refresh to be sent", || (tap.published().len() > before).then_some(()));
    let started = Instant::now();
    pty.signal("TERM");
    assert_eq!(pty.ended(), Ended { code: 143, signal: None });
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    pty.assert_restored();
}

#[test]
fn a_panic_ends_it_with_a_message_on_a_clean_terminal() {
    let server = server();
    // The rehearsed panic comes a moment after the start: on a busy machine that may be before
    // the connection is up, and then it shows nothing new.
    for _ in 0..10 {
        let args = ["--server", &server.url(), "ops"];
        let mut pty = Pty::start_with(&args, &[("ROOMSCOPE_REHEARSE_PANIC", "task")]);
        assert_eq!(pty.ended(), Ended { code: 1, signal: None });
        pty.assert_restored();
        pty.wait_for("rehearsed panic in the task");
        let written = String::from_utf8(pty.bytes()).unwrap();
        let (screen, after) = written.rsplit_once("\x1b[?1049l").unwrap();
        assert!(after.contains("rehearsed panic"), "the message came first: {after:?}");
        // The ledger: the page was read.
        if screen.contains("slots") {
            return;
        }
    }
    panic!("none of ten runs had read its page when it panicked");
}
