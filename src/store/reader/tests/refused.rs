//! A batch that is refused while another is under way.

use std::sync::atomic::AtomicU64;

use async_trait::async_trait;

use super::*;
use crate::domain::{FaultKind, PageRequest, StreamInfo};
use crate::store::tests_double::{Change, Double};
use crate::store::{Batch, End, ReadMethod, StoreError};

/// Refuses the first batch, and cuts the others short after three frames.
#[derive(Debug)]
struct Fickle {
    batches: AtomicU64,
    refusal: FaultKind,
}

#[async_trait]
impl Change for Fickle {
    fn read_method(&self, _: &dyn HistoryStore, _: &StreamInfo) -> ReadMethod {
        ReadMethod::Batch
    }

    async fn batch(
        &self,
        store: &dyn HistoryStore,
        stream: &StreamName,
        from: u64,
        most: u64,
        max_bytes: u64,
    ) -> Result<Batch, StoreError> {
        if self.batches.fetch_add(1, Ordering::Relaxed) == 0 {
            return Err(StoreError::new(self.refusal.clone(), "read a batch", "refused"));
        }
        // The refusal is heard before this.
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        let mut batch = store.batch(stream, from, most.min(3), max_bytes).await?;
        batch.end = End::Cut;
        Ok(batch)
    }
}

#[tokio::test]
async fn no_hole_is_probed_sequence_by_sequence() {
    for refusal in [FaultKind::Timeout, FaultKind::Denied("$JS.API.DIRECT.GET".into())] {
        let room = room(60_000, &[(1_001, 21_000)]);
        room.store.set_method(ReadMethod::Batch);
        let plain = room.reader.clone().with_list_at_most(0);
        let at = Place::At(window(990, 21_200));
        let whole = plain.page(&room.stream, PageRequest::whole(at, size(200)), &()).await.unwrap();
        let History::Page(whole) = whole else { panic!() };
        // Two unread runs, one of them over the hole.
        let mut builder = crate::domain::PageBuilder::new(whole.window());
        for frame in whole.frames().filter(|frame| (21_050..21_100).contains(&frame.seq)) {
            builder.frame(Arc::clone(frame));
        }
        let part = Page::build(builder, (None, None), Vec::new(), whole.stream.clone(), whole.cost);
        let change = Fickle { batches: AtomicU64::new(0), refusal: refusal.clone() };
        let store = Double { store: room.store.clone(), change };
        let reader = Reader::new(Arc::new(store)).with_list_at_most(0);
        let before = room.store.request_count();
        let again = reader.retry(&room.stream, &part, &()).await.unwrap();
        let History::Page(again) = again else { panic!() };
        assert_eq!(sketch(&accounted(*again)), sketch(&whole), "{refusal:?}");
        let sent = room.store.request_count() - before;
        assert!(sent < 2 * 200 + 30, "{sent} requests, {refusal:?}");
    }
}
