//! Opening a room: one look at its stream serves the ensure and the read.

use super::*;
use crate::domain::{Drift, Ensured, StreamConfig, Subject};
use crate::store::embedded::{Request, contract_config};

fn known(subject: Option<&str>) -> Box<Room> {
    let (_, room) = room("a");
    Box::new(Room { subject: subject.map(|s| Subject::new(s).unwrap()), ..*room })
}

fn open(room: &Room, deleted: u64) -> Effect {
    Effect::Read {
        job: Job(1),
        room: Box::new(room.clone()),
        request: PageRequest::whole(Place::Newest, PageSize::DEFAULT),
        purpose: Purpose::Open { deleted: Some(deleted), make: Make::Unseen },
    }
}

async fn opened(room: &Room, store: EmbeddedStore) -> (Ensured, History, Vec<Request>) {
    opened_with(room, store, 0).await
}

async fn opened_with(
    room: &Room,
    store: EmbeddedStore,
    deleted: u64,
) -> (Ensured, History, Vec<Request>) {
    let (mut executor, mut replies) = executor_on(&store, 1 << 20);
    store.take_requests();
    executor.start(open(room, deleted));
    let Msg::Ensured(Job(1), _, Ok(ensured)) = reply(&mut replies).await else { panic!() };
    let Msg::Read(Job(1), Ok(history)) = reply(&mut replies).await else { panic!() };
    (ensured, history, store.take_requests())
}

fn store(read_only: bool) -> EmbeddedStore {
    EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, read_only)
}

#[tokio::test]
async fn a_stream_that_is_there_is_looked_at_once_and_never_written() {
    let (room, store) = (known(Some("unibus.room.a")), store(false));
    store.make(&room.id);
    store.publish(&room.id, 3);
    let (ensured, history, requests) = opened(&room, store).await;
    assert!(matches!(ensured, Ensured::Present(info) if info.state.messages == 3));
    assert!(matches!(history, History::Page(page) if page.frames().count() == 3));
    assert_eq!(requests.len(), 4, "{requests:?}");
    assert_eq!(requests[0], Request::Info { stream: room.id.stream(), deleted: true });
    assert!(requests.iter().all(|request| !request.is_write()));
}

#[tokio::test]
async fn a_stream_known_to_have_deleted_sequences_is_looked_at_once_too() {
    let (room, store) = (known(Some("unibus.room.a")), store(false));
    store.make(&room.id);
    store.publish(&room.id, 10);
    store.delete(&room.id, crate::domain::Window::new(4, 5).unwrap());
    let (_, history, requests) = opened_with(&room, store, 2).await;
    let History::Page(page) = history else { panic!("{history:?}") };
    assert_eq!((page.ledger().missing, page.cost.info, requests.len()), (2, 1, 9));
    assert_eq!(requests[0], Request::Info { stream: room.id.stream(), deleted: true });
}

#[tokio::test]
async fn drift_is_told_from_the_same_look() {
    let (room, store) = (known(Some("unibus.room.a")), store(false));
    let config =
        StreamConfig { subjects: vec!["y".into()], ..contract_config(&room.spec().unwrap()) };
    store.make_with(&room.id, config.clone());
    let (ensured, history, requests) = opened(&room, store).await;
    let Ensured::Drifted(_, drift) = ensured else { panic!("{ensured:?}") };
    assert_eq!(drift, Drift::compare(&room, &config));
    assert!(matches!(history, History::Empty(_)));
    assert_eq!(requests, [Request::Info { stream: room.id.stream(), deleted: true }]);
}

#[tokio::test]
async fn only_a_missing_stream_is_created() {
    let (room, store) = (known(Some("unibus.room.a")), store(false));
    let (ensured, history, requests) = opened(&room, store).await;
    assert!(matches!(ensured, Ensured::Created(_)), "{ensured:?}");
    assert!(matches!(history, History::Empty(_)));
    let name = room.id.stream();
    let info = Request::Info { stream: name.clone(), deleted: true };
    assert_eq!(requests, [info, Request::Create(name)]);
}

#[tokio::test]
async fn what_somebody_else_made_meanwhile_is_read() {
    let (room, store) = (known(Some("unibus.room.a")), store(false));
    let id = room.id.clone();
    store.when(2, move |store| {
        store.make(&id);
        store.publish(&id, 2);
    });
    let (_, history, _) = opened(&room, store).await;
    assert!(matches!(history, History::Page(page) if page.frames().count() == 2));
}

#[tokio::test]
async fn read_only_and_unknown_subjects_write_nothing() {
    let (ensured, history, requests) = opened(&known(Some("x")), store(true)).await;
    assert!(matches!(ensured, Ensured::WouldCreate(_)));
    assert_eq!((history, requests.len()), (History::NoStream, 1));
    let (ensured, history, requests) = opened(&known(None), store(false)).await;
    assert!(matches!(ensured, Ensured::NotOurs { info: None, .. }));
    assert_eq!((history, requests.len()), (History::NoStream, 1));
}

#[tokio::test]
async fn a_creation_that_fails_is_told_and_the_room_has_no_stream() {
    let (room, store) = (known(Some("x")), store(false));
    let (mut executor, mut replies) = executor_on(&store, 0);
    let strikes = Strikes::Writes(room.id.stream());
    store.fail(strikes, FaultKind::Resources, None);
    executor.start(open(&room, 0));
    let Msg::Ensured(_, _, Err(fault)) = reply(&mut replies).await else { panic!() };
    assert_eq!(fault.kind, FaultKind::Resources);
    assert_eq!(reply(&mut replies).await, Msg::Read(Job(1), Ok(History::NoStream)));
}

/// An executor that has seen the room's stream, which is gone since.
async fn gone(room: &Room, read_only: bool) -> (EmbeddedStore, Executor, mpsc::Receiver<Msg>) {
    let store = store(read_only);
    store.make(&room.id);
    store.publish(&room.id, 3);
    let (mut executor, mut replies) = executor_on(&store, 0);
    executor.start(open(room, 0));
    assert!(matches!(reply(&mut replies).await, Msg::Ensured(..)));
    assert!(matches!(reply(&mut replies).await, Msg::Read(..)));
    store.drop_stream(&room.id);
    store.take_requests();
    (store, executor, replies)
}

fn open_and(room: &Room, make: Make) -> Effect {
    let Effect::Read { job, room, request, .. } = open(room, 0) else { panic!() };
    Effect::Read { job, room, request, purpose: Purpose::Open { deleted: Some(0), make } }
}

#[tokio::test]
async fn a_stream_that_was_seen_and_is_gone_is_made_only_when_a_person_said_so() {
    let room = known(Some("unibus.room.a"));
    for make in [Make::Unseen, Make::AskFirst] {
        let (store, mut executor, mut replies) = gone(&room, false).await;
        executor.start(open_and(&room, make));
        let Msg::Gone(Job(1), id, Some(made)) = reply(&mut replies).await else { panic!() };
        assert_eq!((id, made), (room.id.clone(), Timestamp::UNIX_EPOCH));
        assert_eq!(reply(&mut replies).await, Msg::Read(Job(1), Ok(History::NoStream)));
        assert!(store.requests().iter().all(|request| !request.is_write()));
        executor.start(open_and(&room, Make::Asked));
        let made = reply(&mut replies).await;
        assert!(matches!(made, Msg::Ensured(_, _, Ok(Ensured::Created(_)))), "{made:?}");
    }
}

#[tokio::test]
async fn what_only_a_listing_saw_is_asked_for_too() {
    let (room, store) = (known(Some("unibus.room.a")), store(false));
    let (mut executor, mut replies) = executor_on(&store, 0);
    executor.start(open_and(&room, Make::AskFirst));
    assert_eq!(reply(&mut replies).await, Msg::Gone(Job(1), room.id.clone(), None));
}

#[tokio::test]
async fn where_nothing_would_be_made_nobody_is_asked() {
    let room = known(Some("unibus.room.a"));
    let (_, mut executor, mut replies) = gone(&room, true).await;
    executor.start(open_and(&room, Make::AskFirst));
    let told = reply(&mut replies).await;
    assert!(matches!(told, Msg::Ensured(_, _, Ok(Ensured::WouldCreate(_)))), "{told:?}");
    let unknown = known(None);
    let (_, mut executor, mut replies) = gone(&unknown, false).await;
    executor.start(open_and(&unknown, Make::AskFirst));
    let told = reply(&mut replies).await;
    assert!(matches!(told, Msg::Ensured(_, _, Ok(Ensured::NotOurs { .. }))), "{told:?}");
}
