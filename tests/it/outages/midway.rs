//! What happens to a server in the middle of a long history: the command goes on where it was.

use super::site::{LONG, Turn, filled, many, runs};
use super::truth::Shown;
use super::words::assert_waited;
use crate::support::cluster::{current, lead, step_down};
use crate::support::rooms::stream;
use crate::support::{Acknowledged, Cluster, Held, RawNats};

/// Bytes of a frame, so that a history has several parts.
const SIZE: usize = 600;
/// Records that are read before anything happens; what comes after them does not fit into a pipe.
const READ: usize = 2_000;

/// A history of all, in the middle: it waits for its output to be read.
fn begun(list: &str) -> Held {
    let mut history =
        Held::start(&["history", "long", "--server", list, "--last", "all", "--format", "jsonl"]);
    history.read_lines(READ);
    history
}

/// Reads it to its end, which is a good one, and gives what it said.
#[track_caller]
fn whole(history: Held, truth: &Acknowledged, context: &str) -> String {
    let ended = history.finish(LONG);
    let shown = Shown::of(&ended.done.out, truth);
    shown.assert_true(context);
    assert_eq!(ended.done.code, 0, "{context}: {} shown; {}", shown.frames.len(), ended.done.said);
    shown.assert_whole(1..=truth.last(), context);
    ended.done.said
}

/// The addresses with one of them first: the one that is connected to.
fn list(cluster: &Cluster, first: usize) -> String {
    [0, 1, 2].map(|n| cluster.url((first + n) % 3)).join(",")
}

fn begins(count: u64) -> (Cluster, RawNats, Acknowledged) {
    let cluster = Cluster::start(3);
    let mut raw = cluster.raw(0);
    let truth = filled(&cluster, &mut raw, "long", count, SIZE);
    (cluster, raw, truth)
}

#[test]
fn a_history_goes_on_when_its_stream_has_another_leader() {
    let _turn = Turn::take();
    let (cluster, mut raw, truth) = begins(many());
    let name = stream("long");
    let name = name.as_str();
    for run in 0..runs(3) {
        let history = begun(&cluster.urls());
        step_down(&mut raw, name);
        // It is read on in the moment in which nobody leads.
        whole(history, &truth, &format!("step-down {run}"));
        current(&mut raw, name);
    }
    for run in 0..runs(1) {
        // The connected server is another than the one that leads and is frozen.
        lead(&mut raw, name, 1);
        let history = begun(&list(&cluster, 0));
        let frozen = cluster.freeze(1);
        let said = whole(history, &truth, &format!("frozen leader {run}"));
        assert_waited(&said, "frozen leader");
        drop(frozen);
        current(&mut raw, name);
    }
}

#[test]
fn a_history_goes_on_when_its_server_is_gone() {
    let _turn = Turn::take();
    let (mut cluster, mut raw, truth) = begins(many());
    let name = stream("long");
    let name = name.as_str();
    for run in 0..runs(2) {
        // Once it leads the stream, and once another one does.
        let (killed, live) = (1, if run % 2 == 0 { 1 } else { 2 });
        lead(&mut raw, name, live);
        let history = begun(&list(&cluster, killed));
        cluster.kill(killed);
        let said = whole(history, &truth, &format!("killed {run}"));
        assert_waited(&said, "killed");
        cluster.start_member(killed);
        cluster.wait_for(killed);
        current(&mut raw, name);
    }
    for run in 0..runs(1) {
        lead(&mut raw, name, 0);
        let history = begun(&list(&cluster, 2));
        let frozen = cluster.freeze(2);
        let said = whole(history, &truth, &format!("frozen and connected {run}"));
        assert_waited(&said, "frozen and connected");
        drop(frozen);
        current(&mut raw, name);
    }
}
