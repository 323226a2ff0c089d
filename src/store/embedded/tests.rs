pub(super) mod direct;
pub(super) mod faults;
pub(super) mod setup;

use jiff::{SignedDuration, Timestamp};

use super::state::overlap;
use super::*;
use crate::domain::{RoomId, Subject, Window};

fn start() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn id(id: &str) -> RoomId {
    RoomId::new(id).unwrap()
}

fn store() -> EmbeddedStore {
    EmbeddedStore::new(start, false)
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

fn spec(room: &str, subject: &str) -> StreamSpec {
    StreamSpec { name: id(room).stream(), subject: Subject::new(subject).unwrap(), replicas: 1 }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// messages, first, last, num_deleted, and the deleted list.
fn state(store: &EmbeddedStore, room: &str) -> (u64, u64, u64, u64, Vec<u64>) {
    let state = wait(store.info(&id(room).stream(), true)).unwrap().state;
    (
        state.messages,
        state.first_seq,
        state.last_seq,
        state.num_deleted,
        state.deleted.unwrap().to_vec(),
    )
}

fn seq_at(store: &EmbeddedStore, room: &str, at: Get) -> Option<u64> {
    wait(store.get(&id(room).stream(), at)).unwrap().map(|frame| frame.seq)
}

#[test]
fn bookkeeping_is_that_of_a_real_server() {
    let store = store();
    store.make(&id("a"));
    assert_eq!(state(&store, "a"), (0, 0, 0, 0, vec![]), "never used");
    store.publish(&id("a"), 10);
    assert_eq!(state(&store, "a"), (10, 1, 10, 0, vec![]));
    store.delete(&id("a"), window(1, 1));
    assert_eq!(state(&store, "a"), (9, 2, 10, 0, vec![]), "the first advances");
    store.delete(&id("a"), window(3, 4));
    assert_eq!(state(&store, "a"), (7, 2, 10, 2, vec![3, 4]));
    store.delete(&id("a"), window(10, 10));
    assert_eq!(state(&store, "a"), (6, 2, 10, 3, vec![3, 4, 10]), "the last stays");
    store.delete(&id("a"), window(2, 2));
    assert_eq!(state(&store, "a"), (5, 5, 10, 1, vec![10]), "over the hole");
    store.publish(&id("a"), 1);
    assert_eq!(state(&store, "a"), (6, 5, 11, 1, vec![10]));
    store.purge_below(&id("a"), 8);
    assert_eq!(state(&store, "a"), (3, 8, 11, 1, vec![10]));
    store.purge_all(&id("a"));
    assert_eq!(state(&store, "a"), (0, 12, 11, 0, vec![]), "purged empty");
    store.publish(&id("a"), 2);
    assert_eq!(state(&store, "a"), (2, 12, 13, 0, vec![]));
}

#[test]
fn gets_jump_holes_and_end_at_the_last() {
    let store = store();
    store.make(&id("a"));
    assert_eq!(seq_at(&store, "a", Get::AtOrAfter(1)), None);
    store.publish(&id("a"), 20);
    store.purge_below(&id("a"), 4);
    store.delete(&id("a"), window(8, 15));
    store.delete(&id("a"), window(20, 20));
    let table = [
        (Get::Exact(0), None),
        (Get::Exact(3), None),
        (Get::Exact(4), Some(4)),
        (Get::Exact(8), None),
        (Get::Exact(20), None),
        (Get::Exact(21), None),
        (Get::AtOrAfter(0), Some(4)),
        (Get::AtOrAfter(8), Some(16)),
        (Get::AtOrAfter(15), Some(16)),
        (Get::AtOrAfter(19), Some(19)),
        (Get::AtOrAfter(20), None),
        (Get::AtOrAfter(u64::MAX), None),
    ];
    for (at, expected) in table {
        assert_eq!(seq_at(&store, "a", at), expected, "{at:?}");
    }
}

#[test]
fn bytes_are_those_of_the_frames_that_are_left() {
    let store = store();
    store.make(&id("a"));
    store.publish(&id("a"), 700);
    store.publish_these(&id("a"), vec![RawFrame::new("unibus.room.a", "x"); 9]);
    store.delete(&id("a"), window(100, 450));
    store.delete(&id("a"), window(400, 460));
    store.delete(&id("a"), window(703, 703));
    store.purge_below(&id("a"), 30);
    let info = wait(store.info(&id("a").stream(), false)).unwrap();
    let mut sum = 0;
    for seq in 1..=709 {
        if let Some(frame) = wait(store.get(&id("a").stream(), Get::Exact(seq))).unwrap() {
            let raw =
                RawFrame { subject: frame.subject, headers: frame.headers, payload: frame.payload };
            sum += raw.stored_bytes();
        }
    }
    assert_eq!(info.state.bytes, sum);
    store.purge_all(&id("a"));
    assert_eq!(wait(store.info(&id("a").stream(), false)).unwrap().state.bytes, 0);
}

#[test]
fn what_was_asked_is_known_and_can_be_made_to_fail() {
    let store = store();
    store.make(&id("a"));
    store.publish(&id("a"), 5);
    let a = id("a").stream();
    store.fail(Strikes::Seq(a.clone(), 3), FaultKind::Timeout, Some(1));
    store.fail(Strikes::Info(a.clone()), FaultKind::NoLeader, None);
    let at = Get::AtOrAfter(3);
    assert_eq!(wait(store.get(&a, at)).unwrap_err().kind, FaultKind::Timeout);
    assert_eq!(wait(store.get(&a, at)).unwrap().map(|frame| frame.seq), Some(3));
    for _ in 0..2 {
        let error = wait(store.info(&a, false)).unwrap_err();
        assert_eq!(error.kind, FaultKind::NoLeader);
        assert!(error.to_string().starts_with("read the state of UNIBUS_a: "));
    }
    store.heal();
    assert!(wait(store.info(&a, false)).is_ok());
    let get = Request::Get { stream: a.clone(), at };
    let info = Request::Info { stream: a, deleted: false };
    assert_eq!(store.take_requests(), [get.clone(), get, info.clone(), info.clone(), info]);
    assert_eq!(store.request_count(), 5);
}

#[test]
fn the_store_changes_while_it_is_read() {
    let store = store();
    store.make(&id("a"));
    store.publish(&id("a"), 5);
    store.when(2, |store| store.purge_below(&id("a"), 4));
    assert_eq!(seq_at(&store, "a", Get::Exact(2)), Some(2));
    assert_eq!(seq_at(&store, "a", Get::Exact(2)), None);
    assert_eq!(seq_at(&store, "a", Get::Exact(4)), Some(4));
}

#[test]
fn requests_are_under_way_together_and_end_when_dropped() {
    let store = store();
    store.make(&id("a"));
    store.publish(&id("a"), 50);
    let a = id("a").stream();
    wait(async {
        let gets = (1..=50).map(|seq| store.get(&a, Get::Exact(seq)));
        let frames = futures::future::join_all(gets).await;
        assert!(frames.iter().all(|frame| frame.as_ref().unwrap().is_some()));
        let mut dropped = store.get(&a, Get::Exact(1));
        assert!(futures::poll!(&mut dropped).is_pending());
    });
    assert_eq!(store.most_in_flight(), 50);
    assert_eq!(store.state().setup.in_flight, 0);
}

#[test]
fn writes_need_a_connection_and_the_permission_to_write() {
    let spec = spec("a", "unibus.room.a");
    let read_only = EmbeddedStore::new(start, true);
    let error = wait(read_only.create(&spec)).unwrap_err();
    assert_eq!(error.kind, FaultKind::ReadOnly);
    let down = store();
    down.set_connection(Connection::Reconnecting { tried: "demo".into(), attempt: 1, last: None });
    let error = wait(down.create(&spec)).unwrap_err();
    assert_eq!(error.kind, FaultKind::Disconnected);
    assert_eq!((read_only.request_count(), down.request_count()), (0, 0), "nothing was sent");
    let error = wait(down.names(0)).unwrap_err();
    assert_eq!(error.kind, FaultKind::Disconnected);
}

#[test]
fn create_and_update_are_those_of_a_real_server() {
    let store = store();
    let spec_a = spec("a", "unibus.room.a");
    let made = wait(store.create(&spec_a)).unwrap();
    assert_eq!(
        (made.created, made.config.subjects.as_slice()),
        (start(), &["unibus.room.a".to_owned()][..])
    );
    assert_eq!(wait(store.create(&spec_a)).unwrap(), made, "identical");
    let other = spec("a", "unibus.room.b");
    let error = wait(store.create(&other)).unwrap_err();
    assert_eq!(error.kind, FaultKind::StreamExists);
    let error = wait(store.create(&spec("b", "unibus.*.a"))).unwrap_err();
    assert_eq!(error.kind, FaultKind::SubjectTaken);
    let changed = wait(store.update(&other, &made)).unwrap();
    assert_eq!(changed.config.subjects, ["unibus.room.b"]);
    let error = wait(store.update(&spec_a, &made)).unwrap_err();
    assert_eq!(error.kind, FaultKind::Recreated, "no longer what was seen");
}

#[test]
fn subjects_overlap_as_patterns_do() {
    let table = [
        ("a.b", "a.b", true),
        ("a.b", "a.c", false),
        ("a.*", "a.c", true),
        ("a.*", "a.c.d", false),
        ("a.>", "a.c.d", true),
        ("a.>", "a", false),
        ("*.b", "a.*", true),
        (">", "x", true),
    ];
    for (a, b, expected) in table {
        assert_eq!(overlap(a, b), expected, "{a} {b}");
        assert_eq!(overlap(b, a), expected, "{b} {a}");
    }
}

#[test]
fn pages_of_names_and_streams_are_those_of_a_real_server() {
    let store = store();
    for n in 0..1_500 {
        store.make(&id(&format!("r{n:04}")));
    }
    let names = wait(store.names(0)).unwrap();
    assert_eq!((names.names.len(), names.total), (1024, 1500));
    assert_eq!(wait(store.names(1024)).unwrap().names.len(), 476);
    let list = wait(store.list(1_400)).unwrap();
    assert_eq!((list.entries, list.total), (100, 1500));
    assert_eq!(list.streams[0].0, "UNIBUS_r1400");
    assert_eq!(wait(store.list(0)).unwrap().entries, 256);
}

#[test]
fn demo_rooms_hold_what_they_promise() {
    let (store, known) = EmbeddedStore::demo(start, false);
    assert_eq!(*store.connection().borrow(), Connection::local("demo"));
    assert_eq!(known.len(), 17);
    let (messages, first, last, deleted, list) = state(&store, "support");
    assert_eq!((first, last, deleted), (1, 420, 66));
    assert_eq!(messages, 420 - 66);
    assert_eq!(list[..3], [21, 57, 100]);
    assert_eq!(state(&store, "lobby").0, 1_204);
    assert_eq!(state(&store, "announcements").1, 388);
    assert_eq!(state(&store, "retro"), (0, 74, 73, 0, vec![]));
    assert_eq!(state(&store, "onboarding"), (0, 0, 0, 0, vec![]));
    for missing in ["design-review", "hallway"] {
        let error = wait(store.info(&id(missing).stream(), false)).unwrap_err();
        assert_eq!(error.kind, FaultKind::StreamNotFound);
    }
    let error = wait(store.get(&id("board").stream(), Get::Exact(1))).unwrap_err();
    assert_eq!(error.kind, FaultKind::Denied("$JS.API.STREAM.MSG.GET.UNIBUS_board".into()));
    let error = wait(store.info(&id("archive-eu").stream(), false)).unwrap_err();
    assert_eq!(error.kind, FaultKind::Offline);
}

#[test]
fn a_hole_of_900_000_costs_one_request_and_no_memory_to_speak_of() {
    let (store, _) = EmbeddedStore::demo(start, false);
    let info = wait(store.info(&id("telemetry").stream(), false)).unwrap();
    assert_eq!((info.state.messages, info.state.num_deleted), (100_000, 900_000));
    assert_eq!(seq_at(&store, "telemetry", Get::AtOrAfter(99_601)), Some(999_601));
    let (.., list) = state(&store, "telemetry");
    assert_eq!((list.len(), list[0], list[899_999]), (900_000, 99_601, 999_600));
}

#[test]
fn frames_arrive_by_the_clock_alone() {
    let now = Arc::new(Mutex::new(start()));
    let clock = Arc::clone(&now);
    let (store, _) = EmbeddedStore::demo(move || *clock.lock().unwrap(), true);
    assert_eq!(state(&store, "pager").2, 180);
    *now.lock().unwrap() = start() + SignedDuration::from_secs(41);
    assert_eq!(state(&store, "pager").2, 190);
    let frame = wait(store.get(&id("pager").stream(), Get::Exact(181)));
    let frame = frame.unwrap().unwrap();
    assert_eq!(frame.time, start() + SignedDuration::from_secs(4));
    *now.lock().unwrap() = start();
    assert_eq!(state(&store, "pager").2, 190, "the clock went back");
}

#[test]
fn times_rise_with_sequences_and_lie_in_the_past() {
    let (store, _) = EmbeddedStore::demo(start, false);
    for room in ["lobby", "support", "announcements", "pager", "free-for-all", "hr-desk"] {
        let info = wait(store.info(&id(room).stream(), false)).unwrap();
        let (mut at, mut before) = (1, info.created);
        while let Some(frame) = wait(store.get(&id(room).stream(), Get::AtOrAfter(at))).unwrap() {
            assert!(frame.time >= before, "{room} {}", frame.seq);
            (at, before) = (frame.seq + 1, frame.time);
        }
        assert!(before < start() && Some(before) <= info.state.last_time);
    }
}

#[test]
fn two_stores_of_one_clock_are_equal() {
    let (one, _) = EmbeddedStore::demo(start, false);
    let (two, _) = EmbeddedStore::demo(start, false);
    for room in ["lobby", "free-for-all", "payments"] {
        for seq in 1..=16 {
            let get = |store: &EmbeddedStore| {
                wait(store.get(&id(room).stream(), Get::Exact(seq))).unwrap()
            };
            assert!(get(&one).is_some());
            assert_eq!(get(&one), get(&two));
        }
    }
}
