//! Reading what a report is about. Only looks.

use crate::domain::cause::why;
use crate::domain::{
    Audit, Cost, Fault, FaultKind, Findings, Found, GapCause, History, Page, PageRequest, PageSize,
    Place, Room, Runs, Slot, StreamInfo, Window,
};
use crate::store::StoreError;
use crate::store::reader::{AGAIN_AFTER, Begun, LONGEST_LIST, Reader, Span, Walk};

use crate::cli::progress::Progress;

/// What was read of a room.
#[derive(Debug)]
pub(in crate::cli) struct Gathered {
    pub(in crate::cli) room: Room,
    pub(in crate::cli) outcome: Outcome,
    pub(in crate::cli) cost: Cost,
}

/// What there is to report on.
#[derive(Debug)]
pub(in crate::cli) enum Outcome {
    /// There is no stream.
    NoStream,
    /// It could not be looked at.
    Failed(Fault),
    /// It holds no messages.
    Empty(Box<StreamInfo>),
    Read(Box<Reading>),
}

/// A part of a stream that was read.
#[derive(Debug)]
pub(in crate::cli) struct Reading {
    /// The stream as it was seen last.
    pub(in crate::cli) info: StreamInfo,
    /// What was to be examined.
    pub(in crate::cli) window: Window,
    /// Up to where it was; `None` where not even a part of it was.
    pub(in crate::cli) until: Option<u64>,
    /// Why not all of it.
    pub(in crate::cli) broken: Option<Fault>,
    /// Runs that are reported as lost and cannot be read now, in all of the stream.
    pub(in crate::cli) lost: Vec<Window>,
    /// Whether what could not be read could not be some seconds before either.
    pub(in crate::cli) unreadable_again: bool,
    /// Messages that reading all of the stream gave, where the server counts another number.
    pub(in crate::cli) counted: Option<u64>,
    pub(in crate::cli) findings: Findings,
}

impl Gathered {
    /// The stream, where there is one.
    pub(in crate::cli) fn info(&self) -> Option<&StreamInfo> {
        match &self.outcome {
            Outcome::NoStream | Outcome::Failed(_) => None,
            Outcome::Empty(info) => Some(info),
            Outcome::Read(reading) => Some(&reading.info),
        }
    }
}

impl Reading {
    /// Sequences that were to be examined and gave no answer, those after a reading that broke off
    /// included.
    pub(in crate::cli) fn unread(&self) -> u64 {
        let rest = match self.until {
            Some(until) => self.window.above(until),
            None => Some(self.window),
        };
        let rest = rest.filter(|_| self.broken.is_some()).map_or(0, Window::len);
        self.findings.unread_sequences.saturating_add(rest)
    }

    /// What it tells of the room.
    pub(in crate::cli) fn told(&self) -> why::Reading {
        let found = &self.findings;
        let markers = found.headers.markers.kept().iter();
        let error = found.unread.kept().first().map(|run| &run.fault.text);
        let broken = self.broken.as_ref().map(|fault| &fault.text);
        why::Reading {
            window: self.window,
            frames: found.frames,
            markers: markers.filter(|marked| marked.reason == why::EXPIRED).count() as u64,
            lost: self.lost.iter().map(|run| run.len()).sum(),
            unreadable: found.of(GapCause::Unreadable),
            unreadable_again: self.unreadable_again,
            past_limit: found.of(GapCause::PastLimit),
            not_known: found.of(GapCause::NotKnown),
            unread: self.unread(),
            error: error.or(broken).cloned(),
            counted: self.counted,
        }
    }
}

/// Reads a room; `found` is what a listing said of it, so that nobody who is refused asks again.
pub(in crate::cli) async fn gather(
    reader: &Reader,
    room: &Room,
    found: &Found,
    span: Span,
) -> Gathered {
    let done = |outcome, cost| Gathered { room: room.clone(), outcome, cost };
    match found {
        Found::Failed(fault) | Found::NotKnown(fault) => {
            return done(Outcome::Failed(fault.clone()), Cost::default());
        }
        Found::NoStream => return done(Outcome::NoStream, Cost::default()),
        Found::Stream(_) | Found::Unknown => {}
    }
    // A list of two million makes 14 MB; what it brings besides, a report of damage, is what a
    // check is for.
    let reader = &reader.clone().with_list_at_most(LONGEST_LIST);
    if let Found::Stream(info) = found {
        reader.expect(&room.id.stream(), info.state.num_deleted);
    }
    let one = Cost { info: 1, ..Cost::default() };
    match reader.walk(&room.id.stream(), span).await {
        Ok(Begun::NoStream) => done(Outcome::NoStream, one),
        Ok(Begun::Empty(info) | Begun::Outside(info)) => done(Outcome::Empty(info), one),
        Ok(Begun::Walk(mut walk)) => {
            let mut reading = examine(room, &mut walk).await;
            let more = settle(reader, room, &mut reading).await;
            done(Outcome::Read(Box::new(reading)), walk.cost().plus(more))
        }
        Err(error) => {
            let cost = reader.cost_of_failure(&room.id.stream());
            done(Outcome::Failed(error.fault()), cost)
        }
    }
}

/// What is still to be found out once all was read: whether what is reported as lost outside of
/// what was read is lost, and whether what could not be read still cannot be.
async fn settle(reader: &Reader, room: &Room, reading: &mut Reading) -> Cost {
    let stream = room.id.stream();
    let (elsewhere, mut cost) = reader.still_lost(&stream, &reading.info, reading.window).await;
    reading.lost.extend(elsewhere);
    reading.lost.sort_unstable();
    if reading.findings.of(GapCause::Unreadable) > 0 && !reading.unreadable_again {
        tokio::time::sleep(AGAIN_AFTER).await;
        for run in reading.findings.unreadable.kept().iter().map(|gap| gap.range) {
            let size = PageSize::new(run.len()).unwrap_or(PageSize::MAX);
            let again = reader.page(&stream, PageRequest::whole(Place::At(run), size), &()).await;
            if let Ok(History::Page(page)) = again {
                cost = cost.plus(page.cost);
                reading.unreadable_again |= page.unreadable_again;
            }
        }
    }
    cost
}

async fn examine(room: &Room, walk: &mut Walk) -> Reading {
    let window = walk.window();
    let began = walk.stream().clone();
    let progress = Progress::new(&format!("check {}", room.id), window.len(), "sequences");
    let mut audit = Audit::new(room.encrypted);
    let (mut until, mut broken, mut again) = (None, None, false);
    let mut lost = Runs::default();
    loop {
        let page = next(walk).await.unwrap_or_else(|error| {
            broken = Some(error.fault());
            None
        });
        let Some(page) = page else { break };
        page.slots().iter().for_each(|slot| audit.feed(slot));
        until = Some(page.window().end());
        let gaps = page.slots().iter().filter_map(Slot::gap);
        gaps.filter(|gap| gap.cause == GapCause::Lost).for_each(|gap| lost.add(gap.range));
        again |= page.unreadable_again;
        progress.set(page.window().end() - window.start() + 1);
    }
    drop(progress);
    let (info, findings) = (walk.stream().clone(), audit.finish());
    let is_all = Window::new(began.state.first_seq.max(1), began.state.last_seq) == Some(window);
    let whole = broken.is_none() && findings.unread_sequences == 0 && is_all;
    let counted = findings.frames + findings.unreadable_sequences();
    let differs = whole && is_unchanged(&began, &info) && counted != info.state.messages;
    Reading {
        info,
        window,
        until,
        broken,
        findings,
        lost: lost.as_slice().to_vec(),
        unreadable_again: again,
        counted: differs.then_some(counted),
    }
}

/// Whether nothing came or went between two looks, so that the server's count is of what was read.
fn is_unchanged(before: &StreamInfo, now: &StreamInfo) -> bool {
    let of = |info: &StreamInfo| {
        let state = &info.state;
        (state.first_seq, state.last_seq, state.messages, state.num_deleted)
    };
    before.leader == now.leader && of(before) == of(now)
}

/// The next part; asked for once more where that may help.
async fn next(walk: &mut Walk) -> Result<Option<Page>, StoreError> {
    match walk.next().await {
        Err(error) if matches!(error.kind, FaultKind::NoLeader | FaultKind::Busy) => {
            walk.next().await
        }
        done => done,
    }
}
