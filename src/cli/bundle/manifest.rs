//! The manifest: what the bundle is of, its account, and the digest of each file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::escape::ascii_json;
use crate::domain::{Answer, Gap, GapCause, Holes, Lost, StreamInfo, Window, format};

use super::about::{About, Damage, Visit};
use super::judged::Judged;
use super::seal::{self, Style};
use super::tally::Tally;
use super::write::{Sum, Written};
use super::{FORMAT, FRAMES, MANIFEST, OLDEST, RAW, VERSION};

/// Which sequences were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The newest so many, or so many from `from` on.
    pub(super) last: Option<u64>,
    /// From this sequence on.
    pub(super) from: Option<u64>,
}

/// A window as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ends {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl From<Window> for Ends {
    fn from(window: Window) -> Self {
        Self { start: window.start(), end: window.end() }
    }
}

/// Sequences below the stream's first one, gone before the export began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Below {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) count: u64,
    cause: String,
    #[serde(default)]
    words: String,
    /// Runs of them that the server reports as lost.
    #[serde(default)]
    lost: Vec<Ends>,
}

/// What is reported of damage, if anything is.
fn report_of(info: &StreamInfo) -> Option<&Lost> {
    info.state.lost.as_ref().filter(|lost| !lost.is_none())
}

impl Below {
    /// The runs of it that a report names.
    fn lost_of(&self, lost: &Lost) -> Vec<Ends> {
        let range = Window::new(self.start, self.end);
        let runs = range.map(|range| Holes(&lost.seqs).runs(range)).unwrap_or_default();
        runs.into_iter().map(Ends::from).collect()
    }

    /// What is below a window of a stream in this state; for a stream without messages, all.
    pub(super) fn of(info: &StreamInfo, window: Option<Window>) -> Option<Self> {
        let range = Window::new(1, info.state.before_first())?;
        let gap = Answer(info).gap(range, GapCause::BeforeFirst);
        let lost = Gap::before_first(info).into_iter().filter(|gap| gap.cause == GapCause::Lost);
        let reaches = window.is_none_or(|window| window.start() == range.end() + 1);
        reaches.then(|| Self {
            start: range.start(),
            end: range.end(),
            count: range.len(),
            cause: gap.cause.name().into(),
            words: gap.words(),
            lost: lost.map(|gap| gap.range.into()).collect(),
        })
    }
}

/// What an export is of: chosen once, kept when it is interrupted, and said in the manifest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Head {
    /// Always `roomscope-bundle`.
    pub(super) format: String,
    /// Version of the format.
    pub(super) version: u32,
    pub(super) room: About,
    /// The name of its stream.
    pub(super) stream: String,
    /// Which sequences were asked for.
    pub(super) asked: Asked,
    /// The sequences accounted for; `None` where the stream held no messages.
    pub(super) window: Option<Ends>,
    /// The gap below the window, where that begins with the stream; it is not in the account.
    pub(super) before_first: Option<Below>,
    /// When the stream was created.
    pub(super) created: Timestamp,
    /// What the connection was made of, as `--explain-connection` says: no secrets.
    pub(super) connection: Vec<String>,
    /// How it was found.
    pub(super) begun: Visit,
    /// Each time the export was taken up again, and from which sequence on.
    pub(super) resumed: Vec<Resumed>,
    /// All that the server reported of damage to its storage since the export began: it forgets
    /// that at its next start.
    #[serde(default)]
    pub(super) damage: Option<Damage>,
    /// Whether sequences could not be read some seconds after they could not be read either.
    #[serde(default)]
    pub(super) unreadable_again: bool,
}

/// An interrupted export taken up again. What was read before is as it was then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Resumed {
    /// The first sequence that was read then; `None` where all had been read.
    pub(super) from: Option<u64>,
    /// When, and how the stream was found.
    pub(super) at: Visit,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) name: String,
    /// Bytes.
    pub(super) size: u64,
    pub(super) sha256: String,
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    head: &'a Head,
    ended: &'a Visit,
    requests: u64,
    account: &'a Tally,
    #[serde(flatten)]
    judged: &'a Judged,
    files: [File; 2],
    holes: &'a [Box<RawValue>],
    holes_left_out: u64,
}

/// What of a manifest is needed to verify a bundle.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    /// What the bundle is of.
    #[serde(flatten)]
    pub(super) head: Head,
    pub(super) account: Tally,
    /// How complete the room was; since version 2.
    pub(super) completeness: Option<String>,
    /// Its files of frames.
    pub(super) files: Vec<File>,
}

impl Head {
    /// Takes in how the stream was found, and whether what was unreadable is so again. Whether
    /// that was news.
    pub(super) fn learn(&mut self, info: &StreamInfo, unreadable_again: bool) -> bool {
        let report = report_of(info).map(|lost| Damage::of(lost, usize::MAX).forgotten(false));
        let report = match (&self.damage, report) {
            (Some(old), Some(new)) => old.with(&new),
            (None, new) => new,
            (Some(_), None) => None,
        };
        // Where nothing is deleted, the report comes beside the first frames.
        if let (Some(below), Some(lost)) = (&mut self.before_first, report_of(info)) {
            below.lost = below.lost_of(lost);
        }
        let again = unreadable_again && !self.unreadable_again;
        let news = again || report.is_some();
        self.damage = report.or(self.damage.take());
        self.unreadable_again |= again;
        news
    }

    /// What is said beside the account; empty where nothing is below the window.
    pub(super) fn below(&self) -> String {
        let n = self.before_first.as_ref().map(|below| format::count(below.count));
        n.map_or_else(String::new, |n| format!("; {n} before the first one"))
    }
}

impl Manifest {
    /// The window, if there is one.
    pub(super) fn window(&self) -> Option<Window> {
        self.head.window.and_then(|ends| Window::new(ends.start, ends.end))
    }
}

/// The manifest's text, sealed. `requests` are those of the run that ended it.
///
/// # Errors
/// Never in practice: all of it can be told in JSON.
pub(super) fn render(
    head: &Head,
    ended: &Visit,
    requests: u64,
    judged: &Judged,
    written: &Written,
) -> serde_json::Result<String> {
    let file =
        |name: &str, sum: &Sum| File { name: name.to_owned(), size: sum.len, sha256: sum.sha256() };
    let whole = Whole {
        head,
        ended,
        requests,
        account: &written.tally,
        judged,
        files: [file(FRAMES, &written.lines), file(RAW, &written.raw)],
        holes: &written.holes.listed,
        holes_left_out: written.holes.more,
    };
    Ok(seal::seal(&ascii_json(serde_json::to_string_pretty(&whole)?), Style::Pretty))
}

/// Why a text is no manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    /// It is not as it was written.
    Damaged,
    /// A version of the format that this program does not know.
    Version(u32),
}

/// Reads a manifest.
///
/// # Errors
/// When it is damaged, or of another version.
pub(super) fn read(text: &[u8]) -> Result<Manifest, Bad> {
    #[derive(Deserialize)]
    struct Which {
        format: String,
        version: u32,
    }
    if !seal::holds(text, Style::Pretty) {
        return Err(Bad::Damaged);
    }
    let which: Which = serde_json::from_slice(text).map_err(|_| Bad::Damaged)?;
    if which.format != FORMAT {
        return Err(Bad::Damaged);
    }
    if !(OLDEST..=VERSION).contains(&which.version) {
        return Err(Bad::Version(which.version));
    }
    serde_json::from_slice(text).map_err(|_| Bad::Damaged)
}

/// The text of `SHA256SUMS`, as `sha256sum --check` reads it.
pub(super) fn sums(manifest: &str, frames: &str, raw: &str) -> String {
    format!("{manifest}  {MANIFEST}\n{frames}  {FRAMES}\n{raw}  {RAW}\n")
}
