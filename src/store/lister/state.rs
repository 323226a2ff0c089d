//! The state of the rooms' streams: by pages where the server gives them, one by one otherwise.

use std::sync::Arc;

use futures::stream::{self, StreamExt as _};

use super::{INFO_DEPTH, Listing, PAGE_DEPTH};
use crate::domain::{Fault, FaultKind, Found, Listed, RoomId};
use crate::store::{InfoPage, StoreError};

/// Most rooms asked for by name that were not on a list which moved.
const DOUBTFUL_AT_MOST: usize = 64;

/// Most answers told in one piece.
const PIECE: usize = 64;

impl Listing {
    /// Asks for those pages of state that hold rooms. Names and states have one order, so a
    /// room's position among the names is its position here.
    pub(super) async fn pages_of_state(&mut self) -> Option<()> {
        let positions = self.rooms.values().filter_map(|row| row.position).collect();
        self.pages_at(positions).await
    }

    /// Asks for the pages that hold these positions.
    pub(super) async fn pages_at(&mut self, mut positions: Vec<u64>) -> Option<()> {
        positions.sort_unstable();
        let Some(first) = positions.first().copied() else {
            return Some(());
        };
        if self.hopeless.is_some() {
            return Some(());
        }
        self.requests += 1;
        let page = match self.store.list(first).await {
            Ok(page) => page,
            // The other pages would fail alike; one by one, the rooms may still be read.
            Err(error) => return self.list_failed(&error).await,
        };
        let size = page.entries;
        self.page_of_state(page).await?;
        if size == 0 {
            return Some(());
        }
        let store = Arc::clone(&self.store);
        let mut sent = 0;
        let mut failed = None;
        let mut pages = stream::iter(offsets(&positions, size).into_iter().skip(1))
            .inspect(|_| sent += 1)
            .map(|offset| {
                let store = &store;
                async move { store.list(offset).await }
            })
            .buffered(PAGE_DEPTH);
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => self.page_of_state(page).await?,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        drop(pages);
        self.requests += sent;
        match failed {
            Some(error) => self.list_failed(&error).await,
            None => Some(()),
        }
    }

    async fn page_of_state(&mut self, page: InfoPage) -> Option<()> {
        let mut found = Vec::with_capacity(page.streams.len());
        for (name, info) in page.streams {
            if let Some(id) = RoomId::from_stream(&name) {
                found.push((id, Found::Stream(Box::new(info))));
            }
        }
        for (name, why) in page.offline {
            if let Some(id) = RoomId::from_stream(&name) {
                let text = format!("read the state of {name}: {why}");
                found.push((id, Found::Failed(Fault::new(FaultKind::Offline, text))));
            }
        }
        for name in page.missing {
            if let Some(id) = RoomId::from_stream(&name) {
                let text = format!(
                    "read the state of {}: the server did not reach those that hold it",
                    id.stream()
                );
                self.missing.insert(id, Fault::new(FaultKind::Timeout, text));
            }
        }
        for (id, _) in &found {
            self.missing.remove(id);
        }
        // Created since the names were read.
        let mut rooms = Vec::new();
        let told = found.iter().map(|(id, _)| id).chain(self.missing.keys());
        let told: Vec<RoomId> = told.cloned().collect();
        for id in told {
            if self.rooms.get(&id).is_none_or(|row| row.position.is_none()) {
                rooms.push(self.discovered(id, None));
                self.moved |= !self.names_failed;
            }
        }
        if !rooms.is_empty() {
            self.tell(Listed::Rooms(rooms)).await?;
        }
        self.found(found).await
    }

    async fn list_failed(&mut self, error: &StoreError) -> Option<()> {
        let fault = self.failed(error);
        self.tell(Listed::Note(fault)).await
    }

    /// Asks for each room that no page told of. One that is missing where the names were read has
    /// no stream, and asking for it would only be an error on the server's books. On a list that
    /// moved, a few are asked for all the same: they may be back.
    pub(super) async fn single_states(&mut self) -> Option<()> {
        let rows = self.rooms.iter();
        let rows = rows.filter(|(id, row)| !row.told && !self.missing.contains_key(*id));
        let (mut left, mut absent): (Vec<_>, Vec<_>) = rows.partition(|(id, row)| {
            row.position.is_some() || !self.cover.holds(id.stream().as_str())
        });
        if self.moved {
            absent.sort_unstable_by_key(|(id, _)| *id);
            left.extend(absent.drain(..absent.len().min(DOUBTFUL_AT_MOST)));
        }
        left.sort_unstable_by_key(|(id, _)| *id);
        let left: Vec<RoomId> = left.into_iter().map(|(id, _)| id.clone()).collect();
        let absent = absent.into_iter().map(|(id, _)| (id.clone(), Found::NoStream)).collect();
        self.found(absent).await?;
        let store = Arc::clone(&self.store);
        let mut left = left.into_iter();
        let mut asked = stream::FuturesUnordered::new();
        let mut piece = Vec::new();
        loop {
            while asked.len() < INFO_DEPTH
                && self.hopeless.is_none()
                && let Some(id) = left.next()
            {
                self.requests += 1;
                let store = &store;
                asked.push(async move {
                    let info = store.info(&id.stream(), false).await;
                    (id, info)
                });
            }
            let Some((id, info)) = asked.next().await else {
                break;
            };
            let found = match info {
                Ok(info) => {
                    self.unanswered = 0;
                    Found::Stream(Box::new(info))
                }
                Err(error) if error.kind == FaultKind::StreamNotFound => {
                    self.unanswered = 0;
                    // Its name was listed, and it is gone since.
                    self.moved |= self.rooms.get(&id).is_some_and(|row| row.position.is_some());
                    Found::NoStream
                }
                Err(error) => Found::Failed(self.failed(&error)),
            };
            piece.push((id, found));
            if piece.len() >= PIECE {
                self.found(std::mem::take(&mut piece)).await?;
            }
        }
        if let Some(fault) = self.hopeless.clone() {
            let fault = Fault {
                text: format!("not asked, since an earlier request failed: {}", fault.text),
                ..fault
            };
            piece.extend(left.map(|id| (id, Found::Failed(fault.clone()))));
        }
        self.found(piece).await
    }
}

/// The offsets of the pages of `size` entries that hold all of the sorted positions.
fn offsets(positions: &[u64], size: u64) -> Vec<u64> {
    let mut offsets: Vec<u64> = Vec::new();
    for &position in positions {
        if offsets.last().is_none_or(|last| position - last >= size) {
            offsets.push(position);
        }
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_with_rooms_are_asked_for() {
        assert_eq!(offsets(&[], 10), [0; 0]);
        assert_eq!(offsets(&[3, 4, 12, 13, 40, 95], 10), [3, 13, 40, 95]);
        assert_eq!(offsets(&(0..1000).collect::<Vec<_>>(), 256), [0, 256, 512, 768]);
    }
}
