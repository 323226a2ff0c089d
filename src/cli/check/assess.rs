//! What is right, what is wrong, and what is only worth a note. Pure: everything a report says is
//! decided here.

use serde_json::{Value, json};

use crate::domain::{Account, Completeness, Drift, Gap, GapCause, StreamInfo, Window};

use super::gather::{Gathered, Outcome, Reading};
use super::{is_named, lines};

/// How a room fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// Something is missing that may have been removed by a request, or lost.
    NotExplained,
    Wrong,
    Unchecked,
}

/// How one check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Ok,
    Note,
    Wrong,
    /// It could not be made, or not to its end.
    Unchecked,
}

impl Standing {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "WRONG",
            Self::Unchecked => "UNCHECKED",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) check: &'static str,
    pub(super) standing: Standing,
    /// In one line.
    pub(super) summary: String,
    /// More lines.
    pub(super) details: Vec<String>,
    /// The same for programs: fields beside the others of the check.
    pub(super) data: Value,
}

impl Line {
    pub(super) fn new(check: &'static str, standing: Standing, summary: impl Into<String>) -> Self {
        let (summary, details) = (summary.into(), Vec::new());
        Self { check, standing, summary, details, data: json!({}) }
    }

    pub(super) fn details(self, details: impl IntoIterator<Item = String>) -> Self {
        Self { details: details.into_iter().collect(), ..self }
    }

    pub(super) fn data(self, data: Value) -> Self {
        Self { data, ..self }
    }
}

/// A room's report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Report {
    pub(super) verdict: Verdict,
    /// How complete the history is; `None` where there is no stream, or it is not known why.
    pub(super) completeness: Option<Completeness>,
    /// Why, in sentences.
    pub(super) why: Vec<String>,
    /// Missing sequences that nothing explains, where that is all there is.
    pub(super) unexplained: u64,
    /// Whether those were accepted beforehand.
    pub(super) accepted: bool,
    pub(super) lines: Vec<Line>,
}

impl Report {
    /// Judges what was gathered; `strict` lets notes count. So many missing sequences are accepted.
    pub(super) fn new(gathered: &Gathered, strict: bool, accepted: Option<u64>) -> Self {
        let lines = lines(gathered);
        let (completeness, why, unexplained, acceptable) = complete(gathered);
        let has = |standing| lines.iter().any(|line| line.standing == standing);
        let open = completeness == Some(Completeness::NotExplained);
        let accepted = open && acceptable && accepted.is_some_and(|most| unexplained <= most);
        let damaged = completeness == Some(Completeness::Damaged);
        let strictly = strict && (has(Standing::Note) || open);
        let unknown = completeness == Some(Completeness::NotKnown);
        let verdict = if has(Standing::Wrong) || damaged || strictly {
            Verdict::Wrong
        } else if has(Standing::Unchecked) || unknown {
            Verdict::Unchecked
        } else if open && !accepted {
            Verdict::NotExplained
        } else {
            Verdict::Fine
        };
        Self { verdict, completeness, why, unexplained, accepted, lines }
    }

    /// The checks that came out so.
    pub(super) fn of(&self, standing: Standing) -> Vec<&'static str> {
        let lines = self.lines.iter().filter(|line| line.standing == standing);
        lines.map(|line| line.check).collect()
    }
}

fn lines(gathered: &Gathered) -> Vec<Line> {
    match &gathered.outcome {
        Outcome::NoStream => vec![no_stream(gathered)],
        Outcome::Failed(fault) => {
            vec![Line::new("stream", Standing::Unchecked, lines::failure(fault))]
        }
        Outcome::Empty(info) => {
            let mut lines = of_stream(gathered, info);
            lines.extend([lines::no_messages(info), lines::lost(info, &lost_below(info))]);
            lines
        }
        Outcome::Read(reading) => {
            let mut lines = of_stream(gathered, &reading.info);
            lines.extend(of_frames(reading));
            lines
        }
    }
}

/// How complete the history is, why, how many missing sequences nothing explains, and whether those
/// can be accepted.
fn complete(gathered: &Gathered) -> (Option<Completeness>, Vec<String>, u64, bool) {
    let account = match &gathered.outcome {
        Outcome::NoStream => return (None, Vec::new(), 0, false),
        Outcome::Failed(fault) => {
            return (Some(Completeness::NotKnown), vec![format!("{}.", fault.text)], 0, false);
        }
        Outcome::Empty(info) => Account::of_emptied(info),
        Outcome::Read(reading) => {
            let found = &reading.findings;
            Account {
                lost: reading.lost.iter().map(|run| run.len()).sum(),
                unreadable: found.of(GapCause::Unreadable),
                unreadable_again: reading.unreadable_again,
                not_known: found.of(GapCause::NotKnown) + found.of(GapCause::PastLimit),
                unread: reading.unread(),
                counted: reading.counted,
                ..Account::of(&reading.info)
            }
        }
    };
    let (verdict, why) = account.judge();
    (Some(verdict), why, account.unexplained(), account.is_acceptable())
}

/// What is reported as lost of a stream that holds nothing: none of it can be read.
fn lost_below(info: &StreamInfo) -> Vec<Window> {
    let gaps = Gap::before_first(info).into_iter();
    gaps.filter(|gap| gap.cause == GapCause::Lost).map(|gap| gap.range).collect()
}

fn no_stream(gathered: &Gathered) -> Line {
    let room = &gathered.room;
    let stream = room.id.stream();
    let line = |standing, text: String| Line::new("stream", standing, text);
    if room.persist == Some(false) {
        return line(Standing::Ok, "none, since the room is not persisted".into());
    }
    if !is_named(room.known_from) {
        let text = format!(
            "there is no {stream}, and no rooms file names the room; check its id with \
             roomscope rooms"
        );
        return line(Standing::Unchecked, text);
    }
    let text = format!("there is no {stream}: nothing that is published is kept");
    line(Standing::Wrong, text).details([
        "Make it with roomscope ensure; what was published before is not in it then: never \
                   captured, or gone with an earlier stream."
            .into(),
    ])
}

fn of_stream(gathered: &Gathered, info: &StreamInfo) -> Vec<Line> {
    let room = &gathered.room;
    let stream = if room.persist == Some(false) {
        let text = "kept, though the rooms file says that the room is not persisted";
        Line::new("stream", Standing::Wrong, text)
    } else {
        lines::stream(info)
    };
    let drift = Drift::compare(room, &info.config);
    vec![stream, lines::config(room, &drift), lines::replicas(info)]
}

fn of_frames(reading: &Reading) -> Vec<Line> {
    let Reading { info, findings, .. } = reading;
    let mut lines: Vec<Line> = lines::broken(reading).into_iter().collect();
    lines.extend([lines::gaps(reading), lines::lost(info, &reading.lost)]);
    lines.extend(lines::unreadable(reading));
    lines.extend([
        lines::unread(findings),
        lines::clock(findings),
        lines::repeats(findings),
        lines::plaintext(findings),
    ]);
    lines.extend(lines::said(reading));
    lines
}
