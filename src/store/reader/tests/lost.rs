//! What is called lost: what was reported, and cannot be read now.

use std::collections::BTreeSet;

use super::*;
use crate::domain::{Completeness, FaultKind};
use crate::store::embedded::Strikes;
use crate::store::reader::{Begun, Span};

#[tokio::test]
async fn what_is_reported_lost_and_cannot_be_read_is_lost_and_never_removed() {
    let room = room(240, &[(84, 166), (200, 200)]);
    room.condition(|condition| condition.lost = lost(84..=166, 8_303_403));
    let page = accounted(room.page(Place::Newest, 240).await);
    assert_eq!(sketch(&page), "1-83f 84-166l 167-199f 200d 201-240f");
    assert_eq!(verdict(&page), Completeness::Damaged);
}

#[tokio::test]
async fn a_lost_head_is_lost_before_the_first_sequence() {
    let room = room(240, &[]);
    room.store.purge_below(&room.id, 84);
    room.condition(|condition| condition.lost = lost(1..=83, 8_303_403));
    let page = accounted(room.page(Place::Newest, 200).await);
    let head: Vec<_> = page.head.iter().map(|gap| (gap.range, gap.cause)).collect();
    assert_eq!(head, [(window(1, 83), GapCause::Lost)]);
    assert_eq!(verdict(&page), Completeness::Damaged);
    let part = accounted(room.page(Place::Newest, 10).await);
    assert!(part.head.is_empty());
    assert_eq!(part.lost_elsewhere, [window(1, 83)]);
    assert_eq!(verdict(&part), Completeness::Damaged, "the page need not reach there");
}

#[tokio::test]
async fn a_lost_end_is_found_outside_of_all_windows() {
    let room = room(100, &[]);
    room.condition(|condition| condition.lost = lost(101..=120, 1));
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(page.lost_elsewhere, [window(101, 120)]);
    assert_eq!(verdict(&page), Completeness::Damaged);
}

#[tokio::test]
async fn what_is_reported_lost_and_can_be_read_is_a_frame() {
    let room = room(100, &[]);
    room.condition(|condition| condition.lost = lost(40..=60, 1_000));
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-100f");
    assert!(page.lost_elsewhere.is_empty());
    assert_eq!(verdict(&page), Completeness::NotExplained, "numbers may be given out again");
}

#[tokio::test]
async fn a_loss_is_asked_for_where_nothing_is_deleted_and_in_every_part_of_a_walk() {
    let room = room(4_000, &[(84, 166)]);
    room.condition(|condition| condition.lost = lost(84..=166, 1));
    let Begun::Walk(mut walk) = room.reader.walk(&room.stream, Span::All).await.unwrap() else {
        panic!()
    };
    let mut causes = BTreeSet::new();
    let mut parts = 0;
    while let Some(page) = walk.next().await.unwrap() {
        parts += 1;
        assert!(page.stream.state.lost.as_ref().is_some_and(|lost| lost.seqs.len() == 83));
        causes.extend(page.slots().iter().filter_map(Slot::gap).map(|gap| gap.cause));
    }
    assert!(parts > 1);
    assert_eq!(causes, BTreeSet::from([GapCause::Lost]));
}

#[tokio::test]
async fn what_was_once_reported_is_kept_when_the_server_forgets_it() {
    let room = room(100, &[(40, 60)]);
    room.condition(|condition| condition.lost = lost(40..=60, 1_000));
    room.page(Place::Newest, 200).await;
    room.condition(|_| {});
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-39f 40-60l 61-100f");
    let gap = page.slots().iter().find_map(Slot::gap).unwrap();
    assert!(gap.evidence.earlier && gap.words().contains("does not repeat it"), "{}", gap.words());
    // Another session never heard of it.
    let later = Reader::new(Arc::new(room.store.clone()) as Arc<dyn HistoryStore>);
    let size = PageSize::new(200).unwrap();
    let later =
        later.page(&room.stream, PageRequest::whole(Place::Newest, size), &()).await.unwrap();
    let History::Page(later) = later else { panic!() };
    assert_eq!(sketch(&later), "1-39f 40-60d 61-100f");
    assert_eq!(verdict(&later), Completeness::NotExplained);
    // A stream made anew has nothing to do with it.
    room.store.make_with(&room.id, config(1));
    room.store.publish(&room.id, 100);
    let anew = room.page(Place::Newest, 200).await;
    assert_eq!(verdict(&anew), Completeness::Whole);
}

#[tokio::test]
async fn a_report_that_nobody_gave_makes_nothing_whole() {
    let room = room(100, &[]);
    let (stream, count) = (room.stream.clone(), room.store.request_count() + 2);
    room.store.when(count, move |store| {
        store.fail(Strikes::Info(stream), FaultKind::Timeout, None);
    });
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!((sketch(&page).as_str(), verdict(&page)), ("1-100f", Completeness::NotKnown));
    // Nor one of another leader, which is about another copy.
    let led = |name: &str| Condition { leader: Some(name.into()), ..Condition::default() };
    let room = room_of(100, &[], 3);
    room.store.set_condition(&room.id, led("n1"));
    let (id, count) = (room.id.clone(), room.store.request_count() + 2);
    let other = led("n2");
    room.store.when(count, move |store| store.set_condition(&id, other));
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(verdict(&page), Completeness::NotKnown);
}

#[tokio::test]
async fn what_is_listed_and_reported_lost_and_can_be_read_all_the_same_is_a_frame() {
    let room = room(100, &[]);
    room.condition(|condition| {
        condition.also_listed = (40..=60).collect();
        condition.uncounted = 21;
        condition.lost = lost(38..=60, 1_000);
    });
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-100f");
    assert_ne!(verdict(&page), Completeness::Damaged);
}

#[tokio::test]
async fn what_is_reported_lost_and_gave_no_answer_is_unread() {
    let room = room(100, &[(40, 60)]);
    room.condition(|condition| condition.lost = lost(40..=60, 1_000));
    room.store.fail(Strikes::Seq(room.stream.clone(), 40), FaultKind::BadReply, None);
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-39f 40-60u 61-100f");
}

#[tokio::test]
async fn without_the_report_of_damage_nothing_is_called_whole() {
    let room = room(100, &[]);
    let stream = room.stream.clone();
    let count = room.store.request_count() + 2;
    room.store.when(count, move |store| {
        store.fail(Strikes::Info(stream), FaultKind::Timeout, None);
    });
    let page = accounted(room.page(Place::Newest, 10).await);
    assert_eq!(page.stream.state.lost, None, "the report failed");
    assert_eq!(verdict(&page), Completeness::NotKnown);
}
