//! What reading the window gave: the part of it that is there and did not come.

use super::{Answer, Asked, Bound, Fact, Price, Reason, What};
use crate::domain::server_headers;
use crate::domain::{Account, FaultKind, Frame, GapCause, Page, Slot, StreamInfo, Window, format};

/// The reason that such a marker gives.
pub const EXPIRED: &str = "MaxAge";

/// What reading a window gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub window: Window,
    pub frames: u64,
    /// Frames that say they are markers for a message that expired.
    pub markers: u64,
    /// Sequences reported as lost that cannot be read now, in all of the stream.
    pub lost: u64,
    /// Sequences that the server counts as stored and does not give.
    pub unreadable: u64,
    /// Whether some of them could not be read some seconds ago either.
    pub unreadable_again: bool,
    /// Sequences stored where no server gives anything.
    pub past_limit: u64,
    /// Sequences of which it is not known why there is no message.
    pub not_known: u64,
    /// Sequences that gave no answer.
    pub unread: u64,
    /// Why the first of these did not.
    pub error: Option<String>,
    /// Messages that reading the whole stream gave, where the server counts another number.
    pub counted: Option<u64>,
}

impl Reading {
    /// What a page tells.
    pub fn of(page: &Page) -> Self {
        let (account, ledger) = (page.account(), page.ledger());
        let of = |cause: GapCause| {
            let gaps = page.slots().iter().filter_map(Slot::gap);
            gaps.filter(|gap| gap.cause == cause).map(|gap| gap.range.len()).sum()
        };
        let error = page.slots().iter().find_map(|slot| match slot {
            Slot::Unread(run) if run.fault.kind != FaultKind::NotTried => Some(&run.fault.text),
            _ => None,
        });
        Self {
            window: page.window(),
            frames: ledger.frames,
            markers: page.frames().filter(|frame| is_marker(frame)).count() as u64,
            lost: account.lost,
            unreadable: of(GapCause::Unreadable),
            unreadable_again: page.unreadable_again,
            past_limit: of(GapCause::PastLimit),
            not_known: of(GapCause::NotKnown),
            unread: ledger.unread,
            error: error.cloned(),
            counted: None,
        }
    }

    /// What it tells of the whole stream.
    pub(crate) const fn account<'a>(&self, info: &'a StreamInfo) -> Account<'a> {
        Account {
            info,
            lost: self.lost,
            unreadable: self.unreadable,
            unreadable_again: self.unreadable_again,
            not_known: self.not_known + self.past_limit,
            unread: self.unread,
            counted: self.counted,
        }
    }
}

/// Whether it says that it is there because the last message of its subject expired. Any client
/// can publish such a one.
fn is_marker(frame: &Frame) -> bool {
    server_headers::marker(frame) == Some(EXPIRED)
}

/// What to do where no frame was read.
fn not_read(what: What, asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let Some(window) = asked.window() else {
        return Reason::new(what, Answer::No, "The stream holds no message to read.");
    };
    let words = "No frame was read for this answer.";
    let n = window.len().min(info.state.messages);
    let proof = format!("Reading the window tells: roomscope why {}.", asked.room.id);
    Reason::new(what, Answer::CannotBeKnown, words).proof(proof, Some(Price::frames(info, n)))
}

/// Counted as stored, and not given.
pub(super) fn unreadable(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Unreadable;
    let Some(reading) = &asked.reading else { return not_read(what, asked, info) };
    let facts = |reason: Reason| {
        reason
            .fact("unreadable", Fact::Number(reading.unreadable))
            .fact("again", Fact::Flag(reading.unreadable_again))
            .fact("past_limit", Fact::Number(reading.past_limit))
            .fact("not_known", Fact::Number(reading.not_known))
    };
    let n = reading.unreadable + reading.past_limit;
    if n > 0 {
        let again = if reading.unreadable_again { ", twice some seconds apart" } else { "" };
        let words = if reading.unreadable > 0 {
            GapCause::Unreadable.words(&crate::domain::Evidence::default())
        } else {
            GapCause::PastLimit.words(&crate::domain::Evidence::default())
        };
        let read = format::counted(n, "sequence");
        let reason =
            Reason::new(what, Answer::Yes, format!("{read} in the window{again}. {words}"));
        let proof =
            format!("roomscope check {} reads them again, some seconds later.", asked.room.id);
        return facts(reason.sequences(n, Bound::Exactly))
            .proof(proof, Some(Price::frames(info, n)));
    }
    if reading.not_known > 0 {
        let n = format::counted(reading.not_known, "sequence");
        let words = format!(
            "The server gave no message for {n} of the window, and whether it lists them as deleted \
             was not asked."
        );
        let reason = Reason::new(what, Answer::CannotBeKnown, words);
        return facts(reason.sequences(reading.not_known, Bound::AtMost))
            .proof("Its list of missing sequences tells.", Some(Price::list(info)));
    }
    if reading.unread > 0 {
        let words = "Some of the window gave no answer, which can be unreadable, too.";
        let reason = Reason::new(what, Answer::CannotBeKnown, words);
        return facts(reason.sequences(reading.unread, Bound::AtMost));
    }
    let words = "Nothing in the window that the server counts as stored was refused.";
    facts(Reason::new(what, Answer::No, words))
}

/// Asked for, and not answered.
pub(super) fn unread(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Unread;
    let Some(reading) = &asked.reading else { return not_read(what, asked, info) };
    if reading.unread == 0 {
        return Reason::new(what, Answer::No, "All of the window was answered for.")
            .fact("unread", Fact::Number(0));
    }
    let n = format::counted(reading.unread, "sequence");
    let why = reading.error.as_ref().map_or_else(String::new, |error| format!(" ({error})"));
    let words = format!(
        "{n} of the window gave no answer{why}: that says nothing of whether messages are there."
    );
    Reason::new(what, Answer::Yes, words)
        .sequences(reading.unread, Bound::Exactly)
        .fact("unread", Fact::Number(reading.unread))
        .fact("error", reading.error.clone().map_or(Fact::None, Fact::Text))
        .proof("Reading them again tells.", Some(Price::frames(info, reading.unread)))
}
