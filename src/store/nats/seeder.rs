//! Development data: real messages, real deletions. Refuses nothing by itself; what may be
//! touched is the caller's to decide.

use std::sync::Arc;

use async_nats::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use futures::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::connect::Link;
use super::request::{ApiError, bad_reply, parse, reply};
use crate::domain::{FaultKind, Header, StreamInfo, StreamName};
use crate::store::StoreError;

/// Messages published before their acknowledgements are waited for.
const BATCH: usize = 1000;
/// Bytes of bodies published before their acknowledgements are waited for.
const BATCH_BYTES: usize = 4 << 20;
/// Deletions under way at a time.
const DELETES: usize = 64;

/// A message to publish.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seed {
    /// Headers, in order; names and values must be UTF-8, without line breaks.
    pub headers: Vec<Header>,
    pub payload: Vec<u8>,
}

/// A writer of development data over a connected store.
#[derive(Debug)]
pub struct Seeder {
    link: Arc<Link>,
}

impl Seeder {
    pub(super) const fn new(link: Arc<Link>) -> Self {
        Self { link }
    }

    /// Publishes messages in order, each acknowledged by the stream that captures `subject`; gives
    /// the last one's sequence, 0 for no messages.
    ///
    /// # Errors
    /// The first failure; messages before it, and some after it, may be stored.
    pub async fn publish(
        &self,
        subject: &str,
        messages: impl IntoIterator<Item = Seed>,
    ) -> Result<u64, StoreError> {
        let what = || format!("publish on {subject}");
        let client = self.link.live().ok_or_else(|| self.link.status.down(what()))?;
        let broken = |error: &dyn std::error::Error| {
            StoreError::new(FaultKind::Disconnected, what(), error.to_string())
        };
        let inbox = client.new_inbox();
        let mut acks = client.subscribe(inbox.clone()).await.map_err(|e| broken(&e))?;
        let mut watch = self.link.denials.watch(subject);
        let mut lost = self.link.status.losses();
        let mut messages = messages.into_iter().peekable();
        let mut last = 0;
        while messages.peek().is_some() {
            let (mut count, mut bytes) = (0, 0);
            while count < BATCH && bytes < BATCH_BYTES {
                let Some(seed) = messages.next() else { break };
                count += 1;
                bytes += seed.payload.len();
                let headers = headers(&seed.headers)
                    .map_err(|why| StoreError::new(FaultKind::Usage, what(), why))?;
                let (to, reply) = (subject.to_owned(), inbox.clone());
                let payload = Bytes::from(seed.payload);
                let sent = match headers {
                    None => client.publish_with_reply(to, reply, payload).await,
                    Some(headers) => {
                        client.publish_with_reply_and_headers(to, reply, headers, payload).await
                    }
                };
                sent.map_err(|e| broken(&e))?;
            }
            for _ in 0..count {
                let ack = tokio::select! {
                    biased;
                    ack = timeout(self.link.wait, acks.next()) => ack,
                    subject = watch.denied() => return Err(self.link.denied(subject, what())),
                    _ = lost.changed() => Ok(None),
                };
                let ack = match ack {
                    Ok(Some(ack)) => ack,
                    Ok(None) => {
                        let detail = "the connection was lost";
                        return Err(StoreError::new(FaultKind::Disconnected, what(), detail));
                    }
                    Err(_) => {
                        let detail = "no acknowledgement in time; is it a stream's subject?";
                        return Err(StoreError::new(FaultKind::Timeout, what(), detail));
                    }
                };
                if ack.status == Some(StatusCode::NO_RESPONDERS) {
                    let detail = "no stream captures the subject";
                    return Err(StoreError::new(FaultKind::StreamNotFound, what(), detail));
                }
                last = parse::<PubAck>(&ack.payload, &what)?.seq.max(last);
            }
        }
        Ok(last)
    }

    /// Deletes messages by sequence, many at a time.
    ///
    /// # Errors
    /// The first failure.
    pub async fn delete(
        &self,
        stream: &StreamName,
        sequences: impl IntoIterator<Item = u64>,
    ) -> Result<(), StoreError> {
        let deletions = futures::stream::iter(sequences)
            .map(|seq| async move {
                let what = || format!("delete sequence {seq} of {stream}");
                let body = json!({"seq": seq, "no_erase": true});
                self.done("MSG.DELETE", stream, &body, &what).await.map(drop)
            })
            .buffer_unordered(DELETES);
        let mut deletions = std::pin::pin!(deletions);
        while let Some(done) = deletions.next().await {
            done?;
        }
        Ok(())
    }

    /// Removes all messages below `below`, or all there are; gives how many went.
    ///
    /// # Errors
    /// Any that the server gives.
    pub async fn purge(&self, stream: &StreamName, below: Option<u64>) -> Result<u64, StoreError> {
        let what = || format!("purge {stream}");
        let body = below.map_or_else(|| json!({}), |seq| json!({"seq": seq}));
        let done = self.done("PURGE", stream, &body, &what).await?;
        Ok(done.purged)
    }

    /// Makes a stream with any configuration, a JSON object as in the JetStream API; its name is
    /// put in.
    ///
    /// # Errors
    /// Any that the server gives.
    pub async fn create(
        &self,
        stream: &StreamName,
        mut config: Value,
    ) -> Result<StreamInfo, StoreError> {
        let what = || format!("create {stream}");
        if let Some(config) = config.as_object_mut() {
            config.insert("name".into(), json!(stream.as_str()));
        }
        Ok(self.link.stream("CREATE", stream, &config, &what).await?.0)
    }

    /// Deletes a stream and all that it holds.
    ///
    /// # Errors
    /// Any that the server gives.
    pub async fn delete_stream(&self, stream: &StreamName) -> Result<(), StoreError> {
        let what = || format!("delete {stream}");
        self.done("DELETE", stream, &json!({}), &what).await.map(drop)
    }

    async fn done(
        &self,
        verb: &str,
        stream: &StreamName,
        body: &Value,
        what: &(impl Fn() -> String + Sync),
    ) -> Result<DoneReply, StoreError> {
        let subject = self.link.subjects.api(&format!("STREAM.{verb}.{}", stream.as_str()));
        let reply = self.link.request(subject, body, what).await?;
        let reply: DoneReply = parse(&reply, what)?;
        if reply.success {
            Ok(reply)
        } else {
            Err(bad_reply(what(), "it does not say that it was done"))
        }
    }
}

/// Answer to a delete or a purge.
#[derive(Deserialize)]
struct DoneReply {
    error: Option<ApiError>,
    #[serde(default)]
    success: bool,
    #[serde(default)]
    purged: u64,
}

/// Acknowledgement of a published message.
#[derive(Deserialize)]
struct PubAck {
    error: Option<ApiError>,
    #[serde(default)]
    seq: u64,
}

reply!(DoneReply, PubAck);

/// Headers for the client library, `None` for no headers at all.
fn headers(list: &[Header]) -> Result<Option<HeaderMap>, String> {
    if list.is_empty() {
        return Ok(None);
    }
    let mut map = HeaderMap::new();
    for header in list {
        let bad = |why: &str| {
            let name = crate::domain::escape::bytes(&header.name);
            format!("the header '{name}' cannot be published: {why}")
        };
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| bad("it is not UTF-8"));
        let value = header.value.as_deref().ok_or_else(|| bad("it has no value"))?;
        let name: HeaderName = text(&header.name)?.parse().map_err(|_| bad("its name"))?;
        let value: HeaderValue = text(value)?.parse().map_err(|_| bad("its value"))?;
        map.append(name, value);
    }
    Ok(Some(map))
}
