//! Rooms whose servers the listing did not reach. Of a stream without a leader nothing comes, and an
//! election takes 4 to 9 s.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{INFO_DEPTH, Listing};
use crate::domain::{Found, Listed, RoomId};

/// How long they are asked for again.
const WAIT: Duration = Duration::from_secs(10);
/// How often each of them is.
const PACE: Duration = Duration::from_secs(1);
/// Requests under way at the same time; those that met no leader are never answered.
const UNDER_WAY: usize = 4 * INFO_DEPTH;

impl Listing {
    /// Asks again for some of them, one by one, and for the pages of the others once one of those
    /// was reached. What is not reached is not known.
    pub(super) async fn unreached(&mut self) -> Option<()> {
        let missing = self.missing.len() as u64;
        if missing > 0 && self.hopeless.is_none() && self.store.retries() {
            self.tell(Listed::Unreached(missing)).await?;
            let mut found = BTreeMap::new();
            self.ask_again(&mut found).await;
            let is_reached = !found.is_empty();
            self.missing.retain(|id, _| !found.contains_key(id));
            self.found(found.into_iter().collect()).await?;
            if is_reached && !self.missing.is_empty() {
                let rows = self.missing.keys().filter_map(|id| self.rooms.get(id)?.position);
                let positions = rows.collect();
                self.pages_at(positions).await?;
            }
            self.tell(Listed::Unreached(self.missing.len() as u64)).await?;
        }
        let rest = std::mem::take(&mut self.missing);
        self.found(rest.into_iter().map(|(id, fault)| (id, Found::NotKnown(fault))).collect()).await
    }

    async fn ask_again(&mut self, found: &mut BTreeMap<RoomId, Found>) {
        let ids: Vec<_> = self.missing.keys().take(INFO_DEPTH).cloned().collect();
        let (store, end) = (Arc::clone(&self.store), Instant::now() + WAIT);
        let mut asked = FuturesUnordered::new();
        let mut due = Instant::now();
        while found.len() < ids.len() && Instant::now() < end {
            if Instant::now() >= due && asked.len() < UNDER_WAY {
                for id in ids.iter().filter(|id| !found.contains_key(*id)) {
                    self.requests += 1;
                    let store = &store;
                    asked.push(async move { (id, store.info(&id.stream(), false).await) });
                }
                due = Instant::now() + PACE;
            }
            let next = async {
                tokio::select! {
                    Some(answer) = asked.next() => Some(answer),
                    () = sleep_until(due) => None,
                }
            };
            match timeout_at(end, next).await {
                Ok(Some((id, Ok(info)))) if !info.leaderless => {
                    found.insert(id.clone(), Found::Stream(Box::new(info)));
                }
                _ => {}
            }
        }
    }
}
