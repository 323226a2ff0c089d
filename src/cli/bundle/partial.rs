//! The unfinished export: a folder beside the target in which the bundle grows. Whatever ends the
//! program, what is in it can be gone on with, and none of it looks whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, BufWriter, Seek, SeekFrom, Write};

use crate::cli::error::Failure;
use crate::cli::progress::Progress;
use crate::domain::Window;
use crate::domain::escape::ascii_json;

use super::line::Fact;
use super::manifest::Head;
use super::scan::Scan;
use super::seal::{self, Style};
use super::target::{
    BUNDLE, LOCK, PROGRESS_NEW, Target, failed, private, private_folder, sync_folder,
};
use super::write::{Writer, Written};
use super::{FRAMES, PROGRESS, RAW};

/// Bytes that wait to be written, for each of the two files.
const BUFFER: usize = 1 << 20;

/// The two files, being written.
pub(super) type Files = Writer<BufWriter<File>, BufWriter<File>>;

/// An unfinished export that nobody else writes to.
#[derive(Debug)]
pub(super) struct Partial<'a> {
    target: &'a Target,
    /// Held for as long as the export runs.
    _lock: File,
}

/// What an unfinished export says of itself.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing was read yet.
    Nothing,
    /// This is what it is of.
    Head(Box<Head>),
    /// What it is of is not known; the words say why.
    Unknown(&'static str),
}

impl<'a> Partial<'a> {
    /// The unfinished export of a target, if there is one.
    ///
    /// # Errors
    /// When another export writes to it, or it is something else.
    pub(super) fn existing(target: &'a Target) -> Result<Option<Self>, Failure> {
        let path = &target.partial;
        let shown = path.display();
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("look at", path, &error, "give another --out")),
            Ok(there) if there.is_dir() && target.is_ours().unwrap_or(false) => {}
            Ok(_) => {
                return Err(Failure::usage(format!(
                    "{shown} is in the way and is no unfinished export; move it, or give another \
                     --out"
                )));
            }
        }
        Self::lock(target).map(Some)
    }

    /// A new unfinished export.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn create(target: &'a Target) -> Result<Self, Failure> {
        let path = &target.partial;
        match private_folder(path) {
            Ok(()) => Self::lock(target),
            // It was not there a moment ago.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(busy(target)),
            Err(error) => Err(failed("make the folder", path, &error, "give another --out")),
        }
    }

    fn lock(target: &'a Target) -> Result<Self, Failure> {
        let path = target.in_partial(LOCK);
        let fail = |error: &io::Error| failed("write", &path, error, "give another --out");
        let lock = private(OpenOptions::new().create(true).append(true), &path)
            .map_err(|error| fail(&error))?;
        match lock.try_lock() {
            // Where there are no locks, two exports to one place are up to their owner.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { target, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(busy(target)),
        }
    }

    /// What it is of.
    pub(super) fn found(&self) -> Found {
        let is_begun = self.target.file(FRAMES).exists();
        match fs::read(self.target.in_partial(PROGRESS)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if is_begun {
                    Found::Unknown("its progress.json is gone")
                } else {
                    Found::Nothing
                }
            }
            // Left behind by an export that was finished, or had not begun.
            _ if !is_begun => Found::Nothing,
            Err(_) => Found::Unknown("its progress.json cannot be read"),
            Ok(text) if !seal::holds(&text, Style::Pretty) => {
                Found::Unknown("its progress.json is damaged")
            }
            Ok(text) => match serde_json::from_slice::<Head>(&text) {
                Ok(head) if head.version == super::VERSION => Found::Head(Box::new(head)),
                _ => Found::Unknown("another version of roomscope wrote it"),
            },
        }
    }

    /// Its name, to show.
    pub(super) fn shown(&self) -> String {
        self.target.partial.display().to_string()
    }

    /// Removes it with all that was read into it.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub(super) fn discard(self) -> Result<(), Failure> {
        let path = &self.target.partial;
        self.target.clear().map_err(|error| failed("remove", path, &error, "remove it by hand"))
    }

    /// Keeps what the export is of, in place of what was kept before, at once and whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn keep(&self, head: &Head) -> Result<(), Failure> {
        let path = self.target.in_partial(PROGRESS_NEW);
        let json = serde_json::to_string_pretty(head).unwrap_or_default();
        let text = seal::seal(&ascii_json(json), Style::Pretty);
        let write = || {
            let mut file =
                private(OpenOptions::new().create(true).write(true).truncate(true), &path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&path, self.target.in_partial(PROGRESS))
        };
        write().map_err(|error| self.unwritten(&error))?;
        sync_folder(Some(&self.target.partial));
        Ok(())
    }

    /// Opens the two files for what comes next. What is there is read and checked; the first line
    /// that is torn, damaged or unread is cut off with all that follows, and so is what is
    /// unreadable at their end: it may be readable now.
    ///
    /// # Errors
    /// When they cannot be read or written.
    pub(super) fn open(&self, window: Option<Window>) -> Result<Files, Failure> {
        let open = || {
            let folder = self.target.in_partial(BUNDLE);
            if !folder.is_dir() {
                private_folder(&folder)?;
            }
            let mut options = OpenOptions::new();
            options.create(true).read(true).write(true).truncate(false);
            let mut lines = private(&mut options, &self.target.file(FRAMES))?;
            let mut raw = private(&mut options, &self.target.file(RAW))?;
            let written = match window {
                Some(window) => kept(&lines, &raw, window)?,
                None => Written::default(),
            };
            lines.set_len(written.lines.len)?;
            raw.set_len(written.raw.len)?;
            lines.seek(SeekFrom::End(0))?;
            raw.seek(SeekFrom::End(0))?;
            let buffer = |file| BufWriter::with_capacity(BUFFER, file);
            Ok(Writer::new(buffer(lines), buffer(raw), written))
        };
        open().map_err(|error: io::Error| self.unwritten(&error))
    }

    /// The failure of a write into it.
    pub(super) fn unwritten(&self, error: &io::Error) -> Failure {
        let next = "make room or mend it, and run the same again: it goes on from there";
        failed("write into", &self.target.partial, error, next)
    }
}

fn busy(target: &Target) -> Failure {
    Failure::failed(format!(
        "another export is writing to {}; wait for it, or give another --out",
        target.partial.display()
    ))
}

/// What of the two files can be kept.
fn kept(lines: &File, raw: &File, window: Window) -> io::Result<Written> {
    let progress = Progress::new("checking what was read before", window.len(), "sequences");
    let buffer = |file| BufReader::with_capacity(BUFFER, file);
    let mut scan = Scan::new(buffer(lines), buffer(raw));
    let mut written = Written::default();
    // Before the unreadable ones that nothing follows so far.
    let mut before: Option<Written> = None;
    while let Some(seen) = scan.next()? {
        let Ok(line) = &seen.record else { break };
        let next = written.rest(window).map(Window::start);
        let fits = next == Some(line.range.start()) && line.range.end() <= window.end();
        let unread = matches!(line.fact, Fact::Unread);
        if !fits || unread || seen.fault.is_some() || seen.skipped > 0 {
            break;
        }
        if matches!(line.fact, Fact::Unreadable) {
            before.get_or_insert_with(|| written.clone());
        } else {
            before = None;
        }
        written.take(line, seen.line, seen.payload);
        progress.set(written.tally.sequences);
    }
    Ok(before.unwrap_or(written))
}
