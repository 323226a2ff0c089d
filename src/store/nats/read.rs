//! Reading: one message, one stream, the lists.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::connect::Link;
use super::request::{bad_reply, parse};
use super::wire::{GetReply, InfoReply, ListReply, NamesReply, StoredMessage, WireInfo};
use crate::domain::{FaultKind, Frame, Lost, StreamInfo, StreamName, frame};
use crate::store::{Get, InfoPage, NamePage, StoreError};

/// "No message found": the only answer that says that a sequence holds nothing.
const NO_MESSAGE: FaultKind = FaultKind::Server(10037);

impl Link {
    pub(super) async fn get(
        &self,
        stream: &StreamName,
        at: Get,
    ) -> Result<Option<Frame>, StoreError> {
        let what = || match at {
            Get::Exact(seq) => format!("read sequence {seq} of {stream}"),
            Get::AtOrAfter(seq) => format!("read the first at or after {seq} of {stream}"),
        };
        let body = match at {
            Get::Exact(seq) => json!({"seq": seq}),
            Get::AtOrAfter(seq) => json!({"seq": seq, "next_by_subj": ">"}),
        };
        let Some(frame) = self.stored(stream, &body, &what).await? else { return Ok(None) };
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

    /// With `start_time` alone, 2.15.1 says 10037 for a time whose block lost its last messages;
    /// with `next_by_subj` beside it, it finds the next one. Before 2.11 the latter is answered as
    /// if there were no time.
    pub(super) async fn since(
        &self,
        stream: &StreamName,
        time: Timestamp,
    ) -> Result<Option<Frame>, StoreError> {
        let what = || format!("read the first since {time} of {stream}");
        let body = json!({"start_time": time.to_string(), "next_by_subj": ">"});
        self.stored(stream, &body, &what).await
    }

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

    pub(super) async fn info(
        &self,
        stream: &StreamName,
        deleted: bool,
    ) -> Result<StreamInfo, StoreError> {
        let mut info = self.raw_info(stream, deleted).await?.into_info();
        if deleted {
            details(&mut info);
        }
        Ok(info)
    }

    /// One stream with its configuration as sent.
    pub(super) async fn raw_info(
        &self,
        stream: &StreamName,
        deleted: bool,
    ) -> Result<WireInfo, StoreError> {
        let what = || format!("look up {stream}");
        let body = if deleted { json!({"deleted_details": true}) } else { json!({}) };
        let subject = self.subjects.api(&format!("STREAM.INFO.{}", stream.as_str()));
        let reply = self.request(subject, &body, &what).await?;
        let reply: InfoReply = parse(&reply, &what)?;
        reply.info().ok_or_else(|| bad_reply(what(), "it holds no stream"))
    }

    pub(super) async fn names(&self, offset: u64) -> Result<NamePage, StoreError> {
        let what = || "list the stream names".to_owned();
        let subject = self.subjects.api("STREAM.NAMES");
        let reply = self.request(subject, &json!({"offset": offset}), &what).await?;
        let reply: NamesReply = parse(&reply, &what)?;
        Ok(NamePage { names: reply.streams.unwrap_or_default(), total: reply.total })
    }

    pub(super) async fn list(&self, offset: u64) -> Result<InfoPage, StoreError> {
        let what = || "list the streams".to_owned();
        let subject = self.subjects.api("STREAM.LIST");
        let reply = self.request(subject, &json!({"offset": offset}), &what).await?;
        Ok(page(parse(&reply, &what)?))
    }
}

/// A server puts a stream that cannot be reached into both lists, with a made-up empty state
/// beside its name: that state is not shown. Each name counts once.
fn page(reply: ListReply<'_>) -> InfoPage {
    let mut missing = reply.missing.unwrap_or_default();
    missing.sort_unstable();
    let offline: Vec<_> = reply
        .offline
        .unwrap_or_default()
        .into_iter()
        .map(|(name, why)| (name, why.as_str().unwrap_or("offline").to_owned()))
        .collect();
    let unreached: BTreeSet<&str> = missing
        .iter()
        .map(String::as_str)
        .chain(offline.iter().map(|(name, _)| name.as_str()))
        .collect();
    let mut entries = unreached.len();
    let mut streams = Vec::new();
    for entry in reply.streams.unwrap_or_default() {
        let Ok(info) = serde_json::from_str::<WireInfo>(entry.get()) else {
            entries += 1;
            continue;
        };
        let name = info.config.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if unreached.contains(name.as_str()) {
            continue;
        }
        entries += 1;
        streams.push((name, info.into_info()));
    }
    InfoPage {
        streams,
        entries: u64::try_from(entries).unwrap_or(u64::MAX),
        total: reply.total,
        missing,
        offline,
    }
}

/// Fills in what the server leaves out of an answer with details: an empty list, and a report of
/// damage where there is none.
fn details(info: &mut StreamInfo) {
    let by = info.witness();
    let state = &mut info.state;
    if state.num_deleted == 0 && state.deleted.is_none() {
        state.deleted = Some([].into());
    }
    let lost = state.lost.take().unwrap_or_default();
    state.lost = Some(Lost { by, ..lost });
}

fn frame_of(message: StoredMessage<'_>) -> Result<Frame, base64::DecodeError> {
    let decode =
        |text: Option<std::borrow::Cow<'_, str>>| STANDARD.decode(text.as_deref().unwrap_or(""));
    Ok(Frame {
        seq: message.seq,
        time: message.time,
        subject: message.subject,
        headers: frame::parse_headers(&decode(message.hdrs)?),
        payload: decode(message.data)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Peer;

    #[test]
    fn a_list_with_unreachable_streams_counts_each_once() {
        let stream = |name: &str| {
            json!({"config": {"name": name}, "created": "2026-11-23T14:10:56.2+02:00",
                "state": {"messages": 0, "new_field": 1}, "new_field": 1})
        };
        let reply = json!({"total": 9, "limit": 256, "offset": 0, "missing": ["c", "b"],
            "offline": {"d": "needs a newer server"},
            "streams": [stream("a"), stream("b"), stream("d"), {"config": {"name": "odd"}}]});
        let reply = reply.to_string();
        let page = page(serde_json::from_str(&reply).unwrap());
        assert_eq!(page.entries, 5);
        assert_eq!(page.total, 9);
        let names: Vec<_> = page.streams.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a"]);
        assert_eq!(page.missing, ["b", "c"]);
        assert_eq!(page.offline, [("d".into(), "needs a newer server".into())]);
    }

    #[test]
    fn lost_sequences_and_zero_times_are_read() {
        let info: WireInfo = serde_json::from_value(json!({
            "config": {}, "created": "2026-11-23T14:10:56.214080946Z",
            "cluster": {"name": "c", "leader": "n\u{1b}1", "replicas": [
                {"name": "n2"},
                {"name": "n3\u{7}", "current": true, "active": 340_000_000, "lag": 7, "peer": "x"}]},
            "state": {"messages": 1, "first_seq": 1, "last_seq": 9, "first_ts": "0001-01-01T00:00:00Z", "deleted": [5, 0, 3],
                "last_ts": "2026-11-23T14:10:57Z", "lost": {"msgs": [9, 7], "bytes": 10}}
        }))
        .unwrap();
        let info = info.into_info();
        let lost = info.state.lost.unwrap();
        assert_eq!((&*lost.seqs, lost.bytes, lost.unnamed), ([7, 9].as_slice(), 10, false));
        assert_eq!(info.state.flaw, Some(crate::domain::ListFlaw::Outside));
        assert_eq!(info.state.deleted.as_deref(), Some([3, 5].as_slice()));
        assert_eq!(info.state.first_time, None);
        assert!(info.state.last_time.is_some());
        assert_eq!(info.leader.as_deref(), Some("n\\x1b1"));
        let peer = |name: &str, current, active, lag| Peer {
            name: name.into(),
            current,
            offline: false,
            active,
            lag,
        };
        let expected = [peer("n2", false, 0, 0), peer("n3\\x07", true, 340_000_000, 7)];
        assert_eq!(info.peers, expected);
    }

    fn led(cluster: Value) -> (Option<String>, bool) {
        let info: WireInfo = serde_json::from_value(json!({
            "config": {}, "created": "2026-11-23T14:10:56Z", "cluster": cluster,
            "state": {"messages": 1, "first_seq": 1, "last_seq": 1}
        }))
        .unwrap();
        let info = info.into_info();
        (info.leader, info.leaderless)
    }

    #[test]
    fn the_answer_of_a_member_without_a_leader_is_told_from_all_others() {
        let peer = |current: bool, active: u64| json!({"current": current, "active": active});
        let (well, gone) = (peer(true, 900_000_000), peer(false, 10_038_071_392));
        // Cut off, it calls them current for 10 s; after 4 the others may have another leader.
        let unheard = peer(true, 3_600_000_000);
        // As 2.15.1 sends them: a server by itself, in a list, and one copy in a cluster.
        assert_eq!(led(json!({"leader": "NABC"})), (Some("NABC".into()), false));
        assert_eq!(led(json!(null)), (None, false));
        assert_eq!(led(json!({"name": "c", "leader": "n2"})), (Some("n2".into()), false));
        let three = |leader: Option<&str>, peers: &[&Value]| {
            led(json!({"name": "c", "leader": leader, "replicas": peers}))
        };
        assert_eq!(three(Some("n1"), &[&well, &well]), (Some("n1".into()), false));
        assert_eq!(three(Some("n1"), &[&well, &gone]), (Some("n1".into()), false));
        assert_eq!(three(Some("n1"), &[&gone, &gone]), (Some("n1".into()), true), "no quorum");
        assert_eq!(three(Some("n1"), &[&unheard, &unheard]), (Some("n1".into()), true));
        assert_eq!(three(Some("n1"), &[&unheard, &well]), (Some("n1".into()), false));
        // One that catches up is heard of.
        let behind = peer(false, 20_000_000);
        assert_eq!(three(Some("n1"), &[&behind, &behind]), (Some("n1".into()), false));
        assert_eq!(three(None, &[&gone, &gone, &well]), (None, true));
        assert!(led(json!({"name": "c", "leader": "n1", "replicas": [&gone]})).1, "one of two");
    }

    #[test]
    fn sums_and_lists_that_contradict_themselves_are_kept_as_they_are() {
        let state = |state: Value| -> crate::domain::StreamState {
            let info: WireInfo = serde_json::from_value(json!({
                "config": {}, "created": "2026-11-23T14:10:56Z", "state": state
            }))
            .unwrap();
            info.into_info().state
        };
        let fresh = state(json!({"messages": 0, "last_seq": 0, "num_deleted": 1, "deleted": [0]}));
        assert_eq!(
            (fresh.num_deleted, fresh.flaw, fresh.deleted.as_deref()),
            (0, None, Some(&[][..]))
        );
        let odd = state(json!({"messages": 90, "first_seq": 1, "last_seq": 100, "num_deleted": 3}));
        assert_eq!((odd.num_deleted, odd.adds_up()), (3, false));
        let list = |deleted: &[u64]| {
            state(json!({"messages": 98, "first_seq": 1, "last_seq": 100, "num_deleted": 2,
                "deleted": deleted}))
            .flaw
        };
        use crate::domain::ListFlaw::{Length, Outside, Repeated};
        assert_eq!(list(&[7, 5]), None, "out of order is put in order");
        assert_eq!(list(&[5, 5]), Some(Repeated));
        assert_eq!(list(&[5]), Some(Length));
        assert_eq!(list(&[5, 101]), Some(Outside));
        let lost =
            |lost| state(json!({"messages": 1, "first_seq": 1, "last_seq": 1, "lost": lost}));
        for msgs in [json!(null), json!([])] {
            let lost = lost(json!({"msgs": msgs, "bytes": 12321})).lost.unwrap();
            assert_eq!((lost.bytes, lost.unnamed, lost.seqs.len()), (12_321, true, 0));
        }
    }
}
