//! Writing what a walk gives.

use super::args::{Form, History};
use super::damage::Damage;
use super::formats::Writer;
use crate::cli::error::Failure;
use crate::cli::out::{self, Out, say};
use crate::cli::progress::Progress;
use crate::cli::source::on;
use crate::domain::format::{self, count};
use crate::domain::jump::OUT_OF_ORDER;
use crate::domain::{Gap, Join, Ledger, Room, Slot, StreamInfo, StreamState, TimeOrder, Window};
use crate::store::StoreError;
use crate::store::reader::Walk;

/// Sequences that are read without a word on how far it is.
const QUICK: u64 = 2_000;

impl History {
    fn writer(&self, last: u64) -> Writer {
        Writer::new(self.format, self.zone(), last)
    }

    /// An answer without frames.
    pub(super) fn only(&self, gaps: &[Gap], state: &StreamState) -> Result<u8, Failure> {
        let mut out = Out::new();
        let mut writer = self.writer(state.last_seq);
        writer.begin(&mut out)?;
        for gap in gaps {
            writer.slot(&Slot::Gap(gap.clone()), state, &mut out)?;
        }
        writer.end(&mut out)?;
        out.flush()?;
        Ok(0)
    }

    /// Prints what a walk gives; `disordered` where the search for its beginning saw store times
    /// out of order.
    pub(super) async fn print(
        &self,
        room: &Room,
        mut walk: Walk,
        disordered: bool,
    ) -> Result<u8, Failure> {
        let window = walk.window();
        if let Some(seq) = self.seq.filter(|seq| *seq < window.start()) {
            return self.below_first(room, seq, walk.stream());
        }
        // A terminal scrolls by itself, and a pager or `head` would be drawn over.
        let progress = (window.len() > QUICK && Out::is_file())
            .then(|| Progress::new(&format!("read {}", room.id), window.len(), "sequences"));
        let mut printer = Printer {
            args: self,
            room,
            out: Out::new(),
            writer: self.writer(window.end()),
            ledger: Ledger::default(),
            damage: Damage::default(),
            unread: None,
            order: TimeOrder::default(),
            disordered,
        };
        printer.writer.begin(&mut printer.out)?;
        let mut join = Join::default();
        loop {
            let page = walk.next().await.map_err(|error| cut(room, printer.ledger, error))?;
            let Some(page) = page else { break };
            printer.ledger = printer.ledger.plus(page.ledger());
            let state = &page.stream.state;
            // Only the first part: what a purge removes below a later one was printed already.
            let is_first = page.window().start() == window.start();
            for head in page.head.iter().filter(|_| is_first) {
                printer.damage.take(head);
                printer.writer.slot(&Slot::Gap(head.clone()), state, &mut printer.out)?;
            }
            for slot in page.slots().iter().flat_map(|slot| join.push(slot.clone())).flatten() {
                printer.slot(&slot, state)?;
            }
            printer.out.flush()?;
            if let Some(progress) = &progress {
                progress.set(page.window().end() - window.start() + 1);
            }
        }
        if let Some(slot) = join.finish() {
            printer.slot(&slot, &walk.stream().state)?;
        }
        drop(progress);
        printer.finish(&walk)
    }

    /// The one sequence that is wanted is below the stream's first.
    fn below_first(&self, room: &Room, seq: u64, info: &StreamInfo) -> Result<u8, Failure> {
        let state = &info.state;
        let gap = Gap::before_first(info).into_iter().find(|gap| gap.range.contains(seq));
        let gap = gap.map(|gap| Gap { range: Window::one(seq), ..gap });
        match gap {
            Some(gap) if !self.format.shows_gaps() => Err(self.no_frame(room, &gap, state)),
            gap => {
                Damage::of(gap.as_slice()).say(room, state);
                self.only(gap.as_slice(), state)
            }
        }
    }

    fn no_frame(&self, room: &Room, gap: &Gap, state: &StreamState) -> Failure {
        Failure::failed(format!(
            "room {}: no frame: {}. {}",
            room.id,
            out::gap(gap, state, &self.zone()),
            gap.words()
        ))
    }
}

/// A history on its way out.
struct Printer<'a> {
    args: &'a History,
    room: &'a Room,
    out: Out,
    writer: Writer,
    ledger: Ledger,
    damage: Damage,
    /// Why something could not be read.
    unread: Option<String>,
    /// Whether times go back in what was printed.
    order: TimeOrder,
    /// Whether they were seen to where it was looked for the beginning.
    disordered: bool,
}

impl Printer<'_> {
    fn slot(&mut self, slot: &Slot, state: &StreamState) -> Result<(), Failure> {
        if let Some(gap) = slot.gap() {
            self.damage.take(gap);
        }
        match slot {
            Slot::Frame(frame) => self.order.see(frame.time),
            Slot::Unread(run) => {
                self.unread.get_or_insert_with(|| run.fault.to_string());
                if self.args.format == Form::Contract {
                    // What follows would look like a whole answer.
                    self.out.flush()?;
                    return Err(self.incomplete());
                }
            }
            Slot::Gap(gap) | Slot::Unreadable(gap)
                if self.args.seq.is_some() && !self.args.format.shows_gaps() =>
            {
                return Err(self.args.no_frame(self.room, gap, state));
            }
            _ => {}
        }
        self.writer.slot(slot, state, &mut self.out)
    }

    fn finish(mut self, walk: &Walk) -> Result<u8, Failure> {
        self.writer.end(&mut self.out)?;
        self.out.flush()?;
        say(&account(self.room, walk, self.ledger));
        self.damage.say(self.room, &walk.stream().state);
        if (self.disordered || self.order.is_broken()) && self.args.since.is_some() {
            say(&format!("{}: {OUT_OF_ORDER}", self.room.id));
        }
        if self.ledger.unread > 0 { Err(self.incomplete()) } else { Ok(0) }
    }

    fn incomplete(&self) -> Failure {
        Failure::failed(format!(
            "room {}: {} of {} sequences could not be read, which says nothing of whether they hold \
             a frame: {}; run it again",
            self.room.id,
            count(self.ledger.unread),
            count(self.ledger.slots),
            self.unread.as_deref().unwrap_or_default()
        ))
    }
}

/// The read ended before the window did.
fn cut(room: &Room, ledger: Ledger, error: StoreError) -> Failure {
    let failure = on(room, error);
    let after = format!("after {} of its sequences", count(ledger.slots));
    Failure { line: format!("{} ({after})", failure.line), ..failure }
}

/// What the window came to.
fn account(room: &Room, walk: &Walk, ledger: Ledger) -> String {
    let state = &walk.stream().state;
    let before = match state.before_first() {
        0 => String::new(),
        n => format!("; {} before the first one", count(n)),
    };
    let unreadable = match ledger.unreadable {
        0 => String::new(),
        n => format!("{} unreadable + ", count(n)),
    };
    format!(
        "{}: sequences {} of {}-{}: {} slots = {} frames + {} missing + {unreadable}{} unread, \
         {}{before}",
        room.id,
        format::range(walk.window()),
        count(state.first_seq),
        count(state.last_seq),
        count(ledger.slots),
        count(ledger.frames),
        count(ledger.missing),
        count(ledger.unread),
        format::counted(walk.cost().requests(), "request")
    )
}
