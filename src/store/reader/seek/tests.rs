//! Searches over the scripted store: where they end, and how many requests they take.

mod clocks;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::domain::{History, Page, PageRequest, PageSize, Place, RoomId};
use crate::store::HistoryStore;
use crate::store::embedded::{Condition, EmbeddedStore, Request, Times};

struct Room {
    store: EmbeddedStore,
    reader: Reader,
    stream: StreamName,
}

const NOW: i64 = 1_800_000_000;

/// A room of one frame a second up to [`NOW`], with these runs deleted. Its deleted list is asked
/// for when it is no longer than `list`.
fn room(frames: u64, deleted: &[(u64, u64)], list: u64) -> Room {
    let store = EmbeddedStore::new(|| Timestamp::from_second(NOW).unwrap(), false);
    let id = RoomId::new("a").unwrap();
    store.make(&id);
    store.publish(&id, frames);
    for (start, end) in deleted {
        store.delete(&id, Window::new(*start, *end).unwrap());
    }
    store.take_requests();
    let reader = Reader::new(Arc::new(store.clone()) as Arc<dyn HistoryStore>);
    Room { store, reader: reader.with_list_at_most(list), stream: id.stream() }
}

#[tokio::test]
async fn a_list_that_contradicts_its_count_proves_no_gap_away() {
    let room = room(50, &[], 50_000);
    room.store.set_condition(
        &RoomId::new("a").unwrap(),
        Condition { uncounted: 3, ..Condition::default() },
    );
    for (goal, gets) in [(Goal::NextGap(10), 40), (Goal::PreviousGap(40), 39)] {
        room.store.take_requests();
        assert_eq!(room.reader.seek(&room.stream, goal).await.unwrap(), Landing::NoGap);
        let requests = room.store.take_requests();
        let all = requests.iter().filter(|one| matches!(one, Request::Get { .. })).count();
        assert!(all >= gets, "each sequence was asked for: {all}");
    }
}

/// When the frame of a sequence was stored, in a room of so many.
fn time(frames: u64, seq: u64) -> Timestamp {
    Timestamp::from_second(NOW - (frames - seq).cast_signed()).unwrap()
}

impl Room {
    /// Where a goal is, and the gets that finding it took.
    async fn seek(&self, goal: Goal) -> (Landing, usize) {
        self.store.take_requests();
        let landing = self.reader.seek(&self.stream, goal).await.unwrap();
        let requests = self.store.take_requests();
        let infos = requests.iter().filter(|r| matches!(r, Request::Info { .. })).count();
        assert!((1..=2).contains(&infos), "{requests:?}");
        (landing, requests.len() - infos)
    }

    async fn around(&self, seq: u64, size: u64) -> (Page, usize) {
        self.store.take_requests();
        let size = PageSize::new(size).unwrap();
        let place = Place::Around(seq);
        let history =
            self.reader.page(&self.stream, PageRequest::whole(place, size), &()).await.unwrap();
        let History::Page(page) = history else { panic!("{history:?}") };
        (*page, self.store.take_requests().len())
    }
}

fn frame(landing: Landing) -> u64 {
    match landing {
        Landing::Frame(edge) | Landing::BeforeFirst(edge) => edge.seq,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_time_takes_eighteen_gets_where_the_server_can_search() {
    let room = room(100_000, &[(40_001, 60_000)], 50_000);
    let at = |seq| Goal::Time(time(100_000, seq));
    for (seq, found) in [(30_000, 30_000), (50_000, 60_001), (60_001, 60_001), (100_000, 100_000)] {
        let (landing, gets) = room.seek(at(seq)).await;
        assert_eq!(frame(landing), found, "{seq}");
        assert!(gets <= 18, "{gets} gets, {seq}");
    }
    assert_eq!(room.seek(at(1)).await.1, 0);
    assert!(matches!(room.seek(at(1)).await.0, Landing::BeforeFirst(Edge { seq: 1, .. })));
    let late = Goal::Time(Timestamp::from_second(NOW + 1).unwrap());
    let (landing, gets) = room.seek(late).await;
    assert_eq!(landing, Landing::AfterLast);
    assert!(gets <= 16, "{gets}");
}

#[tokio::test]
async fn a_time_is_found_by_halving_where_the_server_cannot_search_or_is_wrong() {
    let by = SignedDuration::from_secs;
    for times in
        [Times::PassedOver, Times::Late(by(50_000)), Times::Late(by(-70_000)), Times::Late(by(3))]
    {
        for list in [0, 50_000] {
            let room = room(100_000, &[(40_001, 60_000), (99_990, 100_000)], list);
            room.store.set_times(times);
            for (seq, found) in [(2, 2), (30_000, 30_000), (50_000, 60_001), (99_000, 99_000)] {
                let (landing, gets) = room.seek(Goal::Time(time(100_000, seq))).await;
                assert_eq!(frame(landing), found, "{times:?} {seq}");
                assert!(gets <= 36, "{gets} gets, {times:?} {seq}");
            }
            // Stored, and deleted since.
            let (landing, gets) = room.seek(Goal::Time(time(100_000, 99_995))).await;
            assert_eq!(landing, Landing::AfterLast);
            assert!(gets <= 36, "{gets} {times:?}");
        }
    }
}

#[tokio::test]
async fn gaps_are_found_in_the_list_without_a_get() {
    let room = room(10_000, &[(1, 9), (500, 600), (5_000, 5_000), (9_990, 10_000)], 50_000);
    let gap = |start, end| Landing::Gap { gap: Window::new(start, end).unwrap(), passed: 0 };
    let table = [
        (Goal::NextGap(20), gap(500, 600)),
        (Goal::NextGap(550), gap(5_000, 5_000)),
        (Goal::NextGap(5_000), gap(9_990, 10_000)),
        (Goal::NextGap(9_990), Landing::NoGap),
        (Goal::PreviousGap(5_000), gap(500, 600)),
        (Goal::PreviousGap(500), gap(1, 9)),
        (Goal::PreviousGap(10), Landing::NoGap),
    ];
    for (goal, landing) in table {
        assert_eq!(room.seek(goal).await, (landing, 0), "{goal:?}");
    }
    let (landing, gets) = room.seek(Goal::LastFrame).await;
    assert_eq!((frame(landing), gets), (9_989, 1));
}

#[tokio::test]
async fn without_the_list_the_nearest_gap_is_found_when_it_is_near() {
    let room = room(10_000, &[(500, 600), (620, 625), (9_000, 9_400)], 0);
    let (landing, gets) = room.seek(Goal::NextGap(490)).await;
    assert_eq!(landing, Landing::Gap { gap: Window::new(500, 600).unwrap(), passed: 0 });
    assert_eq!(gets, 65);
    let (landing, _) = room.seek(Goal::NextGap(500)).await;
    assert_eq!(landing, Landing::Gap { gap: Window::new(620, 625).unwrap(), passed: 0 });
    let (landing, _) = room.seek(Goal::PreviousGap(630)).await;
    assert_eq!(landing, Landing::Gap { gap: Window::one(625), passed: 0 });
    let (landing, _) = room.seek(Goal::PreviousGap(622)).await;
    assert_eq!(landing, Landing::Gap { gap: Window::one(600), passed: 0 });
    assert_eq!(room.seek(Goal::NextGap(9_950)).await.0, Landing::NoGap);
    assert_eq!(room.seek(Goal::PreviousGap(60)).await.0, Landing::NoGap);
}

#[tokio::test]
async fn without_the_list_a_far_gap_is_leapt_to_and_what_was_passed_is_told() {
    let room = room(1_000_000, &[(600_000, 700_000)], 0);
    for (goal, at) in [(Goal::NextGap(1_000), 600_000), (Goal::PreviousGap(900_000), 700_000)] {
        let (landing, gets) = room.seek(goal).await;
        let Landing::Gap { gap, passed } = landing else { panic!("{landing:?}") };
        assert!(gap.contains(at), "{gap:?}");
        assert!((190_000..600_000).contains(&passed), "{passed}");
        assert!(gets <= 225, "{gets}");
    }
}

#[tokio::test]
async fn a_search_for_a_gap_gives_up_and_says_how_far_it_got() {
    let room = room(1_000_000, &[(500_000, 500_000)], 0);
    let (landing, gets) = room.seek(Goal::NextGap(1_000)).await;
    let Landing::NoneFound { up_to, requests } = landing else { panic!("{landing:?}") };
    assert_eq!((up_to, requests), (1_064, gets as u64 + 1));
    assert!(gets <= 161, "{gets}");
    let (landing, gets) = room.seek(Goal::PreviousGap(900_000)).await;
    let Landing::NoneFound { up_to, .. } = landing else { panic!("{landing:?}") };
    assert_eq!(up_to, 899_936);
    assert!(gets <= 161, "{gets}");
}

#[tokio::test]
async fn the_last_frame_is_found_below_a_deleted_tail() {
    for (deleted, last) in [(vec![], 100_000), (vec![(90_001, 100_000)], 90_000)] {
        let (landing, gets) = room(100_000, &deleted, 0).seek(Goal::LastFrame).await;
        assert_eq!(frame(landing), last);
        assert!(gets <= 5, "{gets}");
    }
    let scattered = [(3, 50_000), (60_000, 60_100), (70_000, 100_000)];
    let (landing, gets) = room(100_000, &scattered, 0).seek(Goal::LastFrame).await;
    assert_eq!(frame(landing), 69_999);
    assert!(gets <= 21, "{gets}");
}

#[tokio::test]
async fn a_page_around_a_sequence_holds_it_and_what_lies_beside_its_hole() {
    for (list, more) in [(200_000, 0), (0, 2)] {
        let room = room(1_000_000, &[(300_001, 400_000)], list);
        let window = |start, end| Window::new(start, end).unwrap();
        let table = [
            (500_000, window(499_900, 500_099), 200),
            (1, window(1, 200), 200),
            (1_000_000, window(999_801, 1_000_000), 200),
            (300_000, window(299_900, 300_099), 101),
            (350_000, window(299_901, 400_100), 200),
            (300_001, window(299_901, 400_100), 200),
            (400_000, window(299_901, 400_099), 199),
            (2_000_000, window(999_801, 1_000_000), 200),
        ];
        for (seq, window, frames) in table {
            let (page, requests) = room.around(seq, 200).await;
            assert_eq!(page.window(), window, "{seq}, lists of {list}");
            assert_eq!(page.ledger().frames, frames, "{seq}");
            assert_eq!(page.ledger().unread, 0);
            let most = 2 + frames + more + 4;
            assert!(requests as u64 <= most, "{seq}: {requests} requests");
        }
        // From now on the list is kept, or never asked for.
        assert_eq!(room.around(500_000, 1).await.0.window(), window(500_000, 500_000));
        assert_eq!(room.around(350_000, 1).await.0.window(), window(300_000, 400_001));
    }
}

#[tokio::test]
async fn a_survey_is_bounded_and_leaves_no_more_than_gets() {
    let all: Vec<(u64, u64)> = (1..1_000).map(|n| (n * 1_000, n * 1_000 + n % 7 * 100)).collect();
    let room = room(1_000_000, &all, 0);
    let survey = room.reader.survey(&room.stream).await.unwrap().unwrap();
    let requests = room.store.take_requests();
    assert_eq!(survey.requests, requests.len() as u64);
    assert_eq!(survey.requests, super::super::survey::REQUESTS_AT_MOST);
    assert!(requests.iter().all(|request| !request.is_write()));
    assert!(!survey.is_complete() && survey.missing() > 0);
    assert!(room.store.most_in_flight() <= 16);

    let one = self::room(1_000_000, &[(300_001, 400_000)], 0);
    let survey = one.reader.survey(&one.stream).await.unwrap().unwrap();
    assert!(survey.is_complete());
    assert!(survey.requests <= 120, "{}", survey.requests);
}

#[tokio::test]
async fn a_survey_of_great_frames_brings_few_of_them() {
    let room = room(100, &[(40, 60)], 0);
    let id = RoomId::new("a").unwrap();
    let great = crate::store::embedded::RawFrame {
        subject: "unibus.room.a".into(),
        headers: Vec::new(),
        payload: vec![0; 1 << 20],
    };
    room.store.publish_these(&id, vec![great; 400]);
    room.store.take_requests();
    room.reader.survey(&room.stream).await.unwrap();
    let requests = room.store.take_requests().len();
    assert!((17..=42).contains(&requests), "{requests}");
}

#[tokio::test]
async fn nothing_to_search_in_is_an_answer() {
    let room = room(100, &[], 0);
    room.store.purge_all(&RoomId::new("a").unwrap());
    assert_eq!(room.seek(Goal::LastFrame).await, (Landing::Nothing, 0));
    assert_eq!(room.reader.survey(&room.stream).await.unwrap(), None);
    room.store.drop_stream(&RoomId::new("a").unwrap());
    assert_eq!(room.reader.seek(&room.stream, Goal::NextGap(1)).await.unwrap(), Landing::Nothing);
}

#[test]
fn leaps_grow_and_reach_the_end() {
    for span in [1, 2, 7, 64, 1_000, 1_000_000, u64::MAX >> 12] {
        let leaps = leaps(span);
        assert!(leaps.is_sorted_by(|a, b| a < b), "{leaps:?}");
        assert!(leaps.len() <= 96 && leaps.first() >= Some(&1));
        assert_eq!(leaps.last(), Some(&span));
    }
}

proptest! {
    #[test]
    fn every_search_tells_the_truth(
        gone in prop::collection::vec((1u64..400, 0u64..40), 0..12),
        from in 1u64..=400,
        list in prop::sample::select(vec![0u64, 1_000]),
        times in prop::sample::select(vec![
            Times::Found,
            Times::PassedOver,
            Times::Late(SignedDuration::from_secs(30)),
            Times::Late(SignedDuration::from_secs(-30)),
        ]),
    ) {
        let gone: Vec<_> = gone.into_iter().map(|(a, n)| (a, (a + n).min(400))).collect();
        let stored: BTreeSet<u64> =
            (1..=400).filter(|seq| !gone.iter().any(|(a, b)| (a..=b).contains(&seq))).collect();
        prop_assume!(stored.len() > 1);
        let room = room(400, &gone, list);
        room.store.set_times(times);
        let run = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let seek = |goal| run.block_on(room.seek(goal));
        let first = *stored.first().unwrap();

        let (landing, gets) = seek(Goal::Time(time(400, from)));
        let at = match landing {
            Landing::AfterLast => None,
            landing => Some(frame(landing)),
        };
        prop_assert_eq!(at, stored.range(from..).next().copied());
        prop_assert!(gets <= 11 + 16, "{}", gets);

        let (landing, gets) = seek(Goal::LastFrame);
        prop_assert_eq!(frame(landing), *stored.last().unwrap());
        prop_assert!(gets <= 12, "{}", gets);

        let from = from.max(first);
        let gap_above = (from + 1..=400)
            .find(|seq| !stored.contains(seq) && stored.contains(&(seq - 1)));
        match seek(Goal::NextGap(from)).0 {
            Landing::Gap { gap, passed } => {
                prop_assert!(stored.range(gap.start()..=gap.end()).next().is_none());
                prop_assert!(stored.contains(&(gap.start() - 1)) && gap.start() > from);
                prop_assert!(passed > 0 || Some(gap.start()) == gap_above);
            }
            Landing::NoGap => prop_assert_eq!(gap_above, None),
            Landing::NoneFound { up_to, .. } => {
                prop_assert!(gap_above.is_none_or(|gap| gap > up_to));
            }
            other => prop_assert!(false, "{other:?}"),
        }
        let gap_below = (1..from)
            .rfind(|seq| !stored.contains(seq) && (stored.contains(&(seq + 1)) || seq + 1 == first));
        match seek(Goal::PreviousGap(from)).0 {
            Landing::Gap { gap, passed } => {
                prop_assert!(stored.range(gap.start()..=gap.end()).next().is_none());
                prop_assert!(stored.contains(&(gap.end() + 1)) && gap.end() < from);
                prop_assert!(passed > 0 || Some(gap.end()) == gap_below, "{gap:?} {gap_below:?}");
            }
            Landing::NoGap => prop_assert!(gap_below.is_none() || from == first),
            Landing::NoneFound { up_to, .. } => {
                prop_assert!(gap_below.is_none_or(|gap| gap < up_to));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
