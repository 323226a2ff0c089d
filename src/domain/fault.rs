//! Faults: what went wrong, as a value that can be kept, compared and shown.

use std::fmt;

use super::page::window::Window;

/// The kinds of failure a person is told apart. JetStream error codes are in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// No answer in time.
    Timeout,
    /// The connection is down.
    Disconnected,
    /// The server refused the account a subject, or the credentials; holds what was refused.
    Denied(String),
    /// Nobody serves JetStream here: no responders.
    NoJetStream,
    /// JetStream is off for the account (10039) or the server (10076).
    JetStreamOff,
    /// Stream not found (10059).
    StreamNotFound,
    /// The stream exists with another configuration (10058).
    StreamExists,
    /// The stream was deleted and made again while it was being read.
    Recreated,
    /// Another stream already captures the subject (10065).
    SubjectTaken,
    /// The configuration was refused (10052, 10025).
    BadConfig,
    /// More replicas asked for than servers (10074, 10005).
    Replicas,
    /// Out of resources, storage, memory, or an account or stream limit
    /// (10023, 10047, 10028, 10002, 10027).
    Resources,
    /// No leader just now (10008, 10009).
    NoLeader,
    /// The stream is offline (10118, 10194).
    Offline,
    /// Too many requests (10167), or the server shed load.
    Busy,
    /// The answer could not be understood.
    BadReply,
    /// A write was asked for under `--read-only`.
    ReadOnly,
    /// What was given on the command line or in the environment cannot be used.
    Usage,
    /// The page holds as many bytes as one may.
    PageFull,
    /// Cancelled, or never sent because an earlier request of the same read failed.
    NotTried,
    /// Any other answer of the server, by its code.
    Server(u64),
}

impl FaultKind {
    /// What is refused when the server takes the login itself for wrong.
    pub const CREDENTIALS: &'static str = "the credentials";

    /// The kind for a JetStream `err_code`.
    pub const fn from_code(code: u64) -> Self {
        match code {
            10059 => Self::StreamNotFound,
            10058 => Self::StreamExists,
            10065 => Self::SubjectTaken,
            10052 | 10025 => Self::BadConfig,
            10074 | 10005 => Self::Replicas,
            10023 | 10047 | 10028 | 10002 | 10027 => Self::Resources,
            10039 | 10076 => Self::JetStreamOff,
            10008 | 10009 => Self::NoLeader,
            10118 | 10194 => Self::Offline,
            10167 => Self::Busy,
            code => Self::Server(code),
        }
    }

    /// What a person can do next; one short sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Timeout | Self::NoLeader | Self::Busy => "retry",
            Self::Disconnected => "roomscope goes on trying as long as it runs",
            Self::Denied(what) if what == Self::CREDENTIALS => {
                "give the right ones: --creds, --nkey, --token, --user with --password, or --context"
            }
            Self::Denied(_) => "ask for permission on that subject, or use other credentials",
            Self::NoJetStream => {
                "check that the server runs JetStream, and that domain or API prefix are right"
            }
            Self::JetStreamOff => "enable JetStream for this account, or use another account",
            Self::StreamNotFound => "refresh the list; the stream may have been deleted",
            Self::StreamExists => "compare the configurations (drift)",
            Self::Recreated => "refresh: its sequences began again",
            Self::SubjectTaken => {
                "find the stream that captures the room's subject: nats stream find --subject SUBJECT"
            }
            Self::BadConfig => "check the room's subject",
            Self::Replicas => "lower the room's replicas in the rooms file, or add servers",
            Self::Resources => "free storage or raise the account's limits",
            Self::Offline => "wait for the stream's servers to come back",
            Self::BadReply => "check that this is a NATS server of version 2.9 or later",
            Self::ReadOnly => "start without --read-only to allow it",
            Self::Usage => "correct it and start again",
            Self::PageFull => "make the page smaller (p)",
            Self::NotTried => "retry",
            Self::Server(_) => "see the server's log",
        }
    }

    /// The kind in two or three words, for narrow rows.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Timeout => "no answer",
            Self::Disconnected => "not connected",
            Self::Denied(_) => "denied",
            Self::NoJetStream | Self::JetStreamOff => "no JetStream",
            Self::StreamNotFound => "no stream",
            Self::NoLeader => "no leader",
            Self::Offline => "offline",
            Self::Busy => "server busy",
            Self::BadReply => "odd answer",
            Self::PageFull => "page full",
            Self::NotTried => "not tried",
            Self::Resources => "out of resources",
            _ => "failed",
        }
    }

    /// Whether there is no JetStream for this login: a history is empty then, by the contract.
    pub const fn is_no_jetstream(&self) -> bool {
        matches!(self, Self::NoJetStream | Self::JetStreamOff)
    }

    /// Whether it may be over in a moment.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Timeout | Self::NoLeader | Self::Busy | Self::Disconnected)
    }
}

/// A failure to show: what failed, on what, and what to do next. Its text is safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// The sequence that was asked for, where it was one.
    pub seq: Option<u64>,
    /// What failed and on what, escaped.
    pub text: String,
}

impl Fault {
    /// A fault from any text; what a terminal would obey in it is escaped here.
    pub fn new(kind: FaultKind, text: impl AsRef<str>) -> Self {
        Self { kind, seq: None, text: super::escape::sentence(text.as_ref()) }
    }

    /// The fault of something that was never asked for.
    pub fn not_tried() -> Self {
        Self::new(FaultKind::NotTried, "not read")
    }

    /// The fault of a run that this kept from being read: where another sequence was asked for, the
    /// run was given up.
    pub(super) fn of(self, range: Window) -> Self {
        if self.seq.is_none_or(|seq| range.contains(seq)) {
            return self;
        }
        let text = format!("not tried, since an earlier request failed: {}", self.text);
        Self { seq: None, text, ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.text, self.kind.advice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_as_people_need() {
        use FaultKind as K;
        let table = [
            (10059, K::StreamNotFound),
            (10058, K::StreamExists),
            (10065, K::SubjectTaken),
            (10052, K::BadConfig),
            (10025, K::BadConfig),
            (10074, K::Replicas),
            (10005, K::Replicas),
            (10023, K::Resources),
            (10047, K::Resources),
            (10028, K::Resources),
            (10002, K::Resources),
            (10027, K::Resources),
            (10039, K::JetStreamOff),
            (10076, K::JetStreamOff),
            (10008, K::NoLeader),
            (10118, K::Offline),
            (10194, K::Offline),
            (10167, K::Busy),
            (10037, K::Server(10037)),
        ];
        for (code, kind) in table {
            assert_eq!(K::from_code(code), kind, "{code}");
        }
    }

    #[test]
    fn a_fault_says_what_failed_and_what_to_do_and_is_safe_to_print() {
        let fault = Fault::new(FaultKind::Timeout, "read \u{1b}[2J");
        assert_eq!(fault.to_string(), "read \\x1b[2J; retry");
    }
}
