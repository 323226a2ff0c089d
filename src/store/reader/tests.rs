//! The reader over the scripted store: what it says of each sequence, and what it asks for.

mod failures;
mod leaders;
mod lost;
mod methods;
mod model;
mod pages;
mod partial;
mod put_back;
mod refused;
mod unreadable;
mod walk;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use crate::domain::{
    Completeness, Gap, GapCause, History, Ledger, Lost, Page, PageRequest, PageSize, Place, RoomId,
    Slot, StreamConfig, StreamName, Window,
};
use crate::store::HistoryStore;
use crate::store::embedded::{Condition, EmbeddedStore};

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
    room_of(frames, deleted, 1)
}

/// The same of a stream with so many replicas.
fn room_of(frames: u64, deleted: &[(u64, u64)], replicas: u32) -> Room {
    let store = EmbeddedStore::new(clock, false);
    let id = RoomId::new("a").unwrap();
    store.make_with(&id, config(replicas));
    store.publish(&id, frames);
    for (start, end) in deleted {
        store.delete(&id, window(*start, *end));
    }
    store.take_requests();
    let reader = Reader::new(Arc::new(store.clone()) as Arc<dyn HistoryStore>);
    Room { store, reader, stream: id.stream(), id }
}

/// A stream that may be read in any way, once the store offers it.
fn config(replicas: u32) -> StreamConfig {
    StreamConfig {
        subjects: vec!["unibus.room.a".into()],
        retention: "limits".into(),
        storage: "file".into(),
        replicas,
        allow_direct: true,
        ..StreamConfig::default()
    }
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

fn size(n: u64) -> PageSize {
    PageSize::new(n).unwrap()
}

impl Room {
    fn condition(&self, change: impl FnOnce(&mut Condition)) {
        let mut condition = Condition::default();
        change(&mut condition);
        self.store.set_condition(&self.id, condition);
    }

    async fn read(&self, place: Place, n: u64) -> History {
        self.reader.page(&self.stream, PageRequest::whole(place, size(n)), &()).await.unwrap()
    }

    async fn page(&self, place: Place, n: u64) -> Page {
        match self.read(place, n).await {
            History::Page(page) => accounted(*page),
            other => panic!("a page was expected, not {other:?}"),
        }
    }
}

fn lost(seqs: impl IntoIterator<Item = u64>, bytes: u64) -> Lost {
    Lost { seqs: seqs.into_iter().collect(), bytes, ..Lost::default() }
}

fn verdict(page: &Page) -> Completeness {
    page.account().judge().0
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
    let Ledger { frames, missing, unreadable, unread, slots } = ledger;
    assert_eq!(frames + missing + unreadable + unread, slots);
    page
}

/// The slots without who said so, and when.
pub(super) fn bare(page: &Page) -> Vec<Slot> {
    let bare = |slot: &Slot| match slot {
        Slot::Gap(gap) | Slot::Unreadable(gap) => {
            Gap { evidence: Arc::default(), ..gap.clone() }.into()
        }
        slot => slot.clone(),
    };
    page.slots().iter().map(bare).collect()
}

/// Slots in one line: `1-4f 5-6d 7m 8u`.
fn sketch(page: &Page) -> String {
    let mut runs: Vec<(u64, u64, char)> = Vec::new();
    for slot in page.slots() {
        let mark = match slot {
            Slot::Frame(_) => 'f',
            Slot::Unread(_) => 'u',
            Slot::Gap(gap) | Slot::Unreadable(gap) => match gap.cause {
                GapCause::BeforeFirst => 'b',
                GapCause::Removed | GapCause::ExpiredOrRemoved => 'd',
                GapCause::Unreadable | GapCause::PastLimit => 'm',
                GapCause::Lost => 'l',
                GapCause::NotKnown => '?',
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
