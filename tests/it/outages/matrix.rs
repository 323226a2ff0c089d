//! One of three servers killed or frozen in the middle of everything, by what it was to those who
//! read: connected to, leading, both or neither.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::commands::Command;
use super::faces::Faces;
use super::site::{LONG, Turn, filled, runs};
use super::words::assert_waited;
use crate::support::cluster::{current, lead};
use crate::support::held::Held;
use crate::support::rooms::stream;
use crate::support::{Acknowledged, Cluster, Wiretap, wait};

/// Frames of the room, and requests that a command has sent when it happens.
const FRAMES: u64 = 6_000;
const SENT: usize = 2_500;
/// Whom everybody is connected to.
const CONNECTED: usize = 0;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Kill,
    Freeze,
}

/// To whom: the server, and the one that leads the stream.
#[derive(Debug, Clone, Copy)]
struct Role {
    what: &'static str,
    target: usize,
    leader: usize,
}

const BOTH: Role = Role { what: "connected to and leading", target: 0, leader: 0 };
const CONNECTION: Role = Role { what: "connected to", target: 0, leader: 1 };
const LEADER: Role = Role { what: "leading", target: 1, leader: 1 };
const NEITHER: Role = Role { what: "neither", target: 2, leader: 1 };

/// All of it; the first ones each time that the tests run.
const ROUNDS: [(Act, Role); 8] = [
    (Act::Freeze, BOTH),
    (Act::Kill, CONNECTION),
    (Act::Freeze, LEADER),
    (Act::Kill, NEITHER),
    (Act::Freeze, CONNECTION),
    (Act::Freeze, NEITHER),
    (Act::Kill, LEADER),
    (Act::Kill, BOTH),
];

/// Commands in the middle of their work: each one's server hears no more of them for now.
fn begun<'a>(cluster: &Cluster, commands: &[Command<'a>]) -> Vec<(Command<'a>, Wiretap, Held)> {
    let begun: Vec<_> = commands
        .iter()
        .map(|command| {
            let tap = Wiretap::before(cluster.port(CONNECTED));
            tap.hold_after(SENT);
            let list = format!("{},{},{}", tap.url(), cluster.url(1), cluster.url(2));
            let mut held = Held::start(&[&command.args("m")[..], &["--server", &list]].concat());
            held.flow();
            (*command, tap, held)
        })
        .collect();
    wait::until("all commands to be in the middle", || {
        begun.iter().all(|(_, tap, _)| tap.is_holding()).then_some(())
    });
    begun
}

fn round(cluster: &mut Cluster, truth: &Mutex<Acknowledged>, act: Act, role: Role) {
    let what = format!("{act:?} who is {}", role.what);
    let mut raw = cluster.raw(2);
    lead(&mut raw, stream("m").as_str(), role.leader);
    current(&mut raw, stream("m").as_str());
    drop(raw);
    let mut faces = Faces::open(&cluster.urls(), "m");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("bundle");
    let commands = begun(cluster, &[Command::History, Command::Check, Command::Export(&out)]);

    if act == Act::Kill {
        cluster.kill(role.target);
    }
    let frozen = (act == Act::Freeze).then(|| cluster.freeze(role.target));
    commands.iter().for_each(|(_, tap, _)| tap.release());
    let known = truth.lock().unwrap().clone();
    let over = AtomicBool::new(false);
    let goes_on = || !over.load(Ordering::SeqCst);
    thread::scope(|scope| {
        scope.spawn(|| faces.ask(truth, &what, &goes_on));
        scope.spawn(|| faces.look(&what, &goes_on));
        let commands: Vec<_> = commands
            .into_iter()
            .map(|(command, tap, held)| {
                let (what, known) = (&what, &known);
                scope.spawn(move || {
                    let ended = held.finish(LONG);
                    drop(tap);
                    command.judge(&ended, known, FRAMES, what);
                    if role.target != NEITHER.target {
                        assert_waited(&ended.done.said, &format!("{what}, {command:?}"));
                    }
                })
            })
            .collect();
        let ended: Vec<_> = commands.into_iter().map(thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::SeqCst);
        assert!(ended.into_iter().all(|ended| ended.is_ok()), "{what}");
    });
    // Without the one that is away.
    faces.assert_well(&known, &what);
    drop(frozen);
    if act == Act::Kill {
        cluster.start_member(role.target);
        cluster.wait_for(role.target);
        cluster.wait_for_health(role.target);
    }
}

#[test]
fn whoever_is_killed_or_frozen_every_face_goes_on() {
    let _turn = Turn::take();
    let mut cluster = Cluster::start(3);
    let mut raw = cluster.raw(0);
    let truth = Mutex::new(filled(&cluster, &mut raw, "m", FRAMES, 300));
    drop(raw);
    for (act, role) in ROUNDS.into_iter().cycle().take(runs(3)) {
        round(&mut cluster, &truth, act, role);
    }
}
