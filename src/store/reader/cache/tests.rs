use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    Cost, History, Page, PageRequest, PageSize, Place, RoomId, Slot, StreamConfig,
};
use crate::store::embedded::{EmbeddedStore, RawFrame, Request};
use crate::store::reader::Reader;
use crate::store::reader::tests::bare;
use crate::store::{HistoryStore, ReadMethod};

const MIB: u64 = 1 << 20;

/// A clock that moves on by a second whenever it is read, so that no two streams are of one age.
fn clock() -> Timestamp {
    static READS: AtomicI64 = AtomicI64::new(1_700_000_000);
    Timestamp::from_second(READS.fetch_add(1, Ordering::Relaxed)).unwrap()
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

struct Room {
    store: EmbeddedStore,
    id: RoomId,
    /// A reader that keeps what it reads.
    reader: Reader,
}

impl Room {
    fn new(frames: u64, cache: u64, list_at_most: u64) -> Self {
        let store = EmbeddedStore::new(clock, false);
        let id = RoomId::new("a").unwrap();
        store.make(&id);
        store.publish(&id, frames);
        let shared: Arc<dyn HistoryStore> = Arc::new(store.clone());
        let reader = Reader::new(shared).with_cache(cache).with_list_at_most(list_at_most);
        Self { store, id, reader }
    }

    /// Makes the stream anew, open to direct gets.
    fn anew(&self, frames: u64) {
        let subjects = vec!["unibus.room.a".to_owned()];
        let config = StreamConfig { subjects, allow_direct: true, ..StreamConfig::default() };
        self.store.make_with(&self.id, config);
        self.store.publish(&self.id, frames);
    }

    async fn page(&self, place: Place) -> Page {
        match read(&self.reader, &self.id, place).await {
            History::Page(page) => *page,
            other => panic!("{other:?}"),
        }
    }

    /// What the same read costs, and which requests it sends.
    async fn again(&self, place: Place) -> (Cost, Vec<Request>) {
        let first = self.page(place).await;
        self.store.take_requests();
        let second = self.page(place).await;
        assert_eq!(bare(&first), bare(&second));
        (second.cost, self.store.take_requests())
    }

    /// The books agree with what is kept.
    fn account(&self) {
        let kept = self.reader.cache.kept();
        let entries: Vec<_> = kept.streams.values().flat_map(|s| s.entries.values()).collect();
        assert_eq!(entries.len(), kept.by_use.len());
        assert!(entries.len() > 10, "it is of some use: {}", entries.len());
        assert_eq!(entries.iter().map(|entry| entry.what.weight()).sum::<u64>(), kept.bytes);
    }

    fn bytes(&self) -> u64 {
        self.reader.cache.kept().bytes
    }
}

async fn read(reader: &Reader, id: &RoomId, place: Place) -> History {
    let size = PageSize::new(50).unwrap();
    reader.page(&id.stream(), PageRequest::whole(place, size), &()).await.unwrap()
}

#[tokio::test]
async fn a_page_seen_before_costs_one_look_and_one_get() {
    let room = Room::new(500, MIB, 50_000);
    let at = Place::At(window(201, 250));
    for place in [Place::Newest, Place::Oldest, Place::Before(300), Place::After(100), at] {
        let (cost, requests) = room.again(place).await;
        let [Request::Info { deleted: true, .. }, Request::Get { at: Get::Exact(_), .. }] =
            &requests[..]
        else {
            panic!("{requests:?}")
        };
        assert_eq!((cost.requests(), cost.cached, cost.frames), (2, 50, 0));
    }
}

#[tokio::test]
async fn with_holes_too_by_the_list_or_without_it() {
    for list_at_most in [50_000, 0] {
        let room = Room::new(500, MIB, list_at_most);
        room.store.delete(&room.id, window(440, 470));
        room.store.delete(&room.id, window(480, 480));
        room.store.delete(&room.id, window(250, 260));
        for place in [Place::Newest, Place::Before(451), Place::Before(261), Place::After(245)] {
            let (cost, requests) = room.again(place).await;
            assert_eq!(requests.len(), 2, "{place:?} {list_at_most} {requests:?}");
            assert!(cost.cached > 0);
        }
    }
}

#[tokio::test]
async fn going_back_to_a_room_with_holes_costs_no_more() {
    let room = Room::new(500, MIB, 50_000);
    room.store.delete(&room.id, window(440, 470));
    let other = RoomId::new("b").unwrap();
    room.store.make(&other);
    room.store.publish(&other, 100);
    room.store.delete(&other, window(70, 80));
    room.page(Place::Newest).await;
    read(&room.reader, &other, Place::Newest).await;
    let page = room.page(Place::Newest).await;
    assert_eq!((page.cost.requests(), page.cost.cached), (2, 30));
}

#[tokio::test]
async fn what_was_deleted_since_is_a_gap_and_the_rest_is_not_fetched_again() {
    let room = Room::new(100, MIB, 50_000);
    room.page(Place::Newest).await;
    room.store.delete(&room.id, window(60, 64));
    room.store.publish(&room.id, 3);
    room.store.take_requests();
    let page = room.page(Place::Newest).await;
    assert_eq!(page.window(), window(54, 103));
    assert!(page.frames().all(|frame| !(60..=64).contains(&frame.seq)));
    assert_eq!((page.ledger().frames, page.ledger().missing), (45, 5));
    assert_eq!((page.cost.cached, page.cost.frames, page.cost.info), (42, 3, 1));
}

#[tokio::test]
async fn a_head_that_moved_takes_its_frames_along() {
    let room = Room::new(100, MIB, 50_000);
    let at = Place::At(window(1, 50));
    room.page(at).await;
    room.store.purge_below(&room.id, 31);
    let page = room.page(at).await;
    assert_eq!((page.ledger().frames, page.ledger().missing), (20, 30));
    assert_eq!((page.cost.cached, page.cost.frames), (20, 0));
}

#[tokio::test]
async fn without_a_list_nothing_outlives_a_deletion() {
    let room = Room::new(100, MIB, 0);
    room.store.delete(&room.id, window(10, 10));
    room.page(Place::Newest).await;
    room.store.delete(&room.id, window(70, 70));
    let page = room.page(Place::Newest).await;
    assert_eq!((page.ledger().frames, page.cost.cached), (49, 0));
}

#[tokio::test]
async fn a_stream_made_anew_or_cut_short_shares_nothing_with_what_was_kept() {
    let room = Room::new(100, MIB, 50_000);
    let old = room.page(Place::Newest).await;
    room.store.make(&room.id);
    room.store.publish(&room.id, 100);
    let new = room.page(Place::Newest).await;
    assert_eq!(new.cost.cached, 0);
    assert_ne!(old.slots(), new.slots(), "another time at least");

    let info = new.stream.clone();
    let name = room.id.stream();
    let cache = Cache::new(MIB);
    let frames: Vec<_> = new.frames().cloned().collect();
    let all = [window(1, 100)];
    let keep = cache.at(&name, &info);
    frames.iter().for_each(|frame| keep.frame(frame));
    assert_eq!(cache.at(&name, &info).hits(&all).frames.len(), 50);
    let mut lost = info;
    lost.state.last_seq = 90;
    assert_eq!(cache.at(&name, &lost).hits(&all).frames.len(), 0, "91 to 100 will come anew");
    assert_eq!(cache.kept().bytes, 0);
}

#[tokio::test]
async fn what_was_seen_of_an_earlier_state_is_not_kept() {
    let room = Room::new(100, MIB, 50_000);
    let before = room.page(Place::Newest).await;
    let name = room.id.stream();
    let cache = Cache::new(MIB);
    let late = cache.at(&name, &before.stream);
    let frame = before.frames().next().unwrap();
    before.frames().for_each(|frame| late.frame(frame));
    room.store.delete(&room.id, window(51, 51));
    let now = room.page(Place::Newest).await;
    let keep = cache.at(&name, &now.stream);
    assert!(keep.get(Get::Exact(51)).is_none() && keep.get(Get::Exact(52)).is_some());
    late.frame(frame);
    assert!(keep.get(Get::Exact(51)).is_none(), "its answer may be older than the deletion");
}

#[tokio::test]
async fn memory_is_bounded_and_the_least_recently_used_goes_first() {
    let room = Room::new(20_000, 60_000, 50_000);
    let mut end = 20_001;
    while end > 51 {
        let page = room.page(Place::Before(end)).await;
        end = page.window().start();
        assert!(room.bytes() <= 60_000, "{}", room.bytes());
    }
    room.account();
    let (cost, _) = room.again(Place::At(window(1, 20))).await;
    assert_eq!((cost.cached, cost.frames), (20, 0));
}

#[tokio::test]
async fn a_store_put_back_to_an_older_copy_shows_nothing_of_the_newer_one() {
    for list_at_most in [50_000, 0] {
        let room = Room::new(100, MIB, list_at_most);
        let old = room.page(Place::Newest).await;
        // Creation, first sequence and deletions stay; from 61 on there are other messages.
        room.store.put_back(&room.id, 60);
        let frames = (61..=100).map(|n| RawFrame::new("unibus.room.a", format!("new {n}")));
        room.store.publish_these(&room.id, frames.collect());
        let new = room.page(Place::Newest).await;
        assert_eq!(new.window(), old.window());
        assert_eq!((new.cost.cached, new.ledger().frames), (0, 50));
        for frame in new.frames().filter(|frame| frame.seq > 60) {
            assert_eq!(frame.payload, format!("new {}", frame.seq).into_bytes());
        }
        // What was there before the copy was taken may still be shown.
        let below = room.page(Place::At(window(30, 55))).await;
        assert_eq!(below.ledger().frames, 26);
    }
}

#[tokio::test]
async fn a_read_anew_gives_out_nothing_that_was_kept() {
    let room = Room::new(100, MIB, 50_000);
    room.page(Place::Newest).await;
    let anew = room.reader.clone().anew();
    let History::Page(page) = read(&anew, &room.id, Place::Newest).await else { panic!() };
    assert_eq!((page.cost.cached, page.cost.frames), (0, 50));
}

#[tokio::test]
async fn no_cache_keeps_nothing() {
    let room = Room::new(100, 0, 50_000);
    let (cost, _) = room.again(Place::Newest).await;
    assert_eq!((cost.cached, room.bytes()), (0, 0));
}

#[derive(Debug, Clone)]
enum Step {
    Publish(u64),
    Delete(u64, u64),
    Purge(u64),
    Anew(u64),
    Read(Place),
}

fn step() -> impl Strategy<Value = Step> {
    let seq = 1..260_u64;
    let run = (seq.clone(), 0..60_u64);
    let place = prop_oneof![
        Just(Place::Newest),
        Just(Place::Oldest),
        seq.clone().prop_map(Place::Before),
        seq.clone().prop_map(Place::After),
        run.clone().prop_map(|(start, more)| Place::At(window(start, start + more))),
    ];
    prop_oneof![
        2 => (1..30_u64).prop_map(Step::Publish),
        3 => run.prop_map(|(start, more)| Step::Delete(start, start + more)),
        1 => seq.prop_map(Step::Purge),
        1 => (1..200_u64).prop_map(Step::Anew),
        8 => place.prop_map(Step::Read),
    ]
}

/// A page's window, slots, and what lies before the first sequence.
type Shown = (Window, Vec<Slot>, Vec<Window>);

/// What a page shows, whoever said it and when, or what there is instead.
fn shown(history: History) -> (Option<Shown>, bool) {
    match history {
        History::Page(page) => {
            let slots = bare(&page);
            let head = page.head.iter().map(|gap| gap.range).collect();
            (Some((page.window(), slots, head)), false)
        }
        other => (None, matches!(other, History::Empty(_))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_cached_page_is_the_page(
        steps in prop::collection::vec(step(), 1..40),
        list in prop::sample::select(vec![0, 20, 50_000_u64]),
        cache in prop::sample::select(vec![5_000, 20_000, MIB]),
        method in prop::sample::select(vec![ReadMethod::MessageGet, ReadMethod::Direct, ReadMethod::Batch]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let room = Room::new(0, cache, list);
            room.store.set_method(method);
            room.anew(120);
            let plain = Reader::new(Arc::new(room.store.clone())).with_list_at_most(list);
            for step in steps {
                match step {
                    Step::Publish(n) => room.store.publish(&room.id, n),
                    Step::Delete(start, end) => room.store.delete(&room.id, window(start, end)),
                    Step::Purge(below) => room.store.purge_below(&room.id, below),
                    Step::Anew(n) => room.anew(n),
                    Step::Read(place) => {
                        let kept = read(&room.reader, &room.id, place).await;
                        let fresh = read(&plain, &room.id, place).await;
                        assert_eq!(shown(kept), shown(fresh), "{place:?}");
                        assert!(room.bytes() <= cache);
                    }
                }
            }
        });
    }
}
