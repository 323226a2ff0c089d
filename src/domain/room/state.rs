//! The one-word state of a room in the list, derived from what was found.

use super::{Drift, Room};
use crate::domain::{Fault, FaultKind, StreamInfo};

/// What is known of a room's stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Found {
    #[default]
    Unknown,
    /// The server has no such stream.
    NoStream,
    Stream(Box<StreamInfo>),
    /// It could not be asked; says nothing of whether the stream is there.
    Failed(Fault),
    /// The server's list names it, and could not reach the servers that hold it.
    NotKnown(Fault),
}

/// A room's state in one word. What says that something is wrong is a mark: a room may have
/// several of those at once, and its state is the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoomState {
    Checking,
    /// The stream is there, as the contract makes it, and holds messages. Says nothing of them.
    Kept,
    /// The stream is there and holds no messages.
    Empty,
    /// There is no stream; for a room of unknown subject too.
    NoStream,
    /// The stream's configuration is not what the contract makes.
    Drift,
    /// The room's messages are not kept.
    NotPersisted,
    /// Something that it held was found lost or unreadable since the program was started.
    Damaged,
    /// What is known of the stream is from before the last look at it failed.
    Stale,
    /// Frames that anyone can read were found in it, and it should hold none.
    Plaintext,
    /// The server could not reach those that hold the stream. It may be there, and as it was.
    NotKnown,
    /// The account may not look.
    Denied,
    /// The server says that the stream is offline (10118, 10194).
    Offline,
    /// Nobody answered: no reply in time, or the connection was down. Says nothing of the stream.
    NoAnswer,
    /// The stream has no leader just now (10008, 10009), or what one member of it says is all that
    /// can be had.
    NoLeader,
    /// Nobody serves JetStream here, or it is off for the server or the account.
    NoJetStream,
    /// Anything else went wrong; the fault says what.
    Error,
}

impl RoomState {
    pub const ALL: [Self; 16] = [
        Self::Checking,
        Self::Kept,
        Self::Empty,
        Self::NoStream,
        Self::Drift,
        Self::NotPersisted,
        Self::Damaged,
        Self::Stale,
        Self::Plaintext,
        Self::NotKnown,
        Self::Denied,
        Self::Offline,
        Self::NoAnswer,
        Self::NoLeader,
        Self::NoJetStream,
        Self::Error,
    ];

    /// The marks, the gravest first.
    const MARKS: [Self; 6] =
        [Self::Damaged, Self::NoLeader, Self::NotKnown, Self::Stale, Self::Drift, Self::Plaintext];

    /// How grave it is as a mark, 0 the gravest; `None` for what is no mark.
    pub fn gravity(self) -> Option<usize> {
        Self::MARKS.iter().position(|mark| *mark == self)
    }

    /// The state of a room with what was found of its stream.
    pub fn of(room: &Room, found: &Found) -> Self {
        match found {
            Found::Failed(fault) => match fault.kind {
                FaultKind::Denied(_) => Self::Denied,
                FaultKind::Offline => Self::Offline,
                FaultKind::Timeout | FaultKind::Disconnected => Self::NoAnswer,
                FaultKind::NoLeader => Self::NoLeader,
                FaultKind::JetStreamOff | FaultKind::NoJetStream => Self::NoJetStream,
                _ => Self::Error,
            },
            Found::NotKnown(_) => Self::NotKnown,
            Found::Stream(info) if info.leaderless => Self::NoLeader,
            _ if room.persist == Some(false) => Self::NotPersisted,
            Found::Unknown => Self::Checking,
            Found::NoStream => Self::NoStream,
            // All else that such a member tells is its own, and may be old.
            Found::Stream(info) if info.leaderless => Self::NoLeader,
            Found::Stream(info) if !Drift::compare(room, &info.config).is_none() => Self::Drift,
            Found::Stream(info) if info.state.is_empty() => Self::Empty,
            Found::Stream(_) => Self::Kept,
        }
    }

    /// The words on the screen and in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Kept => "kept",
            Self::Empty => "empty",
            Self::NoStream => "no stream",
            Self::Drift => "drift",
            Self::NotPersisted => "not persisted",
            Self::Damaged => "damaged",
            Self::Stale => "stale",
            Self::Plaintext => "plaintext",
            Self::NotKnown => "not known",
            Self::Denied => "denied",
            Self::Offline => "offline",
            Self::NoAnswer => "no answer",
            Self::NoLeader => "no leader",
            Self::NoJetStream => "no jetstream",
            Self::Error => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::room::KnownFrom;
    use crate::domain::{RoomId, StreamConfig, StreamState};

    #[test]
    fn one_word_for_each_finding() {
        let kept = Room::bare(RoomId::new("a").unwrap(), KnownFrom::default());
        let unkept = Room { persist: Some(false), ..kept.clone() };
        let failed = |kind| Found::Failed(Fault::new(kind, "x"));
        let members = |mut found: Found, leader: Option<&str>| {
            if let Found::Stream(info) = &mut found {
                info.leader = leader.map(str::to_owned);
                info.leaderless = leader.is_none();
            }
            found
        };
        let stream = |messages, subjects: &[&str]| {
            Found::Stream(Box::new(StreamInfo {
                config: StreamConfig {
                    subjects: subjects.iter().map(|s| (*s).to_owned()).collect(),
                    retention: "limits".into(),
                    storage: "file".into(),
                    ..StreamConfig::default()
                },
                state: StreamState {
                    messages,
                    first_seq: 1,
                    last_seq: 1,
                    ..StreamState::default()
                },
                ..StreamInfo::default()
            }))
        };
        let leaderless = |mut found: Found| {
            if let Found::Stream(info) = &mut found {
                info.leaderless = true;
            }
            found
        };
        let table = [
            (&kept, leaderless(stream(1, &["a"])), RoomState::NoLeader),
            (&kept, leaderless(stream(0, &["a", "b"])), RoomState::NoLeader),
            (&kept, Found::Unknown, RoomState::Checking),
            (&kept, Found::NoStream, RoomState::NoStream),
            (&kept, stream(1, &["a"]), RoomState::Kept),
            (&kept, members(stream(1, &["a"]), Some("n1")), RoomState::Kept),
            (&kept, members(stream(1, &["a"]), None), RoomState::NoLeader),
            (&kept, members(stream(0, &["a", "b"]), None), RoomState::NoLeader),
            (&kept, Found::NotKnown(Fault::new(FaultKind::Timeout, "x")), RoomState::NotKnown),
            (&unkept, Found::NotKnown(Fault::new(FaultKind::Timeout, "x")), RoomState::NotKnown),
            (&kept, stream(0, &["a"]), RoomState::Empty),
            (&kept, stream(0, &["a", "b"]), RoomState::Drift),
            (&unkept, Found::Unknown, RoomState::NotPersisted),
            (&unkept, stream(1, &["a"]), RoomState::NotPersisted),
            (&unkept, failed(FaultKind::Offline), RoomState::Offline),
            (&kept, failed(FaultKind::Denied("x".into())), RoomState::Denied),
            (&kept, failed(FaultKind::Timeout), RoomState::NoAnswer),
            (&kept, failed(FaultKind::Disconnected), RoomState::NoAnswer),
            (&kept, failed(FaultKind::NoLeader), RoomState::NoLeader),
            (&kept, failed(FaultKind::NoJetStream), RoomState::NoJetStream),
            (&kept, failed(FaultKind::JetStreamOff), RoomState::NoJetStream),
            (&kept, failed(FaultKind::BadReply), RoomState::Error),
        ];
        for (room, found, expected) in table {
            assert_eq!(RoomState::of(room, &found), expected, "{found:?}");
        }
    }
}
