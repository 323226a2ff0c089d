//! The event loop: waits for one thing at a time, lets it change the state, starts the effects,
//! and draws. Nothing is awaited in it but the next thing to happen.

use std::io;
use std::sync::Arc;

use crossterm::event::Event;
use futures::{Stream, StreamExt};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::Backend;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::app::{Effect, Msg, State, update};
use crate::domain::Connection;
use crate::ui::{self, Theme};

use super::effects::Executor;
use super::input;
use super::journal;
use super::pace::Pace;
use super::signals::{self, Signal, Signals};
use super::terminal::Tty;

/// Messages handled in one go before the screen has its turn.
const BURST: usize = 256;

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Quit,
    /// A signal of this number asked for it.
    Signal(i32),
    Panicked,
}

/// Lets a message change the state, then tells the app what room the layout has for it.
pub fn step(state: &mut State, msg: Msg) -> Vec<Effect> {
    let mut effects = update(state, msg);
    let viewport = ui::viewport(state);
    if viewport != state.viewport {
        effects.extend(update(state, Msg::Viewport(viewport)));
    }
    effects
}

/// What the loop listens to.
pub(super) struct Sources<E> {
    pub(super) events: E,
    /// Replies of the executor.
    pub(super) replies: mpsc::Receiver<Msg>,
    pub(super) connection: watch::Receiver<Connection>,
    pub(super) signals: Signals,
    /// Told of a panic anywhere.
    pub(super) panics: Arc<Notify>,
}

/// The state and what is done with it.
pub(super) struct Shell<B: Backend> {
    state: State,
    theme: Theme,
    terminal: Terminal<B>,
    tty: Tty,
    executor: Executor,
    pace: Pace,
    exit: Option<Exit>,
}

enum Wake {
    Event(Option<io::Result<Event>>),
    Reply(Msg),
    Connection,
    Signal(Signal),
    Panic,
    Time,
}

impl<B: Backend> Shell<B>
where
    B::Error: Send + Sync + 'static,
{
    /// A shell around a state, drawing to a terminal.
    pub(super) fn new(
        state: State,
        theme: Theme,
        terminal: Terminal<B>,
        tty: Tty,
        executor: Executor,
    ) -> Self {
        Self { state, theme, terminal, tty, executor, pace: Pace::default(), exit: None }
    }

    /// Runs until somebody or something ends it. The terminal is taken already and is given back
    /// by the caller; the executor comes back for what may not be abandoned.
    ///
    /// # Errors
    /// When the terminal can no longer be read or written.
    pub(super) async fn run<E>(mut self, mut from: Sources<E>) -> (io::Result<Exit>, Executor)
    where
        E: Stream<Item = io::Result<Event>> + Unpin,
    {
        let ended = self.turn(&mut from).await;
        (ended, self.executor)
    }

    async fn turn<E>(&mut self, from: &mut Sources<E>) -> io::Result<Exit>
    where
        E: Stream<Item = io::Result<Event>> + Unpin,
    {
        let connection = from.connection.borrow_and_update().clone();
        self.tell(Msg::Connection(connection))?;
        loop {
            if let Some(exit) = self.exit {
                return Ok(exit);
            }
            if self.pace.should_draw(Instant::now()) {
                self.draw()?;
            }
            let wake = self.wait(from).await;
            self.now()?;
            match wake {
                Wake::Panic => return Ok(Exit::Panicked),
                Wake::Signal(signal) => self.signalled(signal)?,
                Wake::Event(Some(Ok(event))) => {
                    if let Some(msg) = input::message(event, &self.state) {
                        self.tell(msg)?;
                    }
                }
                Wake::Event(Some(Err(error))) => return Err(error),
                Wake::Event(None) => {
                    return Err(io::Error::other("the terminal gives no more input"));
                }
                Wake::Connection => {
                    let connection = from.connection.borrow_and_update().clone();
                    self.tell(Msg::Connection(connection))?;
                }
                Wake::Reply(msg) => {
                    self.tell(msg)?;
                    for _ in 0..BURST {
                        let Ok(msg) = from.replies.try_recv() else {
                            break;
                        };
                        self.tell(msg)?;
                    }
                }
                Wake::Time => self.pace.passed(Instant::now()),
            }
        }
    }

    /// The next thing to happen. A key goes before replies, so that a flood of them cannot hold
    /// up a person.
    async fn wait<E>(&self, from: &mut Sources<E>) -> Wake
    where
        E: Stream<Item = io::Result<Event>> + Unpin,
    {
        let due = self.pace.wake(Instant::now(), self.state.is_busy());
        tokio::select! {
            biased;
            () = from.panics.notified() => Wake::Panic,
            signal = from.signals.next() => Wake::Signal(signal),
            event = from.events.next() => Wake::Event(event),
            Ok(()) = from.connection.changed() => Wake::Connection,
            Some(msg) = from.replies.recv() => Wake::Reply(msg),
            () = until(due), if due.is_some() => Wake::Time,
        }
    }

    /// Tells the app the time. Alone, that is worth a drawing only while something is under way.
    fn now(&mut self) -> io::Result<()> {
        self.pace.ticked(Instant::now());
        let effects = update(&mut self.state, Msg::Now(Timestamp::now()));
        if self.state.is_busy() {
            self.pace.changed();
        }
        self.start(effects)
    }

    fn tell(&mut self, msg: Msg) -> io::Result<()> {
        self.pace.changed();
        journal::note(&msg);
        let effects = step(&mut self.state, msg);
        self.start(effects)
    }

    fn start(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match self.executor.start(effect) {
                Some(Effect::Quit) => self.exit = Some(Exit::Quit),
                Some(Effect::Suspend) => self.suspend()?,
                Some(Effect::Redraw) => self.redraw()?,
                _ => {}
            }
        }
        Ok(())
    }

    fn signalled(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::End(number) => {
                self.exit = Some(Exit::Signal(number));
                Ok(())
            }
            Signal::Suspend => self.suspend(),
            Signal::Continued => {
                self.tty.enter()?;
                self.redraw()
            }
        }
    }

    /// Gives the terminal back and stops here; continued, SIGCONT takes it again.
    fn suspend(&mut self) -> io::Result<()> {
        self.tty.leave();
        signals::stop_here()
    }

    /// Forgets what is on the screen, so that all of it is drawn. Not by `Terminal::clear`, which
    /// asks the terminal for its cursor and waits for the answer.
    fn redraw(&mut self) -> io::Result<()> {
        let size = self.terminal.size().map_err(io::Error::other)?;
        let area = ratatui::layout::Rect::from((ratatui::layout::Position::ORIGIN, size));
        self.terminal.resize(area).map_err(io::Error::other)?;
        if self.state.size != (size.width, size.height) {
            return self.tell(Msg::Resize(size.width, size.height));
        }
        self.pace.changed();
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        let (state, theme) = (&self.state, &self.theme);
        self.terminal.draw(|frame| ui::draw(state, theme, frame)).map_err(io::Error::other)?;
        self.pace.drew(Instant::now());
        Ok(())
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
