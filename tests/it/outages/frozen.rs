//! Each server of three frozen in turn: commands that are given all three go on with the others,
//! whatever the order in which they are named.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::site::{LONG, Turn, filled, many, runs};
use super::truth::Shown;
use super::words::assert_waited;
use crate::support::cluster::{current, lead, leader_within};
use crate::support::held::{Ended, run_within};
use crate::support::rooms::stream;
use crate::support::{Acknowledged, Cluster, RawNats, wait};

/// How long a command may take where the frozen server leads nothing, or after there is a new
/// leader: 2 s, and what a machine that is busy otherwise may add.
const PROMPT: Duration = Duration::from_secs(3);
/// How long a direct read of the long room may take.
const DIRECT: Duration = Duration::from_secs(8);
/// How often it is asked who leads.
const OFTEN: Duration = Duration::from_millis(200);
/// Frames of the room, and how many of them are asked for.
const FRAMES: u64 = 60;
const LAST: u64 = 50;

/// What is run, with the addresses in an order.
#[derive(Debug, Clone, Copy)]
enum Command {
    History,
    Rooms,
}

impl Command {
    fn run(self, list: &str) -> Ended {
        let args: &[&str] = match self {
            Self::History => &["history", "r", "--last", "50", "--format", "jsonl"],
            Self::Rooms => &["rooms", "--json"],
        };
        run_within(&[args, &["--server", list]].concat(), LONG)
    }

    #[track_caller]
    fn judge(self, ended: &Ended, truth: &Acknowledged, context: &str) {
        let done = &ended.done;
        if let Self::History = self {
            let shown = Shown::of(&done.out, truth);
            shown.assert_true(context);
            assert_eq!(done.code, 0, "{context}, after {:?}: {}", ended.took, done.said);
            return shown.assert_whole(FRAMES - LAST + 1..=FRAMES, context);
        }
        assert_eq!(done.code, 0, "{context}, after {:?}: {}", ended.took, done.said);
        let rooms = done.json();
        let room = rooms.iter().find(|room| room["id"] == "r").expect(context);
        let told = (&room["frames"], &room["last_seq"], &room["missing"]);
        assert_eq!(told, (&FRAMES.into(), &FRAMES.into(), &0.into()), "{context}: {room}");
    }
}

/// The addresses in every order.
fn orders(cluster: &Cluster) -> Vec<String> {
    let all = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    all.iter().map(|order| order.map(|at| cluster.url(at)).join(",")).collect()
}

/// Runs commands, so many at a time.
fn run_all(commands: Vec<(Command, String)>, at_once: usize) -> Vec<(Command, String, Ended)> {
    let next = Mutex::new(commands.into_iter());
    let take = || next.lock().unwrap().next();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..at_once)
            .map(|_| {
                scope.spawn(|| {
                    let mut ended = Vec::new();
                    while let Some((command, list)) = take() {
                        let end = command.run(&list);
                        ended.push((command, list, end));
                    }
                    ended
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
fn with_one_of_three_frozen_commands_go_on_with_the_others() {
    let _turn = Turn::take();
    let cluster = Cluster::with_system(3);
    let mut raw = cluster.raw(0);
    let truth = filled(&cluster, &mut raw, "r", FRAMES, 300);
    followers(&cluster, &mut raw, &truth);
    leaders(&cluster, &mut raw, &truth);
}

/// A frozen server that leads nothing costs a moment.
fn followers(cluster: &Cluster, raw: &mut RawNats, truth: &Acknowledged) {
    let orders = orders(cluster);
    let name = stream("r");
    // Twelve commands a turn: each command with each order.
    for _ in 0..runs(12).div_ceil(12) {
        for frozen in [1, 2] {
            lead(raw, name.as_str(), 0);
            cluster.lead_meta(0);
            let thaws = cluster.freeze(frozen);
            let commands = [Command::History, Command::Rooms];
            let each = |command| orders.iter().map(move |list| (command, list.clone()));
            let ended = run_all(commands.into_iter().flat_map(each).collect(), 2);
            for (command, list, ended) in &ended {
                let context = format!("{command:?}, n{} frozen, {list}", frozen + 1);
                command.judge(ended, truth, &context);
                assert!(ended.took < PROMPT, "{context}: {:?}; {}", ended.took, ended.done.said);
            }
            drop(thaws);
            current(raw, name.as_str());
        }
    }
}

/// When another than the frozen member leads, as a client of one that runs finds out.
fn led(frozen: usize, mut leader: impl FnMut() -> Option<usize>) -> Instant {
    wait::within(LONG, "a new leader", || leader().filter(|leader| *leader != frozen));
    Instant::now()
}

#[track_caller]
fn in_time(ended: &[(Command, String, Ended)], led: Instant, truth: &Acknowledged) {
    for (command, list, ended) in ended {
        let context = format!("{command:?}, its leader frozen, {list}");
        command.judge(ended, truth, &context);
        let late = ended.at.saturating_duration_since(led);
        assert!(late < PROMPT, "{context}: {late:?} after the election; {}", ended.done.said);
        assert_waited(&ended.done.said, &context);
    }
}

/// When a leader is frozen commands go on with the next leader.
fn leaders(cluster: &Cluster, raw: &mut RawNats, truth: &Acknowledged) {
    let orders = orders(cluster);
    let name = stream("r");
    let name = name.as_str();
    let mut other = cluster.raw(1);
    for _ in 0..runs(6).div_ceil(6) {
        lead(raw, name, 0);
        cluster.lead_meta(1);
        let thaws = cluster.freeze(0);
        let all: Vec<_> = orders.iter().map(|list| (Command::History, list.clone())).collect();
        let (ended, led_at) = thread::scope(|scope| {
            let ended = scope.spawn(|| run_all(all, 6));
            let led_at = led(0, || leader_within(&mut other, name, OFTEN));
            (ended.join().unwrap(), led_at)
        });
        in_time(&ended, led_at, truth);
        drop(thaws);
        current(raw, name);

        lead(raw, name, 1);
        cluster.lead_meta(0);
        let thaws = cluster.freeze(0);
        let all: Vec<_> = orders.iter().map(|list| (Command::Rooms, list.clone())).collect();
        let (ended, led_at) = thread::scope(|scope| {
            let ended = scope.spawn(|| run_all(all, 6));
            let led_at = led(0, || cluster.meta_leader(1));
            (ended.join().unwrap(), led_at)
        });
        in_time(&ended, led_at, truth);
        drop(thaws);
        current(raw, name);
    }
}

#[test]
fn a_frozen_replica_does_not_slow_direct_gets() {
    let _turn = Turn::take();
    let cluster = Cluster::start(3);
    let mut raw = cluster.raw(0);
    let name = stream("direct");
    let name = name.as_str();
    let mut truth = filled(&cluster, &mut raw, "direct", 0, 0);
    let mut config = crate::support::rooms::go_config("direct", "room.direct");
    config["num_replicas"] = 3.into();
    config["allow_direct"] = true.into();
    let done = raw.api(&format!("STREAM.UPDATE.{name}"), &config);
    assert_eq!(done["config"]["allow_direct"], true, "{done}");
    truth.fill(&mut raw, many(), 600);
    current(&mut raw, name);
    lead(&mut raw, name, 0);
    for connected in [0, 1] {
        let frozen = cluster.freeze(2);
        let list = [connected, 2, 1 - connected].map(|at| cluster.url(at)).join(",");
        let args = ["history", "direct", "--last", "all", "--format", "jsonl", "--server", &list];
        let ended = run_within(&args, DIRECT * 4);
        drop(frozen);
        let context = format!("connected to n{}, n3 frozen", connected + 1);
        let shown = Shown::of(&ended.done.out, &truth);
        shown.assert_true(&context);
        assert_eq!(ended.done.code, 0, "{context}: {}", ended.done.said);
        shown.assert_whole(1..=truth.last(), &context);
        assert!(ended.took < DIRECT, "{context}: {:?}", ended.took);
        current(&mut raw, name);
    }
}
