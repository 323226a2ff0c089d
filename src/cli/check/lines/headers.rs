//! What the headers that servers make say: lines only where there is something to say.

use serde_json::json;

use super::{edge, few, items, range};
use crate::cli::check::assess::{Line, Standing};
use crate::cli::check::gather::Reading;
use crate::domain::audit::Marked;
use crate::domain::server_headers::Batch;
use crate::domain::{Findings, escape, format};

/// Markers, and batches that are not whole.
pub(in crate::cli::check) fn said(reading: &Reading) -> impl Iterator<Item = Line> {
    markers(&reading.findings).into_iter().chain(batches(reading))
}

/// Frames that are not messages of people, as they say.
fn markers(findings: &Findings) -> Option<Line> {
    let markers = &findings.headers.markers;
    if markers.is_empty() {
        return None;
    }
    let text = format!(
        "{} of {} say with Nats-Marker-Reason that the server made them, and have no payload; any \
         client can publish the same",
        format::count(markers.total()),
        format::counted(findings.frames, "frame")
    );
    let item = |marked: &Marked| json!({"at": edge(marked.at), "reason": marked.reason});
    Some(Line::new("markers", Standing::Ok, text).data(items(markers, item, json!({}))))
}

/// Atomic batches of which members are not where they must be.
fn batches(reading: &Reading) -> Option<Line> {
    let (headers, first) = (&reading.findings.headers, reading.info.state.first_seq);
    if headers.broken.is_empty() {
        return None;
    }
    let text = format!(
        "{} of {} not whole, though such a batch is stored whole or not at all",
        format::count(headers.broken.total()),
        match headers.batches {
            1 => "1 atomic batch".into(),
            n => format!("{} atomic batches", format::count(n)),
        }
    );
    let told = |batch: &Batch| batch.sentence("what was examined", first);
    let line = |batch: &Batch| {
        format!("{} from {}: {}", escape::bytes(&batch.id), format::count(batch.first), told(batch))
    };
    let item = |batch: &Batch| {
        json!({"id": escape::bytes(&batch.id), "first": batch.first, "last_read": batch.last,
            "read": batch.read, "members": batch.members_in_all(),
            "missing": batch.missing.iter().map(|run| range(*run)).collect::<Vec<_>>(),
            "words": told(batch)})
    };
    let besides = json!({"batches": headers.batches, "whole": headers.whole});
    let mut details = few(&headers.broken, line);
    details.extend(Batch::unchecked(&reading.info.config).map(|why| format!("({why}.)")));
    let line = Line::new("batches", Standing::Note, text).details(details);
    Some(line.data(items(&headers.broken, item, besides)))
}
