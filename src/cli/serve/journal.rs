//! Lines on standard error, written by a thread of their own: a reader who does not keep up must
//! not hold up requests.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::error::Failure;
use crate::http::Journal;

/// Lines that may wait to be written. Further ones are counted, and the count is written.
const WAITING: usize = 4096;
/// Longest wait for the last lines at the end.
const PATIENCE: Duration = Duration::from_secs(1);

enum Entry {
    Line(String),
    /// Answered when all before it is written.
    Flush(SyncSender<()>),
}

/// Where the lines go.
pub(super) struct Lines {
    entries: SyncSender<Entry>,
    lost: Arc<AtomicU64>,
}

impl Lines {
    /// Starts the thread.
    ///
    /// # Errors
    /// When there can be none.
    pub(super) fn start() -> Result<Self, Failure> {
        let (entries, received) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&lost);
        thread::Builder::new()
            .name("journal".into())
            .spawn(move || write(&received, &counted))
            .map_err(|error| Failure::failed(format!("start a thread for the log: {error}")))?;
        Ok(Self { entries, lost })
    }

    /// Writes a line with the time before it. Never waits.
    pub(super) fn journal(&self) -> Journal {
        let (entries, lost) = (self.entries.clone(), Arc::clone(&self.lost));
        Arc::new(move |line| {
            let line = format!("{:.3} {line}", Timestamp::now());
            if entries.try_send(Entry::Line(line)).is_err() {
                lost.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    /// Waits until all is written, for a moment.
    pub(super) fn close(self) {
        let (done, written) = sync_channel(1);
        if self.entries.try_send(Entry::Flush(done)).is_ok() {
            let _ = written.recv_timeout(PATIENCE);
        }
    }
}

fn write(entries: &Receiver<Entry>, lost: &AtomicU64) {
    while let Ok(entry) = entries.recv() {
        // Nobody listening is no failure.
        let _ = match entry {
            Entry::Line(line) => writeln!(io::stderr(), "{line}"),
            Entry::Flush(done) => done.send(()).map_err(|_| io::ErrorKind::BrokenPipe.into()),
        };
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let now = Timestamp::now();
            let _ = writeln!(io::stderr(), "{now:.3} {lost} lines lost: written too slowly");
        }
    }
}
