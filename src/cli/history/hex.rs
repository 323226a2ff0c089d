//! Hex dumps: offset, 16 bytes, ASCII, as `hexdump -C` writes them, but without folding rows that
//! are alike.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{table, write::Write};
use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::domain::{Frame, Slot, encode, escape, format};

/// A dump of each frame below a line that names it.
pub(super) struct Hex {
    zone: TimeZone,
    now: Timestamp,
}

impl Hex {
    pub(super) const fn new(zone: TimeZone, now: Timestamp) -> Self {
        Self { zone, now }
    }
}

impl Write for Hex {
    fn slot(&mut self, slot: &Slot, out: &mut Out) -> Result<(), Failure> {
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
            Slot::Gap(gap) => out.line(&format!("# {}", table::gap(gap, &self.zone, self.now))),
            Slot::Unread(unread) => out.line(&format!("# {}", table::unread(unread))),
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
