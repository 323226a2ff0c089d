//! The store's error: a kind, what was being done on what, and the source.

use crate::domain::{Fault, FaultKind};

#[derive(Debug, thiserror::Error)]
#[error("{what}: {detail}")]
pub struct StoreError {
    /// The kind, for decisions.
    pub kind: FaultKind,
    /// What was being done, on what: "read sequence 12 of UNIBUS_a".
    pub what: String,
    /// The server's own words, or ours.
    pub detail: String,
    /// The cause, where there is one.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// An error without a source.
    pub fn new(kind: FaultKind, what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, what: what.into(), detail: detail.into(), source: None }
    }

    /// The same error with its cause.
    pub fn from_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The error as a value to keep and show, escaped.
    pub fn fault(&self) -> Fault {
        Fault::new(self.kind.clone(), self.to_string())
    }
}

impl From<&StoreError> for Fault {
    fn from(error: &StoreError) -> Self {
        error.fault()
    }
}
