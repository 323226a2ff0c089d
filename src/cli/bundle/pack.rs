//! The tar form: the bundle's files one after another, each byte of header and padding fixed by
//! their names and sizes, so that a change of any one of them shows.

use std::io::{self, Read, Write};

use tar::{EntryType, Header};

use super::FOLDER;

/// Bytes of a block.
pub(super) const BLOCK: u64 = 512;

/// Zeros that end the archive: two blocks (POSIX.1-1988 ustar).
pub(super) const END: u64 = 2 * BLOCK;

/// The one header that a file of this name and size may have.
///
/// # Errors
/// Never for the names of a bundle's files.
pub(super) fn header(name: &str, size: u64) -> io::Result<[u8; BLOCK as usize]> {
    let mut header = Header::new_ustar();
    header.set_path(format!("{FOLDER}/{name}"))?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header.set_cksum();
    Ok(*header.as_bytes())
}

/// Zeros after so many bytes, up to the next block.
pub(super) const fn padding(size: u64) -> u64 {
    size.next_multiple_of(BLOCK) - size
}

/// Appends a file of exactly this size.
///
/// # Errors
/// When it cannot be read or written, or has another size.
pub(super) fn append(
    to: &mut impl Write,
    name: &str,
    size: u64,
    from: impl Read,
) -> io::Result<()> {
    to.write_all(&header(name, size)?)?;
    let copied = io::copy(&mut from.take(size), to)?;
    if copied != size {
        return Err(io::Error::other(format!("{name} became shorter while it was packed")));
    }
    zeros(to, padding(size))
}

/// Ends the archive.
///
/// # Errors
/// When it cannot be written.
pub(super) fn end(to: &mut impl Write) -> io::Result<()> {
    zeros(to, END)
}

fn zeros(to: &mut impl Write, count: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(count), to).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_can_read_it() {
        let mut archive = Vec::new();
        append(&mut archive, "manifest.json", 3, &b"abc"[..]).unwrap();
        append(&mut archive, "frames.bin", 512, &[7; 512][..]).unwrap();
        append(&mut archive, "empty", 0, io::empty()).unwrap();
        end(&mut archive).unwrap();
        assert_eq!(archive.len(), 3 * 512 + 2 * 512 + 1024);
        let mut read = tar::Archive::new(archive.as_slice());
        let files: Vec<_> = read
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                (entry.path().unwrap().display().to_string(), bytes)
            })
            .collect();
        assert_eq!(files[0], ("roomscope-bundle/manifest.json".into(), b"abc".to_vec()));
        assert_eq!(files[1].1, [7; 512]);
        assert_eq!(files[2].1, b"");
    }

    #[test]
    fn a_file_that_shrank_is_an_error_and_large_ones_have_a_header() {
        assert!(append(&mut Vec::new(), "a", 4, &b"abc"[..]).is_err());
        for size in [0, 1, 8 << 30, u64::MAX >> 1] {
            let header = header("frames.bin", size).unwrap();
            let read = Header::from_byte_slice(&header).entry_size().unwrap();
            assert_eq!(read, size);
        }
        assert_eq!((padding(0), padding(1), padding(512)), (0, 511, 0));
    }
}
