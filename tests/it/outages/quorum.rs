//! Two of three servers gone: each command ends within its bound, says why, and claims nothing.

use std::path::Path;
use std::thread;
use std::time::Duration;

use super::site::{Turn, filled};
use super::truth::Shown;
use super::words::assert_gave_up;
use crate::support::cluster::{ELECTION, lead, standing};
use crate::support::held::{Ended, run_within};
use crate::support::program::Done;
use crate::support::rooms::stream;
use crate::support::serving::room;
use crate::support::{Acknowledged, Cluster, wait};

/// How long a command goes on asking, unless told otherwise, and how long at least: an election may
/// take most of that.
const ASKED: Duration = Duration::from_secs(20);
const LEAST: Duration = Duration::from_secs(15);
/// What may come on top: the last answer that it waits for, and a machine that is busy otherwise.
const MORE: Duration = Duration::from_secs(10);

/// All commands that read a room, at once. Each goes on for so long at least, and ends within
/// what it may take on top of `most`.
fn assert_all_give_up(
    list: &str,
    more: &[&str],
    (least, most): (Duration, Duration),
    truth: &Acknowledged,
) {
    let bound = most + MORE;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.toml");
    std::fs::write(&file, room("q", "replicas = 3")).unwrap();
    let out = folder.path().join("bundle");
    let out = out.to_str().unwrap();
    let commands: [&[&str]; 8] = [
        &["history", "q", "--last", "50", "--format", "jsonl"],
        &["history", "q", "--last", "all"],
        &["history", "q", "--format", "contract"],
        &["rooms", "--json"],
        &["check", "q", "--json"],
        &["why", "q", "--json"],
        &["export", "q", "--out", out],
        &["ensure", "q", "--check", "--json"],
    ];
    let common = ["--server", list, "--rooms", file.to_str().unwrap()];
    thread::scope(|scope| {
        for command in commands {
            scope.spawn(move || {
                let args = [command, &common[..], more].concat();
                let ended = run_within(&args, bound * 2);
                let context = format!("{command:?}, after {:?}: {}", ended.took, ended.done.said);
                assert!(ended.took >= least && ended.took < bound, "{context}");
                judge(command, &ended, truth);
            });
        }
    });
    assert!(!Path::new(out).exists(), "nothing looks like a bundle");
}

fn judge(command: &[&str], ended: &Ended, truth: &Acknowledged) {
    let Done { code, out, said } = &ended.done;
    let context = format!("{command:?}, exit {code} after {:?}", ended.took);
    assert_ne!(*code, 0, "{context}: {out}{said}");
    assert_gave_up(out, said, &context);
    let all = format!("{out}{said}");
    let claims =
        ["there is no stream", "holds no messages", "\"messages\":[]", "no-stream", "is empty"];
    for claim in claims {
        assert!(!all.contains(claim), "{context}: {all}");
    }
    match command[0] {
        "history" if command.contains(&"jsonl") => Shown::of(out, truth).assert_true(&context),
        "history" if command.contains(&"contract") => {
            assert!(serde_json::from_str::<serde_json::Value>(out).is_err(), "{context}: {out}");
        }
        "check" => {
            for report in ended.done.json() {
                assert_ne!(report["verdict"], "fine", "{context}: {report}");
                let completeness = report["completeness"].as_str().unwrap_or("not-known");
                assert_eq!(completeness, "not-known", "{context}: {report}");
            }
        }
        "rooms" => {
            let states = ["kept", "ok", "no-stream"];
            let claims =
                |room: &serde_json::Value| states.iter().any(|state| room["state"] == *state);
            assert!(!ended.done.json().iter().any(claims), "{context}: {out}");
        }
        "ensure" => {
            let outcomes = ["present", "missing", "created", "drifted"];
            let claims =
                |row: &serde_json::Value| outcomes.iter().any(|one| row["outcome"] == *one);
            assert!(!ended.done.json().iter().any(claims), "{context}: {out}");
        }
        _ => assert!(!all.contains("whole, as far"), "{context}: {all}"),
    }
}

/// Waits until the first member knows that nobody leads.
fn leaderless(cluster: &Cluster) {
    let mut raw = cluster.raw(0);
    wait::within(ELECTION, "nobody to lead", || {
        let stream = standing(&mut raw, stream("q").as_str());
        let nobody = stream.is_none_or(|cluster| cluster.get("leader").is_none());
        (nobody && cluster.meta_leader(0).is_none()).then_some(())
    });
}

/// A cluster with a room, and the addresses: the first member is the one that is left, and it is
/// not the first of the list. A member leads everything.
fn begins(led_by: usize) -> (Cluster, Acknowledged, String) {
    let cluster = Cluster::with_system(3);
    let mut raw = cluster.raw(0);
    let truth = filled(&cluster, &mut raw, "q", 50, 100);
    lead(&mut raw, stream("q").as_str(), led_by);
    cluster.lead_meta(led_by);
    let list = [1, 0, 2].map(|at| cluster.url(at)).join(",");
    (cluster, truth, list)
}

/// Two are frozen, and commands take the time that they have unless told otherwise.
fn frozen() {
    let _turn = Turn::take();
    let (cluster, truth, list) = begins(1);
    let _frozen = [cluster.freeze(1), cluster.freeze(2)];
    leaderless(&cluster);
    assert_all_give_up(&list, &[], (LEAST, ASKED), &truth);
}

/// The leader loses both others, and commands take the time that they are given.
fn killed() {
    let _turn = Turn::take();
    let (mut cluster, truth, list) = begins(0);
    cluster.kill(1);
    cluster.kill(2);
    leaderless(&cluster);
    let short = Duration::from_secs(2);
    assert_all_give_up(&list, &["--retry-for", "2s"], (short, short), &truth);
    assert_all_give_up(&list, &["--retry-for", "0s"], (Duration::ZERO, Duration::ZERO), &truth);
}

#[test]
fn without_a_quorum_each_command_gives_up_in_time_and_claims_nothing() {
    thread::scope(|scope| [frozen, killed].map(|case| drop(scope.spawn(case))));
}
