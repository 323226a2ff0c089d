//! Hex dumps: offset, 16 bytes, ASCII, as `hexdump -C` writes them, but without folding rows that
//! are alike.

use jiff::tz::TimeZone;

use super::write::Write;
use crate::cli::error::Failure;
use crate::cli::out::{self, Out};
use crate::domain::{Frame, Slot, StreamState, encode, escape, format};

/// A dump of each frame below a line that names it.
pub(super) struct Hex {
    zone: TimeZone,
}

impl Hex {
    pub(super) const fn new(zone: TimeZone) -> Self {
        Self { zone }
    }
}

impl Write for Hex {
    fn slot(&mut self, slot: &Slot, of: &StreamState, out: &mut Out) -> Result<(), Failure> {
        match slot {
            Slot::Frame(frame) => {
                out.line(&format!(
                    "# {}, {}, {} bytes, {}",
                    format::count(frame.seq),
                    format::precise(frame.time, &self.zone),
                    format::count(frame.payload.len() as u64),
                    escape::text(&frame.subject)
                ))?;
                dump(frame, out)
            }
            Slot::Gap(gap) | Slot::Unreadable(gap) => {
                out.line(&format!("# {}", out::gap(gap, of, &self.zone)))
            }
            Slot::Unread(unread) => out.line(&format!("# {}", out::unread(unread))),
        }
    }
}

fn dump(frame: &Frame, out: &mut Out) -> Result<(), Failure> {
    for at in 0..encode::hex_rows(frame.payload.len(), encode::HEX_ROW) {
        let Some(row) = encode::hex_row(&frame.payload, at, encode::HEX_ROW) else { break };
        out.line(&format!("{:08x}  {}  |{}|", row.offset, row.hex, row.ascii))?;
    }
    out.line(&format!("{:08x}", frame.payload.len()))
}
