//! What can be wrong with a stream, for tests and for the demo.

use std::collections::BTreeSet;

use crate::domain::{Lost, Peer};

/// What is wrong with a stream's copy, and who leads it, as a server tells it or shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// What an answer with details reports of damage. Nothing is removed by it.
    pub lost: Lost,
    /// Sequences that are counted as stored and not given; jumps and batches pass over them.
    pub unreadable: BTreeSet<u64>,
    /// Sequences that are listed as deleted and given all the same.
    pub also_listed: BTreeSet<u64>,
    /// Messages that are counted less than there are, so that the sums do not add up.
    pub uncounted: u64,
    /// Whether the last sequence ran past the end of u64, and is below the first.
    pub wrapped: bool,
    /// The name of the leader.
    pub leader: Option<String>,
    /// Whether nobody leads.
    pub leaderless: bool,
    /// The other replicas.
    pub peers: Vec<Peer>,
}
