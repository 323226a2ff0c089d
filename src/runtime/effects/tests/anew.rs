//! A store that was put back to an older copy under an open screen, and published on.

use super::*;
use crate::domain::{Page, Window};
use crate::store::embedded::{RawFrame, Request};

fn frames(payload: &str, n: usize) -> Vec<RawFrame> {
    vec![RawFrame::new("unibus.room.a", payload); n]
}

/// A read of 21 to 30.
fn tail(job: u64, room: &Room, fresh: bool) -> Effect {
    let place = Place::At(Window::new(21, 30).unwrap());
    Effect::Read {
        job: Job(job),
        room: Box::new(room.clone()),
        request: PageRequest::whole(place, PageSize::DEFAULT),
        purpose: Purpose::Show { fresh },
    }
}

async fn page(executor: &mut Executor, replies: &mut mpsc::Receiver<Msg>, read: Effect) -> Page {
    executor.start(read);
    match reply(replies).await {
        Msg::Read(_, Ok(History::Page(page))) => *page,
        other => panic!("{other:?}"),
    }
}

fn payloads(page: &Page) -> Vec<&[u8]> {
    page.frames().map(|frame| frame.payload.as_slice()).collect()
}

#[tokio::test]
async fn a_refresh_and_going_back_show_what_the_store_holds_now() {
    for fresh in [true, false] {
        let (store, mut executor, mut replies) = executor();
        let (id, room) = room("a");
        store.make(&id);
        store.publish_these(&id, frames("old", 30));
        let seen = page(&mut executor, &mut replies, tail(1, &room, false)).await;
        assert_eq!(payloads(&seen), [b"old"; 10]);
        store.put_back(&id, 20);
        store.publish_these(&id, frames("new", 10));
        let now = page(&mut executor, &mut replies, tail(2, &room, fresh)).await;
        assert_eq!(payloads(&now), [b"new"; 10], "fresh: {fresh}");
        assert_eq!(now.cost.cached, 0);
    }
}

#[tokio::test]
async fn a_refresh_reads_each_frame_from_the_server() {
    let (store, mut executor, mut replies) = executor();
    let (id, room) = room("a");
    store.make(&id);
    store.publish(&id, 30);
    for (fresh, gets) in [(false, 10), (true, 10), (false, 1)] {
        store.take_requests();
        page(&mut executor, &mut replies, tail(1, &room, fresh)).await;
        let is_get = |request: &&Request| matches!(request, Request::Get { .. });
        assert_eq!(store.requests().iter().filter(is_get).count(), gets, "fresh: {fresh}");
    }
}
