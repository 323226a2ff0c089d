//! A room of the list as a JSON object.

use jiff::Timestamp;
use serde::Serialize;

use super::Asked;
use crate::domain::RoomRow;
use crate::domain::{Completeness, Found};

/// A room as a JSON object.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    id: &'a str,
    name: Option<&'a str>,
    state: &'static str,
    /// Why nothing is known of the stream.
    error: Option<&'a str>,
    stream: String,
    subject: Option<&'a str>,
    persist: Option<bool>,
    replicas: Option<u32>,
    /// What the rooms file says.
    encrypted: Option<bool>,
    known_from: Vec<&'static str>,
    created: Option<Timestamp>,
    frames: Option<u64>,
    bytes: Option<u64>,
    first_seq: Option<u64>,
    last_seq: Option<u64>,
    first_time: Option<Timestamp>,
    last_time: Option<Timestamp>,
    /// Sequences that were deleted after the first one.
    missing: Option<u64>,
    /// Sequences below the first one.
    before_first: Option<u64>,
    /// How complete its history is; not known unless each room was asked, null without a stream.
    completeness: Option<&'static str>,
    /// What one member told of a stream without a leader: its own, possibly old, state.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_a_member_knew: Option<Knew>,
    drift: Vec<Differs>,
}

/// A member's own state of a stream.
#[derive(Debug, Serialize)]
struct Knew {
    frames: u64,
    first_seq: u64,
    last_seq: u64,
    last_time: Option<Timestamp>,
}

/// A field that is not as the contract makes it.
#[derive(Debug, Serialize)]
struct Differs {
    field: &'static str,
    wanted: String,
    found: String,
}

impl<'a> Line<'a> {
    pub(super) fn of(row: &'a RoomRow, asked: &Asked) -> Self {
        let room = &row.room;
        let info = row.stream().filter(|info| !info.leaderless);
        let member = row.stream().filter(|info| info.leaderless).map(|info| &info.state);
        let verdict = asked.get(&room.id).copied().unwrap_or(Completeness::NotKnown);
        let is_there = !matches!(row.found, Found::NoStream | Found::Unknown);
        let state = info.map(|info| &info.state);
        let from = [
            (room.known_from.server, "server"),
            (room.known_from.file, "rooms file"),
            (room.known_from.args, "arguments"),
        ];
        let drift = row.drift().map(|(_, drift)| drift.fields).unwrap_or_default();
        Self {
            id: room.id.as_str(),
            name: room.name.as_deref(),
            state: row.state().word(),
            error: match &row.found {
                Found::Failed(fault) | Found::NotKnown(fault) => Some(&fault.text),
                _ => None,
            },
            stream: room.id.stream().to_string(),
            subject: room.subject.as_ref().map(crate::domain::Subject::as_str),
            persist: room.persist,
            replicas: room.replicas,
            encrypted: room.known_from.file.then_some(room.encrypted),
            known_from: from.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect(),
            created: info.map(|info| info.created),
            frames: state.map(|state| state.messages),
            bytes: state.map(|state| state.bytes),
            first_seq: state.map(|state| state.first_seq),
            last_seq: state.map(|state| state.last_seq),
            first_time: state.and_then(|state| state.first_time),
            last_time: state.and_then(|state| state.last_time),
            missing: state.map(|state| state.num_deleted),
            before_first: state.map(crate::domain::StreamState::before_first),
            completeness: is_there.then(|| verdict.name()),
            as_a_member_knew: member.map(|state| Knew {
                frames: state.messages,
                first_seq: state.first_seq,
                last_seq: state.last_seq,
                last_time: state.last_time,
            }),
            drift: drift
                .into_iter()
                .map(|field| Differs {
                    field: field.field,
                    wanted: field.wanted,
                    found: field.found,
                })
                .collect(),
        }
    }
}
