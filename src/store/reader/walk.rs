//! Reading any span of a stream part by part, the oldest first, for those who pass frames on and
//! need not hold them all.

use crate::domain::{
    Cost, FaultKind, History, Holes, Page, PageBuilder, PageSize, Slot, StreamInfo, StreamName,
    Unread, Window,
};
use crate::store::StoreError;

use super::read::{Located, Read};
use super::requests::weigh;
use super::{Reader, Watch};

/// Bytes of frames that a part is meant to hold, by the weight of those seen before.
const PART_BYTES: u64 = 4 << 20;

/// How often as many bytes a part may hold before it is read again as a shorter one.
const SLACK: u64 = 4;

/// Which sequences to walk along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The newest so many sequences, as the contract chooses them; of the stream's own.
    Last(u64),
    /// So many sequences from this one on, or from the stream's first where that is above it.
    From {
        seq: u64,
        /// How many at most.
        most: u64,
    },
    /// All of the stream.
    All,
}

/// What there is to walk along.
#[derive(Debug)]
pub enum Begun {
    /// There is no such stream.
    NoStream,
    /// It holds no messages.
    Empty(Box<StreamInfo>),
    /// The span begins above the stream's last sequence.
    Outside(Box<StreamInfo>),
    /// The parts to come.
    Walk(Box<Walk>),
}

/// A span under way. It holds no frames.
///
/// Each part but the first costs one STREAM.INFO besides what its page costs, so a stream that is
/// deleted and made again meanwhile is found out.
#[derive(Debug)]
pub struct Walk {
    reader: Reader,
    stream: StreamName,
    window: Window,
    info: StreamInfo,
    /// Whether `info` is of just now, so that the first part need not look again.
    fresh: bool,
    /// Whether the first part is to ask for the report of damage.
    report_due: bool,
    /// What is still to read.
    rest: Option<Window>,
    /// Frames that the next part should hold.
    pub(super) frames: u64,
    cost: Cost,
    pub(super) part_bytes: u64,
}

impl Begun {
    /// The stream as it was when it was looked at last; `None` where there is none.
    pub fn stream(&self) -> Option<&StreamInfo> {
        match self {
            Self::NoStream => None,
            Self::Empty(info) | Self::Outside(info) => Some(info),
            Self::Walk(walk) => Some(walk.stream()),
        }
    }
}

impl Reader {
    /// Chooses the window of a span. What is published later is not in it.
    ///
    /// # Errors
    /// When the stream's state could not be had.
    pub async fn walk(&self, stream: &StreamName, span: Span) -> Result<Begun, StoreError> {
        let mut read = Read::of(self, stream);
        let Some(info) = read.snapshot().await? else { return Ok(Begun::NoStream) };
        read.count_repeated();
        let cost = read.cost;
        if info.state.is_empty() {
            return Ok(Begun::Empty(Box::new(info)));
        }
        let (first, last) = (info.state.first_seq.max(1), info.state.last_seq);
        let window = match span {
            Span::All => Window::new(first, last),
            Span::Last(n) => Window::newest(first, last, n),
            Span::From { seq, most } => {
                let start = seq.max(first);
                Window::new(start, last.min(start.saturating_add(most.max(1) - 1)))
            }
        };
        let Some(window) = window else { return Ok(Begun::Outside(Box::new(info))) };
        let walk = Walk {
            reader: self.clone(),
            stream: stream.clone(),
            window,
            frames: fit(PART_BYTES, info.state.bytes / info.state.messages.max(1)),
            info,
            fresh: true,
            report_due: read.report_due,
            rest: Some(window),
            cost,
            part_bytes: PART_BYTES,
        };
        Ok(Begun::Walk(Box::new(walk)))
    }
}

impl Walk {
    /// The window, as it was chosen at the beginning.
    pub const fn window(&self) -> Window {
        self.window
    }

    /// The stream as it was when it was looked at last.
    pub const fn stream(&self) -> &StreamInfo {
        &self.info
    }

    /// What it has cost so far.
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// The next part: a page whose window begins where that of the part before ended. `None` once
    /// the whole window was given. It holds about 4 MiB of frames, and 16 MiB and what is in flight at
    /// the most; a hole of any length fits in one, and is cut in two only where the stream has too
    /// many deleted sequences to ask for their list.
    ///
    /// # Errors
    /// When the stream's state could not be had, or the stream was deleted or made anew meanwhile.
    /// The part may then be asked for again.
    pub async fn next(&mut self) -> Result<Option<Page>, StoreError> {
        self.next_watched(&()).await
    }

    /// The same, telling how it goes.
    ///
    /// # Errors
    /// As [`Walk::next`].
    pub async fn next_watched(&mut self, watch: &dyn Watch) -> Result<Option<Page>, StoreError> {
        while let Some(rest) = self.rest {
            let page = self.part(rest, watch).await?;
            self.cost = self.cost.plus(page.cost);
            let (frames, bytes) =
                page.frames().fold((0, 0), |(n, sum), frame| (n + 1, sum + weigh(frame)));
            let is_full = page.slots().iter().any(is_full) && self.frames > 1;
            if let Some(weight) = bytes.checked_div(frames) {
                // Light frames say little of those to come, which a part may have been too full for.
                self.frames = fit(self.part_bytes, weight).min(self.frames.saturating_mul(2));
            }
            if is_full {
                // Read newest first, so it lacks its beginning: a shorter one does not.
                self.frames = self.frames.min((frames / 2).max(1));
                continue;
            }
            self.rest = rest.above(page.window().end());
            self.info = page.stream.clone();
            return Ok(Some(page));
        }
        Ok(None)
    }

    async fn part(&mut self, rest: Window, watch: &dyn Watch) -> Result<Page, StoreError> {
        let mut read = Read::of(&self.reader, &self.stream);
        read.most = self.part_bytes.saturating_mul(SLACK);
        let info = if std::mem::take(&mut self.fresh) {
            read.report_due = std::mem::take(&mut self.report_due);
            self.info.clone()
        } else {
            let Some(info) = read.snapshot().await? else { return Err(self.gone()) };
            watch.answered();
            read.same_stream(&self.info, &info)?;
            info
        };
        let located = read.part(&info, rest, self.frames).await?;
        read.recall(&info);
        let builder = PageBuilder::new(located.window);
        match read.complete(info, builder, &[located.window], Some(located), watch).await? {
            History::Page(page) => Ok(*page),
            History::NoStream | History::Empty(_) => Err(self.gone()),
        }
    }

    fn gone(&self) -> StoreError {
        let what = format!("read {}", self.stream);
        StoreError::new(FaultKind::StreamNotFound, what, "the stream was deleted while it was read")
    }
}

impl Read<'_> {
    /// The first part of `rest`, with so many frames. With the deleted list this sends nothing;
    /// without it, one request.
    async fn part(
        &mut self,
        info: &StreamInfo,
        rest: Window,
        frames: u64,
    ) -> Result<Located, StoreError> {
        let first = info.state.first_seq.max(1);
        let Some(stored) = Window::new(first, info.state.last_seq).and_then(|w| w.intersect(rest))
        else {
            return Ok(rest.into());
        };
        let Some(list) = &info.state.deleted else {
            let size = PageSize::new(frames).unwrap_or(PageSize::MAX);
            let located = self.newer(info, stored.start(), stored.end(), size).await?;
            let located = located.unwrap_or_else(|| rest.into());
            let window = Window::new(rest.start(), located.window.end()).unwrap_or(rest);
            return Ok(Located { window, ..located });
        };
        let mut left = frames;
        for run in Holes(list).present(stored) {
            if run.len() >= left {
                let end = run.start() + (left - 1);
                return Ok(rest.below(end.saturating_add(1)).unwrap_or(rest).into());
            }
            left -= run.len();
        }
        Ok(rest.into())
    }
}

/// How many frames of this weight make a part.
fn fit(part_bytes: u64, weight: u64) -> u64 {
    (part_bytes / weight.max(1)).clamp(1, PageSize::MAX.get())
}

fn is_full(slot: &Slot) -> bool {
    matches!(slot, Slot::Unread(Unread { fault, .. }) if fault.kind == FaultKind::PageFull)
}
