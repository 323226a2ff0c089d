//! The newest rows, given out before the page is whole.

use std::sync::Mutex;

use proptest::prelude::*;

use super::model::{block_on, model};
use super::*;
use crate::domain::{FaultKind, PageRequest};
use crate::store::ReadMethod;
use crate::store::reader::Watch;

/// Keeps partial pages, with the requests sent by then.
struct Kept<'a> {
    store: &'a EmbeddedStore,
    pages: Mutex<Vec<(Page, u64)>>,
}

impl Watch for Kept<'_> {
    fn partial(&self, page: Page) {
        self.pages.lock().unwrap().push((page, self.store.request_count()));
    }
}

impl Room {
    async fn watched(&self, place: Place, n: u64, rows: usize) -> (Vec<(Page, u64)>, History) {
        let kept = Kept { store: &self.store, pages: Mutex::default() };
        let read = self
            .reader
            .page(&self.stream, PageRequest { place, size: size(n), screenful: rows }, &kept)
            .await;
        (kept.pages.into_inner().unwrap(), read.unwrap())
    }
}

fn known_at_the_end(page: &Page) -> usize {
    let known = |slot: &&Slot| !matches!(slot, Slot::Unread(_));
    page.slots().iter().rev().take_while(known).count()
}

#[tokio::test]
async fn the_newest_rows_come_first_and_once() {
    let room = room(1000, &[(990, 992)]);
    let (partial, whole) = room.watched(Place::Newest, 1000, 30).await;
    let [(page, sent)] = partial.as_slice() else { panic!("{}", partial.len()) };
    let page = accounted(page.clone());
    assert!(known_at_the_end(&page) >= 30 && page.ledger().unread > 500, "{}", sketch(&page));
    assert!(*sent <= 2 + 2 * 64, "{sent} requests before it");
    for slot in page.slots() {
        if let Slot::Unread(unread) = slot {
            assert_eq!(unread.fault.kind, FaultKind::NotTried);
        }
    }
    let History::Page(whole) = whole else { panic!() };
    assert_eq!(sketch(&accounted(*whole)), "1-989f 990-992d 993-1000f");
}

#[tokio::test]
async fn without_a_list_the_newest_rows_are_read_first_too() {
    let mut room = room(10_000, &[(1, 9000)]);
    room.store.publish(&room.id, 1);
    room.store.delete(&room.id, window(9_500, 9_500));
    room.reader = room.reader.with_list_at_most(0);
    let (partial, _) = room.watched(Place::Newest, 1000, 40).await;
    let [(page, sent)] = partial.as_slice() else { panic!("{}", partial.len()) };
    assert!(known_at_the_end(&accounted(page.clone())) >= 40);
    assert!(*sent < 400, "{sent} requests before it");
}

#[tokio::test]
async fn no_partial_page_where_none_is_wanted_or_the_page_is_no_longer() {
    let room = room(30, &[]);
    assert_eq!(room.watched(Place::Newest, 200, 0).await.0, []);
    assert_eq!(room.watched(Place::Newest, 200, 30).await.0, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A partial page accounts for its window, and the whole page says the same of every sequence
    /// that was known by then.
    #[test]
    fn a_partial_page_says_nothing_that_the_whole_one_takes_back(
        model in model(),
        rows in 1_usize..60,
        list in any::<bool>(),
        method in prop::sample::select(vec![ReadMethod::MessageGet, ReadMethod::Direct, ReadMethod::Batch]),
    ) {
        let room = model.room(list);
        room.store.set_method(method);
        let (partial, whole) = block_on(room.watched(Place::Newest, 300, rows));
        let History::Page(whole) = whole else { return Ok(()) };
        prop_assert!(partial.len() <= 1);
        for (page, _) in partial {
            let page = accounted(page);
            prop_assert!(known_at_the_end(&page) >= rows);
            for slot in page.slots() {
                for seq in slot.range().start()..=slot.range().end() {
                    let now = whole.slots().iter().find(|slot| slot.range().contains(seq)).unwrap();
                    match (slot, now) {
                        (Slot::Unread(_), _) => {}
                        (Slot::Frame(a), Slot::Frame(b)) => prop_assert_eq!(a, b),
                        (Slot::Gap(a), Slot::Gap(b)) => prop_assert_eq!(a.cause, b.cause),
                        other => prop_assert!(false, "{} as {:?}", seq, other),
                    }
                }
            }
        }
    }
}
