mod anew;
mod cancel;
mod first_picture;
mod opening;

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use super::*;
use crate::app::{Job, Make};
use crate::domain::{Completeness, FaultKind, History, PageRequest, PageSize, Place, Room, RoomId};
use crate::store::embedded::{Condition, EmbeddedStore, Strikes};

fn room(id: &str) -> (RoomId, Box<Room>) {
    let id = RoomId::new(id).unwrap();
    let room = Room::bare(id.clone(), crate::domain::room::KnownFrom::default());
    (id, Box::new(room))
}

fn read_effect(job: u64, room: &Room) -> Effect {
    Effect::Read {
        job: Job(job),
        room: Box::new(room.clone()),
        request: PageRequest::whole(Place::Newest, PageSize::DEFAULT),
        purpose: Purpose::Show { fresh: false },
    }
}

async fn reply(replies: &mut mpsc::Receiver<Msg>) -> Msg {
    loop {
        let msg = timeout(Duration::from_secs(10), replies.recv()).await;
        match msg.expect("a reply in time").expect("an open channel") {
            Msg::Progress(..) | Msg::Waiting(..) => {}
            msg => return msg,
        }
    }
}

fn executor_on(store: &EmbeddedStore, cache: u64) -> (Executor, mpsc::Receiver<Msg>) {
    Executor::new(Services::new(Arc::new(store.clone()), cache, Duration::ZERO), 256)
}

fn executor() -> (EmbeddedStore, Executor, mpsc::Receiver<Msg>) {
    let store = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, false);
    let (executor, replies) = executor_on(&store, 1 << 20);
    (store, executor, replies)
}

#[tokio::test]
async fn a_read_replies_with_its_job() {
    let (store, mut executor, mut replies) = executor();
    let (id, room) = room("a");
    store.make(&id);
    store.publish(&id, 3);
    assert_eq!(executor.start(read_effect(7, &room)), None);
    let Msg::Read(Job(7), Ok(History::Page(page))) = reply(&mut replies).await else {
        panic!("no page");
    };
    assert_eq!(page.frames().count(), 3);
    assert!(!executor.is_busy());
}

#[tokio::test]
async fn opening_ensures_before_it_reads() {
    let (_, mut executor, mut replies) = executor();
    let (_, room) = room("a");
    executor.start(Effect::Read {
        job: Job(1),
        room,
        request: PageRequest::whole(Place::Newest, PageSize::DEFAULT),
        purpose: Purpose::Open { deleted: Some(0), make: Make::Unseen },
    });
    assert!(matches!(reply(&mut replies).await, Msg::Ensured(Job(1), _, Ok(_))));
    assert_eq!(reply(&mut replies).await, Msg::Read(Job(1), Ok(History::NoStream)));
}

#[tokio::test]
async fn a_new_read_abandons_the_former() {
    let (store, mut executor, mut replies) = executor();
    let (id, room) = room("a");
    store.make(&id);
    store.publish(&id, 1);
    // Both are started before either task runs: there is one thread here.
    executor.start(read_effect(1, &room));
    executor.start(read_effect(2, &room));
    assert!(matches!(reply(&mut replies).await, Msg::Read(Job(2), Ok(_))));
    tokio::task::yield_now().await;
    assert!(replies.try_recv().is_err());
}

#[tokio::test]
async fn a_failure_is_a_reply() {
    let (store, mut executor, mut replies) = executor();
    let (id, room) = room("a");
    store.make(&id);
    store.refuse(&id, Some(FaultKind::Offline));
    executor.start(read_effect(1, &room));
    let Msg::Read(Job(1), Err(fault)) = reply(&mut replies).await else {
        panic!("no failure");
    };
    assert_eq!(fault.kind, FaultKind::Offline);
}

#[tokio::test]
async fn a_read_waits_for_what_passes_and_tells_of_it() {
    let store = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, false);
    let services = Services::new(Arc::new(store.clone()), 0, Duration::from_secs(30));
    let (mut executor, mut replies) = Executor::new(services, 256);
    let (id, room) = room("a");
    store.make(&id);
    store.publish(&id, 3);
    store.fail(Strikes::Info(id.stream()), FaultKind::Disconnected, Some(1));
    executor.start(read_effect(7, &room));
    let mut told = Vec::new();
    let page = loop {
        match replies.recv().await.unwrap() {
            Msg::Read(Job(7), Ok(History::Page(page))) => break page,
            Msg::Waiting(Job(7), met) => told.push(met),
            _ => {}
        }
    };
    assert_eq!((page.frames().count(), told), (3, vec![Some(FaultKind::Disconnected), None]));
}

#[tokio::test]
async fn without_a_terminal_copying_says_so() {
    let (_, mut executor, mut replies) = executor();
    executor.start(Effect::Copy { what: "sequence 1".into(), text: "1".into() });
    assert!(matches!(reply(&mut replies).await, Msg::Copied(_, Err(_))));
}

#[tokio::test]
async fn the_loops_own_effects_are_given_back() {
    let (_, mut executor, _replies) = executor();
    for effect in [Effect::Suspend, Effect::Redraw, Effect::Quit] {
        assert_eq!(executor.start(effect.clone()), Some(effect));
    }
}

#[tokio::test]
async fn after_the_wait_what_is_still_not_given_is_damage() {
    let (store, mut executor, mut replies) = executor();
    let (id, room) = room("a");
    store.make(&id);
    store.publish(&id, 9);
    store.set_condition(&id, Condition { unreadable: [5].into(), ..Condition::default() });
    executor.start(read_effect(1, &room));
    let Msg::Read(_, Ok(History::Page(page))) = reply(&mut replies).await else { panic!() };
    assert_eq!((page.ledger().unreadable, page.unreadable_again), (1, false));
    executor.start(Effect::WaitToReadAgain { job: Job(2) });
    executor.start(Effect::WaitToReadAgain { job: Job(3) });
    assert!(!executor.is_busy(), "waiting is no work");
    assert_eq!(reply(&mut replies).await, Msg::Again(Job(3)), "one wait at a time");
    executor.start(Effect::Retry { job: Job(4), room, page: Arc::from(page) });
    let Msg::Read(_, Ok(History::Page(page))) = reply(&mut replies).await else { panic!() };
    assert_eq!(page.account().judge().0, Completeness::Damaged);
}
