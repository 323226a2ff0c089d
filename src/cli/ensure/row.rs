//! What became of one room's stream.

use serde::Serialize;

use crate::domain::room::created;
use crate::domain::{
    Drift, DriftField, Ensured, Fault, Room, StreamInfo, StreamSpec, escape, format, limits,
};
use crate::store::ensure::amend;
use crate::store::{HistoryStore, StoreError};

/// One room, as text or as a JSON object.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    room: String,
    stream: String,
    pub(super) outcome: Outcome,
    /// What differs, or, where it was changed, what differed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    drift: Vec<DriftField>,
    /// Settings that the contract says nothing of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Other>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip)]
    seen: Option<Box<StreamInfo>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Present,
    Created,
    Missing,
    Drifted,
    Changed,
    NotPersisted,
    Failed,
}

impl Outcome {
    pub(super) const ALL: [Self; 7] = [
        Self::Present,
        Self::Created,
        Self::Missing,
        Self::Drifted,
        Self::Changed,
        Self::NotPersisted,
        Self::Failed,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Created => "created",
            Self::Missing => "missing",
            Self::Drifted => "drifted",
            Self::Changed => "changed",
            Self::NotPersisted => "not persisted",
            Self::Failed => "failed",
        }
    }
}

#[derive(Debug, Serialize)]
struct Other {
    field: String,
    value: String,
}

impl Row {
    /// The row of what ensuring came to.
    pub(super) fn of(room: &Room, ensured: Result<Ensured, StoreError>) -> Self {
        let row = Self::bare(room);
        match ensured {
            Ok(Ensured::Present(_)) => row,
            Ok(Ensured::Created(info)) => {
                Self { outcome: Outcome::Created, detail: Some(created(&info)), ..row }
            }
            Ok(Ensured::WouldCreate(spec)) => {
                Self { outcome: Outcome::Missing, detail: Some(would_create(&spec)), ..row }
            }
            Ok(Ensured::Drifted(info, drift)) => {
                Self { outcome: Outcome::Drifted, seen: Some(info), ..row }.with(drift)
            }
            Ok(Ensured::NotOurs { why, .. }) if room.persist == Some(false) => {
                Self { outcome: Outcome::NotPersisted, detail: Some(why.into()), ..row }
            }
            Ok(Ensured::NotOurs { why, .. }) => {
                Self { outcome: Outcome::Failed, detail: Some(why.into()), ..row }
            }
            Err(error) => row.failed(&error.fault()),
        }
    }

    fn bare(room: &Room) -> Self {
        Self {
            room: room.id.to_string(),
            stream: room.id.stream().to_string(),
            outcome: Outcome::Present,
            drift: Vec::new(),
            others: Vec::new(),
            detail: None,
            seen: None,
        }
    }

    fn with(mut self, drift: Drift) -> Self {
        self.drift = drift.fields;
        self.others =
            drift.others.into_iter().map(|(field, value)| Other { field, value }).collect();
        self
    }

    /// What differs was shown before.
    fn failed(self, fault: &Fault) -> Self {
        let detail = Some(fault.to_string());
        Self { outcome: Outcome::Failed, detail, drift: Vec::new(), others: Vec::new(), ..self }
    }

    /// Whether the stream differs.
    pub(super) fn drifted(&self) -> bool {
        self.outcome == Outcome::Drifted
    }

    /// The row after the stream was changed to what the contract makes.
    pub(super) async fn amended(self, store: &dyn HistoryStore, room: &Room) -> Self {
        let Some(seen) = &self.seen else { return self };
        match amend(store, room, seen).await {
            Ok((_, left)) if left.is_none() => {
                Self { outcome: Outcome::Changed, others: Vec::new(), ..self }
            }
            Ok((info, left)) => Self {
                detail: Some("it was changed, and this still differs".into()),
                seen: Some(Box::new(info)),
                ..self
            }
            .with(left),
            Err(error) => self.failed(&error.fault()),
        }
    }

    /// Its part in the exit code: 1 failed, 3 missing or different.
    pub(super) const fn code(&self) -> u8 {
        match self.outcome {
            Outcome::Present | Outcome::Created | Outcome::Changed | Outcome::NotPersisted => 0,
            Outcome::Missing | Outcome::Drifted => 3,
            Outcome::Failed => 1,
        }
    }

    /// Its lines, safe for a terminal.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}: {}", self.room, self.outcome.word());
        if let Some(detail) = &self.detail {
            text += &format!("; {detail}");
        }
        for field in &self.drift {
            let (wanted, found) = (escape::text(&field.wanted), escape::text(&field.found));
            let line = match (self.outcome, field.changeable) {
                (Outcome::Changed, _) => format!("{found} -> {wanted}"),
                (_, true) => format!("{found}, where the contract wants {wanted}"),
                (_, false) => format!(
                    "{found}, where the contract wants {wanted}; cannot be changed on an existing \
                     stream"
                ),
            };
            text += &format!("\n  {}: {line}", field.field);
        }
        for other in &self.others {
            let value = limits::words(&other.field, &other.value, true);
            let field = escape::text(&other.field);
            text += &format!("\n  {field}: {value}, which the contract leaves alone");
        }
        text
    }
}

fn would_create(spec: &StreamSpec) -> String {
    format!(
        "{} would be created: subject {}, file storage, limits retention, {}",
        spec.name,
        escape::text(spec.subject.as_str()),
        match spec.replicas {
            1 => "1 replica".into(),
            n => format!("{} replicas", format::count(n.into())),
        }
    )
}
