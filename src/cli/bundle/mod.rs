//! The support bundle: `export` writes it, `verify` checks it. `docs/bundle.md` tells the format.

mod about;
pub(super) mod export;
mod finish;
mod judged;
mod line;
mod manifest;
mod pack;
mod partial;
mod read;
mod scan;
mod seal;
mod tally;
mod target;
#[cfg(test)]
mod tests;
pub(super) mod verify;
mod write;

/// What a manifest calls itself.
const FORMAT: &str = "roomscope-bundle";

/// Version of the format. Raised when an older program would misread a newer bundle. 2 came with
/// unreadable sequences and with causes that do not call a loss a deletion.
const VERSION: u32 = 2;

/// The oldest version that is still verified.
const OLDEST: u32 = 1;

/// The folder that the files of a tar are in.
const FOLDER: &str = "roomscope-bundle";

/// The digests of the other files, for `sha256sum --check`.
const SUMS: &str = "SHA256SUMS";

/// What the bundle is of.
const MANIFEST: &str = "manifest.json";

/// The records, one a line.
const FRAMES: &str = "frames.jsonl";

/// The payloads, one after another.
const RAW: &str = "frames.bin";

/// All files of a bundle, in their order in a tar.
const FILES: [&str; 4] = [SUMS, MANIFEST, FRAMES, RAW];

/// What an unfinished export says of itself, beside the files of the bundle to be.
const PROGRESS: &str = "progress.json";
