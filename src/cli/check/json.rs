//! A report as one JSON object.

use serde_json::{Map, Value, json};

use super::About;
use super::assess::{Line, Report, Standing, Verdict};
use super::gather::{Gathered, Outcome};
use crate::domain::Connection;

/// The report. Names are as they are, not escaped.
pub(super) fn object(about: &About, gathered: &Gathered, report: &Report) -> Value {
    let room = &gathered.room;
    let cost = &gathered.cost;
    json!({
        "type": "check",
        "room": room.id.as_str(),
        "name": room.name,
        "encrypted": room.encrypted,
        "stream": room.id.stream().as_str(),
        "roomscope": env!("CARGO_PKG_VERSION"),
        "time": about.now,
        "server": server(&about.connection),
        "verdict": match report.verdict {
            Verdict::Fine => "fine",
            Verdict::Wrong => "wrong",
            Verdict::Unchecked => "unchecked",
            Verdict::NotExplained => "not-explained",
        },
        "completeness": report.completeness.map(crate::domain::Completeness::name),
        "why": report.why,
        "unexplained": report.unexplained,
        "accepted": report.accepted,
        "examined": examined(gathered),
        "requests": {
            "all": cost.requests(), "info": cost.info, "frames": cost.frames,
            "gaps": cost.gaps, "failed": cost.failed, "bytes": cost.bytes,
        },
        "checks": report.lines.iter().map(check).collect::<Vec<_>>(),
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

fn examined(gathered: &Gathered) -> Value {
    match &gathered.outcome {
        Outcome::Read(reading) => json!({
            "start": reading.window.start(),
            "end": reading.until,
            "frames": reading.findings.frames,
            "bytes": reading.findings.bytes,
        }),
        _ => Value::Null,
    }
}

fn check(line: &Line) -> Value {
    let mut fields = Map::new();
    fields.insert("check".into(), line.check.into());
    let standing = match line.standing {
        Standing::Ok => "ok",
        Standing::Note => "note",
        Standing::Wrong => "wrong",
        Standing::Unchecked => "unchecked",
    };
    fields.insert("standing".into(), standing.into());
    fields.insert("summary".into(), line.summary.as_str().into());
    fields.extend(line.data.as_object().cloned().unwrap_or_default());
    Value::Object(fields)
}
