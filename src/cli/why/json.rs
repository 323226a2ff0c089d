//! The answer as one JSON object.

use serde_json::{Map, Value, json};

use crate::domain::cause::why::{Asked, Looked, Reason, Why};
use crate::domain::{Connection, Cost};

/// The answer. Names are as they are, not escaped.
pub(super) fn object(asked: &Asked<'_>, why: &Why, cost: &Cost) -> Value {
    json!({
        "type": "why",
        "room": asked.room.id.as_str(),
        "name": asked.room.name,
        "stream": asked.room.id.stream().as_str(),
        "roomscope": env!("CARGO_PKG_VERSION"),
        "time": asked.now,
        "as_of": asked.stream().and_then(|info| info.as_of),
        "server": server(asked.connection),
        "found": match asked.looked {
            Looked::NotYet | Looked::Failed(_) => Value::Null,
            Looked::NoStream => false.into(),
            Looked::Stream(_) => true.into(),
        },
        "last": asked.last,
        "window": asked.window(),
        "completeness": why.completeness.map(crate::domain::Completeness::name),
        "why": why.judged,
        "reasons": why.reasons.iter().map(reason).collect::<Vec<_>>(),
        "requests": {
            "all": cost.requests(), "info": cost.info, "frames": cost.frames,
            "gaps": cost.gaps, "failed": cost.failed, "bytes": cost.bytes,
        },
    })
}

fn server(connection: &Connection) -> Value {
    match connection {
        Connection::Connected { address, server, version, account, .. } => {
            json!({"name": server, "version": version, "address": address, "account": account})
        }
        _ => Value::Null,
    }
}

fn reason(reason: &Reason) -> Value {
    let mut evidence = Map::new();
    evidence.insert("words".into(), json!(reason.words));
    for (name, fact) in &reason.facts {
        evidence.insert((*name).into(), json!(fact));
    }
    json!({
        "reason": reason.what.name(),
        "title": reason.what.title(),
        "answer": reason.answer.name(),
        "sequences": reason.sequences.map(|sequences| sequences.n),
        "bound": reason.sequences.map(|sequences| sequences.bound.name()),
        "evidence": evidence,
        "proof": reason.proof.as_ref().map(|proof| json!({
            "words": proof.words,
            "requests": proof.price.map(|price| price.requests),
            "bytes": proof.price.map(|price| price.bytes),
        })),
    })
}
