//! One read under way: what it has cost so far, and what it may give out of what was kept.

use std::sync::Arc;
use std::time::Instant;

use crate::domain::{Cost, Edge, FaultKind, Frame, StreamInfo, StreamName, Window};
use crate::store::{Get, HistoryStore, StoreError};

use super::Reader;
use super::cache::{CacheHits, CacheView};
use super::requests::weigh;

/// Most bytes of frames in one page; it may exceed this by what is in flight. A thousand frames of
/// 1 MiB would be a page of a gigabyte.
const PAGE_BYTES: u64 = 64 << 20;

/// One read under way.
#[derive(Debug)]
pub(super) struct Read<'a> {
    pub(super) reader: &'a Reader,
    pub(super) stream: &'a StreamName,
    pub(super) cost: Cost,
    /// What the store had repeated before.
    pub(super) repeated: Cost,
    began: Instant,
    /// When the stream's state was asked for last.
    pub(super) asked: Instant,
    /// Rows of the first picture; 0 for none.
    pub(super) screenful: usize,
    /// Bytes of the frames that the page held before.
    pub(super) held: u64,
    /// Bytes of frames at which the page is full.
    pub(super) most: u64,
    /// Whether the report of damage is still to be asked for.
    pub(super) report_due: bool,
    /// The cache for the stream as this read found it.
    pub(super) view: Option<CacheView<'a>>,
    /// Those of the frames that were kept before this read which prove the others.
    witnesses: Vec<Arc<Frame>>,
    /// Whether what is kept was shown to be what the stream holds; `None` until that is asked.
    proved: Option<bool>,
}

/// A window, and what choosing it taught about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located {
    pub(super) window: Window,
    /// A run of the window that holds nothing, as the server answered.
    pub(super) hole: Option<Window>,
    /// The first frame above that run.
    pub(super) above: Option<Edge>,
}

impl From<Window> for Located {
    fn from(window: Window) -> Self {
        Self { window, hole: None, above: None }
    }
}

impl<'a> Read<'a> {
    pub(super) fn of(reader: &'a Reader, stream: &'a StreamName) -> Self {
        Self {
            reader,
            stream,
            cost: Cost::default(),
            repeated: reader.store.repeated(Some(stream)),
            began: Instant::now(),
            asked: Instant::now(),
            screenful: 0,
            held: 0,
            most: PAGE_BYTES,
            report_due: false,
            view: None,
            witnesses: Vec::new(),
            proved: None,
        }
    }

    pub(super) fn store(&self) -> &'a dyn HistoryStore {
        self.reader.store.as_ref()
    }

    /// What it has cost so far.
    pub(super) fn cost_by_now(&self) -> Cost {
        let micros = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        Cost { micros, ..self.cost }
    }

    /// What it cost, with what the store repeated for it.
    pub(super) fn finished(&mut self) -> Cost {
        self.count_repeated();
        self.cost_by_now()
    }

    /// Takes in what the store repeated for this read.
    pub(super) fn count_repeated(&mut self) {
        let now = self.store().repeated(Some(self.stream));
        self.cost.info += now.info.saturating_sub(self.repeated.info);
        self.cost.failed += now.failed.saturating_sub(self.repeated.failed);
        self.repeated = now;
    }

    /// Opens the cache for the stream as this read found it.
    pub(super) fn recall(&mut self, info: &StreamInfo) {
        let view = self.reader.cache.at(self.stream, info);
        self.witnesses = view.witnesses();
        self.view = Some(view);
    }

    /// What the cache holds of the ranges, if it is of the stream as it is now.
    pub(super) async fn kept(&mut self, ranges: &[Window]) -> CacheHits {
        let hits = self.view.as_ref().map(|view| view.hits(ranges));
        match hits.filter(|hits| !hits.frames.is_empty() || !hits.holes.is_empty()) {
            Some(hits) if self.prove().await => {
                self.cost.cached += hits.frames.len() as u64;
                hits
            }
            _ => CacheHits { rest: ranges.to_vec(), ..CacheHits::default() },
        }
    }

    /// Whether what is kept is of the stream as it is now. A store that was put back to an older
    /// copy and published on has other messages under the same sequences, and the same creation,
    /// first sequence and counts. So the newest kept frame is read again, once a read: if it is the
    /// same to the nanosecond, it and all below it were never rolled back since it was kept. What
    /// was kept before that has a newest frame of its own.
    async fn prove(&mut self) -> bool {
        if self.reader.anew {
            return false;
        }
        if let Some(proved) = self.proved {
            return proved;
        }
        if self.witnesses.is_empty() {
            return false;
        }
        let witnesses = std::mem::take(&mut self.witnesses);
        let mut proved = true;
        for witness in &witnesses {
            proved &= match self.store().get(self.stream, Get::Exact(witness.seq)).await {
                Ok(found) => {
                    self.cost.gaps += 1;
                    self.cost.bytes += found.as_ref().map_or(0, weigh);
                    found.is_some_and(|frame| frame == **witness)
                }
                Err(_) => {
                    self.cost.failed += 1;
                    self.witnesses = witnesses;
                    return false;
                }
            };
            if !proved {
                break;
            }
        }
        if let Some(view) = &mut self.view {
            if proved { view.proved() } else { view.forget() }
        }
        self.proved = Some(proved);
        proved
    }

    /// The frame beside something, from the cache or the server, and the requests it took.
    pub(super) async fn beside(&mut self, get: Get) -> Result<(Option<Edge>, u64), StoreError> {
        let kept = self.view.as_ref().and_then(|view| view.get(get));
        if let Some(frame) = kept
            && self.prove().await
        {
            return Ok((Some(Edge::of(&frame)), 0));
        }
        let frame = self.store().get(self.stream, get).await?.map(Arc::new);
        if let (Some(view), Some(frame)) = (&self.view, &frame) {
            if let Get::AtOrAfter(seq) = get {
                view.jump(seq, frame);
            } else {
                view.frame(frame);
            }
        }
        Ok((frame.as_deref().map(Edge::of), 1))
    }

    pub(super) fn same_stream(
        &self,
        before: &StreamInfo,
        now: &StreamInfo,
    ) -> Result<(), StoreError> {
        if before.created == now.created {
            return Ok(());
        }
        Err(StoreError::new(
            FaultKind::Recreated,
            format!("read {}", self.stream),
            "the stream was deleted and made again",
        ))
    }
}
