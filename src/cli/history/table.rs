//! The table: a line for each frame, gap and unread run. It is written as it is read, so its
//! columns are as wide as they must be for any of its rows.

use jiff::tz::TimeZone;

use super::write::Write;
use crate::cli::error::Failure;
use crate::cli::out::{self, Out};
use crate::domain::{Frame, Slot, StreamState, encode, escape, format, server_headers};

/// Digits of a digest that tell frames apart at a glance.
const DIGEST: usize = 16;
/// Columns of a time to the millisecond with its offset.
const TIME: usize = "2026-11-20T14:03:11.123+01:00".len();
/// Columns of the size of a frame.
const SIZE: usize = "1,048,576".len();

/// A table under way.
pub(super) struct Table {
    zone: TimeZone,
    /// Columns of a sequence.
    seq: usize,
}

impl Table {
    /// A table up to the sequence `last`.
    pub(super) fn new(zone: TimeZone, last: u64) -> Self {
        Self { zone, seq: format::count(last).len().max(3) }
    }

    fn frame(&self, frame: &Frame) -> String {
        let digest = encode::sha256(&frame.payload);
        let headers = match frame.headers.len() {
            0 => String::new(),
            1 => ", 1 header".into(),
            n => format!(", {n} headers"),
        };
        let marker = server_headers::marker(frame);
        let marker = marker.map_or_else(String::new, |reason| format!(", marker {reason}"));
        let time = frame.time.to_zoned_datetime(self.zone.clone());
        format!(
            "{:>width$}  {:<TIME$}  {:>SIZE$}  {}  {}{headers}{marker}",
            format::count(frame.seq),
            time.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
            format::count(frame.payload.len() as u64),
            digest.get(..DIGEST).unwrap_or(&digest),
            escape::text(&frame.subject),
            width = self.seq
        )
    }
}

impl Write for Table {
    fn begin(&mut self, out: &mut Out) -> Result<(), Failure> {
        out.line(&format!(
            "{:>width$}  {:<TIME$}  {:>SIZE$}  {:<DIGEST$}  SUBJECT",
            "SEQ",
            "STORED",
            "BYTES",
            "SHA-256 BEGINS",
            width = self.seq
        ))
    }

    fn slot(&mut self, slot: &Slot, of: &StreamState, out: &mut Out) -> Result<(), Failure> {
        match slot {
            Slot::Frame(frame) => out.line(&self.frame(frame)),
            Slot::Gap(gap) => out.line(&format!("--- {}", out::gap(gap, of, &self.zone))),
            Slot::Unreadable(gap) => out.line(&format!("!!! {}", out::gap(gap, of, &self.zone))),
            Slot::Unread(run) => out.line(&format!("!!! {}", out::unread(run))),
        }
    }
}
