//! Every way to read a stream gives the same page.

use proptest::prelude::*;

use super::model::{block_on, model};
use super::*;
use crate::domain::{FaultKind, Frame};
use crate::store::ReadMethod;
use crate::store::embedded::{Request, Strikes};

const DIRECT: [ReadMethod; 2] = [ReadMethod::Direct, ReadMethod::Batch];

fn direct(request: &Request) -> bool {
    matches!(request, Request::Direct { .. } | Request::Batch { .. })
}

impl Room {
    /// The same room, read so from now on by a reader that remembers nothing.
    fn read_by(&mut self, method: ReadMethod, list: bool) {
        self.store.set_method(method);
        self.store.take_requests();
        let reader = Reader::new(Arc::new(self.store.clone()));
        self.reader = if list { reader } else { reader.with_list_at_most(0) };
    }

    /// A page, after holding its cost to what was sent.
    async fn counted(&self, place: Place, n: u64) -> Page {
        let page = self.page(place, n).await;
        let sent = self.store.take_requests().len() as u64;
        assert_eq!(page.cost.requests(), sent, "the ledger tells every request");
        page
    }
}

/// Frames with headers of several names: the client library loses their order.
fn unclear(page: &Page) -> u64 {
    let several = |frame: &&Arc<Frame>| frame.headers.windows(2).any(|h| h[0].name != h[1].name);
    page.frames().filter(several).count() as u64
}

#[tokio::test]
async fn a_page_is_one_batch_where_the_stream_offers_it() {
    let mut room = room_of(500, &[(350, 360)], 1);
    room.read_by(ReadMethod::Batch, true);
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "301-349f 350-360d 361-500f");
    let unclear = unclear(&page);
    assert!(unclear > 0, "frames whose headers a raw message does not tell are reread");
    assert_eq!(page.cost.requests(), 2 + 1 + unclear, "the stream, its list, and a batch");
    room.read_by(ReadMethod::Direct, true);
    assert_eq!(room.counted(Place::Newest, 200).await.cost.requests(), 2 + 189 + unclear);
}

#[tokio::test]
async fn a_long_hole_costs_a_handful_of_requests_by_batch_too() {
    let mut room = room_of(1_000_000, &[(60_001, 960_000)], 1);
    room.read_by(ReadMethod::Batch, true);
    let plain = room.counted(Place::Newest, 200).await;
    assert_eq!(plain.cost.requests(), 2 + unclear(&plain));
    for place in [Place::Before(960_001), Place::After(60_000), Place::At(window(59_900, 960_100))]
    {
        let page = room.counted(place, 200).await;
        let most = 2 + 4 + unclear(&page);
        assert!(page.cost.requests() <= most, "{place:?} {:?}", page.cost);
        assert_eq!(page.ledger().unread, 0);
    }
}

#[tokio::test]
async fn what_a_lagging_replica_lacks_is_read_from_the_leader() {
    for method in DIRECT {
        let mut room = room_of(190, &[], 3);
        room.store.lag(&room.id);
        room.store.publish(&room.id, 10);
        room.store.delete(&room.id, window(50, 52));
        room.read_by(method, true);
        let page = room.counted(Place::Newest, 200).await;
        assert_eq!(sketch(&page), "1-49f 50-52d 53-200f", "{method:?}");
        assert_eq!(page.cost.failed, 0);
    }
}

#[tokio::test]
async fn replicas_are_not_asked_where_nothing_would_show_that_they_lag() {
    let mut room = room_of(1000, &[(100, 200)], 3);
    room.read_by(ReadMethod::Batch, false);
    room.page(Place::Newest, 1000).await;
    assert!(!room.store.take_requests().iter().any(direct));
}

#[tokio::test]
async fn poison_is_met_twice_and_read_by_message_get() {
    for (method, list) in [(DIRECT[0], true), (DIRECT[1], true), (DIRECT[1], false)] {
        let mut room = room_of(300, &[(20, 30)], 1);
        room.store.fail(Strikes::Poison(room.stream.clone(), 77), FaultKind::Disconnected, None);
        room.read_by(method, list);
        let gap = if list { 'd' } else { '?' };
        let page = room.counted(Place::Newest, 300).await;
        assert_eq!(sketch(&page), format!("1-19f 20-30{gap} 31-300f"));
        assert!(page.cost.failed > 0);
        // One connection may have been lost for any reason.
        assert_eq!(sketch(&room.page(Place::Newest, 300).await), sketch(&page));
        assert!(room.store.take_requests().iter().any(direct));
        room.page(Place::Newest, 300).await;
        assert!(!room.store.take_requests().iter().any(direct), "it is not tried again");
        // A stream made anew is another stream.
        room.store.make_with(&room.id, config(1));
        room.store.publish(&room.id, 3);
        room.page(Place::Newest, 300).await;
        assert!(room.store.take_requests().iter().any(direct));
    }
}

#[tokio::test]
async fn a_replica_that_has_nothing_is_given_up() {
    let mut room = room_of(1, &[], 3);
    room.store.lag(&room.id);
    room.store.publish(&room.id, 999);
    for method in DIRECT {
        room.read_by(method, true);
        assert_eq!(sketch(&room.counted(Place::Newest, 1000).await), "1-1000f");
        room.page(Place::Newest, 1000).await;
        assert!(!room.store.take_requests().iter().any(direct));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Holes, a lagging replica, short batches, messages that cannot be taken raw, and direct
    /// gets that fail: the slots are those of message-get, and the ledger tells every request.
    #[test]
    fn slots_do_not_depend_on_the_path(
        model in model(),
        later in (0_u64..40, prop::collection::vec((1_u64..400, 0_u64..40), 0..4)),
        lags in any::<bool>(),
        list in any::<bool>(),
        cut in prop::option::of(1_u64..5000),
        failing in prop::option::of((1_u64..400, 0..5)),
        place in prop_oneof![
            Just(Place::Newest),
            Just(Place::Oldest),
            (1_u64..420).prop_map(Place::Before),
            (1_u64..420).prop_map(Place::After),
        ],
        n in 1_u64..300,
    ) {
        let mut room = model.room(list);
        room.store.make_with(&room.id, config(if lags { 3 } else { 1 }));
        model.play(&room);
        if lags {
            room.store.lag(&room.id);
        }
        room.store.publish(&room.id, later.0);
        for (start, more) in later.1 {
            room.store.delete(&room.id, window(start, start + more));
        }
        if let Some(bytes) = cut {
            room.store.set_batch_bytes(bytes);
        }
        room.read_by(ReadMethod::MessageGet, list);
        let by_leader = block_on(room.read(place, n));
        if let Some((seq, kind)) = failing {
            let kind = match kind {
                0 => FaultKind::Timeout,
                1 => FaultKind::Disconnected,
                2 => FaultKind::BadReply,
                3 => FaultKind::NoJetStream,
                _ => FaultKind::Denied("$JS.API.DIRECT.GET".into()),
            };
            room.store.fail(Strikes::Poison(room.stream.clone(), seq), kind, None);
        }
        for method in DIRECT {
            room.read_by(method, list);
            // The second time with what the first taught.
            for _ in 0..2 {
                match (&by_leader, block_on(room.read(place, n))) {
                    (History::Page(expected), History::Page(page)) => {
                        let page = accounted(*page);
                        prop_assert_eq!(page.window(), expected.window());
                        prop_assert_eq!(bare(&page), bare(expected));
                        prop_assert_eq!(page.head.len(), expected.head.len());
                        let sent = room.store.take_requests().len() as u64;
                        prop_assert_eq!(page.cost.requests(), sent);
                    }
                    (History::Empty(expected), History::Empty(other)) => {
                        prop_assert_eq!(other.state.last_seq, expected.state.last_seq);
                    }
                    (expected, other) => prop_assert_eq!(&other, expected),
                }
            }
        }
    }

    /// A stream that changes in the middle of a read: what was there all the time is a frame, a
    /// gap is where nothing is in the end.
    #[test]
    fn races_are_told_truly_on_every_path(
        model in model(),
        at in 1_u64..30,
        deleted in (1_u64..400, 0_u64..80),
        purged in prop::option::of(1_u64..200),
        list in any::<bool>(),
        method in prop::sample::select(vec![ReadMethod::MessageGet, ReadMethod::Direct, ReadMethod::Batch]),
    ) {
        let mut room = model.room(list);
        room.read_by(method, list);
        let (id, run) = (room.id.clone(), window(deleted.0, deleted.0 + deleted.1));
        let count = room.store.request_count() + at;
        room.store.when(count, move |store| {
            store.delete(&id, run);
            if let Some(seq) = purged {
                store.purge_below(&id, seq);
            }
        });
        let History::Page(page) = block_on(room.read(Place::Newest, 1000)) else { return Ok(()) };
        let page = accounted(*page);
        prop_assert_eq!(page.ledger().unread, 0);
        for slot in page.slots() {
            for seq in slot.range().start()..=slot.range().end() {
                let kept = !run.contains(seq) && purged.is_none_or(|first| seq >= first);
                match slot {
                    Slot::Frame(_) => prop_assert!(model.holds(seq)),
                    _ => prop_assert!(!(model.holds(seq) && kept), "{} in {:?}", seq, slot),
                }
            }
        }
    }
}
