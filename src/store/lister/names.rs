//! The names of the rooms' streams, a page at a time.

use std::sync::Arc;

use futures::stream::{self, StreamExt as _};

use super::{Listing, PAGE_DEPTH, Row};
use crate::domain::room::KnownFrom;
use crate::domain::{Fault, Listed, Room, RoomId};
use crate::store::{NamePage, StoreError};

/// Most pages of names, whatever total a server tells: four million streams.
const PAGES_AT_MOST: u64 = 4096;

/// Most further pages that close gaps between those that were read.
const REPAIRS_AT_MOST: u64 = 64;

impl Listing {
    /// Asks for all names and tells the rooms among them. The first page says how many streams
    /// there are and how many make a page, so the rest is asked for without waiting in between.
    /// Each page begins with the last name of the one before, which shows that none lies between.
    pub(super) async fn names(&mut self) -> Option<()> {
        self.requests += 1;
        let first = match self.store.names(0).await {
            Ok(page) => page,
            Err(error) => return self.names_failed(&error).await,
        };
        let (size, total) = (first.names.len() as u64, first.total);
        self.total = total;
        // A name each page has for itself, and one that it shares.
        let step = size.saturating_sub(1).max(1);
        let mut counted = size;
        let mut ended = size >= total;
        self.page_of_names(0, first).await?;
        let pages = total.saturating_sub(1).div_ceil(step).min(PAGES_AT_MOST);
        let store = Arc::clone(&self.store);
        let offsets = (1..if ended || size == 0 { 1 } else { pages }).map(|page| page * step);
        let mut pages = stream::iter(offsets)
            .map(|offset| {
                let store = &store;
                async move { (offset, store.names(offset).await) }
            })
            .buffered(PAGE_DEPTH);
        while let Some((offset, page)) = pages.next().await {
            self.requests += 1;
            match page {
                Ok(page) => {
                    ended = offset + page.names.len() as u64 >= page.total;
                    counted += self.page_of_names(offset, page).await?;
                    if ended {
                        break;
                    }
                }
                Err(error) => self.names_failed(&error).await?,
            }
        }
        drop(pages);
        self.moved |= ended && !self.names_failed && counted != self.total;
        self.close_gaps(size).await
    }

    /// Reads again where names may lie between two pages, since streams came or went in between.
    async fn close_gaps(&mut self, size: u64) -> Option<()> {
        let (mut left, mut back, mut before) = (REPAIRS_AT_MOST, 0, None);
        // Pages of one name share none, so that nothing would come of it.
        while let Some(gap) =
            self.cover.gap().filter(|_| left > 0 && size > 1 && !self.names_failed)
        {
            left -= 1;
            // So far back that some streams more may have gone; further, when that was not enough.
            back = if before == Some(gap) { back + size / 2 } else { (size / 2).max(1) };
            before = Some(gap);
            let offset = gap.min(self.total).saturating_sub(back);
            self.requests += 1;
            self.moved = true;
            match self.store.names(offset).await {
                Ok(page) => self.page_of_names(offset, page).await.map(drop)?,
                Err(error) => self.names_failed(&error).await?,
            }
        }
        Some(())
    }

    /// Takes in a page, and gives how many of its names lie beyond those before.
    async fn page_of_names(&mut self, offset: u64, page: NamePage) -> Option<u64> {
        // Where no name was left, some servers tell no total.
        let total = if page.names.is_empty() && offset > 0 { None } else { Some(page.total) };
        self.moved |= total != Some(self.total);
        self.total = total.unwrap_or(self.total);
        let known = page.names.iter().take_while(|name| self.cover.holds(name)).count() as u64;
        self.cover.add(offset, &page.names, page.total);
        let fresh = page.names.len() as u64 - known;
        let mut rooms = Vec::new();
        for (position, name) in (offset..).zip(&page.names) {
            if let Some(id) = RoomId::from_stream(name) {
                let is_new = self.rooms.get(&id).is_none_or(|row| row.position.is_none());
                let room = self.discovered(id, Some(position));
                rooms.extend(is_new.then_some(room));
            }
        }
        if !rooms.is_empty() {
            self.tell(Listed::Rooms(rooms)).await?;
        }
        Some(fresh)
    }

    /// Notes a room that has a stream, and gives all that is known of it.
    pub(super) fn discovered(&mut self, id: RoomId, position: Option<u64>) -> Room {
        let known_from = KnownFrom { server: true, ..KnownFrom::default() };
        let row =
            self.rooms.entry(id.clone()).or_insert_with(|| Row::new(Room::bare(id, known_from)));
        row.room.known_from.server = true;
        row.position = row.position.or(position);
        row.room.clone()
    }

    async fn names_failed(&mut self, error: &StoreError) -> Option<()> {
        self.names_failed = true;
        let fault = self.failed(error);
        let note = Fault {
            text: format!(
                "{}; only rooms from the rooms file and the command line are sure to be shown",
                fault.text
            ),
            ..fault
        };
        self.tell(Listed::Note(note)).await
    }
}
