//! Pages of any stream at any place, held against a naive model of the stream.

use proptest::prelude::*;

use crate::domain::{FaultKind, History, PageSize, Place, Slot};
use crate::store::embedded::Strikes;

use super::*;

/// A naive model of a stream: which sequences hold a message.
#[derive(Debug, Clone)]
pub(super) struct Model {
    frames: u64,
    purged_below: u64,
    deleted: Vec<(u64, u64)>,
}

pub(super) fn model() -> impl Strategy<Value = Model> {
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
    pub(super) fn room(&self, list: bool) -> Room {
        let mut room = room(self.frames, &self.deleted);
        if !list {
            room.reader = room.reader.with_list_at_most(0);
        }
        room.store.purge_below(&room.id, self.purged_below);
        room
    }

    /// Makes an empty stream what the model says.
    pub(super) fn play(&self, room: &Room) {
        room.store.publish(&room.id, self.frames);
        for (start, end) in &self.deleted {
            room.store.delete(&room.id, window(*start, *end));
        }
        room.store.purge_below(&room.id, self.purged_below);
    }

    pub(super) fn holds(&self, seq: u64) -> bool {
        seq >= self.purged_below
            && seq <= self.frames
            && !self.deleted.iter().any(|(a, b)| (*a..=*b).contains(&seq))
    }
}

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
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
                    Slot::Gap(gap) | Slot::Unreadable(gap) => {
                        prop_assert!(!model.holds(seq), "{} in {:?}", seq, gap);
                    }
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
