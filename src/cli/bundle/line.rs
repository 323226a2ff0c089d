//! One line of `frames.jsonl`: a record, where its payload lies in `frames.bin`, and a seal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;

use crate::cli::error::Failure;
use crate::cli::out::json_line;
use crate::domain::{Edge, Slot, Window, encode, record};

use super::seal::{self, Style};

/// Longest line that is read or written, in bytes: a message of 64 MiB, the most that a server
/// can be told to take, is 90 MB in base64.
pub(super) const MAX_LINE: u64 = 128 << 20;

/// A record as read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The sequences it stands for.
    pub(super) range: Window,
    pub(super) fact: Fact<'a>,
    pub(super) payload: Option<Payload<'a>>,
}

/// What a record says of its sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact<'a> {
    Frame {
        /// The frame as a neighbour of gaps.
        edge: Edge,
        /// Bytes of payload.
        size: u64,
    },
    /// A run without a message.
    Gap {
        /// Its cause in a word.
        cause: &'a str,
    },
    /// A run that the server counts as stored and does not give.
    Unreadable,
    /// A run that could not be read.
    Unread,
}

/// Where a frame's payload is and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Payload<'a> {
    /// Where it begins in `frames.bin`.
    pub(super) offset: u64,
    /// Bytes.
    pub(super) size: u64,
    pub(super) sha256: &'a str,
    pub(super) base64: &'a str,
}

/// The fields of all kinds of records.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    seq: Option<u64>,
    time: Option<Timestamp>,
    size: Option<u64>,
    sha256: Option<&'a str>,
    base64: Option<&'a str>,
    offset: Option<u64>,
    start: Option<u64>,
    end: Option<u64>,
    count: Option<u64>,
    cause: Option<&'a str>,
}

/// Reads a line, its line break included. The words of an error are ours and safe to print.
///
/// # Errors
/// When the seal does not hold, or it is no record.
pub(super) fn read(line: &[u8]) -> Result<Line<'_>, &'static str> {
    if !seal::holds(line, Style::Line) {
        return Err("does not match its own check");
    }
    let text = std::str::from_utf8(line).map_err(|_| "is not text")?;
    let fields: Fields<'_> = serde_json::from_str(text).map_err(|_| "is not a record")?;
    of_fields(&fields).ok_or("is a record with fields missing or at odds")
}

fn of_fields<'a>(fields: &Fields<'a>) -> Option<Line<'a>> {
    if fields.kind == "frame" {
        let (seq, size) = (fields.seq?, fields.size?);
        let (offset, sha256, base64) = (fields.offset?, fields.sha256?, fields.base64?);
        return Some(Line {
            range: Window::new(seq, seq)?,
            fact: Fact::Frame { edge: Edge { seq, time: fields.time? }, size },
            payload: Some(Payload { offset, size, sha256, base64 }),
        });
    }
    let range = Window::new(fields.start?, fields.end?)?;
    if fields.count? != range.len() {
        return None;
    }
    let fact = match fields.kind {
        "gap" => Fact::Gap { cause: fields.cause? },
        "unreadable" => Fact::Unreadable,
        "unread" => Fact::Unread,
        _ => return None,
    };
    Some(Line { range, fact, payload: None })
}

impl Payload<'_> {
    /// What is wrong with the bytes found in `frames.bin`, or with the copy in the record.
    pub(super) fn fault(&self, raw: &[u8]) -> Option<&'static str> {
        let is =
            |bytes: &[u8]| bytes.len() as u64 == self.size && encode::sha256(bytes) == self.sha256;
        let copy = STANDARD.decode(self.base64).ok();
        match (is(raw), copy.as_deref()) {
            (true, Some(copy)) if copy == raw => None,
            (true, _) => Some("its base64 in frames.jsonl is not its payload"),
            (false, Some(copy)) if is(copy) => {
                Some("its payload in frames.bin is damaged; the base64 in frames.jsonl is whole")
            }
            (false, _) => Some("its payload is damaged"),
        }
    }
}

/// What a slot's record will say.
pub(super) fn fact(slot: &Slot) -> Fact<'static> {
    match slot {
        Slot::Frame(frame) => {
            Fact::Frame { edge: Edge::of(frame), size: frame.payload.len() as u64 }
        }
        Slot::Gap(gap) => Fact::Gap { cause: gap.cause.name() },
        Slot::Unreadable(_) => Fact::Unreadable,
        Slot::Unread(_) => Fact::Unread,
    }
}

/// A slot as a sealed line. `offset` is where a frame's payload begins in `frames.bin`.
///
/// # Errors
/// When the line would be longer than may be read back.
pub(super) fn write(slot: &Slot, offset: u64) -> Result<String, Failure> {
    let mut json = json_line(&record::timeless(slot))?;
    json.pop();
    if matches!(slot, Slot::Frame(_)) {
        json.pop();
        json.push_str(",\"offset\":");
        json.push_str(&offset.to_string());
        json.push('}');
    }
    let line = seal::seal(&json, Style::Line);
    if line.len() as u64 > MAX_LINE {
        let seq = slot.range().start();
        return Err(Failure::failed(format!(
            "frame {seq} is too large for a bundle: its record would be {} bytes long and \
             {MAX_LINE} is the most; export the sequences around it with --from and --last, \
             each part with an --out of its own",
            line.len()
        )));
    }
    Ok(line)
}
