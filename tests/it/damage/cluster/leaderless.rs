//! A stream whose members are not enough to lead it: one answers with an old state.

use serde_json::Value;

use super::super::faces::Faces;
use super::super::recipes::Act;
use super::{Known, filled};
use crate::support::cluster::{ELECTION, current, standing};
use crate::support::program::run;
use crate::support::rooms::stream;
use crate::support::{Cluster, wait};

/// Nothing that a member without a leader says is the stream's state.
#[track_caller]
fn knows_nothing(faces: &Faces, when: &str) {
    let verdict = &faces.verdict;
    let all = format!("{when}: {} {} ({})", verdict.verdict, verdict.completeness, verdict.code);
    assert_ne!(verdict.code, 0, "{all}");
    assert_ne!(verdict.verdict, "fine", "{all}");
    assert!(["not-known", ""].contains(&&*verdict.completeness), "{all}: {}", verdict.report);
    for account in &faces.accounts {
        for said in &account.said {
            let is_fair = ["frame", "unread", "not-known"].contains(&&*said.cause);
            assert!(is_fair, "{when}, {}: {said:?}", account.face);
        }
        let instead = account.instead.as_deref().unwrap_or_default();
        assert!(instead != "no messages" && instead != "no stream", "{when}: {instead}");
    }
    let answer = faces.answer.as_ref().unwrap();
    assert!(answer.status != 200, "{when}: a 200 with {} frames", answer.digests.len());
}

/// What the list of rooms says of one.
fn listed(url: &str, id: &str) -> Value {
    let done = run(&["rooms", "--server", url, "--json", "--no-config", "--retry-for", "1s"]);
    let mut rooms = done.json();
    if let [Value::Array(all)] = rooms.as_slice() {
        rooms = all.clone();
    }
    let found = rooms.into_iter().find(|room| room["id"] == id || room["room"] == id);
    found.unwrap_or_default()
}

#[test]
fn a_member_that_came_back_alone_speaks_for_nobody() {
    let mut cluster = Cluster::start(5);
    let mut raw = cluster.raw(0);
    let known = Known::of(&["five"]);
    let mut truth = filled(&cluster, &mut raw, "five", 200, 200);
    let members = current(&mut raw, stream("five").as_str());
    let outside: Vec<_> = (0..5).filter(|at| !members.contains(at)).collect();
    let (leader, first, last) = (members[0], members[1], members[2]);
    drop(raw);
    cluster.stop(first);
    let mut raw = cluster.raw(outside[0]);
    assert_eq!(truth.publish(&mut raw, "five", 100, 200), 100);
    Act::Delete(50, 69).perform(&mut raw, "five", &mut truth);
    cluster.stop(last);
    // The leader hears of nobody any more, and says so while it still calls itself leader.
    let name = stream("five");
    let alone = |cluster: &Value| {
        let replicas = cluster["replicas"].as_array().cloned().unwrap_or_default();
        replicas.iter().all(|one| one["current"] == false)
    };
    let standing_alone = wait::within(ELECTION, "the leader to be alone", || {
        standing(&mut raw, name.as_str()).filter(alone)
    });
    knows_nothing(&known.faces(&cluster, outside[0], "five"), &format!("alone: {standing_alone}"));

    cluster.stop(leader);
    cluster.start_member(first);
    cluster.wait_for(first);
    let mut raw = cluster.raw(first);
    wait::within(ELECTION, "the first member to answer without a leader", || {
        standing(&mut raw, name.as_str()).filter(|cluster| cluster.get("leader").is_none())
    });
    for through in [first, outside[0]] {
        let faces = known.faces(&cluster, through, "five");
        knows_nothing(&faces, &format!("through n{}", through + 1));
    }
    let row = listed(&cluster.url(first), "five");

    cluster.start_member(leader);
    cluster.start_member(last);
    cluster.wait_for(leader);
    cluster.wait_for(last);
    current(&mut raw, name.as_str());
    let (faces, _) = known.lawful(&cluster, first, "five", &truth);
    assert_eq!(faces.verdict.completeness, "not-explained", "{:?}", faces.verdict);

    let state = row["state"].as_str().unwrap_or_default();
    assert!(!["ok", "kept"].contains(&state), "{row}");
}
