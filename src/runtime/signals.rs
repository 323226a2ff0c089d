//! Signals the program answers to.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

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
    ends: Vec<(SignalKind, Stream)>,
    suspend: Stream,
    resume: Stream,
}

impl Signals {
    /// Catches all that end a program and can be caught, SIGTSTP and SIGCONT.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub(super) fn catch() -> io::Result<Self> {
        let ends = [
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::hangup(),
            SignalKind::quit(),
            SignalKind::alarm(),
            SignalKind::user_defined1(),
            SignalKind::user_defined2(),
        ];
        Ok(Self {
            ends: ends
                .into_iter()
                .map(|kind| Ok((kind, signal(kind)?)))
                .collect::<io::Result<_>>()?,
            suspend: signal(SignalKind::from_raw(SIGTSTP))?,
            resume: signal(SignalKind::from_raw(signal_hook::consts::SIGCONT))?,
        })
    }

    /// The next signal. Dropping the future loses none.
    pub(super) async fn next(&mut self) -> Signal {
        let ends = &mut self.ends;
        let end = poll_fn(|context| {
            for (kind, stream) in &mut *ends {
                if stream.poll_recv(context).is_ready() {
                    return Poll::Ready(kind.as_raw_value());
                }
            }
            Poll::Pending
        });
        tokio::select! {
            number = end => Signal::End(number),
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
