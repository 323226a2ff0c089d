//! The stream's state for one read, with the deleted list when that is cheap.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::{FaultKind, StreamInfo, StreamName};

use super::Read;
use crate::store::StoreError;

/// Longest deleted list to ask for. The server makes it under its lock: a million entries take
/// it 0.15 s and 6.9 MB; so many take about 8 ms.
const LIST_AT_MOST: u64 = 50_000;

/// Sequences to keep in the deleted lists of all streams: 1.6 MB.
const KEPT_AT_MOST: usize = 200_000;

/// The deleted lists of the streams read last, so that paging, and going back to a room, does not
/// fetch them anew each time.
#[derive(Debug)]
pub(super) struct Lists {
    most: u64,
    /// The one kept last is at the end.
    kept: Mutex<Vec<Kept>>,
    /// The stream of which the next look should bring the list.
    expected: Mutex<Option<StreamName>>,
}

impl Default for Lists {
    fn default() -> Self {
        Self::new(LIST_AT_MOST)
    }
}

#[derive(Debug)]
struct Kept {
    stream: StreamName,
    created: Timestamp,
    deleted: Arc<[u64]>,
}

impl Lists {
    /// Asks for lists of at most so many sequences.
    pub(super) const fn new(most: u64) -> Self {
        Self { most, kept: Mutex::new(Vec::new()), expected: Mutex::new(None) }
    }

    /// The kept list, when it is still the whole truth. A sequence once deleted stays deleted, so
    /// a kept list that has as many entries at or above `first_seq` as the server counts is equal
    /// to the server's.
    fn still_true(&self, stream: &StreamName, info: &StreamInfo) -> Option<Arc<[u64]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |kept: &&Kept| kept.stream == *stream && kept.created == info.created;
        let kept = kept.iter().find(same)?;
        let gone = kept.deleted.partition_point(|&seq| seq < info.state.first_seq);
        let left = kept.deleted.get(gone..)?;
        (left.len() as u64 == info.state.num_deleted).then(|| Arc::from(left))
    }

    /// A stream of which no list is kept is about to be read, and had so many deleted sequences when
    /// it was last heard of.
    pub(super) fn expect(&self, stream: &StreamName, num_deleted: u64) {
        let wanted = (1..=self.most).contains(&num_deleted) && {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            !kept.iter().any(|kept| kept.stream == *stream)
        };
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        *expected = wanted.then(|| stream.clone());
    }

    fn is_expected(&self, stream: &StreamName) -> bool {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.take_if(|expected| expected == stream).is_some()
    }

    fn keep(&self, stream: &StreamName, created: Timestamp, deleted: Arc<[u64]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.stream != *stream);
        if deleted.len() > KEPT_AT_MOST {
            return;
        }
        kept.push(Kept { stream: stream.clone(), created, deleted });
        let mut all: usize = kept.iter().map(|kept| kept.deleted.len()).sum();
        while all > KEPT_AT_MOST && kept.len() > 1 {
            all -= kept.remove(0).deleted.len();
        }
    }
}

impl Read<'_> {
    /// The stream as it is now, `None` when there is none. Its deleted list is set when it is
    /// empty, known from before, or short enough to ask for. One or two requests.
    pub(super) async fn snapshot(&mut self) -> Result<Option<StreamInfo>, StoreError> {
        let Some(mut info) = self.info(self.lists.is_expected(self.stream)).await? else {
            return Ok(None);
        };
        if info.state.num_deleted == 0 {
            info.state.deleted = Some(Arc::from([]));
        } else if let Some(list) = &info.state.deleted {
            self.lists.keep(self.stream, info.created, Arc::clone(list));
        } else if let Some(list) = self.lists.still_true(self.stream, &info) {
            info.state.deleted = Some(list);
        } else if info.state.num_deleted <= self.lists.most {
            let Some(detailed) = self.info(true).await? else {
                return Ok(None);
            };
            info = detailed;
            if let Some(list) = &info.state.deleted {
                self.lists.keep(self.stream, info.created, Arc::clone(list));
            } else if info.state.num_deleted == 0 {
                info.state.deleted = Some(Arc::from([]));
            }
        }
        Ok(Some(info))
    }

    pub(super) async fn info(&mut self, deleted: bool) -> Result<Option<StreamInfo>, StoreError> {
        match self.store.info(self.stream, deleted).await {
            Ok(info) => {
                self.cost.info += 1;
                Ok(Some(info))
            }
            Err(error) if error.kind == FaultKind::StreamNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
