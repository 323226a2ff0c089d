//! The stream's state for one read: with its list of deleted sequences and its report of damage
//! where the list is short enough to ask for, and nothing that a member without a leader says.

use std::sync::Arc;
use std::time::Instant;

use crate::domain::{FaultKind, StreamInfo, format};
use crate::store::StoreError;

use super::read::Read;

impl Read<'_> {
    /// The stream as it is now, `None` when there is none. Its deleted list and its report of
    /// damage are set when they are known from before, or the list is short enough to ask for.
    /// One or two requests; two more where the answer contradicts itself.
    ///
    /// # Errors
    /// [`NoLeader`](FaultKind::NoLeader) for the answer of a member that has no leader.
    pub(super) async fn snapshot(&mut self) -> Result<Option<StreamInfo>, StoreError> {
        let details = self.reader.lists.is_short(self.stream);
        self.look_with(details).await
    }

    /// The same, with nothing from before: only a list that is read now tells what is listed now.
    pub(super) async fn look_anew(
        &mut self,
        before: &StreamInfo,
    ) -> Result<Option<StreamInfo>, StoreError> {
        self.look_with(before.state.num_deleted <= self.reader.lists.most).await
    }

    async fn look_with(&mut self, mut details: bool) -> Result<Option<StreamInfo>, StoreError> {
        let Some(mut info) = self.info(details).await? else { return Ok(None) };
        if !details && info.state.num_deleted == 0 && !info.state.is_empty() {
            // The list is known without asking. The report of damage that comes with it is asked
            // for beside the frames, so that nobody waits for it.
            info.state.deleted = Some(Arc::from([]));
            self.report_due = !self.reader.lists.fill_in(self.stream, &mut info);
        } else if !details
            && (self.reader.anew || !self.reader.lists.fill_in(self.stream, &mut info))
            && info.state.num_deleted <= self.reader.lists.most
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
            details = info.state.num_deleted <= self.reader.lists.most;
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
            self.reader.lists.keep(self.stream, &info);
        }
        self.reader.memory.recall(self.stream, &mut info, self.asked);
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
                self.reader.lists.keep(self.stream, &told);
                self.reader.memory.recall(self.stream, &mut told, asked);
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
        match self.store().info(self.stream, deleted).await {
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
