//! What the server says of the stream itself.

use serde_json::{Value, json};

use super::line::{Line, Standing, range, record};
use crate::domain::format::{self, counted};
use crate::domain::ticket::time;
use crate::domain::{Drift, Gap, GapCause, Peer, Room, StreamInfo, Window, audit, escape, limits};

pub(super) fn stream(info: &StreamInfo) -> Line {
    let state = &info.state;
    let span = match (state.first_seq, state.last_seq) {
        (_, 0) => "nothing was ever stored".into(),
        (first, last) if first > last => format!("empty; the last sequence was {last}"),
        (first, last) => format!("sequences {}-{}", format::count(first), format::count(last)),
    };
    let (messages, bytes) = (counted(state.messages, "message"), format::bytes(state.bytes));
    let ends = state.first_time.zip(state.last_time);
    let ends = ends.map(|(a, b)| format!("first stored {}, last {}", time(a), time(b)));
    let as_of = info.as_of.map(|ts| format!("; as of {} by the server's clock", time(ts)));
    let created = format!("created {}{}", time(info.created), as_of.unwrap_or_default());
    Line::new("stream", Standing::Ok, format!("{messages}, {bytes}, {span}"))
        .details(ends.into_iter().chain([created]))
        .data(json!({
            "messages": state.messages, "bytes": state.bytes,
            "first_seq": state.first_seq, "last_seq": state.last_seq,
            "first_time": state.first_time, "last_time": state.last_time,
            "created": info.created, "as_of": info.as_of,
            "num_deleted": state.num_deleted, "before_first": state.before_first(),
        }))
}

pub(super) fn config(room: &Room, drift: &Drift) -> Line {
    let (differing, others) = (drift.fields.len() as u64, drift.others.len() as u64);
    let (standing, mut text) = match (differing, others) {
        (0, 0) => (Standing::Ok, "as the contract makes it".into()),
        (0, n) => {
            let n = counted(n, "other field");
            (Standing::Note, format!("as the contract makes it; {n} off the default"))
        }
        (n, _) => {
            let n = counted(n, "field");
            (Standing::Wrong, format!("drift: {n} not as the contract makes it"))
        }
    };
    if room.subject.is_none() {
        text.push_str("; which subject is right is not known");
    }
    let fields = drift.fields.iter();
    let data: Vec<Value> = fields
        .clone()
        .map(|f| json!({"field": f.field, "wanted": f.wanted, "found": f.found}))
        .collect();
    let fields = fields.map(|field| {
        let (wanted, found) = (escape::text(&field.wanted), escape::text(&field.found));
        let fixed = if field.changeable { "" } else { " (cannot be changed in place)" };
        format!("{}: {found}, where the contract wants {wanted}{fixed}", field.field)
    });
    let others = drift.others.iter().map(|(name, value)| {
        let name = escape::text(name);
        format!("besides, {name} is {}", limits::words(&name, value, true))
    });
    Line::new("config", standing, text)
        .details(fields.chain(others))
        .data(json!({"drift": data, "others": drift.others}))
}

pub(super) fn replicas(info: &StreamInfo) -> Line {
    let wanted = info.config.replicas.max(1);
    let ill = info.peers.iter().filter(|peer| peer.offline || !peer.current).count();
    let absent = (wanted as usize - 1).saturating_sub(info.peers.len());
    let on = info.leader.as_ref().map_or(String::new(), |leader| format!(", leader {leader}"));
    let copies = if wanted == 1 { "1 copy".into() } else { format!("{wanted} copies") };
    let has_no_leader = info.leader.is_none() && wanted > 1;
    let text = if has_no_leader {
        format!("{copies}, no leader")
    } else if ill + absent > 0 {
        let ill = (ill > 0).then(|| format!(", {ill} of them offline or behind"));
        let absent = (absent > 0).then(|| format!(", {absent} of them not there"));
        format!("{copies}{on}{}{}", ill.unwrap_or_default(), absent.unwrap_or_default())
    } else if wanted > 1 {
        format!("{copies}{on}, which calls all current")
    } else {
        format!("{copies}{on}")
    };
    let is_wrong = ill + absent > 0 || has_no_leader;
    let standing = if is_wrong { Standing::Wrong } else { Standing::Ok };
    let data = |peer: &Peer| {
        json!({"name": peer.name, "current": peer.current, "offline": peer.offline,
            "active_ns": peer.active, "lag": peer.lag})
    };
    let peers: Vec<Value> = info.peers.iter().map(data).collect();
    Line::new("replicas", standing, text)
        .details(info.peers.iter().map(peer))
        .data(json!({"replicas": wanted, "leader": info.leader, "peers": peers}))
}

fn peer(peer: &Peer) -> String {
    let state = match (peer.offline, peer.current) {
        (true, _) => "offline",
        (false, true) => "current",
        (false, false) => "not current",
    };
    let unit = if peer.active < 1_000_000_000 { 1_000_000 } else { 1_000_000_000 };
    let active = format::duration(peer.active / unit * unit);
    let lag = counted(peer.lag, "operation");
    format!("{}: {state}, {lag} behind, heard of {active} ago", peer.name)
}

/// What the server itself reports of damage, and what of it cannot be read now.
pub(super) fn lost(info: &StreamInfo, lost: &[Window]) -> Line {
    let line = |standing, text: &str| Line::new("lost", standing, text);
    let Some(reported) = &info.state.lost else {
        let text = info.state.loss_not_told().unwrap_or_default();
        return line(Standing::Unchecked, &text).data(json!({"count": null}));
    };
    if reported.is_none() {
        let text = "the server reports none; it mostly forgets a loss when it is started again";
        return line(Standing::Ok, text).data(json!({"count": 0}));
    }
    let count: u64 = lost.iter().map(|run| run.len()).sum();
    let is_fine = count == 0 && !reported.unnamed;
    let now = match count {
        0 if reported.unnamed => "which are gone is not told".to_owned(),
        0 => "all that it names can be read now".into(),
        n => format!("{} cannot be read now", counted(n, "sequence")),
    };
    let kept = lost.iter().take(audit::MOST_KEPT);
    let more = lost.len() - kept.len();
    let standing = if is_fine { Standing::Note } else { Standing::Wrong };
    line(standing, &format!("{}; {now}", reported.words()))
        .details(kept.clone().map(|run| format::range(*run)))
        .details((more > 0).then(|| format!("and {more} more runs")))
        .data(json!({
            "count": count, "items": kept.map(|run| range(*run)).collect::<Vec<Value>>(),
            "more": more, "named": reported.seqs.len(),
            "bytes": reported.bytes, "unnamed": reported.unnamed, "forgotten": reported.earlier,
            "leader": reported.by.leader, "as_of": reported.by.as_of,
        }))
}

/// The gaps of a stream without messages.
pub(super) fn no_messages(info: &StreamInfo) -> Line {
    let gone = info.state.last_seq;
    let gaps = Gap::before_first(info);
    let (standing, text, below) = if gone == 0 {
        let text = "none: this server knows of no sequence that was given out".into();
        (Standing::Ok, text, None)
    } else {
        let text = format!("no message is left of {}", counted(gone, "sequence"));
        (Standing::Note, text, gaps.iter().find(|gap| gap.cause == GapCause::BeforeFirst))
    };
    Line::new("gaps", standing, text)
        .details(below.map(Gap::words))
        .data(json!({"missing": gone, "items": gaps.iter().map(record).collect::<Vec<Value>>()}))
}
