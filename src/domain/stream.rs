//! A stream's configuration and state, as the server reports them.

use std::sync::Arc;

use jiff::Timestamp;

use super::origin::{Behind, Origin};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamInfo {
    /// When the stream was created; tells a stream from a later one of the same name.
    pub created: Timestamp,
    /// The server's own time when it answered; `None` where it told none (before server 2.10).
    pub as_of: Option<Timestamp>,
    pub config: StreamConfig,
    /// State at the time of the answer.
    pub state: StreamState,
    /// Name of the leader, escaped; a single server names itself. `None` where nobody leads, or
    /// the server told nothing of it.
    pub leader: Option<String>,
    /// Whether the answer is that of a member of a cluster that sees no leader, or of a leader
    /// that hears of too few others. All else in it is then one member's own, possibly old, state.
    pub leaderless: bool,
    /// The replicas beside the leader, as it sees them; none on a single server.
    pub peers: Vec<Peer>,
    /// How far it is with the streams that it mirrors or sources from.
    pub behind: Vec<Behind>,
}

/// A replica of a stream as its leader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Name of the server, escaped.
    pub name: String,
    /// Whether it has all that the leader has.
    pub current: bool,
    /// Whether the leader takes it for gone.
    pub offline: bool,
    /// Nanoseconds since the leader heard of it.
    pub active: u64,
    /// Operations it is behind.
    pub lag: u64,
}

/// The parts of a stream's configuration that the contract is about, and the rest as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamConfig {
    /// Captured subjects, as stored (not escaped).
    pub subjects: Vec<String>,
    /// `limits`, `interest` or `workqueue`.
    pub retention: String,
    /// `file` or `memory`.
    pub storage: String,
    /// Copies kept; 0 means the server's default of 1.
    pub replicas: u32,
    /// Whether it mirrors another stream.
    pub mirror: bool,
    /// How many streams it sources from.
    pub sources: usize,
    /// The stream that it mirrors, or those that it sources from.
    pub origins: Vec<Origin>,
    /// Whether it rewrites subjects.
    pub subject_transform: bool,
    /// Whether it is sealed: nothing can be added or removed.
    pub sealed: bool,
    /// Whether direct get is on; among [`Self::others`] too.
    pub allow_direct: bool,
    /// Every other field that is not at the server's default, name and value (a text as it is,
    /// anything else as JSON), in name
    /// order; `_nats.*` metadata left out.
    pub others: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamState {
    pub messages: u64,
    /// Bytes stored, the server's own per-message overhead included.
    pub bytes: u64,
    /// First sequence; one past the last when purged empty, 0 when nothing was ever stored.
    pub first_seq: u64,
    /// Last sequence ever given out; stays when its message is deleted.
    pub last_seq: u64,
    /// When the first stored message was stored.
    pub first_time: Option<Timestamp>,
    /// When the last message was stored.
    pub last_time: Option<Timestamp>,
    /// Sequences between first and last that the server counts as without a message; 0 where it
    /// stores none, whatever it says then.
    pub num_deleted: u64,
    /// Those sequences, sorted, when they were asked for: those that this copy does not give out,
    /// whether deleted or lost.
    pub deleted: Option<Arc<[u64]>>,
    /// What contradicts itself in the list as it came.
    pub flaw: Option<ListFlaw>,
    /// What the server reports of damage to its copy; `None` where it was not asked.
    pub lost: Option<Lost>,
    /// From where to where the last sequence went back since this session first saw this copy: what
    /// was between is gone, and its numbers are given out again.
    pub went_back: Option<(u64, u64)>,
}

/// What a server reports of damage to its copy of a stream. It is neither complete nor current:
/// the server mostly forgets it at its next start, and names what a peer has brought back since.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lost {
    /// Sequences that it names, sorted, no repeats.
    pub seqs: Arc<[u64]>,
    /// Bytes that it says are gone.
    pub bytes: u64,
    /// Whether there are bytes for which it names no sequences.
    pub unnamed: bool,
    /// Who reported it, and when.
    pub by: Witness,
    /// Whether the report is of an earlier answer, and the latest one does not repeat it.
    pub earlier: bool,
    /// Whether the latest answer was not asked for a report.
    pub unasked: bool,
}

impl Lost {
    /// Whether no damage was reported.
    pub fn is_none(&self) -> bool {
        self.seqs.is_empty() && self.bytes == 0 && !self.unnamed
    }

    /// What was reported, in a sentence without its end: not that anything is missing now.
    pub fn words(&self) -> String {
        let bytes = super::format::bytes(self.bytes);
        let named = super::format::counted(self.seqs.len() as u64, "sequence");
        let what = match (self.seqs.is_empty(), self.unnamed) {
            (true, true) => format!("{bytes}, and names no sequences"),
            (true, false) => format!("{bytes}, and all that it named could be read since"),
            (false, true) => format!("{named} and bytes of others ({bytes} in all)"),
            (false, false) => format!("{named} ({bytes})"),
        };
        let who = self.by.name().map_or_else(String::new, |name| format!(" {name}"));
        let again = match (self.earlier, self.unasked) {
            (false, _) => "",
            (true, false) => " earlier, and its latest answer does not repeat it",
            (true, true) => " earlier",
        };
        format!("the server{who} reported damage{again}: {what}")
    }
}

/// Whose word something is, and of when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Witness {
    /// The stream's leader that answered, escaped; `None` where it is not known.
    pub leader: Option<String>,
    /// Its own time then.
    pub as_of: Option<Timestamp>,
}

/// What contradicts itself in a list of deleted sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFlaw {
    /// It names sequences below the first or above the last.
    Outside,
    /// It names a sequence twice.
    Repeated,
    /// It names another number of sequences than the server counts.
    Length,
}

impl ListFlaw {
    /// In a few words, after "its list of deleted sequences".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Outside => "names sequences outside its first to last",
            Self::Repeated => "names a sequence twice",
            Self::Length => "is not as long as its own count",
        }
    }
}

impl StreamConfig {
    /// A field off the server's default, as text.
    pub fn other(&self, name: &str) -> Option<&str> {
        self.others.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The first sequence that the configuration names (server 2.10+), where that is above 1. An
    /// UPDATE can put it there long after the stream was made, so it proves nothing of what was
    /// stored below.
    pub fn first_seq(&self) -> Option<u64> {
        self.other("first_seq")?.parse().ok().filter(|seq| *seq > 1)
    }

    /// Whether messages may have a TTL of their own (server 2.11+).
    pub fn has_message_ttl(&self) -> bool {
        self.other("allow_msg_ttl") == Some("true")
    }
}

impl Witness {
    /// The leader's name, unless it has none of its own: a server then calls itself by its id, a
    /// public key of 56 characters that begins with N.
    pub fn name(&self) -> Option<&str> {
        let is_id = |name: &str| {
            name.len() == 56
                && name.starts_with('N')
                && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        self.leader.as_deref().filter(|name| !is_id(name))
    }
}

impl StreamInfo {
    /// Whose word this is.
    pub fn witness(&self) -> Witness {
        Witness { leader: self.leader.clone(), as_of: self.as_of }
    }
}

impl StreamState {
    /// Whether nothing is stored now.
    pub const fn is_empty(&self) -> bool {
        self.messages == 0 || self.last_seq == 0
    }

    /// Whether messages and deleted sequences add up to the span from first to last, as they do
    /// on every healthy stream, busy ones included (`messages + num_deleted = last - first + 1`).
    pub const fn adds_up(&self) -> bool {
        if self.messages == 0 {
            return true;
        }
        let span = match self.last_seq.checked_sub(self.first_seq) {
            Some(span) => span as u128 + 1,
            None => return false,
        };
        self.messages as u128 + self.num_deleted as u128 == span
    }

    /// Why it is not known whether the server reports a loss now, in a sentence without its end;
    /// `None` where it told.
    pub fn loss_not_told(&self) -> Option<String> {
        let told = self.lost.as_ref().is_some_and(|lost| !lost.unasked);
        (!told).then(|| match self.deleted {
            None => format!(
                "whether the server reports a loss was not asked: that brings a list of {}",
                super::format::counted(self.num_deleted, "sequence")
            ),
            Some(_) => "whether the server reports a loss is not known: it was asked, and did not \
                        answer"
                .into(),
        })
    }

    /// Whether the deleted list may be wrong: then what it names is read too.
    pub const fn is_doubtful(&self) -> bool {
        !self.adds_up() || self.flaw.is_some()
    }

    /// Whether the numbers ran past the end of u64, so that the last is below the first.
    pub const fn is_wrapped(&self) -> bool {
        self.messages > 0 && self.first_seq > self.last_seq
    }

    /// Sequences below the first: 1 to `first_seq - 1`. For a purged-empty stream, all there
    /// ever were.
    pub const fn before_first(&self) -> u64 {
        self.first_seq.saturating_sub(1)
    }
}
