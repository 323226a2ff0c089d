mod batches;

use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::domain::page::Slot;
use crate::domain::{StreamConfig, escape};

fn frame(seq: u64, headers: &[(&str, &str)]) -> Frame {
    Frame {
        seq,
        time: "2026-11-23T12:00:00Z".parse().unwrap(),
        subject: "a".into(),
        headers: headers.iter().map(|(name, value)| Header::new(*name, *value)).collect(),
        payload: Vec::new(),
    }
}

fn others(others: &[(&str, &str)]) -> StreamConfig {
    let others = others.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    StreamConfig { others: others.collect(), ..StreamConfig::default() }
}

fn said_in(config: &StreamConfig, frame: &Frame) -> Vec<Option<String>> {
    let context =
        Context { zone: &TimeZone::UTC, now: "2026-11-23T12:30:00Z".parse().unwrap(), config };
    let said = |header| sentence(&meaning(frame, header)?, frame, &context);
    frame.headers.iter().map(said).collect()
}

fn said(name: &str, value: &str) -> String {
    let config = others(&[("allow_msg_ttl", "true"), ("allow_msg_schedules", "true")]);
    said_in(&config, &frame(1, &[(name, value)])).remove(0).unwrap_or_default()
}

#[test]
fn a_ttl_is_told_with_its_end_as_the_server_counts() {
    let stored = "2026-11-23T12:00:00Z".parse().unwrap();
    let ends = |text: &str| match Ttl::of(text.as_bytes(), stored) {
        Ttl::Ends { span, .. } => Some(span),
        _ => None,
    };
    // Forms that server 2.15.1 took, and what it did with them.
    for (text, seconds) in [
        ("5", 5.0),
        ("007", 7.0),
        ("1h2h", 10_800.0),
        (".5m", 30.0),
        ("1.5h", 5_400.0),
        ("1us1s", 1.000_001_000_1),
    ] {
        assert_eq!(ends(text), Some((seconds * 1e9) as u64), "{text}");
    }
    for text in [
        "0", "0s", "500ms", "-1", "-5s", "+7", "abc", "1d", "1h 2m", "1H", "1_0", "2\u{b5}s",
        "1.2.3s", "s", ".",
    ] {
        assert_eq!(Ttl::of(text.as_bytes(), stored), Ttl::Bad, "{text}");
    }
    for text in ["9223372036", "99999999999", "99999999999999999999", "2562047h"] {
        assert_eq!(Ttl::of(text.as_bytes(), stored), Ttl::TooLong, "{text}");
    }
    assert_eq!(Ttl::of(b"NEVER", stored), Ttl::Never);
    assert_eq!(Ttl::of(b"", stored), Ttl::None);
    assert_eq!(said("Nats-TTL", "1h30m"), "ends at 2026-11-23 13:30:00 (in 1h)");
    assert_eq!(
        said("Nats-TTL", "10m"),
        "ended at 2026-11-23 12:10:00, 20m ago by this clock; it may be gone since it was read"
    );
}

#[test]
fn a_ttl_says_what_else_is_known_of_it() {
    let ten = frame(1, &[("Nats-TTL", "10m")]);
    let plain = said_in(&others(&[]), &ten);
    assert_eq!(plain[0].as_deref(), Some("no effect: allow_msg_ttl is not set in this stream"));
    let on = others(&[("allow_msg_ttl", "true"), ("max_age", "3600000000000")]);
    let long = said_in(&on, &frame(1, &[("Nats-TTL", "2h")]));
    assert_eq!(
        long[0].as_deref(),
        Some("ends at 2026-11-23 14:00:00 (in 1h 30m); max_age 1h, in force now, ends before that")
    );
}

#[test]
fn a_marker_is_one_only_as_the_server_makes_it() {
    let made = frame(1, &[("Nats-Marker-Reason", "MaxAge"), ("Nats-TTL", "1h0m0s")]);
    assert_eq!(marker(&made), Some("MaxAge"));
    let spoken = Frame { payload: b"hello".to_vec(), ..made.clone() };
    assert_eq!(marker(&spoken), None);
    assert_eq!(marker(&frame(1, &[("Nats-Marker-Reason", "Bogus")])), None);
    assert_eq!(marker(&frame(1, &[("nats-marker-reason", "MaxAge")])), None);
    assert_eq!(marker(&frame(1, &[("X", "1"), ("Nats-Marker-Reason", "Purge")])), Some("Purge"));
    let says = said("Nats-Marker-Reason", "MaxAge");
    assert!(
        says.starts_with("says it is a marker")
            && says.ends_with("any client can send this header")
    );
    let says = said_in(&others(&[]), &spoken).remove(0).unwrap();
    assert!(says.ends_with("it has a payload"), "{says}");
}

#[test]
fn each_header_is_told_and_nonsense_is_not_believed() {
    for (name, value, expected) in [
        (
            "Nats-Stream-Source",
            "P 12 > > P.a Natyupb3",
            "says it came from sequence 12 of stream P, there on subject P.a; this stream has no source now",
        ),
        ("Nats-Stream-Source", "P x", "not a value that the server takes (2.15.1)"),
        (
            "Nats-Schedule",
            "@at 2030-01-01T00:00:00Z",
            "a schedule: the server publishes from it once, at 2030-01-01 00:00:00",
        ),
        ("Nats-Schedule", "@every 90s", "a schedule: the server publishes from it every 1m 30s"),
        (
            "Nats-Schedule",
            "0 0 5 * * *",
            "a schedule: the server publishes from it by this pattern",
        ),
        ("Nats-Schedule", "junk", "not a value that the server takes (2.15.1)"),
        (
            "Nats-Schedule-Next",
            "2026-11-24T20:47:28Z",
            "says that the schedule is due again at 2026-11-24 20:47:28",
        ),
        ("Nats-Schedule-Next", "purge", "says that the schedule ends with this message"),
        (
            "Nats-Incr",
            "+5",
            "says it adds +5 to a counter; allow_msg_counter is not set in this stream",
        ),
        ("Nats-Incr", "1.5", "not a value that the server takes (2.15.1)"),
        (
            "Nats-Rollup",
            "sub",
            "the server removes all earlier messages of this subject when it stores such a message",
        ),
        ("Nats-Rollup", "SUB", "not a value that the server takes (2.15.1)"),
        (
            "Nats-Expected-Last-Sequence",
            "41",
            "its publisher's condition, which the server checks before it stores: the stream's last sequence is 41",
        ),
        ("Nats-Expected-Last-Sequence", "-1", "not a value that the server takes (2.15.1)"),
        (
            "Nats-Batch-Sequence",
            "1",
            "no member of an atomic batch: those have an id, a number from 1 to 1,000 and, the last one, a commit",
        ),
        ("Nats-Msg-Id", "a", ""),
        ("nats-ttl", "5", ""),
        ("X", "5", ""),
    ] {
        assert_eq!(said(name, value), expected, "{name}: {value}");
    }
    let twice = frame(1, &[("Nats-TTL", "5s"), ("Nats-TTL", "9h")]);
    let twice = said_in(&others(&[("allow_msg_ttl", "true")]), &twice);
    assert_eq!(twice[1].as_deref(), Some("the server reads only the first header of this name"));
    let counter = frame(1, &[("Nats-Incr", "-2")]);
    let counter = said_in(&others(&[("allow_msg_counter", "true")]), &counter);
    let added = "added -2 to this subject's counter; the payload is the value after it";
    assert_eq!(counter[0].as_deref(), Some(added));
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        "(@at |@every |@)?[0-9.+-]{0,24}(ns|us|s|m|h|T|Z| )?[0-9\u{1b}\u{202e}]{0,4}"
            .prop_map(String::into_bytes),
        "[A-Z\u{1b}\u{202e}]{0,3} [0-9]{0,21} . > [a-z\u{7}\u{200b}]{0,5}"
            .prop_map(String::into_bytes),
        (0u64..1_200).prop_map(|n| n.to_string().into_bytes()),
    ]
}

proptest! {
    /// Whatever is stored: nothing breaks, and nothing reaches a sentence as it came.
    #[test]
    fn any_headers_are_told_escaped(
        headers in prop::collection::vec((prop::sample::select(&READ[..]), value()), 0..12),
        seq in prop_oneof![1..=2_000u64, u64::MAX - 3..=u64::MAX],
        switches in any::<[bool; 3]>(),
        payload in any::<bool>(),
    ) {
        let mut one = frame(seq, &[]);
        one.headers = headers.iter().map(|(name, value)| Header::new(*name, value.clone())).collect();
        one.payload = if payload { vec![1] } else { Vec::new() };
        let names = ["allow_msg_ttl", "allow_msg_schedules", "allow_msg_counter"];
        let on: Vec<_> = names.iter().zip(switches).map(|(name, on)| (*name, if on { "true" } else { "false" })).collect();
        for text in said_in(&others(&on), &one).into_iter().flatten() {
            prop_assert_eq!(escape::sentence(&text), text.clone());
        }
        let slot = Slot::Frame(Arc::new(one));
        for text in batches::told(&[batches::gap(1, 1), slot], seq) {
            prop_assert_eq!(escape::sentence(&text), text.clone());
        }
    }
}
