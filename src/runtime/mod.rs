//! The only shell with I/O around the app: terminal, input, signals, effects, event loop.

mod clipboard;
pub mod effects;
mod event_loop;
mod input;
mod journal;
mod pace;
mod panics;
mod signals;
pub mod terminal;

use std::io;

use crossterm::event::EventStream;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::app::State;
use crate::app::state::Start;
use crate::ui::Theme;

pub use event_loop::{Exit, step};

use effects::Executor;
pub use effects::Services;
use event_loop::{Shell, Sources};
use signals::Signals;
use terminal::{Guard, Screen, Tty};

/// Replies that may wait for the loop.
const REPLIES: usize = 256;

/// Runs the app on the process's terminal until it ends, and gives the terminal back. The size
/// and the connection in `start` are replaced by what they really are. `cache` is how many bytes
/// of frames to keep at most.
///
/// # Errors
/// When there is no terminal, or it can no longer be read or written.
pub async fn run(
    mut start: Start,
    theme: Theme,
    mouse: bool,
    services: Services,
) -> io::Result<Exit> {
    let signals = Signals::catch()?;
    let tty = Tty::stdout(mouse);
    let panics = panics::install(tty.clone());
    let guard = Guard::new(tty.clone())?;

    start.size = crossterm::terminal::size()?;
    let connection = services.store().connection();
    start.connection = connection.borrow().clone();
    let (executor, replies) = Executor::new(services.on(tty.clone()), REPLIES);
    let terminal = Terminal::new(CrosstermBackend::new(Screen::new(tty.clone())))?;
    let shell = Shell::new(State::new(start), theme, terminal, tty, executor);
    let sources = Sources { events: EventStream::new(), replies, connection, signals, panics };
    rehearsal::start();
    let (exit, executor) = shell.run(sources).await;
    drop(guard);
    executor.finish().await;
    exit
}

/// A panic on demand, so that a test can see what one does to the terminal.
#[cfg(debug_assertions)]
#[allow(clippy::panic, reason = "it is what is asked for")]
mod rehearsal {
    use std::time::Duration;

    /// Where to panic: in the `loop`'s thread, or in a `task` once the screen is up.
    const VARIABLE: &str = "ROOMSCOPE_REHEARSE_PANIC";

    pub(super) fn start() {
        match std::env::var(VARIABLE).as_deref() {
            Ok("loop") => panic!("rehearsed panic in the loop"),
            Ok("task") => {
                tokio::spawn(async {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    panic!("rehearsed panic in the task");
                });
            }
            _ => {}
        }
    }
}

#[cfg(not(debug_assertions))]
mod rehearsal {
    pub(super) const fn start() {}
}
