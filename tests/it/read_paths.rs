//! Ways to read a stream on real servers: the slots are the same, and the ledger is the wire's.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use roomscope::domain::{
    Gap, History, Page, PageRequest, PageSize, Place, Slot, StreamInfo, Window,
};
use roomscope::store::nats::{ConnectOptions, NatsStore};
use roomscope::store::reader::{Reader, Watch};
use roomscope::store::retry::{RETRY_FOR, Retrying};
use roomscope::store::{HistoryStore, ReadMethod};
use serde_json::json;

use crate::support::double::{Change, Double};
use crate::support::rooms::{delete, go_config, info, read_only, settle, stream};
use crate::support::{NatsServer, RawNats, Wiretap};

/// Has a store offer this.
#[derive(Debug)]
struct Offering(ReadMethod);

impl Change for Offering {
    fn read_method(&self, _: &dyn HistoryStore, _: &StreamInfo) -> ReadMethod {
        self.0
    }
}

fn offering(store: NatsStore, method: ReadMethod) -> Double<NatsStore, Offering> {
    Double { store, change: Offering(method) }
}

async fn page(reader: &Reader, n: u64) -> Page {
    page_at(reader, Place::Newest, n).await
}

async fn page_at(reader: &Reader, place: Place, n: u64) -> Page {
    let size = PageSize::new(n).unwrap();
    let read = reader.page(&stream("a"), PageRequest::whole(place, size), &()).await.unwrap();
    let History::Page(page) = read else { panic!("a page was expected, not {read:?}") };
    let ledger = page.ledger();
    assert_eq!(ledger.frames + ledger.missing, ledger.slots, "{:?}", page.slots().last());
    *page
}

/// The same page by message-get, by a client of its own.
async fn by_message_get(server: &NatsServer, n: u64) -> Page {
    let store = offering(read_only(&server.url()).await, ReadMethod::MessageGet);
    page(&Reader::new(Arc::new(store)), n).await
}

/// A stream with `allow_direct`, which someone else made.
fn make(raw: &mut RawNats, direct: bool) {
    let mut config = go_config("a", "room.a");
    config["allow_direct"] = json!(direct);
    let made = raw.api("STREAM.CREATE.UNIBUS_a", &config);
    assert!(made.get("error").is_none(), "{made}");
}

/// Frames with no headers, one, and several; and holes.
fn fill(raw: &mut RawNats, count: u64) {
    for n in 1..=count {
        let payload = format!("m{n}");
        match n % 50 {
            1 => raw.publish("room.a", b""),
            2 => raw.publish_with_headers(
                "room.a",
                format!("NATS/1.0\r\nNats-Msg-Id: id-{n}\r\n\r\n").as_bytes(),
                payload.as_bytes(),
            ),
            // Several names, a blank in a value, a continued line, and the server's own words.
            3 => raw.publish_with_headers(
                "room.a",
                b"NATS/1.0\r\nB: 1\r\nA: x y\r\n z\r\nB: 3\r\n\r\n",
                payload.as_bytes(),
            ),
            4 => raw.publish_with_headers(
                "room.a",
                b"NATS/1.0 204 EOB\r\nNats-Num-Pending: 0\r\nNats-Sequence: 1\r\n\r\n",
                b"",
            ),
            _ => raw.publish("room.a", payload.as_bytes()),
        }
    }
    settle(raw, "a", count);
}

/// Two in fifty frames of [`fill`] cannot be told from a raw message.
const UNCLEAR: u64 = 2;

fn sent(tap: &Wiretap, call: &str) -> u64 {
    tap.published_under(&format!("$JS.API.{call}")).len() as u64
}

/// Sends all that a page takes through a wiretap, and holds it against message-get.
async fn compare(server: &NatsServer, method: Option<ReadMethod>, n: u64) -> (Page, Wiretap) {
    let tap = Wiretap::before(server.port());
    let store = read_only(&tap.url()).await;
    let reader = match method {
        None => Reader::new(Arc::new(store)),
        Some(method) => Reader::new(Arc::new(offering(store, method))),
    };
    let read = page(&reader, n).await;
    let expected = by_message_get(server, n).await;
    assert_eq!(read.window(), expected.window());
    let bare = |page: &Page| -> Vec<Slot> {
        let slots = page.slots().iter().cloned();
        // Who said so, and when, are of each read.
        slots
            .map(|slot| match slot {
                Slot::Gap(gap) => Gap { evidence: Arc::default(), ..gap }.into(),
                slot => slot,
            })
            .collect()
    };
    assert_eq!(bare(&read), bare(&expected));
    assert_eq!(sent(&tap, ""), read.cost.requests(), "the ledger tells every request");
    assert_eq!(sent(&tap, "CONSUMER."), 0);
    assert_eq!(read.cost.failed, 0);
    (read, tap)
}

#[tokio::test]
async fn a_stream_with_allow_direct_is_read_in_batches() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, true);
    fill(&mut raw, 600);
    for seq in [1, 420, 421, 422, 580, 600] {
        delete(&mut raw, "a", seq);
    }
    let (_, tap) = compare(&server, None, 200).await;
    assert_eq!(sent(&tap, "DIRECT.GET.UNIBUS_a"), 1);
    assert_eq!(sent(&tap, "STREAM.MSG.GET."), 4 * UNCLEAR);
    let (_, tap) = compare(&server, Some(ReadMethod::Direct), 200).await;
    assert_eq!(sent(&tap, "DIRECT.GET.UNIBUS_a"), 195);
    let (whole, tap) = compare(&server, None, 1000).await;
    assert_eq!(sent(&tap, "DIRECT.GET."), 2, "500 a batch");
    assert_eq!((whole.ledger().slots, whole.ledger().missing), (599, 5));
}

#[tokio::test]
async fn a_server_from_before_batches_is_read_by_single_direct_gets() {
    let server = NatsServer::older();
    let mut raw = server.raw();
    make(&mut raw, true);
    fill(&mut raw, 300);
    delete(&mut raw, "a", 250);
    let (_, tap) = compare(&server, None, 200).await;
    assert_eq!(sent(&tap, "DIRECT.GET.UNIBUS_a"), 199);
    // As in a cluster where the server at hand is newer than the one that answers.
    let (_, tap) = compare(&server, Some(ReadMethod::Batch), 200).await;
    assert_eq!(sent(&tap, "DIRECT.GET.UNIBUS_a"), 199, "the batch brought one");
}

#[tokio::test]
async fn a_stream_without_allow_direct_is_read_by_message_get() {
    for server in [NatsServer::start(), NatsServer::older()] {
        let mut raw = server.raw();
        make(&mut raw, false);
        fill(&mut raw, 300);
        let (_, tap) = compare(&server, None, 200).await;
        assert_eq!((sent(&tap, "DIRECT.GET."), sent(&tap, "STREAM.MSG.GET.")), (0, 200));
    }
}

#[tokio::test]
async fn poison_headers_do_not_keep_a_page_from_being_read() {
    for server in [NatsServer::start(), NatsServer::older()] {
        let mut raw = server.raw();
        make(&mut raw, true);
        fill(&mut raw, 100);
        raw.publish_with_headers("room.a", b"NATS/1.0\r\nno colon\r\n\r\n", b"p");
        raw.publish_with_headers("room.a", b"NATS/1.0\r\nA: caf\xe9\r\n\r\n", b"p");
        for _ in 0..100 {
            raw.publish("room.a", b"x");
        }
        settle(&mut raw, "a", 202);
        let tap = Wiretap::before(server.port());
        let store = Arc::new(read_only(&tap.url()).await);
        let reader = Reader::new(Arc::new(Retrying::new(store, RETRY_FOR, |_| {})));
        // One connection may be lost for any reason, so it is tried twice.
        for _ in 0..2 {
            let read = page(&reader, 1000).await;
            assert_eq!(read.ledger().frames, 202);
            assert!(read.cost.failed > 0, "the direct gets that were lost are in the ledger");
            assert_eq!(read.slots(), by_message_get(&server, 1000).await.slots());
        }
        let before = sent(&tap, "DIRECT.GET.");
        assert_eq!(page(&reader, 1000).await.cost.failed, 0);
        assert_eq!(sent(&tap, "DIRECT.GET."), before, "it is not tried again");
    }
}

#[tokio::test]
async fn an_account_that_may_not_get_directly_reads_by_message_get() {
    let server = NatsServer::with_config(
        r#"authorization { users: [
            { user: all, password: p }
            { user: some, password: p, permissions: { publish: { deny: "$JS.API.DIRECT.>" } } }
        ] }"#,
    );
    let mut raw = server.raw_as("all", "p");
    make(&mut raw, true);
    for _ in 0..300 {
        raw.publish("room.a", b"x");
    }
    settle(&mut raw, "a", 300);
    let mut options = ConnectOptions::new(server.url_as("some:p"));
    options.read_only = true;
    let store = NatsStore::connect_now(&options, crate::support::wait::BOUND).await.unwrap();
    let reader = Reader::new(Arc::new(store));
    let began = Instant::now();
    let first = page(&reader, 200).await;
    assert_eq!((first.ledger().frames, first.cost.failed), (200, 1));
    assert!(began.elapsed() < Duration::from_secs(4), "the denial is not waited out");
    assert_eq!(page(&reader, 200).await.cost.failed, 0);
}

/// When the partial page came.
struct First {
    began: Instant,
    came: Mutex<Option<(Duration, Page)>>,
}

impl Watch for First {
    fn partial(&self, page: Page) {
        *self.came.lock().unwrap() = Some((self.began.elapsed(), page));
    }
}

#[tokio::test]
async fn the_newest_rows_come_after_two_round_trips() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    make(&mut raw, true);
    fill(&mut raw, 2000);
    let round_trip = Duration::from_millis(400);
    let tap = Wiretap::far_before(server.port(), round_trip);
    for method in [ReadMethod::MessageGet, ReadMethod::Direct, ReadMethod::Batch] {
        let reader = Reader::new(Arc::new(offering(read_only(&tap.url()).await, method)));
        let first = First { began: Instant::now(), came: Mutex::default() };
        let size = PageSize::new(200).unwrap();
        let rows = if method == ReadMethod::MessageGet { 50 } else { 40 };
        let place = Place::At(Window::new(1_798, 1_997).unwrap());
        reader
            .page(&stream("a"), PageRequest { place, size, screenful: rows }, &first)
            .await
            .unwrap();
        let whole = first.began.elapsed();
        let (after, page) = first.came.into_inner().unwrap().expect("a partial page");
        assert!(after >= round_trip * 2, "the proxy delays: {after:?}");
        assert!(after < round_trip * 11 / 4, "{method:?}: {after:?}");
        assert!(page.ledger().unread > 0);
        assert!(whole < round_trip * 12, "{method:?}: {whole:?} for 200 frames");
    }
}

#[tokio::test]
async fn frames_of_a_megabyte_do_not_get_the_client_cut_off() {
    for direct in [false, true] {
        let server = NatsServer::start();
        let mut raw = server.raw();
        make(&mut raw, direct);
        // Small ones first, so that the average says nothing of what comes.
        for _ in 0..5_000 {
            raw.publish("room.a", b"x");
        }
        let mut payload = vec![b'.'; 1 << 20];
        for n in 0..200_u64 {
            payload[..8].copy_from_slice(&n.to_be_bytes());
            raw.publish("room.a", &payload);
        }
        settle(&mut raw, "a", 5_200);
        assert_eq!(info(&mut raw, "a")["config"]["allow_direct"], direct);
        let store = read_only(&server.url()).await;
        let mut connection = store.connection();
        connection.mark_unchanged();
        let reader = Reader::new(Arc::new(store));
        let mut numbers = Vec::new();
        for last in [5_200, 5_150, 5_100, 5_050] {
            // A page of all 200 would be cut at its 64 MB.
            let place = Place::Before(last + 1);
            let read = page_at(&reader, place, 50).await;
            assert_eq!((read.ledger().frames, read.cost.failed), (50, 0), "{:?}", read.cost);
            let number = |bytes: &[u8]| u64::from_be_bytes(bytes[..8].try_into().unwrap());
            numbers.extend(read.frames().rev().map(|frame| number(&frame.payload)));
        }
        assert_eq!(numbers, (0..200).rev().collect::<Vec<_>>());
        assert!(connection.borrow().is_up());
        assert!(!server.log().contains("Slow Consumer"), "{}", server.log());
    }
}
