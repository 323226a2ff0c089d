//! What the frames that were read say.

use serde_json::{Value, json};

use super::gather::Reading;
use super::line::{Line, Standing, edge, failure, items, range, record};
use crate::domain::audit::{Back, Few, Leak, MOST_DIGESTS, Marked, Repeat};
use crate::domain::cause::removals;
use crate::domain::format::{self, count, counted};
use crate::domain::plaintext::LEAST_JUDGED;
use crate::domain::server_headers::Batch;
use crate::domain::ticket::time;
use crate::domain::{Edge, Fault, FaultKind, Findings, Gap, GapCause, Unread, escape};

/// That the reading ended before its end.
pub(super) fn broken(reading: &Reading) -> Option<Line> {
    let why = failure(reading.broken.as_ref()?);
    let text = match reading.until {
        Some(until) => format!("ended after sequence {}: {why}", count(until)),
        None => why,
    };
    Some(Line::new("reading", Standing::Unchecked, text))
}

/// Sequences without a message, in all of the stream and in the part that was read.
pub(super) fn gaps(reading: &Reading) -> Line {
    let Reading { info, findings, .. } = reading;
    let (inside, head) = (info.state.num_deleted, info.state.before_first());
    let is_none = (inside, head, findings.missing) == (0, 0, 0);
    let standing = if is_none { Standing::Ok } else { Standing::Note };
    let runs = counted(findings.gaps.total(), "run");
    let mut parts = Vec::new();
    if inside == findings.missing && inside > 0 {
        parts.push(format!("{} missing in {runs}", counted(inside, "sequence")));
    } else if (inside, findings.missing) != (0, 0) {
        parts.push(format!("{} missing inside the stream", counted(inside, "sequence")));
        parts.push(format!("{} in {runs} of what was examined", count(findings.missing)));
    }
    if head > 0 {
        parts.push(format!("{} before the first one", count(head)));
    }
    if parts.is_empty() {
        parts.push("none".into());
    }
    let heads = Gap::before_first(info);
    // What a cause means is said once, of the first gap that has it.
    let mut causes: Vec<&Gap> = Vec::new();
    for gap in heads.iter().chain(findings.gaps.kept()) {
        if !causes.iter().any(|told| told.cause == gap.cause) {
            causes.push(gap);
        }
    }
    let can = removals(info).into_iter().filter(|removal| removal.what.is_limit());
    let can: Vec<String> = can.map(|removal| removal.words).collect();
    let can = (!can.is_empty() && !is_none)
        .then(|| format!("In force now, and can have removed messages: {}.", can.join("; ")));
    Line::new("gaps", standing, parts.join("; "))
        .details(heads.iter().map(gap))
        .few(&findings.gaps, gap)
        .details(causes.iter().map(|gap| format!("({}) {}", gap.cause.word(), gap.words())))
        .details(can)
        .items(&findings.gaps, record)
        .data(json!({"missing": findings.missing, "missing_in_stream": inside,
            "before_first": head, "head": heads.iter().map(record).collect::<Vec<_>>()}))
}

fn gap(gap: &Gap) -> String {
    let range = format::range(gap.range);
    let n = match gap.range.len() {
        1 => String::new(),
        n => format!(" ({})", count(n)),
    };
    let beside = match (gap.before.map(at), gap.after.map(at)) {
        (Some(before), Some(after)) => format!(", between {before} and {after}"),
        (Some(before), None) => format!(", after {before}"),
        (None, Some(after)) => format!(", before {after}"),
        (None, None) => String::new(),
    };
    format!("{range}{n}: {}{beside}", gap.cause.word())
}

/// A frame by its sequence and time.
fn at(edge: Edge) -> String {
    format!("{} ({})", count(edge.seq), time(edge.time))
}

/// Sequences that the server counts as stored and does not give; nothing where there are none.
pub(super) fn unreadable(reading: &Reading) -> Option<Line> {
    let findings = &reading.findings;
    let n = findings.unreadable_sequences();
    let first = findings.unreadable.kept().first()?;
    let failed = findings.of(GapCause::Unreadable) > 0;
    let again = reading.unreadable_again;
    let standing = if failed && again { Standing::Wrong } else { Standing::Unchecked };
    let words = if again { ", and could not give some seconds ago" } else { "" };
    let text = format!("{} that the server cannot give now{words}", counted(n, "sequence"));
    let line = Line::new("unreadable", standing, text)
        .few(&findings.unreadable, gap)
        .details([first.words()])
        .items(&findings.unreadable, record);
    Some(line.data(json!({"sequences": n, "again": again})))
}

/// Sequences that were not given. Where nothing was, nothing was checked either.
pub(super) fn unread(findings: &Findings) -> Line {
    let is_ours = |run: &Unread| run.fault.kind == FaultKind::Disconnected;
    let n = findings.unread_sequences;
    let standing = match (n, findings.frames) {
        (0, _) => Standing::Ok,
        (_, 0) => Standing::Unchecked,
        // A connection that was lost is no fault of the stream.
        _ if findings.unread.kept().iter().all(is_ours) => Standing::Unchecked,
        _ => Standing::Wrong,
    };
    let text = match n {
        0 => format!("none of the {} examined", counted(findings.slots(), "sequence")),
        n => format!("{} could not be read; nothing is said of them", counted(n, "sequence")),
    };
    let item = |run: &Unread| {
        let mut item = range(run.range);
        if let Some(item) = item.as_object_mut() {
            item.insert("error".into(), run.fault.text.as_str().into());
        }
        item
    };
    Line::new("unread", standing, text)
        .details(unread_runs(&findings.unread))
        .items(&findings.unread, item)
        .data(json!({"sequences": n}))
}

/// The runs that could not be read, those of one kind of fault in one line.
fn unread_runs(unread: &Few<Unread>) -> Vec<String> {
    let mut kinds: Vec<(&Fault, Vec<String>)> = Vec::new();
    for run in unread.kept() {
        let range = format::range(run.range);
        match kinds.iter_mut().find(|(fault, _)| fault.kind == run.fault.kind) {
            Some((_, ranges)) => ranges.push(range),
            None => kinds.push((&run.fault, vec![range])),
        }
    }
    let line = |(fault, ranges): (&Fault, Vec<String>)| {
        format!("{}: {}", ranges.join(", "), failure(fault))
    };
    let more = (unread.more() > 0).then(|| format!("and {} more", counted(unread.more(), "run")));
    kinds.into_iter().map(line).chain(more).collect()
}

/// Store times that go back.
pub(super) fn clock(findings: &Findings) -> Line {
    let nanos = |back: &Back| u64::try_from(back.by().as_nanos()).unwrap_or_default();
    let back = |back: &Back| {
        let (by, before) = (format::duration(nanos(back)), count(back.before.seq));
        format!("{}: {by} before {before}, which it follows", at(back.at))
    };
    let item = |back: &Back| json!({"at": edge(back.at), "before": edge(back.before), "back_ns": nanos(back)});
    let (standing, text) = match findings.back.total() {
        0 => {
            let n = counted(findings.frames, "frame");
            (Standing::Ok, format!("store times never go back in {n}"))
        }
        n => {
            let n = counted(n, "frame");
            (Standing::Wrong, format!("{n} stored at an earlier time than the one before"))
        }
    };
    Line::new("clock", standing, text).few(&findings.back, back).items(&findings.back, item)
}

/// Payloads that were stored before.
pub(super) fn repeats(findings: &Findings) -> Line {
    let frames = |n| counted(n, "frame");
    let (standing, text) = match (findings.repeats.total(), findings.alike.total()) {
        (0, 0) => {
            (Standing::Ok, format!("no payload twice in {} (by SHA-256)", frames(findings.frames)))
        }
        (0, n) => {
            let n = frames(n);
            (Standing::Note, format!("{n} with the payload of an earlier one (by SHA-256)"))
        }
        (n, _) => {
            (Standing::Wrong, format!("{} stored again (same payload by SHA-256)", frames(n)))
        }
    };
    let repeat = |repeat: &Repeat| {
        let id = if repeat.same_id { ", same Nats-Msg-Id" } else { "" };
        let (first, size) = (count(repeat.first), format::bytes(repeat.size));
        let digest: String = repeat.sha256.chars().take(16).collect();
        format!("{} repeats {first}: {size}{id}, sha256 {digest}...", at(repeat.at))
    };
    let item = |repeat: &Repeat| {
        json!({"at": edge(repeat.at), "first": repeat.first, "size": repeat.size,
            "sha256": repeat.sha256, "same_msg_id": repeat.same_id})
    };
    let not_kept = (findings.not_kept > 0).then(|| {
        format!(
            "only the first {} payloads were kept to compare with; {} were not",
            count(MOST_DIGESTS as u64),
            count(findings.not_kept)
        )
    });
    Line::new("duplicates", standing, text)
        .few(&findings.repeats, repeat)
        .few(&findings.alike, repeat)
        .details(not_kept)
        .items(&findings.repeats, item)
        .data(json!({"alike": items(&findings.alike, item),
            "not_compared_with": findings.not_kept}))
}

/// Frames that can be read by anyone, in an encrypted room.
pub(super) fn plaintext(findings: &Findings) -> Line {
    let Some(found) = &findings.plaintext else {
        let text = "not judged: the room is not encrypted";
        return Line::new("plaintext", Standing::Ok, text).data(json!({"judged": false}));
    };
    let judged = findings.judged();
    let of = counted(judged, "frame");
    let (standing, text) = match (found.leaks.total(), found.mixed.total()) {
        (0, 0) => (Standing::Ok, format!("none of {of} can be read")),
        (0, n) => {
            let n = counted(n, "frame");
            (Standing::Note, format!("{n} with sentences beside unreadable data"))
        }
        (n, _) => (Standing::Wrong, format!("{} of {of} can be read by anyone", count(n))),
    };
    let leak = |leak: &Leak| {
        format!("{}: {}, {}", at(leak.at), format::bytes(leak.size), leak.reason.words())
    };
    let mixed =
        |edge: &Edge| format!("{}: sentences beside data that cannot be read (noted)", at(*edge));
    let short = (found.short > 0).then(|| {
        let short = counted(found.short, "frame");
        format!("{short} of less than {LEAST_JUDGED} bytes, too short to judge")
    });
    let item = |leak: &Leak| {
        json!({"seq": leak.at.seq, "time": leak.at.time, "size": leak.size,
            "reason": leak.reason.words()})
    };
    Line::new("plaintext", standing, text)
        .few(&found.leaks, leak)
        .few(&found.mixed, mixed)
        .details(short)
        .items(&found.leaks, item)
        .data(json!({"mixed": items(&found.mixed, |at| edge(*at)), "judged": judged,
            "too_short": found.short, "least_judged_bytes": LEAST_JUDGED}))
}

/// Frames that are not messages of people, as their headers say; nothing where there are none.
pub(super) fn markers(findings: &Findings) -> Option<Line> {
    let markers = &findings.headers.markers;
    let text = format!(
        "{} of {} say with Nats-Marker-Reason that the server made them, and have no payload; any \
         client can publish the same",
        count(markers.total()),
        counted(findings.frames, "frame")
    );
    let item = |marked: &Marked| json!({"at": edge(marked.at), "reason": marked.reason});
    let line = Line::new("markers", Standing::Ok, text).items(markers, item);
    (!markers.is_empty()).then_some(line)
}

/// Atomic batches of which members are not where they must be; nothing where there are none.
pub(super) fn batches(reading: &Reading) -> Option<Line> {
    let (headers, first) = (&reading.findings.headers, reading.info.state.first_seq);
    let all = match headers.batches {
        1 => "1 atomic batch".into(),
        n => format!("{} atomic batches", count(n)),
    };
    let text = format!(
        "{} of {all} not whole, though such a batch is stored whole or not at all",
        count(headers.broken.total())
    );
    let told = |batch: &Batch| batch.sentence("what was examined", first);
    let line = |batch: &Batch| {
        format!("{} from {}: {}", escape::bytes(&batch.id), count(batch.first), told(batch))
    };
    let item = |batch: &Batch| {
        json!({"id": escape::bytes(&batch.id), "first": batch.first, "last_read": batch.last,
            "read": batch.read, "members": batch.members_in_all(),
            "missing": batch.missing.iter().map(|run| range(*run)).collect::<Vec<Value>>(),
            "words": told(batch)})
    };
    let unchecked = Batch::unchecked(&reading.info.config).map(|why| format!("({why}.)"));
    let line = Line::new("batches", Standing::Note, text)
        .few(&headers.broken, line)
        .details(unchecked)
        .items(&headers.broken, item)
        .data(json!({"batches": headers.batches, "whole": headers.whole}));
    (!headers.broken.is_empty()).then_some(line)
}
