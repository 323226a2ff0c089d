//! Sampling a stream whose deleted list is too long to ask for.

use crate::domain::{StreamName, Survey};
use crate::store::StoreError;

use super::Reader;
use super::read::Read;

/// Most requests of a survey, those about the stream's state included.
pub const REQUESTS_AT_MOST: u64 = 256;
/// Bytes a survey may bring, by the weight of the stream's average frame: a jump's answer holds a
/// whole frame, and nothing smaller can be asked for.
const BYTES_AT_MOST: u64 = 32_000_000;
/// Jumps of a survey whatever frames weigh.
const REQUESTS_AT_LEAST: u64 = 16;
/// Jumps decided on at once.
const ROUND: usize = 16;

impl Reader {
    /// Samples a stream by jumps spread over it, more of them where holes are found. At most 256
    /// requests, and about 32 MB of frames; fewer when every missing sequence that the stream
    /// counts was found. `None` when there is no stream, or nothing in it.
    ///
    /// # Errors
    /// When a request fails.
    pub async fn survey(&self, stream: &StreamName) -> Result<Option<Survey>, StoreError> {
        let mut read = Read::of(self, stream);
        let Some(info) = read.info(false).await?.filter(|info| !info.state.is_empty()) else {
            return Ok(None);
        };
        let mut survey = Survey::new(&info);
        let frame = (info.state.bytes / info.state.messages.max(1)).max(1);
        let most = (BYTES_AT_MOST / frame).clamp(REQUESTS_AT_LEAST, REQUESTS_AT_MOST);
        // The last request is for the state that the holes are counted against.
        while read.cost.requests() + 1 < most {
            let left = usize::try_from(most - 1 - read.cost.requests()).unwrap_or(0);
            let first = survey.frames().is_empty() && survey.holes().is_empty();
            let probes = survey.next(if first { left } else { left.min(ROUND) });
            if probes.is_empty() {
                break;
            }
            for (asked, found) in read.look(&info, probes).await? {
                survey.learn(asked, found);
            }
        }
        let Some(now) = read.info(false).await? else { return Ok(None) };
        read.same_stream(&info, &now)?;
        survey.seal(&now.state);
        survey.requests = read.cost.requests();
        Ok(Some(survey))
    }
}
