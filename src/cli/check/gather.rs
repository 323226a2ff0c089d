//! Reading what a report is about. Only looks.

use crate::domain::{
    Audit, Cost, Fault, FaultKind, Findings, Found, Page, Room, StreamInfo, Window,
};
use crate::store::StoreError;
use crate::store::reader::{Begun, Reader, Span, Walk};

use crate::cli::progress::Progress;

/// What was read of a room.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) room: Room,
    pub(super) outcome: Outcome,
    pub(super) cost: Cost,
}

/// What there is to report on.
#[derive(Debug)]
pub(super) enum Outcome {
    /// There is no stream.
    NoStream,
    /// It could not be looked at.
    Failed(Fault),
    /// It holds no messages.
    Empty(Box<StreamInfo>),
    /// It was read.
    Read(Box<Reading>),
}

/// A part of a stream that was read.
#[derive(Debug)]
pub(super) struct Reading {
    /// The stream as it was seen last.
    pub(super) info: StreamInfo,
    /// What was to be examined.
    pub(super) window: Window,
    /// Up to where it was; `None` where not even a part of it was.
    pub(super) until: Option<u64>,
    /// Why not all of it.
    pub(super) broken: Option<Fault>,
    pub(super) findings: Findings,
}

/// Reads a room; `found` is what a listing said of it, so that nobody who is refused asks again.
pub(super) async fn gather(reader: &Reader, room: &Room, found: &Found, span: Span) -> Gathered {
    let done = |outcome, cost| Gathered { room: room.clone(), outcome, cost };
    match found {
        Found::Failed(fault) | Found::NotKnown(fault) => {
            return done(Outcome::Failed(fault.clone()), Cost::default());
        }
        Found::NoStream => return done(Outcome::NoStream, Cost::default()),
        // So that the first look at the stream brings its list.
        Found::Stream(info) => reader.expect(&room.id.stream(), info.state.num_deleted),
        Found::Unknown => {}
    }
    let one = Cost { info: 1, ..Cost::default() };
    match reader.walk(&room.id.stream(), span).await {
        Ok(Begun::NoStream) => done(Outcome::NoStream, one),
        Ok(Begun::Empty(info) | Begun::Outside(info)) => done(Outcome::Empty(info), one),
        Ok(Begun::Walk(mut walk)) => {
            let reading = examine(room, &mut walk).await;
            done(Outcome::Read(Box::new(reading)), walk.cost())
        }
        Err(error) => {
            let cost = Cost { failed: 1, ..Cost::default() };
            done(Outcome::Failed(error.fault()), cost)
        }
    }
}

async fn examine(room: &Room, walk: &mut Walk) -> Reading {
    let window = walk.window();
    let progress = Progress::new(&format!("check {}", room.id), window.len(), "sequences");
    let mut audit = Audit::new(room.encrypted);
    let (mut until, mut broken) = (None, None);
    loop {
        match next(walk).await {
            Ok(Some(page)) => {
                page.slots().iter().for_each(|slot| audit.feed(slot));
                until = Some(page.window().end());
                progress.set(page.window().end() - window.start() + 1);
            }
            Ok(None) => break,
            Err(error) => {
                broken = Some(error.fault());
                break;
            }
        }
    }
    drop(progress);
    Reading { info: walk.stream().clone(), window, until, broken, findings: audit.finish() }
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
