//! A long history in the middle: it waits for its output to be read when its server is killed or its
//! stream has no leader, and goes on where it was.

use super::site::{LONG, Turn, filled, many, runs};
use super::truth::Shown;
use super::words::{assert_even, assert_waited};
use crate::support::cluster::{current, lead, step_down};
use crate::support::rooms::stream;
use crate::support::{Acknowledged, Cluster, Held};

/// Bytes of a frame, so that a history has several parts.
const SIZE: usize = 300;
/// Records that are read before anything happens; what comes after them does not fit into a pipe.
const READ: usize = 2_000;

/// A history of all, in the middle.
fn begun(list: &str) -> Held {
    let args = ["history", "long", "--last", "all", "--format", "jsonl", "--server", list];
    let mut history = Held::start(&args);
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

#[test]
fn a_long_history_goes_on_after_a_step_down_and_after_a_kill() {
    let _turn = Turn::take();
    let mut cluster = Cluster::start(3);
    let mut raw = cluster.raw(0);
    let truth = filled(&cluster, &mut raw, "long", many(), SIZE);
    let name = stream("long");
    let name = name.as_str();
    for run in 0..runs(2) {
        let context = format!("step-down {run}");
        let mut history = begun(&cluster.urls());
        // Every other time while it reads on, and else while it waits for its output to be read.
        if run % 2 == 0 {
            history.read_lines(READ / 2);
            history.flow();
        }
        step_down(&mut raw, name);
        assert_even(&whole(history, &truth, &context), &context);
        current(&mut raw, name);
    }
    for run in 0..runs(1) {
        // Once it leads the stream, and once another one does.
        let (killed, leader) = (1, if run % 2 == 0 { 1 } else { 2 });
        let context = format!("n2 killed, n{} leading", leader + 1);
        lead(&mut raw, name, leader);
        let list = [killed, 2, 0].map(|at| cluster.url(at)).join(",");
        let history = begun(&list);
        cluster.kill(killed);
        assert_waited(&whole(history, &truth, &context), &context);
        cluster.start_member(killed);
        cluster.wait_for(killed);
        cluster.wait_for_health(killed);
        current(&mut raw, name);
    }
}
