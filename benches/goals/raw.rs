//! The plain ways to read a stream, in as little code as they take: what the reader is held
//! against.

use async_nats::Client;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::stream::{self, StreamExt as _};
use serde_json::{Value, json};

use crate::world::api;

/// The reference method: the stream's state, then the last `n` sequences one get after another;
/// of them only `gets`, from the oldest on. Gives the frames it read.
pub(crate) async fn reference(client: &Client, stream: &str, n: u64, gets: u64) -> Vec<Vec<u8>> {
    let (start, last) = window(client, stream, n).await;
    let mut frames = Vec::new();
    for seq in start..=last.min(start + gets - 1) {
        frames.extend(get(client, stream, seq).await);
    }
    frames
}

/// The same, `depth` gets at once: what a contract's stream allows at most.
pub(crate) async fn pipelined(client: &Client, stream: &str, n: u64, depth: usize) -> usize {
    let (start, last) = window(client, stream, n).await;
    let gets = stream::iter(start..=last).map(|seq| get(client, stream, seq));
    gets.buffer_unordered(depth).filter(|frame| std::future::ready(frame.is_some())).count().await
}

async fn window(client: &Client, stream: &str, n: u64) -> (u64, u64) {
    let info = api(client, &format!("STREAM.INFO.{stream}"), &json!({})).await;
    let seq = |name: &str| info["state"][name].as_u64().unwrap();
    let (first, last) = (seq("first_seq"), seq("last_seq"));
    (first.max((last + 1).saturating_sub(n)), last)
}

async fn get(client: &Client, stream: &str, seq: u64) -> Option<Vec<u8>> {
    let answer = api(client, &format!("STREAM.MSG.GET.{stream}"), &json!({ "seq": seq })).await;
    let data = answer.get("message")?.get("data")?.as_str()?;
    Some(STANDARD.decode(data).unwrap())
}

/// The batch drain: everything from `start` on, by batch direct gets of at most 4 MB, as fast as
/// the server sends. Nothing is made of the messages. Gives how many there were.
pub(crate) async fn drain(client: &Client, stream: &str, start: u64, n: usize) -> usize {
    let inbox = client.new_inbox();
    let mut replies = client.subscribe(inbox.clone()).await.unwrap();
    let (mut next, mut count) = (start, 0);
    while count < n {
        let body = json!({"seq": next, "batch": n - count, "max_bytes": 4_000_000});
        let subject = format!("$JS.API.DIRECT.GET.{stream}");
        client.publish_with_reply(subject, inbox.clone(), body.to_string().into()).await.unwrap();
        let before = count;
        while let Some(message) = replies.next().await {
            let Some(seq) = message.headers.as_ref().and_then(|h| h.get("Nats-Sequence")) else {
                break;
            };
            next = seq.as_str().parse::<u64>().unwrap() + 1;
            count += 1;
        }
        assert!(count > before, "a batch brings something");
    }
    count
}

/// All names, then all states, page after page: `depth` pages at once after the first of each.
/// Nothing is made of a page. Gives how many streams there are.
pub(crate) async fn list(client: &Client, depth: usize) -> u64 {
    paged(client, "STREAM.NAMES", 1024, depth).await;
    paged(client, "STREAM.LIST", 256, depth).await
}

async fn paged(client: &Client, call: &'static str, size: u64, depth: usize) -> u64 {
    let page = async |offset: u64| {
        let body = json!({ "offset": offset }).to_string().into();
        client.request(format!("$JS.API.{call}"), body).await.unwrap().payload
    };
    let first: Value = serde_json::from_slice(&page(0).await).unwrap();
    let total = first["total"].as_u64().unwrap();
    let offsets = (1..total.div_ceil(size)).map(|n| n * size);
    let mut pages = stream::iter(offsets).map(page).buffered(depth);
    while let Some(page) = pages.next().await {
        assert!(!page.is_empty());
    }
    total
}
