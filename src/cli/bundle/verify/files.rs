//! The files of a bundle, in a folder or in a tar. Nothing is unpacked: they are read where they
//! lie, and only under their own names.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};

use super::archive;
use super::damage::{Damage, Findings};
use crate::cli::bundle::{FILES, MANIFEST, PROGRESS};

/// Where each of the files is.
#[derive(Debug)]
pub(super) enum Files {
    Folder(PathBuf),
    /// At an offset of the tar, with a length, in the order of [`FILES`]; `None` for one that was
    /// not found.
    Tar(PathBuf, [Option<(u64, u64)>; 4]),
}

/// Why there is nothing to verify.
#[derive(Debug)]
pub(super) enum Unfit {
    /// It could not be read.
    Io(io::Error),
    /// It is something else.
    NoBundle,
    /// It is an export that was not finished.
    Unfinished,
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Files {
    /// Finds the files of a bundle, and what is wrong with how they lie there.
    ///
    /// # Errors
    /// When there is nothing to verify.
    pub(super) fn find(path: &Path, findings: &mut Findings) -> Result<Self, Unfit> {
        let kind = fs::metadata(path)?;
        if kind.is_dir() {
            folder(path, findings)?;
            return Ok(Self::Folder(path.to_owned()));
        }
        // A pipe or a device has no end that could be judged.
        if !kind.is_file() {
            return Err(Unfit::NoBundle);
        }
        let places = archive::places(&File::open(path)?, kind.len(), findings)?;
        if places.iter().all(Option::is_none) {
            return Err(Unfit::NoBundle);
        }
        Ok(Self::Tar(path.to_owned(), places))
    }

    /// Opens a file of the bundle; `None` where it is missing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(&self, name: &str) -> io::Result<Option<Take<File>>> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                match fs::symlink_metadata(&path) {
                    Ok(there) if there.is_file() => {
                        File::open(path).map(|file| Some(file.take(u64::MAX)))
                    }
                    Ok(_) => Ok(None),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(error),
                }
            }
            Self::Tar(path, places) => {
                let at = FILES.iter().position(|file| *file == name);
                let Some((offset, len)) = at.and_then(|at| *places.get(at)?) else {
                    return Ok(None);
                };
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(offset))?;
                Ok(Some(file.take(len)))
            }
        }
    }
}

fn folder(path: &Path, findings: &mut Findings) -> Result<(), Unfit> {
    if path.join(PROGRESS).exists() {
        return Err(Unfit::Unfinished);
    }
    let is_there = |name: &&str| path.join(name).symlink_metadata().is_ok();
    if !FILES.iter().any(is_there) {
        return Err(Unfit::NoBundle);
    }
    for name in FILES {
        match path.join(name).symlink_metadata() {
            Ok(there) if there.is_file() => {}
            Ok(_) => findings.add(Damage::of(name, "is not a plain file, so it was not read")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                findings.add(Damage::of(name, "is missing"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let mut strangers = 0_u64;
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        strangers += u64::from(!FILES.iter().any(|known| name == *known));
    }
    if strangers > 0 {
        let what = format!("{strangers} files beside it do not belong to the bundle");
        findings.add(Damage::of(MANIFEST, what));
    }
    Ok(())
}
