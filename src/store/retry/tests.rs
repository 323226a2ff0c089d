//! Reads through what passes, over the scripted store.

use std::sync::atomic::AtomicI64;

use jiff::Timestamp;

use super::*;
use crate::domain::{
    History, Page, PageRequest, PageSize, Place, RoomId, Slot, StreamConfig, StreamName,
    StreamSpec, Subject, Window,
};
use crate::store::Get;
use crate::store::embedded::{Condition, EmbeddedStore, Request, Strikes};
use crate::store::reader::Reader;

const SOON: Duration = Duration::from_millis(1100);
const LATER: Duration = Duration::from_secs(30);

struct Room {
    store: EmbeddedStore,
    retrying: Arc<Retrying>,
    told: Arc<Mutex<Vec<Wait>>>,
    stream: StreamName,
    id: RoomId,
}

fn clock() -> Timestamp {
    static READS: AtomicI64 = AtomicI64::new(1_700_000_000);
    Timestamp::from_second(READS.fetch_add(1, Ordering::Relaxed)).unwrap()
}

/// A room of 300 frames, of which two are deleted.
fn room(most: Duration) -> Room {
    room_of(300, most)
}

fn room_of(frames: u64, most: Duration) -> Room {
    let store = EmbeddedStore::new(clock, false);
    let id = RoomId::new("a").unwrap();
    store.make_with(&id, StreamConfig { replicas: 3, ..StreamConfig::default() });
    store.publish(&id, frames);
    store.delete(&id, Window::new(20, 21).unwrap());
    store.take_requests();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = {
        let told = Arc::clone(&told);
        move |wait| lock(&told).push(wait)
    };
    let retrying = Arc::new(Retrying::new(Arc::new(store.clone()), most, tell));
    Room { store, retrying, told, stream: id.stream(), id }
}

impl Room {
    async fn read(&self) -> Result<Page, StoreError> {
        let reader = Reader::new(Arc::clone(&self.retrying) as Arc<dyn HistoryStore>);
        let size = PageSize::new(300).unwrap();
        match reader.page(&self.stream, PageRequest::whole(Place::Newest, size), &()).await? {
            History::Page(page) => Ok(*page),
            other => panic!("a page was expected, not {other:?}"),
        }
    }

    /// Reads while something is wrong that is mended after a moment.
    async fn read_through(&self, mend: impl FnOnce(&EmbeddedStore)) -> Page {
        let mended = async {
            sleep(Duration::from_millis(250)).await;
            mend(&self.store);
        };
        tokio::join!(self.read(), mended).0.unwrap()
    }

    fn whole(&self, page: &Page) {
        let ledger = page.ledger();
        assert_eq!((ledger.frames, ledger.missing, ledger.slots), (298, 2, 300), "{ledger:?}");
        let told = lock(&self.told);
        assert!(matches!(told.as_slice(), [Wait::Begun(..), Wait::Over(_)]), "{told:?}");
    }

    fn sent(&self, which: impl Fn(&Request) -> bool) -> usize {
        self.store.take_requests().iter().filter(|request| which(request)).count()
    }
}

fn reconnecting() -> Connection {
    Connection::Reconnecting { tried: "nats://h".into(), attempt: 1, last: None }
}

#[tokio::test]
async fn an_election_while_frames_are_read_costs_none_of_them() {
    for kind in [FaultKind::NoLeader, FaultKind::Busy, FaultKind::Disconnected] {
        let room = room(LATER);
        let (gets, infos) =
            (Strikes::Gets(room.stream.clone()), Strikes::Info(room.stream.clone()));
        room.store.when(30, move |store| {
            store.fail(gets, kind.clone(), None);
            store.fail(infos, kind, None);
        });
        let page = room.read_through(EmbeddedStore::heal).await;
        room.whole(&page);
        assert!(page.cost.failed >= 60, "what was under way failed: {:?}", page.cost);
        assert_eq!(page.cost.requests(), room.store.request_count(), "all are counted");
        let infos = room.sent(|request| matches!(request, Request::Info { .. }));
        assert!((3..8).contains(&infos), "one asks for all: {infos}");
    }
}

#[tokio::test]
async fn a_lost_connection_is_waited_for_and_nothing_is_sent_meanwhile() {
    let room = room(LATER);
    room.store.when(30, |store| store.set_connection(reconnecting()));
    let page = room.read_through(|store| store.set_connection(Connection::local("demo"))).await;
    room.whole(&page);
}

#[tokio::test]
async fn a_member_without_a_leader_is_asked_again() {
    let room = room(LATER);
    let leaderless = Condition { leaderless: true, ..Condition::default() };
    room.store.set_condition(&room.id, leaderless.clone());
    let id = room.id.clone();
    let page = room.read_through(move |store| store.set_condition(&id, Condition::default())).await;
    room.whole(&page);
    // In the end, what it says is given on, for the reader to tell.
    let room = self::room(SOON);
    room.store.set_condition(&room.id, leaderless);
    assert!(room.retrying.info(&room.stream, false).await.unwrap().leaderless);
    assert_eq!(room.read().await.unwrap_err().kind, FaultKind::NoLeader);
}

#[tokio::test]
async fn a_refused_login_ends_the_wait() {
    let room = room(LATER);
    room.store.set_connection(reconnecting());
    let denied = Connection::Denied {
        tried: "nats://h".into(),
        fault: Fault::new(FaultKind::Denied(FaultKind::CREDENTIALS.into()), "no"),
        was_up: true,
    };
    let refused = async {
        sleep(Duration::from_millis(50)).await;
        room.store.set_connection(denied);
    };
    let began = Instant::now();
    tokio::join!(room.read(), refused).0.unwrap_err();
    assert!(began.elapsed() < LATER);
}

#[tokio::test]
async fn what_does_not_pass_ends_within_the_bound_and_is_not_asked_again() {
    let room = room(SOON);
    room.store.fail(Strikes::Gets(room.stream.clone()), FaultKind::NoLeader, None);
    room.store.fail(Strikes::Info(room.stream.clone()), FaultKind::NoLeader, None);
    let began = Instant::now();
    let error = room.read().await.unwrap_err();
    let took = began.elapsed();
    assert!((SOON..SOON * 3).contains(&took), "{took:?}");
    assert!(error.to_string().contains("asking again for 1 s did not help"), "{error}");
    let sent = room.store.request_count();
    let error = room.read().await.unwrap_err();
    assert!(error.detail.starts_with("not asked again, since this failed before"), "{error}");
    assert_eq!((error.kind, room.store.request_count()), (FaultKind::NoLeader, sent));
}

#[tokio::test]
async fn one_message_that_never_comes_takes_no_other_with_it() {
    let room = room(LATER);
    room.store.fail(Strikes::Seq(room.stream.clone(), 30), FaultKind::Timeout, None);
    let page = room.read().await.unwrap();
    let unread: Vec<u64> = page
        .slots()
        .iter()
        .filter(|slot| matches!(slot, Slot::Unread(_)))
        .map(|slot| slot.range().start())
        .collect();
    assert_eq!(unread, [30]);
    assert_eq!(page.ledger().unread, 1);
    assert_eq!(page.cost.failed, 3);
    room.store.heal();
    assert_eq!(room.read().await.unwrap().ledger().unread, 0, "the stream is not given up");
}

#[tokio::test]
async fn a_write_is_sent_once() {
    let room = room(LATER);
    let name = RoomId::new("b").unwrap().stream();
    let subject = Subject::new("unibus.room.b").unwrap();
    let spec = StreamSpec { name: name.clone(), subject, replicas: 1 };
    for kind in [FaultKind::Timeout, FaultKind::NoLeader, FaultKind::Disconnected] {
        room.store.fail(Strikes::Writes(name.clone()), kind.clone(), Some(1));
        assert_eq!(room.retrying.writer().unwrap().create(&spec).await.unwrap_err().kind, kind);
        assert_eq!(room.sent(Request::is_write), 1);
    }
    let seen = room.retrying.writer().unwrap().create(&spec).await.unwrap();
    for kind in [FaultKind::Timeout, FaultKind::NoLeader, FaultKind::Disconnected] {
        room.store.fail(Strikes::Writes(name.clone()), kind.clone(), Some(1));
        assert_eq!(
            room.retrying.writer().unwrap().update(&spec, &seen).await.unwrap_err().kind,
            kind
        );
        room.store.heal();
    }
    assert_eq!(room.sent(Request::is_write), 1 + 3);
    assert!(lock(&room.told).is_empty());
}

#[tokio::test]
async fn lists_are_asked_for_again_and_with_no_time_nothing_is() {
    let room = room(LATER);
    room.store.fail(Strikes::Names, FaultKind::NoLeader, Some(2));
    assert_eq!(room.retrying.names(0).await.unwrap().total, 1);
    let room = self::room(Duration::ZERO);
    room.store.fail(Strikes::Names, FaultKind::NoLeader, Some(1));
    let error = room.retrying.names(0).await.unwrap_err();
    assert!(!error.to_string().contains("again"), "{error}");
    assert_eq!(room.store.request_count(), 1);
}

/// A leader that cannot read sequence 30, and another one that comes in the middle and deleted it.
#[tokio::test]
async fn what_had_to_be_asked_again_in_between_accuses_nobody() {
    let begin = || {
        let room = room_of(32, LATER);
        let leader = Some("n1".to_owned());
        let unreadable = [30].into();
        let condition = Condition { unreadable, leader, ..Condition::default() };
        room.store.set_condition(&room.id, condition);
        room
    };
    let whole = begin();
    assert_eq!(whole.read().await.unwrap().ledger().unreadable, 1);
    let requests = whole.store.take_requests();
    let is_it = |request: &Request| matches!(request, Request::Get { at: Get::Exact(30), .. });
    let last = requests.iter().rposition(is_it).unwrap() as u64 + 1;
    let mut struck = 0;
    for at in 1..=last {
        for strikes in [Strikes::Gets as fn(StreamName) -> Strikes, Strikes::Info] {
            let room = begin();
            let (id, stream) = (room.id.clone(), room.stream.clone());
            room.store.when(at, move |store| {
                store.fail(strikes(stream), FaultKind::Disconnected, Some(1));
                let leader = Some("n2".to_owned());
                store.set_condition(&id, Condition { leader, ..Condition::default() });
                store.delete(&id, Window::one(30));
            });
            let page = room.read().await.unwrap();
            // Where nothing failed, nobody can tell that another one leads by now.
            let unreadable = page.ledger().unreadable.min(page.cost.failed);
            assert_eq!(unreadable, 0, "request {at}: {:?}", page.ledger());
            struck += page.cost.failed;
            room.store.heal();
        }
    }
    assert!(struck > last, "{struck}");
}

#[tokio::test]
async fn a_message_that_never_comes_costs_no_later_read_its_patience() {
    let room = room(LATER);
    room.store.fail(Strikes::Seq(room.stream.clone(), 30), FaultKind::Timeout, None);
    assert_eq!(room.read().await.unwrap().ledger().unread, 1);
    let (gets, infos) = (Strikes::Gets(room.stream.clone()), Strikes::Info(room.stream.clone()));
    room.store.heal();
    room.store.when(60, move |store| {
        store.fail(gets, FaultKind::NoLeader, None);
        store.fail(infos, FaultKind::NoLeader, None);
    });
    let page = room.read_through(EmbeddedStore::heal).await;
    assert_eq!(page.ledger().unread, 0);
}

/// A server without a leader drops what it is asked without a word.
#[tokio::test]
async fn requests_that_are_lost_are_sent_again_once_the_stream_gives_a_sign() {
    let room = room(LATER);
    let gets = Strikes::Gets(room.stream.clone());
    room.store.when(30, move |store| store.fail(gets, FaultKind::NotTried, Some(40)));
    let began = Instant::now();
    let page = room.read().await.unwrap();
    assert_eq!(page.ledger().unread, 0);
    assert!((QUIET..QUIET * 3).contains(&began.elapsed()), "{:?}", began.elapsed());
    assert_eq!((page.cost.failed, page.cost.info), (40, 3), "{:?}", page.cost);
    assert!(lock(&room.told).is_empty(), "nobody had to wait for anybody");
    // One among many is overtaken.
    let room = self::room(LATER);
    let one = Strikes::Seq(room.stream.clone(), 30);
    room.store.fail(one, FaultKind::NotTried, Some(1));
    let began = Instant::now();
    assert_eq!(room.read().await.unwrap().ledger().unread, 0);
    assert!(began.elapsed() < QUIET * 3, "{:?}", began.elapsed());
}

/// Nobody leads, and nobody says so.
#[tokio::test]
async fn silence_is_told_of_and_ends_in_time() {
    let room = room(Duration::from_secs(1));
    let silent = |strikes: fn(StreamName) -> Strikes| {
        room.store.fail(strikes(room.stream.clone()), FaultKind::NotTried, None);
    };
    silent(Strikes::Info);
    silent(Strikes::Gets);
    let began = Instant::now();
    let error = room.read().await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Timeout);
    let most = QUIET + Duration::from_secs(3);
    assert!((QUIET..most).contains(&began.elapsed()), "{:?}", began.elapsed());
    assert!(matches!(lock(&room.told).as_slice(), [Wait::Begun(..)]));
}

#[tokio::test]
async fn a_busy_server_is_asked_once_a_second_and_told_of_once() {
    let room = room(Duration::from_secs(2));
    room.store.fail(Strikes::Gets(room.stream.clone()), FaultKind::Busy, None);
    let began = Instant::now();
    let page = room.read().await.unwrap();
    assert_eq!(page.ledger().frames, 0);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let gets = room.sent(|request| matches!(request, Request::Get { .. }));
    assert!(gets < 64 + 8, "{gets}");
    let told = lock(&room.told);
    assert!(matches!(told.as_slice(), [Wait::Begun(..)]), "{told:?}");
}

#[tokio::test]
async fn waits_after_one_in_vain_are_shorter_and_come_to_an_end() {
    let most = Duration::from_millis(300);
    let room = room(most);
    let began = Instant::now();
    let mut waited = Duration::ZERO;
    for n in 0..12 {
        let id = RoomId::new(format!("other{n}")).unwrap();
        room.store.make(&id);
        room.store.fail(Strikes::Info(id.stream()), FaultKind::NoLeader, None);
        room.retrying.info(&id.stream(), false).await.unwrap_err();
        waited = began.elapsed();
    }
    assert!((most * 3..most * 5).contains(&waited), "{waited:?}");
}
