//! What a slot of a page is as a JSON record: a line of `history --format jsonl`, and of a bundle
//! where it is no frame.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Edge, Evidence, Frame, Gap, GapCause, Header, Slot, StreamState, Unread, Window, Witness,
    encode, server_headers,
};

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Record<'a> {
    Frame(FrameRecord<'a>),
    /// Sequences that hold no message.
    Gap(GapRecord),
    /// Sequences that the server counts as stored and does not give.
    Unreadable(GapRecord),
    /// Sequences that could not be read.
    Unread(UnreadRecord<'a>),
}

#[derive(Debug, Serialize)]
pub(crate) struct FrameRecord<'a> {
    seq: u64,
    /// RFC 3339, UTC.
    time: Timestamp,
    subject: &'a str,
    /// The reason of a frame that says it is the server's marker, and has no payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<&'static str>,
    headers: Vec<HeaderRecord<'a>>,
    /// Bytes of the payload.
    size: usize,
    sha256: String,
    base64: String,
}

/// A header line; names and values that are not UTF-8 are in base64.
#[derive(Debug, Serialize)]
struct HeaderRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_base64: Option<String>,
    /// Absent where the line had no colon.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_base64: Option<String>,
}

/// Sequences for which there is no frame.
#[derive(Debug, Serialize)]
pub(crate) struct GapRecord {
    start: u64,
    end: u64,
    count: u64,
    /// The whole hole, where it is known to go on beyond these.
    #[serde(skip_serializing_if = "Option::is_none")]
    hole: Option<Ends>,
    cause: &'static str,
    evidence: EvidenceRecord,
    words: String,
    /// The nearest frames below and above, where known.
    before: Option<EdgeRecord>,
    after: Option<EdgeRecord>,
}

/// What a cause stands on. What does not apply is left out.
#[derive(Debug, Serialize)]
struct EvidenceRecord {
    /// Whether the server's list of deleted sequences names them.
    #[serde(skip_serializing_if = "Option::is_none")]
    listed: Option<bool>,
    /// Who reported them as lost, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_lost: Option<WitnessRecord>,
    /// Whether the latest answer does not repeat that report.
    #[serde(skip_serializing_if = "Option::is_none")]
    forgotten: Option<bool>,
    /// "No message" (10037), twice, a list that counts them read before each.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<[u32; 2]>,
    first_seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    configured_first_seq: Option<u64>,
    #[serde(flatten)]
    by: WitnessRecord,
}

/// Whose word it is, and of when by its own clock.
#[derive(Debug, Serialize)]
struct WitnessRecord {
    leader: Option<String>,
    /// Absent where the server told none, and where it would make two readings differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<Timestamp>,
}

/// A run of sequences.
#[derive(Debug, Serialize)]
struct Ends {
    start: u64,
    end: u64,
}

/// A frame beside a gap.
#[derive(Debug, Serialize)]
struct EdgeRecord {
    seq: u64,
    time: Timestamp,
}

/// Sequences that could not be read: nothing is said of whether they hold a message.
#[derive(Debug, Serialize)]
pub(crate) struct UnreadRecord<'a> {
    start: u64,
    end: u64,
    count: u64,
    error: &'a str,
    evidence: UnreadEvidence,
    words: &'static str,
    /// The frames beside it are not looked for.
    before: Option<EdgeRecord>,
    after: Option<EdgeRecord>,
}

/// What kept a run from being read.
#[derive(Debug, Serialize)]
struct UnreadEvidence {
    /// The kind of failure, as "no answer".
    kind: &'static str,
}

/// What is true of every run that could not be read.
pub(crate) const UNREAD: &str =
    "They could not be read, which says nothing of whether messages are stored there.";

/// The record of a slot.
pub(crate) fn of(slot: &Slot) -> Record<'_> {
    match slot {
        Slot::Frame(frame) => Record::Frame(of_frame(frame)),
        Slot::Gap(gap) => Record::Gap(of_gap(gap)),
        Slot::Unreadable(gap) => Record::Unreadable(of_gap(gap)),
        Slot::Unread(Unread { range, fault }) => {
            let (start, end, count) = ends(*range);
            Record::Unread(UnreadRecord {
                start,
                end,
                count,
                error: &fault.text,
                evidence: UnreadEvidence { kind: fault.kind.word() },
                words: UNREAD,
                before: None,
                after: None,
            })
        }
    }
}

/// The record of a slot without the moments of answers: of a stream that stays the same, two
/// readings then give the same.
pub(crate) fn timeless(slot: &Slot) -> Record<'_> {
    let mut record = of(slot);
    if let Record::Gap(gap) | Record::Unreadable(gap) = &mut record {
        gap.evidence.by.as_of = None;
        gap.evidence.reported_lost.iter_mut().for_each(|by| by.as_of = None);
    }
    record
}

/// The record of a slot of a stream in this state, which tells how far a hole goes on.
pub(crate) fn of_part<'a>(slot: &'a Slot, stream: &StreamState) -> Record<'a> {
    let Slot::Gap(gap) = slot else { return of(slot) };
    let hole = gap.beyond(stream).map(|hole| Ends { start: hole.start(), end: hole.end() });
    Record::Gap(GapRecord { hole, ..of_gap(gap) })
}

fn of_gap(gap: &Gap) -> GapRecord {
    let edge = |edge: Edge| EdgeRecord { seq: edge.seq, time: edge.time };
    let (start, end, count) = ends(gap.range);
    GapRecord {
        start,
        end,
        count,
        hole: None,
        cause: gap.cause.name(),
        evidence: of_evidence(gap.cause, &gap.evidence),
        words: gap.words(),
        before: gap.before.map(edge),
        after: gap.after.map(edge),
    }
}

fn of_evidence(cause: GapCause, evidence: &Evidence) -> EvidenceRecord {
    let witness = |by: &Witness| WitnessRecord { leader: by.leader.clone(), as_of: by.as_of };
    EvidenceRecord {
        listed: evidence.listed,
        reported_lost: evidence.reported.as_ref().map(witness),
        forgotten: evidence.reported.as_ref().map(|_| evidence.earlier),
        answered: cause.is_unreadable().then_some([10037, 10037]),
        first_seq: evidence.first_seq,
        configured_first_seq: evidence.configured_first,
        by: witness(&evidence.by),
    }
}

fn of_frame(frame: &Frame) -> FrameRecord<'_> {
    FrameRecord {
        seq: frame.seq,
        time: frame.time,
        subject: &frame.subject,
        marker: server_headers::marker(frame),
        headers: frame.headers.iter().map(of_header).collect(),
        size: frame.payload.len(),
        sha256: encode::sha256(&frame.payload),
        base64: encode::base64(&frame.payload),
    }
}

fn of_header(header: &Header) -> HeaderRecord<'_> {
    HeaderRecord {
        name: text(&header.name),
        name_base64: base64(&header.name),
        value: header.value.as_deref().and_then(text),
        value_base64: header.value.as_deref().and_then(base64),
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn base64(bytes: &[u8]) -> Option<String> {
    text(bytes).is_none().then(|| STANDARD.encode(bytes))
}

const fn ends(range: Window) -> (u64, u64, u64) {
    (range.start(), range.end(), range.len())
}
