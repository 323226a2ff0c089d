//! An answer over HTTP, in the middle of which its server is killed or frozen or its stream has no
//! leader: it goes on where that is over soon, and else fails in time.

use std::thread;
use std::time::{Duration, Instant};

use super::site::{Turn, filled};
use super::truth::assert_newest;
use crate::support::cluster::{current, lead, step_down};
use crate::support::rooms::stream;
use crate::support::serving::room;
use crate::support::{Acknowledged, Cluster, Http, Serving, Wiretap, wait};

/// Frames of the room, and of an answer.
const FRAMES: u64 = 400;
const LIMIT: u64 = 200;
/// Requests that were sent when it happens.
const SENT: usize = 100;
/// Within which there is an answer: 5 s, and what a machine that is busy otherwise may add.
const ANSWERS: Duration = Duration::from_secs(7);

/// Where the servers are: the port of the one that is connected to, and the addresses of the others.
struct At {
    first: u16,
    others: String,
}

/// One request to a service that is connected to the first member, in the middle of which
/// something happens; the answer is whole, or else
/// this gives the log.
fn answered<T>(
    at: &At,
    truth: &Acknowledged,
    what: &str,
    act: impl FnOnce() -> T,
) -> Result<(), String> {
    let tap = Wiretap::before(at.first);
    let list = format!("{},{}", tap.url(), at.others);
    let serving = Serving::start(&list, &room("h", "replicas = 3"), &[]);
    serving.wait_for("NATS: connected");
    tap.hold_after(SENT);
    let port = serving.port();
    let asking = thread::spawn(move || Http::once(port, "/rooms/h/history"));
    wait::until("half of the requests", || tap.is_holding().then_some(()));
    let began = Instant::now();
    let done = act();
    tap.release();
    let reply = asking.join().unwrap();
    assert!(began.elapsed() < ANSWERS, "{what}: {:?}: {}", began.elapsed(), serving.log());
    drop(done);
    if reply.status == 200 {
        assert_newest(&reply.body, LIMIT, FRAMES, truth);
        return Ok(());
    }
    assert_eq!(reply.status, 500, "{what}: {}", serving.log());
    serving.wait_for("GET ");
    Err(format!("{what}: {}", serving.log()))
}

#[test]
fn an_answer_goes_on_where_an_outage_is_short() {
    let _turn = Turn::take();
    let mut cluster = Cluster::start(3);
    let at = At { first: cluster.port(0), others: [1, 2].map(|at| cluster.url(at)).join(",") };
    let mut raw = cluster.raw(2);
    let truth = filled(&cluster, &mut raw, "h", FRAMES, 300);
    let name = stream("h");
    let name = name.as_str();
    let mut failed = Vec::new();
    for leader in [0, 1] {
        lead(&mut raw, name, leader);
        let what = format!("n{} steps down", leader + 1);
        failed.extend(answered(&at, &truth, &what, || step_down(&mut raw, name)).err());
        current(&mut raw, name);
    }
    lead(&mut raw, name, 1);
    // It may or may not be found out in time.
    let _ = answered(&at, &truth, "the connected one is frozen", || cluster.freeze(0));
    current(&mut raw, name);
    lead(&mut raw, name, 1);
    failed.extend(answered(&at, &truth, "the connected one is killed", || cluster.kill(0)).err());
    assert!(failed.is_empty(), "{failed:#?}");
}
