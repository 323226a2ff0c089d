//! A report as text and as JSON. The text is ASCII only, so that it survives any ticket system, and
//! no wider than 100 columns where that can be.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::assess::{Report, Verdict};
use super::gather::{Gathered, Outcome};
use super::line::{Line, Standing};
use crate::domain::format::{count, counted};
use crate::domain::ticket::{ascii, time, wrap};
use crate::domain::{Completeness, Connection, Cost, Room, Window, escape, format};

/// What a report says of itself.
#[derive(Debug, Clone)]
pub(super) struct About {
    /// When the room was checked.
    pub(super) now: Timestamp,
    pub(super) connection: Connection,
}

/// Columns of the names of a report's head.
const LABEL: usize = 10;
/// Columns before the details of a check.
const INDENT: usize = 13;

/// The report as text, without a line break at its end.
pub(super) fn text(about: &About, gathered: &Gathered, report: &Report) -> String {
    let mut out = format!("roomscope {} check at {}\n", env!("CARGO_PKG_VERSION"), time(about.now));
    let mut head = |label: &str, text: &str| wrap(&mut out, &format!("{label:LABEL$}"), text);
    head("room", &room(&gathered.room));
    head("stream", &stream(gathered));
    head("server", &server(&about.connection));
    if let Some(examined) = examined(gathered) {
        head("examined", &examined);
    }
    head("requests", &requests(&gathered.cost));
    out.push('\n');
    for line in &report.lines {
        let word = line.standing.word();
        wrap(&mut out, &format!("{word:9}  {:10}  ", line.check), &line.summary);
        for detail in &line.details {
            wrap(&mut out, &" ".repeat(INDENT), detail);
        }
    }
    out.push('\n');
    if let Some(completeness) = report.completeness {
        wrap(&mut out, "complete  ", &format!("{}{}", completeness.word(), read(gathered)));
        for why in &report.why {
            wrap(&mut out, "          ", why);
        }
    }
    wrap(&mut out, "verdict   ", &(verdict(report) + &rest(gathered)));
    if report.verdict == Verdict::NotExplained {
        let (n, id) = (report.unexplained, &gathered.room.id);
        let words = format!(
            "Where people delete or purge on purpose: roomscope check {id} --accept-missing={n}, or \
             accept_missing = {n} of this room in the rooms file."
        );
        wrap(&mut out, "          ", &words);
    }
    ascii(&out)
}

fn room(room: &Room) -> String {
    let name = match &room.name {
        Some(name) => format!("{} ({})", room.id, escape::text(name)),
        None => room.id.to_string(),
    };
    let encrypted = match (room.encrypted, room.known_from.file) {
        (true, true) => "encrypted",
        (true, false) => "taken to be encrypted, since no rooms file names it",
        (false, _) => "not encrypted",
    };
    format!("{name}, {encrypted}")
}

fn stream(gathered: &Gathered) -> String {
    let name = gathered.room.id.stream();
    let Some(info) = gathered.info() else { return name.to_string() };
    let subjects: Vec<_> =
        info.config.subjects.iter().map(|subject| escape::text(subject)).collect();
    format!("{name} on {}", subjects.join(", "))
}

fn server(connection: &Connection) -> String {
    match connection {
        Connection::Local { label } => format!("the embedded {label}, no server"),
        Connection::Connected { address, server, version, account, .. } => {
            let account =
                account.as_ref().map_or(String::new(), |name| format!(", account {name}"));
            format!("{server}, version {version}, at {address}{account}")
        }
        Connection::Connecting { tried, .. }
        | Connection::Reconnecting { tried, .. }
        | Connection::Denied { tried, .. } => format!("not connected; tried {tried}"),
    }
}

fn examined(gathered: &Gathered) -> Option<String> {
    let Outcome::Read(reading) = &gathered.outcome else { return None };
    let state = &reading.info.state;
    let Some(until) = reading.until else { return Some("nothing".into()) };
    let range = |from, to| format!("{}-{}", count(from), count(to));
    Some(format!(
        "sequences {} of {}: {} frames, {}",
        range(reading.window.start(), until),
        range(state.first_seq.max(1), state.last_seq),
        count(reading.findings.frames),
        format::bytes(reading.findings.bytes)
    ))
}

/// What the server was asked.
fn requests(cost: &Cost) -> String {
    let mut parts = vec![format!("{} for the stream's state", count(cost.info))];
    let others = [(cost.frames, "for frames"), (cost.gaps, "for gaps"), (cost.failed, "failed")];
    let others = others.into_iter().filter(|(n, _)| *n > 0);
    parts.extend(others.map(|(n, what)| format!("{} {what}", count(n))));
    format!("{} ({}); none of them writes", count(cost.requests()), parts.join(", "))
}

fn verdict(report: &Report) -> String {
    let said = |before: &str, names: String| {
        if names.is_empty() { names } else { format!("{before}{names}") }
    };
    let noted = said("; noted: ", report.of(Standing::Note));
    let wrong = report.of(Standing::Wrong);
    let missing = counted(report.unexplained, "missing sequence");
    match report.verdict {
        Verdict::Fine if report.accepted => format!("Fine: {missing} accepted{noted}."),
        Verdict::Fine => format!("Fine{noted}."),
        Verdict::NotExplained => format!("NOT EXPLAINED: {missing}{noted}."),
        Verdict::Wrong if report.completeness == Some(Completeness::Damaged) => {
            format!("WRONG, damaged{}{noted}.", said(": ", wrong))
        }
        Verdict::Wrong if wrong.is_empty() => format!("WRONG, by --strict{noted}."),
        Verdict::Wrong => format!("WRONG: {wrong}{noted}."),
        Verdict::Unchecked => {
            let unchecked = report.of(Standing::Unchecked);
            format!("COULD NOT BE CHECKED: {unchecked}{}{noted}.", said("; WRONG: ", wrong))
        }
    }
}

/// How much of the stream the frames that were read are, where that is not all.
fn read(gathered: &Gathered) -> String {
    match &gathered.outcome {
        Outcome::Read(reading) if reading.findings.frames < reading.info.state.messages => {
            let all = counted(reading.info.state.messages, "message");
            format!("; {} of {all} read", count(reading.findings.frames))
        }
        _ => String::new(),
    }
}

/// What the verdict does not speak of.
fn rest(gathered: &Gathered) -> String {
    let Outcome::Read(reading) = &gathered.outcome else { return String::new() };
    let (state, start) = (&reading.info.state, reading.window.start());
    let all = Window::new(state.first_seq.max(1), state.last_seq);
    if reading.broken.is_some() || all.is_none_or(|all| start <= all.start()) {
        return String::new();
    }
    format!(" Frames below {} were not examined (--last all does).", count(start))
}

/// The report as one JSON object. Names are as they are, not escaped.
pub(super) fn object(about: &About, gathered: &Gathered, report: &Report) -> Value {
    let room = &gathered.room;
    let examined = match &gathered.outcome {
        Outcome::Read(reading) => json!({
            "start": reading.window.start(), "end": reading.until,
            "frames": reading.findings.frames, "bytes": reading.findings.bytes,
        }),
        _ => Value::Null,
    };
    json!({
        "type": "check",
        "room": room.id.as_str(),
        "name": room.name,
        "encrypted": room.encrypted,
        "stream": room.id.stream().as_str(),
        "roomscope": env!("CARGO_PKG_VERSION"),
        "time": about.now,
        "server": json_of_server(&about.connection),
        "verdict": match report.verdict {
            Verdict::Fine => "fine",
            Verdict::Wrong => "wrong",
            Verdict::Unchecked => "unchecked",
            Verdict::NotExplained => "not-explained",
        },
        "completeness": report.completeness.map(Completeness::name),
        "why": report.why,
        "unexplained": report.unexplained,
        "accepted": report.accepted,
        "examined": examined,
        "requests": json_of_cost(&gathered.cost),
        "checks": report.lines.iter().map(json_of_line).collect::<Vec<_>>(),
    })
}

pub(in crate::cli) fn json_of_server(connection: &Connection) -> Value {
    match connection {
        Connection::Connected { address, server, version, account, .. } => {
            json!({"name": server, "version": version, "address": address, "account": account})
        }
        _ => Value::Null,
    }
}

pub(in crate::cli) fn json_of_cost(cost: &Cost) -> Value {
    json!({
        "all": cost.requests(), "info": cost.info, "frames": cost.frames,
        "gaps": cost.gaps, "failed": cost.failed, "bytes": cost.bytes,
    })
}

fn json_of_line(line: &Line) -> Value {
    let mut fields = Map::new();
    fields.insert("check".into(), line.check.into());
    fields.insert("standing".into(), line.standing.word().to_lowercase().into());
    fields.insert("summary".into(), line.summary.as_str().into());
    fields.extend(line.data.clone());
    fields.into()
}
