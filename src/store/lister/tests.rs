mod moved;

use std::collections::BTreeMap;

use jiff::Timestamp;

use std::time::Duration;

use super::*;
use crate::domain::room::KnownFrom;
use crate::domain::{Connection, RoomState, StreamConfig, Subject};
use crate::store::embedded::{EmbeddedStore, Request, Strikes};
use crate::store::retry::Retrying;

fn id(id: &str) -> RoomId {
    RoomId::new(id).unwrap()
}

fn store() -> EmbeddedStore {
    EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, true)
}

fn known(name: &str) -> Room {
    let known_from = KnownFrom { file: true, ..KnownFrom::default() };
    Room {
        subject: Some(Subject::new(format!("unibus.room.{name}")).unwrap()),
        persist: Some(true),
        ..Room::bare(id(name), known_from)
    }
}

fn foreign(store: &EmbeddedStore, prefix: &str, count: u32) {
    for n in 0..count {
        store.make_named(&format!("{prefix}{n:05}"), StreamConfig::default());
    }
}

/// What a listing told, put together.
#[derive(Default)]
struct Heard {
    rooms: BTreeMap<String, Room>,
    found: BTreeMap<String, Found>,
    notes: Vec<Fault>,
    moved: Option<Moved>,
    unreached: Vec<u64>,
    done: (u64, u64),
}

async fn listen(store: &EmbeddedStore, known: Vec<Room>) -> Heard {
    listen_to(Arc::new(store.clone()), known).await
}

async fn listen_to(store: Arc<dyn HistoryStore>, known: Vec<Room>) -> Heard {
    let (out, mut from) = tokio::sync::mpsc::channel(4);
    let listing = tokio::spawn(list_rooms(store, known, out));
    let mut heard = Heard::default();
    while let Some(listed) = from.recv().await {
        assert_eq!(heard.done, (0, 0), "nothing after the end");
        match listed {
            Listed::Rooms(rooms) => {
                heard.rooms.extend(rooms.into_iter().map(|r| (r.id.as_str().to_owned(), r)))
            }
            Listed::Found(found) => {
                for (id, found) in found {
                    let before = heard.found.insert(id.as_str().to_owned(), found);
                    assert_eq!(before, None, "{id} told twice");
                }
            }
            Listed::Note(fault) => heard.notes.push(fault),
            Listed::Moved(moved) => assert_eq!(heard.moved.replace(moved), None, "told twice"),
            Listed::Unreached(rooms) => heard.unreached.push(rooms),
            Listed::Done { rooms, requests } => heard.done = (rooms, requests),
        }
    }
    listing.await.unwrap();
    heard
}

fn counts(store: &EmbeddedStore) -> (usize, usize, usize) {
    let requests = store.take_requests();
    let count = |is: fn(&Request) -> bool| requests.iter().filter(|r| is(r)).count();
    (
        count(|r| matches!(r, Request::Names(_))),
        count(|r| matches!(r, Request::List(_))),
        count(|r| matches!(r, Request::Info { .. })),
    )
}

#[tokio::test]
async fn three_thousand_rooms_take_fifteen_requests() {
    let store = store();
    for n in 0..3_000 {
        store.make(&id(&format!("r{n:05}")));
    }
    let heard = listen(&store, Vec::new()).await;
    assert_eq!((heard.rooms.len(), heard.found.len()), (3_000, 3_000));
    assert!(heard.found.values().all(|f| matches!(f, Found::Stream(_))));
    assert!(heard.rooms.values().all(|room| room.known_from.server));
    assert_eq!(counts(&store), (3, 12, 0));
    assert_eq!(heard.done, (3_000, 15));
    assert_eq!(heard.notes, []);
    assert!(store.most_in_flight() <= PAGE_DEPTH);
}

#[tokio::test]
async fn pages_without_rooms_are_not_asked_for() {
    let store = store();
    foreign(&store, "KV_", 2_000);
    foreign(&store, "ZZ_", 2_000);
    for n in 0..300 {
        store.make(&id(&format!("r{n:05}")));
    }
    let heard = listen(&store, Vec::new()).await;
    assert_eq!((heard.rooms.len(), heard.found.len()), (300, 300));
    assert_eq!(counts(&store), (5, 2, 0));
}

#[tokio::test]
async fn an_account_without_streams_takes_one_request() {
    let store = store();
    let heard = listen(&store, Vec::new()).await;
    assert_eq!(heard.done, (0, 1));
}

#[tokio::test]
async fn known_rooms_are_merged_and_those_not_among_all_names_have_no_stream() {
    let store = store();
    store.make(&id("a"));
    let mut unkept = known("c");
    unkept.persist = Some(false);
    let heard = listen(&store, vec![known("a"), known("b"), unkept.clone(), known("b")]).await;
    let a = &heard.rooms["a"];
    assert!(a.known_from.server && a.known_from.file && a.subject.is_some());
    assert_eq!(heard.rooms.len(), 1, "only what the server told is told");
    assert_eq!(heard.found["b"], Found::NoStream);
    assert_eq!(RoomState::of(&unkept, &heard.found["c"]), RoomState::NotPersisted);
    assert_eq!(counts(&store), (1, 1, 0));
    assert_eq!(heard.done, (3, 2));
}

#[tokio::test]
async fn without_permission_on_names_known_rooms_are_asked_for_one_by_one() {
    let store = store();
    store.make(&id("a"));
    store.make(&id("unseen"));
    let denied = FaultKind::Denied("$JS.API.STREAM.NAMES".into());
    store.fail(Strikes::Names, denied.clone(), None);
    let heard = listen(&store, vec![known("a"), known("b")]).await;
    assert!(matches!(heard.found["a"], Found::Stream(_)));
    assert_eq!(heard.found["b"], Found::NoStream);
    assert_eq!(heard.found.len(), 2);
    assert_eq!(heard.notes.len(), 1);
    assert_eq!(heard.notes[0].kind, denied);
    assert_eq!(counts(&store), (1, 0, 2));
}

#[tokio::test]
async fn without_permission_on_list_all_rooms_are_asked_for_with_bounded_depth() {
    let store = store();
    for n in 0..500 {
        store.make(&id(&format!("r{n:05}")));
    }
    let denied = FaultKind::Denied("$JS.API.STREAM.LIST".into());
    store.fail(Strikes::List, denied, None);
    let heard = listen(&store, Vec::new()).await;
    assert_eq!(heard.found.len(), 500);
    assert_eq!(heard.notes.len(), 1);
    assert_eq!(counts(&store), (1, 1, 500));
    assert_eq!(store.most_in_flight(), INFO_DEPTH);
}

#[tokio::test]
async fn a_later_page_that_fails_leaves_its_rooms_to_single_requests() {
    let store = store();
    for n in 0..30 {
        store.make(&id(&format!("r{n:05}")));
    }
    store.set_pages(1024, 10);
    let shared = store.clone();
    // One request for names, one for the first page of state; the third fails.
    store.when(3, move |_| shared.fail(Strikes::List, FaultKind::Timeout, None));
    let heard = listen(&store, Vec::new()).await;
    assert_eq!(heard.found.len(), 30);
    assert!(heard.found.values().all(|f| matches!(f, Found::Stream(_))));
    assert_eq!(heard.notes.len(), 1);
    let (names, lists, infos) = counts(&store);
    assert_eq!(infos, 20);
    assert_eq!(heard.done.1, (names + lists + infos) as u64);
}

#[tokio::test]
async fn what_the_list_could_not_reach_is_not_known_and_offline_is_said() {
    let store = store();
    for room in ["away", "denied", "here", "off"] {
        store.make(&id(room));
    }
    store.set_missing(vec![id("away").stream()]);
    let denied = FaultKind::Denied("$JS.API.STREAM.INFO.UNIBUS_denied".into());
    store.refuse(&id("denied"), Some(denied.clone()));
    store.refuse(&id("off"), Some(FaultKind::Offline));
    let heard = listen(&store, Vec::new()).await;
    assert!(matches!(&heard.found["away"], Found::NotKnown(f) if f.text.contains("did not reach")));
    assert!(matches!(heard.found["here"], Found::Stream(_)));
    assert!(matches!(&heard.found["denied"], Found::Failed(f) if f.kind == denied));
    assert!(matches!(&heard.found["off"], Found::Failed(f) if f.kind == FaultKind::Offline));
    assert_eq!(counts(&store), (1, 1, 1), "neither is asked again: it would take the full time");
    assert_eq!(heard.moved, None);
}

#[tokio::test]
async fn rooms_that_were_not_reached_are_asked_again_where_that_is_wanted() {
    const ROOMS: usize = 40;
    let store = store();
    let away = (0..ROOMS).map(|n| id(&format!("r{n:05}")));
    away.clone().for_each(|id| store.make(&id));
    store.set_missing(away.clone().map(|id| id.stream()).collect());
    away.clone().for_each(|id| store.refuse(&id, Some(FaultKind::NoLeader)));
    // An election, which has an end for all but one.
    let elected = {
        let (store, away) = (store.clone(), away.clone());
        async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            away.clone().skip(1).for_each(|id| store.refuse(&id, None));
            store.set_missing(vec![id("r00000").stream()]);
        }
    };
    let patient = Retrying::new(Arc::new(store.clone()), Duration::from_secs(1), |_| {});
    let (heard, ()) = tokio::join!(listen_to(Arc::new(patient), Vec::new()), elected);
    assert!(matches!(heard.found["r00000"], Found::NotKnown(_)));
    let found = away.skip(1).filter(|id| matches!(heard.found[id.as_str()], Found::Stream(_)));
    assert_eq!((found.count(), heard.unreached), (ROOMS - 1, vec![ROOMS as u64, 1]));
    let (_, lists, infos) = counts(&store);
    assert_eq!(lists, 2, "the others come with a page");
    assert!(infos < 16 * 20, "{infos}");
}

#[tokio::test]
async fn streams_that_come_and_go_meanwhile_are_told_of_all_the_same() {
    let store = store();
    store.set_pages(4, 4);
    for n in 0..12 {
        store.make(&id(&format!("r{n:05}")));
    }
    // Past the names, before the state.
    store.when(4, |store| {
        store.drop_stream(&id("r00003"));
        store.make(&id("r00011b"));
    });
    let heard = listen(&store, Vec::new()).await;
    assert_eq!(heard.found["r00003"], Found::NoStream);
    assert!(matches!(heard.found["r00011b"], Found::Stream(_)));
    assert!(heard.rooms.contains_key("r00011b"));
    assert_eq!(heard.found.len(), 13);
}

#[tokio::test]
async fn without_a_connection_nobody_is_asked_in_vain() {
    let store = store();
    store.set_connection(Connection::Connecting {
        tried: "nowhere".into(),
        attempt: 1,
        last: None,
    });
    let many = (0..2_000).map(|n| known(&format!("r{n}"))).collect();
    let heard = listen(&store, many).await;
    assert_eq!(heard.done, (2_000, 1));
    assert!(
        heard
            .found
            .values()
            .all(|f| matches!(f, Found::Failed(f) if f.kind == FaultKind::Disconnected))
    );
}

#[tokio::test]
async fn a_server_that_never_answers_is_not_asked_ten_thousand_times() {
    let store = store();
    store.fail(Strikes::Names, FaultKind::Timeout, None);
    for n in 0..100 {
        let stream = id(&format!("r{n}")).stream();
        store.fail(Strikes::Info(stream), FaultKind::Timeout, None);
    }
    let known = (0..100).map(|n| known(&format!("r{n}"))).collect();
    let heard = listen(&store, known).await;
    assert_eq!(heard.found.len(), 100);
    assert!(heard.done.1 < 40, "{} requests", heard.done.1);
}

#[tokio::test]
async fn it_ends_when_nobody_listens() {
    let store = store();
    for n in 0..3_000 {
        store.make(&id(&format!("r{n:05}")));
    }
    let (out, from) = tokio::sync::mpsc::channel(1);
    drop(from);
    list_rooms(Arc::new(store.clone()), Vec::new(), out).await;
    assert_eq!(store.request_count(), 1);
}

#[tokio::test]
async fn streams_that_only_look_like_rooms_are_left_out() {
    let store = store();
    store.make_named("UNIBUS_", StreamConfig::default());
    store.make_named("UNIBUSX", StreamConfig::default());
    store.make_named("unibus_a", StreamConfig::default());
    store.make(&id("a"));
    let heard = listen(&store, Vec::new()).await;
    assert_eq!(heard.done.0, 1);
    assert_eq!(heard.found.len(), 1);
}

#[tokio::test]
async fn the_demo_shows_every_state() {
    let (store, known) = EmbeddedStore::demo(|| "2026-11-20T12:00:00Z".parse().unwrap(), true);
    let heard = listen(&store, known.clone()).await;
    let state = |name: &str| {
        let from_file = known.iter().find(|room| room.id.as_str() == name).cloned();
        let room = from_file.unwrap_or_else(|| heard.rooms[name].clone());
        RoomState::of(&room, &heard.found[name])
    };
    let table = [
        ("lobby", RoomState::Kept),
        ("support", RoomState::Kept),
        ("announcements", RoomState::Kept),
        ("retro", RoomState::Empty),
        ("onboarding", RoomState::Empty),
        ("design-review", RoomState::NoStream),
        ("payments", RoomState::Drift),
        ("pager", RoomState::Kept),
        ("telemetry", RoomState::Kept),
        ("hallway", RoomState::NotPersisted),
        ("free-for-all", RoomState::Kept),
        ("legacy-ops", RoomState::Kept),
        ("board", RoomState::Denied),
        ("field-team", RoomState::Kept),
        ("archive-eu", RoomState::Offline),
        ("hr-desk", RoomState::Kept),
        ("vault", RoomState::Kept),
        ("exchange", RoomState::NoLeader),
    ];
    for (name, expected) in table {
        assert_eq!(state(name), expected, "{name}");
    }
    assert_eq!(heard.found.len(), table.len());
}
