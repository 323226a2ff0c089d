mod any;
mod missing;

use std::sync::Arc;

use super::*;
use crate::domain::room::KnownFrom;
use crate::domain::{Behind, FaultKind, Lost, Origin, RoomId, StreamConfig, StreamState};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn room() -> Room {
    Room::bare(RoomId::new("a").unwrap(), KnownFrom::default())
}

fn connection() -> Connection {
    Connection::Connected {
        address: "127.0.0.1:4222".into(),
        tried: "nats://127.0.0.1:4222".into(),
        server: "n1".into(),
        version: "2.15.1".into(),
        account: Some("CHAT".into()),
    }
}

/// A stream from `first` to `last` without these, all asked for.
fn info(first: u64, last: u64, deleted: &[u64]) -> StreamInfo {
    StreamInfo {
        created: at(0),
        as_of: Some(at(10_000)),
        config: StreamConfig {
            subjects: vec!["room.a".into()],
            retention: "limits".into(),
            replicas: 1,
            ..StreamConfig::default()
        },
        state: StreamState {
            messages: (last + 1).saturating_sub(first) - deleted.len() as u64,
            bytes: 100_000,
            first_seq: first,
            last_seq: last,
            first_time: Some(at(10)),
            last_time: Some(at(5_000)),
            num_deleted: deleted.len() as u64,
            deleted: Some(deleted.into()),
            lost: Some(Lost::default()),
            ..StreamState::default()
        },
        ..StreamInfo::default()
    }
}

fn read(start: u64, end: u64, frames: u64) -> Reading {
    Reading {
        window: Window::new(start, end).unwrap(),
        frames,
        markers: 0,
        lost: 0,
        unreadable: 0,
        unreadable_again: false,
        past_limit: 0,
        not_known: 0,
        unread: 0,
        error: None,
        counted: None,
    }
}

struct Case {
    room: Room,
    connection: Connection,
    reading: Option<Reading>,
    round_trip: Option<u64>,
}

impl Default for Case {
    fn default() -> Self {
        Self { room: room(), connection: connection(), reading: None, round_trip: None }
    }
}

impl Case {
    fn ask(&self, looked: Looked<'_>) -> Why {
        why(&Asked {
            room: &self.room,
            looked,
            last: Some(200),
            reading: self.reading.clone(),
            lost: None,
            round_trip: self.round_trip,
            connection: &self.connection,
            now: at(10_001),
        })
    }

    fn of(&self, info: &StreamInfo, what: What) -> Reason {
        of(&self.ask(Looked::Stream(info)), what)
    }
}

fn of(why: &Why, what: What) -> Reason {
    why.reasons.iter().find(|reason| reason.what == what).unwrap().clone()
}

fn set(info: &mut StreamInfo, name: &str, value: &str) {
    info.config.others.push((name.into(), value.into()));
}

fn exactly(n: u64) -> Option<Sequences> {
    Some(Sequences { n, bound: Bound::Exactly })
}

fn at_most(n: u64) -> Option<Sequences> {
    Some(Sequences { n, bound: Bound::AtMost })
}

fn words(reason: &Reason) -> String {
    reason.words.join(" ")
}

const YES: Answer = Answer::Yes;
const OPEN: Answer = Answer::CannotBeKnown;
const NO: Answer = Answer::No;

#[test]
fn which_account_wrote_is_never_known_from_here_but_in_the_demo() {
    let reason = Case::default().of(&info(1, 10, &[]), What::OtherPlace);
    assert_eq!(reason.answer, OPEN);
    assert!(words(&reason).contains("account CHAT, on server n1"), "{reason:?}");
    assert!(reason.proof.unwrap().price.is_some());
    let demo = Case { connection: Connection::local("demo"), ..Case::default() };
    assert_eq!(demo.of(&info(1, 10, &[]), What::OtherPlace).answer, NO);
    let down = Connection::Reconnecting { tried: "x".into(), attempt: 1, last: None };
    let down = Case { connection: down, ..Case::default() };
    assert_eq!(down.of(&info(1, 10, &[]), What::OtherPlace).answer, OPEN);
}

#[test]
fn a_room_is_not_persisted_where_it_has_no_stream() {
    let ask = |persist, looked: Looked<'_>| {
        let case = Case { room: Room { persist, ..room() }, ..Case::default() };
        of(&case.ask(looked), What::NotPersisted)
    };
    let there = info(1, 10, &[]);
    let fault = Fault::new(FaultKind::Timeout, "ask for UNIBUS_a: no answer");
    assert_eq!(ask(Some(false), Looked::NoStream).answer, YES);
    assert_eq!(ask(Some(false), Looked::NotYet).answer, YES);
    let gone = ask(Some(true), Looked::NoStream);
    assert_eq!(gone.answer, YES);
    // No answer of "not found" tells of what was.
    assert!(words(&gone).contains("does not tell whether there was one"), "{gone:?}");
    assert_eq!(ask(None, Looked::Failed(&fault)).answer, OPEN);
    assert_eq!(ask(Some(false), Looked::Stream(&there)).answer, NO);
}

#[test]
fn a_stream_younger_than_its_first_message_says_nothing_of_what_was_captured() {
    let mut restored = info(1, 10, &[]);
    let reason = Case::default().of(&restored, What::MadeLater);
    assert_eq!(reason.answer, OPEN);
    assert!(words(&reason).contains("never captured, or gone with an earlier stream"));
    restored.created = at(9_000);
    let reason = Case::default().of(&restored, What::MadeLater);
    assert!(!words(&reason).contains("never captured"), "{reason:?}");
    assert!(words(&reason).contains("was restored, copies another stream"), "{reason:?}");
    assert_eq!(of(&Case::default().ask(Looked::NoStream), What::MadeLater).answer, NO);
}

#[test]
fn the_window_counts_what_it_holds_and_what_lies_below() {
    // 801-1,000 without 810-989.
    let holes: Vec<u64> = (810..=989).chain([3, 5]).collect();
    let mut sorted = holes;
    sorted.sort_unstable();
    let stream = info(1, 1_000, &sorted);
    let case = Case { reading: Some(read(801, 1_000, 20)), ..Case::default() };
    let reason = case.of(&stream, What::Window);
    assert_eq!((reason.answer, reason.sequences), (YES, exactly(798)));
    assert!(words(&reason).contains("200 sequences (801-1,000), of which 20 frames were read"));
    assert!(words(&reason).contains("798 messages lie below it"), "{reason:?}");
    // Without a read frame it is the list that tells.
    let reason = Case::default().of(&stream, What::Window);
    assert_eq!((reason.answer, reason.sequences), (YES, exactly(798)));
    assert!(words(&reason).contains("20 messages by the server's list"), "{reason:?}");
    // Without the list it is what was read.
    let mut no_list = stream.clone();
    no_list.state.deleted = None;
    no_list.state.lost = None;
    let reason = case.of(&no_list, What::Window);
    assert_eq!(reason.sequences, exactly(798));
    let unread = Reading { unread: 100, ..read(801, 1_000, 20) };
    let case = Case { reading: Some(unread), ..Case::default() };
    let least = Some(Sequences { n: 698, bound: Bound::AtLeast });
    assert_eq!(case.of(&no_list, What::Window).sequences, least);
    let whole = Case { reading: Some(read(1, 10, 10)), ..Case::default() };
    assert_eq!(whole.of(&info(1, 10, &[]), What::Window).answer, NO);
}

#[test]
fn the_control_planes_reader_is_judged_by_one_get() {
    let stream = info(1, 1_000, &[]);
    let ask = |round_trip| Case { round_trip, ..Case::default() }.of(&stream, What::ControlPlane);
    let unasked = ask(None);
    assert_eq!(unasked.answer, OPEN);
    assert_eq!(unasked.proof.unwrap().price.unwrap().requests, 1);
    let near = ask(Some(400));
    assert_eq!(near.answer, NO);
    assert!(words(&near).contains("One get took 0.4 ms from here, where 200 take 80 ms"));
    let far = ask(Some(100_000));
    assert_eq!(far.answer, YES);
    assert_eq!(far.sequences, Some(Sequences { n: 152, bound: Bound::About }));
    assert!(words(&far).contains("200 take 20,000 ms: so about 152 are left out"), "{far:?}");
}

#[test]
fn what_was_not_read_is_neither_readable_nor_unreadable() {
    let stream = info(1, 100, &[]);
    let ask = |reading, what| Case { reading, ..Case::default() }.of(&stream, what);
    for what in [What::Unreadable, What::Unread] {
        assert_eq!(ask(None, what).answer, OPEN);
        assert_eq!(ask(Some(read(1, 100, 100)), what).answer, NO);
    }
    let unreadable = Reading { unreadable: 3, ..read(1, 100, 97) };
    assert_eq!(ask(Some(unreadable), What::Unreadable).sequences, exactly(3));
    let error = Some("no answer".into());
    let unread = Reading { unread: 5, error, ..read(1, 100, 95) };
    let reason = ask(Some(unread.clone()), What::Unread);
    assert_eq!((reason.answer, reason.sequences), (YES, exactly(5)));
    assert!(words(&reason).contains("(no answer): that says nothing"), "{reason:?}");
    assert_eq!(ask(Some(unread), What::Unreadable).answer, OPEN);
}

#[test]
fn a_mirror_names_origin_filter_and_lag_and_is_never_known_to_be_level() {
    let mut mirror = info(2, 50, &[3]);
    assert_eq!(Case::default().of(&mirror, What::Upstream).answer, NO);
    mirror.config.mirror = true;
    mirror.config.origins =
        vec![Origin { name: "O".into(), filters: vec!["o.a".into()], ..Origin::default() }];
    mirror.behind =
        vec![Behind { name: "O".into(), lag: 7, active: Some(847_094_293), error: None }];
    let reason = Case::default().of(&mirror, What::Upstream);
    assert_eq!(reason.sequences, Some(Sequences { n: 7, bound: Bound::About }));
    let said = words(&reason);
    assert!(said.contains("It mirrors O, only o.a."), "{said}");
    assert!(said.contains("7 messages behind O when it was heard of last, 847ms ago"), "{said}");
    assert_eq!(Case::default().of(&mirror, What::NeverStored).sequences, at_most(2));
    mirror.behind = vec![Behind {
        name: "O".into(),
        lag: 0,
        active: None,
        error: Some("stream not found (10059)".into()),
    }];
    let reason = Case::default().of(&mirror, What::Upstream);
    assert_eq!(reason.answer, OPEN);
    assert!(words(&reason).contains("not heard of yet; the server says: stream not found"));
}

#[test]
fn only_a_stream_with_discard_new_is_known_to_refuse() {
    let mut full = info(1, 50, &[]);
    set(&mut full, "max_msgs", "50");
    // It may have had `discard new` before.
    assert_eq!(Case::default().of(&full, What::Full).answer, OPEN);
    set(&mut full, "discard", "new");
    let reason = Case::default().of(&full, What::Full);
    assert_eq!(reason.answer, YES);
    assert!(words(&reason).contains("at max_msgs 50 (50 messages"), "{reason:?}");
    // A room with space left may have been full before.
    let mut roomy = info(1, 49, &[]);
    set(&mut roomy, "max_msgs", "50");
    set(&mut roomy, "discard", "new");
    assert_eq!(Case::default().of(&roomy, What::Full).answer, OPEN);
    let mut bytes = info(1, 50, &[]);
    set(&mut bytes, "max_bytes", "100020");
    set(&mut bytes, "discard", "new");
    let reason = Case::default().of(&bytes, What::Full);
    assert_eq!(reason.answer, OPEN);
    assert!(words(&reason).contains("more than 20 B in the store is refused"), "{reason:?}");
    let mut sealed = info(1, 50, &[]);
    sealed.config.sealed = true;
    assert_eq!(Case::default().of(&sealed, What::Full).answer, YES);
}

#[test]
fn silence_is_told_by_the_servers_clock() {
    let mut stream = info(1, 50, &[]);
    let reason = Case::default().of(&stream, What::Idle);
    assert_eq!(reason.answer, OPEN);
    assert!(words(&reason).contains("1h 23m before this answer"), "{reason:?}");
    stream.state.last_time = Some(at(9_990));
    assert_eq!(Case::default().of(&stream, What::Idle).answer, NO);
    stream.state.last_time = Some(at(20_000));
    assert!(words(&Case::default().of(&stream, What::Idle)).contains("ahead of the clock"));
    stream.state = StreamState::default();
    let reason = Case::default().of(&stream, What::Idle);
    assert!(words(&reason).contains("Nothing was ever stored"), "{reason:?}");
}

#[test]
fn what_could_not_be_looked_at_is_not_known() {
    let fault = Fault::new(FaultKind::Timeout, "ask for UNIBUS_a: no answer in 5 s");
    let why = Case::default().ask(Looked::Failed(&fault));
    assert_eq!(why.completeness, Some(Completeness::NotKnown));
    assert!(why.reasons.iter().all(|reason| reason.answer == OPEN), "{why:?}");
    let none = Case::default().ask(Looked::NoStream);
    assert_eq!((none.completeness, none.reasons[0].what), (None, What::NotPersisted));
    assert!(text(&none).contains("no UNIBUS_a"));
}

#[test]
fn a_page_is_read_as_it_is_accounted_for() {
    let mut builder = crate::domain::PageBuilder::new(Window::new(1, 4).unwrap());
    let frame = |seq, name: &str| crate::domain::Frame {
        seq,
        time: at(1),
        subject: "room.a".into(),
        headers: vec![crate::domain::Header::new(name, "MaxAge")],
        payload: Vec::new(),
    };
    builder.frame(Arc::new(frame(1, "Nats-Marker-Reason")));
    builder.frame(Arc::new(frame(2, "Other")));
    builder.unread(Window::one(3), Fault::new(FaultKind::Timeout, "no answer"));
    let page = crate::domain::Page::build(
        builder,
        (None, None),
        Vec::new(),
        info(1, 4, &[]),
        crate::domain::Cost::default(),
    );
    let reading = Reading::of(&page);
    assert_eq!((reading.frames, reading.markers, reading.unread), (2, 1, 2));
    assert_eq!(reading.error.as_deref(), Some("no answer"));
}
