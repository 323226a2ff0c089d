//! Drift: where a stream's configuration is not what the contract makes.

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::Room;
use crate::domain::stream::StreamConfig;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DriftField {
    /// Field name as in the JetStream API.
    pub field: &'static str,
    /// What the contract wants. Not escaped.
    pub wanted: String,
    /// What the stream has. Not escaped.
    pub found: String,
    /// Whether an UPDATE may change it; the server refuses some changes on a living stream.
    pub changeable: bool,
}

/// The comparison of a stream with its room: only the fields that the contract owns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drift {
    /// Fields that differ; empty means no drift.
    pub fields: Vec<DriftField>,
    /// Other fields off their defaults: for information, never counted as drift and never
    /// changed.
    pub others: Vec<(String, String)>,
}

impl Drift {
    /// Compares by the contract: subjects as a set, retention, storage, replicas, and that there
    /// is no mirror, source, subject transform or seal. 0 and absent replicas mean 1.
    ///
    /// What is not known of the room (a stream found on the server, in no rooms file) is not
    /// compared, but that there is exactly one subject.
    pub fn compare(room: &Room, found: &StreamConfig) -> Self {
        let mut fields = Vec::new();
        let mut differ = |field, wanted: String, found: String, changeable| {
            if wanted != found {
                fields.push(DriftField { field, wanted, found, changeable });
            }
        };
        let mut subjects = found.subjects.clone();
        subjects.sort();
        subjects.dedup();
        let subject = match (&room.subject, subjects.as_slice()) {
            (Some(subject), _) => subject.to_string(),
            (None, [one]) if !one.contains(['*', '>']) => one.clone(),
            (None, _) => "exactly one, without wildcards".into(),
        };
        differ("subjects", subject, subjects.join(", "), true);
        differ("retention", "limits".into(), found.retention.clone(), false);
        differ("storage", "file".into(), found.storage.clone(), false);
        let replicas = found.replicas.max(1);
        let wanted = room.replicas.unwrap_or(replicas).max(1);
        differ("num_replicas", wanted.to_string(), replicas.to_string(), true);
        differ("mirror", "none".into(), yes_no(found.mirror), false);
        let sources = if found.sources == 0 { "none".into() } else { found.sources.to_string() };
        differ("sources", "none".into(), sources, true);
        differ("subject_transform", "none".into(), yes_no(found.subject_transform), true);
        differ("sealed", "false".into(), found.sealed.to_string(), false);
        Self { fields, others: found.others.clone() }
    }

    /// Whether the stream is what the contract makes.
    pub fn is_none(&self) -> bool {
        self.fields.is_empty()
    }
}

fn yes_no(set: bool) -> String {
    if set { "set".into() } else { "none".into() }
}
