//! What was printed, held slot by slot against what was acknowledged.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::Acknowledged;
use crate::support::acknowledged::digest;

/// What the records of a history come to.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) frames: BTreeSet<u64>,
    pub(super) unread: BTreeSet<u64>,
    /// What must never be: a slot that is not what was acknowledged, twice or out of order.
    pub(super) wrong: Vec<String>,
}

impl Shown {
    /// Of `history --format jsonl`, of a room from which nothing was deleted.
    pub(super) fn of(records: &str, truth: &Acknowledged) -> Self {
        let mut shown = Self::default();
        let mut next = None;
        for line in records.lines() {
            match serde_json::from_str(line) {
                Ok(record) => shown.take(&record, truth, &mut next),
                Err(error) => shown.wrong.push(format!("{error}: {line:.80}")),
            }
        }
        shown
    }

    fn take(&mut self, record: &Value, truth: &Acknowledged, next: &mut Option<u64>) {
        let number = |key: &str| record[key].as_u64();
        let (start, end) = match (number("seq"), number("start"), number("end")) {
            (Some(seq), ..) => (seq, seq),
            (None, Some(start), Some(end)) => (start, end),
            _ => return self.wrong.push(format!("no slot: {record}")),
        };
        if next.is_some_and(|next| next != start) {
            self.wrong.push(format!("{start} comes where {next:?} is due"));
        }
        *next = Some(end + 1);
        match record["type"].as_str().unwrap_or_default() {
            "frame" => {
                let data = record["base64"].as_str().and_then(|data| STANDARD.decode(data).ok());
                let digest = data.map(|data| digest(&data)).unwrap_or_default();
                if !truth.may_be(start, &digest) {
                    self.wrong.push(format!("{start} has other bytes than were acknowledged"));
                }
                self.frames.insert(start);
            }
            "unread" => self.unread.extend(start..=end),
            other => self.wrong.push(format!("{start}-{end} are said to be {other}: {record}")),
        }
    }

    /// All of these, each with its bytes, once and in order.
    #[track_caller]
    pub(super) fn assert_whole(&self, wanted: std::ops::RangeInclusive<u64>, context: &str) {
        self.assert_true(context);
        let some: Vec<_> = self.unread.iter().take(9).collect();
        assert!(some.is_empty(), "{context}: unread: {some:?} of {}", self.unread.len());
        let missing: Vec<_> = wanted.clone().filter(|seq| !self.frames.contains(seq)).collect();
        assert!(
            missing.is_empty(),
            "{context}: {} not shown: {:.9?}",
            missing.len(),
            missing.first()
        );
    }

    /// Nothing that is not so, whatever was left unread.
    #[track_caller]
    pub(super) fn assert_true(&self, context: &str) {
        let some: Vec<_> = self.wrong.iter().take(9).collect();
        assert!(some.is_empty(), "{context}: {} wrong: {some:#?}", self.wrong.len());
    }
}

/// The frames of an HTTP answer's body must be the newest so many of the room, as it was at some
/// moment of the request: at least up to `before`.
#[track_caller]
pub(super) fn assert_newest(body: &[u8], limit: u64, before: u64, truth: &Acknowledged) {
    let body: Value = serde_json::from_slice(body).unwrap();
    let frames: Vec<_> = body["messages"].as_array().unwrap().iter().collect();
    let digests: Vec<_> = frames
        .iter()
        .map(|frame| digest(&STANDARD.decode(frame.as_str().unwrap()).unwrap()))
        .collect();
    // Which sequence comes first is not in the body: any from which on all fit, up to the newest.
    let first = before.saturating_sub(limit) + 1;
    let count = digests.len() as u64;
    let fits = (first..=truth.last() + 1).any(|first| {
        let last = first + count - 1;
        last >= before && (first..).zip(&digests).all(|(seq, digest)| truth.may_be(seq, digest))
    });
    assert!(fits && count == limit.min(before), "{count} frames, {before} acknowledged");
}

#[test]
fn what_is_not_so_is_found() {
    use serde_json::json;
    let mut truth = Acknowledged::of("a");
    let payloads: Vec<Vec<u8>> = (1..=3).map(|n| vec![n]).collect();
    for (seq, payload) in (1..).zip(&payloads) {
        truth.stored.insert(seq, digest(payload));
    }
    let frame = |seq: usize, payload: &[u8]| {
        let data = STANDARD.encode(payload);
        json!({"type": "frame", "seq": seq, "base64": data})
    };
    let run = |kind: &str, start, end| json!({"type": kind, "start": start, "end": end});
    let of = |records: &[Value]| {
        let lines: Vec<_> = records.iter().map(Value::to_string).collect();
        Shown::of(&lines.join("\n"), &truth)
    };
    let all: Vec<_> = (1..).zip(&payloads).map(|(seq, bytes)| frame(seq, bytes)).collect();
    of(&all).assert_whole(1..=3, "all of it");
    let unread = of(&[all[0].clone(), run("unread", 2, 3)]);
    assert!(unread.wrong.is_empty() && unread.unread.len() == 2, "{unread:?}");
    for wrong in [
        vec![all[0].clone(), frame(2, b"other")],
        vec![all[0].clone(), all[2].clone()],
        vec![all[0].clone(), all[0].clone()],
        vec![all[1].clone(), all[0].clone()],
        vec![all[0].clone(), run("gap", 2, 2), all[2].clone()],
        vec![all[0].clone(), run("unreadable", 2, 3)],
        vec![frame(4, b"never published")],
        vec![json!({"type": "frame"})],
    ] {
        assert!(!of(&wrong).wrong.is_empty(), "{wrong:?}");
    }
}
