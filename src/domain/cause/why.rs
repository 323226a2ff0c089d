//! Why a room's backlog is short: each reason that there can be, with yes, no, or that it cannot be
//! known, what it rests on, and what would prove it. Pure: all that it says is of what it is given.

mod feed;
mod missing;
mod place;
mod reading;
mod reason;
#[cfg(test)]
mod tests;
mod text;
mod window;

use jiff::Timestamp;

use super::{Account, Completeness};
use crate::domain::{Connection, Fault, Room, StreamInfo, Window};
pub use reading::{EXPIRED, Reading};
pub use reason::{Answer, Bound, Fact, Price, Proof, Reason, Sequences, What};
pub use text::text;

const NOT_LOOKED_AT: &str = "The stream was not looked at yet.";

/// What is known of a room, and what was asked for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    pub room: &'a Room,
    pub looked: Looked<'a>,
    /// How many of the newest sequences are wanted; `None` for all.
    pub last: Option<u64>,
    /// What reading them gave; `None` where no frame was read.
    pub reading: Option<Reading>,
    /// Sequences reported as lost that cannot be read now, where that alone was asked for.
    pub lost: Option<u64>,
    /// How long one get took, in microseconds, where one was measured.
    pub round_trip: Option<u64>,
    pub connection: &'a Connection,
    pub now: Timestamp,
}

/// What came of looking for the stream.
#[derive(Debug, Clone, Copy)]
pub enum Looked<'a> {
    NotYet,
    Failed(&'a Fault),
    NoStream,
    Stream(&'a StreamInfo),
}

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

impl Why {
    /// The reasons in their order, each under its title. Those in a row that say the same and account
    /// for nothing of their own, as where there is no stream, stand together under all their titles.
    pub fn grouped(&self) -> Vec<(String, &Reason)> {
        let mut out: Vec<(String, &Reason)> = Vec::new();
        for reason in &self.reasons {
            let title = reason.what.title();
            match out.last_mut() {
                Some((titles, first)) if first.says_the_same(reason) => {
                    titles.push_str("; ");
                    titles.push_str(title);
                }
                _ => out.push((title.to_owned(), reason)),
            }
        }
        out
    }
}

impl<'a> Asked<'a> {
    /// The stream, where there is one.
    pub const fn stream(&self) -> Option<&'a StreamInfo> {
        match self.looked {
            Looked::Stream(info) => Some(info),
            Looked::NotYet | Looked::Failed(_) | Looked::NoStream => None,
        }
    }

    /// The window that is asked about, as the contract chooses it; that of the reading where
    /// something was read. `None` where nothing is stored.
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
            None => {
                // Below the first sequence nothing can be read.
                let below = Account::of_emptied(info);
                Account { lost: self.lost.unwrap_or(below.lost), ..below }
            }
        }
    }
}

/// Answers why a room's backlog is short.
pub fn why(asked: &Asked<'_>) -> Why {
    let mut reasons: Vec<Reason> = What::ALL.iter().map(|what| reason(asked, *what)).collect();
    // What accounts for sequences goes before what cannot be counted.
    reasons.sort_by_key(|reason| (reason.answer, reason.sequences.is_none()));
    let (completeness, judged) = match asked.looked {
        Looked::NoStream => (None, Vec::new()),
        Looked::NotYet => (Some(Completeness::NotKnown), vec![NOT_LOOKED_AT.into()]),
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
        (_, Looked::NotYet) => return Reason::new(what, Answer::CannotBeKnown, NOT_LOOKED_AT),
    };
    let is_of_missing =
        matches!(what, What::Limits | What::Removed | What::Expired | What::NeverStored);
    if is_of_missing && let Some(nothing) = missing::nothing(what, info) {
        return nothing;
    }
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
