//! Signals the program answers to.

use std::io;

use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// To end; holds the signal's number.
    End(i32),
    /// To stop until continued.
    Suspend,
    /// The process was continued: another program may have had the terminal.
    Continued,
}

/// The signals, caught from the moment this is made.
pub(super) struct Signals {
    terminate: Stream,
    interrupt: Stream,
    hangup: Stream,
    suspend: Stream,
    resume: Stream,
}

impl Signals {
    /// Catches SIGTERM, SIGINT, SIGHUP, SIGTSTP and SIGCONT.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub(super) fn catch() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            suspend: signal(SignalKind::from_raw(SIGTSTP))?,
            resume: signal(SignalKind::from_raw(signal_hook::consts::SIGCONT))?,
        })
    }

    /// The next signal. Dropping the future loses none.
    pub(super) async fn next(&mut self) -> Signal {
        let end = |kind: SignalKind| Signal::End(kind.as_raw_value());
        tokio::select! {
            _ = self.terminate.recv() => end(SignalKind::terminate()),
            _ = self.interrupt.recv() => end(SignalKind::interrupt()),
            _ = self.hangup.recv() => end(SignalKind::hangup()),
            _ = self.suspend.recv() => Signal::Suspend,
            _ = self.resume.recv() => Signal::Continued,
        }
    }
}

/// Stops the process as SIGTSTP does by default, and returns when it is continued.
///
/// # Errors
/// When the process could not be stopped.
pub(super) fn stop_here() -> io::Result<()> {
    emulate_default_handler(SIGTSTP)
}
