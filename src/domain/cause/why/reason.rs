//! A reason: what it is, whether it is so, what it accounts for and rests on, and its proof.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{StreamInfo, Window, format};

#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    pub what: What,
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
    Yes,
    CannotBeKnown,
    No,
}

/// A number of sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequences {
    pub n: u64,
    pub bound: Bound,
}

/// How exact a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    Exactly,
    AtMost,
    AtLeast,
    About,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
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
    pub requests: u64,
    /// Bytes of the answers.
    pub bytes: u64,
}

/// Bytes of a STREAM.INFO without its list.
pub(super) const INFO: u64 = 1_500;
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
    pub const fn name(self) -> &'static str {
        self.words().0
    }

    /// In a few words.
    pub const fn title(self) -> &'static str {
        self.words().1
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::OtherPlace => {
                ("other-place", "another account, domain or cluster than the writers'")
            }
            Self::NotPersisted => ("not-persisted", "not persisted"),
            Self::MadeLater => ("made-later", "stream made later than the room"),
            Self::Window => ("window", "the window itself"),
            Self::ControlPlane => {
                ("control-plane", "the control plane's reader, at this round trip")
            }
            Self::Limits => ("limits", "a limit took them"),
            Self::Removed => ("removed", "deleted or purged by a request"),
            Self::Expired => ("expired", "expired, rolled up or acknowledged"),
            Self::NeverStored => ("never-stored", "numbers that no message ever had here"),
            Self::Lost => ("lost", "lost"),
            Self::Unreadable => ("unreadable", "unreadable now"),
            Self::Unread => ("unread", "no answer to a read"),
            Self::Upstream => ("upstream", "a mirror or source behind its origin"),
            Self::Full => ("full", "a full stream that refuses"),
            Self::Idle => ("idle", "nothing published since"),
        }
    }
}

impl Answer {
    /// Its name for programs.
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
    pub fn words(self) -> String {
        let requests = format::counted(self.requests, "request");
        format!("{requests}, about {}", format::bytes(self.bytes))
    }

    /// The list of deleted sequences, and with it whether a loss is reported.
    pub const fn list(info: &StreamInfo) -> Self {
        let bytes = INFO.saturating_add(info.state.num_deleted.saturating_mul(LISTED));
        Self { requests: 1, bytes }
    }

    /// So many frames of a stream.
    pub fn frames(info: &StreamInfo, n: u64) -> Self {
        let bytes = info.state.bytes.checked_div(info.state.messages).unwrap_or(0);
        // An answer is JSON with base64 in it.
        Self { requests: n, bytes: n.saturating_mul(bytes.saturating_mul(4) / 3) }
    }
}

impl Reason {
    pub(super) fn new(what: What, answer: Answer, words: impl Into<String>) -> Self {
        let words = vec![words.into()];
        Self { what, answer, sequences: None, words, facts: Vec::new(), proof: None }
    }

    /// Whether two say the same, and neither accounts for sequences or has a proof of its own.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let plain = |one: &Self| one.sequences.is_none() && one.proof.is_none();
        self.answer == other.answer && self.words == other.words && plain(self) && plain(other)
    }

    pub(super) fn sequences(self, n: u64, bound: Bound) -> Self {
        Self { sequences: Some(Sequences { n, bound }), ..self }
    }

    /// At most so many, where there are any.
    pub(super) fn up_to(self, most: u64) -> Self {
        if most > 0 { self.sequences(most, Bound::AtMost) } else { self }
    }

    pub(super) fn add(mut self, words: impl Into<String>) -> Self {
        self.words.push(words.into());
        self
    }

    pub(super) fn fact(mut self, name: &'static str, fact: Fact) -> Self {
        self.facts.push((name, fact));
        self
    }

    pub(super) fn proof(self, words: impl Into<String>, price: Option<Price>) -> Self {
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
