//! Where the bundle is to be, and how it gets there at once and whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{FILES, PROGRESS};
use crate::cli::error::Failure;

/// The wanted bundle, and the folder beside it in which it grows.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// What was asked for.
    pub(super) out: PathBuf,
    /// The folder of the unfinished export, on the same file system.
    pub(super) partial: PathBuf,
    /// Whether the bundle is to be one tar file.
    pub(super) is_tar: bool,
}

impl Target {
    /// The target of a path: a tar when its name ends in `.tar`, else a folder.
    ///
    /// # Errors
    /// When it has no name of its own, its folder is not there, or it asks for compression.
    pub(super) fn of(out: &Path) -> Result<Self, Failure> {
        let shown = out.display();
        let Some(name) = out.file_name() else {
            return Err(Failure::usage(format!("--out {shown}: give a name for the bundle")));
        };
        let text = name.to_string_lossy().to_lowercase();
        if [".gz", ".tgz", ".zst", ".xz", ".bz2", ".zip", ".partial"]
            .iter()
            .any(|end| text.ends_with(end))
        {
            return Err(Failure::usage(format!(
                "--out {shown}: give a folder or a name that ends in .tar; ciphertext does not \
                 become smaller by compression"
            )));
        }
        let folder = match out.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(Failure::usage(format!(
                "--out {shown}: the folder {} is not there; make it first",
                folder.display()
            )));
        }
        let mut beside = OsString::from(name);
        beside.push(".partial");
        // Without a trailing slash, so that a rename names the folder itself.
        let (out, partial) = (out.with_file_name(name), out.with_file_name(beside));
        Ok(Self { out, partial, is_tar: text.ends_with(".tar") })
    }

    /// Checks that nothing is in the way, or, with `force`, nothing but an older bundle.
    ///
    /// # Errors
    /// When something is.
    pub(super) fn check(&self, force: bool) -> Result<(), Failure> {
        let shown = self.out.display();
        let there = match fs::symlink_metadata(&self.out) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed("look at", &self.out, &error, "give another --out")),
            Ok(there) => there,
        };
        if !force {
            return Err(Failure::usage(format!(
                "{shown} exists; give another --out, or --force to replace it"
            )));
        }
        let may = if self.is_tar {
            there.is_file()
        } else {
            there.is_dir() && only(&self.out, &FILES).unwrap_or(false)
        };
        if may {
            return Ok(());
        }
        Err(Failure::usage(format!(
            "{shown} exists and is no bundle, so it is not replaced; give another --out"
        )))
    }

    /// A path in the unfinished export.
    pub(super) fn in_partial(&self, name: &str) -> PathBuf {
        self.partial.join(name)
    }

    /// A file of the bundle to be.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.partial.join(BUNDLE).join(name)
    }

    /// Puts the finished bundle where it was wanted and clears the unfinished one away. `packed`
    /// is the tar to put there; the folder otherwise.
    ///
    /// # Errors
    /// As [`Self::check`], since something may have come there meanwhile; and when it cannot be
    /// renamed. What was there before is then there again.
    pub(super) fn publish(&self, packed: Option<&Path>, force: bool) -> Result<(), Failure> {
        self.check(force)?;
        let again = "mend it and run the same again";
        let fail = |error: &io::Error| failed("rename to", &self.out, error, again);
        if let Some(packed) = packed {
            fs::rename(packed, &self.out).map_err(|error| fail(&error))?;
        } else {
            // A folder with something in it cannot be renamed over.
            let old = self.in_partial(REPLACED);
            let is_there = self.out.symlink_metadata().is_ok();
            if is_there {
                fs::rename(&self.out, &old).map_err(|error| fail(&error))?;
            }
            if let Err(error) = fs::rename(self.in_partial(BUNDLE), &self.out) {
                if is_there {
                    // Best effort: the first error is the one to tell.
                    let _ = fs::rename(&old, &self.out);
                }
                return Err(fail(&error));
            }
        }
        sync_folder(self.out.parent());
        // The bundle is there and whole; what cannot be cleared away does no harm.
        let _ = self.clear();
        Ok(())
    }

    /// Removes an unfinished export: what this program makes, and nothing else.
    ///
    /// # Errors
    /// When something of it, or something else in it, stays.
    pub(super) fn clear(&self) -> io::Result<()> {
        for folder in [self.in_partial(BUNDLE), self.in_partial(REPLACED)] {
            for name in FILES {
                gone(fs::remove_file(folder.join(name)))?;
            }
            gone(fs::remove_dir(folder))?;
        }
        for name in [TAR, PROGRESS, PROGRESS_NEW, LOCK] {
            gone(fs::remove_file(self.in_partial(name)))?;
        }
        gone(fs::remove_dir(&self.partial))
    }

    /// Whether the unfinished export holds nothing that this program did not make.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub(super) fn is_ours(&self) -> io::Result<bool> {
        only(&self.partial, &[BUNDLE, REPLACED, TAR, PROGRESS, PROGRESS_NEW, LOCK])
    }
}

/// The folder of the bundle to be, in the unfinished export.
pub(super) const BUNDLE: &str = "bundle";
/// A replaced bundle on its way out.
const REPLACED: &str = "replaced";
/// The tar on its way in.
pub(super) const TAR: &str = "bundle.tar";
/// What keeps two exports from writing to one place.
pub(super) const LOCK: &str = "lock";
/// The next [`PROGRESS`].
pub(super) const PROGRESS_NEW: &str = "progress.json.new";

/// A failure about a path, with what to do next.
pub(super) fn failed(what: &str, path: &Path, error: &io::Error, next: &str) -> Failure {
    Failure::failed(format!("{what} {}: {error}; {next}", path.display()))
}

/// Opens a file that only its owner may read; payloads may be sensitive.
pub(super) fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Makes a folder that only its owner may enter.
pub(super) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes renames and new files in a folder last, where the system can.
pub(super) fn sync_folder(folder: Option<&Path>) {
    // The parent of a bare name is nothing, which means here.
    let here = Path::new(".");
    let folder = folder.map(|folder| if folder.as_os_str().is_empty() { here } else { folder });
    if let Some(folder) = folder
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn only(folder: &Path, names: &[&str]) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !names.iter().any(|known| name == *known) {
            return Ok(false);
        }
    }
    Ok(true)
}
