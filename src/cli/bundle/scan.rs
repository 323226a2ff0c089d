//! Reading records and payloads side by side: to go on with what was begun, and to verify what
//! was finished.

use std::io::{self, BufRead, Read};

use super::line::{self, Line, MAX_LINE};

/// Walks `frames.jsonl` and `frames.bin` together. Memory is bounded by one line and its payload,
/// and a line by what is really there.
#[derive(Debug)]
pub(super) struct Scan<L, R> {
    lines: L,
    raw: R,
    number: u64,
    /// Bytes of `frames.bin` read.
    position: u64,
    line: Vec<u8>,
    payload: Vec<u8>,
}

/// What one line gave.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    /// Number of the line, from 1.
    pub(super) number: u64,
    /// The record, or what is wrong with the line.
    pub(super) record: Result<Line<'a>, &'static str>,
    /// What is wrong with the payload.
    pub(super) fault: Option<&'static str>,
    /// Bytes of `frames.bin` before the payload that no record speaks of.
    pub(super) skipped: u64,
    /// The line as it stands, line break included.
    pub(super) line: &'a [u8],
    /// The payload as it stands.
    pub(super) payload: &'a [u8],
}

impl<L: BufRead, R: Read> Scan<L, R> {
    /// A walk from the beginning of both.
    pub(super) const fn new(lines: L, raw: R) -> Self {
        Self { lines, raw, number: 0, position: 0, line: Vec::new(), payload: Vec::new() }
    }

    /// The next line and its payload; `None` after the last.
    ///
    /// # Errors
    /// When either file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Seen<'_>>> {
        self.line.clear();
        self.payload.clear();
        if self.lines.by_ref().take(MAX_LINE).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let record = line::read(&self.line);
        let (mut fault, mut skipped) = (None, 0);
        if let Ok(Line { payload: Some(payload), .. }) = &record {
            // Base64 is longer than what it encodes, so a size above it is not waited for.
            let fits = payload.size <= payload.base64.len() as u64;
            match payload.offset.checked_sub(self.position).filter(|_| fits) {
                None => fault = Some("where its payload should lie is at odds with the rest"),
                Some(skip) => {
                    skipped = io::copy(&mut self.raw.by_ref().take(skip), &mut io::sink())?;
                    let mut extent = self.raw.by_ref().take(payload.size);
                    let read = extent.read_to_end(&mut self.payload)?;
                    self.position = self.position.saturating_add(skipped + read as u64);
                    fault = payload.fault(&self.payload);
                }
            }
        }
        let (line, payload) = (&self.line, &self.payload);
        Ok(Some(Seen { number: self.number, record, fault, skipped, line, payload }))
    }

    /// Reads what is left of `frames.bin`, and gives how many bytes that are.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn drain(&mut self) -> io::Result<u64> {
        io::copy(&mut self.raw, &mut io::sink())
    }
}
