//! Why a room's backlog is short: each reason that there can be, with yes, no, or that it cannot be
//! known, what it rests on, and what would prove it. Pure: all that it says is of what it is given.

mod feed;
mod missing;
mod place;
mod reading;
#[cfg(test)]
mod tests;
mod text;
mod window;

use jiff::Timestamp;
use serde::Serialize;

use super::{Account, Completeness};
use crate::domain::{Connection, Fault, Gap, GapCause, Room, StreamInfo, Window, format};
pub use reading::Reading;
pub use text::text;

/// What is known of a room, and what was asked for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The room.
    pub room: &'a Room,
    /// Its stream.
    pub looked: Looked<'a>,
    /// How many of the newest sequences are wanted; `None` for all.
    pub last: Option<u64>,
    /// What reading them gave; `None` where no frame was read.
    pub reading: Option<Reading>,
    /// How long one get took, in microseconds, where one was measured.
    pub round_trip: Option<u64>,
    /// The connection.
    pub connection: &'a Connection,
    /// The clock here.
    pub now: Timestamp,
}

/// What came of looking for the stream.
#[derive(Debug, Clone, Copy)]
pub enum Looked<'a> {
    /// Nobody looked yet.
    NotYet,
    /// It could not be looked at.
    Failed(&'a Fault),
    /// There is none.
    NoStream,
    /// It is there.
    Stream(&'a StreamInfo),
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// Who was asked for what, label and value, escaped.
    pub head: Vec<(&'static str, String)>,
    /// How complete the history is; `None` where there is no stream.
    pub completeness: Option<Completeness>,
    /// Why, in sentences, the gravest first.
    pub judged: Vec<String>,
    /// The reasons: what is so, then what cannot be known, then what is not so.
    pub reasons: Vec<Reason>,
    /// The answer's own time: the server's, or the clock here where it told none.
    pub as_of: Timestamp,
}

/// One reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Which.
    pub what: What,
    /// Whether it is so.
    pub answer: Answer,
    /// How many sequences it accounts for, where that can be said.
    pub sequences: Option<Sequences>,
    /// What the answer rests on, in sentences; escaped.
    pub words: Vec<String>,
    /// The same as data.
    pub facts: Vec<(&'static str, Fact)>,
    /// What would prove it, where that is open.
    pub proof: Option<Proof>,
}

/// Reasons for a short backlog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the title says it")]
pub enum What {
    OtherPlace,
    NotPersisted,
    MadeLater,
    Window,
    ControlPlane,
    Limits,
    Removed,
    Expired,
    NeverStored,
    Lost,
    Unreadable,
    Unread,
    Upstream,
    Full,
    Idle,
}

/// Whether a reason is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// It is.
    Yes,
    /// It cannot be known from what was asked.
    CannotBeKnown,
    /// It is not.
    No,
}

/// A number of sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequences {
    /// How many.
    pub n: u64,
    /// How far that goes.
    pub bound: Bound,
}

/// How exact a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the name says it")]
pub enum Bound {
    Exactly,
    AtMost,
    AtLeast,
    About,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "the type says it")]
pub enum Fact {
    Number(u64),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Time(Timestamp),
    Range(Window),
    None,
}

/// What would prove a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// In words; escaped.
    pub words: String,
    /// What asking costs, where somebody can be asked.
    pub price: Option<Price>,
}

/// What asking costs, about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Requests.
    pub requests: u64,
    /// Bytes of the answers.
    pub bytes: u64,
}

/// Bytes of a STREAM.INFO without its list.
const INFO: u64 = 1_500;
/// Bytes of a sequence in the list of deleted ones.
const LISTED: u64 = 7;

impl What {
    /// All of them, in the order in which people ask.
    pub const ALL: [Self; 15] = [
        Self::OtherPlace,
        Self::NotPersisted,
        Self::MadeLater,
        Self::Window,
        Self::ControlPlane,
        Self::Limits,
        Self::Removed,
        Self::Expired,
        Self::NeverStored,
        Self::Lost,
        Self::Unreadable,
        Self::Unread,
        Self::Upstream,
        Self::Full,
        Self::Idle,
    ];

    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OtherPlace => "other-place",
            Self::NotPersisted => "not-persisted",
            Self::MadeLater => "made-later",
            Self::Window => "window",
            Self::ControlPlane => "control-plane",
            Self::Limits => "limits",
            Self::Removed => "removed",
            Self::Expired => "expired",
            Self::NeverStored => "never-stored",
            Self::Lost => "lost",
            Self::Unreadable => "unreadable",
            Self::Unread => "unread",
            Self::Upstream => "upstream",
            Self::Full => "full",
            Self::Idle => "idle",
        }
    }

    /// In a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::OtherPlace => "another account, domain or cluster than the writers'",
            Self::NotPersisted => "not persisted",
            Self::MadeLater => "stream made later than the room",
            Self::Window => "the window itself",
            Self::ControlPlane => "the control plane's reader, at this round trip",
            Self::Limits => "a limit took them",
            Self::Removed => "deleted or purged by a request",
            Self::Expired => "expired, rolled up or acknowledged",
            Self::NeverStored => "numbers that no message ever had here",
            Self::Lost => "lost",
            Self::Unreadable => "unreadable now",
            Self::Unread => "no answer to a read",
            Self::Upstream => "a mirror or source behind its origin",
            Self::Full => "a full stream that refuses",
            Self::Idle => "nothing published since",
        }
    }
}

impl Answer {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::CannotBeKnown => "unknown",
            Self::No => "no",
        }
    }
}

impl Bound {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exactly => "exactly",
            Self::AtMost => "at-most",
            Self::AtLeast => "at-least",
            Self::About => "about",
        }
    }
}

impl Sequences {
    /// As people read it: `640`, `up to 640`.
    #[must_use]
    pub fn words(self) -> String {
        let before = match self.bound {
            Bound::Exactly => "",
            Bound::AtMost => "up to ",
            Bound::AtLeast => "at least ",
            Bound::About => "about ",
        };
        format!("{before}{}", format::count(self.n))
    }
}

impl Price {
    /// `12 requests, about 4.0 KiB`.
    #[must_use]
    pub fn words(self) -> String {
        let requests = format::counted(self.requests, "request");
        format!("{requests}, about {}", format::bytes(self.bytes))
    }

    /// The list of deleted sequences, and with it whether a loss is reported.
    #[must_use]
    pub const fn list(info: &StreamInfo) -> Self {
        let bytes = INFO.saturating_add(info.state.num_deleted.saturating_mul(LISTED));
        Self { requests: 1, bytes }
    }

    /// So many frames of a stream.
    #[must_use]
    pub fn frames(info: &StreamInfo, n: u64) -> Self {
        let bytes = info.state.bytes.checked_div(info.state.messages).unwrap_or(0);
        // An answer is JSON with base64 in it.
        Self { requests: n, bytes: n.saturating_mul(bytes.saturating_mul(4) / 3) }
    }
}

impl Reason {
    fn new(what: What, answer: Answer, words: impl Into<String>) -> Self {
        let words = vec![words.into()];
        Self { what, answer, sequences: None, words, facts: Vec::new(), proof: None }
    }

    fn sequences(self, n: u64, bound: Bound) -> Self {
        Self { sequences: Some(Sequences { n, bound }), ..self }
    }

    fn add(mut self, words: impl Into<String>) -> Self {
        self.words.push(words.into());
        self
    }

    fn fact(mut self, name: &'static str, fact: Fact) -> Self {
        self.facts.push((name, fact));
        self
    }

    fn proof(self, words: impl Into<String>, price: Option<Price>) -> Self {
        Self { proof: Some(Proof { words: words.into(), price }), ..self }
    }
}

impl From<Option<u64>> for Fact {
    fn from(n: Option<u64>) -> Self {
        n.map_or(Self::None, Self::Number)
    }
}

impl From<Option<Timestamp>> for Fact {
    fn from(time: Option<Timestamp>) -> Self {
        time.map_or(Self::None, Self::Time)
    }
}

impl<'a> Asked<'a> {
    /// The stream, where there is one.
    #[must_use]
    pub const fn stream(&self) -> Option<&'a StreamInfo> {
        match self.looked {
            Looked::Stream(info) => Some(info),
            Looked::NotYet | Looked::Failed(_) | Looked::NoStream => None,
        }
    }

    /// The window that is asked about, as the contract chooses it; that of the reading where
    /// something was read. `None` where nothing is stored.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        if let Some(reading) = &self.reading {
            return Some(reading.window);
        }
        let state = &self.stream()?.state;
        if state.is_empty() {
            return None;
        }
        Window::newest(state.first_seq, state.last_seq, self.last.unwrap_or(u64::MAX))
    }

    /// What is known of the whole stream.
    fn account(&self, info: &'a StreamInfo) -> Account<'a> {
        match &self.reading {
            Some(reading) => reading.account(info),
            None => Account { lost: lost_below(info), ..Account::of(info) },
        }
    }
}

/// Sequences below the first that are reported as lost.
fn lost_below(info: &StreamInfo) -> u64 {
    let gaps = Gap::before_first(info);
    gaps.iter().filter(|gap| gap.cause == GapCause::Lost).map(|gap| gap.range.len()).sum()
}

/// Answers why a room's backlog is short.
#[must_use]
pub fn why(asked: &Asked<'_>) -> Why {
    let mut reasons: Vec<Reason> = What::ALL.iter().map(|what| reason(asked, *what)).collect();
    // What accounts for sequences goes before what cannot be counted.
    reasons.sort_by_key(|reason| (reason.answer, reason.sequences.is_none()));
    let (completeness, judged) = match asked.looked {
        Looked::NoStream => (None, Vec::new()),
        Looked::NotYet => {
            (Some(Completeness::NotKnown), vec!["The stream was not looked at yet.".into()])
        }
        Looked::Failed(fault) => (Some(Completeness::NotKnown), vec![format!("{}.", fault.text)]),
        Looked::Stream(info) => {
            let (completeness, judged) = asked.account(info).judge();
            (Some(completeness), judged)
        }
    };
    let as_of = asked.stream().and_then(|info| info.as_of).unwrap_or(asked.now);
    Why { head: text::head(asked), completeness, judged, reasons, as_of }
}

fn reason(asked: &Asked<'_>, what: What) -> Reason {
    let info = match (what, asked.looked) {
        (What::OtherPlace, _) => return place::other(asked),
        (What::NotPersisted, _) => return place::not_persisted(asked),
        (What::MadeLater, _) => return place::made_later(asked),
        (_, Looked::Stream(info)) => info,
        (_, Looked::NoStream) => return Reason::new(what, Answer::No, "There is no stream."),
        (_, Looked::Failed(_)) => {
            let words = "The stream could not be looked at.";
            return Reason::new(what, Answer::CannotBeKnown, words);
        }
        (_, Looked::NotYet) => {
            let words = "The stream was not looked at yet.";
            return Reason::new(what, Answer::CannotBeKnown, words);
        }
    };
    match what {
        What::Window => window::window(asked, info),
        What::ControlPlane => window::control_plane(asked, info),
        What::Limits => missing::limits(asked, info),
        What::Removed => missing::removed(asked, info),
        What::Expired => missing::expired(asked, info),
        What::NeverStored => missing::never_stored(asked, info),
        What::Lost => missing::lost(asked, info),
        What::Unreadable => reading::unreadable(asked, info),
        What::Unread => reading::unread(asked, info),
        What::Upstream => feed::upstream(info),
        What::Full => feed::full(info),
        What::Idle => feed::idle(asked, info),
        // Answered above.
        What::OtherPlace | What::NotPersisted | What::MadeLater => place::other(asked),
    }
}
