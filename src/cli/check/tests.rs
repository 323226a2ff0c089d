use std::sync::Arc;

use jiff::SignedDuration;

use super::*;
use crate::domain::room::KnownFrom;
use crate::domain::{Audit, Cost, Edge, Gap, GapCause, Lost, StreamConfig, Witness};
use crate::domain::{
    Connection, Fault, FaultKind, Frame, Header, Peer, Slot, StreamInfo, StreamState, Unread,
    Window, escape,
};
use crate::store::embedded::{EmbeddedStore, Strikes};
use crate::store::reader::Reader;
use gather::{Outcome, Reading};

/// 2026-03-14 15:09:26 UTC.
fn now() -> Timestamp {
    Timestamp::from_second(1_773_500_966).unwrap()
}

fn about(connection: Connection) -> About {
    About { now: now(), connection }
}

async fn demo(id: &str, span: Span) -> Gathered {
    let (store, known) = EmbeddedStore::demo(now, true);
    let id = RoomId::new(id).unwrap();
    let args = KnownFrom { args: true, ..KnownFrom::default() };
    let room = known.into_iter().find(|room| room.id == id);
    let room = room.unwrap_or_else(|| Room::bare(id, args));
    gather::gather(&Reader::new(Arc::new(store)), &room, &Found::Unknown, span).await
}

async fn text_of(id: &str, span: Span) -> String {
    let gathered = demo(id, span).await;
    report::text(&about(Connection::local("demo")), &gathered, &Report::new(&gathered, false, None))
}

/// A room on a cluster with about everything wrong that can be.
fn ill() -> Gathered {
    let mut room =
        Room::bare(RoomId::new("ill").unwrap(), KnownFrom { file: true, ..KnownFrom::default() });
    room.name = Some("B\u{fc}ro\u{202e} 7".into());
    let window = Window::new(11, 30).unwrap();
    let frame = |seq: u64, back: i64, payload: &[u8], id: &str| {
        let time = now() - SignedDuration::from_secs(1_000 - seq as i64 + back);
        let headers = vec![Header::new("Nats-Msg-Id", id)];
        let payload = payload.to_vec();
        Slot::Frame(Arc::new(Frame { seq, time, subject: "a".into(), headers, payload }))
    };
    let edge = |seq: u64| Some(Edge { seq, time: now() - SignedDuration::from_secs(990) });
    let gap = |start, end, cause| {
        let gap = Gap::new(Window::new(start, end).unwrap(), cause, Arc::default());
        Slot::from(Gap { before: edge(start - 1), after: edge(end + 1), ..gap })
    };
    let sealed: Vec<u8> = (0..64u8).map(|n| n.wrapping_mul(167) ^ 0x5b).collect();
    let slots = [
        frame(11, 0, &sealed, "a"),
        frame(12, 60, b"the quick brown fox jumps over the lazy dog", "b"),
        frame(13, 0, &sealed, "a"),
        frame(14, 0, b"short", "c"),
        frame(15, 0, b"short", "d"),
        gap(16, 17, GapCause::Lost),
        gap(18, 18, GapCause::Unreadable),
        gap(19, 24, GapCause::NotKnown),
        Slot::Unread(Unread {
            range: Window::new(25, 30).unwrap(),
            fault: Fault::new(FaultKind::Timeout, "read sequence 25 of UNIBUS_ill: no answer"),
        }),
    ];
    let mut audit = Audit::new(true);
    slots.iter().for_each(|slot| audit.feed(slot));
    let peer = |name: &str, current, offline, lag| Peer {
        name: name.into(),
        current,
        offline,
        active: 2_345_678_901,
        lag,
    };
    let info = StreamInfo {
        created: now(),
        config: StreamConfig {
            subjects: vec!["a".into(), "b".into()],
            retention: "limits".into(),
            storage: "memory".into(),
            replicas: 5,
            others: vec![("max_msgs".into(), "20".into())],
            ..StreamConfig::default()
        },
        state: StreamState {
            messages: 11,
            bytes: 2_000,
            first_seq: 11,
            last_seq: 30,
            num_deleted: 9,
            lost: Some(Lost {
                seqs: [16, 17, 29].into(),
                bytes: 900,
                by: Witness { leader: Some("n1".into()), as_of: Some(now()) },
                ..Lost::default()
            }),
            ..StreamState::default()
        },
        leader: Some("n1".into()),
        peers: vec![
            peer("n2", true, false, 0),
            peer("n3", false, false, 1_204),
            peer("n4", false, true, 9),
        ],
        ..StreamInfo::default()
    };
    let broken = Some(Fault::new(FaultKind::Disconnected, "read UNIBUS_ill: connection closed"));
    let reading = Reading {
        info,
        window,
        until: Some(30),
        broken,
        findings: audit.finish(),
        lost: vec![Window::new(16, 17).unwrap()],
        unreadable_again: true,
        counted: None,
    };
    let cost = Cost { info: 3, frames: 5, gaps: 2, failed: 6, bytes: 99, ..Cost::default() };
    Gathered { room, outcome: Outcome::Read(Box::new(reading)), cost }
}

fn connected() -> Connection {
    Connection::Connected {
        address: "10.0.7.11:4222".into(),
        tried: "nats://10.0.7.11:4222".into(),
        server: "eu-1".into(),
        version: "2.15.1".into(),
        account: Some("CHAT".into()),
    }
}

#[tokio::test]
async fn the_leaky_room() {
    insta::assert_snapshot!(text_of("hr-desk", Span::Last(1000)).await);
}

#[tokio::test]
async fn a_room_with_holes() {
    insta::assert_snapshot!(text_of("support", Span::Last(200)).await);
}

#[tokio::test]
async fn rooms_without_frames() {
    let mut reports = Vec::new();
    for id in ["design-review", "hallway", "retro", "onboarding", "board", "nowhere"] {
        reports.push(text_of(id, Span::All).await);
    }
    insta::assert_snapshot!(reports.join("\n---\n\n"));
}

#[test]
fn a_room_where_all_is_wrong() {
    let gathered = ill();
    let report = Report::new(&gathered, false, None);
    insta::assert_snapshot!(report::text(&about(connected()), &gathered, &report));
}

#[test]
fn a_report_as_json() {
    let gathered = ill();
    let report = Report::new(&gathered, false, None);
    let object = report::object(&about(connected()), &gathered, &report);
    insta::assert_snapshot!(serde_json::to_string_pretty(&object).unwrap());
}

#[tokio::test]
async fn the_verdicts_of_the_demo() {
    use Verdict::{Fine, NotExplained, Unchecked, Wrong};
    let expected = [
        ("lobby", Fine, Fine),
        ("support", NotExplained, Wrong),
        ("announcements", Fine, Wrong),
        ("retro", NotExplained, Wrong),
        ("onboarding", Fine, Fine),
        ("design-review", Wrong, Wrong),
        ("payments", Wrong, Wrong),
        ("pager", Fine, Fine),
        ("hallway", Fine, Fine),
        ("free-for-all", Fine, Fine),
        ("legacy-ops", NotExplained, Wrong),
        ("field-team", Wrong, Wrong),
        ("board", Unchecked, Unchecked),
        ("archive-eu", Unchecked, Unchecked),
        ("telemetry", NotExplained, Wrong),
        ("hr-desk", Wrong, Wrong),
        ("vault", Wrong, Wrong),
        ("exchange", Unchecked, Unchecked),
        ("nowhere", Unchecked, Unchecked),
    ];
    for (id, lenient, strict) in expected {
        let gathered = demo(id, Span::Last(1000)).await;
        let verdict = |strict| Report::new(&gathered, strict, None).verdict;
        assert_eq!((verdict(false), verdict(true)), (lenient, strict), "{id}");
        if let Outcome::Read(reading) = &gathered.outcome {
            let leaks = reading.findings.plaintext.as_ref().map(|found| found.leaks.total());
            assert_eq!(leaks.unwrap_or_default() > 0, id == "hr-desk", "{id}");
        }
    }
}

#[tokio::test]
async fn reports_are_ascii_and_of_a_width() {
    for id in ["hr-desk", "support", "free-for-all", "board"] {
        let report = text_of(id, Span::All).await;
        assert!(report.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
        assert!(report.lines().all(|line| line.len() <= 100), "{report}");
        assert_eq!(report, escape::text(&report).replace("\\n", "\n"), "{id}");
    }
}

#[test]
fn what_is_wrong_goes_before_a_failure_and_that_before_what_is_not_explained() {
    let tally = |not_explained, unchecked, wrong| {
        Tally { fine: 3, not_explained, unchecked, wrong, ..Tally::default() }.code()
    };
    assert_eq!(tally(0, 0, 0), 0);
    assert_eq!(tally(1, 0, 0), 4);
    assert_eq!(tally(1, 1, 0), 1);
    assert_eq!(tally(1, 1, 1), 3);
}

#[test]
fn a_span_is_a_number_or_all() {
    assert_eq!(span("all"), Ok(Span::All));
    assert_eq!(span("1000"), Ok(Span::Last(1000)));
    for bad in ["0", "-1", "", "ALL", "1e3"] {
        assert!(span(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_part_that_has_no_leader_for_a_moment_is_asked_for_again() {
    for (times, breaks) in [(1, false), (2, true)] {
        let store = EmbeddedStore::new(now, true);
        let room = Room::bare(RoomId::new("a").unwrap(), KnownFrom::default());
        store.make(&room.id);
        store.publish(&room.id, 2_500);
        let stream = room.id.stream();
        store.when(700, move |store| {
            store.fail(Strikes::Info(stream), FaultKind::NoLeader, Some(times));
        });
        let reader = Reader::new(Arc::new(store));
        let gathered = gather::gather(&reader, &room, &Found::Unknown, Span::All).await;
        let Outcome::Read(reading) = gathered.outcome else { panic!("{:?}", gathered.outcome) };
        assert_eq!(reading.broken.is_some(), breaks, "{times}");
    }
}
