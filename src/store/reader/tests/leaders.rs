//! What a leader says is of its own copy, and what is remembered of it.

use super::*;
use crate::domain::{Completeness, FaultKind, Lost};
use crate::store::embedded::Request;
use crate::store::reader::read::Read;

#[tokio::test]
async fn a_long_list_is_asked_for_again_when_another_leads_or_the_head_moved() {
    let room = room(3_000, &[(101, 1_300)]);
    let infos = async |place| {
        room.store.take_requests();
        let page = room.page(place, 100).await;
        let lists = room.store.take_requests().into_iter();
        let lists = lists.filter(|request| matches!(request, Request::Info { deleted: true, .. }));
        (lists.count(), page.lost_elsewhere)
    };
    assert_eq!(infos(Place::Newest).await.0, 1);
    assert_eq!(infos(Place::Before(2_901)).await.0, 0, "it is kept");
    room.condition(|condition| condition.leader = Some("n2".into()));
    assert_eq!(infos(Place::Newest).await.0, 1, "another leader has another copy");
    // A block at the beginning is lost: the count of what is missing inside stays.
    room.store.purge_below(&room.id, 51);
    room.condition(|condition| {
        condition.leader = Some("n2".into());
        condition.lost = lost(1..=50, 9);
    });
    assert_eq!(infos(Place::Newest).await, (1, vec![window(1, 50)]));
}

#[tokio::test]
async fn nothing_that_a_member_without_a_leader_says_is_the_streams_state() {
    let room = room(100, &[(10, 20)]);
    room.condition(|condition| condition.leaderless = true);
    let size = PageSize::new(200).unwrap();
    let read = room.reader.page(&room.stream, PageRequest::whole(Place::Newest, size), &()).await;
    let error = read.unwrap_err();
    assert_eq!(error.kind, FaultKind::NoLeader);
    assert!(error.to_string().contains("as the member that answered last knew"), "{error}");
}

#[tokio::test]
async fn a_last_sequence_that_goes_back_is_damage_under_one_leader_only() {
    let cases = [
        ("n1", 3, Completeness::Damaged),
        ("n2", 3, Completeness::Whole),
        // One copy, whatever its server calls itself after a start.
        ("n2", 1, Completeness::Damaged),
    ];
    for (leader, replicas, expected) in cases {
        let room = room_of(100, &[], replicas);
        room.condition(|condition| condition.leader = Some("n1".into()));
        room.page(Place::Newest, 200).await;
        room.store.put_back(&room.id, 80);
        room.condition(|condition| condition.leader = Some(leader.into()));
        let page = room.page(Place::Newest, 200).await;
        assert_eq!(verdict(&page), expected, "{leader} {replicas}");
        // It stays so when the numbers are given out again.
        room.store.publish(&room.id, 60);
        assert_eq!(verdict(&room.page(Place::Newest, 200).await), expected, "{leader}");
    }
}

#[tokio::test]
async fn what_another_leader_missed_is_no_evidence_and_what_came_back_is_forgotten() {
    let led = |name: &str, lost: Lost| Condition {
        leader: Some(name.into()),
        lost: Lost { by: crate::domain::Witness::default(), ..lost },
        ..Condition::default()
    };
    let room = room_of(100, &[], 3);
    room.store.set_condition(&room.id, led("n1", lost(40..=60, 9)));
    room.page(Place::Newest, 200).await;
    room.store.set_condition(&room.id, led("n2", Lost::default()));
    room.store.delete(&room.id, window(40, 45));
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-39f 40-45d 46-100f");
    // The first look read all of it, so that it is forgotten of the first leader too.
    room.store.set_condition(&room.id, led("n1", Lost::default()));
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-39f 40-45d 46-100f");
}

#[tokio::test]
async fn answers_that_overtake_each_other_are_no_going_back() {
    let room = room(100, &[]);
    let mut slow = Read::of(&room.reader, &room.stream);
    let mut info = slow.info(true).await.unwrap().unwrap();
    room.store.publish(&room.id, 20);
    room.page(Place::Newest, 10).await;
    slow.reader.memory.recall(slow.stream, &mut info, slow.asked);
    assert_eq!(info.state.went_back, None);
    assert_eq!(verdict(&room.page(Place::Newest, 10).await), Completeness::Whole);
    // What was asked for later still tells.
    room.store.put_back(&room.id, 110);
    assert_eq!(verdict(&room.page(Place::Newest, 10).await), Completeness::Damaged);
}

#[tokio::test]
async fn what_one_leader_missed_is_not_added_to_what_another_reports() {
    let led = |name: &str, lost: Lost| Condition {
        leader: Some(name.into()),
        lost: Lost { by: crate::domain::Witness::default(), ..lost },
        ..Condition::default()
    };
    let room = room_of(100, &[], 3);
    room.store.set_condition(&room.id, led("n1", lost(40..=60, 9)));
    room.page(Place::Newest, 10).await;
    // The second leader has all of these, until a person deletes some.
    room.store.set_condition(&room.id, led("n2", lost(90..=90, 7)));
    room.store.delete(&room.id, window(40, 45));
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-39f 40-45d 46-100f");
    assert_eq!(page.stream.state.lost.as_ref().unwrap().seqs[..], [90]);
    // Of the first, what it reported is still known, but for what was read since.
    room.store.set_condition(&room.id, led("n1", Lost::default()));
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-39f 40-45l 46-100f");
}

#[tokio::test]
async fn what_an_earlier_session_heard_of_is_no_going_back() {
    let room = room(100, &[(40, 60)]);
    let created = room.page(Place::Newest, 10).await.stream.created;
    room.reader.remember(&room.stream, created, lost(40..=60, 9));
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(page.stream.state.went_back, None);
    assert_eq!(sketch(&page), "1-39f 40-60l 61-100f");
}

#[tokio::test]
async fn what_a_listing_saw_of_a_stream_that_went_back_is_remembered() {
    let room = room(150, &[]);
    room.page(Place::Newest, 200).await;
    let began = std::time::Instant::now();
    room.store.put_back(&room.id, 100);
    let listed = room.store.info(&room.stream, false).await.unwrap();
    room.reader.heard(&room.stream, &listed, began);
    room.store.publish(&room.id, 60);
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(page.stream.state.went_back, Some((150, 100)));
    assert_eq!(verdict(&page), Completeness::Damaged);
}
