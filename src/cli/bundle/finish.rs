//! The last steps of an export: describing what was read, making it last, packing it.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cli::progress::Progress;

use super::about::Visit;
use super::judged::Judged;
use super::manifest::{self, Head};
use super::target::{BUNDLE, TAR, Target, private, sync_folder};
use super::write::Written;
use super::{FILES, MANIFEST, SUMS, pack};

/// Writes the manifest and the digests.
pub(super) fn describe(
    target: &Target,
    head: &Head,
    ended: &Visit,
    requests: u64,
    judged: &Judged,
    written: &Written,
) -> io::Result<()> {
    let text = manifest::render(head, ended, requests, judged, written)?;
    let own = hex::encode(Sha256::digest(text.as_bytes()));
    let sums = manifest::sums(&own, &written.lines.sha256(), &written.raw.sha256());
    for (name, text) in [(MANIFEST, text), (SUMS, sums)] {
        let mut file = create(&target.file(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    Ok(())
}

/// Waits until all of it is on the disk.
pub(super) fn sync(target: &Target, files: [BufWriter<File>; 2]) -> io::Result<()> {
    for file in files {
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    }
    sync_folder(Some(&target.in_partial(BUNDLE)));
    Ok(())
}

/// Packs the bundle into one file beside it, and gives its path.
pub(super) fn pack(target: &Target) -> io::Result<PathBuf> {
    let path = target.in_partial(TAR);
    let mut tar = BufWriter::with_capacity(1 << 20, create(&path)?);
    let mut files = Vec::new();
    for name in FILES {
        let file = File::open(target.file(name))?;
        files.push((name, file.metadata()?.len(), file));
    }
    let total = files.iter().map(|(_, size, _)| size).sum();
    let mut told = Told { progress: Progress::new("pack", total, "bytes"), done: 0 };
    for (name, size, file) in files {
        pack::append(&mut tar, name, size, Telling { file, told: &mut told })?;
    }
    pack::end(&mut tar)?;
    tar.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(path)
}

/// How far the packing is.
struct Told {
    progress: Progress,
    done: u64,
}

/// A file that tells how much of it was read.
struct Telling<'a> {
    file: File,
    told: &'a mut Told,
}

impl Read for Telling<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.told.done += read as u64;
        self.told.progress.set(self.told.done);
        Ok(read)
    }
}

fn create(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().create(true).write(true).truncate(true), path)
}
