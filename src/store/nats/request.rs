//! One request and its answer, or why there is none.

use std::fmt;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::{Client, Message, RequestErrorKind};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::connect::Link;
use crate::domain::FaultKind;
use crate::store::StoreError;

impl Link {
    /// Sends `body` as JSON, and waits for the answer: as long as answers may take, up to four times as
    /// long for a read while one may be on its way, and no longer than the connection lasts. Nothing is
    /// sent when the connection is down, since the library would keep it and send it later.
    pub(super) async fn request(
        &self,
        subject: String,
        body: &(impl Serialize + Sync),
        what: &(impl Fn() -> String + Sync),
    ) -> Result<Bytes, StoreError> {
        Ok(self.message(subject, body, what).await?.payload)
    }

    /// The same, with the answer's headers.
    pub(super) async fn message(
        &self,
        subject: String,
        body: &(impl Serialize + Sync),
        what: &(impl Fn() -> String + Sync),
    ) -> Result<Message, StoreError> {
        let body = serde_json::to_vec(body)
            .map_err(|error| StoreError::new(FaultKind::BadConfig, what(), error.to_string()))?;
        // Before the look at the state, so that no loss falls in between.
        let mut lost = self.status.losses();
        let mut watch = self.denials.watch(&subject);
        let Some(client) = self.live() else {
            return Err(self.status.down(what()));
        };
        let (flow, is_read) = (self.flows.of(&subject), !is_write(&subject));
        let (sent, statistics) = (Instant::now(), client.statistics());
        let received = || statistics.in_bytes.load(Ordering::Relaxed);
        let before = received();
        let too_late = async {
            if is_read { flow.dry(self.wait, received).await } else { sleep(self.wait).await }
        };
        let reply = tokio::select! {
            biased;
            reply = ask(&client, subject, body.into()) => reply,
            () = too_late => {
                if received() == before {
                    self.unheard.send_modify(|times| *times += 1);
                }
                return Err(timed_out(sent.elapsed(), what()));
            }
            subject = watch.denied() => return Err(self.denied(subject, what())),
            _ = lost.changed() => {
                return Err(self.status.lost_before_answer(what()));
            }
        };
        flow.answered(sent);
        reply.map_err(|error| refused(error, what()))
    }

    /// The error for a subject that the account may not use.
    pub(super) fn denied(&self, subject: String, what: String) -> StoreError {
        let detail = if self.subjects.is_inbox(&subject) {
            // The subject itself is made up anew for each connection.
            let inboxes = self.subjects.inboxes();
            format!("the account may not subscribe to its inbox ({inboxes}), so no answer can come")
        } else {
            format!("the account may not publish to {subject}")
        };
        StoreError::new(FaultKind::Denied(subject), what, detail)
    }
}

async fn ask(
    client: &Client,
    subject: String,
    body: Bytes,
) -> Result<Message, async_nats::RequestError> {
    client.request(subject, body).await
}

/// Whether a request writes: its time is never longer.
fn is_write(subject: &str) -> bool {
    [".STREAM.CREATE.", ".STREAM.UPDATE."].iter().any(|verb| subject.contains(verb))
}

/// The error when no answer came in time.
pub(super) fn timed_out(wait: Duration, what: String) -> StoreError {
    let tenths = (wait.as_secs_f32() * 10.0).round() / 10.0;
    let detail = format!("no answer within {tenths} s");
    StoreError::new(FaultKind::Timeout, what, detail)
}

fn refused(error: async_nats::RequestError, what: String) -> StoreError {
    let (kind, detail) = match error.kind() {
        RequestErrorKind::NoResponders => {
            (FaultKind::NoJetStream, "nobody answers JetStream requests here".to_owned())
        }
        RequestErrorKind::TimedOut => (FaultKind::Timeout, "no answer in time".to_owned()),
        RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
            (FaultKind::BadConfig, error.to_string())
        }
        RequestErrorKind::Other => (FaultKind::Disconnected, error.to_string()),
    };
    StoreError::new(kind, what, detail).from_source(error)
}

/// An answer that may hold an error instead of what was asked for.
pub(super) trait Reply {
    /// The error, if the answer is one.
    fn take_error(&mut self) -> Option<ApiError>;
}

/// Answers with an `error` field are replies.
macro_rules! reply {
    ($($name:ident $(<$life:lifetime>)?),*) => {$(
        impl $(<$life>)? $crate::store::nats::request::Reply for $name $(<$life>)? {
            fn take_error(&mut self) -> Option<$crate::store::nats::request::ApiError> {
                self.error.take()
            }
        }
    )*};
}
pub(super) use reply;

/// An error as the API sends it.
#[derive(Debug, Deserialize)]
pub(super) struct ApiError {
    #[serde(default)]
    code: u64,
    #[serde(default)]
    pub(super) err_code: u64,
    #[serde(default)]
    description: String,
}

impl ApiError {
    /// Its kind; servers before 2.4 send no `err_code`.
    pub(super) const fn kind(&self) -> FaultKind {
        FaultKind::from_code(if self.err_code == 0 { self.code } else { self.err_code })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = if self.err_code == 0 { self.code } else { self.err_code };
        write!(f, "{} ({code})", self.description)
    }
}

/// Reads an answer; an error in it becomes ours.
pub(super) fn parse<'a, T: Reply + Deserialize<'a>>(
    reply: &'a [u8],
    what: &impl Fn() -> String,
) -> Result<T, StoreError> {
    let mut parsed: T = serde_json::from_slice(reply).map_err(|error| bad_reply(what(), error))?;
    match parsed.take_error() {
        None => Ok(parsed),
        Some(error) => Err(StoreError::new(error.kind(), what(), error.to_string())),
    }
}

/// The error for an answer that is not what the API says.
pub(super) fn bad_reply(
    what: String,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StoreError {
    let error = error.into();
    let detail = format!("the answer could not be understood: {error}");
    StoreError::new(FaultKind::BadReply, what, detail).from_source(error)
}
