//! What the server says of the stream itself.

use serde_json::json;

use crate::cli::check::assess::{Line, Standing};
use crate::domain::ticket::time;
use crate::domain::{Drift, Gap, GapCause, Peer, Room, StreamInfo, Window, escape, format};
use crate::domain::{audit, limits};

pub(in crate::cli::check) fn stream(info: &StreamInfo) -> Line {
    let state = &info.state;
    let span = match (state.first_seq, state.last_seq) {
        (_, 0) => "nothing was ever stored".into(),
        (first, last) if first > last => format!("empty; the last sequence was {last}"),
        (first, last) => format!("sequences {}-{}", format::count(first), format::count(last)),
    };
    let text = format!(
        "{}, {}, {span}",
        format::counted(state.messages, "message"),
        format::bytes(state.bytes)
    );
    let mut details = Vec::new();
    if let (Some(first), Some(last)) = (state.first_time, state.last_time) {
        details.push(format!("first stored {}, last {}", time(first), time(last)));
    }
    let as_of = info
        .as_of
        .map_or_else(String::new, |ts| format!("; as of {} by the server's clock", time(ts)));
    details.push(format!("created {}{as_of}", time(info.created)));
    Line::new("stream", Standing::Ok, text).details(details).data(json!({
        "messages": state.messages, "bytes": state.bytes,
        "first_seq": state.first_seq, "last_seq": state.last_seq,
        "first_time": state.first_time, "last_time": state.last_time, "created": info.created,
        "as_of": info.as_of,
        "num_deleted": state.num_deleted, "before_first": state.before_first(),
    }))
}

pub(in crate::cli::check) fn config(room: &Room, drift: &Drift) -> Line {
    let differing: Vec<String> = drift
        .fields
        .iter()
        .map(|field| {
            let (wanted, found) = (escape::text(&field.wanted), escape::text(&field.found));
            let fixed = if field.changeable { "" } else { " (cannot be changed in place)" };
            format!("{}: {found}, where the contract wants {wanted}{fixed}", field.field)
        })
        .collect();
    let others: Vec<String> = drift
        .others
        .iter()
        .map(|(name, value)| {
            let name = escape::text(name);
            format!("besides, {name} is {}", limits::words(&name, value, true))
        })
        .collect();
    let (standing, mut text) = match (differing.len(), others.len()) {
        (0, 0) => (Standing::Ok, "as the contract makes it".into()),
        (0, n) => {
            let n = format::counted(n as u64, "other field");
            (Standing::Note, format!("as the contract makes it; {n} off the default"))
        }
        (n, _) => {
            let n = format::counted(n as u64, "field");
            (Standing::Wrong, format!("drift: {n} not as the contract makes it"))
        }
    };
    if room.subject.is_none() {
        text.push_str("; which subject is right is not known");
    }
    let fields: Vec<_> = drift
        .fields
        .iter()
        .map(|f| json!({"field": f.field, "wanted": f.wanted, "found": f.found}))
        .collect();
    let data = json!({"drift": fields, "others": drift.others});
    Line::new("config", standing, text).details(differing.into_iter().chain(others)).data(data)
}

pub(in crate::cli::check) fn replicas(info: &StreamInfo) -> Line {
    let wanted = info.config.replicas.max(1);
    let wanted_peers = wanted as usize - 1;
    let bad = |peer: &&Peer| peer.offline || !peer.current;
    let ill = info.peers.iter().filter(bad).count();
    let absent = wanted_peers.saturating_sub(info.peers.len());
    let details: Vec<String> = info.peers.iter().map(peer).collect();
    let on = info.leader.as_ref().map_or(String::new(), |leader| format!(", leader {leader}"));
    let copies = if wanted == 1 { "1 copy".into() } else { format!("{wanted} copies") };
    let text = if info.leader.is_none() && wanted > 1 {
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
    let wrong = ill + absent > 0 || info.leader.is_none() && wanted > 1;
    let standing = if wrong { Standing::Wrong } else { Standing::Ok };
    let peers: Vec<_> = info
        .peers
        .iter()
        .map(|peer| {
            json!({"name": peer.name, "current": peer.current, "offline": peer.offline,
                "active_ns": peer.active, "lag": peer.lag})
        })
        .collect();
    let data = json!({"replicas": wanted, "leader": info.leader, "peers": peers});
    Line::new("replicas", standing, text).details(details).data(data)
}

fn peer(peer: &Peer) -> String {
    let state = match (peer.offline, peer.current) {
        (true, _) => "offline",
        (false, true) => "current",
        (false, false) => "not current",
    };
    let unit = if peer.active < 1_000_000_000 { 1_000_000 } else { 1_000_000_000 };
    let active = peer.active / unit * unit;
    let lag = format::counted(peer.lag, "operation");
    format!("{}: {state}, {lag} behind, heard of {} ago", peer.name, format::duration(active))
}

/// What the server itself reports of damage, and what of it cannot be read now.
pub(in crate::cli::check) fn lost(info: &StreamInfo, lost: &[Window]) -> Line {
    let line = |standing, text: String| Line::new("lost", standing, text);
    let Some(reported) = &info.state.lost else {
        let text = info.state.loss_not_told().unwrap_or_default();
        return line(Standing::Unchecked, text).data(json!({"count": null}));
    };
    if reported.is_none() {
        let text = "the server reports none; it mostly forgets a loss when it is started again";
        return line(Standing::Ok, text.into()).data(json!({"count": 0}));
    }
    let count: u64 = lost.iter().map(|run| run.len()).sum();
    let is_fine = count == 0 && !reported.unnamed;
    let now = match count {
        0 if reported.unnamed => "which are gone is not told".to_owned(),
        0 => "all that it names can be read now".into(),
        n => format!("{} cannot be read now", format::counted(n, "sequence")),
    };
    let kept = lost.iter().take(audit::MOST_KEPT);
    let mut details: Vec<String> = kept.clone().map(|run| format::range(*run)).collect();
    let more = lost.len() - details.len();
    if more > 0 {
        details.push(format!("and {more} more runs"));
    }
    let runs: Vec<_> = kept.map(|run| super::range(*run)).collect();
    let standing = if is_fine { Standing::Note } else { Standing::Wrong };
    line(standing, format!("{}; {now}", reported.words())).details(details).data(json!({
        "count": count, "items": runs, "more": more, "named": reported.seqs.len(),
        "bytes": reported.bytes, "unnamed": reported.unnamed, "forgotten": reported.earlier,
        "leader": reported.by.leader, "as_of": reported.by.as_of,
    }))
}

/// The gaps of a stream without messages.
pub(in crate::cli::check) fn no_messages(info: &StreamInfo) -> Line {
    let gone = info.state.last_seq;
    let gaps = Gap::before_first(info);
    let line = |standing, text: String| Line::new("gaps", standing, text);
    let line = if gone == 0 {
        line(Standing::Ok, "none: this server knows of no sequence that was given out".into())
    } else {
        let text = format!("no message is left of {}", format::counted(gone, "sequence"));
        let below = gaps.iter().find(|gap| gap.cause == GapCause::BeforeFirst);
        line(Standing::Note, text).details(below.map(Gap::words))
    };
    line.data(json!({"missing": gone, "items": super::records(&gaps)}))
}
