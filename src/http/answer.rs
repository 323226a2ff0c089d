//! The body of a history, made part by part.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::access::Note;
use super::failed::Failed;
use super::limits::{HEAVY, Limits, PARTS};
use super::missing::{Finds, Missing};
use super::pulse::Pulses;
use super::service::Admission;
use super::weights::Weights;
use crate::domain::contract::{BEGIN, END, Messages};
use crate::domain::{Frame, Page, Slot, StreamInfo, StreamName, Unread, Window};
use crate::store::reader::{Reader, Walk};

/// Bytes of the body made at once.
const CHUNK: usize = 128 << 10;

/// A history on its way from the store to a caller.
pub(super) struct Answer {
    source: Source,
    due: Instant,
    limits: Limits,
    note: Arc<Note>,
    /// The sequences that it is about.
    span: Window,
    /// Lost and unreadable ones that were found.
    missing: Missing,
    /// The last sequence that was read.
    read_to: u64,
    /// Whether the head told of those.
    told: bool,
    /// Frames read and not written.
    frames: VecDeque<Arc<Frame>>,
    /// Bytes of the first of those that are written.
    written: usize,
    messages: Messages,
    /// What is written and not sent.
    text: String,
    ended: bool,
    _admission: Admission,
}

/// Where the parts come from.
pub(super) struct Source {
    pub(super) reader: Reader,
    pub(super) stream: StreamName,
    pub(super) walk: Box<Walk>,
    /// Bounds how many parts are fetched at the same time: of the room, and of all.
    pub(super) parts: [Arc<Semaphore>; 2],
    /// The heavy frames that answers of the room saw.
    pub(super) weights: Arc<Mutex<Weights>>,
    /// Those that this one saw.
    pub(super) seen: Weights,
    /// Whether anything is heard.
    pub(super) pulses: Pulses,
    /// What the answers of the room found.
    pub(super) finds: Arc<Mutex<Finds>>,
}

impl Answer {
    pub(super) fn new(
        source: Source,
        span: Window,
        (due, limits): (Instant, Limits),
        note: Arc<Note>,
        admission: Admission,
    ) -> Self {
        Self {
            source,
            due,
            limits,
            note,
            span,
            missing: Missing::default(),
            read_to: 0,
            told: false,
            frames: VecDeque::new(),
            written: 0,
            messages: Messages::default(),
            text: BEGIN.to_owned(),
            ended: false,
            _admission: admission,
        }
    }

    /// Reads the first part, and the next ones as long as there is no frame to send. Gives the
    /// length of the body when that was all.
    ///
    /// # Errors
    /// Why the history cannot be given whole.
    pub(super) async fn begin(&mut self) -> Result<Option<usize>, Failed> {
        while self.frames.is_empty() && self.fill().await? {}
        self.look_elsewhere().await?;
        if !self.ended {
            return Ok(None);
        }
        // A comma goes with each frame but the first.
        let lens = self.frames.iter().map(|frame| Messages::frame_len(frame.payload.len()));
        let len = BEGIN.len() + END.len() + lens.sum::<usize>();
        Ok(Some(len - usize::from(!self.frames.is_empty())))
    }

    /// Asks for what is reported as lost of the span and was not read yet: it is lost only where it
    /// cannot be read now. Sends nothing where no loss is reported.
    async fn look_elsewhere(&mut self) -> Result<(), Failed> {
        let walk = &self.source.walk;
        let reader = self.source.reader.clone();
        let (stream, info) = (self.source.stream.clone(), walk.stream().clone());
        let looking = reader.still_lost(&stream, &info, self.read());
        let (lost, _) = timeout_at(self.due, looking).await.map_err(|_| self.late())?;
        let inside = lost.iter().filter_map(|run| run.intersect(self.span));
        self.missing.add(&Missing::lost(inside.collect()));
        Ok(())
    }

    const fn late(&self) -> Failed {
        Failed::Late(self.limits)
    }

    /// What was read of the window so far.
    fn read(&self) -> Window {
        let window = self.source.walk.window();
        Window::new(window.start(), self.read_to).unwrap_or(window)
    }

    /// The stream as it was seen last.
    pub(super) fn stream(&self) -> &StreamInfo {
        self.source.walk.stream()
    }

    /// What is known of lost and unreadable sequences once the first part is read, for the head.
    /// What is found from now on is for the log, and for the room's next answer.
    pub(super) fn missing(&mut self) -> &Missing {
        let (info, read) = (self.source.walk.stream(), self.read());
        self.missing.add(&self.source.finds().rest(info, self.span, read));
        self.told = true;
        &self.missing
    }

    /// The body. A failure ends it without its end, so that nobody takes it for whole.
    pub(super) fn body(self) -> Body {
        Body::from_stream(stream::try_unfold(Some(self), |answer| async {
            let Some(mut answer) = answer else { return Ok(None) };
            match answer.chunk().await {
                Ok((chunk, true)) => Ok(Some((chunk, Some(answer)))),
                Ok((chunk, false)) => Ok(Some((chunk, None))),
                Err(failed) => {
                    answer.note.detail(failed.to_string());
                    Err(failed)
                }
            }
        }))
    }

    /// The next bytes, and whether there are more.
    async fn chunk(&mut self) -> Result<(Bytes, bool), Failed> {
        let mut text = mem::take(&mut self.text);
        // And the few bytes around the piece that fills it.
        text.reserve((CHUNK + 8).saturating_sub(text.len()));
        while text.len() < CHUNK {
            if let Some(frame) = self.frames.front() {
                // A heavy frame is never all there as text, too.
                let most = (CHUNK - text.len()) / 4 * 3;
                let next = self.messages.piece(&frame.payload, self.written, most, &mut text);
                self.written = next.unwrap_or(0);
                if next.is_none() {
                    self.frames.pop_front();
                }
            } else if self.ended {
                text.push_str(END);
                return Ok((text.into(), false));
            } else {
                self.fill().await?;
            }
        }
        Ok((text.into(), true))
    }

    /// Reads one more part. Whether there is another.
    async fn fill(&mut self) -> Result<bool, Failed> {
        let part = timeout_at(self.due, self.source.part()).await;
        let page = part.map_err(|_| self.late())??;
        if let Some(page) = &page {
            self.read_to = page.window().end();
            self.found(page);
        }
        let last = page.as_ref().map(|page| page.window().end());
        self.ended = last.is_none_or(|last| last >= self.source.walk.window().end());
        let frames = page.iter().flat_map(Page::frames);
        self.frames.extend(frames.map(Arc::clone));
        Ok(!self.ended)
    }
}

impl Answer {
    /// Takes in what a part shows beside frames.
    fn found(&mut self, page: &Page) {
        self.source.finds().take(page);
        let found = Missing::of(page).without(&self.missing);
        if self.told && !found.is_empty() {
            self.note.found_later(&found);
        }
        self.missing.add(&found);
    }
}

impl Source {
    fn finds(&self) -> MutexGuard<'_, Finds> {
        self.finds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn weights(&self) -> MutexGuard<'_, Weights> {
        self.weights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next part, all of it read.
    async fn part(&mut self) -> Result<Option<Page>, Failed> {
        let ([of_the_room, of_all], pulses) = (self.parts.clone(), self.pulses.clone());
        // All that a room may have, so there is no second one of another room either.
        let shares = if self.heaviest() > HEAVY { PARTS as u32 - 1 } else { 1 };
        // Never closed.
        let turn =
            async { (of_the_room.acquire_many(shares).await, of_all.acquire_many(shares).await) };
        let _permits = pulses.turn(turn).await?;
        let page = pulses.reading(self.read()).await??;
        if let Some(page) = &page {
            self.seen.see(page);
            let read = Window::new(self.walk.window().start(), page.window().end());
            read.into_iter().for_each(|read| self.weights().replace(read, &self.seen));
        }
        Ok(page)
    }

    /// What the heaviest frame is expected to weigh, in bytes.
    pub(super) fn heaviest(&self) -> u64 {
        let state = &self.walk.stream().state;
        let average = state.bytes.checked_div(state.messages).unwrap_or(0);
        average.max(self.weights().heaviest_from(self.walk.window().start()))
    }

    async fn read(&mut self) -> Result<Option<Page>, Failed> {
        let Some(page) = self.walk.next_watched(&self.pulses).await? else { return Ok(None) };
        match unread(&page) {
            None => Ok(Some(page)),
            Some(unread) => Err(Failed::Inside(unread.fault.text.clone())),
        }
    }
}

fn unread(page: &Page) -> Option<&Unread> {
    page.slots().iter().find_map(|slot| match slot {
        Slot::Unread(unread) => Some(unread),
        _ => None,
    })
}
