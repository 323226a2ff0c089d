use jiff::Timestamp;

use super::*;
use crate::domain::room::KnownFrom;
use crate::domain::{RoomId, StreamConfig, Subject};
use crate::store::StreamWriter;
use crate::store::embedded::{Condition, EmbeddedStore, Request, Strikes, contract_config};
use crate::store::tests_double::{Change, Double};

fn room() -> Room {
    Room {
        subject: Some(Subject::new("unibus.room.a").unwrap()),
        ..Room::bare(RoomId::new("a").unwrap(), KnownFrom::default())
    }
}

fn store(read_only: bool) -> EmbeddedStore {
    EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, read_only)
}

fn drifted() -> StreamConfig {
    StreamConfig {
        subjects: vec!["unibus.room.b".into(), "c".into()],
        others: vec![("max_age".into(), "60".into())],
        ..contract_config(&room().spec().unwrap())
    }
}

fn asked(store: &EmbeddedStore) -> Vec<&'static str> {
    let word = |request| match request {
        Request::Info { deleted: false, .. } => "info",
        Request::Create(_) => "create",
        Request::Update(_) => "update",
        _ => "other",
    };
    store.take_requests().into_iter().map(word).collect()
}

#[tokio::test]
async fn a_missing_stream_is_created_once_and_then_left_alone() {
    let store = store(false);
    let Ensured::Created(made) = ensure(&store, &room()).await.unwrap() else {
        panic!("not created");
    };
    assert_eq!(made.config, contract_config(&room().spec().unwrap()));
    assert_eq!(asked(&store), ["info", "create"]);
    let again = ensure(&store, &room()).await.unwrap();
    assert_eq!(again, Ensured::Present(made));
    assert_eq!(asked(&store), ["info"]);
}

#[tokio::test]
async fn drift_is_reported_and_nothing_is_written() {
    let store = store(false);
    store.make_with(&room().id, drifted());
    let Ensured::Drifted(info, drift) = ensure(&store, &room()).await.unwrap() else {
        panic!("no drift");
    };
    assert_eq!(info.config, drifted());
    assert_eq!(drift, Drift::compare(&room(), &drifted()));
    assert_eq!(asked(&store), ["info"]);
}

#[tokio::test]
async fn a_stream_that_appears_meanwhile_is_looked_at_again() {
    let store = store(false);
    store.when(2, |store| store.make_with(&room().id, drifted()));
    let ensured = ensure(&store, &room()).await.unwrap();
    assert!(matches!(ensured, Ensured::Drifted(..)), "{ensured:?}");
    assert_eq!(asked(&store), ["info", "create", "info"]);
}

#[tokio::test]
async fn a_member_without_a_leader_ensures_nothing() {
    for meanwhile in [false, true] {
        let store = store(false);
        let make = |store: &EmbeddedStore| {
            store.make(&room().id);
            let condition = Condition { leaderless: true, ..Condition::default() };
            store.set_condition(&room().id, condition);
        };
        // Also where only the answer to the CREATE is that of such a member.
        if meanwhile {
            store.when(2, make);
        } else {
            make(&store);
        }
        let error = ensure(&store, &room()).await.unwrap_err();
        assert_eq!(error.kind, FaultKind::NoLeader, "{error:?}");
    }
}

#[tokio::test]
async fn read_only_says_what_it_would_do() {
    let store = store(true);
    let ensured = ensure(&store, &room()).await.unwrap();
    assert_eq!(ensured, Ensured::WouldCreate(room().spec().unwrap()));
    assert_eq!(asked(&store), ["info"]);
    store.make_with(&room().id, drifted());
    let seen = store.info(&room().id.stream(), false).await.unwrap();
    let error = amend(&store, &room(), &seen).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::ReadOnly);
    assert_eq!(asked(&store), ["info"]);
}

#[tokio::test]
async fn a_room_of_unknown_subject_or_not_persisted_is_only_read() {
    let store = store(false);
    let unknown = Room { subject: None, ..room() };
    let unkept = Room { persist: Some(false), ..room() };
    for room in [&unknown, &unkept] {
        let ensured = ensure(&store, room).await.unwrap();
        let why = room.why_not_ensured().unwrap();
        assert_eq!(ensured, Ensured::NotOurs { why, info: None });
        assert_eq!(asked(&store), ["info"]);
    }
    store.make(&room().id);
    let Ensured::NotOurs { info, .. } = ensure(&store, &unknown).await.unwrap() else {
        panic!("ensured");
    };
    assert!(info.is_some());
    let error = amend(&store, &unknown, &info.unwrap()).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::BadConfig);
    assert_eq!(asked(&store), ["info"]);
}

#[tokio::test]
async fn a_failed_look_is_not_a_missing_stream() {
    let store = store(false);
    let name = room().id.stream();
    store.fail(Strikes::Info(name), FaultKind::Timeout, Some(1));
    let error = ensure(&store, &room()).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Timeout);
    assert_eq!(asked(&store), ["info"], "nothing was created on a time-out");
}

#[tokio::test]
async fn a_person_may_change_what_can_be_changed() {
    let store = store(false);
    store.make_with(&room().id, drifted());
    let seen = store.info(&room().id.stream(), false).await.unwrap();
    store.take_requests();
    let (now, left) = amend(&store, &room(), &seen).await.unwrap();
    assert_eq!(now.config.subjects, ["unibus.room.a"]);
    assert_eq!(now.config.others, seen.config.others, "not ours to change");
    assert!(left.is_none());
    assert_eq!(asked(&store), ["update"]);
    let again = amend(&store, &room(), &now).await.unwrap();
    assert_eq!(again.0, now);
    assert_eq!(asked(&store), [""; 0], "nothing differs, nothing is sent");
    let error = amend(&store, &room(), &seen).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Recreated, "not what was confirmed");
}

#[tokio::test]
async fn what_no_update_can_change_is_refused_before_it_is_sent() {
    let store = store(false);
    let config =
        StreamConfig { retention: "workqueue".into(), storage: "memory".into(), ..drifted() };
    store.make_with(&room().id, config);
    let seen = store.info(&room().id.stream(), false).await.unwrap();
    store.take_requests();
    let error = amend(&store, &room(), &seen).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::StreamExists);
    assert!(error.detail.starts_with("retention, storage cannot be"));
    assert_eq!(asked(&store), [""; 0]);
}

/// Takes the writer away.
#[derive(Debug)]
struct OnlyRead;

impl Change for OnlyRead {
    fn writer<'a>(&self, _: &'a dyn HistoryStore) -> Option<&'a dyn StreamWriter> {
        None
    }
}

#[tokio::test]
async fn what_can_only_be_read_says_so_and_is_not_written() {
    let source = Double { store: store(false), change: OnlyRead };
    assert!(!source.may_write());
    let ensured = ensure(&source, &room()).await.unwrap();
    assert_eq!(ensured, Ensured::NotOurs { why: ONLY_READ, info: None });
    source.store.make_with(&room().id, drifted());
    source.store.take_requests();
    let Ensured::Drifted(..) = ensure(&source, &room()).await.unwrap() else { panic!("no drift") };
    let seen = source.info(&room().id.stream(), false).await.unwrap();
    let room = Room { subject: Some(Subject::new("c").unwrap()), ..room() };
    let error = amend(&source, &room, &seen).await.unwrap_err();
    assert!(error.to_string().contains(ONLY_READ), "{error}");
    assert!(!source.store.take_requests().iter().any(Request::is_write));
}
