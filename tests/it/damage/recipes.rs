//! The recipes: what is stored, what is removed on purpose, and what is damaged.

use super::harm::Harm::{self, *};
use super::store::Block::{First, Last, Middle};

/// What is done to one stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipe {
    /// The room's id.
    pub(super) id: &'static str,
    pub(super) kind: Kind,
    pub(super) acts: &'static [Act],
    pub(super) harms: &'static [Harm],
    /// Why no client can know of the loss at some stage.
    pub(super) blind: Option<&'static str>,
    /// Whether nothing is lost by it.
    pub(super) harmless: bool,
}

/// How the stream is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// Frames of 100 KB in the blocks that a room's stream has by default.
    Large,
    Compressed,
    /// Messages may have a TTL of their own.
    Expiring,
}

/// A removal on purpose, before the damage.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Delete(u64, u64),
    DeleteWithoutErasing(u64, u64),
    Purge(u64),
}

impl std::fmt::Display for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Delete(start, end) => write!(f, "{start}-{end} deleted"),
            Self::DeleteWithoutErasing(start, end) => {
                write!(f, "{start}-{end} deleted, not erased")
            }
            Self::Purge(below) => write!(f, "a purge below {below}"),
        }
    }
}

use Act::{Delete, DeleteWithoutErasing, Purge};

impl Kind {
    /// Bytes of a frame.
    pub(super) const fn size(self) -> usize {
        if matches!(self, Self::Large) { 100_000 } else { 400 }
    }
}

impl Recipe {
    const fn of(id: &'static str, harms: &'static [Harm]) -> Self {
        Self { id, kind: Kind::Plain, acts: &[], harms, blind: None, harmless: false }
    }

    const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    const fn after(mut self, acts: &'static [Act]) -> Self {
        self.acts = acts;
        self
    }

    const fn blind(mut self, why: &'static str) -> Self {
        self.blind = Some(why);
        self
    }

    const fn harmless(mut self) -> Self {
        self.harmless = true;
        self
    }
}

const TAIL: &str = "the end was cut off, and the server gives its numbers out again";
const ALL: &str = "the stream begins anew: nothing of it is left";

/// Played on a server that was stopped as an operator does.
pub(super) const STOPPED: &[Recipe] = &[
    Recipe::of("block-gone-large", &[Gone(Middle)]).kind(Kind::Large),
    Recipe::of("payload-large", &[Payload(Middle), IndexGone]).kind(Kind::Large),
    Recipe::of("payload-first", &[Payload(First), IndexGone]),
    Recipe::of("payload-middle", &[Payload(Middle), IndexGone]),
    Recipe::of("payload-last", &[Payload(Last), IndexGone]).blind(TAIL),
    Recipe::of("payload-ends-middle", &[PayloadAtEnds(Middle), IndexGone]),
    Recipe::of("payload-two-blocks", &[Payload(First), Payload(Middle), IndexGone]),
    Recipe::of("payload-index-kept", &[Payload(Middle)]),
    Recipe::of("payload-last-index-kept", &[Payload(Last)]),
    Recipe::of("length-middle", &[Length(Middle), IndexGone]),
    Recipe::of("length-last", &[Length(Last), IndexGone]).blind(TAIL),
    Recipe::of("length-index-kept", &[Length(Middle)]),
    Recipe::of("long-length-middle", &[LongLength(Middle), IndexGone]),
    Recipe::of("sequence-middle", &[Sequence(Middle), IndexGone]),
    Recipe::of("sequence-index-kept", &[Sequence(Middle)]),
    Recipe::of("made-tombstone", &[MadeTombstone(Middle), IndexGone]),
    Recipe::of("tombstone", &[Tombstone(Last), IndexGone]).after(&[Delete(30, 33)]),
    Recipe::of("tombstone-index-kept", &[Tombstone(Last)]).harmless().after(&[Delete(30, 33)]),
    Recipe::of("checksum-middle", &[Checksum(Middle), IndexGone]),
    Recipe::of("subject-middle", &[Subject(Middle), IndexGone]),
    Recipe::of("block-gone-first", &[Gone(First)]),
    Recipe::of("block-gone-middle", &[Gone(Middle)]),
    Recipe::of("block-gone-last", &[Gone(Last)]),
    Recipe::of("block-gone-first-no-index", &[Gone(First), IndexGone]),
    Recipe::of("block-gone-middle-no-index", &[Gone(Middle), IndexGone]),
    Recipe::of("block-gone-last-no-index", &[Gone(Last), IndexGone]).blind(TAIL),
    Recipe::of("block-cut-middle", &[Cut(Middle), IndexGone]),
    Recipe::of("block-cut-index-kept", &[Cut(Middle)]),
    Recipe::of("block-cut-last", &[Cut(Last)]),
    Recipe::of("block-emptied", &[Emptied(Middle)]),
    Recipe::of("tail-torn", &[Torn(Last, 10)]),
    Recipe::of("tail-torn-no-index", &[Torn(Last, 10), IndexGone]).blind(TAIL),
    Recipe::of("tail-torn-middle", &[Torn(Middle, 10), IndexGone]),
    Recipe::of("tail-zeroed", &[Zeroed(Last, 10), IndexGone]).blind(TAIL),
    Recipe::of("blocks-swapped", &[Swapped, IndexGone]),
    Recipe::of("blocks-swapped-index-kept", &[Swapped]),
    Recipe::of("index-gone", &[IndexGone]).harmless().after(&[Delete(50, 55)]),
    Recipe::of("index-flipped", &[Index]).harmless().after(&[Delete(50, 55)]),
    Recipe::of("deleted-then-block-gone", &[Gone(Middle)]).after(&[Delete(80, 90), Delete(5, 5)]),
    Recipe::of("unerased-then-payload", &[Payload(Middle), IndexGone])
        .after(&[DeleteWithoutErasing(80, 84)]),
    Recipe::of("purged-then-block-gone", &[Gone(First)]).after(&[Purge(21)]),
    Recipe::of("ttl-block-gone", &[Gone(Middle), IndexGone]).kind(Kind::Expiring),
    Recipe::of("s2-payload-middle", &[Payload(Middle), IndexGone])
        .kind(Kind::Compressed)
        .blind(ALL),
    Recipe::of("s2-payload-index-kept", &[Payload(Middle)]).kind(Kind::Compressed),
    Recipe::of("s2-block-gone", &[Gone(Middle)]).kind(Kind::Compressed),
    Recipe::of("s2-block-cut", &[Cut(Middle), IndexGone]).kind(Kind::Compressed).blind(ALL),
    Recipe::of("s2-payload-last", &[Payload(Last), IndexGone]).kind(Kind::Compressed).blind(TAIL),
    Recipe::of("meta-flipped", &[Meta]).blind(ALL),
    Recipe::of("meta-gone", &[MetaGone]).blind(ALL),
    Recipe::of("messages-gone", &[MessagesGone]).blind(ALL),
    Recipe::of("blocks-gone-no-index", &[BlocksGone, IndexGone]).blind(ALL),
    Recipe::of("blocks-gone", &[BlocksGone]),
    Recipe::of("stream-gone", &[StreamGone]).blind(ALL),
];

/// Played on a server that was killed.
pub(super) const KILLED: &[Recipe] = &[
    Recipe::of("killed-only", &[]).harmless().after(&[Delete(50, 55)]),
    Recipe::of("killed-payload-middle", &[Payload(Middle), IndexGone]),
    Recipe::of("killed-payload-last", &[Payload(Last)]).blind(TAIL),
    Recipe::of("killed-block-gone", &[Gone(Middle)]),
    Recipe::of("killed-tail-torn", &[Torn(Last, 10)]).blind(TAIL),
    Recipe::of("killed-tail-cut", &[Cut(Last)]).blind(TAIL),
    Recipe::of("killed-tail-zeroed", &[Zeroed(Last, 5)]).blind(TAIL),
    Recipe::of("killed-s2-tail-torn", &[Torn(Last, 10)]).kind(Kind::Compressed).blind(TAIL),
];

/// Played under a running server.
pub(super) const RUNNING: &[Recipe] = &[
    Recipe::of("live-payload-middle", &[Payload(Middle)]),
    Recipe::of("live-payload-last", &[Payload(Last)]),
    Recipe::of("live-payload-ends", &[PayloadAtEnds(Middle)]),
    Recipe::of("live-length-first", &[Length(First)]),
    Recipe::of("live-length-middle", &[Length(Middle)]),
    Recipe::of("live-length-last", &[Length(Last)]),
    Recipe::of("live-sequence-middle", &[Sequence(Middle)]),
    Recipe::of("live-tombstone", &[Tombstone(Last)]).harmless().after(&[Delete(30, 33)]),
    Recipe::of("live-block-gone", &[Gone(Middle)]),
    Recipe::of("live-block-away", &[Away(Middle)]),
    Recipe::of("live-block-cut", &[Cut(Middle)]),
    Recipe::of("live-s2-payload", &[Payload(Middle)]).kind(Kind::Compressed),
    Recipe::of("live-s2-block-away", &[Away(Middle)]).kind(Kind::Compressed),
    Recipe::of("live-meta-gone", &[MetaGone]).blind(ALL),
];
