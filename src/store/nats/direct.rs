//! Direct gets: raw messages from any replica, one or many a request.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::{Client, Subscriber};
use bytes::Bytes;
use futures::StreamExt as _;
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::connect::Link;
use super::raw::{Raw, read};
use super::request::{bad_reply, timed_out};
use super::silence::nothing_received;
use crate::domain::{FaultKind, Frame, StreamInfo, StreamName};
use crate::store::{Batch, End, ReadMethod, StoreError};

/// More bytes than are on their way to what was asked for together: none of the replica's is.
const MUCH: u64 = 2_000_000;
/// Least time for which a replica may be silent.
const LEAST: Duration = Duration::from_millis(750);

impl Link {
    /// Ends when a replica was silent for too long: for three twentieths of the time that an answer may
    /// take (0.75 s) where nothing else comes over the connection either, half of it where much does, and
    /// four times as long on a slow line. The servers go on asking a replica that is stopped, and the
    /// leader has all that it has.
    async fn too_quiet(&self, client: &Client) {
        tokio::select! {
            () = self.passed_over(client) => {}
            () = nothing_received(client, (self.wait * 3 / 20).max(LEAST)) => {}
        }
    }

    /// Ends when much came over the connection in half the time that an answer may take, or when that
    /// is over four times.
    async fn passed_over(&self, client: &Client) {
        let statistics = client.statistics();
        let before = statistics.in_bytes.load(Ordering::Relaxed);
        for _ in 0..8 {
            sleep((self.wait / 2).max(LEAST)).await;
            if statistics.in_bytes.load(Ordering::Relaxed) >= before + MUCH {
                return;
            }
        }
    }

    fn direct_get(&self, stream: &StreamName) -> String {
        self.subjects.api(&format!("DIRECT.GET.{}", stream.as_str()))
    }

    /// What the stream offers, by the version of the server at the other end of the connection.
    /// Another server of its cluster may be older and answer: see [`End::NoBatches`].
    pub(super) fn read_method(&self, info: &StreamInfo) -> ReadMethod {
        match self.live() {
            Some(client) if info.config.allow_direct => {
                let new = has_batches(&client.server_info().version);
                let batch = new && !self.subjects.may_be_imported();
                if batch { ReadMethod::Batch } else { ReadMethod::Direct }
            }
            _ => ReadMethod::MessageGet,
        }
    }

    pub(super) async fn direct(
        &self,
        stream: &StreamName,
        seq: u64,
    ) -> Result<Option<Frame>, StoreError> {
        let what = || format!("read sequence {seq} of {stream} directly");
        let body = json!({"seq": seq});
        let reply = self.message(self.direct_get(stream), &body, &what);
        let reply = match self.live() {
            Some(client) => tokio::select! {
                reply = reply => reply?,
                () = self.too_quiet(&client) => return Err(silent(what())),
            },
            None => reply.await?,
        };
        match read(reply, stream) {
            Raw::Frame { frame, .. } if frame.seq == seq => Ok(Some(frame)),
            Raw::Frame { .. } | Raw::Unclear { .. } | Raw::Nothing => Ok(None),
            Raw::End { .. } => Err(bad_reply(what(), "it ends a batch")),
            Raw::Refused(detail) => Err(bad_reply(what(), detail)),
        }
    }

    /// One batch, collected on an inbox of its own: as long as something comes, and no longer than
    /// the connection lasts.
    pub(super) async fn batch(
        &self,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        let what = || format!("read {stream} from sequence {from} on directly");
        let subject = self.direct_get(stream);
        let body = json!({"seq": from, "batch": most, "max_bytes": max_bytes}).to_string();
        // Before the look at the state, so that no loss falls in between.
        let mut lost = self.status.losses();
        let mut watch = self.denials.watch(&subject);
        let Some(client) = self.live() else {
            return Err(self.status.down(what()));
        };
        // As long as the inboxes of the client's own requests, so that one permission covers both.
        let inbox = format!("{}.1", client.new_inbox());
        let broken = |error: String| StoreError::new(FaultKind::Disconnected, what(), error);
        let collected = async {
            let asked = async {
                let replies = client.subscribe(inbox.clone()).await.map_err(|e| e.to_string())?;
                let sent = client.publish_with_reply(subject, inbox, Bytes::from(body)).await;
                sent.map(|()| replies).map_err(|e| e.to_string())
            };
            let mut replies = match timeout(self.wait, asked).await {
                Ok(replies) => replies.map_err(broken)?,
                Err(_) => return Err(timed_out(self.wait, what())),
            };
            let batch = self.gather(&client, &mut replies, stream).await;
            let _ = replies.unsubscribe().await;
            match batch {
                Ok(Batch { last: None, end: End::Cut, .. }) => Err(silent(what())),
                Ok(batch) => Ok(batch),
                Err(detail) => Err(bad_reply(what(), detail)),
            }
        };
        tokio::select! {
            biased;
            batch = collected => batch,
            subject = watch.denied() => Err(self.denied(subject, what())),
            _ = lost.changed() => Err(self.status.lost_before_answer(what())),
        }
    }

    /// Takes the replies of one batch until its end, or until there is no next one.
    async fn gather(
        &self,
        client: &Client,
        replies: &mut Subscriber,
        stream: &StreamName,
    ) -> Result<Batch, String> {
        let mut batch = Batch { frames: Vec::new(), unclear: 0, last: None, end: End::Cut };
        loop {
            let reply = tokio::select! {
                biased;
                reply = replies.next() => reply,
                () = self.too_quiet(client) => None,
            };
            let Some(reply) = reply else { break };
            let (seq, in_batch) = match read(reply, stream) {
                Raw::Frame { frame, in_batch } => {
                    let seq = frame.seq;
                    batch.frames.push(frame);
                    (seq, in_batch)
                }
                Raw::Unclear { seq, in_batch } => {
                    batch.unclear += 1;
                    (seq, in_batch)
                }
                Raw::Nothing => {
                    batch.end = End::Whole;
                    break;
                }
                Raw::End { more } => {
                    batch.end = if more { End::Cut } else { End::Whole };
                    break;
                }
                Raw::Refused(detail) => return Err(detail),
            };
            if batch.last.is_some_and(|last| seq <= last) {
                return Err(format!("sequence {seq} came out of order"));
            }
            batch.last = Some(seq);
            if !in_batch {
                batch.end = End::NoBatches;
                break;
            }
        }
        Ok(batch)
    }
}

/// The error when a replica said nothing.
fn silent(what: String) -> StoreError {
    StoreError::new(FaultKind::Timeout, what, "nothing came of a direct get")
}

/// Whether a server of this version knows batches.
fn has_batches(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map(str::parse::<u64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (2, 11),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_came_with_2_11() {
        let versions = ["2.11.0", "2.15.1", "2.12.0-RC.1", "3.0.0", "v2.11.4"];
        assert!(versions.into_iter().all(has_batches));
        for version in ["2.10.25", "2.9.10", "1.99.0", "", "x.y", "2", "99999999999999999999.1"] {
            assert!(!has_batches(version), "{version}");
        }
    }
}
