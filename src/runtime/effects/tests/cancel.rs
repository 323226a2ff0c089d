//! What is no longer wanted stops sending; what is read ahead gives way.

use std::sync::Arc;

use tokio::sync::Notify;

use super::*;
use crate::store::embedded::Request;

/// Most requests of a read in flight.
const IN_FLIGHT: usize = 64;

fn gets(store: &EmbeddedStore, id: &RoomId) -> usize {
    let name = id.stream();
    let of = |request: &&Request| matches!(request, Request::Get { stream, .. } if *stream == name);
    store.requests().iter().filter(of).count()
}

fn whole(job: u64, room: &Room, purpose: Purpose) -> Effect {
    let request = PageRequest::whole(Place::Newest, PageSize::MAX);
    Effect::Read { job: Job(job), room: Box::new(room.clone()), request, purpose }
}

fn big(job: u64, room: &Room) -> Effect {
    whole(job, room, Purpose::Show { fresh: false })
}

fn ahead(job: u64, room: &Room, bytes: u64) -> Effect {
    whole(job, room, Purpose::Ahead { bytes })
}

/// Two rooms of so many frames, and a bell that rings when the store got its 100th request.
fn rooms(cache: u64) -> (EmbeddedStore, Executor, mpsc::Receiver<Msg>, Arc<Notify>) {
    let store = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, false);
    for (name, frames) in [("a", 1000), ("b", 3)] {
        let (id, _) = room(name);
        store.make(&id);
        store.publish(&id, frames);
    }
    let bell = Arc::new(Notify::new());
    let ring = Arc::clone(&bell);
    store.when(100, move |_| ring.notify_one());
    let (executor, replies) = executor_on(&store, cache);
    (store, executor, replies, bell)
}

#[tokio::test]
async fn a_read_that_is_replaced_wastes_what_is_in_flight_and_no_more() {
    let (store, mut executor, mut replies, bell) = rooms(0);
    let ((a, room_a), (_, room_b)) = (room("a"), room("b"));
    executor.start(big(1, &room_a));
    bell.notified().await;
    executor.start(big(2, &room_b));
    assert!(matches!(reply(&mut replies).await, Msg::Read(Job(2), Ok(_))));
    let sent = gets(&store, &a);
    assert!((99..100 + IN_FLIGHT).contains(&sent), "{sent}");
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(gets(&store, &a), sent, "it sends nothing more");
    assert!(replies.try_recv().is_err(), "and answers nothing");
}

#[tokio::test]
async fn flipping_through_rooms_reads_the_last_one() {
    let (store, mut executor, mut replies, _) = rooms(0);
    let ((a, room_a), (_, room_b)) = (room("a"), room("b"));
    for job in 1..50 {
        executor.start(big(job, &room_a));
        for _ in 0..job % 4 {
            tokio::task::yield_now().await;
        }
    }
    executor.start(big(50, &room_b));
    assert!(matches!(reply(&mut replies).await, Msg::Read(Job(50), Ok(_))));
    assert!(gets(&store, &a) < 49 * IN_FLIGHT);
    assert!(store.most_in_flight() <= 2 * IN_FLIGHT, "{}", store.most_in_flight());
}

#[tokio::test]
async fn what_is_read_ahead_costs_two_requests_when_it_is_wanted() {
    let (store, mut executor, mut replies, _) = rooms(8 << 20);
    let (a, room_a) = room("a");
    executor.start(ahead(1, &room_a, 1 << 20));
    let Msg::Prefetched(Job(1), Some(info)) = reply(&mut replies).await else { panic!() };
    assert_eq!(info.state.messages, 1000, "what it saw of the stream is told");
    assert_eq!(gets(&store, &a), 1000);
    store.take_requests();
    executor.start(big(2, &room_a));
    let Msg::Read(Job(2), Ok(History::Page(page))) = reply(&mut replies).await else { panic!() };
    assert_eq!((page.cost.cached, page.cost.requests(), store.requests().len()), (1000, 2, 2));
}

#[tokio::test]
async fn any_read_and_a_stop_abandon_it_and_what_came_is_kept() {
    for stop in [true, false] {
        let (store, mut executor, mut replies, bell) = rooms(8 << 20);
        let ((a, room_a), (_, room_b)) = (room("a"), room("b"));
        executor.start(ahead(1, &room_a, 1 << 20));
        bell.notified().await;
        if stop {
            executor.start(Effect::StopPrefetch);
        }
        executor.start(big(2, &room_b));
        assert!(matches!(reply(&mut replies).await, Msg::Read(Job(2), Ok(_))));
        let sent = gets(&store, &a);
        assert!((99..100 + IN_FLIGHT).contains(&sent), "{sent}");
        executor.start(big(3, &room_a));
        let Msg::Read(Job(3), Ok(History::Page(page))) = reply(&mut replies).await else {
            panic!()
        };
        assert!(page.cost.cached > 0 && page.cost.cached + page.cost.frames == 1000);
    }
}

#[tokio::test]
async fn what_would_not_fit_is_not_read_ahead() {
    for (cache, bytes) in [(0, 1), (1 << 20, 1 << 20)] {
        let (store, mut executor, mut replies, _) = rooms(cache);
        let (_, room_a) = room("a");
        executor.start(ahead(1, &room_a, bytes));
        assert_eq!(reply(&mut replies).await, Msg::Prefetched(Job(1), None));
        assert_eq!(store.request_count(), 0);
    }
}
