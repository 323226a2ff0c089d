//! Finding the files in a tar, whose every byte outside them is known beforehand: a header is the
//! one that its file's name and size give, and all else is zeros.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use tar::Header;

use super::damage::{Damage, Findings};
use crate::cli::bundle::pack::{BLOCK, END, header, padding};
use crate::cli::bundle::{FILES, MANIFEST, RAW, SUMS};

type Block = [u8; BLOCK as usize];

/// Where the files are, in the order of [`FILES`], as offset and length. Where a header is damaged,
/// the next one that is whole tells how far its file may reach. None where the tar does not
/// begin as a bundle does.
///
/// # Errors
/// When the tar cannot be read.
pub(super) fn places(
    file: &File,
    len: u64,
    findings: &mut Findings,
) -> io::Result<[Option<(u64, u64)>; 4]> {
    let mut tar = BufReader::with_capacity(1 << 16, file);
    let mut places = [None; 4];
    // The first file has one size, so where the second header is belongs to the format too.
    let is_at = |tar: &mut BufReader<&File>, at, name| {
        block(tar, at).map(|block| block.is_some_and(|block| size_of(&block, name).is_some()))
    };
    if !is_at(&mut tar, 0, SUMS)? && !is_at(&mut tar, 2 * BLOCK, MANIFEST)? {
        return Ok(places);
    }
    let mut at = 0;
    for (place, (name, next)) in places.iter_mut().zip(followed()) {
        let Some(block) = block(&mut tar, at)? else {
            findings.add(Damage::of(name, "is missing: the tar ends before it"));
            continue;
        };
        let begin = at + BLOCK;
        let whole = size_of(&block, name)
            .filter(|size| begin.checked_add(*size).is_some_and(|end| end <= len));
        let size = match whole {
            Some(size) => size,
            None => {
                if size_of(&block, name).is_some() {
                    findings.add(Damage::of(name, "is cut off: the tar ends in it"));
                    *place = Some((begin, len.saturating_sub(begin)));
                    at = len;
                    continue;
                }
                findings.add(Damage::of(name, "its header in the tar is damaged"));
                let end = match next {
                    Some(next) => find(&mut tar, begin, next)?,
                    None => Some(len.saturating_sub(END)),
                };
                let Some(end) = end.filter(|end| *end >= begin) else {
                    continue;
                };
                unpadded(&mut tar, name, begin, end)?
            }
        };
        *place = Some((begin, size));
        let pad = padding(size);
        if whole.is_some() && !zeros(&mut tar, begin + size, pad)? {
            findings.add(Damage::of(name, "the padding after it in the tar is not zeros"));
        }
        at = begin + size + pad;
    }
    let is_ended = zeros(&mut tar, at, END)?;
    if !is_ended || len != at.saturating_add(END) {
        findings.add(Damage::of(RAW, "the tar does not end as it should after it"));
    }
    Ok(places)
}

fn followed() -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    FILES.into_iter().zip(FILES.into_iter().skip(1).map(Some).chain([None]))
}

/// The size in a header, when it is the whole header of a file of this name.
fn size_of(block: &Block, name: &str) -> Option<u64> {
    let size = Header::from_byte_slice(block).entry_size().ok()?;
    (header(name, size).ok()? == *block).then_some(size)
}

/// The block at an offset; `None` past the end.
fn block(tar: &mut (impl Read + Seek), at: u64) -> io::Result<Option<Block>> {
    let mut block = [0; BLOCK as usize];
    tar.seek(SeekFrom::Start(at))?;
    match tar.read_exact(&mut block) {
        Ok(()) => Ok(Some(block)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where the whole header of this name is, from an offset on.
fn find(tar: &mut (impl Read + Seek), from: u64, name: &str) -> io::Result<Option<u64>> {
    let mut at = from;
    tar.seek(SeekFrom::Start(at))?;
    let mut block = [0; BLOCK as usize];
    loop {
        match tar.read_exact(&mut block) {
            Ok(()) if size_of(&block, name).is_some() => return Ok(Some(at)),
            Ok(()) => at += BLOCK,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// The size of a file whose header is damaged: what lies there without the zeros at its end. Of
/// payloads, which may end in zeros, all of it.
fn unpadded(tar: &mut (impl Read + Seek), name: &str, begin: u64, end: u64) -> io::Result<u64> {
    if name == RAW || end == begin {
        return Ok(end - begin);
    }
    let Some(last) = block(tar, end - BLOCK)? else { return Ok(end - begin) };
    let zeros = last.iter().rev().take_while(|byte| **byte == 0).count() as u64;
    Ok(end - begin - zeros)
}

/// Whether so many bytes from an offset on are there and zeros.
fn zeros(tar: &mut (impl Read + Seek), at: u64, count: u64) -> io::Result<bool> {
    tar.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    tar.take(count).read_to_end(&mut bytes)?;
    Ok(bytes.len() as u64 == count && bytes.iter().all(|byte| *byte == 0))
}
