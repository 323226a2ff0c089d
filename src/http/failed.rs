//! Why a history is not given whole.

use super::limits::{ANSWER_TIME, Limits};
use super::pulse::Silent;
use crate::store::StoreError;

/// In words for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// It cannot be had.
    #[error("{0}")]
    Inside(String),
    /// There is no time left for it, by these limits.
    #[error("{}", .0.used_up())]
    Late(Limits),
}

impl From<Silent> for Failed {
    fn from(silent: Silent) -> Self {
        Self::Inside(match silent {
            Silent::Reading => format!("no answer within {} s", ANSWER_TIME.as_secs()),
            Silent::Waiting => "not tried, since requests of others were not answered".into(),
        })
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Inside(error.fault().text)
    }
}
