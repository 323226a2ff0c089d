//! A report as text: ASCII only, so that it survives any ticket system, and no wider than 100
//! columns where that can be.

use super::About;
use super::assess::{Report, Standing, Verdict};
use super::gather::{Gathered, Outcome};
use crate::domain::ticket::{ascii, time, wrap};
use crate::domain::{Completeness, Connection, Cost, Room, StreamInfo, Window, escape, format};

/// Columns of the names of a report's head.
const LABEL: usize = 10;
/// Columns before the details of a check.
const INDENT: usize = 13;

/// The report. Ends without a line break.
pub(super) fn report(about: &About, gathered: &Gathered, report: &Report) -> String {
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

fn info(gathered: &Gathered) -> Option<&StreamInfo> {
    match &gathered.outcome {
        Outcome::NoStream | Outcome::Failed(_) => None,
        Outcome::Empty(info) => Some(info),
        Outcome::Read(reading) => Some(&reading.info),
    }
}

fn stream(gathered: &Gathered) -> String {
    let name = gathered.room.id.stream();
    match info(gathered) {
        Some(info) => {
            let subjects: Vec<_> =
                info.config.subjects.iter().map(|subject| escape::text(subject)).collect();
            format!("{name} on {}", subjects.join(", "))
        }
        None => name.to_string(),
    }
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
    let Outcome::Read(reading) = &gathered.outcome else {
        return None;
    };
    let state = &reading.info.state;
    let Some(until) = reading.until else { return Some("nothing".into()) };
    let range = |from, to| format!("{}-{}", format::count(from), format::count(to));
    Some(format!(
        "sequences {} of {}: {} frames, {}",
        range(reading.window.start(), until),
        range(state.first_seq.max(1), state.last_seq),
        format::count(reading.findings.frames),
        format::bytes(reading.findings.bytes)
    ))
}

/// What the server was asked.
pub(super) fn requests(cost: &Cost) -> String {
    let mut parts = vec![format!("{} for the stream's state", format::count(cost.info))];
    for (n, what) in [(cost.frames, "for frames"), (cost.gaps, "for gaps"), (cost.failed, "failed")]
    {
        if n > 0 {
            parts.push(format!("{} {what}", format::count(n)));
        }
    }
    format!("{} ({}); none of them writes", format::count(cost.requests()), parts.join(", "))
}

fn verdict(report: &Report) -> String {
    let noted = report.of(Standing::Note);
    let noted =
        if noted.is_empty() { String::new() } else { format!("; noted: {}", noted.join(", ")) };
    let names = |standing| report.of(standing).join(", ");
    let wrong = names(Standing::Wrong);
    match report.verdict {
        Verdict::Fine if report.accepted => {
            let n = format::counted(report.unexplained, "missing sequence");
            format!("Fine: {n} accepted{noted}.")
        }
        Verdict::Fine => format!("Fine{noted}."),
        Verdict::NotExplained => {
            let n = format::counted(report.unexplained, "missing sequence");
            format!("NOT EXPLAINED: {n}{noted}.")
        }
        Verdict::Wrong if report.completeness == Some(Completeness::Damaged) => {
            let also = if wrong.is_empty() { wrong } else { format!(": {wrong}") };
            format!("WRONG, damaged{also}{noted}.")
        }
        Verdict::Wrong if wrong.is_empty() => format!("WRONG, by --strict{noted}."),
        Verdict::Wrong => format!("WRONG: {wrong}{noted}."),
        Verdict::Unchecked => {
            let wrong = if wrong.is_empty() { wrong } else { format!("; WRONG: {wrong}") };
            format!("COULD NOT BE CHECKED: {}{wrong}{noted}.", names(Standing::Unchecked))
        }
    }
}

/// How much of the stream the frames that were read are, where that is not all.
fn read(gathered: &Gathered) -> String {
    let Outcome::Read(reading) = &gathered.outcome else { return String::new() };
    let (read, all) = (reading.findings.frames, reading.info.state.messages);
    if read >= all {
        return String::new();
    }
    format!("; {} of {} read", format::count(read), format::counted(all, "message"))
}

/// What the verdict does not speak of.
fn rest(gathered: &Gathered) -> String {
    let Outcome::Read(reading) = &gathered.outcome else { return String::new() };
    let state = &reading.info.state;
    let all = Window::new(state.first_seq.max(1), state.last_seq);
    if reading.broken.is_some() || all.is_none_or(|all| reading.window.start() <= all.start()) {
        return String::new();
    }
    format!(
        " Frames below {} were not examined (--last all does).",
        format::count(reading.window.start())
    )
}
