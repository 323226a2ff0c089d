//! Reading the rest of a window into the two files.

use std::io::Write;
use std::time::Duration;

use crate::domain::{
    Answer, Fault, Gap, GapCause, History, Join, Page, Slot, StreamInfo, StreamName, Unread, Window,
};
use crate::store::reader::{Begun, Reader, Walk};
use crate::store::{HistoryStore, StoreError};

use super::write::{Unwritten, Writer};
use crate::cli::error::Failure;

/// Parts with something unreadable that are read again after a wait: where there are more, it is
/// no shortage that passes.
const WAITS: usize = 20;

/// Why reading stopped before its end. What was appended until then stays.
#[derive(Debug)]
pub(super) enum Stop {
    /// Sequences could not be read.
    Unread(Window, Fault),
    /// The stream could not be looked at, is gone, or is another one now.
    Store(StoreError),
    /// The stream ends below what is still to be read.
    Shorter(u64),
    /// The bundle could not be written.
    Write(Unwritten),
}

/// What to read, and how.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) store: &'a dyn HistoryStore,
    pub(super) reader: &'a Reader,
    pub(super) stream: &'a StreamName,
    /// What is still to be accounted for.
    pub(super) rest: Window,
    /// Whether sequences that cannot be read are accounted for as unread.
    pub(super) allow_unread: bool,
    /// The wait before what is unreadable is read again; [`AGAIN_AFTER`] but in tests.
    pub(super) again: Duration,
}

impl Job<'_> {
    /// Appends the account of the rest, part by part; gives the requests it took.
    ///
    /// # Errors
    /// See [`Stop`].
    pub(super) async fn walk<L: Write, R: Write>(
        &self,
        mut walk: Walk,
        to: &mut Writer<L, R>,
        told: &mut (dyn FnMut(&Page, u64) -> Result<(), Failure> + Send),
    ) -> Result<u64, Stop> {
        let mut join = Join::after(to.written().below);
        if let Some(head) = self.rest.below(walk.window().start()) {
            for slot in before_first(head, walk.stream()) {
                self.append(slot, &mut join, to)?;
            }
        }
        if walk.window().end() < self.rest.end() {
            return Err(Stop::Shorter(walk.window().end()));
        }
        let (mut retries, mut waits) = (0, WAITS);
        while let Some(mut page) = walk.next().await.map_err(Stop::Store)? {
            let before = page.cost.requests();
            self.reaches(&page)?;
            if waits > 0 && page.slots().iter().any(is_unreadable) {
                waits -= 1;
                page = self.once_more(page).await?;
            }
            retries += page.cost.requests().saturating_sub(before);
            // Before its records: what is only told once must not be lost with this program.
            let done = to.written().tally.sequences + page.window().len();
            told(&page, done).map_err(|failure| Stop::Write(Unwritten::Refused(failure)))?;
            for slot in page.slots() {
                if let Some(slot) = clip(slot, self.rest) {
                    self.append(slot, &mut join, to)?;
                }
            }
            to.flush().map_err(|error| Stop::Write(Unwritten::Io(error)))?;
            if page.window().end() >= self.rest.end() {
                break;
            }
        }
        finish(join, to)?;
        Ok(walk.cost().requests() + retries)
    }

    /// Accounts for a rest that lies below the first sequence of a stream that holds nothing in it
    /// any more.
    ///
    /// # Errors
    /// When the stream does not say so, or the bundle cannot be written.
    pub(super) fn nothing_left<L: Write, R: Write>(
        &self,
        info: &StreamInfo,
        to: &mut Writer<L, R>,
    ) -> Result<(), Stop> {
        if info.state.first_seq <= self.rest.end() {
            return Err(Stop::Shorter(info.state.last_seq));
        }
        let mut join = Join::after(to.written().below);
        for slot in before_first(self.rest, info) {
            self.append(slot, &mut join, to)?;
        }
        finish(join, to)
    }

    /// What lies above the stream's end is not unread: it may be lost, or its numbers given out again.
    /// Only asked of a part that waits did not help, since a new leader may have to catch up.
    fn reaches(&self, page: &Page) -> Result<(), Stop> {
        let last = page.stream.state.last_seq;
        if page.ledger().unread > 0 && last < self.rest.end() {
            return Err(Stop::Shorter(last));
        }
        Ok(())
    }

    /// Reads again, some seconds later, what of a part the server counts and does not give: a
    /// shortage of file descriptors has passed by then, and damage has not.
    async fn once_more(&self, page: Page) -> Result<Page, Stop> {
        tokio::time::sleep(self.again).await;
        match self.reader.retry(self.stream, &page, &()).await {
            Ok(History::Page(better)) if better.ledger().unread == 0 => Ok(*better),
            // It stays what was shown before.
            Ok(_) => Ok(page),
            Err(error) if error.kind.may_pass() => Ok(page),
            Err(error) => Err(Stop::Store(error)),
        }
    }

    fn append<L: Write, R: Write>(
        &self,
        slot: Slot,
        join: &mut Join,
        to: &mut Writer<L, R>,
    ) -> Result<(), Stop> {
        if let Slot::Unread(Unread { range, fault }) = &slot
            // Without a connection all the rest would be unread.
            && !(self.allow_unread && self.store.connection().borrow().is_up())
        {
            // A gap that is held back is left to the next run, which may find it longer.
            return Err(Stop::Unread(*range, fault.clone()));
        }
        for slot in join.push(slot).iter().flatten() {
            to.append(slot).map_err(Stop::Write)?;
        }
        Ok(())
    }
}

fn finish<L: Write, R: Write>(mut join: Join, to: &mut Writer<L, R>) -> Result<(), Stop> {
    match join.finish() {
        Some(slot) => to.append(&slot).map_err(Stop::Write),
        None => Ok(()),
    }
}

fn before_first(range: Window, info: &StreamInfo) -> Vec<Slot> {
    let gaps = Answer(info).split(range, GapCause::BeforeFirst);
    gaps.into_iter().map(Slot::Gap).collect()
}

/// The part of a slot that lies in the window.
fn clip(slot: &Slot, window: Window) -> Option<Slot> {
    let range = slot.range().intersect(window)?;
    Some(match slot {
        Slot::Frame(_) => slot.clone(),
        Slot::Gap(gap) | Slot::Unreadable(gap) => Gap { range, ..gap.clone() }.into(),
        Slot::Unread(run) => Slot::Unread(Unread { range, ..run.clone() }),
    })
}

fn is_unreadable(slot: &Slot) -> bool {
    slot.gap().is_some_and(|gap| gap.cause == GapCause::Unreadable)
}

/// The last sequence of a stream that ends below what is still to be read; `None` where it does not.
pub(super) fn ends_below(rest: Window, begun: &Begun) -> Option<u64> {
    match begun {
        Begun::NoStream => None,
        Begun::Walk(walk) => Some(walk.window().end()).filter(|end| *end < rest.end()),
        // What a limit or a purge took lies below the first sequence.
        Begun::Empty(info) | Begun::Outside(info) => {
            (info.state.first_seq <= rest.end()).then_some(info.state.last_seq)
        }
    }
}
