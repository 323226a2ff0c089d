//! A server with streams to read, and the two kinds of client that read them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::Client;
use roomscope::domain::{History, Page, PageRequest, PageSize, Place, StreamName};
use roomscope::store::HistoryStore;
use roomscope::store::nats::{ConnectOptions, NatsStore};
use roomscope::store::reader::Reader;
use serde_json::{Value, json};

use crate::proxy;
use crate::support::NatsServer;
use crate::support::rooms::{go_config, stream};

/// Messages published before the server is asked how far it is: it holds 10,000 for a stream, and
/// drops what is more.
const BATCH: u64 = 4_000;

/// A server of our own, and a connection to fill it with.
pub(crate) struct World {
    pub(crate) server: NatsServer,
    pub(crate) client: Client,
}

/// The clients at the end of one way to the server: ours, and a plain one beside it.
pub(crate) struct Way {
    pub(crate) store: Arc<dyn HistoryStore>,
    pub(crate) plain: Client,
}

impl World {
    pub(crate) async fn start() -> Self {
        let server = NatsServer::start();
        let client = connect(server.port()).await;
        Self { server, client }
    }

    /// Connects over a way of this round trip; of none, directly.
    pub(crate) async fn way(&self, round_trip: Duration) -> Way {
        let port = match round_trip {
            Duration::ZERO => self.server.port(),
            _ => proxy::before(self.server.port(), round_trip),
        };
        let options = ConnectOptions {
            read_only: true,
            ..ConnectOptions::new(format!("nats://127.0.0.1:{port}"))
        };
        let store = NatsStore::connect_now(&options, Duration::from_secs(10)).await.unwrap();
        Way { store: Arc::new(store), plain: connect(port).await }
    }

    /// A JetStream API request that must succeed.
    pub(crate) async fn api(&self, call: &str, id: &str, body: &Value) -> Value {
        let subject = format!("STREAM.{call}.{}", stream(id).as_str());
        let answer = api(&self.client, &subject, body).await;
        assert!(answer.get("error").is_none(), "{subject}: {answer}");
        answer
    }

    /// A room's stream by the contract. With `direct`, one that somebody allowed direct gets of;
    /// `more` are subjects captured beside the room's.
    pub(crate) async fn make(&self, id: &str, direct: bool, more: &[&str]) {
        self.api("CREATE", id, &config(id, direct, more)).await;
    }

    /// Purges what was published on a subject, and makes the stream the contract's again.
    pub(crate) async fn purge_subject(&self, id: &str, direct: bool, subject: &str) {
        self.api("PURGE", id, &json!({"filter": subject})).await;
        self.api("UPDATE", id, &config(id, direct, &[])).await;
    }

    /// Publishes frames of `size` bytes that no one could compress.
    pub(crate) async fn publish(&self, subject: &str, count: u64, size: usize) {
        let mut seed = count | 1;
        let payload: bytes::Bytes = (0..size)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                (seed >> 32) as u8
            })
            .collect();
        let batch = if size > 16_384 { 16 } else { BATCH };
        for n in 1..=count {
            if n % batch == 0 || n == count {
                let stored = self.client.request(subject.to_owned(), payload.clone()).await;
                let ack: Value = serde_json::from_slice(&stored.unwrap().payload).unwrap();
                assert!(ack.get("error").is_none(), "{ack}");
            } else {
                self.client.publish(subject.to_owned(), payload.clone()).await.unwrap();
            }
        }
    }

    /// A stream of `count` frames of `size` bytes.
    pub(crate) async fn fill(&self, id: &str, direct: bool, count: u64, size: usize) {
        self.make(id, direct, &[]).await;
        self.publish(&subject(id), count, size).await;
    }
}

/// The subject of a room.
pub(crate) fn subject(id: &str) -> String {
    format!("room.{id}")
}

fn config(id: &str, direct: bool, more: &[&str]) -> Value {
    let mut config = go_config(id, &subject(id));
    config["allow_direct"] = direct.into();
    config["subjects"] =
        std::iter::once(subject(id)).chain(more.iter().map(|&s| s.to_owned())).collect();
    config
}

pub(crate) async fn connect(port: u16) -> Client {
    async_nats::connect(format!("nats://127.0.0.1:{port}")).await.unwrap()
}

/// A JetStream API request of the plain client.
pub(crate) async fn api(client: &Client, subject: &str, body: &Value) -> Value {
    let body = body.to_string().into();
    let reply = client.request(format!("$JS.API.{subject}"), body).await.unwrap();
    serde_json::from_slice(&reply.payload).unwrap()
}

impl Way {
    /// A page, by a reader that has read nothing yet.
    pub(crate) async fn page(&self, name: &StreamName, place: Place, size: u64) -> Page {
        let reader = Reader::new(Arc::clone(&self.store));
        let size = PageSize::new(size).unwrap();
        let history = reader.page(name, PageRequest::whole(place, size), &()).await.unwrap();
        let History::Page(page) = history else { panic!("no page of {name}: {history:?}") };
        assert_eq!(page.ledger().unread, 0, "everything is there to be read");
        *page
    }

    /// The round trip as it is, in seconds: the median of some pings.
    pub(crate) async fn round_trip(&self) -> f64 {
        let mut samples = crate::samples::Samples::default();
        for _ in 0..9 {
            let began = Instant::now();
            self.plain.request("$JS.API.INFO", "".into()).await.unwrap();
            samples.push(began.elapsed());
        }
        samples.median()
    }
}
