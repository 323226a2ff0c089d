//! Streams in the server's words.

use super::*;
use crate::domain::Peer;

#[test]
fn a_list_with_unreachable_streams_counts_each_once() {
    let stream = |name: &str| {
        json!({"config": {"name": name}, "created": "2026-11-23T14:10:56.2+02:00",
            "state": {"messages": 0, "new_field": 1}, "new_field": 1})
    };
    let reply = json!({"total": 9, "limit": 256, "offset": 0, "missing": ["c", "b"],
        "offline": {"d": "needs a newer server"},
        "streams": [stream("a"), stream("b"), stream("d"), {"config": {"name": "odd"}}]});
    let reply = reply.to_string();
    let page = page(serde_json::from_str(&reply).unwrap());
    assert_eq!(page.entries, 5);
    assert_eq!(page.total, 9);
    let names: Vec<_> = page.streams.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a"]);
    assert_eq!(page.missing, ["b", "c"]);
    assert_eq!(page.offline, [("d".into(), "needs a newer server".into())]);
}

#[test]
fn lost_sequences_and_zero_times_are_read() {
    let info: WireInfo = serde_json::from_value(json!({
        "config": {}, "created": "2026-11-23T14:10:56.214080946Z",
        "cluster": {"name": "c", "leader": "n\u{1b}1", "replicas": [
            {"name": "n2"},
            {"name": "n3\u{7}", "current": true, "active": 340_000_000, "lag": 7, "peer": "x"}]},
        "state": {"messages": 1, "first_seq": 1, "last_seq": 9, "first_ts": "0001-01-01T00:00:00Z", "deleted": [5, 0, 3],
            "last_ts": "2026-11-23T14:10:57Z", "lost": {"msgs": [9, 7], "bytes": 10}}
    }))
    .unwrap();
    let info = info.into_info();
    let lost = info.state.lost.unwrap();
    assert_eq!((&*lost.seqs, lost.bytes, lost.unnamed), ([7, 9].as_slice(), 10, false));
    assert_eq!(info.state.flaw, Some(crate::domain::ListFlaw::Outside));
    assert_eq!(info.state.deleted.as_deref(), Some([3, 5].as_slice()));
    assert_eq!(info.state.first_time, None);
    assert!(info.state.last_time.is_some());
    assert_eq!(info.leader.as_deref(), Some("n\\x1b1"));
    let peer = |name: &str, current, active, lag| Peer {
        name: name.into(),
        current,
        offline: false,
        active,
        lag,
    };
    let expected = [peer("n2", false, 0, 0), peer("n3\\x07", true, 340_000_000, 7)];
    assert_eq!(info.peers, expected);
}

fn led(cluster: Value) -> (Option<String>, bool) {
    let info: WireInfo = serde_json::from_value(json!({
        "config": {}, "created": "2026-11-23T14:10:56Z", "cluster": cluster,
        "state": {"messages": 1, "first_seq": 1, "last_seq": 1}
    }))
    .unwrap();
    let info = info.into_info();
    (info.leader, info.leaderless)
}

#[test]
fn the_answer_of_a_member_without_a_leader_is_told_from_all_others() {
    let peer = |current: bool, active: u64| json!({"current": current, "active": active});
    let (well, gone) = (peer(true, 900_000_000), peer(false, 10_038_071_392));
    // Cut off, it calls them current for 10 s; after 4 the others may have another leader.
    let unheard = peer(true, 3_600_000_000);
    // As 2.15.1 sends them: a server by itself, in a list, and one copy in a cluster.
    assert_eq!(led(json!({"leader": "NABC"})), (Some("NABC".into()), false));
    assert_eq!(led(json!(null)), (None, false));
    assert_eq!(led(json!({"name": "c", "leader": "n2"})), (Some("n2".into()), false));
    let three = |leader: Option<&str>, peers: &[&Value]| {
        led(json!({"name": "c", "leader": leader, "replicas": peers}))
    };
    assert_eq!(three(Some("n1"), &[&well, &well]), (Some("n1".into()), false));
    assert_eq!(three(Some("n1"), &[&well, &gone]), (Some("n1".into()), false));
    assert_eq!(three(Some("n1"), &[&gone, &gone]), (Some("n1".into()), true), "no quorum");
    assert_eq!(three(Some("n1"), &[&unheard, &unheard]), (Some("n1".into()), true));
    assert_eq!(three(Some("n1"), &[&unheard, &well]), (Some("n1".into()), false));
    // One that catches up is heard of.
    let behind = peer(false, 20_000_000);
    assert_eq!(three(Some("n1"), &[&behind, &behind]), (Some("n1".into()), false));
    assert_eq!(three(None, &[&gone, &gone, &well]), (None, true));
    assert!(led(json!({"name": "c", "leader": "n1", "replicas": [&gone]})).1, "one of two");
}

#[test]
fn sums_and_lists_that_contradict_themselves_are_kept_as_they_are() {
    let state = |state: Value| -> crate::domain::StreamState {
        let info: WireInfo = serde_json::from_value(json!({
            "config": {}, "created": "2026-11-23T14:10:56Z", "state": state
        }))
        .unwrap();
        info.into_info().state
    };
    let fresh = state(json!({"messages": 0, "last_seq": 0, "num_deleted": 1, "deleted": [0]}));
    assert_eq!((fresh.num_deleted, fresh.flaw, fresh.deleted.as_deref()), (0, None, Some(&[][..])));
    let odd = state(json!({"messages": 90, "first_seq": 1, "last_seq": 100, "num_deleted": 3}));
    assert_eq!((odd.num_deleted, odd.adds_up()), (3, false));
    let list = |deleted: &[u64]| {
        state(json!({"messages": 98, "first_seq": 1, "last_seq": 100, "num_deleted": 2,
            "deleted": deleted}))
        .flaw
    };
    use crate::domain::ListFlaw::{Length, Outside, Repeated};
    assert_eq!(list(&[7, 5]), None, "out of order is put in order");
    assert_eq!(list(&[5, 5]), Some(Repeated));
    assert_eq!(list(&[5]), Some(Length));
    assert_eq!(list(&[5, 101]), Some(Outside));
    let lost = |lost| state(json!({"messages": 1, "first_seq": 1, "last_seq": 1, "lost": lost}));
    for msgs in [json!(null), json!([])] {
        let lost = lost(json!({"msgs": msgs, "bytes": 12321})).lost.unwrap();
        assert_eq!((lost.bytes, lost.unnamed, lost.seqs.len()), (12_321, true, 0));
    }
}
