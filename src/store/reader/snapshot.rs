//! The stream's state for one read: with its list of deleted sequences and its report of damage
//! where the list is short enough to ask for, and nothing that a member without a leader says.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;

use crate::domain::{FaultKind, Lost, StreamInfo, StreamName, format};

use super::Read;
use crate::store::StoreError;

/// Longest deleted list to ask for. The server makes it under its lock: a million entries take
/// it 0.15 s and 6.9 MB; so many take about 8 ms.
const LIST_AT_MOST: u64 = 50_000;

/// Longest deleted list to ask for where all of a stream is accounted for: 14 MB of JSON.
pub const LONGEST_LIST: u64 = 2_000_000;

/// Longest list that is asked for with each look: 7 KB of JSON. A second request would cost more.
const ALWAYS: u64 = 1_000;

/// Sequences to keep in the deleted lists of all streams: 1.6 MB. One list may be longer, where a
/// reader asks for longer ones.
const KEPT_AT_MOST: usize = 200_000;

/// The deleted lists of the streams read last, so that paging, and going back to a room, does not
/// fetch them anew each time.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) most: u64,
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

/// What a look with details brought.
#[derive(Debug)]
struct Kept {
    stream: StreamName,
    created: Timestamp,
    leader: Option<String>,
    first_seq: u64,
    last: (u64, Option<Timestamp>),
    deleted: Arc<[u64]>,
    lost: Option<Lost>,
}

impl Lists {
    /// Asks for lists of at most so many sequences.
    pub(super) const fn new(most: u64) -> Self {
        Self { most, kept: Mutex::new(Vec::new()), expected: Mutex::new(None) }
    }

    /// Fills in the kept list and report, when they are still all there is to know: of the same
    /// leader, and nothing came or went since. A sequence once deleted stays deleted, so a list of as
    /// many entries as the server counts is equal to the server's; but a store that was put back to
    /// an older copy counts other ones, and only what was stored last tells it from the newer one.
    fn fill_in(&self, stream: &StreamName, info: &mut StreamInfo) -> bool {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut info.state;
        let same = |kept: &&Kept| {
            kept.stream == *stream
                && kept.created == info.created
                && kept.leader == info.leader
                && kept.first_seq == state.first_seq
                && kept.last == (state.last_seq, state.last_time)
                && kept.deleted.len() as u64 == state.num_deleted
        };
        let Some(kept) = kept.iter().find(same) else { return false };
        state.deleted = Some(Arc::clone(&kept.deleted));
        state.lost.clone_from(&kept.lost);
        true
    }

    /// A stream of which no list is kept is about to be read, and had so many deleted sequences when
    /// it was last heard of.
    pub(super) fn expect(&self, stream: &StreamName, num_deleted: u64) {
        let wanted = num_deleted <= self.most && {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            !kept.iter().any(|kept| kept.stream == *stream)
        };
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        *expected = wanted.then(|| stream.clone());
    }

    /// Whether the first look at a stream should bring its list: it is short as far as is known.
    fn is_short(&self, stream: &StreamName) -> bool {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        if expected.take_if(|expected| expected == stream).is_some() {
            return true;
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.iter().find(|kept| kept.stream == *stream);
        kept.is_some_and(|kept| kept.deleted.len() as u64 <= ALWAYS.min(self.most))
    }

    fn keep(&self, stream: &StreamName, info: &StreamInfo) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.stream != *stream);
        let state = &info.state;
        let Some(deleted) = state.deleted.clone().filter(|_| !state.is_doubtful()) else { return };
        kept.push(Kept {
            stream: stream.clone(),
            created: info.created,
            leader: info.leader.clone(),
            first_seq: state.first_seq,
            last: (state.last_seq, state.last_time),
            deleted,
            lost: state.lost.clone(),
        });
        let weigh = |kept: &Kept| kept.deleted.len() + 64;
        let mut all: usize = kept.iter().map(weigh).sum();
        while all > KEPT_AT_MOST && kept.len() > 1 {
            all -= weigh(&kept.remove(0));
        }
    }
}

impl Read<'_> {
    /// The stream as it is now, `None` when there is none. Its deleted list and its report of
    /// damage are set when they are known from before, or the list is short enough to ask for.
    /// One or two requests; two more where the answer contradicts itself.
    ///
    /// # Errors
    /// [`NoLeader`](FaultKind::NoLeader) for the answer of a member that has no leader.
    pub(super) async fn snapshot(&mut self) -> Result<Option<StreamInfo>, StoreError> {
        let details = self.lists.is_short(self.stream);
        self.look_with(details).await
    }

    /// The same, with nothing from before: only a list that is read now tells what is listed now.
    pub(super) async fn look_anew(
        &mut self,
        before: &StreamInfo,
    ) -> Result<Option<StreamInfo>, StoreError> {
        self.look_with(before.state.num_deleted <= self.lists.most).await
    }

    async fn look_with(&mut self, mut details: bool) -> Result<Option<StreamInfo>, StoreError> {
        let Some(mut info) = self.info(details).await? else { return Ok(None) };
        if !details && info.state.num_deleted == 0 && !info.state.is_empty() {
            // The list is known without asking. The report of damage that comes with it is asked
            // for beside the frames, so that nobody waits for it.
            info.state.deleted = Some(Arc::from([]));
            self.report_due = !self.lists.fill_in(self.stream, &mut info);
        } else if !details
            && (self.anew || !self.lists.fill_in(self.stream, &mut info))
            && info.state.num_deleted <= self.lists.most
        {
            details = true;
            let Some(detailed) = self.info(true).await? else { return Ok(None) };
            info = detailed;
        }
        // A contradiction is read again before anybody leans on it.
        for _ in 0..2 {
            if !info.state.is_doubtful() && !info.state.is_wrapped() {
                break;
            }
            details = info.state.num_deleted <= self.lists.most;
            self.report_due &= !details;
            let leader = info.leader.take();
            let Some(again) = self.info(details).await? else { return Ok(None) };
            info = again;
            if info.leader == leader {
                break;
            }
        }
        if info.state.is_wrapped() {
            return Err(self.wrapped(&info));
        }
        if details {
            self.lists.keep(self.stream, &info);
        }
        self.memory.recall(self.stream, &mut info, self.asked);
        Ok(Some(info))
    }

    /// Takes in the answer with the report of damage that was asked for at this time, beside the
    /// frames.
    pub(super) fn take_report(
        &mut self,
        info: &mut StreamInfo,
        (asked, answer): (Instant, Result<StreamInfo, StoreError>),
    ) {
        match answer {
            // Of another leader it would be a report on another copy.
            Ok(mut told)
                if !told.leaderless
                    && told.created == info.created
                    && told.leader == info.leader =>
            {
                self.cost.info += 1;
                self.lists.keep(self.stream, &told);
                self.memory.recall(self.stream, &mut told, asked);
                info.state.lost = told.state.lost;
                info.state.went_back = told.state.went_back;
            }
            Ok(_) => self.cost.info += 1,
            Err(_) => self.cost.failed += 1,
        }
    }

    /// The stream's state as a leader tells it.
    pub(super) async fn info(&mut self, deleted: bool) -> Result<Option<StreamInfo>, StoreError> {
        self.asked = Instant::now();
        match self.store.info(self.stream, deleted).await {
            Ok(info) if info.leaderless => Err(self.no_leader(&info)),
            Ok(info) => {
                self.cost.info += 1;
                Ok(Some(info))
            }
            Err(error) if error.kind == FaultKind::StreamNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn no_leader(&self, info: &StreamInfo) -> StoreError {
        let state = &info.state;
        let why = match &info.leader {
            None => "it has no leader".to_owned(),
            Some(name) => format!("its leader {name} hears of too few others to lead"),
        };
        let detail = format!(
            "{why}; as the member that answered last knew, it held {} up to sequence {}",
            format::counted(state.messages, "message"),
            format::count(state.last_seq)
        );
        StoreError::new(FaultKind::NoLeader, format!("look up {}", self.stream), detail)
    }

    fn wrapped(&self, info: &StreamInfo) -> StoreError {
        let state = &info.state;
        let detail = format!(
            "the server counts {}, the first with sequence {} and the last with {}: its numbers ran \
             past the end, and what it holds cannot be read by sequence",
            format::counted(state.messages, "message"),
            format::count(state.first_seq),
            format::count(state.last_seq)
        );
        StoreError::new(FaultKind::BadReply, format!("look up {}", self.stream), detail)
    }
}
