//! What a stream gives of what is still to be read of it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::cli::bundle::read::ends_below;
use crate::cli::out::say;
use crate::domain::{StreamInfo, StreamName, Window};
use crate::store::StoreError;
use crate::store::reader::{Begun, Reader, Span};

/// Looks at a stream that ends below what it had.
const LOOKS: usize = 5;

/// What there is of the rest.
pub(super) enum Rest {
    /// This. A stream that ends below the rest was seen to twice, by the same leader.
    Seen(Begun),
    /// The stream ended at this sequence, below the rest, when it was looked at last, but no leader
    /// said so twice.
    Unsettled(u64),
}

/// Looks at the stream that was created then, and where it ends below the rest, again after `wait`:
/// a new leader may have to catch up, and what is dropped for its word does not come back. Where the
/// stream grows meanwhile, it may still do so, and is looked at some more times.
///
/// # Errors
/// When the stream's state could not be had from a leader.
pub(super) async fn look(
    reader: &Reader,
    stream: &StreamName,
    created: Timestamp,
    rest: Window,
    wait: Duration,
) -> Result<Rest, StoreError> {
    let span = Span::From { seq: rest.start(), most: rest.len() };
    let mut before: Option<StreamInfo> = None;
    let mut looks = 0;
    loop {
        let begun = reader.walk(stream, span).await?;
        let Some(info) = begun.stream().filter(|info| info.created == created).cloned() else {
            return Ok(Rest::Seen(begun));
        };
        if ends_below(rest, &begun).is_none() {
            return Ok(Rest::Seen(begun));
        }
        looks += 1;
        let last = info.state.last_seq;
        if let Some(before) = before.filter(|before| before.leader == info.leader)
            && (last <= before.state.last_seq || looks == LOOKS)
        {
            return Ok(Rest::Seen(begun));
        }
        if looks == LOOKS {
            return Ok(Rest::Unsettled(last));
        }
        if looks == 1 {
            say(&format!(
                "roomscope: {stream} ends at sequence {last}, below what is still to be read of it; \
                 looking again, since a new leader may have to catch up"
            ));
        }
        before = Some(info);
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::RoomId;
    use crate::store::embedded::{Condition, EmbeddedStore};

    fn id() -> RoomId {
        RoomId::new("a").unwrap()
    }

    fn led_by(leader: &str) -> Condition {
        Condition { leader: Some(leader.into()), ..Condition::default() }
    }

    /// Calls `act` before each request from the second on, with its number.
    fn before_each(store: &EmbeddedStore, n: u64, act: Act) {
        store.when(n, move |store| {
            act(store, n);
            before_each(store, n + 1, act);
        });
    }

    type Act = fn(&EmbeddedStore, u64);

    /// Looks for sequences 61 to 100 of a stream that ends at 50 at first. Gives the sequence it ends
    /// at, if it ends below those, whether that is settled, and the requests it took.
    async fn looked(act: Act) -> (Option<u64>, bool, u64) {
        let store = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, true);
        store.make(&id());
        store.set_condition(&id(), led_by("one"));
        store.publish(&id(), 50);
        before_each(&store, 2, act);
        let reader = Reader::new(Arc::new(store.clone()));
        let rest = Window::new(61, 100).unwrap();
        let (stream, wait) = (id().stream(), Duration::ZERO);
        let looked = look(&reader, &stream, Timestamp::UNIX_EPOCH, rest, wait).await.unwrap();
        let (last, settled) = match looked {
            Rest::Seen(begun) => (ends_below(rest, &begun), true),
            Rest::Unsettled(last) => (Some(last), false),
        };
        (last, settled, store.request_count())
    }

    #[tokio::test]
    async fn a_stream_is_shorter_where_the_same_leader_says_so_twice() {
        assert_eq!(looked(|_, _| {}).await, (Some(50), true, 2));
        // Another one knows better, or says the same once more.
        let led = looked(|store, n| match n {
            2 => store.set_condition(&id(), led_by("two")),
            _ => store.publish(&id(), 50),
        });
        assert_eq!(led.await, (None, true, 3));
        assert_eq!(
            looked(|store, _| store.set_condition(&id(), led_by("two"))).await,
            (Some(50), true, 3)
        );
    }

    #[tokio::test]
    async fn one_that_catches_up_is_waited_for() {
        assert_eq!(looked(|store, _| store.publish(&id(), 50)).await, (None, true, 2));
        assert_eq!(looked(|store, _| store.publish(&id(), 20)).await, (None, true, 4));
        // For so long.
        assert_eq!(
            looked(|store, _| store.publish(&id(), 1)).await,
            (Some(54), true, LOOKS as u64)
        );
    }

    #[tokio::test]
    async fn what_no_leader_said_twice_is_not_settled() {
        let ever_another =
            looked(|store, n| store.set_condition(&id(), led_by(&format!("leader {n}"))));
        assert_eq!(ever_another.await, (Some(50), false, LOOKS as u64));
    }

    #[tokio::test]
    async fn another_stream_is_not_waited_for() {
        let store = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, true);
        store.make(&id());
        store.publish(&id(), 50);
        let reader = Reader::new(Arc::new(store.clone()));
        let rest = Window::new(61, 100).unwrap();
        let hour = Duration::from_secs(3600);
        let looked = look(&reader, &id().stream(), Timestamp::MAX, rest, hour).await.unwrap();
        assert!(matches!(looked, Rest::Seen(Begun::Outside(_))));
    }
}
