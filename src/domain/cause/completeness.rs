//! How complete a room's history is: one verdict over all sequences from 1, or a configured first
//! one, to the last that the server knows.

#[cfg(test)]
mod tests;

use super::gap::{Gap, GapCause};
use super::removal::{From, removals};
use crate::domain::format::{count, counted};
use crate::domain::stream::{Lost, StreamInfo, StreamState};

/// The verdict. Only [`Whole`](Self::Whole) and [`Explained`](Self::Explained) are fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Completeness {
    /// Nothing is missing and no loss is reported, as far as this server knows: of an end that was
    /// lost and forgotten no server tells.
    Whole,
    /// What is missing is the beginning, and a limit in force can have taken it.
    Explained,
    /// Something is missing that may have been removed by a request, or lost.
    NotExplained,
    /// Messages are lost, or the store contradicts itself.
    Damaged,
    /// Nobody who can tell was asked, or answered.
    NotKnown,
}

/// What was learned of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account<'a> {
    /// The stream as its leader told of it last.
    pub info: &'a StreamInfo,
    /// Sequences that are reported as lost and cannot be read now, those before the first included.
    pub lost: u64,
    /// Sequences that the server counts as stored and does not give.
    pub unreadable: u64,
    /// Whether some of those could not be read some seconds ago either.
    pub unreadable_again: bool,
    /// Sequences of which it is not known why there is no message, and that were read.
    pub not_known: u64,
    /// Sequences that were asked for and not answered.
    pub unread: u64,
    /// Messages that reading the whole stream gave, where that is another number than the server
    /// counts of a stream that did not change meanwhile.
    pub counted: Option<u64>,
}

impl Completeness {
    /// Its name for programs, and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Explained => "explained",
            Self::NotExplained => "not-explained",
            Self::Damaged => "damaged",
            Self::NotKnown => "not-known",
        }
    }

    /// In a few words.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole, as far as this server knows",
            Self::Explained => "explained",
            Self::NotExplained => "not explained",
            Self::Damaged => "damaged",
            Self::NotKnown => "not known",
        }
    }
}

impl<'a> Account<'a> {
    /// What the leader's answer alone tells.
    pub const fn of(info: &'a StreamInfo) -> Self {
        Self {
            info,
            lost: 0,
            unreadable: 0,
            unreadable_again: false,
            not_known: 0,
            unread: 0,
            counted: None,
        }
    }

    /// What the leader's answer tells of a stream that holds no messages: nothing that is reported
    /// as lost can be read.
    pub fn of_emptied(info: &'a StreamInfo) -> Self {
        let gaps = Gap::before_first(info);
        let lost = gaps.iter().filter(|gap| gap.cause == GapCause::Lost);
        Self { lost: lost.map(|gap| gap.range.len()).sum(), ..Self::of(info) }
    }

    /// Sequences without a message inside the stream, and below its first. A configured first
    /// sequence takes none off: an update can put it above messages that were held.
    pub fn missing(&self) -> (u64, u64) {
        let state = &self.info.state;
        (state.num_deleted, state.before_first())
    }

    /// Missing sequences that nothing explains: those inside, and those below the first where no
    /// limit in force can be shown to have taken them.
    pub fn unexplained(&self) -> u64 {
        let (inside, below) = self.missing();
        let explained = removals(self.info).iter().any(|removal| removal.fits_head);
        let inside = inside.saturating_sub(self.lost.min(inside));
        if explained { inside } else { inside.saturating_add(below) }
    }

    /// The verdict, and why in sentences, the gravest first.
    pub fn judge(&self) -> (Completeness, Vec<String>) {
        if self.info.leaderless {
            let why = "The stream has no leader: this is one member's own, possibly old, state.";
            return (Completeness::NotKnown, vec![why.into()]);
        }
        let damage = self.damage();
        if !damage.is_empty() {
            return (Completeness::Damaged, damage);
        }
        let unknown = self.unknown();
        if !unknown.is_empty() {
            return (Completeness::NotKnown, unknown);
        }
        let (inside, below) = self.missing();
        if inside == 0 && below == 0 {
            return match self.reported() {
                Some(_) if self.is_alone() => (Completeness::NotExplained, self.came_back()),
                Some(lost) => {
                    let words = format!(
                        "{}; nothing is missing now, as a peer can have brought it back.",
                        capital(&lost.words())
                    );
                    (Completeness::Explained, vec![words])
                }
                None => {
                    let words = "Nothing is missing, as far as this server knows: of an end that \
                                 was lost and forgotten no server tells.";
                    (Completeness::Whole, vec![words.into()])
                }
            };
        }
        self.explain(inside, below)
    }

    fn explain(&self, inside: u64, below: u64) -> (Completeness, Vec<String>) {
        let mut why = Vec::new();
        if inside > 0 {
            why.push(format!(
                "{} inside the stream: removed or lost, the server lists both alike.",
                counted(inside, "sequence")
            ));
        }
        let all = removals(self.info);
        let fits: Vec<&str> = all
            .iter()
            .filter(|removal| removal.fits_head && removal.from != From::NeverStored)
            .map(|removal| removal.words.as_str())
            .collect();
        if below > 0 {
            let n = counted(below, "sequence");
            let taken = match fits.join(", and ").as_str() {
                "" => ": no limit in force now can be shown to have taken them".to_owned(),
                fits => format!("; a limit in force now can have taken them: {fits}"),
            };
            why.push(format!("{n} before the first{taken}."));
        }
        // A configured first that the state contradicts was set later.
        let configured = self.info.config.first_seq().filter(|first| *first > 1);
        if let Some(first) = configured.filter(|first| *first <= self.info.state.first_seq) {
            why.push(format!(
                "The configuration in force now begins the stream at {}: if it was made so, no \
                 message was ever stored below that.",
                count(first)
            ));
        }
        let came_back = self.came_back();
        let is_explained = inside == 0 && !fits.is_empty() && came_back.is_empty();
        why.extend(came_back);
        (if is_explained { Completeness::Explained } else { Completeness::NotExplained }, why)
    }

    fn reported(&self) -> Option<&Lost> {
        self.info.state.lost.as_ref().filter(|lost| !lost.is_none())
    }

    /// Whether there is one copy, so that nothing that it lost can come from a peer.
    const fn is_alone(&self) -> bool {
        self.info.config.replicas <= 1
    }

    /// That a report names what the only copy gives: a file may have been away for a moment, or the
    /// end was lost and its numbers were given out again, and nothing tells which.
    fn came_back(&self) -> Vec<String> {
        let lost = self.reported().filter(|_| self.is_alone() && self.lost == 0);
        let words = lost.map(|lost| {
            format!(
                "{}. All that it names can be read now: it came back, or its numbers were given out \
                 again to other messages, which cannot be told.",
                capital(&lost.words())
            )
        });
        words.into_iter().collect()
    }

    /// Whether what is missing can be taken for removed on purpose: not where a loss was reported.
    pub fn is_acceptable(&self) -> bool {
        self.came_back().is_empty()
    }

    fn damage(&self) -> Vec<String> {
        let state = &self.info.state;
        let mut why = Vec::new();
        if self.lost > 0 {
            let (n, is) =
                (counted(self.lost, "sequence"), if self.lost == 1 { "is" } else { "are" });
            why.push(format!("{n} {is} reported as lost and cannot be read now."));
        }
        let (inside, below) = self.missing();
        // Where no peer can have brought them back, bytes that have no name are gone.
        if let Some(lost) = self.reported()
            && lost.unnamed
            && self.lost == 0
            && (self.is_alone() || inside > 0 || below > 0)
        {
            let which = match (inside, below) {
                (0, 0) => "it can be the end of the stream, after what is its last sequence now",
                (0, _) => "what is missing before the first sequence can be it, or the end",
                (_, 0) => "what is missing inside the stream can be it, or the end",
                _ => "what is missing before the first sequence and inside can be it, or the end",
            };
            why.push(format!("{}: {which}.", capital(&lost.words())));
        }
        if let Some((from, to)) = state.went_back {
            let (from, to) = (count(from), count(to));
            why.push(format!(
                "The last sequence went back from {from} to {to}: what was between is gone, and \
                 its numbers are given out again."
            ));
        }
        if self.unreadable_again {
            let n = counted(self.unreadable, "sequence");
            why.push(format!(
                "{n} that the server counts as stored could not be read, twice some seconds apart."
            ));
        }
        if !state.adds_up() {
            let counts = counts(state);
            why.push(format!("The server counts {counts}, which does not add up (read twice)."));
        }
        if let Some(read) = self.counted {
            let (read, counts) = (counted(read, "message"), count(state.messages));
            why.push(format!("Reading all of it gave {read}, and the server counts {counts}."));
        }
        why
    }

    /// What keeps a verdict from being known.
    fn unknown(&self) -> Vec<String> {
        let state = &self.info.state;
        let mut why = Vec::new();
        if let Some(flaw) = state.flaw {
            why.push(format!("The server's list of deleted sequences {}.", flaw.words()));
        }
        why.extend(state.loss_not_told().map(|words| format!("{}.", capital(&words))));
        let some = [
            (self.unreadable, "that the server counts as stored could not be read just now"),
            (self.not_known, "without a message, of which it is not known whether they are listed"),
            (self.unread, "gave no answer"),
        ];
        let some = some.into_iter().filter(|(n, _)| *n > 0);
        why.extend(some.map(|(n, what)| format!("{} {what}.", counted(n, "sequence"))));
        why
    }
}

/// What the server counts, where that contradicts itself.
pub(super) fn counts(state: &StreamState) -> String {
    format!(
        "{} and {} from {} to {}",
        counted(state.messages, "message"),
        counted(state.num_deleted, "deleted sequence"),
        count(state.first_seq),
        count(state.last_seq)
    )
}

/// A sentence with its first letter large.
pub(super) fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
