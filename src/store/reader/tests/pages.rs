//! What a page says of each sequence, and what reading it costs.

use crate::domain::{GapCause, History, Place, Slot};

use super::*;

#[tokio::test]
async fn the_newest_page_is_the_last_n_sequences() {
    let page = room(500, &[]).page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "301-500f");
    assert_eq!((page.cost.info, page.cost.frames, page.cost.requests()), (2, 200, 202));
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
    let head = page.head.first().unwrap();
    assert_eq!(head.range, window(1, 40));
    assert_eq!(head.cause, GapCause::BeforeFirst);
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
    assert!(inside.cost.requests() <= 8, "{:?}", inside.cost);
    assert_eq!(plain, 201);
}

#[tokio::test]
async fn a_short_deleted_list_comes_with_each_look() {
    let room = room(1000, &[(300, 310)]);
    room.page(Place::Newest, 100).await;
    let again = room.page(Place::Before(901), 100).await;
    assert_eq!(again.cost.info, 1);
    // Its list is short, so the one look brings it, and with it a report of damage.
    room.store.delete(&room.id, window(850, 850));
    let fresh = room.page(Place::Before(901), 100).await;
    assert_eq!(fresh.cost.info, 1);
    assert_eq!(sketch(&fresh), "801-849f 850d 851-900f");
}

#[tokio::test]
async fn no_more_than_sixty_four_requests_are_in_flight() {
    let room = room(1000, &[]);
    room.reader.expect(&room.stream, 0);
    room.page(Place::Newest, 1000).await;
    assert!(room.store.most_in_flight() <= 64);
    assert!(room.store.most_in_flight() > 16, "the depth grows");
}

#[tokio::test]
async fn a_hole_at_the_end_of_the_stream_is_one_page() {
    for list in [true, false] {
        let mut room = room(3000, &[(500, 3000)]);
        if !list {
            room.reader = room.reader.with_list_at_most(0);
        }
        let page = room.page(Place::After(499), 200).await;
        assert_eq!((page.window().start(), page.window().end()), (500, 3000), "list: {list}");
        assert!(page.cost.requests() < 8, "{:?}", page.cost);
    }
}

#[tokio::test]
async fn a_page_that_begins_in_a_long_hole_knows_the_whole_hole() {
    let room = room(1_000_000, &[(60_001, 960_000)]);
    let page = room.page(Place::At(window(959_901, 960_100)), 200).await;
    let Some(Slot::Gap(gap)) = page.slots().first() else { panic!("{}", sketch(&page)) };
    assert_eq!(gap.range, window(959_901, 960_000));
    assert_eq!(gap.beyond(&page.stream.state), Some(window(60_001, 960_000)));
    assert!(page.cost.gaps <= 5, "{:?}", page.cost);
    let after = room.page(Place::After(60_000), 200).await;
    let Some(Slot::Gap(gap)) = after.slots().first() else { panic!("{}", sketch(&after)) };
    assert_eq!(gap.before.map(|e| e.seq), Some(60_000));
}
