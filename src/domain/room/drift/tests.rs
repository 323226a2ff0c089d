use super::*;
use crate::domain::room::KnownFrom;
use crate::domain::{RoomId, Subject};

fn room() -> Room {
    Room {
        subject: Some(Subject::new("a.b").unwrap()),
        replicas: Some(1),
        ..Room::bare(RoomId::new("a").unwrap(), KnownFrom::default())
    }
}

fn config() -> StreamConfig {
    StreamConfig {
        subjects: vec!["a.b".into()],
        retention: "limits".into(),
        storage: "file".into(),
        replicas: 1,
        ..StreamConfig::default()
    }
}

fn fields(room: &Room, config: &StreamConfig) -> Vec<&'static str> {
    let drift = Drift::compare(room, config);
    drift.fields.iter().map(|field| field.field).collect()
}

#[test]
fn what_the_contract_makes_does_not_drift() {
    let none: [&str; 0] = [];
    assert_eq!(fields(&room(), &config()), none);
    let defaulted = StreamConfig { replicas: 0, ..config() };
    assert_eq!(fields(&room(), &defaulted), none, "0 means 1");
    let wanted_zero = Room { replicas: Some(0), ..room() };
    assert_eq!(fields(&wanted_zero, &config()), none, "0 means 1 here too");
    let twice = StreamConfig { subjects: vec!["a.b".into(), "a.b".into()], ..config() };
    assert_eq!(fields(&room(), &twice), none, "a set");
    let direct = StreamConfig {
        allow_direct: true,
        others: vec![("max_age".into(), "1".into())],
        ..config()
    };
    let drift = Drift::compare(&room(), &direct);
    assert!(drift.is_none());
    assert_eq!(drift.others, direct.others, "for information");
}

#[test]
fn each_field_of_the_contract_is_compared() {
    let with = |change: fn(&mut StreamConfig)| {
        let mut config = config();
        change(&mut config);
        Drift::compare(&room(), &config).fields
    };
    type Case = (fn(&mut StreamConfig), &'static str, &'static str, &'static str, bool);
    let table: [Case; 9] = [
        (|c| c.subjects = vec!["b".into()], "subjects", "a.b", "b", true),
        (|c| c.subjects.push("b".into()), "subjects", "a.b", "a.b, b", true),
        (|c| c.retention = "interest".into(), "retention", "limits", "interest", false),
        (|c| c.storage = "memory".into(), "storage", "file", "memory", false),
        (|c| c.replicas = 3, "num_replicas", "1", "3", true),
        (|c| c.mirror = true, "mirror", "none", "set", false),
        (|c| c.sources = 2, "sources", "none", "2", true),
        (|c| c.subject_transform = true, "subject_transform", "none", "set", true),
        (|c| c.sealed = true, "sealed", "false", "true", false),
    ];
    for (change, field, wanted, found, changeable) in table {
        let (wanted, found) = (wanted.to_owned(), found.to_owned());
        let expected = DriftField { field, wanted, found, changeable };
        assert_eq!(with(change), [expected]);
    }
}

#[test]
fn what_is_not_known_of_a_room_is_not_compared() {
    let unknown = Room { subject: None, replicas: None, ..room() };
    let none: [&str; 0] = [];
    let three = StreamConfig { replicas: 3, subjects: vec!["x".into()], ..config() };
    assert_eq!(fields(&unknown, &three), none);
    let two = StreamConfig { subjects: vec!["x".into(), "y".into()], ..config() };
    assert_eq!(fields(&unknown, &two), ["subjects"]);
    let no = StreamConfig { subjects: Vec::new(), ..config() };
    assert_eq!(fields(&unknown, &no), ["subjects"]);
}

#[test]
fn a_subject_that_looks_like_two_is_not_two() {
    let odd = Room { subject: Some(Subject::new("a,b").unwrap()), ..room() };
    let two = StreamConfig { subjects: vec!["a".into(), "b".into()], ..config() };
    assert_eq!(fields(&odd, &two), ["subjects"]);
}
