//! What is done to a stream's files.

use std::path::Path;
use std::{fmt, fs};

use super::store::{Block, Record, Store, flip, is_compressed, records};

/// One damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    /// One bit of a payload, in the middle of the block's records.
    Payload(Block),
    /// The same in the block's first or last record.
    PayloadAtEnds(Block),
    /// One low bit of a record's length.
    Length(Block),
    /// One high bit of a record's length, so that it reaches beyond the block.
    LongLength(Block),
    /// One bit of a record's sequence.
    Sequence(Block),
    /// The bit that makes a record a tombstone.
    MadeTombstone(Block),
    /// One bit of the sequence that the block's first tombstone names.
    Tombstone(Block),
    /// One bit of a record's checksum.
    Checksum(Block),
    /// One bit of a record's subject.
    Subject(Block),
    /// The block's file removed.
    Gone(Block),
    /// The file renamed, until [`Harm::undo`].
    Away(Block),
    /// The file cut to half, inside a record.
    Cut(Block),
    /// The last so many records cut off at a record's end.
    Torn(Block, usize),
    /// The end of the file zeroed, as after a loss of power.
    Zeroed(Block, usize),
    /// The file is there and empty.
    Emptied(Block),
    /// The files of the first and the middle block under each other's name.
    Swapped,
    /// `index.db` removed.
    IndexGone,
    /// One bit of it.
    Index,
    /// `meta.inf` removed.
    MetaGone,
    /// One bit of it.
    Meta,
    /// All block files removed.
    BlocksGone,
    /// The folder `msgs` removed.
    MessagesGone,
    /// The stream's whole folder removed.
    StreamGone,
}

impl Harm {
    pub(super) fn apply(self, store: &Store) {
        use Harm::*;
        match self {
            Payload(b) | Length(b) | LongLength(b) | Sequence(b) | MadeTombstone(b)
            | Checksum(b) | Subject(b) => self.on_record(&store.block(b)),
            PayloadAtEnds(b) => {
                let path = store.block(b);
                let all = frames(&path);
                for record in [all[0], all[all.len() - 1]] {
                    flip(&path, record.at + record.length - 20, 0);
                }
            }
            Tombstone(b) => {
                let path = store.block(b);
                let all = records(&path);
                let tombstone = all.iter().find(|record| record.is_tombstone).unwrap();
                flip(&path, tombstone.at + 4, 0);
            }
            Gone(b) => fs::remove_file(store.block(b)).unwrap(),
            Away(b) => {
                let path = store.block(b);
                fs::rename(&path, path.with_extension("away")).unwrap();
            }
            Cut(b) => {
                let path = store.block(b);
                let length = fs::metadata(&path).unwrap().len();
                shorten(&path, length / 2 + 7);
            }
            Torn(b, count) => {
                let path = store.block(b);
                let all = records(&path);
                shorten(&path, all[all.len() - count].at as u64);
            }
            Zeroed(b, count) => {
                let path = store.block(b);
                let from = {
                    let all = records(&path);
                    all[all.len() - count].at
                };
                let mut bytes = fs::read(&path).unwrap();
                bytes[from..].fill(0);
                fs::write(&path, bytes).unwrap();
            }
            Emptied(b) => shorten(&store.block(b), 0),
            Swapped => {
                let (first, middle) = (store.block(Block::First), store.block(Block::Middle));
                let beside = first.with_extension("beside");
                fs::rename(&first, &beside).unwrap();
                fs::rename(&middle, &first).unwrap();
                fs::rename(&beside, &middle).unwrap();
            }
            // A killed server may not have written one yet.
            IndexGone => drop(fs::remove_file(store.index())),
            Index => flip(&store.index(), 20, 0),
            MetaGone => fs::remove_file(store.meta()).unwrap(),
            Meta => flip(&store.meta(), 20, 0),
            BlocksGone => {
                store.blocks().iter().for_each(|block| fs::remove_file(block).unwrap());
            }
            MessagesGone => fs::remove_dir_all(store.messages()).unwrap(),
            StreamGone => fs::remove_dir_all(&store.0).unwrap(),
        }
    }

    /// Puts back what was only away.
    pub(super) fn undo(self, store: &Store) {
        if let Self::Away(_) = self {
            for entry in fs::read_dir(store.messages()).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|end| end == "away") {
                    fs::rename(&path, path.with_extension("blk")).unwrap();
                }
            }
        }
    }

    /// One bit of the record in the middle of a block.
    fn on_record(self, path: &Path) {
        if is_compressed(path) {
            let length = fs::metadata(path).unwrap().len() as usize;
            return flip(path, length / 2, 0);
        }
        let all = frames(path);
        let record = all[all.len() / 2];
        let (offset, bit) = match self {
            Self::Length(_) => (0, 4),
            Self::LongLength(_) => (2, 6),
            Self::Sequence(_) => (4, 1),
            Self::MadeTombstone(_) => (11, 6),
            Self::Checksum(_) => (record.length - 3, 0),
            Self::Subject(_) => (22, 0),
            _ => (record.length - 20, 0),
        };
        flip(path, record.at + offset, bit);
    }
}

/// The records of a block that are messages.
fn frames(path: &Path) -> Vec<Record> {
    records(path).into_iter().filter(|record| !record.is_tombstone).collect()
}

fn shorten(path: &Path, length: u64) {
    fs::File::options().write(true).open(path).unwrap().set_len(length).unwrap();
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let block = |which: &Block| match which {
            Block::First => "first block",
            Block::Middle => "middle block",
            Block::Last => "last block",
        };
        match self {
            Self::Payload(b) => write!(f, "payload flipped, {}", block(b)),
            Self::PayloadAtEnds(b) => write!(f, "first and last payload flipped, {}", block(b)),
            Self::Length(b) => write!(f, "length flipped, {}", block(b)),
            Self::LongLength(b) => write!(f, "length flipped beyond the block, {}", block(b)),
            Self::Sequence(b) => write!(f, "sequence flipped, {}", block(b)),
            Self::MadeTombstone(b) => write!(f, "record made a tombstone, {}", block(b)),
            Self::Tombstone(b) => write!(f, "tombstone flipped, {}", block(b)),
            Self::Checksum(b) => write!(f, "checksum flipped, {}", block(b)),
            Self::Subject(b) => write!(f, "subject flipped, {}", block(b)),
            Self::Gone(b) => write!(f, "{} gone", block(b)),
            Self::Away(b) => write!(f, "{} away for one read", block(b)),
            Self::Cut(b) => write!(f, "{} cut", block(b)),
            Self::Torn(b, count) => write!(f, "last {count} records torn off, {}", block(b)),
            Self::Zeroed(b, count) => write!(f, "last {count} records zeroed, {}", block(b)),
            Self::Emptied(b) => write!(f, "{} emptied", block(b)),
            Self::Swapped => f.write_str("first two blocks swapped"),
            Self::IndexGone => f.write_str("`index.db` gone"),
            Self::Index => f.write_str("`index.db` flipped"),
            Self::MetaGone => f.write_str("`meta.inf` gone"),
            Self::Meta => f.write_str("`meta.inf` flipped"),
            Self::BlocksGone => f.write_str("all blocks gone"),
            Self::MessagesGone => f.write_str("`msgs` gone"),
            Self::StreamGone => f.write_str("folder gone"),
        }
    }
}
