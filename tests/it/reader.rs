//! The reader on a real server, held against the reference method: one get after another, by a
//! client that shares no code with the program.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roomscope::domain::{GapCause, History, Page, PageRequest, PageSize, Place, Slot, Window};
use roomscope::store::nats::NatsStore;
use roomscope::store::reader::Reader;
use roomscope::store::{Get, HistoryStore};
use serde_json::json;

use crate::support::double::{Change, Double};
use crate::support::rooms::{
    delete, fill, go_config, info, purge, read_only, settle, store, stream,
};
use crate::support::{NatsServer, RawNats, Wiretap};

fn size(n: u64) -> PageSize {
    PageSize::new(n).unwrap()
}

async fn read(store: impl HistoryStore + 'static, id: &str, place: Place, n: u64) -> History {
    let reader = Reader::new(Arc::new(store));
    reader.page(&stream(id), PageRequest::whole(place, size(n)), &()).await.unwrap()
}

fn page(history: History) -> Page {
    let History::Page(page) = history else { panic!("a page was expected, not {history:?}") };
    let mut next = page.window().start();
    for slot in page.slots() {
        assert_eq!(slot.range().start(), next);
        next = slot.range().end() + 1;
    }
    assert_eq!(next, page.window().end() + 1, "the page accounts for its window");
    *page
}

/// The contract's reading of the last `n`, as the control plane does it.
fn reference(raw: &mut RawNats, id: &str, n: u64) -> Vec<Vec<u8>> {
    let state = info(raw, id)["state"].clone();
    let (first, last) = (state["first_seq"].as_u64().unwrap(), state["last_seq"].as_u64().unwrap());
    if state["messages"] == 0 || last == 0 {
        return Vec::new();
    }
    let start = if last >= n { first.max(last - n + 1) } else { first };
    let subject = format!("STREAM.MSG.GET.{}", stream(id).as_str());
    (start..=last)
        .filter_map(|seq| {
            let answer = raw.api(&subject, &json!({ "seq": seq }));
            let data = answer.get("message")?.get("data")?.as_str()?;
            Some(STANDARD.decode(data).unwrap())
        })
        .collect()
}

fn gaps(page: &Page) -> Vec<(Window, GapCause)> {
    page.slots()
        .iter()
        .filter_map(|slot| match slot {
            Slot::Gap(gap) => Some((gap.range, gap.cause)),
            _ => None,
        })
        .collect()
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

#[tokio::test]
async fn pages_hold_what_the_reference_reads_and_gaps_what_the_server_lists() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 300);
    // At the head, inside, and at the tail.
    for seq in [1, 2, 3, 150, 151, 152, 200, 299, 300] {
        delete(&mut raw, "a", seq);
    }
    for n in [1, 2, 50, 149, 200, 1000] {
        let page = page(read(store(&server.url()).await, "a", Place::Newest, n).await);
        let frames: Vec<_> = page.frames().map(|frame| frame.payload.clone()).collect();
        assert_eq!(frames, reference(&mut raw, "a", n), "the last {n}");
        assert_eq!(page.ledger().unread, 0);
    }
    let page = page(read(store(&server.url()).await, "a", Place::Newest, 1000).await);
    assert_eq!(page.window(), window(4, 300));
    assert_eq!(page.head[0].range, window(1, 3));
    let listed: Vec<u64> =
        serde_json::from_value(info(&mut raw, "a")["state"]["deleted"].clone()).unwrap();
    let shown: Vec<u64> =
        gaps(&page).iter().flat_map(|(range, _)| range.start()..=range.end()).collect();
    assert_eq!(shown, listed);
    assert!(gaps(&page).iter().all(|(_, cause)| *cause == GapCause::Removed));
    assert_eq!(page.cost.requests(), 2 + 291, "one request a frame and two about the stream");
}

#[tokio::test]
async fn purged_and_missing_streams_are_answers() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "head", "room.head", 100);
    fill(&mut raw, "empty", "room.empty", 100);
    purge(&mut raw, "head", Some(61));
    purge(&mut raw, "empty", None);
    let head = page(read(store(&server.url()).await, "head", Place::Newest, 200).await);
    assert_eq!((head.window(), head.ledger().frames), (window(61, 100), 40));
    assert_eq!(head.head[0].cause, GapCause::BeforeFirst);
    let empty = read(store(&server.url()).await, "empty", Place::Newest, 200).await;
    let History::Empty(info) = empty else { panic!("{empty:?}") };
    assert_eq!((info.state.first_seq, info.state.last_seq), (101, 100));
    let none = read(store(&server.url()).await, "none", Place::Newest, 200).await;
    assert_eq!(none, History::NoStream);
}

#[tokio::test]
async fn a_hole_of_a_hundred_thousand_is_crossed_in_a_handful_of_requests() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let mut config = go_config("a", "room.a");
    config["subjects"] = json!(["room.a", "hole.a"]);
    let api = |raw: &mut RawNats, call: &str, body| {
        let answer = raw.api(&format!("STREAM.{call}.UNIBUS_a"), &body);
        assert!(answer.get("error").is_none(), "{answer}");
    };
    api(&mut raw, "CREATE", config);
    let publish = |raw: &mut RawNats, subject: &str, count: u64| {
        for _ in 0..count {
            raw.publish(subject, b"x");
        }
        raw.flush();
    };
    publish(&mut raw, "room.a", 300);
    publish(&mut raw, "hole.a", 100_000);
    publish(&mut raw, "room.a", 300);
    settle(&mut raw, "a", 100_600);
    api(&mut raw, "PURGE", json!({"filter": "hole.a"}));
    api(&mut raw, "UPDATE", go_config("a", "room.a"));

    let tap = Wiretap::before(server.port());
    let reader = Reader::new(Arc::new(read_only(&tap.url()).await));
    let name = stream("a");
    let turn = async |place| {
        page(reader.page(&name, PageRequest::whole(place, size(200)), &()).await.unwrap())
    };
    let plain = turn(Place::Newest).await;
    assert_eq!(plain.cost.requests(), 201);
    let before = tap.published_under("$JS.API.").len() as u64;
    let across = turn(Place::Before(100_301)).await;
    let sent = tap.published_under("$JS.API.").len() as u64 - before;
    assert_eq!(across.window(), window(101, 100_300));
    assert_eq!(gaps(&across), [(window(301, 100_300), GapCause::NotKnown)]);
    assert_eq!(across.ledger().frames, 200);
    assert_eq!(sent, across.cost.requests(), "the ledger tells every request");
    assert!(sent <= plain.cost.requests() + 4, "{sent}");
    let inside = turn(Place::At(window(50_000, 50_199))).await;
    assert_eq!(inside.ledger().missing, 200);
    assert!(inside.cost.requests() <= 8, "{:?}", inside.cost);
    for forbidden in ["$JS.API.CONSUMER.", "$JS.API.STREAM.CREATE", "$JS.API.STREAM.UPDATE"] {
        assert_eq!(tap.published_under(forbidden), Vec::<String>::new());
    }
}

/// Does something to a stream just before a given get.
#[derive(Debug)]
struct Meddling {
    gets: AtomicU64,
    at: u64,
    port: u16,
    meddle: Mutex<Option<fn(&mut RawNats)>>,
}

#[async_trait]
impl Change for Meddling {
    async fn before_get(&self, _: Get) {
        if self.gets.fetch_add(1, Ordering::SeqCst) == self.at
            && let Some(meddle) = self.meddle.lock().unwrap().take()
        {
            meddle(&mut RawNats::connect(self.port, None));
        }
    }
}

async fn meddling(server: &NatsServer, meddle: fn(&mut RawNats)) -> Double<NatsStore, Meddling> {
    let meddle = Mutex::new(Some(meddle));
    let change = Meddling { gets: AtomicU64::new(0), at: 20, port: server.port(), meddle };
    Double { store: store(&server.url()).await, change }
}

#[tokio::test]
async fn a_stream_that_loses_its_head_while_it_is_read() {
    let server = NatsServer::start();
    fill(&mut server.raw(), "a", "room.a", 200);
    let store = meddling(&server, |raw| purge(raw, "a", Some(120))).await;
    let page = page(read(store, "a", Place::Newest, 200).await);
    assert_eq!(page.stream.state.first_seq, 120);
    for (range, cause) in gaps(&page) {
        assert!(range.end() < 120, "{range:?}");
        assert_eq!(cause, GapCause::BeforeFirst);
    }
    assert_eq!(page.ledger().unread, 0);
    assert!(page.ledger().missing > 0, "the purge came in time to matter");
}

#[tokio::test]
async fn a_stream_made_anew_while_it_is_read_is_not_mixed_with_the_old_one() {
    let server = NatsServer::start();
    fill(&mut server.raw(), "a", "room.a", 200);
    let store = meddling(&server, |raw| {
        raw.api("STREAM.DELETE.UNIBUS_a", &json!({}));
        fill(raw, "a", "room.a", 250);
    })
    .await;
    let reader = Reader::new(Arc::new(store));
    let outcome =
        reader.page(&stream("a"), PageRequest::whole(Place::Newest, size(200)), &()).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, roomscope::domain::FaultKind::Recreated, "{error}");
}
