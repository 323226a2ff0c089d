//! Listing rooms: names first, then state.
//!
//! A page of names costs the server far less than a page of states, so a person sees all rooms at
//! once and their state a moment later. State comes by pages as well, only from those pages that
//! hold rooms; what no page told is asked for stream by stream.

mod cover;
mod names;
mod state;
#[cfg(test)]
mod tests;
mod unreached;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use super::{HistoryStore, StoreError};
use crate::domain::{Fault, FaultKind, Found, Listed, Moved, Room, RoomId};
use cover::Cover;

/// Pages under way at the same time: enough to hide the round trip, too few to disturb.
const PAGE_DEPTH: usize = 4;

/// Single STREAM.INFO requests under way at the same time.
const INFO_DEPTH: usize = 16;

/// Lists the rooms of the server and those known beforehand, piece by piece: the names, then what
/// was found of each, notes on what could not be done, and [`Listed::Done`] at the end. Every
/// room told of gets exactly one [`Found`]. Ends early, without more requests, when nobody
/// listens any more.
///
/// A room is only said to have no stream when a part of the list that reaches over its name was
/// read without it, or the server was asked for that stream.
pub async fn list_rooms(store: Arc<dyn HistoryStore>, known: Vec<Room>, out: Sender<Listed>) {
    let mut rooms: HashMap<RoomId, Row> = HashMap::with_capacity(known.len());
    for room in known {
        match rooms.get_mut(&room.id) {
            Some(row) => row.room.merge(room),
            None => {
                rooms.insert(room.id.clone(), Row::new(room));
            }
        }
    }
    let mut listing = Listing {
        store,
        out,
        rooms,
        requests: 0,
        cover: Cover::default(),
        total: 0,
        moved: false,
        names_failed: false,
        missing: BTreeMap::new(),
        hopeless: None,
        unanswered: 0,
    };
    // Nobody listening is no failure.
    let _ = listing.run().await;
}

/// One room of a listing.
struct Row {
    room: Room,
    /// Its position among all streams of the account, by name.
    position: Option<u64>,
    told: bool,
}

impl Row {
    const fn new(room: Room) -> Self {
        Self { room, position: None, told: false }
    }
}

struct Listing {
    store: Arc<dyn HistoryStore>,
    out: Sender<Listed>,
    rooms: HashMap<RoomId, Row>,
    requests: u64,
    /// Which names were read, so that a room that is not among them has no stream.
    cover: Cover,
    /// Streams in the account, by the latest answer.
    total: u64,
    /// Whether streams came or went meanwhile.
    moved: bool,
    /// Whether a request for names failed, which was told already.
    names_failed: bool,
    /// Rooms whose servers were not reached.
    missing: BTreeMap<RoomId, Fault>,
    /// The failure that every further request would meet too.
    hopeless: Option<Fault>,
    /// Requests in a row that nobody answered in time.
    unanswered: usize,
}

impl Listing {
    /// `None` when nobody listens any more; so in all that follows.
    async fn run(&mut self) -> Option<()> {
        let before = self.store.repeated(None).requests();
        self.names().await?;
        self.pages_of_state().await?;
        self.single_states().await?;
        self.unreached().await?;
        let is_covered = self.cover.gap().is_none();
        if !is_covered && !self.names_failed {
            self.tell(Listed::Moved(Moved::MayLack)).await?;
        } else if self.moved {
            self.tell(Listed::Moved(if is_covered { Moved::Covered } else { Moved::MayLack }))
                .await?;
        }
        let repeated = self.store.repeated(None).requests() - before;
        let (rooms, requests) = (self.rooms.len() as u64, self.requests + repeated);
        self.tell(Listed::Done { rooms, requests }).await
    }

    async fn tell(&self, listed: Listed) -> Option<()> {
        self.out.send(listed).await.ok()
    }

    /// Tells what was found of rooms that were not told of yet.
    async fn found(&mut self, found: Vec<(RoomId, Found)>) -> Option<()> {
        let mut fresh = Vec::with_capacity(found.len());
        for (id, found) in found {
            if let Some(row) = self.rooms.get_mut(&id)
                && !std::mem::replace(&mut row.told, true)
            {
                fresh.push((id, found));
            }
        }
        if fresh.is_empty() {
            return Some(());
        }
        self.tell(Listed::Found(fresh)).await
    }

    /// Keeps a failure that makes further requests pointless: each of thousands would take its
    /// full time-out.
    fn failed(&mut self, error: &StoreError) -> Fault {
        let fault = error.fault();
        let hopeless = match fault.kind {
            FaultKind::Disconnected | FaultKind::NoJetStream | FaultKind::JetStreamOff => true,
            FaultKind::Timeout => {
                self.unanswered += 1;
                self.unanswered >= INFO_DEPTH
            }
            _ => {
                self.unanswered = 0;
                false
            }
        };
        if hopeless {
            self.hopeless.get_or_insert_with(|| fault.clone());
        }
        fault
    }
}
