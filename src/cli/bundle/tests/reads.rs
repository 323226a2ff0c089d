use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::bundle::read::{Job, Stop};
use crate::cli::bundle::write::{Writer, Written};
use crate::domain::{Connection, FaultKind, RoomId, Window};
use crate::store::embedded::{Condition, EmbeddedStore, Strikes};
use crate::store::reader::{Begun, Reader, Span};
use crate::store::retry::Retrying;

/// A room in memory, and what was read of it.
struct Room {
    store: EmbeddedStore,
    id: RoomId,
    lines: Vec<u8>,
    raw: Vec<u8>,
    written: Written,
    allow_unread: bool,
}

impl Room {
    /// Of 2,500 frames but the sequences 10 to 19: more than one part.
    fn new() -> Self {
        let store = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, true);
        let id = RoomId::new("a").unwrap();
        store.make(&id);
        store.publish(&id, 2_500);
        store.delete(&id, Window::new(10, 19).unwrap());
        let (lines, raw, written) = (Vec::new(), Vec::new(), Written::default());
        Self { store, id, lines, raw, written, allow_unread: false }
    }

    /// Reads what is still to be read of the window, as a run of the program does.
    fn run(&mut self, window: Window) -> Result<(), Stop> {
        let rest = self.written.rest(window).unwrap();
        let store = Arc::new(self.store.clone());
        let reader = Reader::new(Arc::new(Retrying::new(store, Duration::from_secs(1), |_| {})));
        let (stream, allow_unread) = (self.id.stream(), self.allow_unread);
        let mut to = Writer::new(&mut self.lines, &mut self.raw, self.written.clone());
        let job = Job {
            store: &self.store,
            reader: &reader,
            stream: &stream,
            rest,
            allow_unread,
            again: Duration::ZERO,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let done = runtime.block_on(async {
            let span = Span::From { seq: rest.start(), most: rest.len() };
            match reader.walk(&stream, span).await.unwrap() {
                Begun::Walk(walk) => job.walk(*walk, &mut to, &mut |_, _| Ok(())).await.map(|_| ()),
                Begun::Empty(info) | Begun::Outside(info) => job.nothing_left(&info, &mut to),
                Begun::NoStream => panic!("there is a stream"),
            }
        });
        self.written = to.finish().unwrap().2;
        done
    }

    fn account(&self) -> (u64, u64, u64) {
        let tally = &self.written.tally;
        (tally.frames, tally.missing, tally.unread)
    }
}

fn all() -> Window {
    Window::new(1, 2_500).unwrap()
}

#[test]
fn a_read_that_was_interrupted_gives_the_same_files() {
    let mut whole = Room::new();
    whole.run(all()).unwrap();
    assert_eq!(whole.account(), (2_490, 10, 0));
    for seq in [1, 15, 700, 2_500] {
        let mut room = Room::new();
        let stream = room.id.stream();
        room.store.delete(&room.id, Window::one(15));
        let strikes = if seq == 15 {
            room.store.fail(Strikes::Seq(stream.clone(), 20), FaultKind::Timeout, None);
            Strikes::Gets(stream)
        } else {
            Strikes::Seq(stream, seq)
        };
        room.store.fail(strikes, FaultKind::Timeout, None);
        let Err(Stop::Unread(range, _)) = room.run(all()) else { panic!("{seq} cannot be read") };
        assert!(room.written.last.unwrap_or(0) < range.start(), "{seq}");
        room.store.heal();
        // Deleted meanwhile: what was read stays as it was, and no more is asked for.
        room.store.publish(&room.id, 10);
        room.run(all()).unwrap();
        assert!(room.lines == whole.lines && room.raw == whole.raw, "{seq}");
    }
}

#[test]
fn what_fails_once_is_tried_again_at_once() {
    let mut room = Room::new();
    let stream = room.id.stream();
    room.store.fail(Strikes::Seq(stream.clone(), 30), FaultKind::Timeout, Some(1));
    room.store.when(700, move |store| {
        store.fail(Strikes::Info(stream), FaultKind::NoLeader, Some(1));
    });
    room.run(all()).unwrap();
    assert_eq!(room.account(), (2_490, 10, 0));
}

#[test]
fn what_cannot_be_read_is_accounted_for_where_that_is_allowed() {
    let mut room = Room::new();
    room.allow_unread = true;
    room.store.fail(Strikes::Seq(room.id.stream(), 30), FaultKind::Timeout, None);
    room.run(all()).unwrap();
    let (frames, missing, unread) = room.account();
    assert_eq!((frames, missing, unread), (2_489, 10, 1));
}

#[test]
fn what_the_server_counts_and_does_not_give_is_unreadable_and_stops_nothing() {
    let mut room = Room::new();
    let unreadable = [30, 2_000].into();
    room.store.set_condition(&room.id, Condition { unreadable, ..Condition::default() });
    room.run(all()).unwrap();
    let tally = &room.written.tally;
    let account = (tally.frames, tally.missing, tally.unreadable, tally.unread);
    assert_eq!(account, (2_488, 10, 2, 0));
    assert_eq!(room.written.holes.listed.len(), 3);
    let text = String::from_utf8(room.lines).unwrap();
    assert!(
        text.contains("{\"type\":\"unreadable\",\"start\":30,\"end\":30,"),
        "a record of its own"
    );
}

#[test]
fn without_a_connection_nothing_is_called_unread() {
    let mut room = Room::new();
    room.allow_unread = true;
    room.store.when(40, |store| {
        let tried = "a".into();
        store.set_connection(Connection::Reconnecting { tried, attempt: 1, last: None });
    });
    assert!(matches!(room.run(all()), Err(Stop::Unread(..) | Stop::Store(_))));
    assert_eq!(room.written.tally.unread, 0);
    room.store.set_connection(Connection::local("demo"));
    room.run(all()).unwrap();
    assert_eq!(room.account(), (2_490, 10, 0));
}

#[test]
fn what_fell_off_the_head_meanwhile_is_said_to_lie_below_it() {
    for (below, frames) in [(1_500, 1_001), (2_500, 1), (2_501, 0)] {
        let mut room = Room::new();
        let stream = room.id.stream();
        room.store.fail(Strikes::Seq(stream, 1_200), FaultKind::Timeout, None);
        room.run(all()).unwrap_err();
        let (before, ..) = room.account();
        room.store.heal();
        room.store.purge_below(&room.id, below);
        room.store.publish(&room.id, 100);
        room.run(all()).unwrap();
        let tally = &room.written.tally;
        assert_eq!((tally.sequences, tally.frames), (2_500, before + frames), "{below}");
        let below_first = tally.missing_by_cause["before-first"];
        assert_eq!(below_first + tally.missing_by_cause["removed"], tally.missing);
    }
    let mut room = Room::new();
    room.store.fail(Strikes::Seq(room.id.stream(), 1_200), FaultKind::Timeout, None);
    room.run(all()).unwrap_err();
    room.store.purge_all(&room.id);
    room.run(all()).unwrap();
    assert_eq!(room.written.tally.sequences, 2_500);
}

#[test]
fn a_stream_that_lost_its_end_is_not_called_deleted() {
    let mut room = Room::new();
    assert!(matches!(room.run(Window::new(1, 3_000).unwrap()), Err(Stop::Shorter(2_500))));
    room.run(all()).unwrap();
    let beyond = Window::new(1, 2_600).unwrap();
    assert!(matches!(room.run(beyond), Err(Stop::Shorter(2_500))));
}
