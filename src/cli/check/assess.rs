//! What is right, what is wrong, and what is only worth a note. Pure: everything a report says is
//! decided here.

use super::gather::{Gathered, Outcome, Reading};
use super::line::{Line, Standing, failure};
use super::{frames, stream};
use crate::domain::{Account, Completeness, Drift, Gap, GapCause, StreamInfo, Window};

/// How a room fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// Something is missing that may have been removed by a request, or lost.
    NotExplained,
    Wrong,
    Unchecked,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Report {
    pub(super) verdict: Verdict,
    /// How complete the history is; `None` where there is no stream, or it is not known why.
    pub(super) completeness: Option<Completeness>,
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
        let is = |completed| completeness == Some(completed);
        let open = is(Completeness::NotExplained);
        let accepted = open && acceptable && accepted.is_some_and(|most| unexplained <= most);
        let strictly = strict && (has(Standing::Note) || open);
        let verdict = if has(Standing::Wrong) || is(Completeness::Damaged) || strictly {
            Verdict::Wrong
        } else if has(Standing::Unchecked) || is(Completeness::NotKnown) {
            Verdict::Unchecked
        } else if open && !accepted {
            Verdict::NotExplained
        } else {
            Verdict::Fine
        };
        Self { verdict, completeness, why, unexplained, accepted, lines }
    }

    /// The names of the checks that came out so.
    pub(super) fn of(&self, standing: Standing) -> String {
        let lines = self.lines.iter().filter(|line| line.standing == standing);
        lines.map(|line| line.check).collect::<Vec<_>>().join(", ")
    }
}

fn lines(gathered: &Gathered) -> Vec<Line> {
    let (info, rest) = match &gathered.outcome {
        Outcome::NoStream => return vec![no_stream(gathered)],
        Outcome::Failed(fault) => {
            return vec![Line::new("stream", Standing::Unchecked, failure(fault))];
        }
        Outcome::Empty(info) => {
            (&**info, vec![stream::no_messages(info), stream::lost(info, &lost_below(info))])
        }
        Outcome::Read(reading) => (&reading.info, of_frames(reading)),
    };
    let room = &gathered.room;
    let of_stream = if room.persist == Some(false) {
        let text = "kept, though the rooms file says that the room is not persisted";
        Line::new("stream", Standing::Wrong, text)
    } else {
        stream::stream(info)
    };
    let drift = Drift::compare(room, &info.config);
    let mut lines = vec![of_stream, stream::config(room, &drift), stream::replicas(info)];
    lines.extend(rest);
    lines
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
        Outcome::Read(reading) => reading.told().account(&reading.info),
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
    let line = |standing, text: &str| Line::new("stream", standing, text);
    if room.persist == Some(false) {
        return line(Standing::Ok, "none, since the room is not persisted");
    }
    // Whether somebody but the command line named it.
    if !room.known_from.server && !room.known_from.file {
        let text = format!(
            "there is no {stream}, and no rooms file names the room; check its id with \
             roomscope rooms"
        );
        return line(Standing::Unchecked, &text);
    }
    let text = format!("there is no {stream}: nothing that is published is kept");
    line(Standing::Wrong, &text).details([
        "Make it with roomscope ensure; what was published before is not in it then: never \
                   captured, or gone with an earlier stream."
            .into(),
    ])
}

fn of_frames(reading: &Reading) -> Vec<Line> {
    let Reading { info, findings, .. } = reading;
    let mut lines: Vec<Line> = frames::broken(reading).into_iter().collect();
    lines.extend([frames::gaps(reading), stream::lost(info, &reading.lost)]);
    lines.extend(frames::unreadable(reading));
    lines.extend([
        frames::unread(findings),
        frames::clock(findings),
        frames::repeats(findings),
        frames::plaintext(findings),
    ]);
    lines.extend(frames::markers(findings).into_iter().chain(frames::batches(reading)));
    lines
}
