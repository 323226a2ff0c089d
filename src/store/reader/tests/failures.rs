//! Failures, and streams that change while they are read.

use crate::domain::{FaultKind, GapCause, History, PageRequest, Place, Slot};
use crate::store::embedded::RawFrame;
use crate::store::embedded::Strikes;

use super::*;

#[tokio::test]
async fn a_time_out_is_unread_and_not_a_gap() {
    let room = room(50, &[(20, 21)]);
    let get = |seq| Strikes::Seq(room.stream.clone(), seq);
    room.store.fail(get(30), FaultKind::Timeout, None);
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "1-19f 20-21d 22-29f 30u 31-50f");
    assert_eq!(page.cost.failed, 1, "asking again is the store's");
    room.store.heal();
    let whole = room.reader.retry(&room.stream, &page, &()).await.unwrap();
    let History::Page(whole) = whole else { panic!() };
    assert_eq!(sketch(&accounted(*whole)), "1-19f 20-21d 22-50f");
}

#[tokio::test]
async fn a_lost_connection_ends_the_read_and_keeps_what_came() {
    let room = room(400, &[]);
    room.store.fail(Strikes::Seq(room.stream.clone(), 390), FaultKind::Disconnected, None);
    let page = room.page(Place::Newest, 200).await;
    let ledger = page.ledger();
    assert!(ledger.unread > 0 && ledger.frames > 0 && ledger.missing == 0, "{ledger:?}");
    assert!(room.store.request_count() <= 1 + 2 * 64, "nothing more was sent");
}

#[tokio::test]
async fn a_head_that_goes_while_it_is_read_is_not_called_deleted() {
    let room = room(200, &[]);
    let id = room.id.clone();
    room.store.when(20, move |store| store.purge_below(&id, 150));
    let page = room.page(Place::Newest, 200).await;
    let first = page.slots().first().unwrap();
    let Slot::Gap(gap) = first else { panic!("{}", sketch(&page)) };
    assert_eq!(gap.cause, GapCause::BeforeFirst);
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
        store.make_with(&id, StreamConfig::default());
    });
    let read =
        room.reader.page(&room.stream, PageRequest::whole(Place::Newest, size(200)), &()).await;
    assert_eq!(read.unwrap_err().kind, FaultKind::Recreated);
}

#[tokio::test]
async fn what_was_listed_as_deleted_stays_deleted_when_a_second_look_fails() {
    let room = room(300, &[(150, 160)]);
    let id = room.id.clone();
    let stream = room.stream.clone();
    room.store.when(40, move |store| {
        store.delete(&id, window(120, 120));
        store.fail(Strikes::Info(stream), FaultKind::Timeout, None);
    });
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(sketch(&page), "101-119f 120? 121-149f 150-160d 161-300f");
}

#[tokio::test]
async fn a_busy_server_is_left_alone() {
    let room = room(400, &[]);
    room.store.fail(Strikes::Gets(room.stream.clone()), FaultKind::Busy, None);
    let page = room.page(Place::Newest, 200).await;
    assert_eq!(page.ledger().unread, 200);
    assert!(page.cost.failed <= 2 * 64 + 3, "{:?}", page.cost);
}

#[tokio::test]
async fn a_page_holds_no_more_than_its_bytes() {
    let room = room(1, &[]);
    let frames = (0..120).map(|n| RawFrame::new(format!("a.{n}"), vec![7; 1 << 20])).collect();
    room.store.publish_these(&room.id, frames);
    let page = room.page(Place::Newest, 200).await;
    let ledger = page.ledger();
    assert!((64..=80).contains(&ledger.frames), "{ledger:?}");
    let Slot::Unread(unread) = &page.slots()[0] else { panic!("{}", sketch(&page)) };
    assert_eq!(unread.fault.kind, FaultKind::PageFull);
    let again = room.reader.retry(&room.stream, &page, &()).await.unwrap();
    let History::Page(again) = again else { panic!() };
    assert_eq!(again.ledger(), ledger, "a full page takes no more");
}
