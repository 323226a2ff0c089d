//! Walks: their parts join without a seam, hold what the stream holds, and stay small.

use proptest::prelude::*;

use crate::domain::{FaultKind, StreamInfo};
use crate::store::embedded::{RawFrame, Strikes};
use crate::store::reader::{Begun, Span, Walk};

use super::model::{block_on, model};
use super::*;

impl Room {
    async fn walk(&self, span: Span) -> Walk {
        match self.reader.walk(&self.stream, span).await.unwrap() {
            Begun::Walk(walk) => *walk,
            other => panic!("a walk was expected, not {other:?}"),
        }
    }
}

async fn parts(mut walk: Walk) -> Vec<Page> {
    let mut parts = Vec::new();
    let mut next = walk.window().start();
    while let Some(page) = walk.next().await.unwrap() {
        assert_eq!(page.window().start(), next, "parts join without a seam");
        next = page.window().end() + 1;
        parts.push(accounted(page));
    }
    assert_eq!(next, walk.window().end() + 1, "parts make up the window");
    parts
}

fn shown(parts: &[Page]) -> Vec<String> {
    parts.iter().map(sketch).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn walks_agree_with_a_naive_model(
        model in model(),
        from in 1_u64..420,
        n in 1_u64..500,
        kind in 0..3,
        each in 1_u64..40,
        list in any::<bool>(),
    ) {
        let room = model.room(list);
        let span = match kind {
            0 => Span::All,
            1 => Span::Last(n),
            _ => Span::From { seq: from, most: n },
        };
        block_on(async {
            let begun = room.reader.walk(&room.stream, span).await.unwrap();
            let Begun::Walk(mut walk) = begun else { return Ok(()) };
            let state = walk.stream().state.clone();
            walk.part_bytes = each * state.bytes / state.messages.max(1);
            walk.frames = each;
            let window = walk.window();
            if kind == 1 {
                let wanted = Window::newest(state.first_seq, state.last_seq, n);
                prop_assert_eq!(Some(window), wanted);
            }
            room.store.take_requests();
            let parts = parts(*walk).await;
            for page in &parts {
                for slot in page.slots() {
                    for seq in slot.range().start()..=slot.range().end() {
                        prop_assert_eq!(matches!(slot, Slot::Frame(_)), model.holds(seq), "{}", seq);
                        prop_assert!(!matches!(slot, Slot::Unread(_)), "{}", seq);
                    }
                }
            }
            let requests = room.store.take_requests().len();
            let slots: usize = parts.iter().map(|page| page.slots().len()).sum();
            // A part costs its state, once more where holes were seen, and the frames beside them;
            // without the list also the search for where a hole began.
            let most = 2 * slots + parts.len() * if list { 4 } else { 14 };
            prop_assert!(requests <= most, "{} requests, {} slots, {} parts", requests, slots, parts.len());
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_long_hole_is_in_one_part_and_costs_no_more_than_none() {
    for list in [true, false] {
        let mut room = room(3_000_000, &[(501, 2_999_500)]);
        if !list {
            room.reader = room.reader.with_list_at_most(0);
        }
        let parts = parts(room.walk(Span::All).await).await;
        assert!(parts.len() <= 4, "{:?}", shown(&parts));
        assert!(room.store.take_requests().len() <= 1_000 + 40);
    }
}

#[tokio::test]
async fn frames_heavier_than_expected_make_shorter_parts() {
    let room = room(2_000, &[]);
    let heavy = (0..60).map(|n| RawFrame::new(format!("a.{n}"), vec![7; 1 << 20])).collect();
    room.store.publish_these(&room.id, heavy);
    let parts = parts(room.walk(Span::All).await).await;
    let weight = |page: &Page| page.frames().map(|frame| frame.payload.len() as u64).sum::<u64>();
    let heaviest = parts.iter().map(weight).max().unwrap();
    assert!(heaviest <= 17 << 20, "{heaviest}");
    assert!(parts.iter().all(|page| page.ledger().unread == 0), "{:?}", shown(&parts));
}

#[tokio::test]
async fn a_span_chooses_its_window_once() {
    let room = room(50, &[]);
    let walk = room.walk(Span::From { seq: 41, most: u64::MAX }).await;
    assert_eq!(walk.window(), window(41, 50));
    room.store.publish(&room.id, 5);
    assert_eq!(shown(&parts(walk).await), ["41-50f"]);
    room.store.purge_below(&room.id, 11);
    let walk = room.walk(Span::From { seq: 3, most: 5 }).await;
    assert_eq!(walk.window(), window(11, 15), "it begins with the stream");
    let walk = room.walk(Span::Last(3)).await;
    assert_eq!(walk.window(), window(53, 55));
}

#[tokio::test]
async fn what_is_no_walk_is_told_apart() {
    let room = room(5, &[]);
    let outside = room.reader.walk(&room.stream, Span::From { seq: 6, most: 1 }).await.unwrap();
    assert!(matches!(outside, Begun::Outside(info) if last(&info) == 5));
    let none = RoomId::new("none").unwrap().stream();
    let none = room.reader.walk(&none, Span::All).await.unwrap();
    assert!(matches!(none, Begun::NoStream));
    room.store.purge_below(&room.id, 6);
    let empty = room.reader.walk(&room.stream, Span::All).await.unwrap();
    assert!(matches!(empty, Begun::Empty(info) if last(&info) == 5));
}

fn last(info: &StreamInfo) -> u64 {
    info.state.last_seq
}

#[tokio::test]
async fn what_is_purged_or_made_anew_meanwhile_is_said() {
    let room = room(2_500, &[]);
    let mut walk = room.walk(Span::All).await;
    let first = walk.next().await.unwrap().unwrap();
    assert_eq!(sketch(&first), "1-1000f");
    room.store.purge_below(&room.id, 2_401);
    assert_eq!(sketch(&walk.next().await.unwrap().unwrap()), "1001-2400b 2401-2500f");
    assert_eq!(walk.next().await.unwrap(), None);

    let room = super::room(2_500, &[]);
    let mut walk = room.walk(Span::Last(1_500)).await;
    walk.frames = 10;
    assert!(walk.next().await.is_ok());
    room.store.make(&room.id);
    assert_eq!(walk.next().await.unwrap_err().kind, FaultKind::Recreated);
}

#[tokio::test]
async fn a_part_that_failed_may_be_asked_for_again() {
    let room = room(50, &[]);
    let mut walk = room.walk(Span::All).await;
    walk.frames = 20;
    assert_eq!(sketch(&walk.next().await.unwrap().unwrap()), "1-20f");
    let infos = Strikes::Info(room.stream.clone());
    room.store.fail(infos, FaultKind::Timeout, Some(1));
    assert_eq!(walk.next().await.unwrap_err().kind, FaultKind::Timeout);
    assert_eq!(sketch(&walk.next().await.unwrap().unwrap()), "21-50f");
}

#[tokio::test]
async fn heavy_frames_behind_many_light_ones_are_not_read_again_and_again() {
    let room = room(0, &[]);
    let light = (0..904).map(|_| RawFrame::new("a", "x"));
    let heavy = (0..96).map(|_| RawFrame::new("a", vec![7; 4_000]));
    room.store.publish_these(&room.id, light.chain(heavy).collect());
    let mut walk = room.walk(Span::All).await;
    // As when most of a long stream is light: at first all are expected to fit.
    (walk.frames, walk.part_bytes) = (1000, 16_000);
    let mut frames = 0;
    while let Some(page) = walk.next().await.unwrap() {
        frames += page.frames().count();
    }
    assert_eq!(frames, 1000);
    let requests = walk.cost().requests();
    assert!(requests < 2_500, "{requests}");
}
