//! The store's requests, and the messages that they bring.

use std::borrow::Cow;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::NatsStore;
use super::connect::Link;
use super::request::{ApiError, bad_reply, parse, reply};
use crate::domain::{Connection, FaultKind, Frame, StreamInfo, StreamName, StreamSpec, frame};
use crate::store::{
    Batch, Get, HistoryStore, InfoPage, NamePage, ReadMethod, StoreError, StreamWriter,
};

/// "No message found": the only answer that says that a sequence holds nothing.
const NO_MESSAGE: FaultKind = FaultKind::Server(10037);

#[derive(Deserialize)]
struct GetReply<'a> {
    error: Option<ApiError>,
    #[serde(borrow)]
    message: Option<StoredMessage<'a>>,
}

#[derive(Deserialize)]
struct StoredMessage<'a> {
    subject: String,
    seq: u64,
    /// Base64; absent for none.
    #[serde(borrow, default)]
    hdrs: Option<Cow<'a, str>>,
    /// Base64; absent for an empty body.
    #[serde(borrow, default)]
    data: Option<Cow<'a, str>>,
    time: Timestamp,
}

reply!(GetReply<'a>);

#[async_trait]
impl HistoryStore for NatsStore {
    fn connection(&self) -> watch::Receiver<Connection> {
        self.link.status.subscribe()
    }

    async fn names(&self, offset: u64) -> Result<NamePage, StoreError> {
        self.link.names(offset).await
    }

    async fn list(&self, offset: u64) -> Result<InfoPage, StoreError> {
        self.link.list(offset).await
    }

    async fn info(&self, stream: &StreamName, deleted: bool) -> Result<StreamInfo, StoreError> {
        self.link.info(stream, deleted).await
    }

    async fn get(&self, stream: &StreamName, at: Get) -> Result<Option<Frame>, StoreError> {
        let what = || match at {
            Get::Exact(seq) => format!("read sequence {seq} of {stream}"),
            Get::AtOrAfter(seq) => format!("read the first at or after {seq} of {stream}"),
        };
        let body = match at {
            Get::Exact(seq) => json!({"seq": seq}),
            Get::AtOrAfter(seq) => json!({"seq": seq, "next_by_subj": ">"}),
        };
        let Some(frame) = self.link.stored(stream, &body, &what).await? else { return Ok(None) };
        let fits = match at {
            Get::Exact(seq) => frame.seq == seq,
            Get::AtOrAfter(seq) => frame.seq >= seq,
        };
        if !fits {
            let detail = format!("it holds sequence {}", frame.seq);
            return Err(bad_reply(what(), detail));
        }
        Ok(Some(frame))
    }

    fn read_method(&self, info: &StreamInfo) -> ReadMethod {
        self.link.read_method(info)
    }

    async fn direct(&self, stream: &StreamName, seq: u64) -> Result<Option<Frame>, StoreError> {
        self.link.direct(stream, seq).await
    }

    async fn batch(
        &self,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        self.link.batch(stream, from, most, max_bytes).await
    }

    /// With `start_time` alone, 2.15.1 says 10037 for a time whose block lost its last messages;
    /// with `next_by_subj` beside it, it finds the next one. Before 2.11 the latter is answered as
    /// if there were no time.
    async fn since(
        &self,
        stream: &StreamName,
        time: Timestamp,
    ) -> Result<Option<Frame>, StoreError> {
        let what = || format!("read the first since {time} of {stream}");
        let body = json!({"start_time": time.to_string(), "next_by_subj": ">"});
        self.link.stored(stream, &body, &what).await
    }

    fn writer(&self) -> Option<&dyn StreamWriter> {
        Some(self)
    }
}

#[async_trait]
impl StreamWriter for NatsStore {
    async fn create(&self, spec: &StreamSpec) -> Result<StreamInfo, StoreError> {
        self.may_write(format!("create {}", spec.name))?;
        self.link.create(spec).await
    }

    async fn update(&self, spec: &StreamSpec, seen: &StreamInfo) -> Result<StreamInfo, StoreError> {
        self.may_write(format!("change {}", spec.name))?;
        self.link.update(spec, seen).await
    }

    fn read_only(&self) -> bool {
        self.read_only
    }
}

impl Link {
    async fn stored(
        &self,
        stream: &StreamName,
        body: &Value,
        what: &(impl Fn() -> String + Sync),
    ) -> Result<Option<Frame>, StoreError> {
        let subject = self.subjects.api(&format!("STREAM.MSG.GET.{}", stream.as_str()));
        let reply = self.request(subject, body, what).await?;
        let message = match parse::<GetReply<'_>>(&reply, what) {
            Ok(reply) => reply.message,
            Err(error) if error.kind == NO_MESSAGE => return Ok(None),
            Err(error) => return Err(error),
        };
        let message = message.ok_or_else(|| bad_reply(what(), "it holds no message"))?;
        frame_of(message).map(Some).map_err(|error| bad_reply(what(), error))
    }
}

fn frame_of(message: StoredMessage<'_>) -> Result<Frame, base64::DecodeError> {
    let decode = |text: Option<Cow<'_, str>>| STANDARD.decode(text.as_deref().unwrap_or(""));
    Ok(Frame {
        seq: message.seq,
        time: message.time,
        subject: message.subject,
        headers: frame::parse_headers(&decode(message.hdrs)?),
        payload: decode(message.data)?,
    })
}
