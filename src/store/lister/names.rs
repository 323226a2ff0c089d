//! The names of the rooms' streams, a page at a time.

use std::sync::Arc;

use futures::stream::{self, StreamExt as _};

use super::{Listing, PAGE_DEPTH, Row};
use crate::domain::room::KnownFrom;
use crate::domain::{Fault, Listed, Room, RoomId};
use crate::store::{NamePage, StoreError};

/// Most pages of names, whatever total a server tells: four million streams.
const PAGES_AT_MOST: u64 = 4096;

impl Listing {
    /// Asks for all names and tells the rooms among them. The first page says how many streams
    /// there are and how many make a page, so the rest is asked for without waiting in between.
    pub(super) async fn names(&mut self) -> Option<()> {
        self.requests += 1;
        let first = match self.store.names(0).await {
            Ok(page) => page,
            Err(error) => return self.names_failed(&error).await,
        };
        let size = first.names.len() as u64;
        let total = first.total;
        self.names_whole = total.div_ceil(size.max(1)) < PAGES_AT_MOST;
        let mut next = self.page_of_names(0, first).await?;
        if size == 0 {
            return Some(());
        }
        let store = Arc::clone(&self.store);
        let offsets = (1..total.div_ceil(size).min(PAGES_AT_MOST)).map(|page| page * size);
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
                    next = self.page_of_names(offset, page).await?;
                    if next.is_none() {
                        break;
                    }
                }
                Err(error) => {
                    next = None;
                    self.names_failed(&error).await?;
                }
            }
        }
        drop(pages);
        // Streams that were created meanwhile.
        let mut left = PAGES_AT_MOST;
        while let Some(offset) = next.filter(|_| left > 0) {
            left -= 1;
            self.requests += 1;
            next = match self.store.names(offset).await {
                Ok(page) => self.page_of_names(offset, page).await?,
                Err(error) => {
                    self.names_failed(&error).await?;
                    None
                }
            };
        }
        Some(())
    }

    /// Takes in a page. Gives the offset of the next one in `Some(Some(_))`, if there is one.
    async fn page_of_names(&mut self, offset: u64, page: NamePage) -> Option<Option<u64>> {
        let end = offset + page.names.len() as u64;
        let next = (!page.names.is_empty() && end < page.total).then_some(end);
        let mut rooms = Vec::new();
        for (position, name) in (offset..).zip(&page.names) {
            if let Some(id) = RoomId::from_stream(name) {
                rooms.push(self.discovered(id, Some(position)));
            }
        }
        if !rooms.is_empty() {
            self.tell(Listed::Rooms(rooms)).await?;
        }
        Some(next)
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
        self.names_whole = false;
        let fault = self.failed(error);
        let note = Fault {
            text: format!(
                "{}; only rooms from the rooms file and the command line are sure to be shown",
                fault.text
            ),
            kind: fault.kind,
        };
        self.tell(Listed::Note(note)).await
    }
}
