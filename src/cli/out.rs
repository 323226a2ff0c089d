//! Standard output for data, standard error for talk, and sentences that several commands say.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write};

use std::os::fd::AsFd as _;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::error::Failure;
use crate::domain::{Edge, Gap, GapCause, StreamState, Unread, escape, format};

/// Buffered standard output. Where nobody reads it any more (`| head`), the command ends quietly.
pub(super) struct Out {
    to: BufWriter<Stdout>,
}

impl Out {
    pub(super) fn new() -> Self {
        Self { to: BufWriter::with_capacity(64 << 10, io::stdout()) }
    }

    /// A line of text, which must be safe for a terminal.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.to, "{text}").map_err(failed)
    }

    /// A value as one line of JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.bytes(json_line(value)?.as_bytes())
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.to.write_all(bytes).map_err(failed)
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.to.flush().map_err(failed)
    }

    /// Whether it goes into a file, not to a person or another program.
    pub(super) fn is_file() -> bool {
        let file = io::stdout().as_fd().try_clone_to_owned().map(File::from);
        file.and_then(|file| file.metadata()).is_ok_and(|found| found.is_file())
    }

    /// Whether a person reads it.
    pub(super) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }
}

/// A line on standard error; what is not ours in it must be escaped.
pub(super) fn say(line: &str) {
    // In one write, so that nothing comes between; nobody listening is no failure.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// A value as a line of JSON in ASCII.
pub(super) fn json_line(value: &impl Serialize) -> Result<String, Failure> {
    let json = serde_json::to_string(value)
        .map_err(|error| Failure::failed(format!("write JSON: {error}")))?;
    let mut line = escape::ascii_json(json);
    line.push('\n');
    Ok(line)
}

fn failed(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::quiet();
    }
    Failure::failed(format!("write to standard output: {error}"))
}

/// A gap in a line: its sequences, the whole hole where that is longer, the cause, and the frames
/// beside it.
pub(super) fn gap(gap: &Gap, stream: &StreamState, zone: &TimeZone) -> String {
    let (range, n) = (format::range(gap.range), format::count(gap.range.len()));
    let hole = gap.beyond(stream);
    let hole = hole.map_or_else(String::new, |hole| format!(" of {}", format::range(hole)));
    let what = format!("{range}{hole} - {n} {}", gap.cause.word());
    let edge = |edge: Edge| {
        format!("{} ({})", format::count(edge.seq), format::date_clock(edge.time, zone))
    };
    match (gap.cause, gap.before, gap.after) {
        (GapCause::BeforeFirst, ..) => what,
        (_, Some(before), Some(after)) => {
            format!("{what} - between {} and {}", edge(before), edge(after))
        }
        (_, Some(before), None) => format!("{what} - after {}", edge(before)),
        (_, None, Some(after)) => format!("{what} - before {}", edge(after)),
        (_, None, None) => what,
    }
}

/// Sequences that could not be read, in a line.
pub(super) fn unread(run: &Unread) -> String {
    let (range, n) = (format::range(run.range), format::count(run.range.len()));
    format!("{range} - {n} could not be read - {}", run.fault.text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn json_is_ascii_and_says_the_same(text in any::<String>()) {
            let line = json_line(&text).unwrap();
            let shown = line.strip_suffix('\n').unwrap();
            prop_assert!(shown.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(serde_json::from_str::<String>(shown).unwrap(), text);
        }
    }
}
