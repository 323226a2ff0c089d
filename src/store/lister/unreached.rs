//! Rooms whose servers the listing did not reach. Of a stream without a leader nothing comes, and an
//! election takes 4 to 9 s.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};

use super::{INFO_DEPTH, Listing};
use crate::domain::{Found, Listed};

/// How long they are waited for.
const WAIT: Duration = Duration::from_secs(10);

impl Listing {
    /// Waits for some of them, and then asks for the pages of the others: those of a stream of one
    /// copy on a dead server may never be reached, and others are. What is not reached is not known.
    pub(super) async fn unreached(&mut self) -> Option<()> {
        let missing = self.missing.len() as u64;
        if missing > 0 && self.hopeless.is_none() && self.store.retries() {
            self.tell(Listed::Unreached(missing)).await?;
            let is_reached = self.some_of_them().await?;
            let are_more = missing > INFO_DEPTH as u64;
            if !self.missing.is_empty() && (is_reached || are_more) {
                let rows = self.missing.keys().filter_map(|id| self.rooms.get(id)?.position);
                let positions = rows.collect();
                self.pages_at(positions).await?;
            }
            self.tell(Listed::Unreached(self.missing.len() as u64)).await?;
        }
        let rest = std::mem::take(&mut self.missing);
        self.found(rest.into_iter().map(|(id, fault)| (id, Found::NotKnown(fault))).collect()).await
    }

    /// Waits for as many as are asked for at a time. Whether one of them was reached.
    async fn some_of_them(&mut self) -> Option<bool> {
        let store = Arc::clone(&self.store);
        let ids: Vec<_> = self.missing.keys().take(INFO_DEPTH).cloned().collect();
        let asked = ids.into_iter().map(|id| {
            let store = &store;
            async move {
                let is_reached = store.is_reached(&id.stream(), WAIT).await;
                let stream = id.stream();
                let info = if is_reached { Some(store.info(&stream, false).await) } else { None };
                (id, info)
            }
        });
        let mut asked: FuturesUnordered<_> = asked.collect();
        let mut is_reached = false;
        while let Some((id, info)) = asked.next().await {
            self.requests += u64::from(info.is_some());
            if let Some(info) = info.and_then(Result::ok).filter(|info| !info.leaderless) {
                is_reached = true;
                self.missing.remove(&id);
                self.found(vec![(id, Found::Stream(Box::new(info)))]).await?;
            }
        }
        Some(is_reached)
    }
}
