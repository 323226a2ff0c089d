//! The forms of output, written slot by slot as a history is read.

use jiff::tz::TimeZone;

use super::args::Form;
use crate::cli::error::Failure;
use crate::cli::out::{self, Out};
use crate::domain::contract::{BEGIN, END, Messages};
use crate::domain::format::{self, count};
use crate::domain::{Frame, Slot, StreamState, encode, escape, record, server_headers};

/// Digits of a digest that tell frames apart at a glance.
const DIGEST: usize = 16;
/// Columns of a time to the millisecond with its offset.
const TIME: usize = "2026-11-20T14:03:11.123+01:00".len();
/// Columns of the size of a frame.
const SIZE: usize = "1,048,576".len();

/// An output under way.
pub(super) struct Writer {
    form: Form,
    zone: TimeZone,
    /// Columns of a sequence, as wide as any of them must be: a table is written as it is read.
    seq: usize,
    messages: Messages,
    /// Whether anything of the contract's answer is written. Nothing is, before there is a frame or
    /// the end: a failure before that prints nothing.
    begun: bool,
}

impl Writer {
    /// For sequences up to `last`.
    pub(super) fn new(form: Form, zone: TimeZone, last: u64) -> Self {
        let seq = count(last).len().max(3);
        Self { form, zone, seq, messages: Messages::default(), begun: false }
    }

    /// What comes before all slots.
    pub(super) fn begin(&self, out: &mut Out) -> Result<(), Failure> {
        if self.form != Form::Table {
            return Ok(());
        }
        out.line(&format!(
            "{:>width$}  {:<TIME$}  {:>SIZE$}  {:<DIGEST$}  SUBJECT",
            "SEQ",
            "STORED",
            "BYTES",
            "SHA-256 BEGINS",
            width = self.seq
        ))
    }

    /// One slot of a stream in this state.
    pub(super) fn slot(
        &mut self,
        slot: &Slot,
        of: &StreamState,
        out: &mut Out,
    ) -> Result<(), Failure> {
        if self.form == Form::Jsonl {
            return out.json(&record::of_part(slot, of));
        }
        let words = match slot {
            Slot::Frame(frame) => return self.frame(frame, out),
            _ if !self.form.shows_gaps() => return Ok(()),
            Slot::Gap(gap) | Slot::Unreadable(gap) => out::gap(gap, of, &self.zone),
            Slot::Unread(run) => out::unread(run),
        };
        let mark = match (self.form, slot) {
            (Form::Hex, _) => "#",
            (_, Slot::Gap(_)) => "---",
            _ => "!!!",
        };
        out.line(&format!("{mark} {words}"))
    }

    fn frame(&mut self, frame: &Frame, out: &mut Out) -> Result<(), Failure> {
        match self.form {
            Form::Table => out.line(&self.row(frame)),
            Form::Hex => self.dump(frame, out),
            Form::Base64 => out.line(&encode::base64(&frame.payload)),
            Form::Raw => out.bytes(&frame.payload),
            Form::Jsonl => Ok(()),
            Form::Contract => {
                let mut text = self.beginning().to_owned();
                self.messages.frame(&frame.payload, &mut text);
                out.bytes(text.as_bytes())
            }
        }
    }

    /// What comes after all slots.
    pub(super) fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        if self.form != Form::Contract {
            return Ok(());
        }
        let beginning = self.beginning();
        out.bytes([beginning, END].concat().as_bytes())
    }

    /// What comes before the contract's first frame, once.
    const fn beginning(&mut self) -> &'static str {
        if std::mem::replace(&mut self.begun, true) { "" } else { BEGIN }
    }

    /// A frame's line of the table.
    fn row(&self, frame: &Frame) -> String {
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
            count(frame.seq),
            time.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
            count(frame.payload.len() as u64),
            digest.get(..DIGEST).unwrap_or(&digest),
            escape::text(&frame.subject),
            width = self.seq
        )
    }

    /// A dump of a frame below a line that names it: offset, 16 bytes, ASCII, as `hexdump -C` writes
    /// them, but without folding rows that are alike.
    fn dump(&self, frame: &Frame, out: &mut Out) -> Result<(), Failure> {
        let size = frame.payload.len();
        out.line(&format!(
            "# {}, {}, {} bytes, {}",
            count(frame.seq),
            format::precise(frame.time, &self.zone),
            count(size as u64),
            escape::text(&frame.subject)
        ))?;
        for at in 0..encode::hex_rows(size, encode::HEX_ROW) {
            let Some(row) = encode::hex_row(&frame.payload, at, encode::HEX_ROW) else { break };
            out.line(&format!("{:08x}  {}  |{}|", row.offset, row.hex, row.ascii))?;
        }
        out.line(&format!("{size:08x}"))
    }
}
