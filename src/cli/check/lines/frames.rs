//! What the frames that were read say.

use serde_json::json;

use super::{edge, failure, few, items, range};
use crate::cli::check::assess::{Line, Standing};
use crate::cli::check::gather::Reading;
use crate::domain::audit::{Back, Few, Leak, MOST_DIGESTS, Repeat};
use crate::domain::cause::removals;
use crate::domain::plaintext::LEAST_JUDGED;
use crate::domain::ticket::time;
use crate::domain::{Edge, Fault, FaultKind, Findings, Gap, GapCause, Unread, format};

/// That the reading ended before its end.
pub(in crate::cli::check) fn broken(reading: &Reading) -> Option<Line> {
    let fault = reading.broken.as_ref()?;
    let why = failure(fault);
    let text = match reading.until {
        Some(until) => format!("ended after sequence {}: {why}", format::count(until)),
        None => why,
    };
    Some(Line::new("reading", Standing::Unchecked, text))
}

/// Sequences without a message, in all of the stream and in the part that was read.
pub(in crate::cli::check) fn gaps(reading: &Reading) -> Line {
    let Reading { info, findings, .. } = reading;
    let (inside, head) = (info.state.num_deleted, info.state.before_first());
    let is_none = (inside, head, findings.missing) == (0, 0, 0);
    let standing = if is_none { Standing::Ok } else { Standing::Note };
    let runs = format::counted(findings.gaps.total(), "run");
    let mut parts = Vec::new();
    if inside == findings.missing && inside > 0 {
        parts.push(format!("{} missing in {runs}", format::counted(inside, "sequence")));
    } else if (inside, findings.missing) != (0, 0) {
        parts.push(format!("{} missing inside the stream", format::counted(inside, "sequence")));
        parts.push(format!("{} in {runs} of what was examined", format::count(findings.missing)));
    }
    if head > 0 {
        parts.push(format!("{} before the first one", format::count(head)));
    }
    if parts.is_empty() {
        parts.push("none".into());
    }
    let heads = Gap::before_first(info);
    let mut details: Vec<String> = heads.iter().map(gap).collect();
    details.extend(few(&findings.gaps, gap));
    // What a cause means is said once, of the first gap that has it.
    let mut causes: Vec<GapCause> = Vec::new();
    for gap in heads.iter().chain(findings.gaps.kept()) {
        if !causes.contains(&gap.cause) {
            causes.push(gap.cause);
            details.push(format!("({}) {}", gap.cause.word(), gap.words()));
        }
    }
    let can = removals(info).into_iter().filter(|removal| removal.what.is_limit());
    let can: Vec<String> = can.map(|removal| removal.words).collect();
    if !can.is_empty() && !is_none {
        details.push(format!("In force now, and can have removed messages: {}.", can.join("; ")));
    }
    let item = |gap: &Gap| super::record(gap);
    let data = items(
        &findings.gaps,
        item,
        json!({"missing": findings.missing, "missing_in_stream": inside, "before_first": head,
            "head": super::records(&heads)}),
    );
    Line::new("gaps", standing, parts.join("; ")).details(details).data(data)
}

fn gap(gap: &Gap) -> String {
    let range = format::range(gap.range);
    let count = match gap.range.len() {
        1 => String::new(),
        n => format!(" ({})", format::count(n)),
    };
    let at = |edge: Edge| format!("{} ({})", format::count(edge.seq), time(edge.time));
    let beside = match (gap.before, gap.after) {
        (Some(before), Some(after)) => format!(", between {} and {}", at(before), at(after)),
        (Some(before), None) => format!(", after {}", at(before)),
        (None, Some(after)) => format!(", before {}", at(after)),
        (None, None) => String::new(),
    };
    format!("{range}{count}: {}{beside}", gap.cause.word())
}

/// Sequences that the server counts as stored and does not give; nothing where there are none.
pub(in crate::cli::check) fn unreadable(reading: &Reading) -> Option<Line> {
    let findings = &reading.findings;
    let n = findings.unreadable_sequences();
    let first = findings.unreadable.kept().first()?;
    let failed = findings.of(GapCause::Unreadable) > 0;
    let standing = match (failed, reading.unreadable_again) {
        (true, true) => Standing::Wrong,
        _ => Standing::Unchecked,
    };
    let again = if reading.unreadable_again { ", and could not give some seconds ago" } else { "" };
    let text = format!("{} that the server cannot give now{again}", format::counted(n, "sequence"));
    let mut details = few(&findings.unreadable, gap);
    details.push(first.words());
    let item = |gap: &Gap| super::record(gap);
    let data = items(
        &findings.unreadable,
        item,
        json!({"sequences": n, "again": reading.unreadable_again}),
    );
    Some(Line::new("unreadable", standing, text).details(details).data(data))
}

/// Sequences that were not given. Where nothing was, nothing was checked either.
pub(in crate::cli::check) fn unread(findings: &Findings) -> Line {
    let is_ours = |run: &Unread| run.fault.kind == FaultKind::Disconnected;
    let standing = match (findings.unread_sequences, findings.frames) {
        (0, _) => Standing::Ok,
        (_, 0) => Standing::Unchecked,
        // A connection that was lost is no fault of the stream.
        _ if findings.unread.kept().iter().all(is_ours) => Standing::Unchecked,
        _ => Standing::Wrong,
    };
    let text = match findings.unread_sequences {
        0 => format!("none of the {} examined", format::counted(findings.slots(), "sequence")),
        n => {
            format!("{} could not be read; nothing is said of them", format::counted(n, "sequence"))
        }
    };
    let item = |run: &Unread| {
        let mut item = range(run.range);
        if let Some(item) = item.as_object_mut() {
            item.insert("error".into(), run.fault.text.as_str().into());
        }
        item
    };
    let data = items(&findings.unread, item, json!({"sequences": findings.unread_sequences}));
    Line::new("unread", standing, text).details(unread_runs(&findings.unread)).data(data)
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
    let mut lines: Vec<String> = kinds
        .into_iter()
        .map(|(fault, ranges)| format!("{}: {}", ranges.join(", "), failure(fault)))
        .collect();
    if unread.more() > 0 {
        lines.push(format!("and {} more", format::counted(unread.more(), "run")));
    }
    lines
}

/// Store times that go back.
pub(in crate::cli::check) fn clock(findings: &Findings) -> Line {
    let back = |back: &Back| {
        let by = u64::try_from(back.by().as_nanos()).unwrap_or_default();
        format!(
            "{} ({}): {} before {}, which it follows",
            format::count(back.at.seq),
            time(back.at.time),
            format::duration(by),
            format::count(back.before.seq)
        )
    };
    let item = |back: &Back| {
        json!({"at": edge(back.at), "before": edge(back.before),
            "back_ns": u64::try_from(back.by().as_nanos()).unwrap_or_default()})
    };
    let data = items(&findings.back, item, json!({}));
    let (standing, text) = match findings.back.total() {
        0 => {
            let n = format::counted(findings.frames, "frame");
            (Standing::Ok, format!("store times never go back in {n}"))
        }
        n => {
            let n = format::counted(n, "frame");
            (Standing::Wrong, format!("{n} stored at an earlier time than the one before"))
        }
    };
    Line::new("clock", standing, text).details(few(&findings.back, back)).data(data)
}

/// Payloads that were stored before.
pub(in crate::cli::check) fn repeats(findings: &Findings) -> Line {
    let (standing, text) = match (findings.repeats.total(), findings.alike.total()) {
        (0, 0) => {
            let n = format::counted(findings.frames, "frame");
            (Standing::Ok, format!("no payload twice in {n} (by SHA-256)"))
        }
        (0, n) => {
            let n = format::counted(n, "frame");
            (Standing::Note, format!("{n} with the payload of an earlier one (by SHA-256)"))
        }
        (n, _) => {
            let n = format::counted(n, "frame");
            (Standing::Wrong, format!("{n} stored again (same payload by SHA-256)"))
        }
    };
    let repeat = |repeat: &Repeat| {
        let id = if repeat.same_id { ", same Nats-Msg-Id" } else { "" };
        let digest: String = repeat.sha256.chars().take(16).collect();
        format!(
            "{} ({}) repeats {}: {}{id}, sha256 {digest}...",
            format::count(repeat.at.seq),
            time(repeat.at.time),
            format::count(repeat.first),
            format::bytes(repeat.size)
        )
    };
    let mut details = few(&findings.repeats, repeat);
    details.extend(few(&findings.alike, repeat));
    if findings.not_kept > 0 {
        details.push(format!(
            "only the first {} payloads were kept to compare with; {} were not",
            format::count(MOST_DIGESTS as u64),
            format::count(findings.not_kept)
        ));
    }
    let item = |repeat: &Repeat| {
        json!({"at": edge(repeat.at), "first": repeat.first, "size": repeat.size,
            "sha256": repeat.sha256, "same_msg_id": repeat.same_id})
    };
    let data = items(
        &findings.repeats,
        item,
        json!({"alike": items(&findings.alike, item, json!({})),
            "not_compared_with": findings.not_kept}),
    );
    Line::new("duplicates", standing, text).details(details).data(data)
}

/// Frames that can be read by anyone, in an encrypted room.
pub(in crate::cli::check) fn plaintext(findings: &Findings) -> Line {
    let Some(found) = &findings.plaintext else {
        let text = "not judged: the room is not encrypted";
        return Line::new("plaintext", Standing::Ok, text).data(json!({"judged": false}));
    };
    let judged = findings.judged();
    let (standing, text) = match (found.leaks.total(), found.mixed.total()) {
        (0, 0) => {
            (Standing::Ok, format!("none of {} can be read", format::counted(judged, "frame")))
        }
        (0, n) => (
            Standing::Note,
            format!("{} with sentences beside unreadable data", format::counted(n, "frame")),
        ),
        (n, _) => (
            Standing::Wrong,
            format!(
                "{} of {} can be read by anyone",
                format::count(n),
                format::counted(judged, "frame")
            ),
        ),
    };
    let leak = |leak: &Leak| {
        format!(
            "{} ({}): {}, {}",
            format::count(leak.at.seq),
            time(leak.at.time),
            format::bytes(leak.size),
            leak.reason.words()
        )
    };
    let mixed = |at: &Edge| {
        let (seq, time) = (format::count(at.seq), time(at.time));
        format!("{seq} ({time}): sentences beside data that cannot be read (noted)")
    };
    let mut details = few(&found.leaks, leak);
    details.extend(few(&found.mixed, mixed));
    if found.short > 0 {
        let short = format::counted(found.short, "frame");
        details.push(format!("{short} of less than {LEAST_JUDGED} bytes, too short to judge"));
    }
    let item = |leak: &Leak| {
        json!({"seq": leak.at.seq, "time": leak.at.time, "size": leak.size,
            "reason": leak.reason.words()})
    };
    let data = items(
        &found.leaks,
        item,
        json!({"mixed": items(&found.mixed, |at| edge(*at), json!({})), "judged": judged,
            "too_short": found.short, "least_judged_bytes": LEAST_JUDGED}),
    );
    Line::new("plaintext", standing, text).details(details).data(data)
}
