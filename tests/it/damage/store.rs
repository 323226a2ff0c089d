//! A stopped server's files of one stream, as far as it takes to aim at a part of them.

use std::fs;
use std::path::{Path, PathBuf};

const TOMBSTONE: u64 = 1 << 62;
const ERASED: u64 = 1 << 63;
const HAS_HEADERS: u32 = 1 << 31;

/// The folder of a stream.
#[derive(Debug, Clone)]
pub(super) struct Store(pub(super) PathBuf);

/// Where a record lies in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) seq: u64,
    pub(super) at: usize,
    pub(super) length: usize,
    pub(super) is_tombstone: bool,
}

/// Which block, by its place: the numbers of blocks differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    First,
    Middle,
    Last,
}

impl Store {
    pub(super) fn messages(&self) -> PathBuf {
        self.0.join("msgs")
    }

    pub(super) fn index(&self) -> PathBuf {
        self.messages().join("index.db")
    }

    pub(super) fn meta(&self) -> PathBuf {
        self.0.join("meta.inf")
    }

    /// Its block files, the oldest first.
    pub(super) fn blocks(&self) -> Vec<PathBuf> {
        let number = |path: &Path| path.file_stem()?.to_str()?.parse::<u64>().ok();
        let entries = fs::read_dir(self.messages()).unwrap().map(|entry| entry.unwrap().path());
        let is_block = |path: &PathBuf| path.extension().is_some_and(|end| end == "blk");
        let mut blocks: Vec<_> = entries.filter(is_block).collect();
        blocks.sort_by_key(|path| number(path));
        blocks
    }

    pub(super) fn block(&self, which: Block) -> PathBuf {
        let blocks = self.blocks();
        assert!(blocks.len() >= 3, "a recipe needs three blocks: {blocks:?}");
        let at = match which {
            Block::First => 0,
            Block::Middle => 1,
            Block::Last => blocks.len() - 1,
        };
        blocks[at].clone()
    }
}

/// The records of a block that is neither compressed nor damaged.
pub(super) fn records(block: &Path) -> Vec<Record> {
    let bytes = fs::read(block).unwrap();
    let mut records = Vec::new();
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 22) {
        let length = u32::from_le_bytes(head[..4].try_into().unwrap()) & !HAS_HEADERS;
        let seq = u64::from_le_bytes(head[4..12].try_into().unwrap());
        let length = length as usize;
        assert!(length >= 22 && at + length <= bytes.len(), "not a record at {at} of {block:?}");
        records.push(Record {
            seq: seq & !(TOMBSTONE | ERASED),
            at,
            length,
            is_tombstone: seq & TOMBSTONE != 0,
        });
        at += length;
    }
    records
}

/// Whether a block is compressed.
pub(super) fn is_compressed(block: &Path) -> bool {
    fs::read(block).unwrap().starts_with(b"cmp")
}

/// Changes one bit of a file in place, as under a server that has it open.
pub(super) fn flip(path: &Path, at: usize, bit: u8) {
    use std::os::unix::fs::FileExt as _;
    let file = fs::File::options().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at as u64).unwrap();
    byte[0] ^= 1 << bit;
    file.write_all_at(&byte, at as u64).unwrap();
}
