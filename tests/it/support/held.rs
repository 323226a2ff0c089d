//! A command under way, whose output is read only when the test wants more of it: until then it
//! waits, as behind a pager.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::program::{Done, command};

/// A running command; killed when dropped.
pub(crate) struct Held {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
    taken: Vec<u8>,
    reading: Option<JoinHandle<Vec<u8>>>,
    said: Arc<Mutex<Vec<u8>>>,
    saying: Option<JoinHandle<()>>,
    began: Instant,
}

/// What a command came to, and when.
pub(crate) struct Ended {
    pub(crate) done: Done,
    pub(crate) at: Instant,
    pub(crate) took: Duration,
}

impl Held {
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::of(&mut command(args))
    }

    fn of(command: &mut Command) -> Self {
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = child.stdout.take().map(BufReader::new);
        let mut stderr = child.stderr.take().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        let saying = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut buffer) {
                kept.lock().unwrap().extend_from_slice(&buffer[..length]);
            }
        });
        Self { child, out, taken: Vec::new(), reading: None, said, saying: Some(saying), began }
    }

    /// Reads so many lines of its output; the rest is left in the pipe.
    ///
    /// # Panics
    /// When it ends before.
    pub(crate) fn read_lines(&mut self, count: usize) {
        for _ in 0..count {
            let read = self.out.as_mut().unwrap().read_until(b'\n', &mut self.taken).unwrap();
            assert!(read > 0, "it ended too soon: {}", self.said());
        }
    }

    /// All that it said on standard error so far.
    pub(crate) fn said(&self) -> String {
        String::from_utf8(self.said.lock().unwrap().clone()).unwrap()
    }

    /// Reads on from now, as it comes.
    pub(crate) fn flow(&mut self) {
        let mut out = self.out.take().unwrap();
        let mut taken = std::mem::take(&mut self.taken);
        self.reading = Some(thread::spawn(move || {
            let _ = out.read_to_end(&mut taken);
            taken
        }));
    }

    /// Reads on to its end.
    ///
    /// # Panics
    /// When it has not ended within `bound`, counted from now.
    pub(crate) fn finish(mut self, bound: Duration) -> Ended {
        if self.reading.is_none() {
            self.flow();
        }
        let end = Instant::now() + bound;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "not ended within {bound:?}; it said: {}", self.said());
            thread::sleep(Duration::from_millis(5));
        };
        let at = Instant::now();
        let out = String::from_utf8(self.reading.take().unwrap().join().unwrap()).unwrap();
        self.saying.take().unwrap().join().unwrap();
        let done = Done { code: status.code().unwrap(), out, said: self.said() };
        Ended { done, at, took: at - self.began }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end, which comes within `bound`.
pub(crate) fn run_within(args: &[&str], bound: Duration) -> Ended {
    Held::start(args).finish(bound)
}
