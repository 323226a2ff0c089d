//! What is called unreadable: never more than is proved.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{Completeness, FaultKind, Lost};
use crate::store::embedded::{Request, Strikes};

#[tokio::test]
async fn a_counted_message_that_is_not_given_twice_is_unreadable() {
    let room = room(100, &[(10, 12)]);
    room.condition(|condition| condition.unreadable = BTreeSet::from([50]));
    room.store.take_requests();
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-9f 10-12d 13-49f 50m 51-100f");
    assert!(matches!(page.slots()[4], Slot::Frame(_)) || page.ledger().unreadable == 1);
    let order: Vec<_> = room
        .store
        .take_requests()
        .into_iter()
        .filter_map(|request| match request {
            Request::Info { deleted: true, .. } => Some("list"),
            Request::Get { at: crate::store::Get::Exact(50), .. } => Some("get"),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["list", "get", "list", "get"]);
    assert_eq!(verdict(&page), Completeness::NotKnown, "it may pass");
    assert!(!page.unreadable_again);
}

#[tokio::test]
async fn a_message_that_comes_the_second_time_is_a_frame() {
    let room = room(100, &[]);
    room.condition(|condition| condition.unreadable = BTreeSet::from([50]));
    let id = room.id.clone();
    let infos = Arc::new(AtomicI64::new(0));
    // The list that is read after the first "no message".
    let count = room.store.request_count() + 103;
    let seen = Arc::clone(&infos);
    room.store.when(count, move |store| {
        seen.fetch_add(1, Ordering::Relaxed);
        store.set_condition(&id, Condition::default());
    });
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(infos.load(Ordering::Relaxed), 1);
    assert_eq!(sketch(&page), "1-100f");
}

#[tokio::test]
async fn without_a_second_list_nothing_is_called_unreadable() {
    let room = room(100, &[]);
    room.condition(|condition| condition.unreadable = BTreeSet::from([50]));
    let stream = room.stream.clone();
    let count = room.store.request_count() + 20;
    room.store.when(count, move |store| {
        store.fail(Strikes::Info(stream), FaultKind::Timeout, None);
    });
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-49f 50? 51-100f");
}

#[tokio::test]
async fn a_leader_that_changes_in_between_accuses_nobody_until_one_said_all() {
    let led = |name: &str, unreadable: &[u64]| Condition {
        leader: Some(name.into()),
        unreadable: unreadable.iter().copied().collect(),
        ..Condition::default()
    };
    // The new leader has it.
    let first = room(100, &[]);
    first.store.set_condition(&first.id, led("n1", &[50]));
    let (id, count) = (first.id.clone(), first.store.request_count() + 103);
    let healthy = led("n2", &[]);
    first.store.when(count, move |store| store.set_condition(&id, healthy));
    assert_eq!(sketch(&accounted(first.page(Place::Newest, 200).await)), "1-100f");
    // The new one has it no more than the old.
    let second = room(100, &[]);
    second.store.set_condition(&second.id, led("n1", &[50]));
    let (id, count) = (second.id.clone(), second.store.request_count() + 103);
    let ill = led("n2", &[50]);
    second.store.when(count, move |store| store.set_condition(&id, ill));
    second.store.take_requests();
    let page = accounted(second.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-49f 50m 51-100f");
    let requests = second.store.take_requests();
    let lists = requests.iter().filter(|r| matches!(r, Request::Info { deleted: true, .. }));
    assert_eq!(lists.count(), 3, "the second leader said all of it");
}

#[tokio::test]
async fn a_list_that_contradicts_its_counts_is_not_believed() {
    // It names 33 to 96, and 55 to 96 can be read.
    let room = room(100, &[(33, 54)]);
    room.condition(|condition| condition.also_listed = (55..=96).collect());
    let page = accounted(room.page(Place::Newest, 200).await);
    assert_eq!(sketch(&page), "1-32f 33-54d 55-100f");
    assert_eq!(verdict(&page), Completeness::Damaged);
    let why = page.account().judge().1;
    assert!(why[0].contains("does not add up (read twice)"), "{why:?}");
    assert_eq!(page.cost.info, 3, "a contradiction is read again");
}

#[test]
fn above_what_a_server_gives_it_is_its_limit_and_no_damage() {
    let last = crate::domain::MOST_GIVEN + 3;
    let state = crate::domain::StreamState {
        messages: 5,
        first_seq: last - 4,
        last_seq: last,
        deleted: Some([].into()),
        lost: Some(Lost::default()),
        ..Default::default()
    };
    let info = crate::domain::StreamInfo { state, ..Default::default() };
    let range = window(last - 4, last);
    let mut builder = crate::domain::PageBuilder::new(range);
    let fetched = super::super::fetch::Fetched { unreadable: vec![range], ..Default::default() };
    super::super::account::account(&mut builder, &fetched, &info, &[range]);
    let page = Page::build(builder, (None, None), Vec::new(), info, Default::default());
    let gaps = page.slots().iter().filter_map(Slot::gap);
    let gaps: Vec<_> = gaps.map(|gap| (gap.range.len(), gap.cause)).collect();
    assert_eq!(gaps, [(2, GapCause::Unreadable), (3, GapCause::PastLimit)]);
}

#[tokio::test]
async fn numbers_that_ran_past_the_end_are_said_and_not_called_empty() {
    let room = room(100, &[]);
    let size = PageSize::new(200).unwrap();
    let wrapped = Lost::default();
    room.condition(|condition| {
        condition.lost = wrapped;
        condition.wrapped = true;
    });
    let error = room
        .reader
        .page(&room.stream, PageRequest::whole(Place::Newest, size), &())
        .await
        .unwrap_err();
    assert_eq!(error.kind, FaultKind::BadReply);
    assert!(error.to_string().contains("ran past the end"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Healthy streams that are deleted from while they are read are never accused.
    #[test]
    fn a_healthy_busy_stream_is_never_accused(
        deletions in prop::collection::vec((1_u64..400, 0_u64..30, 1_u64..900), 0..6),
        purge in prop::option::of((1_u64..300, 1_u64..900)),
        n in 1_u64..400,
        again in 1_usize..3,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let room = room(400, &[]);
            let mut acts: Vec<(u64, Option<(u64, u64)>)> = deletions
                .iter()
                .map(|(start, more, at)| (*at, Some((*start, start + more))))
                .collect();
            acts.extend(purge.map(|(_, at)| (at, None)));
            acts.sort_unstable();
            let below = purge.map_or(1, |(seq, _)| seq);
            for _ in 0..again {
                let (id, base) = (room.id.clone(), room.store.request_count());
                if let Some((at, act)) = acts.pop() {
                    room.store.when(base + at, move |store| match act {
                        Some((start, end)) => store.delete(&id, window(start, end)),
                        None => store.purge_below(&id, below),
                    });
                }
                let History::Page(page) = room.read(Place::Newest, n).await else { return };
                let page = accounted(*page);
                let accused = |gap: &&Gap| {
                    gap.cause == GapCause::Lost || gap.cause.is_unreadable()
                };
                let gaps = page.slots().iter().filter_map(Slot::gap);
                assert_eq!(gaps.filter(accused).count(), 0, "{}", sketch(&page));
                assert_ne!(verdict(&page), Completeness::Damaged);
            }
        });
    }
}
