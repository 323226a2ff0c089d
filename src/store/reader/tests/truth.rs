//! What a sequence without a frame is called: never more than is proved.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{Completeness, FaultKind, Lost, PageRequest};
use crate::store::embedded::{Condition, Request, Strikes};
use crate::store::reader::read::Read;
use crate::store::reader::{Begun, Span};

fn lost(seqs: impl IntoIterator<Item = u64>, bytes: u64) -> Lost {
    Lost { seqs: seqs.into_iter().collect(), bytes, ..Lost::default() }
}

impl Room {
    fn condition(&self, change: impl FnOnce(&mut Condition)) {
        let mut condition = Condition::default();
        change(&mut condition);
        self.store.set_condition(&self.id, condition);
    }
}

fn verdict(page: &Page) -> Completeness {
    page.account().judge().0
}

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

#[tokio::test]
async fn old_bytes_are_not_shown_when_only_newer_ones_were_read_since() {
    for (published, anew) in [(60, false), (60, true), (35, true)] {
        let mut room = room(100, &[]);
        room.reader = room.reader.with_cache(1 << 20);
        room.page(Place::Newest, 20).await;
        room.page(Place::Before(81), 20).await;
        // Put back to an older copy, and published on: nothing that is counted tells of it.
        room.store.put_back(&room.id, 70);
        room.store.publish(&room.id, published);
        let reader = if anew { room.reader.clone().anew() } else { room.reader.clone() };
        reader.page(&room.stream, PageRequest::whole(Place::Newest, size(20)), &()).await.unwrap();
        for before in [101, 86, 81] {
            let place = Place::Before(before);
            let page = room.page(place, 20).await;
            let plain = Reader::new(Arc::new(room.store.clone()) as Arc<dyn HistoryStore>);
            let now =
                plain.page(&room.stream, PageRequest::whole(place, size(20)), &()).await.unwrap();
            let History::Page(now) = now else { panic!() };
            assert_eq!(bare(&page), bare(&now), "{place:?} {published} {anew}");
        }
    }
}

#[tokio::test]
async fn what_was_kept_before_newer_ones_were_read_is_proved_by_two_gets() {
    let mut room = room(100, &[]);
    room.reader = room.reader.with_cache(1 << 20);
    room.page(Place::Newest, 20).await;
    room.store.publish(&room.id, 60);
    room.page(Place::Newest, 20).await;
    let mut gets = Vec::new();
    for _ in 0..2 {
        let page = room.page(Place::Before(101), 20).await;
        assert_eq!(page.cost.cached, 20);
        gets.push(page.cost.gaps);
    }
    assert_eq!(gets, [2, 1]);
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

#[tokio::test]
async fn a_long_list_of_a_store_that_was_put_back_is_not_kept() {
    let room = room(7_000, &[]);
    let before = room.store.info(&room.stream, false).await.unwrap();
    // Each second one of 1002 to 4000.
    for seq in (1_002..=4_000).step_by(2) {
        room.store.delete(&room.id, window(seq, seq));
    }
    let old = accounted(room.page(Place::At(window(2_990, 3_009)), 20).await);
    assert_eq!(old.ledger().missing, 10);
    // The older copy had none of those deletions; as many others were made since.
    room.store.make_with(&room.id, before.config.clone());
    room.store.publish(&room.id, 7_001);
    room.store.set_created(&room.id, before.created);
    room.store.delete(&room.id, window(5_001, 6_500));
    let new = accounted(room.page(Place::At(window(2_990, 3_009)), 20).await);
    assert_eq!((new.ledger().frames, new.ledger().missing), (20, 0));
}
