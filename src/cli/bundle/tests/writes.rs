use std::io::{self, BufReader, Write};

use super::{slots, window};
use crate::cli::bundle::scan::Scan;
use crate::cli::bundle::write::{Unwritten, Writer, Written};

/// A disk that is full after so many bytes.
#[derive(Debug, Default)]
struct Disk {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let fits = bytes.len().min(self.room);
        if fits == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.room -= fits;
        self.bytes.extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_and_what_was_written_is_found_again() {
    for room in 0..400 {
        let (mut lines, mut raw) =
            (Disk { room: room * 10, ..Disk::default() }, Disk { room, ..Disk::default() });
        let mut writer = Writer::new(&mut lines, &mut raw, Written::default());
        let mut good = 0_u64;
        for slot in slots() {
            match writer.append(&slot) {
                Ok(()) => good += 1,
                Err(Unwritten::Io(error)) => {
                    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
                    break;
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        let mut scan = Scan::new(BufReader::new(&lines.bytes[..]), &raw.bytes[..]);
        let mut found = 0;
        while let Some(seen) = scan.next().unwrap() {
            found += u64::from(seen.record.is_ok() && seen.fault.is_none() && seen.skipped == 0);
        }
        assert_eq!(found, good, "{room}");
        assert!(room > 0 || good == 0);
        assert!(room < 399 || good == 7, "the last disk is large enough");
        assert_eq!(window().len(), 8);
    }
}
