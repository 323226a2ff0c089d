//! Which payloads were seen before, by their digests.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::domain::encode;
use crate::domain::frame::Frame;

/// Most payloads that later ones are compared with.
pub const MOST_DIGESTS: usize = 400_000;

/// SHA-256 of the payloads seen, each with the first frame that had it.
#[derive(Debug)]
pub(super) struct Digests {
    seen: HashMap<[u8; 32], First>,
    most: usize,
}

#[derive(Debug, Clone, Copy)]
struct First {
    seq: u64,
    /// The first eight bytes of SHA-256 of its `Nats-Msg-Id`.
    id: Option<[u8; 8]>,
}

/// What is known of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The first frame that had it, if it is not this one.
    pub(super) first: Option<u64>,
    pub(super) same_id: bool,
    /// In hex; empty for a payload that was not seen before.
    pub(super) sha256: String,
    /// Whether there was no room for it.
    pub(super) not_kept: bool,
}

impl Digests {
    pub(super) fn new(most: usize) -> Self {
        Self { seen: HashMap::new(), most }
    }

    /// Looks a frame's payload up, and keeps it.
    pub(super) fn see(&mut self, frame: &Frame) -> Seen {
        let digest: [u8; 32] = Sha256::digest(&frame.payload).into();
        let id = id(frame);
        if let Some(first) = self.seen.get(&digest) {
            return Seen {
                first: Some(first.seq),
                same_id: id.is_some() && id == first.id,
                sha256: encode::hex(&digest),
                not_kept: false,
            };
        }
        let not_kept = self.seen.len() >= self.most;
        if !not_kept {
            self.seen.insert(digest, First { seq: frame.seq, id });
        }
        Seen { first: None, same_id: false, sha256: String::new(), not_kept }
    }
}

/// The header's name is compared as the server does (2.15.1): by its case too.
fn id(frame: &Frame) -> Option<[u8; 8]> {
    let header = frame.headers.iter().find(|header| header.name == b"Nats-Msg-Id")?;
    let value = header.value.as_deref().filter(|value| !value.is_empty())?;
    Sha256::digest(value).first_chunk().copied()
}
