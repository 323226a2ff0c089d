//! The reader over the scripted store: what it says of each sequence, and what it asks for.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use proptest::prelude::*;

use crate::domain::{
    FaultKind, GapCause, History, Page, PageSize, Place, RoomId, Slot, StreamName, Window,
};
use crate::store::HistoryStore;
use crate::store::embedded::{EmbeddedStore, Strikes};

use super::Reader;

struct Room {
    store: EmbeddedStore,
    reader: Reader,
    id: RoomId,
    stream: StreamName,
}

/// A clock that moves on by a second whenever it is read, so that no two streams are of one age.
fn clock() -> Timestamp {
    static READS: AtomicI64 = AtomicI64::new(1_700_000_000);
    Timestamp::from_second(READS.fetch_add(1, Ordering::Relaxed)).unwrap()
}

/// A room with so many frames published and these runs deleted.
fn room(frames: u64, deleted: &[(u64, u64)]) -> Room {
    let store = EmbeddedStore::new(clock, false);
    let id = RoomId::new("a").unwrap();
    store.make(&id);
    store.publish(&id, frames);
    for (start, end) in deleted {
        store.delete(&id, window(*start, *end));
    }
    store.take_requests();
    let reader = Reader::new(Arc::new(store.clone()) as Arc<dyn HistoryStore>);
    Room { store, reader, stream: id.stream(), id }
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

fn size(n: u64) -> PageSize {
    PageSize::new(n).unwrap()
}

impl Room {
    async fn read(&self, place: Place, n: u64) -> History {
        self.reader.page(&self.stream, place, size(n), 0, &()).await.unwrap()
    }

    async fn page(&self, place: Place, n: u64) -> Page {
        match self.read(place, n).await {
            History::Page(page) => accounted(*page),
            other => panic!("a page was expected, not {other:?}"),
        }
    }
}

/// The page, after holding it to the first invariant.
fn accounted(page: Page) -> Page {
    let mut next = page.window().start();
    for slot in page.slots() {
        assert_eq!(slot.range().start(), next, "slots leave no sequence out and none twice");
        next = slot.range().end() + 1;
    }
    assert_eq!(next, page.window().end() + 1);
    let ledger = page.ledger();
    assert_eq!(ledger.frames + ledger.missing + ledger.unread, ledger.slots);
    page
}

/// Slots in one line: `1-4f 5-6d 7m 8u`.
fn sketch(page: &Page) -> String {
    let mut runs: Vec<(u64, u64, char)> = Vec::new();
    for slot in page.slots() {
        let mark = match slot {
            Slot::Frame(_) => 'f',
            Slot::Unread(_) => 'u',
            Slot::Gap(gap) => match gap.cause {
                GapCause::BeforeFirst { .. } => 'b',
                GapCause::Deleted => 'd',
                GapCause::Missing { list_seen: true } => 'm',
                GapCause::Missing { list_seen: false } => '?',
            },
        };
        let (start, end) = (slot.range().start(), slot.range().end());
        match runs.last_mut() {
            Some(run) if run.2 == mark => run.1 = end,
            _ => runs.push((start, end, mark)),
        }
    }
    let show = |(start, end, mark): &(u64, u64, char)| {
        if start == end { format!("{start}{mark}") } else { format!("{start}-{end}{mark}") }
    };
    runs.iter().map(show).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_newest_page_is_the_last_n_sequences() {
    let page = room(500, &[]).page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "301-500f");
    assert_eq!((page.cost.info, page.cost.frames, page.cost.requests()), (1, 200, 201));
}

#[tokio::test]
async fn deleted_sequences_are_gaps_with_the_frames_beside_them_and_are_never_probed() {
    let room = room(300, &[(150, 160), (299, 300)]);
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "101-149f 150-160d 161-298f 299-300d");
    let gaps: Vec<_> = page
        .slots()
        .iter()
        .filter_map(|slot| match slot {
            Slot::Gap(gap) => Some((gap.before.map(|e| e.seq), gap.after.map(|e| e.seq))),
            _ => None,
        })
        .collect();
    assert_eq!(gaps, [(Some(149), Some(161)), (Some(298), None)]);
    assert_eq!(page.cost.requests(), 2 + 187);
}

#[tokio::test]
async fn a_gap_at_an_end_of_the_page_gets_its_edges_from_outside() {
    let room = room(300, &[(90, 110), (195, 205)]);
    let page = room.page(Place::At(window(100, 200)), 200).await;
    assert_eq!(sketch(&page), "100-110d 111-194f 195-200d");
    let Some(Slot::Gap(low)) = page.slots().first() else { panic!() };
    let Some(Slot::Gap(high)) = page.slots().last() else { panic!() };
    assert_eq!(low.before.map(|e| e.seq), Some(89));
    assert_eq!(high.after.map(|e| e.seq), Some(206));
}

#[tokio::test]
async fn below_the_first_sequence_is_a_head_outside_the_window() {
    let room = room(100, &[]);
    room.store.purge_below(&room.id, 41);
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "41-100f");
    let head = page.head.as_ref().unwrap();
    assert_eq!(head.range, window(1, 40));
    assert_eq!(head.cause, GapCause::BeforeFirst { first_seq: 41 });
    assert_eq!(head.after.map(|e| e.seq), Some(41));
    assert_eq!(page.ledger().slots, 60);
}

#[tokio::test]
async fn no_stream_and_no_messages_are_answers() {
    let room = room(10, &[]);
    room.store.purge_all(&room.id);
    let History::Empty(info) = room.read(Place::Newest, 200).await else { panic!() };
    assert_eq!((info.state.first_seq, info.state.last_seq), (11, 10));
    room.store.drop_stream(&room.id);
    assert_eq!(room.read(Place::Newest, 200).await, History::NoStream);
}

#[tokio::test]
async fn a_time_out_is_unread_and_not_a_gap() {
    let room = room(50, &[(20, 21)]);
    let get = |seq| Strikes::Seq(room.stream.clone(), seq);
    room.store.fail(get(30), FaultKind::Timeout, None);
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "1-19f 20-21d 22-29f 30u 31-50f");
    assert_eq!(page.cost.failed, 2, "what times out is tried once more");
    room.store.heal();
    let whole = room.reader.retry(&room.stream, &page, &()).await.unwrap();
    let History::Page(whole) = whole else { panic!() };
    assert_eq!(sketch(&accounted(*whole)), "1-19f 20-21d 22-50f");
}

#[tokio::test]
async fn a_time_out_that_passes_is_made_up_for() {
    let room = room(50, &[]);
    room.store.fail(Strikes::Seq(room.stream.clone(), 30), FaultKind::Timeout, Some(1));
    assert_eq!(sketch(&room.page(Place::Newest, 200).await), "1-50f");
}

#[tokio::test]
async fn a_lost_connection_ends_the_read_and_keeps_what_came() {
    let room = room(400, &[]);
    room.store.fail(Strikes::Seq(room.stream.clone(), 390), FaultKind::Disconnected, None);
    let page = room.page(Place::Newest, 200).await;
    let ledger = page.ledger();
    assert!(ledger.unread > 0 && ledger.frames > 0 && ledger.missing == 0, "{ledger:?}");
    assert!(room.store.request_count() < 100, "nothing more was sent");
}

#[tokio::test]
async fn a_head_that_goes_while_it_is_read_is_not_called_deleted() {
    let room = room(200, &[]);
    let id = room.id.clone();
    room.store.when(20, move |store| store.purge_below(&id, 150));
    let page = room.page(Place::Newest, 200).await;
    let first = page.slots().first().unwrap();
    let Slot::Gap(gap) = first else { panic!("{}", sketch(&page)) };
    assert_eq!(gap.cause, GapCause::BeforeFirst { first_seq: 150 });
    assert_eq!(page.ledger().unread, 0);
}

#[tokio::test]
async fn a_message_deleted_while_it_is_read_is_deleted() {
    let room = room(200, &[]);
    let id = room.id.clone();
    room.store.when(5, move |store| store.delete(&id, window(10, 12)));
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "1-9f 10-12d 13-200f");
}

#[tokio::test]
async fn a_stream_made_anew_while_it_is_read_is_an_error() {
    let room = room(200, &[]);
    let id = room.id.clone();
    room.store.when(20, move |store| {
        store.drop_stream(&id);
        store.make_with(&id, crate::domain::StreamConfig::default());
    });
    let read = room.reader.page(&room.stream, Place::Newest, size(200), 0, &()).await;
    assert_eq!(read.unwrap_err().kind, FaultKind::Recreated);
}

#[tokio::test]
async fn paging_walks_the_whole_stream_and_back() {
    let room = room(1000, &[(150, 620), (801, 801)]);
    let mut windows = vec![room.page(Place::Newest, 100).await.window()];
    while windows.last().unwrap().start() > 1 {
        let start = windows.last().unwrap().start();
        windows.push(room.page(Place::Before(start), 100).await.window());
    }
    let pairs: Vec<_> = windows.iter().map(|w| (w.start(), w.end())).collect();
    assert_eq!(
        pairs,
        [(901, 1000), (801, 900), (701, 800), (601, 700), (50, 600), (1, 49)],
        "the page in the hole takes the rest of the hole in, and a page of frames below it"
    );
    let newer = room.page(Place::After(149), 100).await.window();
    assert_eq!((newer.start(), newer.end()), (150, 720));
}

#[tokio::test]
async fn a_long_hole_costs_a_handful_of_requests_whichever_way_it_is_crossed() {
    let hole = (60_001, 960_000);
    let room = room(1_000_000, &[hole]);
    let plain = room.page(Place::Newest, 200).await.cost.requests();
    let down = room.page(Place::Before(960_001), 200).await;
    assert_eq!((down.window().start(), down.window().end()), (59_801, 960_000));
    assert_eq!(sketch(&down), "59801-60000f 60001-960000?");
    assert!(down.cost.requests() <= plain + 4, "{:?}", down.cost);
    let Some(Slot::Gap(gap)) = down.slots().last() else { panic!() };
    assert_eq!((gap.before.unwrap().seq, gap.after.unwrap().seq), (60_000, 960_001));
    let up = room.page(Place::After(60_000), 200).await;
    assert_eq!(sketch(&up), "60001-960000? 960001-960200f");
    assert!(up.cost.requests() <= plain + 4, "{:?}", up.cost);
    let inside = room.page(Place::At(window(100_001, 100_200)), 200).await;
    assert!(inside.cost.requests() <= 4, "{:?}", inside.cost);
    assert_eq!(plain, 201);
}

#[tokio::test]
async fn a_deleted_list_is_asked_for_once_while_it_stays_true() {
    let room = room(1000, &[(300, 310)]);
    room.page(Place::Newest, 100).await;
    let again = room.page(Place::Before(901), 100).await;
    assert_eq!(again.cost.info, 1);
    room.store.delete(&room.id, window(850, 850));
    let fresh = room.page(Place::Before(901), 100).await;
    assert_eq!(fresh.cost.info, 2);
    assert_eq!(sketch(&fresh), "801-849f 850d 851-900f");
}

#[tokio::test]
async fn no_more_than_sixty_four_requests_are_in_flight() {
    let room = room(1000, &[]);
    room.page(Place::Newest, 1000).await;
    assert!(room.store.most_in_flight() <= 64);
    assert!(room.store.most_in_flight() > 16, "the depth grows");
}

/// A naive model of a stream: which sequences hold a message.
#[derive(Debug, Clone)]
struct Model {
    frames: u64,
    purged_below: u64,
    deleted: Vec<(u64, u64)>,
}

fn model() -> impl Strategy<Value = Model> {
    (1_u64..400).prop_flat_map(|frames| {
        let runs = prop::collection::vec((1..=frames, 0_u64..60), 0..8);
        (Just(frames), 1..=frames, runs).prop_map(|(frames, purged_below, runs)| Model {
            frames,
            purged_below,
            deleted: runs.into_iter().map(|(a, len)| (a, (a + len).min(frames))).collect(),
        })
    })
}

impl Model {
    fn room(&self, list: bool) -> Room {
        let mut room = room(self.frames, &self.deleted);
        if !list {
            room.reader = room.reader.with_list_at_most(0);
        }
        room.store.purge_below(&room.id, self.purged_below);
        room
    }

    fn holds(&self, seq: u64) -> bool {
        seq >= self.purged_below
            && seq <= self.frames
            && !self.deleted.iter().any(|(a, b)| (*a..=*b).contains(&seq))
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever the stream and the place, with the deleted list or without, each sequence of the
    /// window is a frame exactly when the stream holds it, and requests stay within the frames
    /// and gaps.
    #[test]
    fn pages_agree_with_a_naive_model(
        model in model(),
        at in 1_u64..420,
        kind in 0..5,
        n in 1_u64..150,
        list in any::<bool>(),
    ) {
        let room = model.room(list);
        let place = match kind {
            0 => Place::Newest,
            1 => Place::Oldest,
            2 => Place::Before(at),
            3 => Place::After(at),
            _ => Place::At(window(at, at + n)),
        };
        let History::Page(page) = block_on(room.read(place, n)) else { return Ok(()) };
        let page = accounted(*page);
        prop_assert_eq!(page.ledger().unread, 0);
        for slot in page.slots() {
            let range = slot.range();
            let is_frame = matches!(slot, Slot::Frame(_));
            for seq in range.start()..=range.end() {
                prop_assert_eq!(is_frame, model.holds(seq), "sequence {} as {:?}", seq, slot);
            }
        }
        let gaps = page.slots().iter().filter(|slot| matches!(slot, Slot::Gap(_))).count() as u64;
        let most = 2 * page.ledger().frames + 2 * gaps + 70;
        prop_assert!(page.cost.requests() <= most, "{:?}", page.cost);
    }

    /// Whatever fails, a sequence that could not be read is unread, one that was read is a frame,
    /// and a gap is only where nothing is stored.
    #[test]
    fn what_fails_is_never_a_gap(
        model in model(),
        failing in prop::collection::vec((1_u64..400, 0..4), 0..20),
        list in any::<bool>(),
    ) {
        let room = model.room(list);
        for (seq, kind) in &failing {
            let kind = match kind {
                0 => FaultKind::Timeout,
                1 => FaultKind::Disconnected,
                2 => FaultKind::BadReply,
                _ => FaultKind::Busy,
            };
            room.store.fail(Strikes::Seq(room.stream.clone(), *seq), kind, None);
        }
        let size = PageSize::MAX.get();
        let History::Page(page) = block_on(room.read(Place::Newest, size)) else { return Ok(()) };
        let page = accounted(*page);
        for slot in page.slots() {
            for seq in slot.range().start()..=slot.range().end() {
                match slot {
                    Slot::Gap(gap) => prop_assert!(!model.holds(seq), "{} in {:?}", seq, gap),
                    Slot::Frame(_) => prop_assert!(!failing.iter().any(|(f, _)| *f == seq)),
                    Slot::Unread(_) => prop_assert!(!failing.is_empty()),
                }
            }
        }
    }

    /// Every frame is on some page on the way down, whatever holes there are.
    #[test]
    fn turning_pages_misses_no_frame(model in model(), n in 1_u64..80, list in any::<bool>()) {
        let room = model.room(list);
        let mut seen = Vec::new();
        let mut place = Place::Newest;
        while let History::Page(page) = block_on(room.read(place, n)) {
            let page = accounted(*page);
            seen.extend(page.frames().map(|frame| frame.seq));
            if page.window().start() <= page.stream.state.first_seq {
                break;
            }
            place = Place::Before(page.window().start());
        }
        seen.sort_unstable();
        let held: Vec<u64> = (1..=model.frames).filter(|&seq| model.holds(seq)).collect();
        prop_assert_eq!(seen, held);
    }
}
